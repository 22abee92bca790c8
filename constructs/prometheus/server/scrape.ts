// The default prometheus.yml: what is scraped when no other configuration is given.

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const NODE_PROXY = '/api/v1/nodes/$1/proxy';

type Relabeling = Readonly<Record<string, unknown>>;

const meta = (name: string): string => `__meta_kubernetes_${name}`;
const discover = (role: string) => ({ kubernetes_sd_configs: [{ role }] });

/** The way into the cluster's own endpoints: the account's certificate authority and token. */
const clusterAccess = { tls_config: { ca_file: `${ACCOUNT}/ca.crt`, insecure_skip_verify: true }, bearer_token_file: `${ACCOUNT}/token` };

const keep = (label: string, regex: unknown): Relabeling => ({ source_labels: [meta(label)], action: 'keep', regex });
/** Copies what matches into another label. */
const replace = (label: string, target: string, regex?: string): Relabeling => ({
  source_labels: [meta(label)],
  action: 'replace',
  target_label: target,
  ...(regex ? { regex } : {}),
});
/** The same without a written action, which is replace too. */
const assign = (source: string, target: string): Relabeling => ({ source_labels: [source], target_label: target });
const mapLabels = (prefix: string, replacement?: string): Relabeling => ({
  action: 'labelmap',
  regex: `${meta(prefix)}_(.+)`,
  ...(replacement ? { replacement } : {}),
});

/** Scheme, path, port and parameters of a target, as the annotations `prometheus.io/…` of its Service or Pod say. */
const byAnnotations = (kind: 'service' | 'pod', switchedBy: string): Relabeling[] => {
  const annotation = (name: string) => `${kind}_annotation_prometheus_io_${name}`;
  return [
    keep(annotation(switchedBy), true),
    replace(annotation('scheme'), '__scheme__', '(https?)'),
    replace(annotation('path'), '__metrics_path__', '(.+)'),
    {
      source_labels: ['__address__', meta(annotation('port'))],
      action: 'replace',
      target_label: '__address__',
      regex: '([^:]+)(?::\\d+)?;(\\d+)',
      replacement: '$1:$2',
    },
    mapLabels(annotation('param'), '__param_$1'),
    mapLabels(`${kind}_label`),
    replace('namespace', 'kubernetes_namespace'),
  ];
};

const apiServers = {
  job_name: 'kubernetes-apiservers',
  ...discover('endpoints'),
  scheme: 'https',
  ...clusterAccess,
  relabel_configs: [
    {
      source_labels: [meta('namespace'), meta('service_name'), meta('endpoint_port_name')],
      action: 'keep',
      regex: 'default;kubernetes;https',
    },
  ],
};

/** Metrics of every kubelet, through the API server. */
const nodes = (name: string, path: string) => ({
  job_name: name,
  scheme: 'https',
  ...clusterAccess,
  ...discover('node'),
  relabel_configs: [
    mapLabels('node_label'),
    { target_label: '__address__', replacement: 'kubernetes.default.svc:443' },
    { source_labels: [meta('node_name')], regex: '(.+)', target_label: '__metrics_path__', replacement: `${NODE_PROXY}${path}` },
  ],
});

const slow = { scrape_interval: '5m', scrape_timeout: '30s' };

const serviceEndpoints = (name: string, switchedBy: string, pace: object = {}) => ({
  job_name: name,
  ...pace,
  ...discover('endpoints'),
  relabel_configs: [
    ...byAnnotations('service', switchedBy),
    replace('service_name', 'kubernetes_name'),
    replace('pod_node_name', 'kubernetes_node'),
  ],
});

const pods = (name: string, switchedBy: string, pace: object = {}) => ({
  job_name: name,
  ...pace,
  ...discover('pod'),
  relabel_configs: [
    ...byAnnotations('pod', switchedBy),
    replace('pod_name', 'kubernetes_pod_name'),
    { source_labels: [meta('pod_phase')], regex: 'Pending|Succeeded|Failed|Completed', action: 'drop' },
  ],
});

const pushgateways = {
  job_name: 'prometheus-pushgateway',
  honor_labels: true,
  ...discover('service'),
  relabel_configs: [keep('service_annotation_prometheus_io_probe', 'pushgateway')],
};

/** Services probed from outside, by a blackbox exporter. */
const probedServices = {
  job_name: 'kubernetes-services',
  metrics_path: '/probe',
  params: { module: ['http_2xx'] },
  ...discover('service'),
  relabel_configs: [
    keep('service_annotation_prometheus_io_probe', true),
    assign('__address__', '__param_target'),
    { target_label: '__address__', replacement: 'blackbox' },
    assign('__param_target', 'instance'),
    mapLabels('service_label'),
    assign(meta('namespace'), 'kubernetes_namespace'),
    assign(meta('service_name'), 'kubernetes_name'),
  ],
};

export const defaultPrometheusYml = {
  rule_files: ['recording_rules.yml', 'alerting_rules.yml', 'rules', 'alerts'].map((name) => `/etc/config/${name}`),
  scrape_configs: [
    { job_name: 'prometheus', static_configs: [{ targets: ['localhost:9090'] }] },
    apiServers,
    nodes('kubernetes-nodes', '/metrics'),
    nodes('kubernetes-nodes-cadvisor', '/metrics/cadvisor'),
    serviceEndpoints('kubernetes-service-endpoints', 'scrape'),
    serviceEndpoints('kubernetes-service-endpoints-slow', 'scrape_slow', slow),
    pushgateways,
    probedServices,
    pods('kubernetes-pods', 'scrape'),
    pods('kubernetes-pods-slow', 'scrape_slow', slow),
  ],
};
