// Declarations of values that several of Prometheus' programs have alike.
import type {
  Affinity,
  Container,
  HostAlias,
  LocalObjectReference,
  PodDNSConfig,
  PodSecurityContext,
  ResourceRequirements,
  Toleration,
} from 'kubernetes-types/core/v1';
import type { HTTPIngressPath, IngressTLS } from 'kubernetes-types/networking/v1';
import { any, flag, group, list, number, table, text, type Fields, type Scalar, type Table, type Values } from '../../../helm/schema';

export const imageValues = (repository: string, tag: string) =>
  group(
    {
      repository: text(repository, 'Repository of the image.'),
      tag: text(tag, 'Tag of the image.'),
      pullPolicy: text('IfNotPresent', 'When the kubelet pulls the image: Always, IfNotPresent or Never.'),
    },
    { doc: 'Image of the container.', nullable: true },
  );

export const serviceAccountValues = (program: string) =>
  group(
    {
      create: flag(true, 'Makes a ServiceAccount.'),
      name: text(undefined, 'Name of the ServiceAccount. Empty means the name of the program, or `default` when none is made.'),
      annotations: table({}, 'Annotations of the ServiceAccount.'),
    },
    { doc: `ServiceAccount of ${program}.`, nullable: true },
  );

export const naming = (name: string) => ({
  name: text(name, 'Last part of the names of its objects; also the component label and the container name.'),
  fullnameOverride: text(undefined, 'Replaces the whole name of its objects.'),
});

/** Where pods may run, and with what. */
export const scheduling = {
  priorityClassName: text('', 'Priority class of the pods.'),
  tolerations: list<Toleration>([], 'Taints that the pods tolerate.', { type: 'Toleration' }),
  nodeSelector: table<string>({}, 'Labels that a node must have.'),
  dnsConfig: any<PodDNSConfig>({}, 'DNS settings of the pods.', { type: 'PodDNSConfig' }),
};

export const affinity = any<Affinity>({}, 'Affinity of the pods.', { type: 'Affinity' });
export const hostAliases = list<HostAlias>([], 'More lines for /etc/hosts in the containers.', { type: 'HostAlias' });
export const imagePullSecrets = (value?: readonly LocalObjectReference[]) =>
  list<LocalObjectReference>(value, 'Pull secrets that exist already.', { type: 'LocalObjectReference' });
export const podSecurityContext = (value: PodSecurityContext) =>
  any<PodSecurityContext>(value, 'Security context of the pods.', { type: 'PodSecurityContext' });
export const resources = any<ResourceRequirements>({}, 'Requests and limits of the container.', { type: 'ResourceRequirements' });
export const extraInitContainers = list<Container>([], 'Containers that run to their end before the others start.', { type: 'Container' });
export const extraArgs = (program: string) =>
  table<Scalar | null>({}, `More arguments of ${program}: the flag without its dashes, and its value.`);
export const podAnnotations = table({}, 'Annotations of the pods.');
export const podLabels = table({}, 'More labels of the pods.');
export const replicaCount = number(1, 'Number of pods.');
export const strategy = table(undefined, 'How the Deployment replaces pods.', { type: 'DeploymentStrategy' });
export const deploymentAnnotations = (value?: Table) => table(value, 'Annotations of the workload itself.');
export const scheduler = 'Name of the scheduler for the pods, where it is not the default one.';

/** PodSecurityPolicies are gone since Kubernetes 1.25; the values stay, so that a values file may hold them. */
export const podSecurityPolicyValues = (more: { readonly enabled: ReturnType<typeof flag> } | object = {}) => ({
  ...more,
  annotations: table({}, 'Annotations of the PodSecurityPolicy, which is not made any more.', { unused: true }),
});

export const disruptionBudgetFields = {
  enabled: flag(false, 'Makes a PodDisruptionBudget.'),
  maxUnavailable: text(1, 'Pods that a drain may take away at a time: a number or a percentage.'),
};

export const verticalAutoscalerValues = group(
  {
    enabled: flag(false, 'Makes a VerticalPodAutoscaler. Its controller and kinds must be in the cluster already.'),
    updateMode: text(undefined, 'What the autoscaler does with its recommendations: Off, Initial, Recreate or Auto. Off when empty.'),
    containerPolicies: list<unknown>(undefined, 'Bounds and modes by container.', { type: 'ContainerResourcePolicy' }),
  },
  { doc: 'Vertical autoscaling of the pods.', nullable: true },
);

export const persistentVolumeFields = (enabled: boolean, size: string) => ({
  enabled: flag(enabled, 'Keeps the data on a claimed volume.'),
  accessModes: list<string>(['ReadWriteOnce'], 'Access modes of the claim.'),
  annotations: table({}, 'Annotations of the claim.'),
  existingClaim: text('', 'Name of a claim that exists already; none is made then.'),
  mountPath: text('/data', 'Folder of the data in the container.'),
  size: text(size, 'Size of the claim.'),
  storageClass: text(
    undefined,
    'Storage class of the claim. Empty means the default one of the cluster; a dash turns dynamic provisioning off.',
  ),
  volumeBindingMode: text(undefined, 'No effect: a claim has no binding mode, the storage class has.'),
  subPath: text('', 'Folder of the volume that is mounted, where it is not its root.'),
});

export const emptyDirValues = group(
  { sizeLimit: text('', 'Most that the data may take up while it is on no claimed volume.') },
  { doc: 'Volume of the pod, used without a claim.', nullable: true },
);

export const ingressValues = <F extends Fields>(more: F) =>
  group(
    {
      enabled: flag(false, 'Makes an Ingress.'),
      ingressClassName: text(undefined, 'Class of the Ingress.'),
      annotations: table({}, 'Annotations of the Ingress.'),
      hosts: list<string>([], 'Hosts that lead to the Service; what follows a slash is ignored.'),
      path: text('/', 'Path below each host.'),
      pathType: text('Prefix', 'How the path is compared: Prefix, Exact or ImplementationSpecific.'),
      extraPaths: list<HTTPIngressPath>([], 'Paths in front of the main one, below each host.', { type: 'HTTPIngressPath' }),
      tls: list<IngressTLS>([], 'Hosts with the Secrets of their certificates, which must exist.', { type: 'IngressTLS' }),
      ...more,
    },
    { doc: 'Way into the Service from outside.', nullable: true },
  );

/** Labels that only some of the Ingresses take. */
export const ingressLabels = { extraLabels: table({}, 'More labels of the Ingress.') };

export const serviceFields = (servicePort: number, clusterIP = '', annotations: Table = {}) => ({
  annotations: table(annotations, 'Annotations of the Service.'),
  labels: table({}, 'More labels of the Service.'),
  clusterIP: text(clusterIP, 'Address of the Service inside the cluster, or None.'),
  externalIPs: list<string>([], 'Addresses outside the cluster that nodes accept traffic for.'),
  loadBalancerIP: text('', 'Address to ask of the load balancer.'),
  loadBalancerSourceRanges: list<string>([], 'Networks that may reach the load balancer.'),
  servicePort: number(servicePort, 'Port of the Service.'),
  type: text('ClusterIP', 'Type of the Service.'),
});

export const grpcValues = group(
  {
    enabled: flag(false, 'Adds a port for gRPC, by which a Thanos sidecar is found.'),
    servicePort: number(10901, 'Port of the Service for gRPC.'),
    nodePort: number(undefined, 'Port on the nodes for gRPC.'),
  },
  { doc: 'gRPC of a Thanos sidecar.', nullable: true },
);

export const headlessFields = {
  annotations: table({}, 'Annotations of the headless Service.'),
  labels: table({}, 'More labels of the headless Service.'),
  servicePort: number(80, 'Port of the headless Service.'),
};

export const statefulSetFields = {
  enabled: flag(false, 'Runs the pods in a StatefulSet instead of a Deployment, so that there may be several.'),
  annotations: table({}, 'Annotations of the StatefulSet.'),
  labels: table({}, 'More labels of the StatefulSet.'),
  podManagementPolicy: text('OrderedReady', 'Whether pods start one after the other (OrderedReady) or all at once (Parallel).'),
};

/** Items of a list, whose keys the chart reads one by one and may all be missing. */
const itemsOf = <F extends Fields>(doc: string, fields: F) =>
  list<{ readonly [K in keyof F]?: Values<F[K]> }>([], doc, { items: group<Fields>(fields) });

const mountFields = {
  name: text(undefined, 'Name of the volume.'),
  mountPath: text(undefined, 'Folder or file in the container.'),
  readOnly: flag(undefined, 'Whether the container may only read it.'),
};
const subPath = { subPath: text(undefined, 'Part of the volume that is mounted.') };
const optional = { optional: flag(undefined, 'Lets the pod start without it.') };
const configMap = { configMap: text(undefined, 'Name of the ConfigMap.') };
const hostPath = { hostPath: text(undefined, 'Path on the node.') };

export const extraSecretMounts = itemsOf('Secrets that exist already, mounted into the container.', {
  ...mountFields,
  ...subPath,
  secretName: text(undefined, 'Name of the Secret.'),
  ...optional,
});
export const extraConfigmapMounts = itemsOf('ConfigMaps that exist already, mounted into the container.', {
  ...mountFields,
  ...subPath,
  ...configMap,
});
export const reloaderConfigmapMounts = itemsOf(
  'ConfigMaps that exist already, mounted into the container; the pod gets a volume under their own name too.',
  { ...mountFields, ...subPath, ...configMap, ...optional },
);
export const extraHostPathMounts = itemsOf('Paths of the node, mounted into the container.', { ...mountFields, ...subPath, ...hostPath });
/** node-exporter takes no subPath, but may say how mounts spread. */
export const nodeHostPathMounts = itemsOf('Paths of the node, mounted into the container.', {
  ...mountFields,
  ...hostPath,
  mountPropagation: text(undefined, 'How mounts spread between node and container, such as HostToContainer.'),
});
export const nodeConfigmapMounts = itemsOf('ConfigMaps that exist already, mounted into the container.', { ...mountFields, ...configMap });
