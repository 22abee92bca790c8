// What the init container may do: read nodes, to find the address under which the public reaches a server.
import type { ServiceAccount } from 'kubernetes-types/core/v1';
import type { ClusterRole, ClusterRoleBinding } from 'kubernetes-types/rbac/v1';
import { isTrue, text } from '../../helm/print';
import type { NatsContext } from './values';

/** True when servers tell clients a public address, which an init container finds. */
export const advertisesPublicly = ({ values: { nats } }: NatsContext): boolean => isTrue(nats.advertise) && isTrue(nats.externalAccess);

const accountName = ({ values: { nats } }: NatsContext): string => text(nats.serviceAccount);

export function serviceAccount(context: NatsContext) {
  if (!advertisesPublicly(context)) return undefined;
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: accountName(context), namespace: context.release.namespace },
  } satisfies ServiceAccount;
}

export function clusterRole(context: NatsContext) {
  if (!advertisesPublicly(context)) return undefined;
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: accountName(context) },
    rules: [{ apiGroups: [''], resources: ['nodes'], verbs: ['get'] }],
  } satisfies ClusterRole;
}

export function clusterRoleBinding(context: NatsContext) {
  if (!advertisesPublicly(context)) return undefined;
  const name = accountName(context);
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: `${name}-binding` },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: [{ kind: 'ServiceAccount', name, namespace: context.release.namespace }],
  } satisfies ClusterRoleBinding;
}
