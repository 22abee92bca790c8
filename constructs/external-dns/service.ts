// Service of external-dns and the ServiceMonitor that scrapes it.
import type { Service } from 'kubernetes-types/core/v1';
import { filled, plain, plainText } from '../../helm/print';
import { textMap } from '../common/metadata';
import { fullNameOf, labelsOf, selectorLabels } from './identity';
import type { ExternalDnsContext } from './values';

export const service = (context: ExternalDnsContext) =>
  ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: fullNameOf(context), labels: labelsOf(context) },
    spec: {
      type: 'ClusterIP',
      selector: selectorLabels(context),
      ports: [{ name: 'http', port: plain(context.values.service.port) as number, targetPort: 'http', protocol: 'TCP' }],
    },
  }) satisfies Service;

export function serviceMonitor(context: ExternalDnsContext) {
  const {
    release,
    values: { serviceMonitor: own },
  } = context;
  if (!own.enabled) return undefined;
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'ServiceMonitor',
    metadata: { name: fullNameOf(context), labels: { ...labelsOf(context), ...textMap(own.additionalLabels) } },
    spec: {
      jobLabel: release.name,
      namespaceSelector: { matchNames: [release.namespace] },
      selector: { matchLabels: selectorLabels(context) },
      endpoints: [
        { port: 'http', path: '/metrics', interval: plainText(filled(own.interval)), scrapeTimeout: plainText(filled(own.scrapeTimeout)) },
      ],
    },
  };
}
