// Values over defaults over subcharts' defaults, side by side with the real Helm.
import * as fc from 'fast-check';
import { coalesce, mergeValues, MergeError, type ChartDefaults, type Values } from '../../../helm/merge';
import { chartPrinting, describeWithHelm, HelmError, orRefused, printed, REFUSED, withFiles } from '../../support/helm';

const SEED = Number(process.env['FC_SEED'] ?? 20);

const leaf = fc.constantFrom<unknown>(1, 's', true, null, null, [], [1], {});
const below = (depth: number): fc.Arbitrary<unknown> =>
  depth === 0
    ? leaf
    : fc.oneof(leaf, fc.dictionary(fc.constantFrom('x', 'y', 'z'), below(depth - 1), { maxKeys: 3, noNullPrototype: true }));
const tables = (keys: readonly string[]): fc.Arbitrary<Values> =>
  fc.dictionary(fc.constantFrom(...keys), below(2), { maxKeys: 4, noNullPrototype: true });
const withGlobal = (keys: readonly string[]): fc.Arbitrary<Values> =>
  fc
    .tuple(tables(keys), fc.option(tables(['x', 'g']), { nil: undefined }))
    .map(([values, global]) => (global ? { ...values, global } : values));
const nested = (keys: readonly string[], aliases: readonly string[]): fc.Arbitrary<Values> =>
  fc
    .tuple(withGlobal(keys), ...aliases.map(() => fc.oneof(fc.constant(undefined), withGlobal(['a', 'x', 'deep']))))
    .map(([values, ...subs]) => ({
      ...values,
      ...Object.fromEntries(aliases.map((alias, index) => [alias, subs[index]] as const).filter(([, sub]) => sub !== undefined)),
    }));
const chart: fc.Arbitrary<ChartDefaults> = fc.record({
  values: nested(['a', 'b'], ['one', 'two']),
  subcharts: fc.record({
    one: fc.record({ values: nested(['a', 'x'], ['deep']), subcharts: fc.record({ deep: fc.record({ values: withGlobal(['a', 'x']) }) }) }),
    two: fc.record({ values: withGlobal(['a', 'b']) }),
  }),
});
const scenario = fc.record({ chart, layers: fc.array(nested(['a', 'b'], ['one', 'two']), { minLength: 1, maxLength: 2 }) });

/** The chart's files; every dependency is declared, as charts do. */
function filesOf({ values, subcharts = {} }: ChartDefaults, name: string, at = ''): Record<string, string> {
  const names = Object.keys(subcharts);
  const dependencies = names.map((dependency) => `- {name: ${dependency}, version: 1.0.0}\n`).join('');
  return {
    [`${at}Chart.yaml`]: `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n${dependencies && `dependencies:\n${dependencies}`}`,
    [`${at}values.yaml`]: JSON.stringify(values),
    ...(Object.assign(
      {},
      ...names.map((dependency) => filesOf(subcharts[dependency]!, dependency, `${at}charts/${dependency}/`)),
    ) as Record<string, string>),
  };
}

describeWithHelm(`values merged as Helm does (FC_SEED=${SEED})`, (helm) => {
  it('gives templates the same values', () => {
    const all = fc.sample(scenario, { numRuns: 25, seed: SEED }).map((given) => {
      const users = Object.fromEntries(given.layers.map((layer, index) => [`user${index}.yaml`, JSON.stringify(layer)]));
      const theirs = withFiles(
        { ...filesOf(given.chart, 'top'), 'templates/out.yaml': chartPrinting('.Values')['templates/out.yaml']!, ...users },
        (folder) => orRefused(() => printed(helm, folder, ...Object.keys(users).flatMap((file) => ['-f', `${folder}/${file}`])), HelmError),
      );
      const ours = orRefused(() => coalesce(given.chart, mergeValues(given.layers), 'top').values, MergeError);
      return { given, ours, theirs };
    });
    expect(all.map(({ given, ours }) => [given, ours])).toEqual(all.map(({ given, theirs }) => [given, theirs]));
    expect(all.filter(({ ours }) => ours === REFUSED).length).toBeLessThan(all.length * 0.7);
  });
});
