// NATS, the queue between Estafette's components.
import type { Construct } from 'constructs';
import { ValuesError } from '../../helm/check';
import { Component, type ComponentProps } from '../common/component';
import type { Definition } from '../common/chart';
import { clusterRole, clusterRoleBinding, serviceAccount } from './access';
import { box } from './box';
import { configMap } from './config-map';
import { disruptionBudget } from './disruption-budget';
import { ALIAS, helpers } from './identity';
import { problems } from './problems';
import { service } from './service';
import { serviceMonitor } from './service-monitor';
import { statefulSet } from './stateful-set';
import { testPod } from './test-pod';
import { natsValues } from './values';
import { warnings } from './warnings';

export const nats: Definition<typeof natsValues> = {
  chart: { name: 'nats', alias: ALIAS, version: '0.8.9', appVersion: '2.5.0' },
  values: natsValues,
  helpers,
};

/** Servers with their configuration, Service and metrics, and a pod with the tools of NATS. */
export class Nats extends Component<typeof natsValues> {
  protected readonly stage = 'data';

  /** @throws ValuesError when values do not fit, all mistakes at once */
  constructor(scope: Construct, id: string, props: ComponentProps<typeof natsValues>) {
    super(scope, id, nats, props);
    const { context } = this;
    const issues = problems(context);
    if (issues.length) throw new ValuesError(issues);
    for (const { path, message } of warnings(context)) context.warn(path, message);
    this.add(disruptionBudget(context));
    this.add(serviceAccount(context));
    this.add(configMap(context));
    this.add(clusterRole(context));
    this.add(clusterRoleBinding(context));
    this.add(service(context));
    this.add(statefulSet(context));
    this.add(box(context), { stage: 'apps' });
    this.add(serviceMonitor(context));
    this.add(testPod(context), { hook: { events: ['test'] } });
  }
}

export { natsFullName } from './identity';
export { natsValues, type NatsValues } from './values';
