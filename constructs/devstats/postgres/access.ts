// Account of the database's pods, and the rights that Patroni elects a leader with.
import type { ServiceAccount } from 'kubernetes-types/core/v1';
import type { PolicyRule, Role, RoleBinding } from 'kubernetes-types/rbac/v1';
import { text } from '../../../helm/print';
import { postgresLabels, type DevStatsContext } from '../names';
import { usesEndpoints } from './patroni';

const metadata = ({ values }: DevStatsContext) => ({ name: text(values.postgresSvcName), labels: postgresLabels(values) });

export const serviceAccount = (context: DevStatsContext) =>
  ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadata(context) }) satisfies ServiceAccount;

const rule = (resource: string, ...verbs: string[]): PolicyRule => ({ apiGroups: [''], resources: [resource], verbs });

/** Patroni keeps leader and settings in Endpoints or ConfigMaps, and writes the role of each member into its labels. */
export function role(context: DevStatsContext) {
  const endpoints = usesEndpoints(context.values);
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: metadata(context),
    rules: [
      rule('configmaps', 'create', 'get', 'list', 'patch', 'update', 'watch'),
      ...(endpoints ? [rule('endpoints', 'get', 'patch', 'update', 'create', 'list', 'watch')] : []),
      rule('pods', 'get', 'list', 'patch', 'update', 'watch'),
      ...(endpoints ? [rule('services', 'create', 'get', 'list')] : []),
    ],
  } satisfies Role;
}

export function roleBinding(context: DevStatsContext) {
  const { name } = metadata(context);
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: metadata(context),
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
    subjects: [{ kind: 'ServiceAccount', name }],
  } satisfies RoleBinding;
}
