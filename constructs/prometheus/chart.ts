// Prometheus with the programs around it: Alertmanager, Pushgateway, node-exporter and kube-state-metrics.
import { defineChart, type ChartDefinition } from '../common/chart';
import { namespaceIssues, refuse } from '../common/checks';
import { alertmanager } from './alertmanager';
import { forcedNamespace } from './common/identity';
import { together } from './common/need';
import { helpers } from './helpers';
import { kubeStateMetrics } from './kube-state-metrics/chart';
import { nodeExporter } from './node-exporter';
import { pushgateway } from './pushgateway';
import { server } from './server';
import { prometheusValues } from './values';
import { warnings } from './warnings';

/** Each program with its account, roles, configuration, Service and workload; kube-state-metrics as a chart below it. */
export const prometheus: ChartDefinition<typeof prometheusValues> = defineChart({
  chart: { name: 'prometheus', alias: 'metrics', version: '14.8.0', appVersion: '2.26.0' },
  values: prometheusValues,
  helpers,
  warnings,
  objects: (context) =>
    together([
      () => refuse(namespaceIssues(forcedNamespace(context), 'forceNamespace')),
      ...[server, alertmanager, pushgateway, nodeExporter].flatMap((program) => program(context)),
    ]),
  parts: {
    'kube-state-metrics': {
      chart: kubeStateMetrics,
      isOn: ({ kubeStateMetrics: own }) => (own as { readonly enabled?: unknown } | undefined)?.enabled !== false,
    },
  },
});
