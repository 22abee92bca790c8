// Values that several components share, each set to something else than its default.
export const image = {
  repository: 'registry.example.com/part',
  pullPolicy: 'Always',
  tag: '9.9',
  credentials: { registry: 'registry.example.com', username: 'user', password: 'p@ss:w0rd', existingSecret: '' },
};

export const scheduling = {
  resources: { requests: { cpu: '1', memory: '64Mi' }, later: true },
  podSecurityContext: { fsGroup: 2000, later: true },
  nodeSelector: { pool: 'ci', generation: 3 },
  tolerations: [{ key: 'dedicated', operator: 'Exists', later: true }],
  affinity: { nodeAffinity: { later: [] } as object },
};

export const extensiblePod = {
  ...scheduling,
  podAnnotations: { scraped: true },
  securityContext: { runAsNonRoot: true, later: true },
  extraContainers: '- name: {{ .Chart.Name }}-sidecar\n  image: sidecar:1\n  stdin: true\n',
  extraVolumes: '- name: cache\n  emptyDir: {}\n',
  extraVolumeMounts: '- name: cache\n  mountPath: /{{ .Release.Name }}\n',
};

export const naming = { nameOverride: 'part', fullnameOverride: 'whole', extraLabels: { team: 'ci', number: 42 } };

export const extras = {
  extraSecrets: [
    { key: 'gcp', annotations: { owner: 'ci' }, mountPath: '/gcp', data: { 'key.json': '{}', number: 5 } },
    { key: 'encoded', b64encoded: true, data: { word: 'd29yZA==' } },
  ],
  extraConfigmaps: [
    {
      key: 'templates',
      annotations: { owner: 'ci' },
      mountPath: '/templates',
      data: 'docker.tmpl: |\n  release: {{ .Release.Name }}\n  container: {{.ContainerName}}\n',
    },
    { key: 'idle' },
  ],
};

export const proxy = { iap: { enabled: true, clientId: 'client', clientSecret: 'word', existingSecret: '' }, labels: { tier: 'edge' } };

export const autoscaling = {
  enabled: true,
  minReplicas: 2,
  maxReplicas: 5,
  targetCPUUtilizationPercentage: 70,
  targetMemoryUtilizationPercentage: 60,
};

export const service = { type: 'LoadBalancer', port: 8080, annotations: { neg: '{}' } };

export const cronJob = {
  schedule: '0 * * * *',
  failedJobsHistoryLimit: 2,
  successfulJobsHistoryLimit: 4,
  suspend: true,
  completions: 2,
  parallelism: 3,
  backoffLimit: 0,
  restartPolicy: 'Never',
};

export const cronPod = {
  ...scheduling,
  securityContext: { readOnlyRootFilesystem: true },
  extraArgs: ['--dry-run'],
  extraEnv: [{ name: 'DEPTH', value: 7 as unknown as string }],
  extraPodLabels: { tier: 'jobs' },
};
