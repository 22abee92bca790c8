// The release as a whole: what it holds in each mode, what stays of the published manifests, and what does not.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BuildshuttleValues } from '../../../constructs/buildshuttle/values';
import { readYaml } from '../../../helm/yaml/read';
import { ROOT } from '../../support/cli';
import { ENGINE, environment, LEAST, POD, render, SERVICE, TOKEN, type Rendered } from './synth';
import { describeWhere } from '../../support/beside';

type Plain = Record<string, never>;

/** Of the three published manifests alike. */
const FACTS = {
  labels: { app: 'buildshuttle', name: 'buildshuttle', namespace: 'akkeris-system' },
  affinity: {
    nodeAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 1, preference: { matchExpressions: [{ key: 'akkeris.io/node-role', operator: 'In', values: ['build'] }] } },
      ],
    },
  },
};

/** Every value, so that none is declared and forgotten. */
const ALL: BuildshuttleValues = {
  mode: 'worker',
  fullnameOverride: 'shuttle',
  image: { repository: 'registry.example.com/build-worker', tag: '2.0.0', digest: `sha256:${'a'.repeat(64)}`, pullPolicy: 'Always' },
  imagePullSecrets: [{ name: 'pull' }, { name: 'pull-too' }],
  builds: {
    parallel: 3,
    timeoutSeconds: 60,
    noCache: true,
    builder: 'buildkit',
    network: 'none',
    args: { HTTP_PROXY: 'http://proxy:3128', NUMBER: 5 },
    printLogs: true,
  },
  registries: { existingSecret: 'logins', key: 'logins.json' },
  kafka: { topic: 'builds' },
  s3: { bucket: 'builds', location: 'https://s3.example.com', region: 'eu', accessKey: 'access', secretKey: 'secret' },
  storage: { size: '8Gi', storageClass: 'fast', accessMode: 'ReadWriteOncePod' },
  retention: { days: 7, size: '1Gi', cacheSize: '2Gi' },
  auth: { token: TOKEN, key: 'word' },
  egress: { allow: ['10.0.0.0/8'], deny: ['192.0.2.0/24', '2001:db8::/32'] },
  networkPolicy: {
    enabled: true,
    namespaces: ['akkeris-system', 'ci'],
    from: [{ ipBlock: { cidr: '203.0.113.0/24' }, unknownField: 1 }],
    egress: { enabled: true, allow: ['10.20.0.0/16'], apiServer: ['198.51.100.7/32'] },
  },
  engine: {
    image: { repository: 'registry.example.com/docker', tag: '29-dind-rootless', pullPolicy: 'Never' },
    maxTransfers: 5,
    resources: { limits: { memory: '8Gi' }, unknownField: 1 },
    storage: { size: '50Gi', storageClass: 'slow' },
    insecureRegistries: ['registry.local:5000'],
    registryMirrors: ['https://mirror.example.com'],
    extraArgs: ['--debug'],
  },
  resources: { limits: { cpu: 1 }, unknownField: 1 },
  nodes: { role: 'shuttle' },
  nodeSelector: { disk: 'ssd' },
  tolerations: [{ key: 'dedicated', operator: 'Exists' }],
  affinity: { podAntiAffinity: { unknownField: 1 } },
  labels: { team: 'builds' },
  annotations: { owner: 'builds' },
  podAnnotations: { scrape: true },
  extraEnv: [
    { name: 'LOG_LEVEL', value: 'debug' },
    { name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
  ],
  service: { type: 'NodePort', port: 8080, annotations: { lb: 'internal' } },
  ingress: {
    enabled: true,
    className: 'nginx',
    host: 'builds.example.com',
    path: '/builds',
    tlsSecret: 'builds-tls',
    annotations: { 'nginx.ingress.kubernetes.io/proxy-body-size': '64m' },
  },
  serviceMonitor: { enabled: true, labels: { release: 'prometheus' }, interval: '10s' },
};

describe('buildshuttle', () => {
  it.each([
    ['host', []],
    ['worker', ['ConfigMap/buildshuttle-engine']],
    ['externalWorker', []],
  ] as const)('with the least values in the mode %s makes the service and no more', (mode, more) => {
    expect(render(LEAST[mode]).ids.toSorted()).toEqual(
      [
        'Deployment/buildshuttle',
        'NetworkPolicy/buildshuttle',
        'PersistentVolumeClaim/buildshuttle-queue',
        'Secret/buildshuttle-auth',
        'Service/buildshuttle',
        ...more,
      ].toSorted(),
    );
  });

  it('with all values prints each of them', () => {
    const { ids, find, objects } = render(ALL);
    expect(ids.toSorted()).toEqual(
      [
        'ConfigMap/shuttle-engine',
        'Deployment/shuttle',
        'Ingress/shuttle',
        'NetworkPolicy/shuttle',
        'PersistentVolumeClaim/shuttle-engine',
        'PersistentVolumeClaim/shuttle-queue',
        'Secret/shuttle-auth',
        'Secret/shuttle-s3',
        'Service/shuttle',
        'ServiceMonitor/shuttle',
      ].toSorted(),
    );
    for (const { metadata } of objects) {
      expect(metadata.labels).toMatchObject({ team: 'builds', name: 'shuttle' });
      expect(metadata.annotations).toMatchObject({ owner: 'builds' });
      expect(metadata.namespace).toBe('akkeris-system');
    }
    const deployment = find('Deployment', 'shuttle');
    expect(environment(deployment)).toEqual({
      PORT: '9000',
      DATA_DIR: '/data',
      AUTH_TOKEN_FILE: '/etc/buildshuttle/auth/token',
      DOCKER_BUILD_IMAGE: `registry.example.com/build-worker@sha256:${'a'.repeat(64)}`,
      DOCKER_BUILD_SETTINGS: '{"socketPath":"/engine/docker.sock"}',
      MAXIMUM_PARALLEL_BUILDS: '3',
      TIMEOUT_IN_MS: '60000',
      SHUTDOWN_GRACE_MS: '45000',
      NO_CACHE: 'true',
      BUILDER: 'buildkit',
      BUILD_NETWORK: 'none',
      EXTRA_BUILD_ARGS: '{"HTTP_PROXY":"http://proxy:3128","NUMBER":"5"}',
      EXTRA_DOCKER_REGISTRY_CONFIG: 'logins/logins.json',
      SHOW_BUILD_LOGS: 'true',
      KAFKA_TOPIC: 'builds',
      S3_BUCKET: 'builds',
      S3_LOCATION: 'https://s3.example.com',
      S3_REGION: 'eu',
      S3_ACCESS_KEY: 'shuttle-s3/S3_ACCESS_KEY',
      S3_SECRET_KEY: 'shuttle-s3/S3_SECRET_KEY',
      RETENTION_DAYS: '7',
      RETENTION_BYTES: '1Gi',
      CACHE_MAX_BYTES: '2Gi',
      MAX_WAITING_BYTES: String(2 ** 32),
      EGRESS_ALLOW: '10.0.0.0/8',
      EGRESS_DENY: '192.0.2.0/24,2001:db8::/32',
      LOG_LEVEL: 'debug',
      NODE: undefined,
    });
    expect(deployment).toHaveProperty(`${SERVICE}.env.27.valueFrom.fieldRef.fieldPath`, 'spec.nodeName');
    expect(deployment).toHaveProperty(`${SERVICE}.resources`, {
      limits: { cpu: 1, memory: '1Gi' },
      requests: { cpu: '100m', memory: '256Mi' },
      unknownField: 1,
    });
    expect(deployment).toHaveProperty(`${SERVICE}.imagePullPolicy`, 'Always');
    expect(deployment).toHaveProperty(`${ENGINE}.resources`, {
      limits: { memory: '8Gi' },
      requests: { cpu: '500m', memory: '2Gi' },
      unknownField: 1,
    });
    expect(deployment).toHaveProperty(`${ENGINE}.image`, 'registry.example.com/docker:29-dind-rootless');
    expect(deployment).toHaveProperty(`${ENGINE}.imagePullPolicy`, 'Never');
    expect(deployment).toHaveProperty(
      `${ENGINE}.args`,
      expect.arrayContaining([
        '--max-concurrent-uploads=5',
        '--max-concurrent-downloads=5',
        '--insecure-registry=registry.local:5000',
        '--registry-mirror=https://mirror.example.com',
        '--debug',
      ]),
    );
    expect(deployment).toHaveProperty(
      POD,
      expect.objectContaining({
        imagePullSecrets: [{ name: 'pull' }, { name: 'pull-too' }],
        nodeSelector: { disk: 'ssd' },
        affinity: { podAntiAffinity: { unknownField: 1 } },
        tolerations: [
          { key: 'akkeris.io/node-role', operator: 'Equal', value: 'shuttle', effect: 'NoSchedule' },
          { key: 'dedicated', operator: 'Exists' },
        ],
      }),
    );
    expect(deployment).toHaveProperty('spec.template.metadata.annotations', { scrape: 'true' });
    expect(find('PersistentVolumeClaim', 'shuttle-queue').spec).toMatchObject({
      accessModes: ['ReadWriteOncePod'],
      storageClassName: 'fast',
      resources: { requests: { storage: '8Gi' } },
    });
    expect(find('PersistentVolumeClaim', 'shuttle-engine').spec).toMatchObject({
      storageClassName: 'slow',
      resources: { requests: { storage: '50Gi' } },
    });
    expect(find('Secret', 'shuttle-auth')['stringData']).toEqual({ word: TOKEN });
    expect(find('Service', 'shuttle')).toMatchObject({
      metadata: { annotations: { lb: 'internal' } },
      spec: { type: 'NodePort', ports: [{ port: 8080, targetPort: 9000 }], selector: { name: 'shuttle' } },
    });
    expect(find('Ingress', 'shuttle').spec).toEqual({
      ingressClassName: 'nginx',
      rules: [
        {
          host: 'builds.example.com',
          http: { paths: [{ path: '/builds', pathType: 'Prefix', backend: { service: { name: 'shuttle', port: { number: 8080 } } } }] },
        },
      ],
      tls: [{ hosts: ['builds.example.com'], secretName: 'builds-tls' }],
    });
    expect(find('ServiceMonitor', 'shuttle')).toMatchObject({
      metadata: { labels: { release: 'prometheus' } },
      spec: {
        endpoints: [
          { port: 'http', path: '/metrics', interval: '10s', authorization: { credentials: { name: 'shuttle-auth', key: 'word' } } },
        ],
        selector: { matchLabels: { name: 'shuttle' } },
      },
    });
  });

  it('names its objects after the release, and keeps buildshuttle where that is its name', () => {
    expect(render(LEAST.host, { release: 'ci' }).ids).toContain('Deployment/ci-buildshuttle');
    expect(render(LEAST.host, { release: 'my-buildshuttle' }).ids).toContain('Deployment/my-buildshuttle');
  });
});

describe.each([
  ['host', 'using-host'],
  ['worker', 'with-worker'],
  ['externalWorker', 'with-external-worker'],
] as const)('the mode %s beside the published manifest', (mode, published) => {
  const path = join(ROOT, '..', 'shared', 'parity', 'buildshuttle', published, 'expected.yaml');
  const { deployment, find } = render(LEAST[mode]);

  it('keeps name, namespace, labels and selector', () => {
    expect(deployment.metadata).toMatchObject({ name: 'buildshuttle', namespace: 'akkeris-system', labels: FACTS.labels });
    expect(deployment).toHaveProperty('spec.selector', { matchLabels: { name: 'buildshuttle' } });
    expect(deployment).toHaveProperty('spec.template.metadata.labels', FACTS.labels);
  });

  it("keeps port, probes' port, node preference and grace period", () => {
    expect(deployment).toHaveProperty(`${SERVICE}.name`, 'buildshuttle');
    expect(deployment).toHaveProperty(`${SERVICE}.ports`, [{ containerPort: 9000, name: 'http' }]);
    for (const probe of ['readinessProbe', 'livenessProbe']) expect(deployment).toHaveProperty(`${SERVICE}.${probe}.httpGet.port`, 9000);
    expect(deployment).toHaveProperty(`${POD}.affinity`, FACTS.affinity);
    expect(deployment).toHaveProperty(`${POD}.terminationGracePeriodSeconds`, 60);
  });

  it('has the Service that the client knows', () => {
    expect(find('Service').spec).toMatchObject({
      type: 'ClusterIP',
      ports: [{ port: 80, targetPort: 9000 }],
      selector: { name: 'buildshuttle' },
    });
  });

  it('does not keep: a file for a socket, latest, rolling updates, the node’s socket where it is not used', () => {
    const text = JSON.stringify(deployment);
    expect(text).not.toMatch(/"type":"File"|:latest|rollingUpdate|"privileged":true/i);
    expect(deployment).toHaveProperty('spec.strategy', { type: 'Recreate' });
    expect(deployment).toHaveProperty('spec.replicas', 1);
    expect(text.includes('hostPath')).toBe(mode === 'host');
    expect(deployment).toHaveProperty(`${POD}.automountServiceAccountToken`, false);
  });

  it('lets nobody in without the token', () => {
    expect(environment(deployment)['AUTH_TOKEN_FILE']).toBe('/etc/buildshuttle/auth/token');
    expect(find('Secret', 'buildshuttle-auth')['stringData']).toEqual({ token: TOKEN });
    expect(JSON.stringify(deployment)).not.toContain(TOKEN);
  });

  // The manifests themselves, where they are at hand: that the facts above are theirs.
  describeWhere(path)('the manifest', () => {
    it('has the same facts', () => {
      const { metadata, spec } = readYaml(readFileSync(path, 'utf8'), path) as unknown as Rendered & { spec: Plain };
      expect(metadata.labels).toEqual(FACTS.labels);
      expect(spec).toHaveProperty('selector', { matchLabels: { name: 'buildshuttle' } });
      expect(spec).toHaveProperty('template.spec.affinity', FACTS.affinity);
      const names = Object.keys(environment({ spec } as unknown as Rendered));
      const ours = environment(
        render({ ...LEAST[mode], s3: { existingConfigMap: 'buildshuttle' }, extraEnv: [{ name: 'DEBUG', value: '' }] }).deployment,
      );
      expect(names.filter((name) => !(name in ours))).toEqual([]);
    });
  });
});
