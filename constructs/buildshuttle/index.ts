// Buildshuttle as one release: the build worker with the Docker engine of its mode.
import type { Construct } from 'constructs';
import { ValuesError } from '../../helm/check';
import { mergeValues } from '../../helm/merge';
import { WARNING } from '../common/component';
import { prepareValues } from '../common/prepare';
import { ReleaseChart, type ReleaseProps } from '../release/release-chart';
import { buildshuttleChart } from './chart';
import { addClaims } from './claims';
import { addDeployment } from './deployment';
import type { BuildshuttleContext } from './names';
import { addNetworkPolicy } from './network-policy';
import { problems } from './problems';
import { addSecrets } from './secrets';
import { addAccess } from './service';
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
    warnings(context);
    addSecrets(this, context);
    addClaims(this, context);
    addNetworkPolicy(this, context);
    addAccess(this, context);
    addDeployment(this, context);
  }
}

export { exceptionsOf, type Exception } from './pod-security';
export { buildshuttleValues, type BuildshuttleValues } from './values';
