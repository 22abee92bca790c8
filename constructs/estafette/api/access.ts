// The namespace of the jobs, and who may do what there: the API server starts jobs, the builder in a job looks after its own.
import type { Namespace, ServiceAccount } from 'kubernetes-types/core/v1';
import type { PolicyRule, Role, RoleBinding } from 'kubernetes-types/rbac/v1';
import { text } from '../../../helm/print';
import { annotations } from '../../common/metadata';
import { fullNameOf, labelsOf, serviceAccountNameOf } from '../common/identity';
import { jobNamespace } from './names';
import type { ApiContext } from './values';

export const jobsNamespace = (context: ApiContext) =>
  ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: jobNamespace(context) } }) satisfies Namespace;

export const builderServiceAccount = (context: ApiContext) =>
  context.values.serviceAccount.create
    ? ({
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: {
          name: builderName(context),
          namespace: jobNamespace(context),
          labels: labelsOf(context),
          ...annotations(context.values.serviceAccount.annotations),
        },
      } satisfies ServiceAccount)
    : undefined;

const READ = ['get', 'list', 'watch'];
const CHANGE = ['create', 'update', 'patch', 'delete'];
const core = (resources: string[], verbs: string[]): PolicyRule => ({ apiGroups: [''], resources, verbs });

/** Configuration and secrets of a job, which live as long as the job. */
const JOB_FILES = core(['configmaps', 'secrets'], ['get', 'list', 'create', 'delete']);
const JOB_CONTROL: PolicyRule[] = [
  { apiGroups: ['batch'], resources: ['jobs'], verbs: [...READ, ...CHANGE] },
  core(['pods', 'pods/log'], READ),
  JOB_FILES,
];
const OWN_CONFIG = [core(['configmaps'], ['get', 'list', 'create', 'update', 'patch'])];
const BUILDER = [core(['pods', 'pods/log'], [...READ, ...CHANGE]), JOB_FILES];

/** Roles with their bindings, or nothing when no account is made. */
export function roles(context: ApiContext): ((Role & KubeIdentity) | (RoleBinding & KubeIdentity))[] {
  if (!context.values.serviceAccount.create) return [];
  const jobs = jobNamespace(context);
  const { namespace } = context.release;
  const api = { kind: 'ServiceAccount', name: serviceAccountNameOf(context), namespace };
  const builder = { kind: 'ServiceAccount', name: builderName(context), namespace: jobs };
  return [
    // In one namespace both roles of the API server would be the same object, and one would lose its rules.
    ...(jobs === namespace
      ? pair(context, 'api', undefined, [...JOB_CONTROL, ...OWN_CONFIG], api)
      : [...pair(context, 'api', jobs, JOB_CONTROL, api), ...pair(context, 'api', undefined, OWN_CONFIG, api)]),
    ...pair(context, 'builder', jobs, BUILDER, builder),
  ];
}

interface KubeIdentity {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
}

function pair(
  context: ApiContext,
  suffix: string,
  namespace: string | undefined,
  rules: PolicyRule[],
  subject: NonNullable<RoleBinding['subjects']>[number],
) {
  const metadata = {
    name: `${fullNameOf(context)}.${suffix}`,
    ...(namespace === undefined ? {} : { namespace }),
    labels: labelsOf(context),
  };
  return [
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata, rules } satisfies Role,
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: metadata.name },
      subjects: [subject],
    } satisfies RoleBinding,
  ];
}

const builderName = ({ values }: ApiContext): string => text(values.serviceAccount.builderServiceAccountName);
