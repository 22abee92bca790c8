// Values of external-dns.
import type { Context } from '../common/context';
import type {
  Affinity,
  EnvVar,
  LocalObjectReference,
  PodSecurityContext,
  Probe,
  ResourceRequirements,
  SecurityContext,
  Toleration,
  Volume,
  VolumeMount,
} from 'kubernetes-types/core/v1';
import { any, flag, group, list, number, table, text, type ValuesInput } from '../../helm/schema';

const probe = (what: string, delay: number, failures: number) =>
  any<Probe>(
    {
      httpGet: { path: '/healthz', port: 'http' },
      initialDelaySeconds: delay,
      periodSeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: failures,
      successThreshold: 1,
    },
    `${what} probe of the container.`,
    { type: 'Probe' },
  );

export const externalDnsValues = group({
  image: group({
    repository: text('k8s.gcr.io/external-dns/external-dns', 'Repository of the image.'),
    tag: text('', 'Tag of the image. Empty means the version of external-dns that the chart was made for.'),
    pullPolicy: text('IfNotPresent', 'When the kubelet pulls the image: Always, IfNotPresent or Never.'),
  }),
  imagePullSecrets: list<LocalObjectReference>([], 'Pull secrets that exist already.', { type: 'LocalObjectReference' }),
  nameOverride: text('', "Replaces the component's name in object names and labels."),
  fullnameOverride: text('', 'Replaces the whole name of the objects.'),
  serviceAccount: group({
    create: flag(true, 'Makes a ServiceAccount.'),
    annotations: table({}, 'Annotations of the ServiceAccount, such as the cloud identity it stands for.'),
    name: text('', 'Name of the ServiceAccount. Empty means the name of the component, or `default` when none is made.'),
  }),
  rbac: group({ create: flag(true, 'Makes the ClusterRole to read Services, Ingresses and Nodes, and its binding.') }),
  podLabels: table({}, 'More labels of the pod.'),
  podAnnotations: table({}, 'Annotations of the pod.'),
  podSecurityContext: any<PodSecurityContext>({ fsGroup: 65534 }, 'Security context of the pod.', { type: 'PodSecurityContext' }),
  securityContext: any<SecurityContext>(
    { runAsNonRoot: true, runAsUser: 65534, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
    'Security context of the container.',
    { type: 'SecurityContext' },
  ),
  priorityClassName: text('', 'Priority class of the pod.'),
  terminationGracePeriodSeconds: number(undefined, 'Seconds that the pod gets to stop.'),
  serviceMonitor: group({
    enabled: flag(false, 'Makes a ServiceMonitor of the Prometheus operator.'),
    additionalLabels: table({}, 'More labels of the ServiceMonitor, which a Prometheus may select by.'),
    interval: text('1m', 'Time between two scrapes.'),
    scrapeTimeout: text('10s', 'Time after which a scrape counts as failed.'),
  }),
  env: list<EnvVar>([], 'Environment variables of the container, such as the credentials of the DNS provider.', { type: 'EnvVar' }),
  livenessProbe: probe('Liveness', 10, 2),
  readinessProbe: probe('Readiness', 5, 6),
  service: group({ port: number(7979, 'Port of the Service, on which metrics are served.') }),
  extraVolumes: list<Volume>([], 'Volumes of the pod.', { type: 'Volume' }),
  extraVolumeMounts: list<VolumeMount>([], 'Volume mounts of the container.', { type: 'VolumeMount' }),
  resources: any<ResourceRequirements>({}, 'Requests and limits of the container.', { type: 'ResourceRequirements' }),
  nodeSelector: table<string>({}, 'Labels that a node must have.'),
  tolerations: list<Toleration>([], 'Taints that the pod tolerates.', { type: 'Toleration' }),
  affinity: any<Affinity>({}, 'Affinity of the pod.', { type: 'Affinity' }),
  logLevel: text('info', 'Lowest level that is logged: panic, fatal, error, warning, info, debug or trace.'),
  logFormat: text('text', 'Format of the log: text or json.'),
  interval: text('1m', 'Time between two rounds that bring the DNS records up to date.'),
  triggerLoopOnEvent: flag(false, 'Starts a round on every change of a source too.'),
  sources: list<string>(['service', 'ingress'], 'Kinds of objects whose host names get records.'),
  policy: text('upsert-only', 'What may happen to records: sync, upsert-only or create-only.'),
  registry: text(
    'txt',
    'Where ownership of records is kept. The chart only asks whether it is txt; another registry must be named in extraArgs too.',
  ),
  txtOwnerId: text('', 'Name of this instance in its TXT records. Only with registry txt.'),
  txtPrefix: text('', 'Prefix of the names of its TXT records. Only with registry txt.'),
  domainFilters: list<string>([], 'Domains whose zones are managed. Empty means all.'),
  provider: text('aws', 'DNS provider, such as aws, google, azure or cloudflare.'),
  extraArgs: list<string>([], 'More arguments, such as those the provider needs.'),
});

export type ExternalDnsValues = ValuesInput<typeof externalDnsValues>;

export type ExternalDnsContext = Context<typeof externalDnsValues>;
