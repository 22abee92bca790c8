// The shape of every kind that the charts print; of others only the metadata is known.
import { groupOf, type Thing } from '../objects';
import { keyed, list, map, record, set, text, texts, value, type DefaultOf, type Shape } from '../shape';
import { labelSelector } from './pod';
import { workloads } from './workloads';

/** Owners, finalizers and the like are of those who run the object, not of those who wrote it. */
const metadata = record(
  { labels: texts, annotations: texts, finalizers: set() },
  { assigned: ['generateName', 'ownerReferences', 'finalizers'] },
);

const isNodePort: DefaultOf = ({ type }) => (type === 'LoadBalancer' || type === 'NodePort' ? 'Cluster' : undefined);
/** A port leads to the same number unless it says otherwise. */
const samePort: DefaultOf = ({ port }) => port;

const service = record(
  {
    ports: keyed(
      ['port', 'protocol'],
      record({}, { defaults: { protocol: 'TCP', targetPort: samePort, nodePort: 0 }, assigned: ['nodePort'] }),
    ),
    selector: texts,
    externalIPs: set(),
    loadBalancerSourceRanges: set(),
  },
  {
    defaults: {
      type: 'ClusterIP',
      sessionAffinity: 'None',
      internalTrafficPolicy: 'Cluster',
      externalTrafficPolicy: isNodePort,
      publishNotReadyAddresses: false,
      clusterIPs: ({ clusterIP }: Readonly<Record<string, unknown>>) => [clusterIP],
    },
    assigned: [
      'clusterIP',
      'clusterIPs',
      'ipFamilies',
      'ipFamilyPolicy',
      'healthCheckNodePort',
      'allocateLoadBalancerNodePorts',
      'sessionAffinityConfig',
      'loadBalancerClass',
    ],
  },
);

const rule = record({ apiGroups: set(), resources: set(), verbs: set(), resourceNames: set(), nonResourceURLs: set() });
const subjects = set(
  record(
    {},
    {
      defaults: {
        apiGroup: ({ kind }: Readonly<Record<string, unknown>>) => (kind === 'ServiceAccount' ? '' : 'rbac.authorization.k8s.io'),
      },
    },
  ),
);
const roleRef = record({}, { defaults: { apiGroup: 'rbac.authorization.k8s.io' } });

const peer = record({ podSelector: labelSelector, namespaceSelector: labelSelector, ipBlock: record({ except: set() }) });
const networkPorts = set(record({}, { defaults: { protocol: 'TCP' } }));
/** Without the list, a policy is about ingress, and about egress when it has such rules. */
const policyTypes: DefaultOf = ({ egress }) => (Array.isArray(egress) && egress.length ? ['Ingress', 'Egress'] : ['Ingress']);

const ingress = record({
  rules: list(record({ http: record({ paths: list(record({}, { defaults: { pathType: 'ImplementationSpecific' } })) }) })),
  tls: list(record({ hosts: set() })),
});

const webhooks = keyed(
  'name',
  record(
    {
      clientConfig: record({ service: record({}, { defaults: { port: 443 } }) }, { assigned: ['caBundle'] }),
      rules: set(record({ apiGroups: set(), apiVersions: set(), resources: set(), operations: set() }, { defaults: { scope: '*' } })),
      namespaceSelector: labelSelector,
      objectSelector: labelSelector,
      admissionReviewVersions: list(),
    },
    {
      defaults: { failurePolicy: 'Fail', matchPolicy: 'Equivalent', timeoutSeconds: 10, reinvocationPolicy: 'Never' },
      vain: ['namespaceSelector', 'objectSelector'],
    },
  ),
);

const specs: Readonly<Record<string, Shape>> = {
  ...workloads,
  '/Service': service,
  '/Namespace': record({}, { assigned: ['finalizers'] }),
  'networking.k8s.io/Ingress': ingress,
  'networking.k8s.io/NetworkPolicy': record(
    {
      podSelector: labelSelector,
      policyTypes: set(),
      ingress: list(record({ from: set(peer), ports: networkPorts })),
      egress: list(record({ to: set(peer), ports: networkPorts })),
    },
    { defaults: { policyTypes } },
  ),
};

/** Kinds whose content is not below `spec`. */
const others: Readonly<Record<string, Readonly<Record<string, Shape>>>> = {
  '/ConfigMap': { data: texts, binaryData: texts },
  '/Secret': { data: texts, stringData: texts, type: text },
  '/ServiceAccount': { secrets: keyed('name'), imagePullSecrets: keyed('name') },
  'rbac.authorization.k8s.io/Role': { rules: set(rule) },
  'rbac.authorization.k8s.io/ClusterRole': { rules: set(rule) },
  'rbac.authorization.k8s.io/RoleBinding': { subjects, roleRef },
  'rbac.authorization.k8s.io/ClusterRoleBinding': { subjects, roleRef },
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': { webhooks },
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': { webhooks },
};

const defaults: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  '/Secret': { type: 'Opaque', immutable: false },
  '/ConfigMap': { immutable: false },
};
const assigned: Readonly<Record<string, readonly string[]>> = { '/ServiceAccount': ['secrets'], '/Namespace': ['spec'] };

const vain: Readonly<Record<string, readonly string[]>> = { '/Namespace': ['status', 'spec'] };

const made = new Map<string, Shape>();

/** The shape of an object. Custom resources: metadata, and the rest as it is written. */
export function shapeFor(object: Thing): Shape {
  const kind = `${groupOf(object)}/${object.kind}`;
  const known = made.get(kind);
  if (known) return known;
  const shape = record(
    { metadata, spec: specs[kind] ?? value, status: map(value), ...others[kind] },
    { defaults: defaults[kind], vain: vain[kind] ?? ['status'], assigned: assigned[kind] },
  );
  made.set(kind, shape);
  return shape;
}
