// Every value of cert-manager set to something of its own.
import type { CertManagerValues } from '../../../constructs/cert-manager/values';

type Program = NonNullable<CertManagerValues['webhook']>;

const account = (name: string) => ({ create: true, name, annotations: { owner: name }, automountServiceAccountToken: false });

const pod = {
  containerSecurityContext: { readOnlyRootFilesystem: true },
  podAnnotations: { note: 1 },
  podLabels: { team: 7 },
  extraArgs: ['--extra'],
  resources: { limits: { cpu: '1' } },
  nodeSelector: { disk: 'ssd' },
  affinity: { podAffinity: {} },
  tolerations: [{ operator: 'Exists' }],
};

const deployment = { replicaCount: '2', strategy: { type: 'Recreate' }, deploymentAnnotations: { owner: 'ci' } } as const;
const probe = (start: number): Program['livenessProbe'] => ({
  failureThreshold: start,
  initialDelaySeconds: start + 1,
  periodSeconds: start + 2,
  successThreshold: start + 3,
  timeoutSeconds: start + 4,
});

export const everything: Required<CertManagerValues> = {
  global: {
    imagePullSecrets: [{ name: 'pull' }],
    priorityClassName: 'high',
    rbac: { create: true },
    podSecurityPolicy: { enabled: false, useAppArmor: false },
    logLevel: 6,
    leaderElection: { namespace: 'leaders', leaseDuration: '60s', renewDeadline: '40s', retryPeriod: '15s' },
  },
  installCRDs: false,
  nameOverride: 'certs',
  fullnameOverride: 'ci-certs',
  creator: 'static',
  ...deployment,
  ...pod,
  featureGates: 'A=true',
  image: { registry: 'r.example.com', repository: 'controller', tag: 'v9', digest: 'sha256:abc', pullPolicy: 'Always' },
  clusterResourceNamespace: 'dns',
  serviceAccount: account('controller'),
  extraEnv: [{ name: 'KEY', value: 'x' }],
  securityContext: { enabled: true, fsGroup: 5, runAsUser: 6, runAsNonRoot: false },
  volumes: [{ name: 'v', emptyDir: {} }],
  volumeMounts: [{ name: 'v', mountPath: '/v' }],
  serviceLabels: { scrape: 'yes' },
  podDnsPolicy: 'None',
  podDnsConfig: { nameservers: ['192.0.2.53'] },
  ingressShim: { defaultIssuerName: 'letsencrypt', defaultIssuerKind: 'ClusterIssuer', defaultIssuerGroup: 'cert-manager.io' },
  prometheus: {
    enabled: true,
    servicemonitor: {
      enabled: true,
      namespace: 'monitoring',
      prometheusInstance: 'main',
      targetPort: 'metrics',
      path: '/m',
      interval: '2m',
      scrapeTimeout: '3s',
      labels: { scrape: 'yes' },
    },
  },
  http_proxy: 'http://proxy:8080',
  https_proxy: 'http://proxy:8443',
  no_proxy: '127.0.0.1',
  webhook: {
    ...deployment,
    ...pod,
    timeoutSeconds: 9,
    securityContext: { runAsUser: 7 },
    mutatingWebhookConfigurationAnnotations: { kind: 'mutating' },
    validatingWebhookConfigurationAnnotations: { kind: 'validating' },
    livenessProbe: probe(10),
    readinessProbe: probe(20),
    serviceLabels: { exposed: 'no' },
    image: { repository: 'webhook', tag: 'v8' },
    serviceAccount: account('webhook'),
    securePort: 10260,
    hostNetwork: true,
    serviceType: 'LoadBalancer',
    loadBalancerIP: '192.0.2.1',
    url: { host: 'webhook.example.com' },
  },
  cainjector: {
    enabled: true,
    ...deployment,
    ...pod,
    securityContext: { runAsUser: 8 },
    image: { repository: 'cainjector', tag: 'v7' },
    serviceAccount: account('cainjector'),
  },
  startupapicheck: {
    enabled: true,
    ...pod,
    securityContext: { runAsUser: 9 },
    timeout: '5m',
    backoffLimit: 2,
    jobAnnotations: { 'helm.sh/hook': 'post-install,post-upgrade', note: 'check' },
    image: { repository: 'ctl', tag: 'v6' },
    rbac: { annotations: { 'helm.sh/hook': null, 'helm.sh/hook-weight': null, 'helm.sh/hook-delete-policy': null, owner: 'ci' } },
    serviceAccount: account('check'),
  },
};
