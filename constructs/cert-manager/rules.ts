// What cert-manager's programs may do, as data: API group, resources, verbs.
import type { PolicyRule } from 'kubernetes-types/rbac/v1';

const rule = (apiGroup: string, resources: string, verbs: string | string[], resourceNames?: string[]): PolicyRule => ({
  apiGroups: [apiGroup],
  resources: resources.split(' '),
  verbs: typeof verbs === 'string' ? verbs.split(' ') : verbs,
  ...(resourceNames ? { resourceNames } : {}),
});

const CORE = '';
const CERT_MANAGER = 'cert-manager.io';
const ACME = 'acme.cert-manager.io';
const NETWORKING = 'networking.k8s.io';
const GATEWAY = 'networking.x-k8s.io';
const CERTIFICATES = 'certificates.k8s.io';

const READ = 'get list watch';
const readSecrets = rule(CORE, 'secrets', READ);
const writeSecrets = rule(CORE, 'secrets', `${READ} create update delete`);
const writeEvents = rule(CORE, 'events', 'create patch');
const ISSUERS = ['issuers.cert-manager.io/*', 'clusterissuers.cert-manager.io/*'];

export const accessReviews = [rule('authorization.k8s.io', 'subjectaccessreviews', 'create')];

/**
 * ClusterRoles of the controller, one for each of the controllers in it.
 * The rules for finalizers are for clusters that check owner references (OwnerReferencesPermissionEnforcement).
 */
export const controllers: Readonly<Record<string, PolicyRule[]>> = {
  issuers: [rule(CERT_MANAGER, 'issuers issuers/status', 'update'), rule(CERT_MANAGER, 'issuers', READ), writeSecrets, writeEvents],
  clusterissuers: [
    rule(CERT_MANAGER, 'clusterissuers clusterissuers/status', 'update'),
    rule(CERT_MANAGER, 'clusterissuers', READ),
    writeSecrets,
    writeEvents,
  ],
  certificates: [
    rule(CERT_MANAGER, 'certificates certificates/status certificaterequests certificaterequests/status', 'update'),
    rule(CERT_MANAGER, 'certificates certificaterequests clusterissuers issuers', READ),
    rule(CERT_MANAGER, 'certificates/finalizers certificaterequests/finalizers', 'update'),
    rule(ACME, 'orders', 'create delete get list watch'),
    writeSecrets,
    writeEvents,
  ],
  orders: [
    rule(ACME, 'orders orders/status', 'update'),
    rule(ACME, 'orders challenges', READ),
    rule(CERT_MANAGER, 'clusterissuers issuers', READ),
    rule(ACME, 'challenges', 'create delete'),
    rule(ACME, 'orders/finalizers', 'update'),
    readSecrets,
    writeEvents,
  ],
  challenges: [
    rule(ACME, 'challenges challenges/status', 'update'),
    rule(ACME, 'challenges', READ),
    rule(CERT_MANAGER, 'issuers clusterissuers', READ),
    readSecrets,
    writeEvents,
    // HTTP01: a pod that answers, and the way to it.
    rule(CORE, 'pods services', `${READ} create delete`),
    rule(NETWORKING, 'ingresses', `${READ} create delete update`),
    rule(GATEWAY, 'httproutes', `${READ} create delete update`),
    // OpenShift asks for it where an Ingress names its host.
    rule('route.openshift.io', 'routes/custom-host', 'create'),
    rule(ACME, 'challenges/finalizers', 'update'),
    // DNS01: the provider's credentials. The chart has the rule twice, and so have live releases.
    readSecrets,
  ],
  'ingress-shim': [
    rule(CERT_MANAGER, 'certificates certificaterequests', 'create update delete'),
    rule(CERT_MANAGER, 'certificates certificaterequests issuers clusterissuers', READ),
    rule(NETWORKING, 'ingresses', READ),
    rule(NETWORKING, 'ingresses/finalizers', 'update'),
    rule(GATEWAY, 'gateways httproutes', READ),
    rule(GATEWAY, 'gateways/finalizers httproutes/finalizers', 'update'),
    writeEvents,
  ],
};

/** ClusterRoles of the controller for approving and signing requests. */
export const signers: Readonly<Record<string, PolicyRule[]>> = {
  'approve:cert-manager-io': [rule(CERT_MANAGER, 'signers', 'approve', ISSUERS)],
  certificatesigningrequests: [
    rule(CERTIFICATES, 'certificatesigningrequests', `${READ} update`),
    rule(CERTIFICATES, 'certificatesigningrequests/status', 'update'),
    rule(CERTIFICATES, 'signers', 'sign', ISSUERS),
    ...accessReviews,
  ],
};

/** What people do with cert-manager's resources. */
export const resources = (verbs: string[]): PolicyRule[] => [
  rule(CERT_MANAGER, 'certificates certificaterequests issuers', verbs),
  rule(ACME, 'challenges orders', verbs),
];

/** The CA injector writes the CA into whatever calls a webhook. */
export const injector: PolicyRule[] = [
  rule(CERT_MANAGER, 'certificates', READ),
  readSecrets,
  rule(CORE, 'events', 'get create update patch'),
  rule('admissionregistration.k8s.io', 'validatingwebhookconfigurations mutatingwebhookconfigurations', `${READ} update`),
  rule('apiregistration.k8s.io', 'apiservices', `${READ} update`),
  rule('apiextensions.k8s.io', 'customresourcedefinitions', `${READ} update`),
  rule('auditregistration.k8s.io', 'auditsinks', `${READ} update`),
];

/** A leader is elected through ConfigMaps and Leases of these names; creating cannot be limited to names. */
export const leaderElection = (names: string[]): PolicyRule[] =>
  (
    [
      [CORE, 'configmaps'],
      ['coordination.k8s.io', 'leases'],
    ] as const
  ).flatMap(([group, resource]) => [rule(group, resource, 'get update patch', names), rule(group, resource, 'create')]);

/** The webhook keeps its own CA in a Secret. */
export const servingCertificate = (secret: string): PolicyRule[] => [
  rule(CORE, 'secrets', `${READ} update`, [secret]),
  rule(CORE, 'secrets', 'create'),
];

/** The check makes a Certificate, in a dry run. */
export const startupCheck: PolicyRule[] = [rule(CERT_MANAGER, 'certificates', 'create')];
