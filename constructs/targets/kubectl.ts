// Plain manifests for `kubectl apply`: in the order in which they can be applied, again and again.
import type { Planned } from '../common/entry';
import { isKept, onlyForHelm } from '../common/stages';
import { withJobNames } from './jobs';
import { manifestFiles } from './manifest-files';
import { inOrder, selectCrds, type Marks } from './plan';
import type { Target } from './target';

/**
 * `helm uninstall` leaves objects with this annotation where they are; it counts in a
 * release of Helm's alone, and tells readers which objects stay.
 */
export const helmKeep = ({ object, lifecycle }: Planned): Marks => (isKept(object, lifecycle) ? { 'helm.sh/resource-policy': 'keep' } : {});

export const kubectl: Target = {
  prints: 'stream',
  takes: ({ lifecycle }) => !onlyForHelm(lifecycle.hook),
  marks: helmKeep,
  plan: (objects, { crds }) => withJobNames(inOrder(selectCrds(objects, crds)), objects),
  stream: ({ plan }) => plan,
  files: ({ release, plan }) =>
    manifestFiles(
      release.name,
      plan.map(({ object }) => object),
    ),
};
