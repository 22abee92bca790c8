// Plain manifests for `kubectl apply`: in the order in which they can be applied, again and again.
import { isKept } from '../common/stages';
import { withJobNames } from './jobs';
import { inOrder, selectCrds, type Marks, type Planned, type Target } from './plan';

/** `helm uninstall` leaves objects with this annotation where they are; it counts in a release of Helm's alone, and tells readers which objects stay. */
export const helmKeep = ({ object, lifecycle }: Planned): Marks => (isKept(object, lifecycle) ? { 'helm.sh/resource-policy': 'keep' } : {});

export const kubectl: Target = {
  installedByHelm: false,
  marks: helmKeep,
  plan: (objects, { crds }) => withJobNames(inOrder(selectCrds(objects, crds)), objects),
};
