// What the Chart.yaml of the published charts say beyond name and version, which templates in values may ask for.

/** As Chart.yaml has it. */
export interface ChartFacts {
  readonly apiVersion: string;
  readonly type?: string;
  readonly description: string;
  readonly home: string;
  readonly icon?: string;
  readonly keywords?: readonly string[];
  readonly sources?: readonly string[];
  readonly maintainers?: readonly Readonly<Record<string, string>>[];
  readonly annotations?: Readonly<Record<string, string>>;
}

/** By the chart's published name. */
export const PUBLISHED_CHARTS: Readonly<Record<string, ChartFacts>> = {
  'estafette-ci': {
    apiVersion: 'v2',
    type: 'application',
    description: 'The resilient and cloud-native CI/CD platform',
    home: 'https://helm.estafette.io',
    icon: 'https://helm.estafette.io/icon.png',
  },
  'cert-manager': {
    apiVersion: 'v1',
    description: 'A Helm chart for cert-manager',
    home: 'https://github.com/jetstack/cert-manager',
    icon: 'https://raw.githubusercontent.com/jetstack/cert-manager/master/logo/logo.png',
    keywords: ['cert-manager', 'kube-lego', 'letsencrypt', 'tls'],
    sources: ['https://github.com/jetstack/cert-manager'],
    maintainers: [{ email: 'cert-manager-maintainers@googlegroups.com', name: 'cert-manager-maintainers' }],
    annotations: { 'artifacthub.io/prerelease': 'false' },
  },
  cockroachdb: {
    apiVersion: 'v1',
    description: 'CockroachDB is a scalable, survivable, strongly-consistent SQL database.',
    home: 'https://www.cockroachlabs.com',
    icon: 'https://raw.githubusercontent.com/cockroachdb/cockroach/master/docs/media/cockroach_db.png',
    sources: ['https://github.com/cockroachdb/cockroach'],
    maintainers: [{ email: 'helm-charts@cockroachlabs.com', name: 'cockroachlabs' }],
  },
  'estafette-ci-api': {
    apiVersion: 'v2',
    type: 'application',
    description: 'A Helm chart for Kubernetes',
    home: 'https://helm.estafette.io',
    icon: 'https://helm.estafette.io/icon.png',
  },
  'estafette-ci-cron-event-sender': {
    apiVersion: 'v2',
    type: 'application',
    description: 'A Helm chart for Kubernetes',
    home: 'https://helm.estafette.io',
    icon: 'https://helm.estafette.io/icon.png',
  },
  'estafette-ci-db-client': {
    apiVersion: 'v2',
    type: 'application',
    description: 'A Helm chart for Kubernetes',
    home: 'https://helm.estafette.io',
    icon: 'https://helm.estafette.io/icon.png',
  },
  'estafette-ci-db-migrator': {
    apiVersion: 'v2',
    type: 'application',
    description: 'A Helm chart for Kubernetes',
    home: 'https://helm.estafette.io',
    icon: 'https://helm.estafette.io/icon.png',
  },
  'estafette-ci-hanging-job-cleaner': {
    apiVersion: 'v2',
    type: 'application',
    description: 'A Helm chart for Kubernetes',
    home: 'https://helm.estafette.io',
    icon: 'https://helm.estafette.io/icon.png',
  },
  'estafette-ci-web': {
    apiVersion: 'v2',
    type: 'application',
    description: 'A Helm chart for Kubernetes',
    home: 'https://helm.estafette.io',
    icon: 'https://helm.estafette.io/icon.png',
  },
  'external-dns': {
    apiVersion: 'v2',
    type: 'application',
    description: 'ExternalDNS synchronizes exposed Kubernetes Services and Ingresses with DNS providers.',
    home: 'https://github.com/kubernetes-sigs/external-dns/',
    icon: 'https://github.com/kubernetes-sigs/external-dns/raw/master/img/external-dns.png',
    keywords: ['kubernetes', 'external-dns', 'dns'],
    sources: ['https://github.com/kubernetes-sigs/external-dns/'],
    maintainers: [{ email: 'steve.hipwell@gmail.com', name: 'stevehipwell' }],
    annotations: { 'artifacthub.io/changes': '- kind: added\n  description: Initial official release.\n' },
  },
  nats: {
    apiVersion: 'v2',
    description: 'A Helm chart for the NATS.io High Speed Cloud Native Distributed Communications Technology.',
    home: 'http://github.com/nats-io/k8s',
    icon: 'https://nats.io/img/nats-icon-color.png',
    keywords: ['nats', 'messaging', 'cncf'],
    maintainers: [
      { email: 'wally@nats.io', name: 'Waldemar Quevedo', url: 'https://github.com/wallyqs' },
      { email: 'colin@nats.io', name: 'Colin Sullivan', url: 'https://github.com/ColinSullivan1' },
      { email: 'jaime@nats.io', name: 'Jaime Piña', url: 'https://github.com/variadico' },
    ],
  },
  prometheus: {
    apiVersion: 'v2',
    type: 'application',
    description: 'Prometheus is a monitoring system and time series database.',
    home: 'https://prometheus.io/',
    icon: 'https://raw.githubusercontent.com/prometheus/prometheus.github.io/master/assets/prometheus_logo-cb55bb5c346.png',
    sources: [
      'https://github.com/prometheus/alertmanager',
      'https://github.com/prometheus/prometheus',
      'https://github.com/prometheus/pushgateway',
      'https://github.com/prometheus/node_exporter',
      'https://github.com/kubernetes/kube-state-metrics',
    ],
    maintainers: [
      { email: 'gianrubio@gmail.com', name: 'gianrubio' },
      { email: 'zanhsieh@gmail.com', name: 'zanhsieh' },
      { email: 'miroslav.hadzhiev@gmail.com', name: 'Xtigyro' },
      { email: 'monotek23@gmail.com', name: 'monotek' },
      { email: 'naseem@transit.app', name: 'naseemkullah' },
    ],
  },
  'kube-state-metrics': {
    apiVersion: 'v2',
    type: 'application',
    description: 'Install kube-state-metrics to generate and expose cluster-level metrics',
    home: 'https://github.com/kubernetes/kube-state-metrics/',
    keywords: ['metric', 'monitoring', 'prometheus', 'kubernetes'],
    sources: ['https://github.com/kubernetes/kube-state-metrics/'],
    maintainers: [
      { email: 'tariq.ibrahim@mulesoft.com', name: 'tariq1890' },
      { email: 'manuel@rueg.eu', name: 'mrueg' },
    ],
  },
};
