// What the cleaner may do in the namespace of the jobs.
import type { Role, RoleBinding } from 'kubernetes-types/rbac/v1';
import { fullNameOf, jobNamespaceOf, labelsOf, serviceAccountNameOf } from '../common/identity';
import type { HangingJobCleanerContext } from './values';

const metadata = (context: HangingJobCleanerContext) => ({
  name: fullNameOf(context),
  namespace: jobNamespaceOf(context.release, context.values.jobNamespaceOverride),
  labels: labelsOf(context),
});

export const role = (context: HangingJobCleanerContext) =>
  context.values.rbac.enable
    ? ({
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: metadata(context),
        rules: [
          { apiGroups: [''], resources: ['secrets', 'configmaps'], verbs: ['list', 'delete'] },
          { apiGroups: ['batch'], resources: ['jobs'], verbs: ['list', 'delete'] },
        ],
      } satisfies Role)
    : undefined;

export const roleBinding = (context: HangingJobCleanerContext) =>
  context.values.rbac.enable
    ? ({
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: metadata(context),
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: fullNameOf(context) },
        subjects: [{ kind: 'ServiceAccount', name: serviceAccountNameOf(context), namespace: context.release.namespace }],
      } satisfies RoleBinding)
    : undefined;
