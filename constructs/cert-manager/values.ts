// Values of cert-manager: the controller's at the top, then those of its three other programs.
import type { Context } from '../common/context';
import type { DeploymentStrategy } from 'kubernetes-types/apps/v1';
import type {
  Affinity,
  EnvVar,
  LocalObjectReference,
  PodDNSConfig,
  PodSecurityContext,
  ResourceRequirements,
  SecurityContext,
  Toleration,
  Volume,
  VolumeMount,
} from 'kubernetes-types/core/v1';
import { any, flag, group, list, number, table, text, type Table, type ValuesInput } from '../../helm/schema';

const imageValues = (repository: string) =>
  group(
    {
      registry: text(undefined, 'Registry that is put before the repository.'),
      repository: text(repository, 'Repository of the image.'),
      tag: text(undefined, 'Tag of the image. Without one: the version of cert-manager that the chart was made for.'),
      digest: text(undefined, 'Digest of the image, with its algorithm. Takes the place of the tag.'),
      pullPolicy: text('IfNotPresent', 'When the kubelet pulls the image: Always, IfNotPresent or Never.'),
    },
    { nullable: true },
  );

const serviceAccountValues = (annotations: Table | undefined) =>
  group(
    {
      create: flag(true, 'Makes a ServiceAccount.'),
      name: text(undefined, 'Name of the ServiceAccount. Without one: the name of the program, or `default` when none is made.'),
      annotations: table(annotations, 'Annotations of the ServiceAccount.'),
      automountServiceAccountToken: flag(true, 'Mounts the token of the ServiceAccount into its pods.'),
    },
    { nullable: true },
  );

/** What the pods of all four programs take. */
const podValues = {
  containerSecurityContext: any<SecurityContext>({}, 'Security context of the container.', { type: 'SecurityContext' }),
  podAnnotations: table(undefined, 'Annotations of the pods.'),
  podLabels: table({}, 'More labels of the pods.'),
  extraArgs: list<string>([], 'More arguments of the program.'),
  resources: any<ResourceRequirements>({}, 'Requests and limits of the container.', { type: 'ResourceRequirements' }),
  nodeSelector: table<string>({}, 'Labels that a node must have.'),
  affinity: any<Affinity>({}, 'Affinity of the pods.', { type: 'Affinity' }),
  tolerations: list<Toleration>([], 'Taints that the pods tolerate.', { type: 'Toleration' }),
};

const deploymentValues = {
  replicaCount: number(1, 'Replicas. One of them leads, the others stand by.'),
  strategy: any<DeploymentStrategy>({}, 'How the Deployment replaces its pods.', { type: 'DeploymentStrategy' }),
  deploymentAnnotations: table(undefined, 'Annotations of the Deployment.'),
};

const podSecurityContext = any<PodSecurityContext>({ runAsNonRoot: true }, 'Security context of the pods.', { type: 'PodSecurityContext' });

const probeValues = (what: string, delay: number, period: number) =>
  group(
    {
      failureThreshold: number(3, 'Failures in a row that count.'),
      initialDelaySeconds: number(delay, 'Seconds from the start to the first probe.'),
      periodSeconds: number(period, 'Seconds between two probes.'),
      successThreshold: number(1, 'Successes in a row that count.'),
      timeoutSeconds: number(1, 'Seconds after which a probe counts as failed.'),
    },
    { doc: `${what} probe of the webhook.` },
  );

/** Annotations with which Helm runs an object after the installation and removes it once it has done its work. */
const afterInstallation = (weight: string): Table => ({
  'helm.sh/hook': 'post-install',
  'helm.sh/hook-weight': weight,
  'helm.sh/hook-delete-policy': 'hook-succeeded',
});

export const globalValues = group({
  imagePullSecrets: list<LocalObjectReference>([], 'Pull secrets that exist already; they are given to the ServiceAccounts.', {
    type: 'LocalObjectReference',
  }),
  priorityClassName: text('', 'Priority class of all pods.'),
  rbac: group({ create: flag(true, 'Makes the roles and their bindings.') }),
  podSecurityPolicy: group({
    enabled: flag(false, 'Asks for PodSecurityPolicies. They are gone since Kubernetes 1.25: nothing is made, a warning says so.'),
    useAppArmor: flag(true, 'Names AppArmor profiles in those PodSecurityPolicies.'),
  }),
  logLevel: number(2, 'How much is logged, from 0 (least) to 6.'),
  leaderElection: group(
    {
      namespace: text('kube-system', 'Namespace that holds the leases of leader election.'),
      leaseDuration: text(undefined, 'How long a lease holds that its leader does not renew.'),
      renewDeadline: text(undefined, 'How long a leader tries to renew its lease; shorter than the lease.'),
      retryPeriod: text(undefined, 'Time between two attempts to get or renew a lease.'),
    },
    { nullable: true },
  ),
});

export const certManagerValues = group({
  global: globalValues,
  installCRDs: flag(false, "Not possible here: the custom resource definitions are installed apart, from cert-manager's own release file."),
  nameOverride: text(undefined, "Replaces the component's name in object names and labels."),
  fullnameOverride: text(undefined, 'Replaces the start of all object names.'),
  creator: text(undefined, 'What made the objects. Anything but helm leaves out the labels that name Helm and the chart.'),
  ...deploymentValues,
  featureGates: text('', 'Feature gates of the controller, such as A=true,B=false.'),
  image: imageValues('quay.io/jetstack/cert-manager-controller'),
  clusterResourceNamespace: text('', 'Namespace of the Secrets that ClusterIssuers refer to. Empty means the namespace of cert-manager.'),
  serviceAccount: serviceAccountValues(undefined),
  ...podValues,
  extraEnv: list<EnvVar>([], 'More environment variables of the controller.', { type: 'EnvVar' }),
  securityContext: table<unknown>(
    { runAsNonRoot: true },
    "Security context of the controller's pods. In its old form, recognized by the key enabled: true takes fsGroup " +
      'and runAsUser only (1001 each), false leaves it out.',
    { type: 'PodSecurityContext' },
  ),
  volumes: list<Volume>([], 'Volumes of the controller.', { type: 'Volume' }),
  volumeMounts: list<VolumeMount>([], 'Volume mounts of the controller.', { type: 'VolumeMount' }),
  serviceLabels: table(undefined, 'More labels of the Service.'),
  podDnsPolicy: text(undefined, "DNS policy of the controller's pods."),
  podDnsConfig: any<PodDNSConfig>(undefined, "DNS configuration of the controller's pods.", { type: 'PodDNSConfig' }),
  ingressShim: group(
    {
      defaultIssuerName: text(undefined, 'Issuer for Ingresses that name none.'),
      defaultIssuerKind: text(undefined, 'Kind of that issuer.'),
      defaultIssuerGroup: text(undefined, 'API group of that issuer.'),
    },
    { nullable: true, doc: 'Defaults for Certificates that are made for Ingresses.' },
  ),
  prometheus: group({
    enabled: flag(true, 'Makes a Service for the metrics of the controller.'),
    servicemonitor: group(
      {
        enabled: flag(false, 'Makes a ServiceMonitor of the Prometheus operator. Without it the pods carry scrape annotations.'),
        namespace: text(undefined, "Namespace of the ServiceMonitor. Without one: the release's."),
        prometheusInstance: text('default', 'Value of the label `prometheus` of the ServiceMonitor.'),
        targetPort: text(9402, 'Port of the pods that is scraped, by number or name.'),
        path: text('/metrics', 'Path that is scraped.'),
        interval: text('60s', 'Time between two scrapes.'),
        scrapeTimeout: text('30s', 'Time after which a scrape counts as failed.'),
        labels: table({}, 'More labels of the ServiceMonitor.'),
      },
      { nullable: true },
    ),
  }),
  http_proxy: text(undefined, 'HTTP_PROXY of the controller.'),
  https_proxy: text(undefined, 'HTTPS_PROXY of the controller.'),
  no_proxy: text(undefined, 'NO_PROXY of the controller.'),
  webhook: group({
    ...deploymentValues,
    timeoutSeconds: number(10, 'Seconds that the API server waits for an answer.'),
    securityContext: podSecurityContext,
    ...podValues,
    mutatingWebhookConfigurationAnnotations: table(undefined, 'Annotations of the MutatingWebhookConfiguration.'),
    validatingWebhookConfigurationAnnotations: table(undefined, 'Annotations of the ValidatingWebhookConfiguration.'),
    livenessProbe: probeValues('Liveness', 60, 10),
    readinessProbe: probeValues('Readiness', 5, 5),
    serviceLabels: table({}, 'More labels of the Service.'),
    image: imageValues('quay.io/jetstack/cert-manager-webhook'),
    serviceAccount: serviceAccountValues(undefined),
    securePort: number(10250, 'Port that the webhook listens on.'),
    hostNetwork: flag(false, 'Runs in the network of the node, where the API server cannot reach pods.'),
    serviceType: text('ClusterIP', 'Type of the Service.'),
    loadBalancerIP: text(undefined, 'Address of the load balancer, when the type is LoadBalancer.'),
    url: group({ host: text(undefined, 'Host under which the API server reaches the webhook, in place of its Service.') }),
  }),
  cainjector: group({
    enabled: flag(true, 'Installs the CA injector, which the webhook needs.'),
    ...deploymentValues,
    securityContext: podSecurityContext,
    ...podValues,
    image: imageValues('quay.io/jetstack/cert-manager-cainjector'),
    serviceAccount: serviceAccountValues(undefined),
  }),
  startupapicheck: group({
    enabled: flag(true, 'Waits after the installation until the webhook answers.'),
    securityContext: podSecurityContext,
    timeout: text('1m', 'How long one try waits.'),
    backoffLimit: number(4, 'Tries before the Job counts as failed.'),
    jobAnnotations: table(afterInstallation('1'), 'Annotations of the Job. Those of helm.sh say when Helm runs it.'),
    ...podValues,
    image: imageValues('quay.io/jetstack/cert-manager-ctl'),
    rbac: group(
      { annotations: table(afterInstallation('-5'), 'Annotations of its role and binding. Those of helm.sh say when Helm makes them.') },
      { nullable: true },
    ),
    serviceAccount: serviceAccountValues(afterInstallation('-5')),
  }),
});

export type CertManagerValues = ValuesInput<typeof certManagerValues>;

export type CertManagerContext = Context<typeof certManagerValues>;
