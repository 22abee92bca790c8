// Manifests for Argo CD: stages become sync waves, Jobs stay ordinary objects, keepers are neither pruned nor deleted.
import { writeYaml } from '../../helm/yaml/write';
import type { KubeObject } from '../../kubernetes/object';
import type { Planned } from '../common/entry';
import { isKept, onlyForHelm, type Stage } from '../common/stages';
import { application } from './application';
import { withJobNames } from './jobs';
import { manifestFiles } from './manifest-files';
import { inOrder, selectCrds, stageRank, type Marks } from './plan';
import type { Render, Target } from './target';
import { isWebhookConfiguration } from '../../kubernetes/kinds';

const WAVE = 'argocd.argoproj.io/sync-wave';
/** Neither pruned nor deleted with the Application, and no reason to call it out of sync once it is in git no more. */
const KEEP: Marks = {
  'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
  'argocd.argoproj.io/compare-options': 'IgnoreExtraneous',
};

export const argocd: Target = {
  prints: 'stream',
  takes: ({ lifecycle }) => !onlyForHelm(lifecycle.hook),
  marks: (planned) => ({ [WAVE]: String(stageRank(waveOf(planned))), ...(isKept(planned.object, planned.lifecycle) ? KEEP : {}) }),
  plan: (objects, { crds }) => {
    const compared = objects.filter(({ lifecycle }) => !lifecycle.writtenByController);
    return withJobNames(inOrder(selectCrds(compared, crds)), compared);
  },
  stream: (render) => [...render.plan, ...applications(render).map((object): Planned => ({ object, stage: 'apps', lifecycle: {} }))],
  files: (render) => ({
    ...manifestFiles(
      render.release.name,
      render.plan.map(({ object }) => object),
    ),
    ...Object.fromEntries(applications(render).map((object) => [`${render.release.name}.application.yaml`, writeYaml(object)])),
  }),
};

/** The Application, where one is asked for. */
const applications = ({ release, plan, options }: Render): KubeObject[] =>
  options.application ? [application(release, plan, options.application)] : [];

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
