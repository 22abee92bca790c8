// Manifests for Argo CD: stages become sync waves, Jobs stay ordinary objects, keepers are neither pruned nor deleted.
import { isKept, type Stage } from '../common/stages';
import { withJobNames } from './jobs';
import { inOrder, selectCrds, stageRank, type Marks, type Planned, type Target } from './plan';
import { isWebhookConfiguration } from '../../kubernetes/kinds';

const WAVE = 'argocd.argoproj.io/sync-wave';
/** Neither pruned nor deleted with the Application, and no reason to call it out of sync once it is in git no more. */
const KEEP: Marks = {
  'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
  'argocd.argoproj.io/compare-options': 'IgnoreExtraneous',
};

export const argocd: Target = {
  installedByHelm: false,
  marks: (planned) => ({ [WAVE]: String(stageRank(waveOf(planned))), ...(isKept(planned.object, planned.lifecycle) ? KEEP : {}) }),
  plan: (objects, { crds }) => {
    const compared = objects.filter(({ lifecycle }) => !lifecycle.writtenByController);
    return withJobNames(inOrder(selectCrds(compared, crds)), compared);
  },
};

/**
 * A wave begins when all of the wave before is healthy. What may be unhealthy for reasons that nothing else waits for is in the
 * last one, for which no sync waits: a budget without pods, a suspended or failed CronJob, an Ingress without an address.
 */
const LAST = new Set(['PodDisruptionBudget', 'CronJob', 'HorizontalPodAutoscaler', 'VerticalPodAutoscaler', 'Ingress', 'ServiceMonitor']);

function waveOf({ object: { kind }, stage }: Planned): Stage {
  if (LAST.has(kind)) return 'apps';
  // After the custom resources that it would check, and not behind an Ingress.
  return isWebhookConfiguration(kind) ? 'data' : stage;
}
