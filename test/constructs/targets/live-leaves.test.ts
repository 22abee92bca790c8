// The values of a release, one by one: their numbers are what is known of a chart refers to.
import { CHART_NAMES, chartOf, type ChartName } from '../../../constructs/charts';
import { asValues, hasLost, leavesOf, type Leaf } from '../../../constructs/targets/live/values/leaves';
import { any, defaultsOf, group, text } from '../../../helm/schema';
import { showPath } from '../../../helm/check';
import { mergeValues } from '../../../helm/merge';
import { renderRelease } from '../../../cli/render';
import type { ValueStanding } from '../../../constructs/targets/target';
import { DEVSTATS_SECRETS } from '../../../scripts/support/devstats-secrets';

const release = { name: 'ci', namespace: 'ci' };
const pathsOf = (leaves: readonly Leaf[]): string[] => leaves.map(({ path }) => showPath(path));

describe.each(CHART_NAMES)('values of %s', (name) => {
  const { values: schema } = chartOf(name);
  const defaults = defaultsOf(schema, { release: release.name, namespace: release.namespace }) as Record<string, unknown>;
  const leaves = leavesOf(schema, defaults, release);
  const usual = pathsOf(leaves);

  it('have the same numbers whatever they are', () => {
    const open = leaves.filter(({ declared, item }) => declared?.kind === 'any' && !item);
    for (const value of [null, {}, { a: 1 }, [], [{ a: 1 }], 'a', 1, true]) {
      const values = mergeValues([defaults, asValues(open.map(({ path }) => [path, value]))]);
      expect([value, pathsOf(leavesOf(schema, values, release)).slice(0, usual.length)]).toEqual([value, usual]);
    }
  });

  it('are looked at item by item where the release has items', () => {
    for (const { path, declared, shapes } of leaves)
      if (declared?.kind === 'table' && shapes.includes('each')) expect(usual).toContain(`${showPath(path)}.[].key`);
  });
});

describe('a value that may be anything', () => {
  const schema = group({ first: any(undefined, 'First.'), second: any({ a: 1 }, 'Second.'), third: text('x', 'Third.') });
  const pathsWith = (values: Record<string, unknown>): string[] => pathsOf(leavesOf(schema, values, release)).slice(2);

  it('has what it is made of behind all that the schema tells of', () => {
    const usual = ['first', 'second', 'third', 'second.[].key', 'second.[].value'];
    expect(pathsWith({ second: { a: 1 } })).toEqual(usual);
    expect(pathsWith({ second: null })).toEqual(usual);
    expect(pathsWith({ first: { b: 1 }, second: null })).toEqual([...usual, 'first.[].key', 'first.[].value']);
  });
});

const standingsOf = (chart: ChartName, values: Record<string, unknown>): ReadonlyMap<string, ValueStanding> => {
  const needed = chart === 'devstats' ? [DEVSTATS_SECRETS] : [];
  const { standings = [] } = renderRelease({
    release: chart,
    chart,
    namespace: chart,
    target: 'helm',
    live: [],
    values: [...needed, values],
  });
  return new Map(standings.map((one) => [one.path, one]));
};
const liveIn = (standings: ReadonlyMap<string, ValueStanding>): string[] =>
  [...standings].flatMap(([path, { standing }]) => (standing === 'live' ? [path] : []));

describe('a release with null for a map', () => {
  it('has the same live values', () => {
    expect(liveIn(standingsOf('estafette-ci', { metrics: { nodeExporter: { dnsConfig: null } } }))).toEqual(
      liveIn(standingsOf('estafette-ci', {})),
    );
  });
});

describe('a release with a list or a map that templates would print in another way', () => {
  it.each<[ChartName, string, Record<string, unknown>]>([
    ['devstats', 'bootstrapCommandArgs', { bootstrapCommandArgs: [7, true, 'x'] }],
    ['buildshuttle', 'extraEnv', { extraEnv: [{ name: 'PROXY_PORT', value: 8080 }] }],
    ['estafette-ci', 'cert-manager.extraArgs', { 'cert-manager': { enabled: true, extraArgs: [7] } }],
  ])('keeps all else of %s live: %s', (chart, path, values) => {
    const standings = standingsOf(chart, values);
    expect(standings.get(path)).toEqual({ path, standing: 'fixed', reason: 'it is given as something else than charts take it' });
    expect(liveIn(standings)).toEqual(liveIn(standingsOf(chart, {})).filter((one) => one !== path));
  });
});

describe('what null took away from a map', () => {
  it.each<[string, unknown, unknown, boolean]>([
    ['all of it', undefined, { a: 1 }, true],
    ['a map in it', { a: 1 }, { a: 1, b: { c: 2 } }, true],
    ['a map that something else stands for', 'x', { a: 1 }, true],
    ['a map in a map', { a: { b: {} } }, { a: { b: { c: { d: 1 } } } }, true],
    ['none but a text, which comes back from nowhere', { b: 2 }, { a: 'x', b: 1 }, false],
    ['nothing', { a: { b: 2 }, c: 3 }, { a: { b: 1 } }, false],
    ['an empty map', undefined, {}, false],
    ['a list', undefined, ['a'], false],
  ])('is entries that another file brings back: %s', (_name, value, usual, expected) => {
    expect(hasLost(value, usual)).toBe(expected);
  });

  it.each<[ChartName, string, Record<string, unknown>]>([
    ['devstats', 'appNodeSelector', { appNodeSelector: null }],
    ['buildshuttle', 'resources', { resources: { limits: null } }],
    ['estafette-ci', 'api.config.files', { api: { config: { files: null } } }],
    ['estafette-ci', 'external-dns.livenessProbe', { 'external-dns': { livenessProbe: { httpGet: null } } }],
  ])('fixes it, and no other value: %s %s', (chart, path, values) => {
    const standings = standingsOf(chart, values);
    const reason = 'entries that it has by default, and not here, come back with any other value';
    expect(standings.get(path)).toEqual({ path, standing: 'fixed', reason });
    expect(liveIn(standings)).toEqual(liveIn(standingsOf(chart, {})).filter((one) => one !== path));
  });
});
