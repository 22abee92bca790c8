// ServiceAccounts of the programs, their roles and the bindings between them.
import type { ServiceAccount } from 'kubernetes-types/core/v1';
import type { ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding, Subject } from 'kubernetes-types/rbac/v1';
import { plainText } from '../../helm/print';
import { annotations } from '../common/metadata';
import type { KubeObject } from '../../kubernetes/object';
import { pullSecrets } from '../common/pod';
import { fullNameOf, labelsOf, serviceAccountNameOf, serviceAccountValuesOf, webhookCaOf, type Program } from './identity';
import { need } from '../common/checks';
import type { CertManagerContext } from './values';
import * as rules from './rules';

type Named = { name: string; namespace?: string; labels: Record<string, string>; annotations?: Record<string, string> };

const API = 'rbac.authorization.k8s.io';

export function serviceAccount(
  context: CertManagerContext,
  program: Program,
  printed = serviceAccountValuesOf(context, program).annotations,
) {
  const own = serviceAccountValuesOf(context, program);
  if (!own.create) return undefined;
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: serviceAccountNameOf(context, program), labels: labelsOf(context, program), ...annotations(printed) },
    automountServiceAccountToken: own.automountServiceAccountToken,
    imagePullSecrets: pullSecrets(undefined, context.values.global.imagePullSecrets),
  } satisfies ServiceAccount;
}

/** The account of a program. The chart writes out the (core) API group in some bindings; so do we, lest a review shows changes. */
const subject = (context: CertManagerContext, program: Program, apiGroup?: ''): Subject => ({
  ...(apiGroup === undefined ? {} : { apiGroup }),
  kind: 'ServiceAccount',
  name: serviceAccountNameOf(context, program),
  namespace: context.release.namespace,
});

/** A ClusterRole and its binding. */
function clusterWide(
  name: string,
  labels: Record<string, string>,
  granted: PolicyRule[],
  bound: Subject,
): [ClusterRole & KubeObject, ClusterRoleBinding & KubeObject] {
  const metadata = { name, labels };
  return [
    { apiVersion: `${API}/v1`, kind: 'ClusterRole', metadata, rules: granted },
    {
      apiVersion: `${API}/v1`,
      kind: 'ClusterRoleBinding',
      metadata,
      roleRef: { apiGroup: API, kind: 'ClusterRole', name },
      subjects: [bound],
    },
  ];
}

/** A Role in one namespace and its binding. */
function inNamespace(metadata: Named, granted: PolicyRule[], bound: Subject): [Role & KubeObject, RoleBinding & KubeObject] {
  return [
    { apiVersion: `${API}/v1`, kind: 'Role', metadata, rules: granted },
    {
      apiVersion: `${API}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: API, kind: 'Role', name: metadata.name },
      subjects: [bound],
    },
  ];
}

/** A ClusterRole that is bound to nobody: it adds to the roles that people have. */
const forPeople = (
  context: CertManagerContext,
  name: string,
  aggregateTo: readonly string[],
  verbs: string[],
): ClusterRole & KubeObject => ({
  apiVersion: `${API}/v1`,
  kind: 'ClusterRole',
  metadata: {
    name: `${fullNameOf(context)}-${name}`,
    labels: {
      ...labelsOf(context, 'controller'),
      ...Object.fromEntries(aggregateTo.map((role) => [`${API}/aggregate-to-${role}`, 'true'])),
    },
  },
  rules: rules.resources(verbs),
});

/** Role for leader election, in the namespace that the values name for it. */
const leaderElection = (context: CertManagerContext, program: Program, leases: string[], apiGroup?: '') =>
  inNamespace(
    {
      name: `${fullNameOf(context, program)}:leaderelection`,
      namespace: plainText(need(context.values.global.leaderElection, 'global', 'leaderElection').namespace),
      labels: labelsOf(context, program),
    },
    rules.leaderElection(leases),
    subject(context, program, apiGroup),
  );

function controllerRoles(context: CertManagerContext): KubeObject[] {
  const bound = subject(context, 'controller');
  const each = (granted: typeof rules.controllers, component: string) =>
    Object.entries(granted).flatMap(([name, list]) =>
      clusterWide(`${fullNameOf(context)}-controller-${name}`, labelsOf(context, 'controller', component), list, bound),
    );
  return [
    ...leaderElection(context, 'controller', ['cert-manager-controller'], ''),
    ...each(rules.controllers, 'controller'),
    ...each(rules.signers, 'cert-manager'),
    forPeople(context, 'view', ['view', 'edit', 'admin'], ['get', 'list', 'watch']),
    forPeople(context, 'edit', ['edit', 'admin'], ['create', 'delete', 'deletecollection', 'patch', 'update']),
  ];
}

function webhookRoles(context: CertManagerContext): KubeObject[] {
  const prefix = fullNameOf(context, 'webhook');
  const labels = labelsOf(context, 'webhook');
  const bound = subject(context, 'webhook', '');
  return [
    ...inNamespace({ name: `${prefix}:dynamic-serving`, labels }, rules.servingCertificate(webhookCaOf(context)), bound),
    ...clusterWide(`${prefix}:subjectaccessreviews`, labels, rules.accessReviews, bound),
  ];
}

const injectorRoles = (context: CertManagerContext): KubeObject[] => [
  ...clusterWide(fullNameOf(context, 'cainjector'), labelsOf(context, 'cainjector'), rules.injector, subject(context, 'cainjector')),
  ...leaderElection(context, 'cainjector', ['cert-manager-cainjector-leader-election', 'cert-manager-cainjector-leader-election-core']),
];

/** Roles and bindings of the programs that keep running; none when `global.rbac.create` is off. */
export function roles(context: CertManagerContext): KubeObject[] {
  const { cainjector, global } = context.values;
  if (!global.rbac.create) return [];
  return [...controllerRoles(context), ...webhookRoles(context), ...(cainjector.enabled ? injectorRoles(context) : [])];
}

/** Role and binding of the startup check, with annotations of their own. */
export function startupCheckRole(context: CertManagerContext, printed: Record<string, string>): KubeObject[] {
  const metadata = {
    name: `${fullNameOf(context, 'startupapicheck')}:create-cert`,
    labels: labelsOf(context, 'startupapicheck'),
    ...annotations(printed),
  };
  return inNamespace(metadata, rules.startupCheck, subject(context, 'startupapicheck'));
}
