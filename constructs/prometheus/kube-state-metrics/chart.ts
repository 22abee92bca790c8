// kube-state-metrics: metrics of the objects in a cluster.
import { defineChart, type ChartDefinition } from '../../common/chart';
import { namespaceIssues, refuse } from '../../common/checks';
import { together } from '../common/need';
import { access, serviceAccount, shardDiscovery } from './access';
import { helpers } from './helpers';
import { overriddenNamespace } from './identity';
import { service, serviceMonitor } from './service';
import { kubeStateMetricsValues } from './values';
import { disruptionBudget, kubeconfig, workload } from './workload';

/** Workload and Service, with account, roles and, when asked for, kubeconfig, ServiceMonitor and PodDisruptionBudget. */
export const kubeStateMetrics: ChartDefinition<typeof kubeStateMetricsValues> = defineChart({
  chart: { name: 'kube-state-metrics', version: '3.5.2', appVersion: '2.2.0' },
  values: kubeStateMetricsValues,
  helpers,
  warnings: ({ values }) =>
    values.podSecurityPolicy.enabled
      ? [
          {
            path: 'podSecurityPolicy.enabled',
            message: 'has no effect: PodSecurityPolicies are gone since Kubernetes 1.25; use Pod Security admission',
          },
        ]
      : [],
  objects: (context) =>
    together([
      () => refuse(namespaceIssues(overriddenNamespace(context), 'namespaceOverride')),
      () => disruptionBudget(context),
      () => serviceAccount(context),
      () => kubeconfig(context),
      () => access(context),
      () => shardDiscovery(context),
      () => service(context),
      () => workload(context),
      () => serviceMonitor(context),
    ]),
});
