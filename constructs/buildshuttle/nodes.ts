// Where the pod runs: nodes with the role are preferred, and their taint is no obstacle.
import type { Affinity, Toleration } from 'kubernetes-types/core/v1';
import { isTrue, plainText } from '../../helm/print';
import { listOf } from '../common/lists';
import type { Settings } from './values';

/** Label and taint of the nodes that builds run on. */
export const NODE_ROLE = 'akkeris.io/node-role';

export function affinityOf({ affinity, nodes }: Settings): Affinity | undefined {
  if (isTrue(affinity)) return affinity as Affinity;
  const role = plainText(nodes.role);
  if (role === undefined) return undefined;
  const preference = { matchExpressions: [{ key: NODE_ROLE, operator: 'In', values: [role] }] };
  return { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference }] } };
}

export function tolerationsOf({ nodes, tolerations }: Settings): Toleration[] {
  const role = plainText(nodes.role);
  const own = role === undefined ? [] : [{ key: NODE_ROLE, operator: 'Equal', value: role, effect: 'NoSchedule' }];
  return [...own, ...listOf(tolerations as readonly Toleration[] | undefined)];
}
