// Integers of `--set`: int64 to Go where a values file has float64, and a `bigint` here, which JSON has not.
import { renderRelease } from '../../../cli/render';
import { CHART_NAMES, chartOf } from '../../../constructs/charts';
import { asValues, leavesOf } from '../../../constructs/targets/live/values/leaves';
import { ValuesError } from '../../../helm/check';
import { defaultsOf } from '../../../helm/schema';
import { parseSet } from '../../../helm/set';
import { NEEDED } from '../../support/applying';
import { chartFilesOf } from '../../support/chart-files';
import { SET_INTEGERS, SET_LARGE } from '../../support/integers';

const release = { name: 'ci', namespace: 'ci' };
const LARGE = 5_000_000n;

describe('an integer of --set', () => {
  it('is printed, or refused, wherever it is given', () => {
    const { values: schema } = chartOf('buildshuttle');
    const leaves = leavesOf(schema, defaultsOf(schema, { release: 'ci', namespace: 'ci' }), release as never);
    const problems: unknown[] = [];
    let printed = 0;
    for (const { path, item, declared } of leaves)
      for (const value of [LARGE, [LARGE], { a: LARGE }]) {
        if (item || !declared) continue;
        try {
          renderRelease({ release: 'ci', chart: 'buildshuttle', values: [asValues([[path, value]])] });
          printed++;
        } catch (error) {
          if (!(error instanceof ValuesError)) problems.push([path.join('.'), error]);
        }
      }
    expect(problems).toEqual([]);
    expect(printed).toBeGreaterThan(50);
  });

  it('has no exponent as a label, and is a number elsewhere', () => {
    const values = parseSet('podAnnotations.size=5000000,tolerations[0].tolerationSeconds=5000000', {});
    const { manifests } = renderRelease({ release: 'ci', chart: 'buildshuttle', values: [values] });
    expect(manifests).toContain('size: "5000000"');
    expect(manifests).toContain('tolerationSeconds: 5000000');
  });

  it.each(CHART_NAMES)('is what a values file has in a chart of %s whose values live, but one with an exponent is fixed', (chart) => {
    const files = (given: Record<string, unknown>) =>
      chartFilesOf({ release: 'ci', chart, namespace: 'ci', live: ['.'], values: [NEEDED[chart], given] });
    const given = parseSet(SET_INTEGERS[chart], {});
    const asNumbers = JSON.parse(
      JSON.stringify(given, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value)),
    ) as object;
    expect(files(given)).toEqual(files(asNumbers as Record<string, unknown>));
    const large = files(parseSet(SET_LARGE[chart], {}));
    expect(large['values.yaml']).not.toContain(String(LARGE));
    expect(large['values.schema.json']).toContain(String(LARGE));
  });
});
