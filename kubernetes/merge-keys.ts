// By what Kubernetes' strategic merge tells the items of a list apart, kind by kind (patchStrategy and patchMergeKey of its types).

/** A list whose items are merged one by one, instead of being replaced as a whole. */
export interface MergedList {
  /** Members that tell items apart; the first one is always needed. None: a list of texts, each there once. */
  readonly keys: readonly string[];
  /** What an item without a key means by it. */
  readonly defaults?: Readonly<Record<string, string>>;
  /** Lists inside an item. */
  readonly of: Merging;
}

/** Lists that are merged, at their places. What is not named is merged as a map, or replaced as a list. */
export interface Merging {
  readonly [field: string]: Merging | MergedList;
}

export const isMergedList = (merging: Merging | MergedList | undefined): merging is MergedList =>
  merging !== undefined && Array.isArray((merging as Partial<MergedList>).keys);

const by = (key: string, of: Merging = {}): MergedList => ({ keys: [key], of });
const TEXTS: MergedList = { keys: [], of: {} };

/** One number may be there for TCP and for UDP. */
const ports = (key: string): MergedList => ({ keys: [key, 'protocol'], defaults: { protocol: 'TCP' }, of: {} });

const METADATA: Merging = { ownerReferences: by('uid'), finalizers: TEXTS };
const CONTAINER: Merging = {
  ports: ports('containerPort'),
  env: by('name'),
  volumeMounts: by('mountPath'),
  volumeDevices: by('devicePath'),
};
const POD: Merging = {
  metadata: METADATA,
  spec: {
    containers: by('name', CONTAINER),
    initContainers: by('name', CONTAINER),
    ephemeralContainers: by('name', CONTAINER),
    volumes: by('name'),
    imagePullSecrets: by('name'),
    hostAliases: by('ip'),
    topologySpreadConstraints: { keys: ['topologyKey', 'whenUnsatisfiable'], of: {} },
    schedulingGates: by('name'),
    resourceClaims: by('name'),
  },
};
const WORKLOAD: Merging = { metadata: METADATA, spec: { template: POD } };
const WEBHOOKS: Merging = { metadata: METADATA, webhooks: by('name', { matchConditions: by('name') }) };

const KINDS: Readonly<Record<string, Merging>> = {
  '/Pod': POD,
  '/PodTemplate': { metadata: METADATA, template: POD },
  '/ReplicationController': WORKLOAD,
  '/Service': { metadata: METADATA, spec: { ports: ports('port') } },
  // Its imagePullSecrets are replaced, those of a pod are merged.
  '/ServiceAccount': { metadata: METADATA, secrets: by('name') },
  'apps/Deployment': WORKLOAD,
  'apps/DaemonSet': WORKLOAD,
  'apps/ReplicaSet': WORKLOAD,
  'apps/StatefulSet': WORKLOAD,
  'batch/Job': WORKLOAD,
  'batch/CronJob': { metadata: METADATA, spec: { jobTemplate: WORKLOAD } },
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': WEBHOOKS,
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': WEBHOOKS,
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy': {
    metadata: METADATA,
    spec: { matchConditions: by('name'), variables: by('name') },
  },
};

/** Groups of Kubernetes itself: `apps`, `rbac.authorization.k8s.io`. Custom resources have groups with other ends. */
const isOwnGroup = (group: string): boolean => !group.includes('.') || (group.endsWith('.k8s.io') && !CUSTOM.has(group));
/** Groups of that end whose kinds are custom resources. */
const CUSTOM = new Set(['autoscaling.k8s.io', 'snapshot.storage.k8s.io', 'gateway.networking.k8s.io', 'metrics.k8s.io']);

/** Lists of a kind that are merged. Those of custom resources are replaced: nothing tells their items apart. */
export function mergingOf({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): Merging {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  return KINDS[`${group}/${kind}`] ?? (isOwnGroup(group) ? { metadata: METADATA } : {});
}
