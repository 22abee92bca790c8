// Mode kubernetes: the service in replicas, with its rights and no more, and the pod that each build runs in.
import { parse } from 'yaml';
import type { BuildshuttleValues } from '../../../constructs/buildshuttle/values';
import { exceptionsOf } from '../../../constructs/buildshuttle/pod-security';
import { broken } from './restricted';
import { environment, issuesOf, LEAST, render, type Rendered } from './synth';

interface Template {
  readonly metadata: { readonly labels: Record<string, string> };
  readonly spec: Parameters<typeof broken>[0] & {
    readonly serviceAccountName: string;
    readonly hostUsers?: boolean;
    readonly tolerations: readonly { readonly key?: string }[];
    readonly containers: readonly { readonly image: string; readonly command: readonly string[]; readonly resources: object }[];
    readonly initContainers: readonly { readonly image: string; readonly restartPolicy: string; readonly resources: object }[];
  };
}

const made = (values: BuildshuttleValues = {}, more: Parameters<typeof render>[1] = {}) => render({ ...LEAST.kubernetes, ...values }, more);
const templateOf = ({ find }: ReturnType<typeof render>): Template =>
  parse((find('ConfigMap', 'buildshuttle-pod') as unknown as { data: Record<string, string> }).data['pod.yaml'] ?? '') as Template;

describe('mode kubernetes', () => {
  it('runs the service in replicas that are kept apart, and no two of which go at once', () => {
    const release = made();
    expect(release.deployment).toMatchObject({
      spec: {
        replicas: 2,
        strategy: { type: 'RollingUpdate' },
        template: {
          metadata: { annotations: { 'checksum/pod-template': expect.stringMatching(/^[a-f\d]{64}$/) } },
          spec: {
            serviceAccountName: 'buildshuttle',
            automountServiceAccountToken: true,
            topologySpreadConstraints: [expect.objectContaining({ topologyKey: 'kubernetes.io/hostname', maxSkew: 1 })],
          },
        },
      },
    });
    expect(release.find('PodDisruptionBudget')).toMatchObject({
      spec: { maxUnavailable: 1, selector: { matchLabels: { name: 'buildshuttle' } } },
    });
    expect(release.ids.filter((id) => id.startsWith('PersistentVolumeClaim/'))).toEqual([]);
    expect(environment(release.deployment)).toMatchObject({
      USE_KUBERNETES: 'true',
      WORKER_NAME: 'buildshuttle',
      BUILD_POD_TEMPLATE: '/etc/buildshuttle/pod/pod.yaml',
      DOCKER_BUILD_IMAGE: 'build-worker:0.1.0',
      MAXIMUM_PARALLEL_BUILDS: '4',
      BUILD_NETWORK: 'host',
    });
    expect(made({ replicas: 3 }).deployment).toMatchObject({ spec: { replicas: 3 } });
  });

  it('restarts the service when the pod of builds is another', () => {
    const checksum = (values: BuildshuttleValues): unknown =>
      (made(values).deployment as unknown as { spec: { template: Rendered } }).spec.template.metadata.annotations?.[
        'checksum/pod-template'
      ];
    expect(checksum({})).toBe(checksum({}));
    expect(checksum({})).not.toBe(checksum({ builds: { resources: { limits: { memory: '2Gi' } } } }));
  });

  it('gives the service these rights in its namespace, and builds none', () => {
    const { find, objects } = made();
    expect(find('Role')['rules']).toMatchSnapshot();
    expect(find('RoleBinding')).toMatchObject({
      roleRef: { kind: 'Role', name: 'buildshuttle' },
      subjects: [{ kind: 'ServiceAccount', name: 'buildshuttle', namespace: 'akkeris-system' }],
    });
    expect(find('ServiceAccount', 'buildshuttle-build')).toMatchObject({ automountServiceAccountToken: false });
    expect(objects.some(({ kind }) => kind.startsWith('Cluster'))).toBe(false);
  });

  it('runs a build beside an engine that ends after it', () => {
    const values: BuildshuttleValues = {
      builds: { resources: { limits: { memory: '2Gi' } } },
      engine: { resources: { limits: { memory: '9Gi' } } },
      tolerations: [{ key: 'builds', operator: 'Exists' }],
      nodeSelector: { disk: 'fast' },
      imagePullSecrets: [{ name: 'pull' }],
    };
    const release = made(values);
    const { spec, metadata } = templateOf(release);
    expect(spec).toMatchObject({
      serviceAccountName: 'buildshuttle-build',
      hostUsers: false,
      nodeSelector: { disk: 'fast' },
      containers: [{ name: 'build', command: ['node', 'worker/lib/build.js'], resources: { limits: { memory: '2Gi' } } }],
      initContainers: [{ name: 'dind', restartPolicy: 'Always', resources: { limits: { memory: '9Gi' } } }],
    });
    expect(spec.tolerations.map(({ key }) => key)).toEqual([
      'akkeris.io/node-role',
      'builds',
      'node.kubernetes.io/not-ready',
      'node.kubernetes.io/unreachable',
    ]);
    expect(metadata.labels).toEqual({ name: 'buildshuttle-build' });
    expect(release.find('ServiceAccount', 'buildshuttle-build')).toMatchObject({ imagePullSecrets: [{ name: 'pull' }] });
    expect(JSON.stringify(templateOf(made({ global: { imageRegistry: 'mirror.example.com' } })).spec)).toMatch(
      /"mirror\.example\.com\/docker:28[^]*"mirror\.example\.com\/build-worker:/,
    );
  });

  it.each<[string, BuildshuttleValues]>([
    ['rootless', {}],
    ['privileged', { engine: { privileged: true } }],
  ])('breaks in the pod of a build what the engine needs (%s), and in the service nothing', (_name, values) => {
    const release = made(values);
    const { spec } = release.deployment as unknown as { spec: { template: { spec: Parameters<typeof broken>[0] } } };
    expect(broken(spec.template.spec)).toEqual([]);
    const exceptions = exceptionsOf({ mode: 'kubernetes', engine: { privileged: false, ...values.engine } } as never);
    expect(broken(templateOf(release).spec).toSorted()).toEqual(exceptions.map(({ of, rule }) => `${of}: ${rule}`).toSorted());
  });

  describe('with an engine elsewhere', () => {
    const external = (engine: BuildshuttleValues['engine'] = { tls: { existingSecret: 'engine-tls' } }) =>
      made({ engine: { host: '10.9.8.7', ...engine } });
    const folder = '/etc/buildshuttle/engine';
    const certificates = {
      name: 'engine-tls',
      secret: {
        secretName: 'engine-tls',
        defaultMode: 0o440,
        items: [
          { key: 'ca.crt', path: 'ca.pem' },
          { key: 'tls.crt', path: 'cert.pem' },
          { key: 'tls.key', path: 'key.pem' },
        ],
      },
    };
    const settings = { name: 'DOCKER_BUILD_SETTINGS', value: '{"protocol":"https","host":"10.9.8.7","port":2376}' };

    it('builds speak mutual TLS to it, and have none of their own', () => {
      const { spec } = templateOf(external());
      expect(spec.initContainers).toBeUndefined();
      expect(spec).toMatchObject({
        containers: [
          {
            env: [{ name: 'DATA_DIR', value: '/data' }, settings, { name: 'DOCKER_CERT_PATH', value: folder }],
            volumeMounts: expect.arrayContaining([{ name: 'engine-tls', mountPath: folder, readOnly: true }]),
          },
        ],
        volumes: expect.arrayContaining([certificates]),
      });
      expect(spec.hostUsers).toBeUndefined();
      expect(broken(spec)).toEqual([]);
    });

    it('the service speaks to it as well, for what it keeps of builds', () => {
      const { deployment, ids, warnings } = external();
      expect(environment(deployment)).toMatchObject({ DOCKER_BUILD_SETTINGS: settings.value, DOCKER_CERT_PATH: folder });
      expect(environment(deployment)).not.toHaveProperty('BUILD_NETWORK');
      expect(deployment).toHaveProperty('spec.template.spec.volumes', expect.arrayContaining([certificates]));
      expect(ids).not.toContain('ConfigMap/buildshuttle-engine');
      expect(warnings.filter((warning) => warning.startsWith('engine.'))).toEqual([]);
    });

    it.each(['buildshuttle', 'buildshuttle-build'])('the NetworkPolicy %s lets it be reached', (name) =>
      expect(external().find('NetworkPolicy', name)).toHaveProperty(
        'spec.egress',
        expect.arrayContaining([{ ports: [{ protocol: 'TCP', port: 2376 }], to: [{ ipBlock: { cidr: '10.9.8.7/32' } }] }]),
      ),
    );

    it('speaks plain TCP where that is accepted', () => {
      const { spec } = templateOf(external({ insecure: true }));
      expect(JSON.stringify(spec)).toContain('{\\"protocol\\":\\"http\\",\\"host\\":\\"10.9.8.7\\",\\"port\\":2375}');
      expect(JSON.stringify(spec)).not.toContain('engine-tls');
    });

    it('says what it needs', () => {
      const said = (engine: BuildshuttleValues['engine']) => issuesOf({ ...LEAST.kubernetes, engine });
      expect(said({ host: 'engine' })['engine.tls.existingSecret']).toMatch(/^is needed with engine\.host: a Secret with ca\.crt/);
      expect(said({ tls: { existingSecret: 'tls' } })['engine.host']).toMatch(/^is needed with engine\.tls/);
    });
  });

  it('hands the cache in the registry on', () => {
    expect(environment(made({ builds: { registryCache: true } }).deployment)).toMatchObject({ REGISTRY_CACHE: 'true' });
    expect(environment(made().deployment)).not.toHaveProperty('REGISTRY_CACHE');
  });

  it('keeps builds from the service, the API server and the metadata of the node, and lets only the service ask them', () => {
    const policy = made().find('NetworkPolicy', 'buildshuttle-build') as unknown as {
      spec: { ingress: object; egress: readonly { readonly ports?: readonly object[]; readonly to: readonly object[] }[] };
    };
    expect(policy.spec.ingress).toEqual([
      { ports: [{ protocol: 'TCP', port: 9001 }], from: [{ podSelector: { matchLabels: { name: 'buildshuttle' } } }] },
    ]);
    const [, anything] = policy.spec.egress;
    expect(anything?.to).toContainEqual({
      namespaceSelector: {},
      podSelector: { matchExpressions: [{ key: 'name', operator: 'NotIn', values: ['buildshuttle'] }] },
    });
    for (const network of ['169.254.0.0/16', '10.0.0.0/8']) expect(JSON.stringify(anything)).toContain(`"${network}"`);
    const own = made({ networkPolicy: { egress: { apiServer: ['10.1.2.3/32'] } } }).find('NetworkPolicy');
    expect(JSON.stringify(own)).toContain(
      '{"ports":[{"protocol":"TCP","port":443},{"protocol":"TCP","port":6443}],"to":[{"ipBlock":{"cidr":"10.1.2.3/32"}}]}',
    );
  });

  it('says what it needs', () => {
    expect(issuesOf({ mode: 'kubernetes' })['s3.bucket']).toMatch(/^is needed in the mode kubernetes: replicas have no disk in common/);
    expect(made({}, { kubeVersion: '1.35.0' }).warnings.some((warning) => warning.startsWith('engine.privileged: false'))).toBe(true);
    for (const values of [{ replicas: 0 }, { replicas: 1.5 }])
      expect(issuesOf({ ...LEAST.kubernetes, ...values })['replicas']).toMatch(/must be a whole number from 1 to 100/);
    expect(issuesOf({ ...LEAST.kubernetes, engine: { storage: { size: '5Gi' } } })['engine.storage']).toMatch(
      /no effect in the mode kubernetes/,
    );
  });
});
