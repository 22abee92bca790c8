// What watches over the pods: disruption budget and ServiceMonitor.
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';
import { integer, plainText } from '../../helm/print';
import { annotations, textMap } from '../common/metadata';
import { fullNameOf, labelsOf, labelsWith, podLabels, selectorLabels } from './names';
import { quotedOrNone } from './text';
import type { CockroachDbContext } from './values';

export const disruptionBudget = (context: CockroachDbContext) =>
  ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: `${fullNameOf(context)}-budget`, labels: labelsOf(context) },
    spec: { selector: { matchLabels: podLabels(context) }, maxUnavailable: integer(context.values.statefulset.budget.maxUnavailable) },
  }) satisfies PodDisruptionBudget;

export function serviceMonitor(context: CockroachDbContext) {
  const { labels, service, serviceMonitor: own } = context.values;
  if (!own?.enabled) return undefined;
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'ServiceMonitor',
    metadata: { name: fullNameOf(context), labels: labelsWith(context, own.labels, labels), ...annotations(own.annotations) },
    spec: {
      selector: { matchLabels: { ...selectorLabels(context), ...textMap(service.discovery.labels), ...textMap(labels) } },
      namespaceSelector: own.namespaced ? { matchNames: [context.release.namespace] } : { any: true },
      endpoints: [
        {
          port: quotedOrNone(service.ports.http.name),
          path: '/_status/vars',
          interval: plainText(own.interval),
          scrapeTimeout: plainText(own.scrapeTimeout),
        },
      ],
    },
  };
}
