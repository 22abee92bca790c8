// What a kind of values allows and a release does not: such values are refused by the chart, too.
import { text as textOf } from '../../../helm/print';
import { flag, list, number, table, text } from '../../../helm/schema';
import { listOf } from '../../../constructs/common/lists';
import { ValuesError } from '../../../helm/check';
import { readYaml } from '../../../helm/yaml/read';
import { evaluate } from '../../../helm/template';
import { HELPERS } from '../../../constructs/targets/live/print/helpers';
import { BARE, EMPTY, IN_TEXT, KEY, LABEL, PLAIN, TRIMMED, YAML_LIST } from '../../../constructs/targets/live/print/patterns';
import { chartFilesOf, checksIn, rulesIn } from '../../support/chart-files';
import { released } from '../../support/live-release';
import { context } from '../../helm/template/fixture';

const refuse = (path: string, message = 'must be another one'): never => {
  throw new ValuesError([{ path: [path], message }]);
};

describe('a number', () => {
  const release = released(
    {
      port: number(80, 'Port.'),
      days: number(1, 'Days.'),
      count: number(1, 'Count.'),
      ratio: number(1, 'Ratio.'),
      seconds: number(1, 'Seconds.'),
    },
    ({ port, days, count, ratio, seconds }) => {
      if (!Number.isInteger(port) || Number(port) < 1 || Number(port) > 65_535) refuse('port');
      return [{ port, days: Math.trunc(Number(days)), text: `--count=${String(count)}`, ratio, seconds: seconds === '' ? 5 : seconds }];
    },
  );

  it('has the bounds that it is taken in, and is whole where a fraction is refused, cut or written in another way', () => {
    expect(release.limits('port')).toEqual(expect.arrayContaining(['whole', 'least 1', 'most 65535']));
    expect(release.limits('days')).toEqual(['whole']);
    expect(release.limits('count')).toContain('most 999999');
    expect(release.limits('ratio')).toEqual([]);
    expect(release.limits('seconds')).toEqual(['blank']);
  });
});

describe('a text', () => {
  const read = (value: unknown): unknown => readYaml(`x: ${textOf(value)}`, 'a text');
  const release = released(
    { policy: text('Always', 'Policy.'), plain: text('x', 'Plain.'), own: text('x', 'Own.') },
    ({ policy, plain, own }) => [{ policy: textOf(policy).trim(), plain: read(plain), own }],
  );

  it('has no blanks around it where they are cut, and is one that YAML reads as it is where it is read', () => {
    expect(release.limits('policy')).toContain('trimmed');
    expect(release.limits('plain')).toContain('typed');
    expect(release.limits('own')).toEqual([]);
  });

  it('has as many letters as are taken, where longer ones are refused', () => {
    const short = released({ name: text('x', 'Name.'), own: text('x', 'Own.') }, ({ name, own }) => {
      if (textOf(name).length > 40) refuse('name', 'is too long');
      return [{ name, own }];
    });
    expect(short.limits('name')).toContain('letters 40');
    expect(short.limits('own')).toEqual([]);
  });

  const taken = (pattern: string, texts: readonly string[]): readonly string[] => texts.filter((one) => new RegExp(pattern).test(one));

  it.each([
    [
      PLAIN,
      ['a', '-a', 'a:b', 'a#b', 'a b', '/x', '$(A)'],
      ['', ' a', 'a ', 'a: b', 'a #b', '- a', '#a', '&a', '*a', '{a}', '"a', 'a\n', '%a'],
    ],
    [TRIMMED, ['', 'a', 'a b', 'a\nb'], [' a', 'a ', 'a\n', '\u00a0a', ' ']],
    [IN_TEXT, ['', 'a b', 'é'], ['a"b', 'a\\b', 'a\tb', 'a\nb', 'a\rb', '\u0007', '\u0085', '\u2028']],
    [YAML_LIST, ['', '- a', '  - a: b\n    c: d\n', '# x\n\n- a'], ['\n', 'a', '-a', '{}', '- a\tb']],
    [BARE, ['0', '1', '25%'], ['', '01', '1.', '1.5', 'x', '@at']],
    [EMPTY, [''], ['1']],
    [KEY, ['a', 'example.com/a.b_c'], ['', 'two words', 'ü', 'a/b/c', '-a']],
    [LABEL, ['', 'a', '1.5'], ['two words', '1e+07', ' a', '{{ x }}', 'a'.repeat(64)]],
  ])('is taken by %s or not', (pattern, some, others) => {
    expect(taken(pattern, some)).toEqual(some);
    expect(taken(pattern, others)).toEqual([]);
  });
});

describe('a map', () => {
  it('has texts, labels, or keys of annotations in it where others are refused', () => {
    const release = released(
      { labels: table({}, 'Labels.'), notes: table({}, 'Notes.'), more: table({}, 'More.') },
      ({ labels, notes, more }) => {
        for (const value of Object.values((labels ?? {}) as object)) if (!new RegExp(LABEL).test(textOf(value))) refuse('labels');
        for (const [key, value] of Object.entries((notes ?? {}) as object))
          if (!new RegExp(KEY).test(key) || typeof value === 'object') refuse('notes');
        return [{ a: labels, b: notes, c: more }];
      },
    );
    expect(release.limits('labels')).toEqual(expect.arrayContaining(['scalars', 'labels']));
    expect(release.limits('notes')).toEqual(expect.arrayContaining(['scalars', 'keys']));
    expect(release.limits('more')).toEqual([]);
  });

  it('has texts that are read as they are, where they stand without quotes, and no key that is refused whatever keys look like', () => {
    const fields = { bare: table({}, 'Bare.'), cut: table({}, 'Cut.'), own: table({}, 'Own.'), texts: table({}, 'Texts.') };
    const release = released(fields, ({ bare, cut, own, texts }) => {
      const entries = (of: unknown): (readonly [string, unknown])[] => Object.entries((of ?? {}) as object);
      if (entries(own).some(([key]) => key === 'constructor')) refuse('own');
      if (entries(texts).some(([, value]) => typeof value === 'number' || typeof value === 'boolean')) refuse('texts');
      const read = entries(bare).map(([key, value]) => [
        key,
        /^\d[\d_]*$/.test(textOf(value)) ? Number.parseInt(textOf(value), 10) : value,
      ]);
      const trimmed = entries(cut).map(([key, value]) => [key, typeof value === 'string' ? value.trim() : value]);
      return [{ a: Object.fromEntries(read), b: Object.fromEntries(trimmed), c: own, d: texts }];
    });
    expect(release.limits('bare')).toContain('typed');
    expect(release.limits('cut')).toContain('trimmed');
    expect(release.limits('own')).toEqual(['not constructor']);
    expect(release.limits('texts')).toEqual(['quoted']);
  });

  it('is looked at where it is seen, though that is off in the release', () => {
    const fields = { enabled: flag(false, 'On.'), other: flag(false, 'On.'), policy: text('x', 'Policy.') };
    const release = released(fields, ({ enabled, other, policy }) => {
      // Beside one another they say more, so that no marks for all of them show it.
      const isAlone = enabled && !other;
      return [isAlone ? { policy: textOf(policy).trim() } : { other: Boolean(enabled && other) }];
    });
    expect(release.limits('policy')).toContain('trimmed');
  });
});

describe('a list', () => {
  it('has names that are taken, each once, where the release looks at them', () => {
    const release = released(
      { env: list([], 'Variables.', { reserved: ['HOST'] }), names: list([], 'Names.'), more: list([], 'More.') },
      ({ env, names, more }) => {
        const all = listOf(env as { readonly name?: string }[]).map(({ name }) => name ?? '');
        if (all.some((name) => !/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(name) || name === 'HOST' || name === 'PORT')) refuse('env');
        if (new Set(all).size < all.length) refuse('env', 'is there twice');
        if (listOf(names as unknown[]).some((name) => !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(textOf(name)))) refuse('names');
        return [
          { own: { env: [{ name: 'PORT', value: '1' }, ...listOf(env as object[])] }, names: listOf(names as unknown[]).map(textOf), more },
        ];
      },
    );
    expect(release.limits('env')).toEqual(expect.arrayContaining(['named', 'variable', 'distinct', 'not PORT', 'not HOST']));
    expect(release.limits('names')).toContain('label');
    expect(release.limits('more')).toEqual([]);
  });
});

describe('an amount', () => {
  it('is not below the least one that is taken, where that follows no other value', () => {
    const millis = (value: unknown): number => {
      const [, digits = '', unit = ''] = /^([0-9]+)(m|Gi)?$/.exec(textOf(value)) ?? [];
      return Number(digits) * { '': 1e3, m: 1, Gi: 1000 * 2 ** 30 }[unit as ''];
    };
    const release = released(
      { size: text('20Gi', 'Size.'), request: text('1Gi', 'Request.'), limit: text('2Gi', 'Limit.') },
      ({ size, request, limit }) => {
        for (const [key, value] of Object.entries({ size, request, limit }))
          if (!/^[0-9]+(\.[0-9]+)?(m|[kMGTPE]|[KMGTPE]i)?$/.test(textOf(value))) refuse(key);
        if (millis(size) && millis(size) < 1000 * 2 ** 30) refuse('size', 'is too small');
        if (millis(limit) < millis(request)) refuse('limit', 'must not be less than request');
        return [{ size, request, limit }];
      },
    );
    expect(release.limits('size').filter((one) => one.startsWith('from'))).toEqual([`from ${1000 * 2 ** 30}`]);
    expect(release.limits('limit').filter((one) => one.startsWith('from'))).toEqual([]);
  });
});

describe('what a Job reads', () => {
  it('is told in the order of its names, whatever these are', () => {
    const hashOf = (...names: readonly string[]): string => {
      const read = names.map((name) => `(list ${JSON.stringify(`Secret/${name}`)} "kind: Secret\\nstringData: {key: ${name}}")`);
      return evaluate(`${HELPERS}{{ include "hash" (list "spec: {}" ${read.join(' ')}) }}`, context).trim();
    };
    expect(hashOf('a', 'b')).toBe(hashOf('b', 'a'));
    expect(hashOf('a', 'b')).not.toBe(hashOf('a', 'c'));
  });
});

describe('a number that stands without quotes where texts may stand', () => {
  it('is taken as a whole one of which all digits are written', () => {
    const files = chartFilesOf({ release: 'estafette-ci', chart: 'estafette-ci', namespace: 'n', values: [] });
    type Group = Record<string, { properties: Group } & Record<string, unknown>>;
    const { metrics } = rulesIn<Group>(files);
    const budget = metrics?.properties['server']?.properties['podDisruptionBudget'];
    expect(budget?.properties['maxUnavailable']).toMatchObject({ type: ['string', 'integer', 'null'], minimum: 0, maximum: 999_999 });
  });
});

describe('what a schema cannot tell', () => {
  const checksOf = (chart: 'buildshuttle' | 'estafette-ci' | 'devstats', values: Record<string, unknown> = {}): string =>
    checksIn(chartFilesOf({ release: chart, chart, namespace: 'n', values: [values] }));

  it('is refused by templates: names twice, small sizes, Go templates in maps, names of releases and namespaces that no object has', () => {
    const checks = checksOf('buildshuttle');
    expect(checks).toContain('extraEnv: a name is there twice');
    expect(checks).toContain('storage.size is too small');
    expect(checks).toContain('regexMatch "^[0-9]|[.]" .Release.Name');
    const estafette = checksOf('estafette-ci');
    expect(estafette).toContain('contains "{{" (toJson .Values.queue.affinity)');
    expect(estafette).toContain('gt (len (include "api.jobNamespaceOverride" $)) 63');
  });

  it('is seen where another value asks for what is given', () => {
    const files = chartFilesOf({
      release: 'buildshuttle',
      chart: 'buildshuttle',
      namespace: 'n',
      values: [{ auth: { mode: 'none' }, networkPolicy: { namespaces: ['akkeris-system'] } }],
    });
    const checks = Object.entries(files).flatMap(([file, text]) => (file.startsWith('checks/') ? [text] : []));
    expect(checks.join('\n')).toMatch(/if not \.Values\.networkPolicy\.namespaces .*must name the namespaces that may ask/);
  });
});
