// Buildshuttle as one release: the build worker with the Docker engine of its mode.
import type { Construct } from 'constructs';
import { showPath, ValuesError } from '../../helm/check';
import { mergeValues } from '../../helm/merge';
import { WARNING } from '../common/component';
import { Manifest } from '../common/manifest';
import { prepareValues } from '../common/prepare';
import { stageOf } from '../common/stages';
import { ReleaseChart, type ReleaseProps } from '../release/release-chart';
import { buildshuttleChart } from './chart';
import { madeOf } from './lazy';
import type { BuildshuttleContext } from './names';
import { problems } from './problems';
import { buildshuttleValues, type BuildshuttleValues } from './values';
import { warnings } from './warnings';

export type BuildshuttleProps = ReleaseProps<BuildshuttleValues>;

/**
 * A release of the build worker.
 *
 *     new Buildshuttle(app, 'buildshuttle', { namespace: 'akkeris-system', values: { mode: 'worker', auth: { existingSecret: 'builds' } } });
 *
 * @throws ValuesError when values do not fit, all mistakes at once
 */
export class Buildshuttle extends ReleaseChart {
  protected override readonly facts = buildshuttleChart;

  constructor(scope: Construct, id: string, props: BuildshuttleProps = {}) {
    super(scope, id, props);
    const layers = (Array.isArray(props.values) ? props.values : [props.values ?? {}]) as Record<string, unknown>[];
    const definition = { chart: buildshuttleChart, values: buildshuttleValues };
    const prepared = prepareValues(definition, this.release, mergeValues(layers));
    for (const warning of prepared.warnings) this.node.addMetadata(WARNING, warning);
    const context: BuildshuttleContext = {
      release: this.release,
      chart: buildshuttleChart,
      values: prepared.values,
      warn: (path, message) => this.node.addMetadata(WARNING, `${path}: ${message}`),
    };
    const issues = problems(context);
    if (issues.length) throw new ValuesError(issues);
    for (const { path, message } of warnings(context)) this.node.addMetadata(WARNING, `${showPath(path)}: ${message}`);
    for (const object of madeOf(context))
      new Manifest(this, `${object.kind}-${object.metadata.name}`, {
        object,
        lifecycle: {},
        stage: stageOf(object, {}, 'apps'),
        namespace: this.release.namespace,
      });
  }
}

export { buildshuttleChart } from './chart';
export { exceptionsOf, type Exception } from './pod-security';
export { buildshuttleValues, type BuildshuttleValues } from './values';
