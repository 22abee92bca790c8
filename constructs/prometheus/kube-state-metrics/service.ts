// Service of kube-state-metrics, and what finds it: a ServiceMonitor.
import type { Service, ServicePort } from 'kubernetes-types/core/v1';
import { filled, isTrue, plainText, text } from '../../../helm/print';
import { textMap } from '../../common/metadata';
import { listOf } from '../../common/lists';
import { numeric } from '../common/print';
import { servicePort } from '../common/service';
import { metadataOf, selectorOf } from './identity';
import type { KubeStateMetricsContext } from './values';

/** Port of the metrics. */
export const portOf = ({ values }: KubeStateMetricsContext): number => numeric(filled(values.service.port)) ?? 8080;

/** Port of the component's own metrics. */
export const ownPortOf = ({ values }: KubeStateMetricsContext): number => numeric(filled(values.selfMonitor.telemetryPort)) ?? 8081;

export function service(context: KubeStateMetricsContext) {
  const { customLabels, prometheusScrape, selfMonitor, service: own } = context.values;
  const scrape = isTrue(prometheusScrape) ? { 'prometheus.io/scrape': text(prometheusScrape) } : {};
  const ports: ServicePort[] = [servicePort({ name: 'http', port: portOf(context), targetPort: portOf(context), nodePort: own.nodePort })];
  if (selfMonitor.enabled) ports.push(servicePort({ name: 'metrics', port: ownPortOf(context), targetPort: ownPortOf(context) }));
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadataOf(context, customLabels, { ...scrape, ...own.annotations }),
    spec: { type: text(own.type), ports, loadBalancerIP: plainText(filled(own.loadBalancerIP)), selector: selectorOf(context) },
  } satisfies Service;
}

export function serviceMonitor(context: KubeStateMetricsContext) {
  const {
    customLabels,
    prometheus: { monitor },
    selfMonitor,
  } = context.values;
  if (!monitor.enabled) return undefined;
  const endpoint = (port: string) => ({
    port,
    honorLabels: monitor.honorLabels ? true : undefined,
    metricRelabelings: filled(listOf(monitor.metricRelabelings)),
    relabelings: filled(listOf(monitor.relabelings)),
  });
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'ServiceMonitor',
    metadata: metadataOf(context, { ...textMap(monitor.additionalLabels), ...textMap(customLabels) }),
    spec: {
      selector: { matchLabels: selectorOf(context) },
      endpoints: [endpoint('http'), ...(selfMonitor.enabled ? [endpoint('metrics')] : [])],
    },
  };
}
