// The queue's objects, with the least and with all values.
import { natsFullName } from '../../../constructs/nats/identity';
import type { NatsValues } from '../../../constructs/nats/values';
import { testPod } from '../../../constructs/nats/test-pod';
import { everything, tls } from './everything';
import { synth, type Rendered } from './synth';

interface Container {
  readonly name: string;
  readonly [key: string]: unknown;
}
interface Pod {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes: readonly { readonly name: string }[];
  readonly [key: string]: unknown;
}
interface Workload {
  readonly spec: { readonly template: { readonly metadata: object; readonly spec: Pod }; readonly [key: string]: unknown };
}

const workload = (object: Rendered) => (object as unknown as Workload).spec;
const pod = (values: NatsValues): Pod => workload(synth(values).find('StatefulSet')).template.spec;
const container = (values: NatsValues, name = 'nats'): Container => {
  const found = [...pod(values).containers, ...(pod(values).initContainers ?? [])].find((each) => each.name === name);
  if (!found) throw new Error(`no container ${name}`);
  return found;
};
const names = (list: unknown): string[] => (list as { name: string }[]).map(({ name }) => name);

describe('with no values', () => {
  it('installs one server, its Service, its configuration and the tools', () => {
    const { ids, warnings } = synth();
    expect(ids).toEqual([
      'ConfigMap estafette-ci-queue-config',
      'Deployment estafette-ci-queue-box',
      'Service estafette-ci-queue',
      'StatefulSet estafette-ci-queue',
    ]);
    expect(warnings).toEqual([]);
  });

  it('runs the server with reloader and exporter, and nothing empty', () => {
    const { find } = synth();
    expect(workload(find('StatefulSet')).replicas).toBe(1);
    expect(names(pod({}).containers)).toEqual(['nats', 'reloader', 'metrics']);
    expect(names(pod({}).volumes)).toEqual(['config-volume', 'pid']);
    expect(Object.keys(pod({})).toSorted()).toEqual(['containers', 'shareProcessNamespace', 'terminationGracePeriodSeconds', 'volumes']);
    expect(workload(find('StatefulSet'))).not.toHaveProperty('volumeClaimTemplates');
  });

  it('selects by name and instance', () => {
    const selector = { 'app.kubernetes.io/name': 'queue', 'app.kubernetes.io/instance': 'estafette-ci' };
    const { find } = synth();
    expect(find('Service').spec).toMatchObject({ clusterIP: 'None', selector });
    expect(workload(find('StatefulSet')).selector).toEqual({ matchLabels: selector });
    expect(find('StatefulSet').metadata.labels).toMatchObject({
      ...selector,
      'helm.sh/chart': 'queue-0.8.9',
      'app.kubernetes.io/version': '2.5.0',
    });
  });

  it('leaves the metrics port to the exporter, which has it under the same name', () => {
    expect(names(container({}).ports)).not.toContain('metrics');
    expect(container({}, 'metrics').ports).toEqual([{ containerPort: 7777, name: 'metrics' }]);
    expect(names(container({ exporter: { enabled: false } }).ports)).toContain('metrics');
  });
});

describe('with all values', () => {
  const all = synth(everything);

  it('installs everything', () => {
    expect(all.ids).toEqual([
      'ClusterRole nats-server',
      'ClusterRoleBinding nats-server-binding',
      'ConfigMap estafette-ci-queue-config',
      'Deployment estafette-ci-queue-box',
      'PodDisruptionBudget estafette-ci-queue',
      'Service estafette-ci-queue',
      'ServiceAccount nats-server',
      'ServiceMonitor estafette-ci-queue',
      'StatefulSet estafette-ci-queue',
    ]);
  });

  it('opens every port, on the node too', () => {
    expect(container(everything).ports).toEqual([
      { containerPort: 4222, name: 'client', hostPort: 4222 },
      { containerPort: 7422, name: 'leafnodes', hostPort: 7422 },
      { containerPort: 7522, name: 'gateways', hostPort: 7522 },
      { containerPort: 6222, name: 'cluster' },
      { containerPort: 8222, name: 'monitor' },
      { containerPort: 1883, name: 'mqtt', hostPort: 1883 },
      { containerPort: 8443, name: 'websocket', hostPort: 8443 },
      { containerPort: 6001, name: 'profiling' },
    ]);
    const { ports } = all.find('Service').spec as { ports: object[] };
    expect(ports).toContainEqual({ name: 'websocket', port: 8443, appProtocol: 'tcp' });
    expect(ports).toContainEqual({ name: 'profiling', port: 6001, appProtocol: 'http' });
    expect(ports).toHaveLength(9);
  });

  it('mounts each certificate for its users, and credentials that two remotes share once', () => {
    const certificates = [
      'client-tls-clients',
      'mqtt-tls-mqtt',
      'cluster-tls-cluster',
      'leaf-tls-leafnodes',
      'gateway-tls-gateways',
      'ws-tls-ws',
    ].map((name) => `${name}-volume`);
    expect(names(pod(everything).volumes)).toEqual(['config-volume', 'pid', 'advertiseconfig', ...certificates, 'creds-volume']);
    expect(container(everything).volumeMounts).toEqual([
      { name: 'config-volume', mountPath: '/etc/nats-config' },
      { name: 'pid', mountPath: '/var/run/nats' },
      { mountPath: '/etc/nats-config/advertise', name: 'advertiseconfig', subPath: 'advertise' },
      { name: 'nats-jwt-pvc', mountPath: '/accounts/jwt' },
      { name: 'estafette-ci-queue-js-pvc', mountPath: '/data' },
      { name: 'client-tls-clients-volume', mountPath: '/etc/nats-certs/clients/client-tls' },
      { name: 'mqtt-tls-mqtt-volume', mountPath: '/etc/nats-certs/mqtt/mqtt-tls' },
      { name: 'cluster-tls-cluster-volume', mountPath: '/etc/nats-certs/cluster/cluster-tls' },
      { name: 'leaf-tls-leafnodes-volume', mountPath: '/etc/nats-certs/leafnodes/leaf-tls' },
      { name: 'gateway-tls-gateways-volume', mountPath: '/etc/nats-certs/gateways/gateway-tls' },
      { name: 'ws-tls-ws-volume', mountPath: '/etc/nats-certs/ws/ws-tls' },
      { name: 'creds-volume', mountPath: '/etc/nats-creds/creds' },
    ]);
  });

  it('claims storage for JWTs and for JetStream', () => {
    expect(workload(all.find('StatefulSet')).volumeClaimTemplates).toEqual([
      { metadata: { name: 'nats-jwt-pvc' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
      {
        metadata: { name: 'estafette-ci-queue-js-pvc', annotations: { a: '1' } },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '20Gi' } }, storageClassName: 'fast' },
      },
    ]);
  });

  it('schedules the servers as told and evaluates templates in the affinity', () => {
    expect(pod(everything)).toMatchObject({
      priorityClassName: 'high',
      serviceAccountName: 'nats-server',
      nodeSelector: { pool: 'ci' },
      tolerations: [{ key: 'k', operator: 'Exists' }],
      imagePullSecrets: [{ name: 'pull' }],
      securityContext: { fsGroup: 1000 },
      affinity: {
        podAntiAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            { weight: 1, podAffinityTerm: { topologyKey: 'estafette-ci/estafette-ci-queue' } },
          ],
        },
      },
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: 'zone',
          whenUnsatisfiable: 'DoNotSchedule',
          labelSelector: { matchLabels: { 'app.kubernetes.io/name': 'queue' } },
        },
      ],
    });
  });

  it('gives the init container its security context, where the chart prints loose fields', () => {
    expect(container(everything, 'bootconfig')).toMatchObject({
      securityContext: { runAsUser: 1 },
      image: 'natsio/nats-boot-config:0.5.4',
    });
    expect(container(everything, 'bootconfig')).not.toHaveProperty('runAsUser');
  });

  it('hands the key of JetStream and the profiles to the server', () => {
    expect(names(container(everything).env)).toEqual(['POD_NAME', 'POD_NAMESPACE', 'CLUSTER_ADVERTISE', 'JS_KEY']);
    expect(container(everything).command).toContain('--profile=6001');
    expect(container(everything, 'metrics').args).toContain('-jsz=all');
  });

  it('lets the tools use credentials and trust the certificates', () => {
    const [box] = workload(all.find('Deployment')).template.spec.containers;
    expect(box).toMatchObject({
      env: [
        { name: 'NATS_URL', value: 'estafette-ci-queue' },
        { name: 'USER_CREDS', value: '/etc/nats-config/creds/sys.creds' },
        { name: 'USER2_CREDS', value: '/etc/nats-config/creds/sys.creds' },
      ],
      lifecycle: {
        postStart: {
          exec: {
            command: [
              '/bin/sh',
              '-c',
              'cp /etc/nats-certs/clients/client-tls/* /usr/local/share/ca-certificates && update-ca-certificates',
            ],
          },
        },
      },
    });
  });

  it('keeps the budget, annotations and labels as texts or numbers, as Kubernetes takes them', () => {
    expect(all.find('PodDisruptionBudget')).toMatchObject({ apiVersion: 'policy/v1', spec: { minAvailable: 2, maxUnavailable: '50%' } });
    expect(all.find('StatefulSet').metadata).toMatchObject({ labels: { team: '42' }, annotations: { set: 'yes' } });
    expect(workload(all.find('StatefulSet')).template.metadata).toMatchObject({
      annotations: { note: 'true', 'prometheus.io/port': '7777' },
    });
    expect(all.find('Service').metadata.annotations).toEqual({ service: '1' });
  });

  it('puts the ServiceMonitor where the operator is', () => {
    expect(all.find('ServiceMonitor')).toMatchObject({
      metadata: { namespace: 'monitoring', labels: { release: 'prometheus' }, annotations: { a: 'b' } },
      spec: { endpoints: [{ port: 'metrics', path: '/metrics', interval: '30s', scrapeTimeout: '10s' }], namespaceSelector: { any: true } },
    });
  });
});

describe('single values', () => {
  it('runs as many servers as the cluster has, and one without a cluster', () => {
    const replicas = (values: NatsValues) => workload(synth(values).find('StatefulSet')).replicas;
    expect(replicas({ cluster: { enabled: true } })).toBe(3);
    expect(replicas({ cluster: { enabled: true, replicas: '5' } })).toBe(5);
    expect(replicas({ cluster: { replicas: 5 } })).toBe(1);
  });

  it('takes a configuration or a claim that exists already', () => {
    expect(pod({ nats: { customConfigSecret: { name: 'own' } } }).volumes[0]).toEqual({
      name: 'config-volume',
      secret: { secretName: 'own' },
    });
    const values: NatsValues = { nats: { jetstream: { enabled: true, fileStorage: { enabled: true, existingClaim: 'disk' } } } };
    expect(pod(values).volumes).toContainEqual({ name: 'estafette-ci-queue-js-pvc', persistentVolumeClaim: { claimName: 'disk' } });
    expect(workload(synth(values).find('StatefulSet'))).not.toHaveProperty('volumeClaimTemplates');
  });

  it.each<[NatsValues, string, string]>([
    [
      { auth: { enabled: true, resolver: { type: 'memory', configMap: { name: 'accounts', key: 'r.conf' } } } },
      'resolver-volume',
      '/etc/nats-config/accounts',
    ],
    [
      { auth: { enabled: true, resolver: { type: 'URL' }, operatorjwt: { configMap: { name: 'operator', key: 'KO.jwt' } } } },
      'operator-jwt-volume',
      '/etc/nats-config/operator',
    ],
  ])('mounts what the resolver reads', (values, name, mountPath) => {
    expect(names(pod(values).volumes)).toContain(name);
    expect(container(values).volumeMounts).toContainEqual({ name, mountPath });
  });

  it('selects by labels of your own, whole numbers in full', () => {
    expect(workload(synth({ nats: { selectorLabels: { app: 'nats', build: 1000000 } } }).find('StatefulSet')).selector).toEqual({
      matchLabels: { app: 'nats', build: '1000000' },
    });
  });

  it('sleeps until clients have gone', () => {
    expect(container({ nats: { terminationGracePeriodSeconds: 90 } }).lifecycle).toEqual({
      preStop: { exec: { command: ['/bin/sh', '-c', 'nats-server -sl=ldm=/var/run/nats/nats.pid && /bin/sleep 90'] } },
    });
  });

  it('leaves out what is switched off', () => {
    expect(synth({ natsbox: { enabled: false } }).ids.some((id) => id.startsWith('Deployment'))).toBe(false);
    expect(names(pod({ reloader: { enabled: false }, exporter: { enabled: false } }).containers)).toEqual(['nats']);
    expect(workload(synth({ exporter: { enabled: false } }).find('StatefulSet')).template.metadata).not.toHaveProperty('annotations');
    expect(synth({ nats: { externalAccess: true, advertise: false } }).ids.some((id) => id.startsWith('ServiceAccount'))).toBe(false);
  });

  it('prints no field of Services that Kubernetes has taken away', () => {
    expect(synth({ topologyKeys: ['zone'] }).find('Service').spec).not.toHaveProperty('topologyKeys');
  });
});

describe('natsFullName', () => {
  it.each([
    ['estafette-ci', {}, 'estafette-ci-queue'],
    ['my-queue', {}, 'my-queue'],
    ['r', { nameOverride: 'bus' }, 'r-bus'],
    ['r', { fullnameOverride: 'bus' }, 'bus'],
    ['r', { nameOverride: '', fullnameOverride: null }, 'r-queue'],
    ['a'.repeat(53), {}, `${'a'.repeat(53)}-queue`],
    ['a'.repeat(53), { nameOverride: 'long-long-queue' }, `${'a'.repeat(53)}-long-long`],
  ])('%s with %j is %s', (name, values, expected) => {
    expect(natsFullName({ name }, values)).toBe(expected);
    expect(synth(values, { name }).find('Service').metadata.name).toBe(expected);
  });
});

describe('test pod', () => {
  it('has the pinned image of the tools and fails when no answer comes', () => {
    const made = testPod(synth({ natsbox: { image: 'mirror/nats-box:1' } }).context);
    expect(made.metadata.name).toBe('estafette-ci-queue-test-request-reply');
    expect(made.spec).toMatchObject({
      restartPolicy: 'Never',
      containers: [{ image: 'mirror/nats-box:1', env: [{ name: 'NATS_HOST', value: 'estafette-ci-queue' }] }],
    });
    expect(testPod(synth().context).spec.containers[0]?.image).toBe('natsio/nats-box:0.6.0');
    expect(made.spec.containers[0]?.command?.[2]).toMatch(/\n\[ "\$name" = test \]\n$/);
  });

  it('is not among the objects of a plain release', () => {
    expect(synth({ nats: { tls: tls('t') } }).ids.some((id) => id.startsWith('Pod '))).toBe(false);
  });
});
