// ServiceAccounts, roles and bindings.
import type { ServiceAccount } from 'kubernetes-types/core/v1';
import type { ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding } from 'kubernetes-types/rbac/v1';
import type { PrometheusContext } from '../values';
import { fullNameOf, metadataOf, namespaceOf, serviceAccountNameOf, serviceAccountOf, type ProgramKey } from './identity';
import { namespaceIssues, need, refuse as refuseAll } from '../../common/checks';
import { refuse } from './need';
import { texts } from './print';

const API = 'rbac.authorization.k8s.io';

/** True when roles are made. */
export function makesRoles({ values }: PrometheusContext): boolean {
  if (!need(values.rbac, 'rbac').create) return false;
  // The chart asks for its PodSecurityPolicies next.
  need(values.podSecurityPolicy, 'podSecurityPolicy');
  return true;
}

export function serviceAccount(context: PrometheusContext, key: ProgramKey) {
  const account = serviceAccountOf(context, key);
  if (!account.create) return undefined;
  if (Array.isArray(account.annotations)) refuse(['serviceAccounts', key, 'annotations'], 'must be a map, not a list');
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { ...metadataOf(context, key, { annotations: account.annotations }), name: serviceAccountNameOf(context, key) },
  } satisfies ServiceAccount;
}

/** Namespaces in which a program gets its rights, each once. @throws ValuesError for what is not a name of one */
export function namespacesOf({ values }: PrometheusContext, key: 'server' | 'alertmanager'): string[] {
  const names = [...new Set(texts(values[key].namespaces))];
  refuseAll(names.flatMap((name) => namespaceIssues(name, key, 'namespaces')));
  return names;
}

export const clusterRole = (context: PrometheusContext, key: ProgramKey, rules: PolicyRule[]) =>
  ({ apiVersion: `${API}/v1`, kind: 'ClusterRole', metadata: clusterMetadata(context, key), rules }) satisfies ClusterRole;

/** Binds the program's account to a ClusterRole, its own unless another is named. */
export const clusterRoleBinding = (context: PrometheusContext, key: ProgramKey, role?: string) =>
  ({
    apiVersion: `${API}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: clusterMetadata(context, key),
    subjects: subjects(context, key),
    roleRef: { apiGroup: API, kind: 'ClusterRole', name: role ?? fullNameOf(context, key) },
  }) satisfies ClusterRoleBinding;

export const role = (context: PrometheusContext, key: ProgramKey, namespace: string, rules: PolicyRule[]) =>
  ({ apiVersion: `${API}/v1`, kind: 'Role', metadata: metadataOf(context, key, { namespace }), rules }) satisfies Role;

/** Binds the program's account in one namespace. */
export const roleBinding = (
  context: PrometheusContext,
  key: ProgramKey,
  namespace: string,
  roleRef: { readonly kind: 'Role' | 'ClusterRole'; readonly name: string },
) =>
  ({
    apiVersion: `${API}/v1`,
    kind: 'RoleBinding',
    metadata: metadataOf(context, key, { namespace }),
    subjects: subjects(context, key),
    roleRef: { apiGroup: API, ...roleRef },
  }) satisfies RoleBinding;

const subjects = (context: PrometheusContext, key: ProgramKey) => [
  { kind: 'ServiceAccount', name: serviceAccountNameOf(context, key), namespace: namespaceOf(context) },
];

function clusterMetadata(context: PrometheusContext, key: ProgramKey) {
  const { name, labels } = metadataOf(context, key);
  return { name, labels };
}
