// ServiceMonitor: tells the Prometheus operator where the metrics are.
import { isTrue, plainText } from '../../helm/print';
import { annotations, textMap } from '../common/metadata';
import { fullNameOf, selectorLabels } from './identity';
import type { NatsContext } from './values';

export function serviceMonitor(context: NatsContext) {
  const { exporter } = context.values;
  const own = exporter.serviceMonitor;
  if (!isTrue(exporter.enabled) || !own || !isTrue(own.enabled)) return undefined;
  const labels = textMap(own.labels);
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'ServiceMonitor',
    metadata: {
      name: fullNameOf(context),
      namespace: plainText(own.namespace),
      ...(isTrue(labels) ? { labels } : {}),
      ...annotations(own.annotations),
    },
    spec: {
      endpoints: [
        {
          port: 'metrics',
          ...(isTrue(own.path) ? { path: plainText(own.path) } : {}),
          ...(isTrue(own.interval) ? { interval: plainText(own.interval) } : {}),
          ...(isTrue(own.scrapeTimeout) ? { scrapeTimeout: plainText(own.scrapeTimeout) } : {}),
        },
      ],
      namespaceSelector: { any: true },
      selector: { matchLabels: selectorLabels(context) },
    },
  };
}
