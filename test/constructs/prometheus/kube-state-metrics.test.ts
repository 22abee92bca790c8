// kube-state-metrics, alone and as a part of Prometheus.
import { issuesOf, NOTHING, synth, synthKubeStateMetrics } from './synth';
import type { KubeStateMetricsValues } from '../../../constructs/prometheus/kube-state-metrics/values';

const NAME = 'estafette-ci-kube-state-metrics';
const SELECTOR = { 'app.kubernetes.io/name': 'kube-state-metrics', 'app.kubernetes.io/instance': 'estafette-ci' };
interface Rule {
  readonly apiGroups: string[];
  readonly resources: string[];
}

const args = (values: KubeStateMetricsValues, kind = 'Deployment') =>
  (synthKubeStateMetrics(values).find(kind).spec as { template: { spec: { containers: { args: string[] }[] } } }).template.spec
    .containers[0]?.args;

describe('with the published defaults', () => {
  const { find, ids } = synthKubeStateMetrics();

  it('makes its objects', () => {
    expect(ids).toEqual(['ClusterRole', 'ClusterRoleBinding', 'Deployment', 'Service', 'ServiceAccount'].map((kind) => `${kind} ${NAME}`));
  });

  it('watches 27 kinds and may list each of them', () => {
    const { rules } = find('ClusterRole') as unknown as { rules: Rule[] };
    expect(rules).toHaveLength(27);
    expect(rules).toContainEqual({ apiGroups: ['extensions', 'apps'], resources: ['deployments'], verbs: ['list', 'watch'] });
    expect(args({})?.[1]?.replace('--resources=', '').split(',')).toEqual(rules.flatMap(({ resources }) => resources));
  });

  it('runs one pod', () => {
    expect(find('Deployment')).toMatchObject({
      metadata: { labels: { ...SELECTOR, 'app.kubernetes.io/version': '2.2.0', 'helm.sh/chart': 'kube-state-metrics-3.5.2' } },
      spec: {
        selector: { matchLabels: { 'app.kubernetes.io/name': 'kube-state-metrics' } },
        template: {
          metadata: { labels: SELECTOR },
          spec: {
            hostNetwork: false,
            securityContext: { fsGroup: 65534, runAsGroup: 65534, runAsUser: 65534 },
            containers: [
              {
                name: 'kube-state-metrics',
                image: 'k8s.gcr.io/kube-state-metrics/kube-state-metrics:v2.2.0',
                ports: [{ containerPort: 8080 }],
                readinessProbe: { httpGet: { path: '/', port: 8080 } },
              },
            ],
          },
        },
      },
    });
  });

  it('is found by its annotation', () => {
    expect(find('Service')).toMatchObject({
      metadata: { annotations: { 'prometheus.io/scrape': 'true' } },
      spec: { ports: [{ name: 'http', port: 8080, targetPort: 8080 }], selector: SELECTOR },
    });
  });
});

describe('all values', () => {
  const { find, ids } = synthKubeStateMetrics({
    prometheusScrape: false,
    autosharding: { enabled: true },
    replicas: 3,
    extraArgs: ['--v=2'],
    customLabels: { team: 'ci' },
    hostNetwork: true,
    service: { port: 8888, type: 'NodePort', nodePort: 30888, loadBalancerIP: '1.2.3.4', annotations: { a: 'b' } },
    serviceAccount: { name: 'watcher', imagePullSecrets: [{ name: 'login' }], annotations: { cloud: 'identity' } },
    prometheus: {
      monitor: {
        enabled: true,
        additionalLabels: { release: 'main' },
        honorLabels: true,
        metricRelabelings: [{ action: 'drop' }],
        relabelings: [{ action: 'keep' }],
      },
    },
    securityContext: { enabled: false },
    containerSecurityContext: { runAsNonRoot: true },
    priorityClassName: 'high',
    podDisruptionBudget: { minAvailable: 1 },
    metricAllowlist: ['a', 'b'],
    metricDenylist: 'c,d',
    metricLabelsAllowlist: ['pods=[x]'],
    metricAnnotationsAllowList: ['pods=[y]'],
    collectors: ['pods', 'verticalpodautoscalers'],
    kubeconfig: { enabled: true, secret: 'YWJj' },
    namespaces: 'a,{{ .Release.Namespace }}',
    namespaceOverride: 'watch',
    selfMonitor: { enabled: true, telemetryHost: '0.0.0.0', telemetryPort: 9999 },
    resources: { limits: { cpu: '1' } },
  });

  it('shape a StatefulSet whose pods find their share', () => {
    expect(find('StatefulSet')).toMatchObject({
      metadata: { namespace: 'watch', labels: { team: 'ci' } },
      spec: {
        serviceName: NAME,
        replicas: 3,
        volumeClaimTemplates: [],
        template: {
          spec: {
            hostNetwork: true,
            priorityClassName: 'high',
            serviceAccountName: 'watcher',
            containers: [
              {
                args: [
                  '--v=2',
                  '--port=8888',
                  '--resources=pods,verticalpodautoscalers',
                  '--metric-labels-allowlist=pods=[x]',
                  '--metric-annotations-allowlist=pods=[y]',
                  '--metric-allowlist=a,b',
                  '--metric-denylist=c,d',
                  '--namespaces=a,estafette-ci',
                  '--pod=$(POD_NAME)',
                  '--pod-namespace=$(POD_NAMESPACE)',
                  '--kubeconfig=/opt/k8s/.kube/config',
                  '--telemetry-host=0.0.0.0',
                  '--telemetry-port=9999',
                ],
                env: [{ name: 'POD_NAME' }, { name: 'POD_NAMESPACE' }],
                ports: [{ containerPort: 8888 }, { containerPort: 9999 }],
                volumeMounts: [{ name: 'kubeconfig', mountPath: '/opt/k8s/.kube/', readOnly: true }],
                securityContext: { runAsNonRoot: true },
              },
            ],
            volumes: [{ name: 'kubeconfig', secret: { secretName: `${NAME}-kubeconfig` } }],
          },
        },
      },
    });
    expect((find('StatefulSet').spec as { template: { spec: object } }).template.spec).not.toHaveProperty('securityContext');
    expect(find('Role', `stsdiscovery-${NAME}`).rules).toContainEqual({
      apiGroups: ['apps'],
      resources: ['statefulsets'],
      resourceNames: [NAME],
      verbs: ['get', 'list', 'watch'],
    });
    expect(find('RoleBinding', `stsdiscovery-${NAME}`)).toMatchObject({ subjects: [{ name: 'watcher', namespace: 'watch' }] });
  });

  it('shape what stands around it', () => {
    expect(ids).toHaveLength(10);
    expect(find('Secret')).toMatchObject({ type: 'Opaque', data: { config: 'YWJj' } });
    expect(find('ServiceAccount')).toMatchObject({
      metadata: { name: 'watcher', annotations: { cloud: 'identity' } },
      imagePullSecrets: [{ name: 'login' }],
    });
    expect(find('PodDisruptionBudget').spec).toEqual({
      minAvailable: 1,
      selector: { matchLabels: { 'app.kubernetes.io/name': 'kube-state-metrics' } },
    });
    expect(find('Service')).toMatchObject({
      metadata: { annotations: { a: 'b' } },
      spec: {
        type: 'NodePort',
        loadBalancerIP: '1.2.3.4',
        ports: [
          { port: 8888, nodePort: 30888 },
          { name: 'metrics', port: 9999 },
        ],
      },
    });
    const endpoint = { honorLabels: true, metricRelabelings: [{ action: 'drop' }], relabelings: [{ action: 'keep' }] };
    expect(find('ServiceMonitor')).toMatchObject({
      metadata: { labels: { release: 'main', team: 'ci' } },
      spec: {
        selector: { matchLabels: SELECTOR },
        endpoints: [
          { port: 'http', ...endpoint },
          { port: 'metrics', ...endpoint },
        ],
      },
    });
    expect((find('ClusterRole') as unknown as { rules: Rule[] }).rules.map(({ resources }) => resources)).toEqual([
      ['pods'],
      ['verticalpodautoscalers'],
    ]);
  });
});

it('takes a kubeconfig from a Secret that exists already', () => {
  const { find, ids } = synthKubeStateMetrics({ kubeconfig: { enabled: true, existingSecret: 'mine' } });
  expect(ids.filter((id) => id.startsWith('Secret'))).toEqual([]);
  expect(find('Deployment').spec).toMatchObject({
    template: { spec: { volumes: [{ name: 'kubeconfig', secret: { secretName: 'mine' } }] } },
  });
});

describe('rights', () => {
  const roles = (values: KubeStateMetricsValues) =>
    synthKubeStateMetrics(values)
      .objects.filter(({ kind }) => /Role/.test(kind))
      .map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}`);

  it.each<[string, KubeStateMetricsValues, string[]]>([
    ['once in the cluster, however many namespaces there are', { namespaces: 'a,b' }, ['ClusterRole ', 'ClusterRoleBinding ']],
    ['in each namespace', { namespaces: 'a,b', rbac: { useClusterRole: false } }, ['Role a', 'RoleBinding a', 'Role b', 'RoleBinding b']],
    ["in the release's own namespace", { rbac: { useClusterRole: false } }, ['Role estafette-ci', 'RoleBinding estafette-ci']],
    ['by a role that exists', { rbac: { useExistingRole: 'mine' } }, ['ClusterRoleBinding ']],
    [
      'by a role that exists, in each namespace',
      { namespaces: 'a', rbac: { useExistingRole: 'mine', useClusterRole: false } },
      ['RoleBinding a'],
    ],
    ['by nothing', { rbac: { create: false } }, []],
  ])('are granted %s', (_what, values, expected) => expect(roles(values)).toEqual(expected));
});

describe('namespaces', () => {
  it('may be a list where no roles are made', () => {
    expect(args({ namespaces: ['a', 'b'], rbac: { create: false } })).toContain('--namespaces=a,b');
  });

  it('must be text where they are', () => {
    for (const namespaces of [['a'], null]) {
      expect(issuesOf(() => synthKubeStateMetrics({ namespaces }))).toEqual({
        namespaces: expect.stringMatching(/must be text while rbac\.create makes roles: names with commas/),
      });
    }
  });
});

it('grants rights for a list of collectors only', () => {
  expect(issuesOf(() => synthKubeStateMetrics({ collectors: {} as never }))).toEqual({
    collectors: expect.stringMatching(/must be a list while rbac\.create makes roles/),
  });
});

describe('as a part of Prometheus', () => {
  it.each<[string, { enabled?: boolean | null } | null, boolean]>([
    ['on by default', {}, true],
    ['off', { enabled: false }, false],
    ['on with null', { enabled: null }, true],
    ['on without its group', null, true],
  ])('is %s', (_what, kubeStateMetrics, isThere) =>
    expect(synth({ ...NOTHING, kubeStateMetrics }).ids.includes(`Deployment ${NAME}`)).toBe(isThere),
  );

  it('takes its values from its own group, templates and nulls included', () => {
    const { find } = synth({
      ...NOTHING,
      kubeStateMetrics: {},
      'kube-state-metrics': { replicas: null, namespaces: '{{ .Chart.Name }}-{{ .Values.image.tag }}' },
    });
    expect(find('Deployment').spec).not.toHaveProperty('replicas');
    expect(find('Deployment').spec).toMatchObject({
      template: { spec: { containers: [{ args: expect.arrayContaining(['--namespaces=kube-state-metrics-v2.2.0']) }] } },
    });
  });

  it('names its mistakes below its group, and only when it is on', () => {
    const values = { 'kube-state-metrics': { nameOverride: 5, image: null } };
    expect(issuesOf(() => synth({ ...NOTHING, ...values, kubeStateMetrics: {} }))).toEqual({
      'kube-state-metrics.image': expect.stringMatching(/must not be null/),
      'kube-state-metrics.nameOverride': 'must be text, not the number 5: put it in quotes',
    });
    expect(issuesOf(() => synth({ ...NOTHING, ...values }))).toEqual({});
    expect(issuesOf(() => synth({ ...NOTHING, 'kube-state-metrics': null }))).toEqual({
      'kube-state-metrics': expect.stringMatching(/must not be null/),
    });
  });
});

it('warns that PodSecurityPolicies are gone', () => {
  expect(synthKubeStateMetrics({ podSecurityPolicy: { enabled: true } }).warnings).toEqual([
    expect.stringMatching(/^podSecurityPolicy\.enabled: has no effect/),
  ]);
});
