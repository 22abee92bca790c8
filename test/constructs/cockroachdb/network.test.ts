// How the database is reached: Services, Ingress, proxy, NetworkPolicy, and who watches it.
import { decoded, synth } from './synth';

const PROTOCOLS = 'service.alpha.kubernetes.io/app-protocols';

describe('the Services', () => {
  it('say once that the admin interface speaks HTTPS, which the chart says twice', () => {
    const { find } = synth({ service: { public: { annotations: { [PROTOCOLS]: 'mine', other: 1 } } } });
    expect(find('Service', 'estafette-ci-db-public').metadata.annotations).toEqual({ [PROTOCOLS]: '{"http":"HTTPS"}', other: '1' });
  });

  it('leave that out without TLS', () => {
    expect(synth({ tls: { enabled: false } }).find('Service', 'estafette-ci-db-public').metadata).not.toHaveProperty('annotations');
  });

  it('have one more port when nodes and clients use different ones', () => {
    const { find } = synth({ service: { ports: { grpc: { internal: { port: 26258 } } } } });
    const ports = [
      { name: 'grpc', port: 26257, targetPort: 'grpc' },
      { name: 'grpc-internal', port: 26258, targetPort: 'grpc' },
      { name: 'http', port: 8080, targetPort: 'http' },
    ];
    expect(find('Service', 'estafette-ci-db-public')).toHaveProperty('spec.ports', ports);
    expect(find('Service', 'estafette-ci-db')).toHaveProperty('spec.ports', ports);
    expect(find('StatefulSet')).toHaveProperty(
      'spec.template.spec.containers.0.args.2',
      expect.stringContaining('-0.${STATEFULSET_FQDN}:26258,'),
    );
  });

  it('let the pods find each other before they are ready, and Prometheus find them', () => {
    const discovery = synth().find('Service', 'estafette-ci-db');
    expect(discovery).toMatchObject({ spec: { clusterIP: 'None', publishNotReadyAddresses: true } });
    expect(discovery.metadata.annotations).toEqual({
      'service.alpha.kubernetes.io/tolerate-unready-endpoints': 'true',
      'prometheus.io/scrape': 'true',
      'prometheus.io/path': '_status/vars',
      'prometheus.io/port': '8080',
    });
    expect(synth({ prometheus: { enabled: false } }).find('Service', 'estafette-ci-db').metadata.annotations).not.toHaveProperty(
      'prometheus.io/scrape',
    );
  });
});

describe('the Ingress', () => {
  const backend = { service: { name: 'estafette-ci-db-public', port: { name: 'http' } } };

  it('serves any host, or those that are named, in the current version', () => {
    const any = synth({ ingress: { enabled: true } }).find('Ingress');
    expect(any.apiVersion).toBe('networking.k8s.io/v1');
    expect(any).toHaveProperty('spec.rules', [{ http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }]);
    expect(any).not.toHaveProperty('spec.tls');
    expect(synth({ ingress: { enabled: true, hosts: ['a.example.com', 'b.example.com'] } }).find('Ingress')).toHaveProperty(
      'spec.rules.1.host',
      'b.example.com',
    );
  });

  it('stands behind the proxy of Google Cloud', () => {
    const { find } = synth({ ingress: { enabled: true, paths: ['/*'] }, iap: { enabled: true, clientId: 'id', clientSecret: 'secret' } });
    expect(find('Ingress').metadata.annotations).toEqual({
      'kubernetes.io/ingress.class': 'gce',
      'kubernetes.io/ingress.allow-http': 'false',
    });
    expect(find('Ingress')).toHaveProperty('spec.rules.0.http.paths.0.pathType', 'ImplementationSpecific');
    expect(find('BackendConfig')).toMatchObject({
      metadata: { name: 'estafette-ci-db' },
      spec: { iap: { enabled: true, oauthclientCredentials: { secretName: 'estafette-ci-db.iap' } } },
    });
    expect(decoded(find('Secret', 'estafette-ci-db.iap'))).toEqual({ client_id: 'id', client_secret: 'secret' });
    expect(find('Service', 'estafette-ci-db-public').metadata.annotations).toHaveProperty(
      ['beta.cloud.google.com/backend-config'],
      '{"default": "estafette-ci-db"}',
    );
  });
});

describe('the NetworkPolicy', () => {
  const peer = { podSelector: { matchLabels: { app: 'api' } } };
  const release = { 'app.kubernetes.io/name': 'db', 'app.kubernetes.io/instance': 'estafette-ci' };
  const pods = (matchLabels: object) => ({ podSelector: { matchLabels } });

  it('lets everyone in without rules', () => {
    expect(synth({ networkPolicy: { enabled: true } }).find('NetworkPolicy')).toHaveProperty('spec.ingress', [
      { ports: [{ port: 'grpc' }] },
      { ports: [{ port: 'http' }] },
    ]);
  });

  it('renders its rules, which break the chart, and lets in what the database needs', () => {
    expect(synth({ networkPolicy: { enabled: true, ingress: { grpc: [peer], http: [peer] } } }).find('NetworkPolicy')).toHaveProperty(
      'spec.ingress',
      [
        {
          ports: [{ port: 'grpc' }],
          from: [
            peer,
            pods({ 'estafette-ci-db-client': 'true' }),
            pods({ ...release, 'app.kubernetes.io/component': 'cockroachdb' }),
            pods({ ...release, 'app.kubernetes.io/component': 'init' }),
          ],
        },
        { ports: [{ port: 'http' }], from: [peer] },
      ],
    );
  });

  it('lets the init Job in as long as there is one, or more than one replica', () => {
    const peers = (values: Parameters<typeof synth>[0]) => {
      const policy = synth({ ...values, networkPolicy: { enabled: true, ingress: { grpc: [peer] } } }).find('NetworkPolicy') as unknown as {
        spec: { ingress: { from: unknown[] }[] };
      };
      return policy.spec.ingress[0]?.from.length;
    };
    expect(peers({ statefulset: { replicas: 1 } })).toBe(4);
    expect(peers({ statefulset: { replicas: 1 }, conf: { 'single-node': true } })).toBe(3);
    expect(peers({ conf: { join: ['other:26257'] } })).toBe(4);
  });
});

it('makes a ServiceMonitor for all namespaces or its own', () => {
  const monitor = synth({ serviceMonitor: { enabled: true } }).find('ServiceMonitor');
  expect(monitor).toHaveProperty('spec.namespaceSelector', { any: true });
  expect(monitor).toHaveProperty('spec.endpoints', [{ port: 'http', path: '/_status/vars', interval: '10s' }]);
  expect(synth({ serviceMonitor: { enabled: true, namespaced: true } }).find('ServiceMonitor')).toHaveProperty('spec.namespaceSelector', {
    matchNames: ['estafette-ci'],
  });
  expect(synth({ serviceMonitor: null }).ids).not.toContain('ServiceMonitor estafette-ci-db');
});

it('makes a Secret of the log configuration, written as Helm writes YAML', () => {
  const { find } = synth({
    conf: { log: { enabled: true, config: { sinks: { stderr: { channels: ['DEV'] } }, 'file-defaults': { dir: '/logs' } } } },
  });
  expect(decoded(find('Secret'))).toEqual({
    'log-config.yaml': 'file-defaults:\n  dir: /logs\nsinks:\n  stderr:\n    channels:\n    - DEV\n',
  });
});

it('names pull secrets as the chart does', () => {
  const { find, ids } = synth({ image: { credentials: { registry: 'docker.io', username: 'user', password: 'p@ss' } } });
  expect(ids).toContain('Secret estafette-ci-db.db.registry');
  expect(find('StatefulSet')).toHaveProperty('spec.template.spec.imagePullSecrets', [{ name: 'estafette-ci-db.db.registry' }]);
});

describe('scheduling', () => {
  const affinity = (podAntiAffinity: object) => synth({ statefulset: { podAntiAffinity } }).find('StatefulSet');
  const PATH = 'spec.template.spec.affinity.podAntiAffinity';

  it('keeps pods apart softly, firmly or not at all', () => {
    expect(affinity({})).toHaveProperty(`${PATH}.preferredDuringSchedulingIgnoredDuringExecution.0.weight`, 100);
    expect(affinity({ type: 'hard', topologyKey: 'zone' })).toHaveProperty(
      `${PATH}.requiredDuringSchedulingIgnoredDuringExecution.0.topologyKey`,
      'zone',
    );
    expect(synth({ statefulset: { podAntiAffinity: null } }).find('StatefulSet')).not.toHaveProperty('spec.template.spec.affinity');
  });

  it('takes whole rules when the type is taken away', () => {
    const rules = [{ topologyKey: 'rack', labelSelector: { matchLabels: { a: 'b' } } }];
    expect(affinity({ type: null, topologyKey: null, weight: null, requiredDuringSchedulingIgnoredDuringExecution: rules })).toHaveProperty(
      PATH,
      { requiredDuringSchedulingIgnoredDuringExecution: rules },
    );
  });
});
