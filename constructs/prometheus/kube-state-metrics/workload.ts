// Deployment or StatefulSet of kube-state-metrics, its kubeconfig and its limit for drains.
import type { Deployment, StatefulSet } from 'kubernetes-types/apps/v1';
import type { Container, Secret } from 'kubernetes-types/core/v1';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';
import { filled, isTrue, plainText, text } from '../../../helm/print';
import { textMap } from '../../common/metadata';
import { podTemplate, pullSecrets } from '../../common/pod';
import { chartName } from '../../common/release';
import { listOf } from '../../common/lists';
import { numeric } from '../common/print';
import { fullNameOf, metadataOf, nameOf, selectorOf, serviceAccountNameOf } from './identity';
import { joined, watchedText } from './namespaces';
import { ownPortOf, portOf } from './service';
import type { KubeStateMetricsContext } from './values';

const KUBECONFIG = 'kubeconfig';

export function workload(context: KubeStateMetricsContext) {
  const { chart, values } = context;
  const metadata = metadataOf(context, { 'app.kubernetes.io/version': chart.appVersion, ...textMap(values.customLabels) });
  const spec = {
    selector: { matchLabels: { 'app.kubernetes.io/name': nameOf(context) } },
    replicas: numeric(values.replicas),
    template: pod(context),
  };
  if (!values.autosharding.enabled) return { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec } satisfies Deployment;
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata,
    spec: { ...spec, serviceName: fullNameOf(context), volumeClaimTemplates: [] },
  } satisfies StatefulSet;
}

function pod(context: KubeStateMetricsContext) {
  const { values } = context;
  const { securityContext } = values;
  return podTemplate(
    { labels: { ...selectorOf(context), ...textMap(values.customLabels) }, annotations: textMap(values.podAnnotations) },
    {
      hostNetwork: values.hostNetwork,
      priorityClassName: plainText(filled(values.priorityClassName)),
      imagePullSecrets: pullSecrets(undefined, values.imagePullSecrets),
      serviceAccountName: serviceAccountNameOf(context),
      securityContext: securityContext.enabled
        ? {
            fsGroup: numeric(securityContext.fsGroup),
            runAsGroup: numeric(securityContext.runAsGroup),
            runAsUser: numeric(securityContext.runAsUser),
          }
        : undefined,
      containers: [exporter(context)],
      volumes: values.kubeconfig.enabled ? [{ name: KUBECONFIG, secret: { secretName: kubeconfigName(context) } }] : [],
      nodeSelector: filled(values.nodeSelector),
      affinity: filled(values.affinity),
      tolerations: listOf(values.tolerations),
    },
  );
}

function exporter(context: KubeStateMetricsContext): Container {
  const { chart, values } = context;
  const fromPod = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
  const probe = (path: string) => ({ httpGet: { path, port: portOf(context) }, initialDelaySeconds: 5, timeoutSeconds: 5 });
  const ports = values.selfMonitor.enabled ? [portOf(context), ownPortOf(context)] : [portOf(context)];
  return {
    name: chartName(chart),
    image: `${text(values.image.repository)}:${text(values.image.tag)}`,
    imagePullPolicy: plainText(values.image.pullPolicy),
    env: values.autosharding.enabled ? [fromPod('POD_NAME', 'metadata.name'), fromPod('POD_NAMESPACE', 'metadata.namespace')] : [],
    args: programArguments(context),
    ports: ports.map((containerPort) => ({ containerPort })),
    livenessProbe: probe('/healthz'),
    readinessProbe: probe('/'),
    resources: filled(values.resources),
    securityContext: filled(values.containerSecurityContext),
    volumeMounts: values.kubeconfig.enabled ? [{ name: KUBECONFIG, mountPath: '/opt/k8s/.kube/', readOnly: true }] : [],
  };
}

function programArguments(context: KubeStateMetricsContext): string[] {
  const { values } = context;
  const argument = (name: string, value: unknown, printed = text(value)): string[] => (isTrue(value) ? [`--${name}=${printed}`] : []);
  const list = (name: string, value: unknown): string[] => argument(name, value, joined(value));
  return [
    ...listOf(values.extraArgs).map(text),
    ...argument('port', values.service.port),
    ...list('resources', values.collectors),
    ...list('metric-labels-allowlist', values.metricLabelsAllowlist),
    ...list('metric-annotations-allowlist', values.metricAnnotationsAllowList),
    ...list('metric-allowlist', values.metricAllowlist),
    ...list('metric-denylist', values.metricDenylist),
    ...(isTrue(values.namespaces) ? [`--namespaces=${watchedText(context)}`] : []),
    ...(values.autosharding.enabled ? ['--pod=$(POD_NAME)', '--pod-namespace=$(POD_NAMESPACE)'] : []),
    ...(values.kubeconfig.enabled ? ['--kubeconfig=/opt/k8s/.kube/config'] : []),
    ...argument('telemetry-host', values.selfMonitor.telemetryHost),
    `--telemetry-port=${text(filled(values.selfMonitor.telemetryPort)) || ownPortOf(context)}`,
  ];
}

const kubeconfigName = (context: KubeStateMetricsContext): string =>
  text(context.values.kubeconfig.existingSecret) || `${fullNameOf(context)}-${KUBECONFIG}`;

export function kubeconfig(context: KubeStateMetricsContext) {
  const own = context.values.kubeconfig;
  if (!own.enabled || isTrue(own.existingSecret)) return undefined;
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { ...metadataOf(context), name: kubeconfigName(context) },
    type: 'Opaque',
    data: { config: text(own.secret) },
  } satisfies Secret;
}

export function disruptionBudget(context: KubeStateMetricsContext) {
  const { customLabels, podDisruptionBudget } = context.values;
  if (!isTrue(podDisruptionBudget)) return undefined;
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadataOf(context, customLabels),
    spec: { selector: { matchLabels: { 'app.kubernetes.io/name': nameOf(context) } }, ...podDisruptionBudget },
  } satisfies PodDisruptionBudget;
}
