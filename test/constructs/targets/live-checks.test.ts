// What a live chart checks of values that it was not written with.
import { WRONG } from '../../../constructs/targets/live/print/check-helpers';
import { anyOf, type Clause } from '../../../constructs/targets/live/print/blocks';
import { CHART_NAMES } from '../../../constructs/charts';
import { DEVSTATS_SECRETS } from '../../../scripts/support/devstats-secrets';
import { evaluate, type TemplateContext } from '../../../helm/template';
import { chartFilesOf, rulesIn } from '../../support/chart-files';

/** The named template as a function of what it gets. */
function wrong(rule: object, value: unknown, written: unknown = undefined, definitions: object = {}): string[] {
  const body = WRONG.slice(WRONG.indexOf('{{- define "wrong" -}}') + 22, WRONG.lastIndexOf('{{- end }}')).trimEnd();
  const helpers = { wrong: (dot: unknown): string => evaluate(body, { root: dot as TemplateContext['root'], helpers }) };
  return helpers.wrong([{ definitions }, rule, value, '', written]).split('\n').slice(1);
}

describe('a rule for values', () => {
  it.each([
    [{ type: 'string' }, ['', 'a'], [1, true, null, [], {}]],
    [{ type: ['string', 'null'] }, ['a', null], [1]],
    [{ type: 'integer' }, [1, -2, 1e6], [1.5, '1']],
    [{ type: 'number', multipleOf: 1 }, [3], [0.5]],
    [{ minimum: 0, maximum: 7 }, [0, 7, 'text'], [-1, 8]],
    [{ enum: ['a', null] }, ['a', null], ['b', 1]],
    [{ not: { enum: [0, false] } }, [1, true, '0'], [0, false]],
    [{ not: { type: 'string', pattern: '[{][{]' } }, ['{', 1], ['{{']],
    [{ allOf: [{ pattern: '^a' }, { pattern: 'b$' }] }, ['ab', 1], ['a', 'b']],
    [{ pattern: '^a*$', maxLength: 2 }, ['', 'aa'], ['b', 'aaa']],
    [{ minLength: 1, minItems: 1, minProperties: 1 }, ['a', [0], { a: 1 }], ['', [], {}]],
    [{ items: { type: 'string' } }, [[], ['a'], 'a'], [[1], ['a', null]]],
    [{ additionalProperties: { type: 'string' } }, [{}, { a: 'b' }], [{ a: 1 }]],
    [{ propertyNames: { pattern: '^a' } }, [{ a: 1 }], [{ b: 1 }]],
    [{ properties: { a: {} }, required: ['a'], additionalProperties: false }, [{ a: null }], [{}, { a: 1, b: 2 }]],
    [{ $ref: '#/definitions/flag' }, [true], ['true']],
  ] as const)('such as %j', (rule, right, others) => {
    const isRight = (value: unknown): boolean => wrong(rule, value, undefined, { flag: { type: 'boolean' } }).length === 0;
    expect(right.filter((value) => !isRight(value))).toEqual([]);
    expect(others.filter((value) => isRight(value))).toEqual([]);
  });

  it('takes what the chart was written with, and says of all others where they are wrong', () => {
    const rule = {
      properties: { a: { type: 'string' }, b: { properties: { c: { maximum: 3 }, d: { items: { type: 'string' } } } } },
      additionalProperties: false,
    };
    const written = { a: 1, b: { c: 4, d: [] } };
    expect(wrong(rule, written, written)).toEqual([]);
    expect(wrong(rule, { a: 2, b: { c: 5, d: ['x', 1] }, e: 1, 'x-anchors': {} }, written)).toEqual([
      'a: must be string, not number',
      'b.c: must be at most 3',
      'b.d[1]: must be string, not number',
      'e: is no value of this chart',
    ]);
  });
});

describe('a live chart', () => {
  const files = chartFilesOf({ release: 'shuttle', chart: 'buildshuttle', namespace: 'ns', live: ['.'], fix: ['image.tag'] });

  it('pins what is fixed, and nothing else, in its schema', () => {
    const { properties } = JSON.parse(files['values.schema.json'] ?? '') as { properties: Record<string, { properties: object }> };
    expect(Object.keys(properties['image']?.properties ?? {})).toEqual(expect.arrayContaining(['tag']));
    expect(properties['image']?.properties).not.toHaveProperty('repository');
    expect(JSON.parse(files['checks/rules.json'] ?? '')).toMatchObject({ properties: { image: { properties: { tag: {} } } } });
  });

  it('checks nothing of a release that it was written for', () => {
    expect(files['templates/checks/values.yaml']).toContain(
      'if or $given (ne .Release.Name "shuttle") (ne .Release.Namespace "ns") }}{{ tpl (.Files.Get "checks/together.tpl") . }}',
    );
    expect(JSON.parse(files['checks/written.json'] ?? '')).toMatchObject({ image: { repository: 'build-worker' }, global: {} });
  });
});

describe('a live chart with large parts', () => {
  const files = chartFilesOf({ release: 'ci', chart: 'estafette-ci', namespace: 'ns', live: ['.'] });
  const rulesOf = (file: string): { readonly properties: Record<string, unknown>; readonly definitions?: object } =>
    JSON.parse(files[`checks/${file}.json`] ?? '') as ReturnType<typeof rulesOf>;

  it('has the rules of each in a file, with what they refer to', () => {
    expect(rulesOf('rules').properties).toMatchObject({ db: { $ref: 'rules/db.json' }, global: { type: 'object' } });
    const { definitions = {} } = rulesOf('rules/db');
    const used = [...(files['checks/rules/db.json'] ?? '').matchAll(/"#\/definitions\/(\w+)"/g)].map(([, name]) => name);
    expect(new Set(used)).toEqual(new Set(Object.keys(definitions)));
  });

  it('has what it checks of values of one part together in a file, and what depends on others in one for all', () => {
    const [db = '', all = ''] = ['together/db', 'together'].map((file) => files[`checks/${file}.tpl`]);
    expect(db).toContain('db.image.credentials.username: would go nowhere beside existingSecret');
    expect(all).not.toContain('db.image.credentials.username');
    expect(all).toContain('the name of the release must not');
    const parts = Object.keys(files).flatMap((file) => /^checks\/together\/(.+)\.tpl$/.exec(file)?.[1] ?? []);
    for (const part of parts) expect(files['templates/checks/values.yaml']).toContain(`"${part}"`);
    const strangers = parts.filter((part) =>
      [...(files[`checks/together/${part}.tpl`] ?? '').matchAll(/\.Values(?:\.(\w+)| "([^"]+)")/g)].some(
        ([, key, other]) => (key ?? other) !== part,
      ),
    );
    expect(strangers).toEqual([]);
  });
});

it.each(CHART_NAMES)('each file of checks of %s defines what it calls', (chart) => {
  const values = chart === 'devstats' ? [DEVSTATS_SECRETS] : [];
  const files = chartFilesOf({ release: 'one', chart, namespace: 'ns', live: ['.'], values });
  const shared = [...(files['templates/_helpers.tpl'] ?? '').matchAll(/define "([^"]+)"/g)].map(([, name]) => name);
  const missing = Object.entries(files)
    .filter(([file]) => /^checks\/.*\.tpl$/.test(file))
    .flatMap(([file, text]) => {
      const defined = new Set([...shared, ...[...text.matchAll(/define "([^"]+)"/g)].map(([, name]) => name)]);
      const called = [...text.matchAll(/(?:template|include) "([^"]+)"/g)].map(([, name]) => name);
      return called.filter((name) => !defined.has(name)).map((name) => `${file}: ${name}`);
    });
  expect(missing).toEqual([]);
});

describe('conditions of which one must hold', () => {
  const clauses = (...texts: string[]): Clause[] => texts.map((text) => ({ text, negated: [] }));

  it.each([
    [[clauses('.a', '.b')], 'and .a .b'],
    [[clauses('.a', '.b'), clauses('.c', '.a')], 'and .a (or .b .c)'],
    [[clauses('.a', '.b'), clauses('.a', '.c', '.d')], 'and .a (or .b (and .c .d))'],
    [[clauses('.a'), clauses('.a', '.c')], '.a'],
    [[clauses('.a'), clauses('.b')], 'or .a .b'],
    [[clauses('.a'), clauses('.a')], '.a'],
  ])('%#', (conditions, text) => {
    expect(anyOf(conditions)).toBe(text);
  });
});

describe('rules of a release with null for a word', () => {
  it('are JSON, and have the other words', () => {
    const values = [DEVSTATS_SECRETS, { postgresLeaderElection: null }];
    const files = chartFilesOf({ release: 'devstats', chart: 'devstats', namespace: 'devstats', live: ['.'], values });
    for (const [file, text] of Object.entries(files)) if (file.endsWith('.json')) expect(() => JSON.parse(text) as unknown).not.toThrow();
    expect(rulesIn<Record<string, object>>(files)['postgresLeaderElection']).toMatchObject({ enum: ['endpoints', 'configmaps', '', null] });
  });
});
