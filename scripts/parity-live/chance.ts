// Releases with values by chance: charts are written from whatever values files people have.
import { chartOf, CHART_NAMES, type ChartName } from '../../constructs/charts';
import { leavesOf } from '../../constructs/targets/live/values/leaves';
import { generator } from '../../constructs/targets/live/values/random';
import { showPath } from '../../helm/check';
import { mergeValues, type Values } from '../../helm/merge';
import { defaultsOf } from '../../helm/schema';
import { DEVSTATS_SECRETS } from '../support/devstats-secrets';
import { changesOf, partsOn } from './changes';
import { ownObjects } from './judge';
import type { LiveRelease } from './releases';
import { merged } from './trials';

/** Other values that such a chart is held against, of each kind. */
const FEW = 8;
/** Values that are others in such a release: at least, and how many more there may be. */
const LEAST = 2;
const MORE = 14;
/** Of so many values of parts that are off, one is given without its part. */
const OFF = 3;

/** @param count how many of each chart @param seed makes the same ones each time */
export function releasesByChance(count: number, seed: number): readonly LiveRelease[] {
  return CHART_NAMES.flatMap((chart) =>
    Array.from({ length: count }, (_, index) => {
      const name = `${chart} by chance ${index + 1}`;
      let found: LiveRelease | undefined;
      // They are made when they are asked for: each thread asks for some of them.
      const options = (): LiveRelease['options'] => (found ??= byChance(chart, name, generator(seed * count + index + 1))).options;
      return {
        name,
        get options() {
          return options();
        },
        live: [],
        most: FEW,
      };
    }),
  );
}

function byChance(chart: ChartName, name: string, pick: (count: number) => number): LiveRelease {
  const { values: schema } = chartOf(chart);
  const needed = chart === 'devstats' ? DEVSTATS_SECRETS : {};
  const releaseOf = (values: Values): LiveRelease => ({
    name,
    options: { release: chart, chart, namespace: chart, values: [needed, values] },
    live: [],
    most: FEW,
  });
  const defaults = mergeValues([defaultsOf(schema, { release: chart, namespace: chart }), needed]);
  const paths = leavesOf(schema, defaults, { name: chart, namespace: chart }).flatMap(({ path, declared, item }) =>
    declared && !item ? [showPath(path)] : [],
  );
  let values: Values = {};
  for (let left = LEAST + pick(MORE); left > 0; left--) {
    const path = paths[pick(paths.length)] ?? '';
    const { options } = releaseOf(values);
    const changes = changesOf(schema, path, options);
    const change = changes[pick(changes.length)];
    if (!change) continue;
    const on = pick(OFF) ? partsOn(schema, path, options) : undefined;
    const next = merged(on ? merged(values, on) : values, change.values);
    if (typeof ownObjects(releaseOf({}), next) !== 'string') values = next;
  }
  return releaseOf(values);
}
