// Values that turn on all that NATS has.
import type { NatsValues } from '../../../constructs/nats/values';

export const tls = (name: string) => ({ secret: { name }, ca: 'ca.crt', cert: 'tls.crt', key: 'tls.key' });

export const everything: NatsValues = {
  nats: {
    externalAccess: true,
    profiling: { enabled: true, port: 6001 },
    securityContext: { runAsUser: 1000 },
    resources: { requests: { cpu: '100m' } },
    jetstream: {
      enabled: true,
      domain: 'hub',
      encryption: { secret: { name: 'js', key: 'k' } },
      memStorage: { size: '2Gi' },
      fileStorage: { enabled: true, size: '20Gi', storageClassName: 'fast', annotations: { a: 1 } },
    },
    tls: tls('client-tls'),
  },
  mqtt: { enabled: true, tls: tls('mqtt-tls') },
  imagePullSecrets: [{ name: 'pull' }],
  securityContext: { fsGroup: 1000 },
  affinity: {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 1, podAffinityTerm: { topologyKey: '{{ .Release.Name }}/{{ include "nats.fullname" . }}' } },
      ],
    },
  },
  priorityClassName: 'high',
  topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' }],
  podAnnotations: { note: true },
  podDisruptionBudget: { minAvailable: 2, maxUnavailable: '50%' },
  nodeSelector: { pool: 'ci' },
  tolerations: [{ key: 'k', operator: 'Exists' }],
  statefulSetAnnotations: { set: 'yes' },
  serviceAnnotations: { service: 1 },
  cluster: { enabled: true, replicas: 5, tls: tls('cluster-tls') },
  leafnodes: {
    enabled: true,
    tls: tls('leaf-tls'),
    remotes: [
      { url: 'tls://a:7422', credentials: { secret: { name: 'creds', key: 'a.creds' } } },
      { urls: ['tls://b:7422'], credentials: { secret: { name: 'creds', key: 'b.creds' } } },
    ],
  },
  gateway: { enabled: true, tls: tls('gateway-tls') },
  bootconfig: { securityContext: { runAsUser: 1 } },
  natsbox: { credentials: { secret: { name: 'sys', key: 'sys.creds' } }, podAnnotations: { box: 1 }, nodeSelector: { pool: 'tools' } },
  exporter: {
    serviceMonitor: {
      enabled: true,
      namespace: 'monitoring',
      labels: { release: 'prometheus' },
      annotations: { a: 'b' },
      interval: '30s',
      scrapeTimeout: '10s',
    },
  },
  auth: { enabled: true, resolver: { type: 'full', operator: 'JWT', systemAccount: 'SYS' } },
  websocket: { enabled: true, port: 8443, tls: tls('ws-tls') },
  appProtocol: { enabled: true },
  commonLabels: { team: 42 },
};
