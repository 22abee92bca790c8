// Releases of which it is kept how their objects follow values.
import type { ChartName } from '../../constructs/charts';
import { DEVSTATS_SECRETS } from '../support/devstats-secrets';

/** Values without which there is no release. */
const LEAST: Readonly<Record<ChartName, object>> = { 'estafette-ci': {}, devstats: DEVSTATS_SECRETS, buildshuttle: {} };

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
