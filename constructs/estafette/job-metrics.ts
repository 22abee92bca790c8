// What Estafette asks of Prometheus by default: CPU and memory of build and release jobs, kept for hours; every other program off.

const TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount';

export const jobMetrics = {
  server: {
    enabled: true,
    global: { scrape_interval: '5s', scrape_timeout: '5s', evaluation_interval: '5s' },
    persistentVolume: { enabled: false },
    emptyDir: { sizeLimit: '1Gi' },
    replicaCount: 1,
    retention: '6h',
  },
  serverFiles: {
    'prometheus.yml': {
      scrape_configs: [
        {
          job_name: 'kubernetes-nodes-resource',
          scheme: 'https',
          tls_config: { ca_file: `${TOKEN}/ca.crt`, insecure_skip_verify: true },
          bearer_token_file: `${TOKEN}/token`,
          kubernetes_sd_configs: [{ role: 'node' }],
          relabel_configs: [
            { action: 'labelmap', regex: '__meta_kubernetes_node_label_(.+)' },
            { target_label: '__address__', replacement: 'kubernetes.default.svc:443' },
            {
              source_labels: ['__meta_kubernetes_node_name'],
              regex: '(.+)',
              target_label: '__metrics_path__',
              replacement: '/api/v1/nodes/$1/proxy/metrics/resource',
            },
          ],
          metric_relabel_configs: [
            { source_labels: ['__name__'], action: 'keep', regex: 'container_cpu_usage_seconds_total|container_memory_working_set_bytes' },
            // Jobs run in a namespace whose name ends so.
            { source_labels: ['namespace'], action: 'keep', regex: '.+-jobs' },
          ],
        },
      ],
    },
    'recording_rules.yml': {
      groups: [
        {
          name: 'estafette-ci-max-cpu-calculation',
          rules: [
            {
              record: 'container_cpu_usage_rate1m',
              expr: 'avg( irate(container_cpu_usage_seconds_total{container!="POD", container!=""}[6h]) ) by (container,pod,namespace)',
            },
          ],
        },
      ],
    },
  },
  serviceAccounts: {
    alertmanager: { create: false },
    nodeExporter: { create: false },
    pushgateway: { create: false },
    server: { create: true },
  },
  alertmanager: { enabled: false },
  configmapReload: { prometheus: { enabled: true }, alertmanager: { enabled: false } },
  kubeStateMetrics: { enabled: false },
  nodeExporter: { enabled: false },
  pushgateway: { enabled: false },
};
