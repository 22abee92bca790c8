// Plain manifests for `kubectl apply`: in the order in which they can be applied, again and again.
import { digest } from '../common/encode';
import type { KubeObject } from '../common/manifest';
import { inOrder, selectCrds, type Target } from './plan';

/** Pod names add six characters to a Job's name and must stay labels of 63. */
const JOB_NAME_LENGTH = 57;

export const kubectl: Target = {
  plan: (objects, { crds }) => inOrder(selectCrds(objects, crds)).map((planned) => ({ ...planned, object: hashedJob(planned.object) })),
};

/**
 * A Job cannot change once it is made, so its content is part of its name: the same content applied again changes nothing,
 * other content runs once. Metadata outside the spec does not count.
 */
export function hashedJob(object: KubeObject): KubeObject {
  if (object.kind !== 'Job' || object.apiVersion !== 'batch/v1') return object;
  const hash = digest((object as KubeObject & { spec?: unknown }).spec).slice(0, 8);
  const name = `${object.metadata.name.slice(0, JOB_NAME_LENGTH - hash.length - 1)}-${hash}`;
  return { ...object, metadata: { ...object.metadata, name } };
}
