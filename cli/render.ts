// One release in memory, from values to objects: what `template` and the tests use.
import { App } from 'cdk8s';
import { charts, type ChartName } from '../constructs/charts';
import type { ReleaseProps } from '../constructs/common/release-chart';
import type { Planned } from '../constructs/targets/plan';
import { writeYamlStream } from '../helm/yaml/write';

export interface RenderOptions extends Omit<ReleaseProps<Readonly<Record<string, unknown>>>, 'values'> {
  readonly release: string;
  readonly chart: ChartName;
  /** Later ones win. @default the chart's defaults */
  readonly values?: readonly Readonly<Record<string, unknown>>[];
}

export interface Rendered {
  /** Objects in the order in which they can be applied. */
  readonly plan: readonly Planned[];
  readonly warnings: readonly string[];
  /** The objects as a YAML stream. */
  readonly manifests: string;
}

/**
 * @throws ValuesError when values do not fit
 * @throws PatchError when a patch matches nothing
 */
export function renderRelease({ release, chart, ...props }: RenderOptions): Rendered {
  const made = charts[chart].create(new App(), release, props);
  const plan = made.plan();
  return { plan, warnings: made.warnings, get manifests() { return writeYamlStream(plan.map(({ object }) => object)); } };
}
