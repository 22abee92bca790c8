// Releases of which it is kept how their objects follow values.
import type { ChartName } from '../../constructs/charts';
import { DEVSTATS_SECRETS } from '../support/devstats-secrets';

/** Projects whose texts say which one and what of it they are, and whose names are short: what is known of them holds for others. */
const PROJECTS = [1, 2, 3].map((row) => ({
  ...{ proj: `q${row}`, db: `row${row}-db`, icon: `row${row}-icon`, org: `Row${row} Org`, repo: `row${row}/repo` },
  ...{ cron: `4${row} * * * *`, disk: `55${row}Gi` },
}));

/** Values that a chart is learned with, where they are others than by default. */
const LEAST: Readonly<Record<ChartName, object>> = {
  'estafette-ci': {},
  devstats: { ...DEVSTATS_SECRETS, projects: PROJECTS },
  buildshuttle: {},
};

/** Values of releases in which much of a chart is other than by default, by a name of their own. */
const VARIANTS: Readonly<Partial<Record<ChartName, Readonly<Record<string, object>>>>> = {
  buildshuttle: { kubernetes: { mode: 'kubernetes', s3: { bucket: 'builds' } } },
};

/** Names of the variants of a chart; undefined is the one with default values. */
export const variantsOf = (chart: ChartName): readonly (string | undefined)[] => [undefined, ...Object.keys(VARIANTS[chart] ?? {})];

/** @throws Error where there is no such variant */
export function valuesOf(chart: ChartName, variant: string | undefined): object {
  const values = variant === undefined ? LEAST[chart] : VARIANTS[chart]?.[variant];
  if (!values) throw new Error(`${chart} has no variant ${variant}`);
  return values;
}
