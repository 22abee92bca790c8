// Charts whose values live: what is carried, what is switched, what is fixed, and what templates and schema say of it.
import type { Condition, Member, Test } from '../../../constructs/targets/live/tree/model';
import { Printer } from '../../../constructs/targets/live/print/print';
import { group, flag, list, number, table, text } from '../../../helm/schema';
import { ValuesError } from '../../../helm/check';
import { readYaml } from '../../../helm/yaml/read';
import { chartFilesOf, rulesIn } from '../../support/chart-files';
import { released } from '../../support/live-release';

describe('a value', () => {
  it('that is carried, alone, in a text, or as a whole map or list, is live', () => {
    const release = released(
      {
        tag: text('1.0', 'Tag.'),
        host: text('a.example.com', 'Host.'),
        replicas: number(2, 'Replicas.'),
        labels: table({}, 'Labels.'),
        hosts: list(['a'], 'Hosts.'),
      },
      ({ tag, host, replicas, labels, hosts }) => [
        { tag, url: `https://${String(host)}/x`, replicas, labels: { app: 'x', ...(labels as object) }, hosts },
      ],
    );
    const other = { tag: '2.0', host: 'b.example.com', replicas: 5, labels: { team: 'y' }, hosts: ['b', 'c'] };
    expect(release.printed(other)).toEqual(release.expected(other));
    expect(['tag', 'host', 'replicas', 'labels', 'hosts'].filter(release.isFixed)).toEqual([]);
  });

  it('that switches whole nodes is live, with those that act on the same nodes', () => {
    const release = released(
      { enabled: flag(true, 'On.'), extra: flag(false, 'More.'), ports: table({}, 'Ports.') },
      ({ enabled, extra, ports }) => [
        { always: true },
        ...(enabled === true
          ? [{ ...(extra === true ? { extra: 'yes' } : {}), ...(Object.keys((ports ?? {}) as object).length ? { ports } : {}) }]
          : []),
      ],
    );
    for (const enabled of [true, false])
      for (const extra of [true, false])
        for (const ports of [{}, { http: 80 }])
          expect(release.printed({ enabled, extra, ports })).toEqual(release.expected({ enabled, extra, ports }));
    expect(['enabled', 'extra', 'ports'].filter(release.isFixed)).toEqual([]);
  });

  it('that is computed with is fixed, and the others stay live', () => {
    const release = released(
      { mode: text('a', 'Mode.'), minutes: number(3, 'Minutes.'), name: text('x', 'Name.'), count: number(2, 'Count.') },
      ({ mode, minutes, name, count }) => [
        {
          mode: mode === 'a' ? 'first' : 'second',
          seconds: Number(minutes) * 60,
          name,
          length: String(name).length > 3,
          items: Array(Number(count) % 7).fill('x'),
        },
      ],
    );
    expect(['mode', 'minutes', 'name', 'count'].filter(release.isFixed)).toEqual(['mode', 'minutes', 'name']);
    for (const count of [0, 1, 6, 7]) expect(release.printed({ count })).toEqual(release.expected({ count }));
    // Eight are as one.
    expect(release.limits('count')).toContain('large');
    const other = released({ mode: text('a', 'Mode.'), tag: text('1', 'Tag.') }, ({ mode, tag }) => [
      { mode: mode === 'a' ? 'first' : 'second', tag },
    ]);
    expect(other.isFixed('mode')).toBe(true);
    expect(other.isFixed('tag')).toBe(false);
    expect(other.printed({ tag: '2' })).toEqual(other.expected({ tag: '2' }));
  });

  it('that is refused when it is marked is fixed with the reason', () => {
    const release = released({ color: text('red', 'Color.'), tag: text('1', 'Tag.') }, ({ color, tag }) => {
      if (color !== 'red' && color !== 'blue') throw new ValuesError([{ path: ['color'], message: 'must be red or blue' }]);
      return [{ color, tag }];
    });
    expect(release.reason('color')).toMatch(/^it is checked: must be red or blue/);
    expect(release.isFixed('tag')).toBe(false);
  });
});

describe('a text', () => {
  it('that chooses among words that its schema tells of is live', () => {
    const choices = ['Always', 'Never', 'Sometimes'] as const;
    const release = released(
      { policy: text('Never', 'Policy.', { choices }), mode: text('Never', 'Mode.', { choices }), tag: text('1', 'Tag.') },
      ({ policy, mode, tag }) => [{ policy, mode, tag, ...(mode === 'Always' ? { more: tag } : {}) }],
    );
    expect(['policy', 'mode', 'tag'].filter(release.isFixed)).toEqual([]);
    for (const mode of choices) expect(release.printed({ policy: 'Always', mode })).toEqual(release.expected({ policy: 'Always', mode }));
  });

  it('is fixed when it chooses by being a word that its schema does not tell of', () => {
    const release = released({ type: text('', 'Type.'), tag: text('1', 'Tag.') }, ({ type, tag }) => [
      { type, tag, ...(type === 'full' ? { claim: 'x' } : {}) },
    ]);
    expect(['type', 'tag'].filter(release.isFixed)).toEqual(['type']);
  });
});

describe('a value that is refused beside the others', () => {
  it('is fixed: a template would take it', () => {
    const choices = ['token', 'none'] as const;
    const release = released(
      { auth: text('token', 'Auth.', { choices }), region: text('', 'Region.'), bucket: text('', 'Bucket.'), tag: text('1', 'Tag.') },
      ({ auth, region, bucket, tag }) => {
        if (auth === 'none') throw new ValuesError([{ path: ['auth'], message: 'must not be none' }]);
        if (region && !bucket) throw new ValuesError([{ path: ['bucket'], message: 'is needed with region' }]);
        return [{ auth, region, bucket, tag }];
      },
    );
    expect(['auth', 'region', 'bucket', 'tag'].filter(release.isFixed)).toEqual(['auth']);
    expect(release.reason('auth')).toBe('it is refused beside the other values of the release');
    const made = released({ keys: flag(true, 'Makes keys.'), tag: text('1', 'Tag.') }, ({ keys, tag }) => {
      if (!keys) throw new ValuesError([{ path: [], message: 'nobody makes keys' }]);
      return [{ keys, tag }];
    });
    expect(['keys', 'tag'].filter(made.isFixed)).toEqual(['keys']);
  });
});

describe('a list', () => {
  it('whose items get more than they have is fixed', () => {
    const release = released({ spread: list([], 'Spread.'), mounts: list([], 'Mounts.') }, ({ spread, mounts }) => [
      {
        mounts,
        spread: ((spread ?? []) as object[]).map((item) => ({ ...item, ...('topologyKey' in item ? { labelSelector: 'x' } : {}) })),
      },
    ]);
    expect(['spread', 'mounts'].filter(release.isFixed)).toEqual(['spread']);
  });
});

describe('a value that is not there', () => {
  it('is there or not, also with nothing in it, where its key counts', () => {
    const release = released(
      { tls: group({ secret: text(undefined, 'Secret.') }), note: text(undefined, 'Note.'), tag: text('1', 'Tag.') },
      ({ tls, note, tag }) => [{ tag, ...(note ? { note } : {}), ...('secret' in (tls as object) ? { tls: { ...(tls as object) } } : {}) }],
    );
    expect(['tls.secret', 'note', 'tag'].filter(release.isFixed)).toEqual([]);
    expect(release.limits('tls.secret')).toEqual([]);
    for (const values of [{}, { tls: { secret: '' } }]) expect(release.printed(values)).toEqual(release.expected(values));
    expect(release.printed({ note: 'x', tls: { secret: 'y' } })).toEqual(release.expected({ note: 'x', tls: { secret: 'y' } }));
  });
});

describe('a value that is nothing', () => {
  it('is seen where only another value shows it', () => {
    const release = released({ enabled: flag(false, 'On.'), most: number(3, 'Most.') }, ({ enabled, most }) => [
      enabled ? { most: most ?? 1 } : {},
    ]);
    expect(['enabled', 'most'].filter(release.isFixed)).toEqual([]);
    expect(release.limits('most')).not.toContain('null');
    for (const values of [{ most: null }, { enabled: true, most: null }, { enabled: true, most: 0 }])
      expect(release.printed(values)).toEqual(release.expected(values));
  });
});

describe('a text that stands without quotes', () => {
  it('is none that YAML reads as another kind', () => {
    const release = released({ most: text('1', 'Most.') }, ({ most }) => [{ most: most === 'true' ? true : most }]);
    expect(release.isFixed('most')).toBe(false);
    expect(release.limits('most')).toContain('typed');
  });
});

describe('a switch', () => {
  it('is not fixed by what is said of another value with the word true', () => {
    const release = released({ tls: flag(false, 'TLS.'), mode: text('a', 'Mode.') }, ({ tls, mode }) => {
      if (mode !== 'a') throw new ValuesError([{ path: [], message: 'must be a while something is true' }]);
      return [{ mode, ...(tls ? { tls: 'on' } : {}) }];
    });
    expect(['tls', 'mode'].filter(release.isFixed)).toEqual(['mode']);
  });

  it('that acts together with several others is live', () => {
    const switches = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, flag(false, 'On.')]));
    const release = released(switches, ({ a, b, c, d }) => [(a || b) && (c || d) ? { there: 'x' } : {}]);
    expect(Object.keys(switches).filter(release.isFixed)).toEqual([]);
    for (const a of [true, false])
      for (const d of [true, false]) expect(release.printed({ a, d, b: false })).toEqual(release.expected({ a, d, b: false }));
  });
});

describe('a map of texts', () => {
  it('is live, though its schema tells of its items', () => {
    const release = released({ labels: table({}, 'Labels.', { items: text(undefined, 'Its value.') }) }, ({ labels }) => [
      { labels: { app: 'x', ...(labels as object) } },
    ]);
    expect(release.isFixed('labels')).toBe(false);
    expect(release.printed({ labels: { team: 'y' } })).toEqual(release.expected({ labels: { team: 'y' } }));
  });
});

describe('words that come and go', () => {
  const names = { path: (leaf: number) => [`v${leaf}`], isContainer: () => false, isText: () => true, isNeverNought: () => true };
  const word = (value: string, when?: Condition): Member => ({ value: { t: 'literal', value }, ...(when ? { when } : {}) });
  const printed = (members: readonly Member[]): string =>
    new Printer(names).object({ t: 'map', members: [{ key: { t: 'literal', value: 'args' }, value: { t: 'words', members } }] });

  it('bring the blank beside them along, also the first ones', () => {
    const on = { all: [{ leaf: 2, on: true }] };
    expect(printed([word('start', on), word('--a'), word('--b', on)])).toBe(
      'args: "{{ if .Values.v2 }}start {{ end }}--a{{ if .Values.v2 }} --b{{ end }}"\n',
    );
    expect(printed([word('--a', on), word('--b', on)])).toBe(
      'args: {{ list (ternary "--a" "" (not (not .Values.v2))) (ternary "--b" "" (not (not .Values.v2))) | compact | join " " | quote }}\n',
    );
  });
});

describe('a condition', () => {
  it('is the one with the fewest switches, however many values there are', () => {
    const others = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`other${index}`, text('x', 'Other.')]));
    const release = released(
      { own: flag(false, 'Own.'), replica: flag(false, 'Replica.'), name: text('n', 'Name.'), ...others },
      (values) => [
        {
          ...values,
          own: undefined,
          replica: undefined,
          selector: values['own'] && values['replica'] ? { pod: '0' } : { name: values['name'] },
        },
      ],
    );
    expect(['own', 'replica', 'name', ...Object.keys(others)].filter(release.isFixed)).toEqual([]);
    for (const own of [true, false])
      for (const replica of [true, false])
        for (const other of ['', 'y'])
          expect(release.printed({ own, replica, other7: other })).toEqual(release.expected({ own, replica, other7: other }));
  });
});

describe('a number', () => {
  const release = released(
    { from: number(0, 'First.'), to: number(undefined, 'Behind the last.'), size: number(3, 'Size.') },
    ({ from, to, size }) =>
      [0, 1, 2]
        .filter((index) => index >= Number(from ?? 0) && index < Number(to ?? Infinity))
        .map((index) => ({ metadata: { name: `c${index}` }, size })),
  );

  it('that decides which items a list has is live', () => {
    const list = released({ from: number(0, 'First.'), size: number(3, 'Size.') }, ({ from, size }) => [
      { hosts: ['a', 'b', 'c'].filter((_, index) => index >= Number(from ?? 0)), size },
    ]);
    expect(['from', 'size'].filter(list.isFixed)).toEqual([]);
    expect(list.limits('from')).not.toContain('large');
    for (const from of [0, 1, 2, 3, 50, null]) expect(list.printed({ from })).toEqual(list.expected({ from }));
  });

  it('that decides which objects there are is live, up to a largest one', () => {
    expect(['from', 'to', 'size'].filter(release.isFixed)).toEqual([]);
    for (const from of [0, 1, 2, 3, 7])
      for (const to of [undefined, null, 0, 1, 2, 3, 7]) {
        const values = { from, size: 5, ...(to === undefined ? {} : { to }) };
        expect(release.printed(values)).toEqual(release.expected(values));
      }
  });
});

describe('a condition in a template', () => {
  const names = { path: (leaf: number) => [`v${leaf}`], isContainer: () => false, isText: () => true, isNeverNought: () => true };

  it('asks for a word, for a least number, and whether a value is given', () => {
    const printed = (test: Test): string => new Printer(names).condition({ all: [{ leaf: 2, on: true, test }] });
    expect(printed({ is: 'Never' })).toBe('eq .Values.v2 "Never"');
    expect(printed({ least: 3 })).toBe('ge (int .Values.v2) 3');
    expect(printed({ given: true })).toBe('not (kindIs "invalid" .Values.v2)');
    const off = (test: Test): string => new Printer(names).condition({ all: [{ leaf: 2, on: false, test }] });
    expect([off({ is: 'Never' }), off({ least: 3 })]).toEqual(['ne .Values.v2 "Never"', 'lt (int .Values.v2) 3']);
    const unless = [
      [
        { leaf: 2, on: true, test: { given: true } as const },
        { leaf: 2, on: false, test: { least: 3 } },
      ],
    ];
    expect(new Printer(names).condition({ all: [], unless })).toBe('or (kindIs "invalid" .Values.v2) (ge (int .Values.v2) 3)');
  });
});

describe('a key that is made of a value', () => {
  const names = { path: () => [], isContainer: () => false, isText: () => true, isNeverNought: () => true };

  it('stays one where a text stands behind it that is the same always', () => {
    const value = { t: 'literal', value: '{{ x }}' } as const;
    const key = { t: 'pieces', parts: [{ t: 'hole', leaf: 0 }, '-client'] } as const;
    expect(new Printer(names).object({ t: 'map', members: [{ key, value }] })).toBe('"{{ .Release.Name }}-client": "{{ "{{" }} x }}"\n');
  });
});

describe('the parts of a release', () => {
  const make = ({ web, api }: Record<string, unknown>): Record<string, unknown>[] => [
    { tag: (web as { tag: string }).tag },
    { tag: (api as { tag: string }).tag, size: (api as { tag: string }).tag.length > 3 ? 'long' : 'short' },
  ];
  const fields = { web: group({ tag: text('1', 'Tag.') }), api: group({ tag: text('1', 'Tag.') }) };

  it('are looked at one by one, and make one chart', () => {
    const release = released(fields, make, ['web', 'api']);
    expect(['web.tag', 'api.tag'].filter(release.isFixed)).toEqual(['api.tag']);
    expect(release.printed({ web: { tag: '2' } })).toEqual(release.expected({ web: { tag: '2' } }));
  });

  it('that look at the values of another one are found when all are together', () => {
    const release = released(fields, (values) => [{ tag: (values['api'] as { tag: string }).tag }, ...make(values).slice(1)], [
      'web',
      'api',
    ]);
    expect(release.isFixed('api.tag')).toBe(true);
    expect(release.printed({})).toEqual(release.expected({}));
  });
});

describe('a chart of buildshuttle', () => {
  const files = chartFilesOf({ release: 'shuttle', chart: 'buildshuttle', namespace: 'ns', live: ['image', 'labels'], fix: ['image.tag'] });
  type Properties = Record<string, { properties: Record<string, object> } & Record<string, unknown>>;
  const { properties: pinned } = JSON.parse(files['values.schema.json'] ?? '') as { properties: Properties };
  const rules = rulesIn<Properties>(files);

  it('has the live values with their defaults and sentences', () => {
    expect(readYaml(files['values.yaml'] ?? '', 'values.yaml')).toEqual({
      image: { repository: 'build-worker', pullPolicy: 'IfNotPresent' },
      labels: {},
    });
    expect(files['values.yaml']).toMatch(/^ {2}# Name of the image, .*\n {2}repository: build-worker$/m);
  });

  it('has a README with a table of them, and a command to change one in its notes', () => {
    expect(files['README.md']).toContain('| `image.repository` | Name of the image, ');
    expect(files['README.md']).toContain('| `image.pullPolicy` | ');
    expect(files['README.md']).not.toContain('`image.tag`');
    expect(files['README.md']).toMatch(/^# buildshuttle\n\n.*\.\n\nVersion \d/);
    expect(files['templates/NOTES.txt']).toContain(
      'helm upgrade {{ .Release.Name }} buildshuttle --namespace {{ .Release.Namespace }} ' +
        '--reset-then-reuse-values --set image.repository=build-worker\n',
    );
  });

  it('takes the words of a choice, and no nought in place of a text', () => {
    const { image } = rules;
    expect(image?.properties['pullPolicy']).toMatchObject({ enum: ['Always', 'IfNotPresent', 'Never', ''] });
    expect(image?.properties['repository']).toMatchObject({ not: { enum: [0, false] } });
  });

  it('refers to them', () => {
    expect(files['templates/deployment-shuttle-buildshuttle.yaml']).toContain(
      'image: {{ if .Values.image.digest }}"{{ .Values.image.repository }}@{{ .Values.image.digest }}"{{ else }}' +
        '"{{ .Values.image.repository }}:0.1.0"{{ end }}',
    );
    expect(files['templates/deployment-shuttle-buildshuttle.yaml']).toContain('include "strings"');
  });

  it('writes maps of texts in a text as texts', () => {
    const values = [{ mode: 'kubernetes', s3: { bucket: 'b' } }];
    const pod = chartFilesOf({ release: 'shuttle', chart: 'buildshuttle', namespace: 'ns', values })[
      'templates/configmap-shuttle-buildshuttle-pod.yaml'
    ];
    expect(pod).toContain('{{- include "strings" .Values.podAnnotations | fromYaml | toYaml | nindent 8 }}');
    expect(pod).toContain('{{- toYaml .Values.builds.resources | nindent 12 }}');
  });

  it('pins the others, and says which command writes the other chart', () => {
    expect(pinned['image']?.properties['tag']).toEqual({
      description: expect.stringMatching(/Fixed, since it was asked for: .* cdk8s-estafette template RELEASE buildshuttle --target helm$/),
      enum: ['0.1.0'],
    });
    expect(pinned['mode']).toMatchObject({ enum: ['worker'] });
  });
});
