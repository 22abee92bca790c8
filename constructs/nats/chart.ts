// NATS, the queue between Estafette's components.
import { defineChart, placed, type ChartDefinition } from '../common/chart';
import { clusterRole, clusterRoleBinding, serviceAccount } from './access';
import { box } from './box';
import { configMap } from './config-map';
import { disruptionBudget } from './disruption-budget';
import { ALIAS, helpers } from './identity';
import { issues } from './issues';
import { service } from './service';
import { serviceMonitor } from './service-monitor';
import { statefulSet } from './stateful-set';
import { testPod } from './test-pod';
import { natsValues } from './values';
import { warnings } from './warnings';

/** Servers with their configuration, Service and metrics, and a pod with the tools of NATS. */
export const nats: ChartDefinition<typeof natsValues> = defineChart({
  chart: { name: 'nats', alias: ALIAS, version: '0.8.9', appVersion: '2.5.0' },
  values: natsValues,
  helpers,
  stage: 'data',
  issues,
  warnings,
  objects: (context) => [
    disruptionBudget(context),
    serviceAccount(context),
    configMap(context),
    clusterRole(context),
    clusterRoleBinding(context),
    service(context),
    statefulSet(context),
    placed(box(context), { stage: 'apps' }),
    serviceMonitor(context),
    placed(testPod(context), { hook: { events: ['test'] } }),
  ],
});
