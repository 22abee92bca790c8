// The web interface with the least and with all of its values.
import { Web } from '../../../../constructs/components';
import { web } from '../../../../constructs/estafette/web/chart';
import { webValues, type WebValues } from '../../../../constructs/estafette/web/values';
import { CONTAINER, decoded, issuesOf, POD, renderer, unset } from '../common/synth';
import { autoscaling, extensiblePod, extras, image, naming, proxy, service } from '../common/values';

/** As the chart says it: what the library hides of values is tested for itself. */
jest.mock('../../../../constructs/common/hide/library', () => ({
  hidingValues: (_chart: unknown, _values: unknown, run: () => unknown) => run(),
}));

const render = renderer(Web);

describe('with the published defaults', () => {
  const { find, ids, objects, warnings, manifests } = render();

  it('makes the objects of the chart, without the test that only Helm knows', () => {
    expect(ids).toEqual([
      'Deployment estafette-ci-web',
      'PodDisruptionBudget estafette-ci-web',
      'Service estafette-ci-web',
      'ServiceAccount estafette-ci-web',
    ]);
    expect(warnings).toEqual([]);
  });

  it('runs one replica of the published version', () => {
    const deployment = find('Deployment estafette-ci-web');
    expect(deployment).toHaveProperty('spec.replicas', 1);
    expect(deployment).toHaveProperty('spec.selector.matchLabels', {
      'app.kubernetes.io/name': 'web',
      'app.kubernetes.io/instance': 'estafette-ci',
    });
    expect(deployment).toHaveProperty(POD, {
      serviceAccountName: 'estafette-ci-web',
      containers: [
        {
          name: 'web',
          image: 'estafette/estafette-ci-web:1.4.1',
          imagePullPolicy: 'IfNotPresent',
          ports: [{ name: 'http', containerPort: 5000, protocol: 'TCP' }],
          livenessProbe: { httpGet: { path: '/liveness', port: 'http' } },
          readinessProbe: { httpGet: { path: '/readiness', port: 'http' } },
        },
      ],
      terminationGracePeriodSeconds: 300,
    });
  });

  it('serves port 80 inside the cluster and lets one pod go at a time', () => {
    expect(find('Service estafette-ci-web')).toHaveProperty('spec', {
      type: 'ClusterIP',
      ports: [{ port: 80, targetPort: 'http', protocol: 'TCP', name: 'http' }],
      selector: { 'app.kubernetes.io/name': 'web', 'app.kubernetes.io/instance': 'estafette-ci' },
    });
    expect(find('PodDisruptionBudget estafette-ci-web')).toHaveProperty('spec.maxUnavailable', 1);
  });

  it('names the namespace in every object and prints no null', () => {
    for (const { metadata } of objects) expect(metadata.namespace).toBe('estafette-ci');
    expect(JSON.stringify(objects)).not.toContain('null');
  });

  it('comes after what it needs', () => {
    expect(manifests.map(({ kind, stage }) => `${kind} ${stage}`).toSorted()).toEqual([
      'Deployment apps',
      'PodDisruptionBudget foundations',
      'Service apps',
      'ServiceAccount foundations',
    ]);
  });
});

const everything: WebValues = {
  image,
  deployment: { ...extensiblePod, replicaCount: 4, extraPodLabels: { tier: 'edge' }, env: [{ name: 'A', value: 'a' }] },
  securityContext: { runAsUser: 7 },
  imagePullSecrets: [{ name: 'shared' }],
  ...naming,
  jobNamespaceOverride: 'jobs',
  ...extras,
  serviceAccount: { create: true, name: 'runner', annotations: { role: 'web' } },
  service,
  autoscaling,
  pdb: { enabled: true, maxUnavailable: '50%' },
  ...proxy,
};

describe('with every value set', () => {
  const { find, ids } = render(everything, { apiVersions: ['cloud.google.com/v1/BackendConfig'] });

  it('has a fixture that leaves no value out', () => {
    expect(unset(webValues, everything)).toEqual([]);
  });

  it('makes the objects that are off by default', () => {
    expect(ids).toEqual([
      'BackendConfig whole',
      'ConfigMap whole.idle',
      'ConfigMap whole.templates',
      'Deployment whole',
      'HorizontalPodAutoscaler whole',
      'PodDisruptionBudget whole',
      'Secret whole.backendconfig',
      'Secret whole.encoded',
      'Secret whole.gcp',
      'Secret whole.registry',
      'Service whole',
      'ServiceAccount runner',
    ]);
  });

  it('builds the pod as the values say, and hands on unknown fields', () => {
    const deployment = find('Deployment whole');
    expect(deployment).not.toHaveProperty('spec.replicas');
    expect(deployment).toHaveProperty('spec.template.metadata', {
      labels: { 'app.kubernetes.io/name': 'part', 'app.kubernetes.io/instance': 'estafette-ci', tier: 'edge' },
      annotations: { scraped: 'true' },
    });
    expect(deployment).toHaveProperty(POD, {
      imagePullSecrets: [{ name: 'whole.registry' }, { name: 'shared' }],
      serviceAccountName: 'runner',
      securityContext: { fsGroup: 2000, later: true },
      containers: [
        expect.objectContaining({
          name: 'web',
          image: 'registry.example.com/part:9.9',
          imagePullPolicy: 'Always',
          securityContext: { runAsUser: 7 },
          env: [{ name: 'A', value: 'a' }],
          resources: { requests: { cpu: '1', memory: '64Mi' }, later: true },
          volumeMounts: [
            { name: 'configs-templates', mountPath: '/templates' },
            { name: 'secrets-gcp', mountPath: '/gcp' },
            { name: 'cache', mountPath: '/estafette-ci' },
          ],
        }),
        { name: 'web-sidecar', image: 'sidecar:1', stdin: true },
      ],
      terminationGracePeriodSeconds: 300,
      volumes: [
        { name: 'configs-templates', configMap: { name: 'whole.templates' } },
        { name: 'secrets-gcp', secret: { secretName: 'whole.gcp' } },
        { name: 'cache', emptyDir: {} },
      ],
      nodeSelector: { pool: 'ci', generation: '3' },
      affinity: { nodeAffinity: { later: [] } },
      tolerations: [{ key: 'dedicated', operator: 'Exists', later: true }],
    });
  });

  it('scales on CPU and memory', () => {
    expect(find('HorizontalPodAutoscaler whole')).toHaveProperty('spec', {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'whole' },
      minReplicas: 2,
      maxReplicas: 5,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } },
        { type: 'Resource', resource: { name: 'memory', target: { type: 'Utilization', averageUtilization: 60 } } },
      ],
    });
  });

  it('hides behind the proxy of Google Cloud', () => {
    expect(find('BackendConfig whole')).toMatchObject({
      apiVersion: 'cloud.google.com/v1',
      metadata: { labels: { tier: 'edge' } },
      spec: { iap: { enabled: true, oauthclientCredentials: { secretName: 'whole.backendconfig' } }, timeoutSec: 120 },
    });
    expect(decoded(find('Secret whole.backendconfig'))).toEqual({ client_id: 'client', client_secret: 'word' });
    expect(find('Service whole')).toMatchObject({
      metadata: { annotations: { neg: '{}', 'beta.cloud.google.com/backend-config': '{"default": "whole"}' } },
      spec: { type: 'NodePort', ports: [{ port: 8080 }] },
    });
  });

  it('makes the extra objects, encoding only what is not encoded yet', () => {
    expect(decoded(find('Secret whole.gcp'))).toEqual({ 'key.json': '{}', number: '5' });
    expect(find('Secret whole.encoded')).toHaveProperty('data', { word: 'd29yZA==' });
    expect(find('ConfigMap whole.templates')).toMatchObject({
      metadata: { annotations: { owner: 'ci' } },
      data: { 'docker.tmpl': 'release: estafette-ci\ncontainer: \n' },
    });
    expect(find('ConfigMap whole.idle')).not.toHaveProperty('data');
  });

  it('logs in to the registry with a Secret of its own', () => {
    const login = JSON.parse(decoded(find('Secret whole.registry'))['.dockerconfigjson'] ?? '') as unknown;
    expect(login).toEqual({ auths: { 'registry.example.com': { auth: Buffer.from('user:p@ss:w0rd').toString('base64') } } });
  });

  it('labels every object, with text', () => {
    for (const id of ['Deployment whole', 'Service whole', 'Secret whole.gcp', 'ServiceAccount runner']) {
      expect(find(id).metadata.labels).toEqual({
        'helm.sh/chart': 'web-1.4.1',
        'app.kubernetes.io/name': 'part',
        'app.kubernetes.io/instance': 'estafette-ci',
        'app.kubernetes.io/version': '1.4.1',
        'app.kubernetes.io/managed-by': 'Helm',
        team: 'ci',
        number: '42',
      });
    }
  });
});

it('honours the security context where the documents have it', () => {
  const { find } = render({ deployment: { securityContext: { runAsNonRoot: true } } });
  expect(find('Deployment estafette-ci-web')).toHaveProperty(`${CONTAINER}.securityContext`, { runAsNonRoot: true });
});

it('uses an OAuth client that exists already', () => {
  const { find, ids } = render({ iap: { enabled: true, existingSecret: 'oauth' } });
  expect(ids).not.toContain('Secret estafette-ci-web.backendconfig');
  expect(find('BackendConfig estafette-ci-web')).toMatchObject({
    apiVersion: 'cloud.google.com/v1beta1',
    spec: { iap: { oauthclientCredentials: { secretName: 'oauth' } } },
  });
});

it('takes nulls where the chart takes them', () => {
  const { find } = render({
    image: { credentials: null, tag: null },
    extraSecrets: null,
    extraLabels: null,
    deployment: { env: null, extraVolumes: null, podAnnotations: null },
  });
  expect(find('Deployment estafette-ci-web')).toHaveProperty(`${CONTAINER}.image`, 'estafette/estafette-ci-web:1.4.1');
});

it('leaves out labels that are empty, as bare YAML does', () => {
  expect(render({ extraLabels: { team: '' } }).find('Service estafette-ci-web').metadata.labels).not.toHaveProperty('team');
});

it('lends its names to the templates of the values', () => {
  const data =
    'names: "{{ include "estafette-ci-web.name" . }} {{ include "estafette-ci-web.serviceAccountName" . }} {{ include "estafette-ci-web.jobNamespace" . }}"';
  const { find } = render({ extraConfigmaps: [{ key: 'names', data }] });
  expect(find('ConfigMap estafette-ci-web.names')).toHaveProperty('data', { names: 'web estafette-ci-web estafette-ci-jobs' });
  expect(web.helpers?.['estafette-ci-web.jobNamespace']).toBeDefined();
});

describe('values that are refused', () => {
  it.each<[string, WebValues, string, RegExp]>([
    ['a number for a name', { nameOverride: 5 }, 'nameOverride', /must be text, not the number 5: put it in quotes/],
    ['a flag for a name', { fullnameOverride: true }, 'fullnameOverride', /must be text, not the flag true: put it in quotes/],
    ['no type of the Service', { service: { type: null } }, 'service.type', /must not be null.*leave the key out/],
    [
      'the proxy without its client',
      { iap: { enabled: true, clientId: 'id' } },
      'iap.clientSecret',
      /give the OAuth client.*iap\.existingSecret/,
    ],
    ['a number for the client', { iap: { enabled: true, clientId: 1, clientSecret: 's' } }, 'iap.clientId', /put it in quotes/],
    ['no secret', { extraSecrets: [null as never] }, 'extraSecrets.0', /must not be null: take the item away/],
    ['a key twice', { extraSecrets: [{ key: 'a' }, { key: 'a' }] }, 'extraSecrets.1.key', /"a" is used twice: give each its own name/],
    ['a map in a Secret', { extraSecrets: [{ key: 'a', data: { b: {} } }] }, 'extraSecrets.0.data.b', /must be text, not a map/],
    [
      'a ConfigMap that is a list',
      { extraConfigmaps: [{ key: 'a', data: '- b' }] },
      'extraConfigmaps.0.data',
      /maps file names to contents/,
    ],
    [
      'a ConfigMap with a map in it',
      { extraConfigmaps: [{ key: 'a', data: 'b: {c: d}' }] },
      'extraConfigmaps.0.data',
      /content of "b" must be text, not a map: put "\|" after its name/,
    ],
    ['volumes that are not a list', { deployment: { extraVolumes: 'a: b' } }, 'deployment.extraVolumes', /begin each item with "- "/],
    [
      'volumes that are not YAML',
      { deployment: { extraVolumes: '- {a' } },
      'deployment.extraVolumes',
      /is not valid YAML.*line \d+, column \d+/,
    ],
    ...['---', '...', '--- # more', '... '].map((marker): [string, Partial<WebValues>, string, RegExp] => [
      `volumes with a line of ${marker} between them`,
      { deployment: { extraVolumes: `- name: a\n${marker}\n- name: b\n` } },
      'deployment.extraVolumes',
      /is not valid YAML.*line 2, column 1: a part of a document cannot begin or end one/,
    ]),
    ['a number for volumes', { deployment: { extraVolumes: 5 } }, 'deployment.extraVolumes', /must be text, not the number 5/],
    ['a template that fails', { deployment: { extraContainers: '{{ nosuch }}' } }, 'deployment.extraContainers', /nosuch/],
    ['no Service at all', { service: null as never }, 'service', /must not be null/],
  ])('%s', (_what, values, path, message) => {
    expect(issuesOf(() => render(values))).toEqual({ [path]: expect.stringMatching(message) });
  });

  it('are reported all at once', () => {
    expect(Object.keys(issuesOf(() => render({ nameOverride: 5, service: { type: null }, iap: { enabled: true } })))).toEqual([
      'nameOverride',
      'iap.clientId',
      'iap.clientSecret',
      'service.type',
    ]);
  });
});
