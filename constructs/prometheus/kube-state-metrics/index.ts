// kube-state-metrics: metrics of the objects in a cluster.
import type { Construct } from 'constructs';
import { Component, type ComponentProps } from '../../common/component';
import type { Definition } from '../../common/chart';
import { namespaceIssues, refuse } from '../../common/checks';
import { together } from '../common/need';
import { access, serviceAccount, shardDiscovery } from './access';
import { helpers } from './helpers';
import { overriddenNamespace } from './identity';
import { service, serviceMonitor } from './service';
import { kubeStateMetricsValues } from './values';
import { disruptionBudget, kubeconfig, workload } from './workload';

export { kubeStateMetricsValues, type KubeStateMetricsValues } from './values';

export const kubeStateMetrics: Definition<typeof kubeStateMetricsValues> = {
  chart: { name: 'kube-state-metrics', version: '3.5.2', appVersion: '2.2.0' },
  values: kubeStateMetricsValues,
  helpers,
};

/** Workload and Service, with account, roles and, when asked for, kubeconfig, ServiceMonitor and PodDisruptionBudget. */
export class KubeStateMetrics extends Component<typeof kubeStateMetricsValues> {
  protected readonly stage = 'apps';

  constructor(scope: Construct, id: string, props: ComponentProps<typeof kubeStateMetricsValues>) {
    super(scope, id, kubeStateMetrics, props);
    const { context } = this;
    if (context.values.podSecurityPolicy.enabled) {
      context.warn(
        'podSecurityPolicy.enabled',
        'has no effect: PodSecurityPolicies are gone since Kubernetes 1.25; use Pod Security admission',
      );
    }
    together(
      () => refuse(namespaceIssues(overriddenNamespace(context), 'namespaceOverride')),
      () => this.add(disruptionBudget(context)),
      () => this.add(serviceAccount(context)),
      () => this.add(kubeconfig(context)),
      () => access(context).forEach((object) => this.add(object)),
      () => shardDiscovery(context).forEach((object) => this.add(object)),
      () => this.add(service(context)),
      () => this.add(workload(context)),
      () => this.add(serviceMonitor(context)),
    );
  }
}
