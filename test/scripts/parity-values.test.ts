// The pure parts of `npm run parity:values`: which values there are, what is tried on them, in which combinations.
import { casesOf } from '../../scripts/parity-values/cases';
import { commentedDefaults } from '../../scripts/parity-values/commented';
import { judge, settled, type Base } from '../../scripts/parity-values/judge';
import { applyKnown, type Differing, type Known } from '../../scripts/parity-values/known-differences';
import { changesOf, type Target } from '../../scripts/parity-values/mutate';
import { dropNulls, getAt, layer, nest, showPath } from '../../scripts/parity-values/paths';
import { isSentence } from '../../scripts/parity-values/sentences';
import { randomCases } from '../../scripts/parity-values/random';
import { actionsOf, scanReferences } from '../../scripts/parity-values/references';
import type { Case, Component, Render } from '../../scripts/parity-values/types';

const readsOf = (...files: string[]): string[] => [...scanReferences(files).values()].map(({ path }) => showPath(path)).sort();

describe('paths', () => {
  test('keys with dots stand in brackets', () => {
    expect(showPath(['db', 'conf', 'http-port'])).toBe('db.conf.http-port');
    expect(showPath(['api', 'config', 'files', 'config.yaml'])).toBe('api.config.files["config.yaml"]');
  });

  test('layers merge maps and replace the rest; a null takes a default away', () => {
    const merged = layer({ a: { b: 1, c: [1] }, d: 1 }, { a: { c: [2] }, d: null });
    expect(merged).toEqual({ a: { b: 1, c: [2] }, d: null });
    expect(dropNulls(merged, { a: {}, d: 1 })).toEqual({ a: { b: 1, c: [2] } });
    expect(getAt(nest(['x', 'y'], 5), ['x', 'y'])).toBe(5);
    expect(getAt({ x: [1] }, ['x', '0'])).toBeUndefined();
  });
});

describe('what templates read', () => {
  test('actions, without dashes and comments, with braces inside texts', () => {
    expect(actionsOf('a {{- .Values.a -}} {{/* .Values.no */}} {{ printf "}}" .Values.b }}')).toEqual([
      '.Values.a',
      'printf "}}" .Values.b',
    ]);
  });

  test('direct references, `$` and `index`', () => {
    expect(readsOf('{{ .Values.a.b }}{{ $.Values.c }}{{ index .Values.conf `http-port` }}{{ index .Values "x" "y.z" }}')).toEqual([
      'a.b',
      'c',
      'conf.http-port',
      'x["y.z"]',
    ]);
  });

  test('through with, variables and else, but not inside range', () => {
    expect(
      readsOf(
        '{{ with .Values.a }}{{ .b }}{{ else }}{{ .Values.c }}{{ end }}{{ $x := .Values.d }}{{ $x.e }}{{ range .Values.f }}{{ .name }}{{ $.Values.g }}{{ end }}{{ .Values.h }}',
      ),
    ).toEqual(['a', 'a.b', 'c', 'd', 'd.e', 'f', 'g', 'h']);
  });

  test('named templates count when they are called, with what they are called with', () => {
    const helpers =
      '{{ define "name" }}{{ .Values.nameOverride }}{{ end }}{{ define "tls" }}{{ if .cert }}x{{ end }}{{ end }}{{ define "idle" }}{{ .Values.idle }}{{ end }}';
    expect(
      readsOf(
        helpers,
        '{{ include "name" . }}{{ $tls := .Values.nats.tls }}{{ $_ := set $tls "secretPath" "/x" }}{{ $tls.secretPath }}{{ include "tls" $tls }}',
      ),
    ).toEqual(['nameOverride', 'nats.tls', 'nats.tls.cert']);
  });

  test('how a value is used is told', () => {
    const found = scanReferences([
      '{{ range $k, $v := .Values.map }}{{ end }}{{ range .Values.list }}{{ end }}{{ if .Values.flag }}{{ end }}{{ toYaml .Values.raw }}',
    ]);
    expect(Object.fromEntries([...found.values()].map(({ path, hints }) => [path[0], [...hints]]))).toEqual({
      map: ['keys'],
      list: ['range'],
      flag: ['test'],
      raw: ['yaml'],
    });
  });
});

describe('defaults in comments', () => {
  const shown = (text: string): Record<string, unknown> =>
    Object.fromEntries(commentedDefaults(text).map(({ path, value }) => [showPath(path), value]));

  test('keys beside others, and blocks below an empty map or list', () => {
    expect(shown('a:\n  b: 1\n  # tag: canary\nresources: {}\n  # limits:\n  #   cpu: 100m\nhosts: []\n#  - one.example.com\n')).toEqual({
      'a.tag': 'canary',
      'resources.limits': { cpu: '100m' },
      hosts: ['one.example.com'],
    });
  });

  test('prose is not taken for values', () => {
    expect(shown('# Some words about the key.\n# More of them, see below\na: 1\n')).toEqual({});
  });
});

describe('what is tried on a value', () => {
  const tried = (target: Target): Record<string, unknown> => Object.fromEntries(changesOf(target).map(({ kind, value }) => [kind, value]));

  test.each([
    ['a flag', { path: ['enabled'], value: true }, { other: false, null: null }],
    ['a number', { path: ['port'], value: 80 }, { other: 81, null: null, empty: 0 }],
    ['an image tag', { path: ['tag'], value: 'v22.2.6' }, { other: 'v22.2.7', null: null, empty: '' }],
    ['a duration', { path: ['minimumCertDuration'], value: '624h' }, { other: '625h', null: null, empty: '' }],
    ['a quantity', { path: ['size'], value: '8Gi' }, { other: '9Gi', null: null, empty: '' }],
    ['a choice', { path: ['pullPolicy'], value: 'IfNotPresent' }, { other: 'Always', null: null, empty: '' }],
    ['a schedule', { path: ['schedule'], value: '*/5 * * * *' }, { other: '17 3 * * *', null: null, empty: '' }],
    ['an empty text', { path: ['storageClass'], value: '' }, { other: 'marker', null: null }],
    ['a list of one', { path: ['accessModes'], value: ['ReadWriteOnce'] }, { other: ['ReadWriteOnce-marker'], null: null, empty: [] }],
    ['an empty list', { path: ['imagePullSecrets'], value: [] }, { other: [{ name: 'marker' }], null: null }],
    ['an empty map', { path: ['podAnnotations'], value: {} }, { other: { marker: 'x' }, null: null }],
    ['a filled map: empty would merge into it', { path: ['labels'], value: { a: 'b' } }, { other: { a: 'b', marker: 'x' }, null: null }],
    ['a group', { path: ['image'], value: { tag: '' }, group: true }, { null: null }],
    ['a value that a comment shows', { path: ['max-offset'], sample: '500ms' }, { other: '500ms', null: null, empty: '' }],
    ['a value that only templates know, by name', { path: ['nodePort'] }, { other: 30123, null: null, empty: 0 }],
    [
      'a value that only templates know, by use',
      { path: ['debugging'], hints: new Set(['test']) },
      { other: true, null: null, empty: false },
    ],
  ] as [string, Target, Record<string, unknown>][])('%s', (_, target, expected) => {
    expect(tried(target)).toEqual(expected);
  });
});

describe('cases', () => {
  const component: Component = {
    name: 'db',
    path: ['db'],
    foreign: ['sub'],
    defaults: { image: { tag: '1' }, resources: {}, sub: { x: 1 }, unread: { y: 1 } },
    references: [['image', 'tag'], ['resources'], ['extra', 'name'], ['global', 'level']].map((path) => ({
      path,
      hints: new Set(['text']),
    })),
    comments: { resources: { limits: { cpu: '1' } }, prose: 'words' },
    contexts: [
      { name: 'plain', values: { db: { enabled: true } }, apiVersions: [] },
      { name: 'filled', values: { db: { enabled: true, extra: { name: 'n' } } }, apiVersions: [], only: ['extra'] },
    ],
  };
  const cases = casesOf(component);
  const of = (shown: string, context = 'plain') =>
    cases.filter((item) => item.shown === shown && item.context === context).map(({ kind, change }) => [kind, change]);

  test('defaults, comments, references and contexts all count, others’ values and prose do not', () => {
    expect(of('db.image.tag')).toEqual([
      ['other', '2'],
      ['null', null],
      ['empty', ''],
    ]);
    expect(of('db.image')).toEqual([['null', null]]);
    expect(of('db.resources')).toEqual([
      ['other', { limits: { cpu: '1' } }],
      ['null', null],
    ]);
    expect(of('db.unread.y')).toEqual([
      ['other', 2],
      ['null', null],
      ['empty', 0],
    ]);
    expect(of('db.extra')).toEqual([
      ['null', null],
      ['other', { name: 'n' }],
    ]);
    expect(of('db.extra.name', 'filled')).toEqual([
      ['other', 'n-marker'],
      ['null', null],
      ['empty', ''],
    ]);
    expect(cases.filter(({ shown }) => /sub|prose/.test(shown))).toEqual([]);
  });

  test('a context with `only` has nothing else changed', () => {
    expect(new Set(cases.filter(({ context }) => context === 'filled').map(({ path }) => path[1]))).toEqual(new Set(['extra']));
  });

  test('global values are tried in the component and at the top', () => {
    expect(of('db.global.level').length).toBeGreaterThan(0);
    expect(of('global.level')).toEqual(of('db.global.level'));
  });

  test('each case is a layer with that one value', () => {
    expect(cases.find(({ shown, kind }) => shown === 'db.image.tag' && kind === 'null')?.values).toEqual({ db: { image: { tag: null } } });
  });

  test('random combinations are the same for the same seed, and enable their components', () => {
    const components = [component];
    const found = cases.map((item) => ({ ...item, component: 'db' }));
    const one = randomCases(found, components, { count: 5, seed: 7 });
    expect(one).toEqual(randomCases(found, components, { count: 5, seed: 7 }));
    expect(one).not.toEqual(randomCases(found, components, { count: 5, seed: 8 }));
    expect(one.every(({ context }) => (context.values.db as { enabled?: boolean }).enabled)).toBe(true);
  });
});

describe('verdicts', () => {
  const ok = (text: string) => ({ ok: true, text });
  const refused = (text: string) => ({ ok: false, text });
  const compare = (a: string, b: string) => ({
    open: a === b ? [] : [{ id: 'Service x/y', path: '/spec', type: 'changed', expected: a, actual: b }],
  });
  const verdict = (helm: Render, ours: Render, base?: Base) => judge(compare, helm, ours, {}, base);

  test('equal, refused by both, refused by one, crashed', () => {
    expect(verdict(ok('a'), ok('a')).status).toBe('equal');
    expect(verdict(refused('no'), refused('never')).status).toBe('refused');
    expect(verdict(refused('no'), ok('a')).details).toEqual(['only Helm refuses: no']);
    expect(verdict(ok('a'), refused('never')).details).toEqual(['only ours refuses: never']);
    expect(verdict(refused('no'), { ok: false, crashed: true, text: 'x is undefined' })).toMatchObject({
      status: 'different',
      details: ['ours crashed: x is undefined'],
    });
  });

  test('a difference of the context alone is told once, and a change without effect is known as such', () => {
    const base = { helm: ok('a'), ours: ok('b'), differences: new Set(['Service x/y /spec changed: expected "a" got "b"']) };
    expect(verdict(ok('a'), ok('b'), base)).toEqual({ status: 'equal', reached: false, details: [] });
    expect(verdict(ok('c'), ok('b'), base)).toEqual({
      status: 'different',
      reached: true,
      details: ['Service x/y /spec changed: expected "c" got "b"'],
    });
    expect(verdict(ok('a'), ok('c'), base)).toMatchObject({ status: 'different', reached: false });
  });

  test('the order of a Go map does not count', () => {
    expect(settled('--store=size=1Gi,path=data --x')).toBe(settled('--store=path=data,size=1Gi --x'));
  });
});

describe('known differences', () => {
  const different = (shown: string, kind: Case['kind'] = 'null'): Differing => ({
    shown,
    kind,
    context: 'plain',
    status: 'different',
    details: [],
  });
  const known = (entry: Omit<Known, 'reason'>): Known => ({ ...entry, reason: 'a test' });

  test('an entry names path and kind, `*` stands for any text, a context narrows it', () => {
    const results = [different('api.image.tag'), different('web.image.tag'), different('web.image.tag', 'other'), different('api.x')];
    applyKnown(results, [known({ path: '*.image.tag', kind: 'null|empty' }), known({ path: 'api.x', kind: 'null', context: 'other' })]);
    expect(results.map(({ status }) => status)).toEqual(['known', 'known', 'different', 'different']);
  });

  test('an entry that was tried and no longer differs is stale, one that was not tried is not', () => {
    const gone = known({ path: 'api.x', kind: 'null' });
    expect(applyKnown([{ ...different('api.x'), status: 'equal' }], [gone, known({ path: 'db.y', kind: 'null' })])).toEqual({
      stale: [gone],
    });
  });
});

describe('what is told about values', () => {
  it.each([
    'api.tls.enabled: is false, and nothing reads the Secret: set it',
    'release name 1ci: may be refused: choose another',
    'a[0].b: is " , ": x',
  ])('%j is a sentence', (line) => expect(isSentence(line)).toBe(true));

  it.each([
    'metrics.the map at server.sidecarContainers stays: []',
    'jobs: is , and the cleaner looks elsewhere',
    'jobs: undefined is not here',
    'jobs: [object Object] is not here',
    'no place in front',
    'jobs: ends with a full stop.',
    'jobs: two  spaces',
    'jobs: one line\nand another',
  ])('%j is none', (line) => expect(isSentence(line)).toBe(false));
});
