// What the Prometheus server may read, in the cluster or in single namespaces.
import type { PolicyRule } from 'kubernetes-types/rbac/v1';
import { isTrue, text } from '../../../helm/print';
import type { KubeObject } from '../../../kubernetes/object';
import { clusterRole, clusterRoleBinding, makesRoles, namespacesOf, roleBinding } from '../common/access';
import type { PrometheusContext } from '../values';

const KEY = 'server';
const READ = ['get', 'list', 'watch'];

const RULES: PolicyRule[] = [
  {
    apiGroups: [''],
    resources: ['nodes', 'nodes/proxy', 'nodes/metrics', 'services', 'endpoints', 'pods', 'ingresses', 'configmaps'],
    verbs: READ,
  },
  { apiGroups: ['extensions', 'networking.k8s.io'], resources: ['ingresses/status', 'ingresses'], verbs: READ },
  { nonResourceURLs: ['/metrics'], verbs: ['get'] },
];

export function access(context: PrometheusContext): KubeObject[] {
  const { useExistingClusterRoleName } = context.values.server;
  if (!makesRoles(context)) return [];
  const watched = namespacesOf(context, KEY);
  if (isTrue(useExistingClusterRoleName)) {
    const name = text(useExistingClusterRoleName);
    if (!watched.length) context.warn('server.useExistingClusterRoleName', 'is bound nowhere: name the namespaces in server.namespaces');
    return watched.map((namespace) => roleBinding(context, KEY, namespace, { kind: 'ClusterRole', name }));
  }
  const role = clusterRole(context, KEY, RULES);
  if (!watched.length) return [role, clusterRoleBinding(context, KEY)];
  context.warn(
    'server.namespaces',
    'leaves the server without rights: give the name of a ClusterRole in server.useExistingClusterRoleName too',
  );
  return [role];
}
