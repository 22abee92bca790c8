// Roles of Alertmanager. They grant nothing: it asks nothing of Kubernetes.
import { isTrue, text } from '../../../helm/print';
import type { KubeObject } from '../../../kubernetes/object';
import { clusterRole, clusterRoleBinding, makesRoles, namespacesOf, role, roleBinding } from '../common/access';
import { fullNameOf } from '../common/identity';
import type { PrometheusContext } from '../values';

const KEY = 'alertmanager';

export function access(context: PrometheusContext): KubeObject[] {
  const { useClusterRole, useExistingRole } = context.values.alertmanager;
  if (!makesRoles(context)) return [];
  const existing = isTrue(useExistingRole) ? text(useExistingRole) : undefined;
  if (useClusterRole) return [...(existing ? [] : [clusterRole(context, KEY, [])]), clusterRoleBinding(context, KEY, existing)];
  if (useClusterRole === undefined) return [];
  return namespacesOf(context, KEY).flatMap((namespace) => [
    ...(existing ? [] : [role(context, KEY, namespace, [])]),
    roleBinding(context, KEY, namespace, { kind: 'Role', name: existing ?? fullNameOf(context, KEY) }),
  ]);
}
