// The API server with the least and with all of its values.
import { Api } from '../../../../constructs/components';
import { apiValues, type ApiValues } from '../../../../constructs/estafette/api/values';
import { CONTAINER, decoded, POD, renderer, unset } from '../common/synth';
import { autoscaling, extensiblePod, extras, image, naming, proxy, service } from '../common/values';
import { KEYS } from './keys';

const render = renderer(Api);
const NAME = 'estafette-ci-api';

describe('with both keys and the published defaults', () => {
  const { find, ids, objects, manifests, warnings } = render({ secret: KEYS });

  it('makes the objects of the chart, without the test that only Helm knows', () => {
    expect(ids).toEqual([
      `ConfigMap ${NAME}`,
      `Deployment ${NAME}`,
      `Ingress ${NAME}`,
      `Ingress ${NAME}.webhooks`,
      'Namespace estafette-ci-jobs',
      `PodDisruptionBudget ${NAME}`,
      `Role ${NAME}.api`,
      `Role estafette-ci-jobs/${NAME}.api`,
      `Role estafette-ci-jobs/${NAME}.builder`,
      `RoleBinding ${NAME}.api`,
      `RoleBinding estafette-ci-jobs/${NAME}.api`,
      `RoleBinding estafette-ci-jobs/${NAME}.builder`,
      `Secret ${NAME}`,
      `Secret ${NAME}.tls`,
      `Service ${NAME}`,
      `ServiceAccount ${NAME}`,
      'ServiceAccount estafette-ci-jobs/estafette-ci-builder',
    ]);
  });

  it('mounts configuration, keys and the certificate of a database client', () => {
    const deployment = find(`Deployment ${NAME}`);
    expect(deployment).toHaveProperty(`${CONTAINER}.image`, 'estafette/estafette-ci-api:1.5.8');
    expect(deployment).toHaveProperty(`${CONTAINER}.env`, [
      { name: 'ESTAFETTE_LOG_FORMAT', value: 'json' },
      { name: 'ESTAFETTE_LOG_LEVEL', value: 'debug' },
    ]);
    expect(deployment).toHaveProperty(`${CONTAINER}.volumeMounts`, [
      { name: 'configs', mountPath: '/configs' },
      { name: 'secrets', mountPath: '/secrets' },
      { name: 'client-certificate', mountPath: '/cockroach-certs' },
    ]);
    expect(deployment).toHaveProperty(`${POD}.volumes`, [
      { name: 'configs', configMap: { name: NAME } },
      { name: 'secrets', secret: { secretName: NAME } },
      {
        name: 'client-certificate',
        projected: {
          sources: [
            {
              secret: {
                name: 'estafette-ci-db-client-secret',
                items: [
                  { key: 'ca.crt', path: 'ca.crt', mode: 256 },
                  { key: 'tls.crt', path: 'tls.crt', mode: 256 },
                  { key: 'tls.key', path: 'tls.key', mode: 256 },
                ],
              },
            },
          ],
        },
      },
    ]);
  });

  it('configures the programs with the names of the release', () => {
    expect(find(`ConfigMap ${NAME}`)).toHaveProperty('data', {
      'config.yaml':
        'apiServer:\n  baseURL: https://estafette.mydomain.com\n  integrationsURL: https://estafette-integrations.mydomain.com\n' +
        '  serviceURL: http://estafette-ci-api.estafette-ci.svc.cluster.local\n\njobs:\n  namespace: estafette-ci-jobs\n\nauth:\n  jwt:\n    domain: estafette.mydomain.com\n',
      'credentials.yaml': '',
    });
  });

  it('sends the web interface, the API and the webhooks where they belong', () => {
    const backend = (name: string) => ({ service: { name, port: { name: 'http' } } });
    expect(find(`Ingress ${NAME}`)).toHaveProperty('spec', {
      tls: [{ hosts: ['estafette.mydomain.com'], secretName: `${NAME}.tls` }],
      rules: [
        {
          host: 'estafette.mydomain.com',
          http: {
            paths: [
              { path: '/api/', pathType: 'Prefix', backend: backend(NAME) },
              { path: '/', pathType: 'Prefix', backend: backend('estafette-ci-web') },
            ],
          },
        },
      ],
    });
    expect(find(`Ingress ${NAME}.webhooks`)).toHaveProperty(
      'spec.rules.0.http.paths',
      ['bitbucket', 'cloudsource', 'github', 'pubsub', 'slack'].map((source) => ({
        path: `/api/integrations/${source}`,
        pathType: 'Prefix',
        backend: backend(NAME),
      })),
    );
  });

  it('keeps the namespace of the jobs, the keys and the certificate', () => {
    const kept = manifests.filter(({ lifecycle }) => lifecycle.keep).map(({ kind, name }) => `${kind} ${name}`);
    expect(kept).toEqual(['Namespace estafette-ci-jobs', `Secret ${NAME}`, `Secret ${NAME}.tls`]);
  });

  it('lets the API server run jobs, and the builder look after its own', () => {
    const rules = (id: string) => (find(id) as unknown as { rules: { resources: string[] }[] }).rules.flatMap(({ resources }) => resources);
    expect(rules(`Role estafette-ci-jobs/${NAME}.api`)).toEqual(['jobs', 'pods', 'pods/log', 'configmaps', 'secrets']);
    expect(rules(`Role ${NAME}.api`)).toEqual(['configmaps']);
    expect(rules(`Role estafette-ci-jobs/${NAME}.builder`)).toEqual(['pods', 'pods/log', 'configmaps', 'secrets']);
    expect(find(`RoleBinding estafette-ci-jobs/${NAME}.builder`)).toHaveProperty('subjects', [
      { kind: 'ServiceAccount', name: 'estafette-ci-builder', namespace: 'estafette-ci-jobs' },
    ]);
    expect(find(`RoleBinding estafette-ci-jobs/${NAME}.api`)).toHaveProperty('subjects', [
      { kind: 'ServiceAccount', name: NAME, namespace: 'estafette-ci' },
    ]);
  });

  it('says that nobody fills the empty TLS Secret, and prints it without data', () => {
    expect(find(`Secret ${NAME}.tls`)).not.toHaveProperty('data');
    expect(warnings).toEqual([
      expect.stringMatching(/^tls: the Secret estafette-ci-api\.tls is made without a whole certificate: give cert and key there/),
    ]);
  });

  it('names the namespace in every object that lives in one, and prints no null', () => {
    for (const { kind, metadata } of objects) expect(metadata.namespace === undefined).toBe(kind === 'Namespace');
    expect(JSON.stringify(objects)).not.toContain('null');
  });
});

const everything: ApiValues = {
  image,
  logFormat: 'console',
  logLevel: 'warn',
  deployment: { ...extensiblePod, replicaCount: 4, extraPodLabels: { tier: 'core' }, extraEnv: [{ name: 'A', value: 'a' }] },
  securityContext: { runAsUser: 7 },
  imagePullSecrets: [{ name: 'shared' }],
  ...naming,
  jobNamespaceOverride: 'builds',
  ...extras,
  serviceAccount: { create: true, name: 'runner', annotations: { role: 'api' }, builderServiceAccountName: 'builder' },
  service,
  baseHost: 'ci.example.com',
  integrationsHost: 'hooks.example.com',
  tls: {
    enabled: true,
    keep: false,
    existingSecret: '',
    certManager: { enabled: false, issuer: 'own' },
    annotations: { hosts: '{{ $.Values.baseHost }},{{ $.Values.integrationsHost }}' },
    cert: 'CERT',
    key: 'KEY',
  },
  ingress: {
    enabled: true,
    annotations: { a: 'b' },
    ingressClassName: 'nginx',
    tls: [{ secretName: '{{ .Release.Name }}-tls', hosts: ['{{ $.Values.baseHost }}'] }],
    hosts: [
      {
        host: '{{ $.Values.baseHost }}',
        paths: [{ path: '/a', pathType: 'Exact', backend: { service: { name: 'x', port: { number: 1 } } } }, {}],
      },
    ],
  },
  ingressWebhooks: {
    enabled: true,
    annotations: { c: 'd' },
    ingressClassName: 'public',
    tls: [],
    hosts: [{ host: 'hooks.example.com', paths: [] }],
  },
  autoscaling,
  pdb: { enabled: true, maxUnavailable: 2 },
  secret: {
    enabled: true,
    keep: false,
    existingSecret: '',
    b64encoded: true,
    annotations: { release: '{{ .Release.Name }}' },
    secretDecryptionKey: 'a2V5',
    jwtKey: 'and0',
    job: { image: { repository: 'mirror/curl', tag: '9', pullPolicy: 'Always' }, resources: { requests: { cpu: '5m' } } },
  },
  config: {
    enabled: true,
    files: { 'config.yaml': 'jobs:\n  namespace: builds\n  serviceAccount: builder\n\n\n', 'credentials.yaml': '# {{ .Release.Name }}' },
  },
  ...proxy,
};

describe('with every value set', () => {
  const { find, ids, warnings, manifests } = render(everything);

  it('has a fixture that leaves no value out', () => {
    expect(unset(apiValues, everything)).toEqual([]);
  });

  it('makes the objects that are off by default, under the names given', () => {
    expect(ids).toEqual(
      expect.arrayContaining([
        'BackendConfig whole',
        'ConfigMap whole',
        'ConfigMap whole.idle',
        'ConfigMap whole.templates',
        'HorizontalPodAutoscaler whole',
        'Namespace builds',
        'Role builds/whole.api',
        'Role whole.api',
        'Secret whole.backendconfig',
        'Secret whole.encoded',
        'Secret whole.gcp',
        'Secret whole.registry',
        'ServiceAccount builds/builder',
        'ServiceAccount runner',
      ]),
    );
    expect(warnings).toEqual([]);
  });

  it('takes keys that are base64 already as they are, and keeps neither Secret', () => {
    expect(find('Secret whole')).toMatchObject({
      metadata: { annotations: { release: 'estafette-ci' } },
      type: 'Opaque',
      data: { secretDecryptionKey: 'a2V5', jwtKey: 'and0' },
    });
    expect(manifests.filter(({ kind, lifecycle }) => kind === 'Secret' && lifecycle.keep)).toEqual([]);
  });

  it('prints a certificate of the user', () => {
    const secret = find('Secret whole.tls');
    expect(secret).toMatchObject({ type: 'kubernetes.io/tls', metadata: { annotations: { hosts: 'ci.example.com,hooks.example.com' } } });
    expect(decoded(secret)).toEqual({ 'tls.crt': 'CERT', 'tls.key': 'KEY' });
  });

  it('ends each file of the configuration with one newline', () => {
    expect(find('ConfigMap whole')).toHaveProperty('data', {
      'config.yaml': 'jobs:\n  namespace: builds\n  serviceAccount: builder\n',
      'credentials.yaml': '# estafette-ci\n',
    });
  });

  it('lets Google Cloud serve the Ingress for people, not that for webhooks', () => {
    expect(find('Ingress whole')).toMatchObject({
      metadata: { annotations: { a: 'b', 'kubernetes.io/ingress.class': 'gce', 'kubernetes.io/ingress.allow-http': 'false' } },
      spec: {
        ingressClassName: 'nginx',
        tls: [{ hosts: ['ci.example.com'], secretName: 'estafette-ci-tls' }],
        rules: [
          {
            host: 'ci.example.com',
            http: {
              paths: [
                { path: '/a*', pathType: 'ImplementationSpecific', backend: { service: { name: 'x', port: { number: 1 } } } },
                { path: '*' },
              ],
            },
          },
        ],
      },
    });
    expect(find('Ingress whole.webhooks')).toHaveProperty('spec', {
      ingressClassName: 'public',
      rules: [{ host: 'hooks.example.com', http: {} }],
    });
    expect(find('Ingress whole.webhooks').metadata.annotations).toEqual({ c: 'd' });
  });

  it('builds the pod as the values say', () => {
    const deployment = find('Deployment whole');
    expect(deployment).toHaveProperty(`${POD}.serviceAccountName`, 'runner');
    expect(deployment).toHaveProperty(`${CONTAINER}.securityContext`, { runAsUser: 7 });
    expect(deployment).toHaveProperty(`${CONTAINER}.env`, [
      { name: 'ESTAFETTE_LOG_FORMAT', value: 'console' },
      { name: 'ESTAFETTE_LOG_LEVEL', value: 'warn' },
      { name: 'A', value: 'a' },
    ]);
    expect(deployment).toHaveProperty(
      `${CONTAINER}.volumeMounts`,
      ['/configs', '/secrets', '/templates', '/gcp', '/estafette-ci'].map((mountPath) => expect.objectContaining({ mountPath })),
    );
    expect(deployment).toHaveProperty('spec.template.metadata.annotations', {
      'checksum/config': expect.stringMatching(/^[0-9a-f]{64}$/),
      'checksum/secret': expect.stringMatching(/^[0-9a-f]{64}$/),
      scraped: 'true',
    });
  });
});

describe('what restarts the pods', () => {
  const sums = (values: ApiValues) =>
    (
      render({ secret: KEYS, ...values }).find(`Deployment ${NAME}`) as unknown as {
        spec: { template: { metadata: { annotations: Record<string, string> } } };
      }
    ).spec.template.metadata.annotations;

  it('is what they read, and nothing else', () => {
    const before = sums({});
    expect(sums({ ingress: { enabled: false }, extraLabels: { a: 'b' } })).toEqual(before);
    expect(sums({ baseHost: 'other.example.com' })).toEqual({
      'checksum/config': expect.not.stringMatching(before['checksum/config'] ?? ''),
      'checksum/secret': before['checksum/secret'],
    });
    expect(sums({ secret: { ...KEYS, jwtKey: 'other' } })).toEqual({
      'checksum/config': before['checksum/config'],
      'checksum/secret': expect.not.stringMatching(before['checksum/secret'] ?? ''),
    });
  });

  it('is not summed up where there is nothing to read', () => {
    const { find } = render({ config: { enabled: false }, secret: { enabled: false } });
    expect(find(`Deployment ${NAME}`)).not.toHaveProperty('spec.template.metadata.annotations');
    expect(find(`Deployment ${NAME}`)).toHaveProperty(`${POD}.volumes.length`, 1);
  });
});

it('has cert-manager make the certificate, by the issuer named', () => {
  const { find, ids, manifests } = render({ secret: KEYS, tls: { certManager: { enabled: true, issuer: 'own' } }, integrationsHost: '' });
  expect(ids).not.toContain(`Secret ${NAME}.tls`);
  expect(find(`Certificate ${NAME}`)).toHaveProperty('spec', {
    secretName: `${NAME}.tls`,
    issuerRef: { name: 'own' },
    dnsNames: ['estafette.mydomain.com'],
  });
  expect(manifests.find(({ kind }) => kind === 'Certificate')?.stage).toBe('apps');
});

it('keeps all rules when the jobs run in the namespace of the release', () => {
  const { find, ids } = render({ secret: KEYS, jobNamespaceOverride: 'estafette-ci' });
  expect(ids.filter((id) => id.startsWith('Role '))).toEqual([`Role ${NAME}.api`, `Role ${NAME}.builder`]);
  expect(find(`Role ${NAME}.api`)).toHaveProperty('rules.length', 4);
});

it('makes neither account nor roles when it must not', () => {
  const { find, ids } = render({ secret: KEYS, serviceAccount: { create: false } });
  expect(ids.filter((id) => /^(ServiceAccount|Role)/.test(id))).toEqual([]);
  expect(find(`Deployment ${NAME}`)).toHaveProperty(`${POD}.serviceAccountName`, 'default');
});

describe('under another release name', () => {
  const { find, ids, warnings } = render(
    { secret: KEYS, tls: { enabled: false }, ingress: { tls: [] }, ingressWebhooks: { tls: [] } },
    { name: 'ci', namespace: 'build' },
  );

  it('points at the objects of its own release', () => {
    expect(find('Deployment ci-api')).toHaveProperty(`${POD}.volumes.2.projected.sources.0.secret.name`, 'ci-db-client-secret');
    expect(find('Ingress ci-api')).toHaveProperty('spec.rules.0.http.paths.0.backend.service.name', 'ci-api');
    expect(find('Ingress ci-api')).toHaveProperty('spec.rules.0.http.paths.1.backend.service.name', 'ci-web');
    expect(ids).toContain('ServiceAccount build-jobs/estafette-ci-builder');
  });

  it('tells the program where database and queue are', () => {
    expect((find('ConfigMap ci-api').data as Record<string, string>)['config.yaml']).toMatch(
      /\ndatabase:\n {2}host: ci-db-public\n\nqueue:\n {2}hosts:\n {2}- ci-queue-0\.ci-queue\n$/,
    );
    expect(warnings).toEqual([]);
  });

  it('follows the names of Helm when the release name holds that of a component', () => {
    expect(render({ secret: KEYS }, { name: 'api-prod' }).find('Ingress api-prod')).toHaveProperty('spec.rules.0.http.paths', [
      expect.objectContaining({ backend: { service: { name: 'api-prod', port: { name: 'http' } } } }),
      expect.objectContaining({ backend: { service: { name: 'api-prod-web', port: { name: 'http' } } } }),
    ]);
  });
});
