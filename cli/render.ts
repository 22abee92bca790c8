// One release in memory, from values to objects: what all commands and the tests use.
import { chartOf, type ChartName } from '../constructs/charts';
import type { SqlScript } from '../constructs/common/chart';
import type { Entry, NeededSecret, Planned } from '../constructs/common/entry';
import { inputsOf, type ReleaseProps } from '../constructs/release/inputs';
import { filesOf, render } from '../constructs/release/render';
import { targets } from '../constructs/targets';
import type { ValueStanding } from '../constructs/targets/target';
import { writeYamlStream } from '../helm/yaml/write';

export interface RenderOptions extends Omit<ReleaseProps<Readonly<Record<string, unknown>>>, 'values'> {
  readonly release: string;
  readonly chart: ChartName;
  /** Later ones win. @default the chart's defaults */
  readonly values?: readonly Readonly<Record<string, unknown>>[];
}

export interface Rendered {
  /** Objects in the order in which they can be applied. */
  readonly plan: readonly Entry[];
  readonly warnings: readonly string[];
  /** The SQL that the release runs. */
  sql(): readonly SqlScript[];
  /** Secrets that must exist before the release is applied. */
  readonly needed: readonly NeededSecret[];
  /** The objects, and what has them applied. */
  readonly stream: readonly Planned[];
  /** The objects as a YAML stream. */
  readonly manifests: string;
  /** With the target helm and `live`: each value, and what becomes of it in the chart. */
  readonly standings: readonly ValueStanding[];
  /** The files that `synth` writes, by name. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * @throws ValuesError when values do not fit
 * @throws PatchError when a patch matches nothing, or does not fit
 */
export function renderRelease({ release, chart, ...props }: RenderOptions): Rendered {
  const definition = chartOf(chart);
  const inputs = inputsOf(definition, release, props);
  const rendered = render(definition, inputs);
  const { plan, warnings, needed, sql } = rendered;
  const { live } = rendered.options;
  // What it was asked for and cannot follow is said with all that is wrong.
  const chartFiles = live && !live.isDefault ? filesOf(rendered, inputs) : undefined;
  return {
    plan,
    needed,
    warnings,
    sql,
    get stream() {
      return targets[inputs.target].stream(rendered);
    },
    get manifests() {
      return writeYamlStream(plan.map(({ object }) => object));
    },
    get standings() {
      return live
        ? (require('../constructs/targets/helm-live') as typeof import('../constructs/targets/helm-live')).standings(rendered, live)
        : [];
    },
    get files() {
      return chartFiles ?? filesOf(rendered, inputs);
    },
  };
}
