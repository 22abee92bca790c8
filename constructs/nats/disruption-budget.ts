// PodDisruptionBudget of the servers.
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';
import { isTrue, plain } from '../../helm/print';
import { fullNameOf, labelsOf, selectorLabels } from './identity';
import type { NatsContext } from './values';

export function disruptionBudget(context: NatsContext) {
  const own = context.values.podDisruptionBudget;
  if (!own || !isTrue(own)) return undefined;
  const { minAvailable, maxUnavailable } = own;
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: fullNameOf(context), labels: labelsOf(context) },
    spec: {
      ...(isTrue(minAvailable) ? { minAvailable: plain(minAvailable) as number | string } : {}),
      ...(isTrue(maxUnavailable) ? { maxUnavailable: plain(maxUnavailable) as number | string } : {}),
      selector: { matchLabels: selectorLabels(context) },
    },
  } satisfies PodDisruptionBudget;
}
