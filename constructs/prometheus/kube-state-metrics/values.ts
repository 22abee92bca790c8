// Values of kube-state-metrics.
import type { Context } from '../../common/context';
import type { Affinity, LocalObjectReference, ResourceRequirements, SecurityContext, Toleration } from 'kubernetes-types/core/v1';
import { any, flag, group, list, number, table, text, type ValuesInput } from '../../../helm/schema';
import { COLLECTORS } from './collectors';

/** The chart joins lists with commas; older values files have the joined text. */
const joined = (doc: string) => any<readonly string[] | string>([], `${doc} A list, or text with commas.`);

export const kubeStateMetricsValues = group({
  nameOverride: text(undefined, "Replaces the component's name in object names and labels."),
  fullnameOverride: text(undefined, 'Replaces the whole name of the objects.'),
  namespaceOverride: text('', 'Namespace of the objects, where it is not that of the release.'),
  prometheusScrape: flag(true, 'Lets Prometheus find the Service by its annotation.'),
  image: group(
    {
      repository: text('k8s.gcr.io/kube-state-metrics/kube-state-metrics', 'Repository of the image.'),
      tag: text('v2.2.0', 'Tag of the image.'),
      pullPolicy: text('IfNotPresent', 'When the kubelet pulls the image: Always, IfNotPresent or Never.'),
    },
    { doc: 'Image of the container.' },
  ),
  imagePullSecrets: list<LocalObjectReference>([], 'Pull secrets that exist already.', { type: 'LocalObjectReference' }),
  autosharding: group({ enabled: flag(false, 'Runs a StatefulSet whose pods share the work among them.') }),
  replicas: number(1, 'Number of pods.'),
  extraArgs: list<string>([], 'More arguments.'),
  service: group(
    {
      port: number(8080, 'Port of the Service and of the metrics in the container.'),
      type: text('ClusterIP', 'Type of the Service.'),
      nodePort: number(0, 'Port on the nodes; 0 for one that Kubernetes picks.'),
      loadBalancerIP: text('', 'Address to ask of the load balancer.'),
      annotations: table({}, 'Annotations of the Service.'),
    },
    { doc: 'Service of the metrics.' },
  ),
  customLabels: table({}, 'More labels of workload, pods, Service, ServiceMonitor and PodDisruptionBudget.'),
  hostNetwork: flag(false, "Puts the pods into the node's network."),
  rbac: group(
    {
      create: flag(true, 'Makes roles and their bindings.'),
      useExistingRole: text(undefined, 'Name of a role that exists already and is bound instead of one of our own.'),
      useClusterRole: flag(true, 'Grants rights in the whole cluster; false grants them in each of `namespaces`.'),
    },
    { doc: 'Rights.' },
  ),
  serviceAccount: group(
    {
      create: flag(true, 'Makes a ServiceAccount.'),
      name: text(undefined, 'Name of the ServiceAccount. Empty means the name of the component, or `default` when none is made.'),
      imagePullSecrets: list<LocalObjectReference>([], 'Pull secrets of the ServiceAccount.', { type: 'LocalObjectReference' }),
      annotations: table({}, 'Annotations of the ServiceAccount.'),
    },
    { doc: 'ServiceAccount.' },
  ),
  prometheus: group(
    {
      monitor: group(
        {
          enabled: flag(false, 'Makes a ServiceMonitor of the Prometheus operator, whose kinds must be in the cluster.'),
          additionalLabels: table({}, 'More labels of the ServiceMonitor, which a Prometheus may select by.'),
          namespace: text('', 'Documented by the published chart, read by no template.', { unused: true }),
          honorLabels: flag(false, 'Keeps labels of the metrics that clash with those of the target.'),
          metricRelabelings: list<unknown>([], 'Relabelings of metrics before they are stored.', { type: 'RelabelConfig' }),
          relabelings: list<unknown>([], 'Relabelings of targets before they are scraped.', { type: 'RelabelConfig' }),
        },
        { doc: 'ServiceMonitor.' },
      ),
    },
    { doc: 'The Prometheus operator.' },
  ),
  podSecurityPolicy: group({
    enabled: flag(false, 'No effect but a warning: PodSecurityPolicies are gone since Kubernetes 1.25.'),
    annotations: table({}, 'Annotations of the PodSecurityPolicy, which is not made any more.', { unused: true }),
    additionalVolumes: list<unknown>([], 'Kinds of volumes in the PodSecurityPolicy, which is not made any more.', { unused: true }),
  }),
  kubeTargetVersionOverride: text('', 'Kubernetes version for the PodSecurityPolicy, which is not made any more.', { unused: true }),
  securityContext: group(
    {
      enabled: flag(true, 'Gives the pods the security context below.'),
      runAsGroup: number(65534, 'Group of the process.'),
      runAsUser: number(65534, 'User of the process.'),
      fsGroup: number(65534, 'Group of the files on volumes.'),
    },
    { doc: 'Security context of the pods.' },
  ),
  containerSecurityContext: any<SecurityContext>({}, 'Security context of the container.', { type: 'SecurityContext' }),
  priorityClassName: text(undefined, 'Priority class of the pods.'),
  nodeSelector: table<string>({}, 'Labels that a node must have.'),
  affinity: any<Affinity>({}, 'Affinity of the pods.', { type: 'Affinity' }),
  tolerations: list<Toleration>([], 'Taints that the pods tolerate.', { type: 'Toleration' }),
  podAnnotations: table({}, 'Annotations of the pods.'),
  podDisruptionBudget: table({}, 'Limit for drains, such as maxUnavailable; empty makes no PodDisruptionBudget.', {
    type: 'PodDisruptionBudgetSpec',
  }),
  metricAllowlist: joined('The only metrics that are served, as names or patterns; not together with metricDenylist.'),
  metricDenylist: joined('Metrics that are not served, as names or patterns.'),
  metricLabelsAllowlist: joined('Labels of objects that are served as labels of metrics, such as namespaces=[team].'),
  metricAnnotationsAllowList: joined('Annotations of objects that are served as labels of metrics, such as pods=[example.com/team].'),
  collectors: list<string>(
    Object.keys(COLLECTORS).filter((name) => !COLLECTORS[name]?.onDemand),
    'Kinds of objects, in the plural, that are watched and for which rights are granted.',
  ),
  kubeconfig: group(
    {
      enabled: flag(false, 'Reaches the API server with a kubeconfig of your own.'),
      secret: text(undefined, 'The kubeconfig, encoded as base64.', { secret: 'needed' }),
      existingSecret: text(undefined, 'Secret with the key config that exists already; then none is made.'),
    },
    { doc: 'Another way to the API server.' },
  ),
  namespaces: any<readonly string[] | string>(
    '',
    'Namespaces to watch, with commas between them; empty means all. A list works only without roles ' +
      'of our own. Go templates are evaluated.',
  ),
  resources: any<ResourceRequirements>({}, 'Requests and limits of the container.', { type: 'ResourceRequirements' }),
  selfMonitor: group(
    {
      enabled: flag(false, "Serves and scrapes the component's own metrics too."),
      telemetryHost: text(undefined, 'Address that its own metrics are served at.'),
      telemetryPort: number(undefined, 'Port of its own metrics; 8081 when empty.'),
    },
    { doc: 'Its own metrics.' },
  ),
});

export type KubeStateMetricsValues = ValuesInput<typeof kubeStateMetricsValues>;

export type KubeStateMetricsContext = Context<typeof kubeStateMetricsValues>;
