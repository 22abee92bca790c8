// ServiceAccount of external-dns and what it may read.
import type { ServiceAccount } from 'kubernetes-types/core/v1';
import type { ClusterRole, ClusterRoleBinding } from 'kubernetes-types/rbac/v1';
import { annotations } from '../common/metadata';
import { fullNameOf, labelsOf, serviceAccountNameOf } from './identity';
import type { ExternalDnsContext } from './values';

export function serviceAccount(context: ExternalDnsContext) {
  const { serviceAccount: own } = context.values;
  if (!own.create) return undefined;
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: serviceAccountNameOf(context), labels: labelsOf(context), ...annotations(own.annotations) },
  } satisfies ServiceAccount;
}

export function clusterRole(context: ExternalDnsContext) {
  if (!context.values.rbac.create) return undefined;
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: fullNameOf(context), labels: labelsOf(context) },
    rules: [
      { apiGroups: [''], resources: ['services', 'endpoints', 'pods'], verbs: ['get', 'watch', 'list'] },
      { apiGroups: ['extensions', 'networking.k8s.io'], resources: ['ingresses'], verbs: ['get', 'watch', 'list'] },
      { apiGroups: [''], resources: ['nodes'], verbs: ['list', 'watch'] },
    ],
  } satisfies ClusterRole;
}

export function clusterRoleBinding(context: ExternalDnsContext) {
  if (!context.values.rbac.create) return undefined;
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: `${fullNameOf(context)}-viewer`, labels: labelsOf(context) },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: fullNameOf(context) },
    subjects: [{ kind: 'ServiceAccount', name: serviceAccountNameOf(context), namespace: context.release.namespace }],
  } satisfies ClusterRoleBinding;
}
