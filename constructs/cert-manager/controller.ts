// The controller: Deployment, Service of its metrics, ServiceMonitor.
import type { EnvVar, PodSecurityContext, Service } from 'kubernetes-types/core/v1';
import { filled, isTrue, plain, plainText, text } from '../../helm/print';
import { textMap } from '../common/metadata';
import { listOf } from '../common/lists';
import { fullNameOf, labelsOf, selectorLabels } from './identity';
import { deployment, leaderElection, logLevel, namespaceVariable, option, template } from './workload';
import { need } from '../common/checks';
import type { CertManagerContext } from './values';

const METRICS_PORT = 9402;

export function controller(context: CertManagerContext) {
  const { values } = context;
  const { ingressShim, prometheus } = values;
  const scraping =
    prometheus.enabled && !monitorOf(context).enabled
      ? { 'prometheus.io/path': '/metrics', 'prometheus.io/scrape': 'true', 'prometheus.io/port': String(METRICS_PORT) }
      : {};
  const args = [
    ...logLevel(context),
    `--cluster-resource-namespace=${text(values.clusterResourceNamespace) || '$(POD_NAMESPACE)'}`,
    ...leaderElection(context),
    ...listOf(values.extraArgs).map(text),
    ...option('default-issuer-name', ingressShim?.defaultIssuerName),
    ...option('default-issuer-kind', ingressShim?.defaultIssuerKind),
    ...option('default-issuer-group', ingressShim?.defaultIssuerGroup),
    ...option('feature-gates', values.featureGates),
  ];
  return deployment(
    context,
    'controller',
    template(
      context,
      'controller',
      {
        args,
        ports: [{ containerPort: METRICS_PORT, protocol: 'TCP' }],
        volumeMounts: listOf(values.volumeMounts),
        env: [
          namespaceVariable,
          ...listOf(values.extraEnv),
          ...variable('HTTP_PROXY', values.http_proxy),
          ...variable('HTTPS_PROXY', values.https_proxy),
          ...variable('NO_PROXY', values.no_proxy),
        ],
      },
      {
        securityContext: podSecurity(context),
        volumes: listOf(values.volumes),
        dnsPolicy: plainText(filled(values.podDnsPolicy)),
        dnsConfig: filled(values.podDnsConfig),
      },
      scraping,
    ),
  );
}

const variable = (name: string, value: unknown): EnvVar[] => (isTrue(value) ? [{ name, value: text(value) }] : []);

/** The pod's security context, as given; in its old form, told by the key `enabled`, only two fields of it. */
function podSecurity({ values }: CertManagerContext): PodSecurityContext | undefined {
  const { enabled, fsGroup, runAsUser, ...others } = need(values.securityContext, 'securityContext');
  if (isTrue(enabled)) return { fsGroup: plain(filled(fsGroup) ?? 1001) as number, runAsUser: plain(filled(runAsUser) ?? 1001) as number };
  // The key alone counts, with null behind it too.
  if (enabled !== undefined) return undefined;
  return Object.fromEntries(Object.entries({ fsGroup, runAsUser, ...others }).filter(([, value]) => value !== undefined && value !== null));
}

/** Values of the ServiceMonitor, which are read only while `prometheus.enabled` is on. */
const monitorOf = ({ values }: CertManagerContext) => need(values.prometheus.servicemonitor, 'prometheus', 'servicemonitor');

export function metricsService(context: CertManagerContext) {
  const { prometheus, serviceLabels } = context.values;
  if (!prometheus.enabled) return undefined;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: fullNameOf(context), labels: { ...labelsOf(context, 'controller'), ...textMap(serviceLabels) } },
    spec: {
      type: 'ClusterIP',
      ports: [
        {
          protocol: 'TCP',
          port: METRICS_PORT,
          name: 'tcp-prometheus-servicemonitor',
          targetPort: plain(monitorOf(context).targetPort) as number | string,
        },
      ],
      selector: selectorLabels(context, 'controller'),
    },
  } satisfies Service;
}

export function serviceMonitor(context: CertManagerContext) {
  const {
    release,
    values: { prometheus },
  } = context;
  if (!prometheus.enabled) return undefined;
  const own = monitorOf(context);
  if (!own.enabled) return undefined;
  const name = fullNameOf(context);
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'ServiceMonitor',
    metadata: {
      name,
      namespace: plainText(own.namespace),
      labels: { ...labelsOf(context, 'controller'), ...textMap({ prometheus: plainText(own.prometheusInstance), ...own.labels }) },
    },
    spec: {
      jobLabel: name,
      selector: { matchLabels: selectorLabels(context, 'controller') },
      namespaceSelector: { matchNames: [release.namespace] },
      endpoints: [
        {
          targetPort: plain(own.targetPort),
          path: plainText(own.path),
          interval: plainText(own.interval),
          scrapeTimeout: plainText(own.scrapeTimeout),
        },
      ],
    },
  };
}
