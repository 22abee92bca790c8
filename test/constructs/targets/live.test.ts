// Charts whose values live: what is carried, what is switched, what is fixed, and what templates and schema say of it.
import { describe as describeRelease } from '../../../constructs/targets/live/probe';
import { evaluate } from '../../../constructs/targets/live/model';
import { renderRelease } from '../../../cli/render';
import { group, flag, list, number, table, text, type Fields } from '../../../helm/schema';
import { mergeValues } from '../../../helm/merge';
import { defaultsOf } from '../../../helm/schema';
import { keyOf, type KubeObject } from '../../../kubernetes/object';
import { ValuesError } from '../../../helm/check';
import { readYaml } from '../../../helm/yaml/read';
import type { Entry } from '../../../constructs/common/entry';
import type { SourceChange } from '../../../constructs/targets/target';
import { chartFilesOf } from '../../support/chart-files';

type Values = Record<string, never>;

/**
 * A release of one ConfigMap per name, whose members are made of values.
 * @param parts keys of the values; each makes the one of its place
 */
function released(
  fields: Fields,
  make: (values: Record<string, unknown>, names: { name: string; namespace: string }) => Record<string, unknown>[],
  parts: readonly string[] = [],
) {
  const schema = group(fields);
  const defaults = defaultsOf(schema, { release: 'ci', namespace: 'ns' });
  const again = ({ name, namespace, values, part }: SourceChange): Entry[] =>
    make(mergeValues([defaults, values]), { name, namespace })
      .map((member, index): Entry => {
        const metadata = { name: `${name}-${index}`, namespace };
        const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata, ...member } as KubeObject;
        const owner = parts[index];
        return { object, key: keyOf(object), stage: 'apps', lifecycle: {}, owner: owner === undefined ? [] : [owner] };
      })
      .filter(({ owner }) => part === undefined || owner[0] === part);
  const described = describeRelease(
    { schema, values: defaults, hasSecrets: true, parts, release: { name: 'ci', namespace: 'ns' }, again },
    { live: ['.'], fix: [] },
  );
  const leafOf = (path: string): number => described.leaves.findIndex((leaf) => leaf.path.join('.') === path);
  return {
    isFixed: (path: string) => described.fixed.has(leafOf(path)),
    reason: (path: string) => described.fixed.get(leafOf(path)),
    /** What the templates make of other values. */
    printed: (values: Values | Record<string, unknown>) => {
      const merged = mergeValues([defaults, values as Record<string, unknown>]);
      return evaluate(described.tree, (leaf) => {
        const { path = [], base } = described.leaves[leaf] ?? {};
        return leaf < 2 ? base : path.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], merged);
      });
    },
    expected: (values: Record<string, unknown>) =>
      Object.fromEntries(again({ name: 'ci', namespace: 'ns', values }).map((entry) => [entry.key, entry.object])),
  };
}

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
    expect(['mode', 'minutes', 'name', 'count'].filter(release.isFixed)).toEqual(['mode', 'minutes', 'name', 'count']);
    expect(release.printed({})).toEqual(release.expected({}));
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
  it('that chooses among words is live when nothing but the word changes', () => {
    const choices = ['Always', 'Never'] as const;
    const release = released(
      { policy: text('Never', 'Policy.', { choices }), mode: text('Never', 'Mode.', { choices }) },
      ({ policy, mode }) => [{ policy, mode, ...(mode === 'Always' ? { more: 'x' } : {}) }],
    );
    expect(['policy', 'mode'].filter(release.isFixed)).toEqual(['mode']);
    expect(release.reason('mode')).toBe('it chooses among Always, Never');
    expect(release.printed({ policy: 'Always' })).toEqual(release.expected({ policy: 'Always' }));
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
    expect(['auth', 'region', 'bucket', 'tag'].filter(release.isFixed)).toEqual(['auth', 'region']);
    expect(release.reason('auth')).toBe('it is refused beside the other values of the release');
  });
});

describe('a list', () => {
  it('whose items get more than they have is fixed', () => {
    const release = released({ spread: list([], 'Spread.'), mounts: list([], 'Mounts.') }, ({ spread, mounts }) => [
      { mounts, spread: (spread as object[]).map((item) => ({ ...item, ...('topologyKey' in item ? { labelSelector: 'x' } : {}) })) },
    ]);
    expect(['spread', 'mounts'].filter(release.isFixed)).toEqual(['spread']);
  });
});

describe('a value that is not there', () => {
  it('is fixed when its map is there as soon as it is empty', () => {
    const release = released(
      { tls: group({ secret: text(undefined, 'Secret.') }), note: text(undefined, 'Note.'), tag: text('1', 'Tag.') },
      ({ tls, note, tag }) => [{ tag, ...(note ? { note } : {}), ...('secret' in (tls as object) ? { tls: {} } : {}) }],
    );
    expect(['tls.secret', 'note', 'tag'].filter(release.isFixed)).toEqual(['tls.secret']);
    expect(release.printed({ note: 'x' })).toEqual(release.expected({ note: 'x' }));
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
  const schema = JSON.parse(files['values.schema.json'] ?? '') as {
    properties: Record<string, { properties: Record<string, object> } & Record<string, unknown>>;
  };

  it('has the live values with their defaults and sentences', () => {
    expect(readYaml(files['values.yaml'] ?? '', 'values.yaml')).toEqual({
      image: { repository: 'build-worker', pullPolicy: 'IfNotPresent' },
      labels: {},
    });
    expect(files['values.yaml']).toMatch(/^ {2}# Name of the image, .*\n {2}repository: build-worker$/m);
  });

  it('takes the words of a choice, and no nought in place of a text', () => {
    const { image } = schema.properties;
    expect(image?.properties['pullPolicy']).toMatchObject({ enum: ['Always', 'IfNotPresent', 'Never'] });
    expect(image?.properties['repository']).toMatchObject({ not: { enum: [0, false] } });
  });

  it('refers to them', () => {
    expect(files['templates/deployment-shuttle-buildshuttle.yaml']).toContain('image: "{{ .Values.image.repository }}:0.1.0"');
    expect(files['templates/deployment-shuttle-buildshuttle.yaml']).toContain('include "strings"');
  });

  it('pins the others, and says which command writes the other chart', () => {
    expect(schema.properties['image']?.properties['tag']).toEqual({
      description: expect.stringMatching(/Fixed, since it was asked for: .* cdk8s-estafette template RELEASE buildshuttle --target helm$/),
      enum: ['0.1.0'],
    });
    expect(schema.properties['mode']).toMatchObject({ enum: ['worker'] });
  });

  it('tells of paths that are none, and of targets without values', () => {
    expect(() => renderRelease({ release: 'x', chart: 'buildshuttle', target: 'helm', live: ['image.tga'] })).toThrow(
      /there is no value image\.tga that could be live or fixed/,
    );
    expect(() => renderRelease({ release: 'x', chart: 'buildshuttle', live: ['.'] })).toThrow(
      /live and fix are for the target helm, not kubectl/,
    );
    expect(() => renderRelease({ release: 'x', chart: 'buildshuttle', target: 'helm', fix: ['image'] })).toThrow(
      /fix is for values below a path of live/,
    );
  });
});
