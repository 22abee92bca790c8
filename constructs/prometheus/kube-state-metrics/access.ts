// ServiceAccount of kube-state-metrics and what it may read.
import type { ServiceAccount } from 'kubernetes-types/core/v1';
import type { ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding } from 'kubernetes-types/rbac/v1';
import { filled, isTrue, text } from '../../../helm/print';
import type { KubeObject } from '../../../kubernetes/object';
import { annotations } from '../../common/metadata';
import { listOf } from '../../common/lists';
import { namespaceIssues, refuse as refuseAll } from '../../common/checks';
import { refuse } from '../common/need';
import { COLLECTORS } from './collectors';
import { fullNameOf, labelsOf, metadataOf, namespaceOf, serviceAccountNameOf } from './identity';
import { watchedNamespaces } from './namespaces';
import type { KubeStateMetricsContext } from './values';

const API = 'rbac.authorization.k8s.io';

export function serviceAccount(context: KubeStateMetricsContext) {
  const own = context.values.serviceAccount;
  if (!own.create) return undefined;
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { ...metadataOf(context), name: serviceAccountNameOf(context), ...annotations(own.annotations) },
    imagePullSecrets: listOf(own.imagePullSecrets),
  } satisfies ServiceAccount;
}

/** Role and binding: for the cluster, or in each namespace. */
export function access(context: KubeStateMetricsContext): KubeObject[] {
  const { create, useClusterRole, useExistingRole } = context.values.rbac;
  if (!create) return [];
  const existing = isTrue(useExistingRole) ? text(useExistingRole) : undefined;
  if (useClusterRole !== false) {
    if (!existing) watchedNamespaces(context);
    return [...(existing ? [] : [clusterRole(context)]), ...(useClusterRole ? [clusterRoleBinding(context, existing)] : [])];
  }
  const watched = watchedNamespaces(context);
  refuseAll(watched.flatMap((name) => namespaceIssues(name, 'namespaces')));
  return watched.flatMap((name) => {
    const namespace = name || undefined;
    return [...(existing ? [] : [role(context, namespace)]), roleBinding(context, namespace, existing)];
  });
}

const clusterRole = (context: KubeStateMetricsContext) =>
  ({
    apiVersion: `${API}/v1`,
    kind: 'ClusterRole',
    metadata: { name: fullNameOf(context), labels: labelsOf(context) },
    rules: rules(context),
  }) satisfies ClusterRole;

const clusterRoleBinding = (context: KubeStateMetricsContext, existing?: string) =>
  ({
    apiVersion: `${API}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: fullNameOf(context), labels: labelsOf(context) },
    roleRef: { apiGroup: API, kind: 'ClusterRole', name: existing ?? fullNameOf(context) },
    subjects: subjects(context),
  }) satisfies ClusterRoleBinding;

const role = (context: KubeStateMetricsContext, namespace: string | undefined) =>
  ({
    apiVersion: `${API}/v1`,
    kind: 'Role',
    metadata: { name: fullNameOf(context), namespace, labels: labelsOf(context) },
    rules: rules(context),
  }) satisfies Role;

const roleBinding = (context: KubeStateMetricsContext, namespace: string | undefined, existing?: string) =>
  ({
    apiVersion: `${API}/v1`,
    kind: 'RoleBinding',
    metadata: { name: fullNameOf(context), namespace, labels: labelsOf(context) },
    roleRef: { apiGroup: API, kind: 'Role', name: existing ?? fullNameOf(context) },
    subjects: subjects(context),
  }) satisfies RoleBinding;

const subjects = (context: KubeStateMetricsContext) => [
  { kind: 'ServiceAccount', name: serviceAccountNameOf(context), namespace: namespaceOf(context) },
];

function rules({ values: { collectors } }: KubeStateMetricsContext): PolicyRule[] | undefined {
  if (collectors !== undefined && !Array.isArray(collectors)) refuse(['collectors'], 'must be a list while rbac.create makes roles');
  return filled(
    Object.entries(COLLECTORS)
      .filter(([name]) => listOf(collectors).includes(name))
      .map(([name, { groups }]) => ({ apiGroups: [...groups], resources: [name], verbs: ['list', 'watch'] })),
  );
}

/** Lets the pods of a StatefulSet find out which share of the work is theirs. */
export function shardDiscovery(context: KubeStateMetricsContext): KubeObject[] {
  const { autosharding, rbac } = context.values;
  if (!autosharding.enabled || !rbac.create) return [];
  const metadata = { ...metadataOf(context), name: `stsdiscovery-${fullNameOf(context)}` };
  const discovery = {
    apiVersion: `${API}/v1`,
    kind: 'Role',
    metadata,
    rules: [
      { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
      { apiGroups: ['apps'], resources: ['statefulsets'], resourceNames: [fullNameOf(context)], verbs: ['get', 'list', 'watch'] },
    ],
  } satisfies Role;
  const binding = {
    apiVersion: `${API}/v1`,
    kind: 'RoleBinding',
    metadata,
    roleRef: { apiGroup: API, kind: 'Role', name: metadata.name },
    subjects: subjects(context),
  } satisfies RoleBinding;
  return [discovery, binding];
}
