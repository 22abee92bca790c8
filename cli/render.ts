// One release in memory, from values to objects: what `template` and the tests use.
import { App } from 'cdk8s';
import { charts, type ChartName } from '../constructs/charts';
import type { KubeObject } from '../kubernetes/object';
import type { ReleaseProps } from '../constructs/release/release-chart';
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
  /** Argo CD's Application, where it is asked for. */
  readonly application: KubeObject | undefined;
  /** The files that `synth` writes, by name. */
  readonly files: Readonly<Record<string, string>>;
  /** The files of a Helm chart that installs the release. */
  readonly chartFiles: Readonly<Record<string, string>>;
}

/**
 * @throws ValuesError when values do not fit
 * @throws PatchError when a patch matches nothing
 */
export function renderRelease({ release, chart, ...props }: RenderOptions): Rendered {
  const made = charts[chart].create(new App(), release, props);
  const plan = made.plan();
  return {
    plan,
    warnings: made.warnings,
    application: made.application(plan),
    get manifests() {
      return writeYamlStream(plan.map(({ object }) => object));
    },
    get files() {
      return made.files(plan);
    },
    get chartFiles() {
      return made.chartFiles();
    },
  };
}
