// ServiceAccount of the pods, and what it may do.
import type { ServiceAccount } from 'kubernetes-types/core/v1';
import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from 'kubernetes-types/rbac/v1';
import { annotations } from '../common/metadata';
import { fullNameOf, labelsOf, serviceAccountNameOf } from './names';
import type { CockroachDbContext } from './values';

const API_GROUP = 'rbac.authorization.k8s.io';
const metadataOf = (context: CockroachDbContext) => ({ name: fullNameOf(context), labels: labelsOf(context) });

export function serviceAccount(context: CockroachDbContext) {
  const { enabled, serviceAccount: own } = context.values.tls;
  if (!enabled || !own?.create) return undefined;
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: serviceAccountNameOf(context), labels: labelsOf(context), ...annotations(own.annotations) },
  } satisfies ServiceAccount;
}

/** True unless the certificates come from elsewhere: only then do the pods ask for any. */
const signsCertificates = ({ values: { tls } }: CockroachDbContext): boolean =>
  tls.enabled === true && !tls.certs.provided && !tls.certs.certManager;

export function clusterRole(context: CockroachDbContext) {
  if (!signsCertificates(context)) return undefined;
  return {
    apiVersion: `${API_GROUP}/v1`,
    kind: 'ClusterRole',
    metadata: metadataOf(context),
    rules: [{ apiGroups: ['certificates.k8s.io'], resources: ['certificatesigningrequests'], verbs: ['create', 'get', 'watch'] }],
  } satisfies ClusterRole;
}

export function clusterRoleBinding(context: CockroachDbContext) {
  if (!signsCertificates(context)) return undefined;
  return {
    apiVersion: `${API_GROUP}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: metadataOf(context),
    roleRef: { apiGroup: API_GROUP, kind: 'ClusterRole', name: fullNameOf(context) },
    subjects: [{ kind: 'ServiceAccount', name: serviceAccountNameOf(context), namespace: context.release.namespace }],
  } satisfies ClusterRoleBinding;
}

export function role(context: CockroachDbContext) {
  const { certs, enabled } = context.values.tls;
  if (!enabled) return undefined;
  return {
    apiVersion: `${API_GROUP}/v1`,
    kind: 'Role',
    metadata: metadataOf(context),
    rules: [{ apiGroups: [''], resources: ['secrets'], verbs: certs.provided || certs.certManager ? ['get'] : ['create', 'get'] }],
  } satisfies Role;
}

export function roleBinding(context: CockroachDbContext) {
  if (!context.values.tls.enabled) return undefined;
  return {
    apiVersion: `${API_GROUP}/v1`,
    kind: 'RoleBinding',
    metadata: metadataOf(context),
    roleRef: { apiGroup: API_GROUP, kind: 'Role', name: fullNameOf(context) },
    subjects: [{ kind: 'ServiceAccount', name: serviceAccountNameOf(context), namespace: context.release.namespace }],
  } satisfies RoleBinding;
}
