// The Prometheus server: workload, Service, rights, volumes.
import { SERVER_ONLY, synth } from './synth';
import type { PrometheusValues } from '../../../constructs/prometheus/values';

type ServerValues = NonNullable<PrometheusValues['server']>;
const serverOnly = (server: ServerValues, more: PrometheusValues = {}): PrometheusValues => ({ ...SERVER_ONLY, ...more, server });

const NAME = 'estafette-ci-metrics-server';
const SELECTOR = { component: 'server', app: 'metrics', release: 'estafette-ci' };
const LABELS = { ...SELECTOR, chart: 'metrics-14.8.0', heritage: 'Helm' };

describe('with the published defaults', () => {
  const { find, ids, warnings } = synth(SERVER_ONLY);

  it('makes one object of each kind, named after release, alias and program', () => {
    expect(ids).toEqual(
      ['ClusterRole', 'ClusterRoleBinding', 'ConfigMap', 'Deployment', 'PersistentVolumeClaim', 'Service', 'ServiceAccount'].map(
        (kind) => `${kind} ${NAME}`,
      ),
    );
    expect(warnings).toEqual([]);
  });

  it('labels all of them', () => {
    expect(find('Service').metadata).toEqual({ name: NAME, namespace: 'estafette-ci', labels: LABELS });
    expect(find('ClusterRole').metadata).toEqual({ name: NAME, labels: LABELS });
  });

  it('runs Prometheus beside the container that reloads it', () => {
    expect(find('Deployment').spec).toMatchObject({
      replicas: 1,
      selector: { matchLabels: SELECTOR },
      template: {
        metadata: { labels: LABELS },
        spec: {
          serviceAccountName: NAME,
          enableServiceLinks: true,
          hostNetwork: false,
          dnsPolicy: 'ClusterFirst',
          terminationGracePeriodSeconds: 300,
          securityContext: { runAsUser: 65534, runAsNonRoot: true, runAsGroup: 65534, fsGroup: 65534 },
          containers: [
            {
              name: 'metrics-server-configmap-reload',
              image: 'jimmidyson/configmap-reload:v0.5.0',
              args: ['--volume-dir=/etc/config', '--webhook-url=http://127.0.0.1:9090/-/reload'],
              volumeMounts: [{ name: 'config-volume', mountPath: '/etc/config', readOnly: true }],
            },
            {
              name: 'metrics-server',
              image: 'quay.io/prometheus/prometheus:v2.26.0',
              imagePullPolicy: 'IfNotPresent',
              args: [
                '--storage.tsdb.retention.time=15d',
                '--config.file=/etc/config/prometheus.yml',
                '--storage.tsdb.path=/data',
                '--web.console.libraries=/etc/prometheus/console_libraries',
                '--web.console.templates=/etc/prometheus/consoles',
                '--web.enable-lifecycle',
              ],
              readinessProbe: {
                httpGet: { path: '/-/ready', port: 9090 },
                initialDelaySeconds: 30,
                periodSeconds: 5,
                timeoutSeconds: 4,
                failureThreshold: 3,
                successThreshold: 1,
              },
              livenessProbe: {
                httpGet: { path: '/-/healthy', port: 9090 },
                initialDelaySeconds: 30,
                periodSeconds: 15,
                timeoutSeconds: 10,
                failureThreshold: 3,
                successThreshold: 1,
              },
              volumeMounts: [
                { name: 'config-volume', mountPath: '/etc/config' },
                { name: 'storage-volume', mountPath: '/data', subPath: '' },
              ],
            },
          ],
          volumes: [
            { name: 'config-volume', configMap: { name: NAME } },
            { name: 'storage-volume', persistentVolumeClaim: { claimName: NAME } },
          ],
        },
      },
    });
  });

  it('may read what it discovers in the whole cluster', () => {
    expect(find('ClusterRole').rules).toContainEqual({ nonResourceURLs: ['/metrics'], verbs: ['get'] });
    expect(find('ClusterRoleBinding')).toMatchObject({
      subjects: [{ kind: 'ServiceAccount', name: NAME, namespace: 'estafette-ci' }],
      roleRef: { kind: 'ClusterRole', name: NAME },
    });
  });

  it('keeps the claim', () => {
    expect(find('PersistentVolumeClaim').spec).toEqual({ accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '8Gi' } } });
  });
});

describe('arguments', () => {
  const args = (server: ServerValues): unknown =>
    (
      synth(serverOnly(server, { configmapReload: { prometheus: { enabled: false } } })).find('Deployment').spec as {
        template: { spec: { containers: { args: string[] }[] } };
      }
    ).template.spec.containers[0]?.args;

  it('come in the order of the chart, those of maps sorted', () => {
    expect(
      args({
        prefixURL: '/prom',
        baseURL: 'https://example.com/prom',
        storagePath: '/elsewhere',
        retention: '',
        extraFlags: ['web.enable-admin-api'],
        extraArgs: { 'storage.tsdb.wal-compression': true, 'query.max-samples': 5000000, 'log.level': 'debug' },
      }),
    ).toEqual([
      '--web.route-prefix=/prom',
      '--config.file=/etc/config/prometheus.yml',
      '--storage.tsdb.path=/elsewhere',
      '--web.console.libraries=/etc/prometheus/console_libraries',
      '--web.console.templates=/etc/prometheus/consoles',
      '--web.enable-admin-api',
      '--log.level=debug',
      '--query.max-samples=5e+06',
      '--storage.tsdb.wal-compression=true',
      '--web.external-url=https://example.com/prom',
    ]);
  });
});

describe('volumes and mounts', () => {
  it('of Secrets, ConfigMaps and paths of the node', () => {
    const { find } = synth({
      ...serverOnly({
        extraSecretMounts: [{ name: 'tls', mountPath: '/tls', secretName: 'prom-tls', readOnly: true, optional: true }],
        extraConfigmapMounts: [{ name: 'rules', mountPath: '/rules', subPath: 'a', configMap: 'my-rules' }],
        extraHostPathMounts: [{ name: 'certs', mountPath: '/certs', hostPath: '/etc/certs', readOnly: true }],
        extraVolumes: [{ name: 'more', emptyDir: {} }],
        extraVolumeMounts: [{ name: 'more', mountPath: '/more' }],
        persistentVolume: { enabled: false },
        emptyDir: { sizeLimit: '1Gi' },
      }),
      configmapReload: {
        prometheus: {
          extraConfigmapMounts: [{ name: 'alerts', mountPath: '/etc/alerts.d', configMap: 'prometheus-alerts' }],
          extraVolumeDirs: ['/etc/alerts.d'],
        },
      },
    });
    expect(find('Deployment').spec).toMatchObject({
      template: {
        spec: {
          containers: [
            {
              args: expect.arrayContaining(['--volume-dir=/etc/alerts.d']),
              volumeMounts: [{}, { name: 'configmap-reload-alerts', mountPath: '/etc/alerts.d' }],
            },
            {
              volumeMounts: [
                { name: 'config-volume' },
                { name: 'storage-volume' },
                { name: 'certs', mountPath: '/certs', readOnly: true },
                { name: 'server-rules', mountPath: '/rules', subPath: 'a' },
                { name: 'tls', mountPath: '/tls', readOnly: true },
                { name: 'more', mountPath: '/more' },
              ],
            },
          ],
          volumes: [
            { name: 'config-volume' },
            { name: 'certs', hostPath: { path: '/etc/certs' } },
            { name: 'configmap-reload-alerts', configMap: { name: 'prometheus-alerts' } },
            { name: 'server-rules', configMap: { name: 'my-rules' } },
            { name: 'tls', secret: { secretName: 'prom-tls', optional: true } },
            { name: 'alerts', configMap: { name: 'prometheus-alerts' } },
            { name: 'more', emptyDir: {} },
            { name: 'storage-volume', emptyDir: { sizeLimit: '1Gi' } },
          ],
        },
      },
    });
  });

  it('mounts a claim that exists already, and makes none', () => {
    const { find, ids } = synth(serverOnly({ persistentVolume: { existingClaim: 'mine' } }));
    expect(find('Deployment').spec).toMatchObject({
      template: { spec: { volumes: [{}, { persistentVolumeClaim: { claimName: 'mine' } }] } },
    });
    expect(ids).not.toContain(`PersistentVolumeClaim ${NAME}`);
  });

  it.each([
    ['-', ''],
    ['fast', 'fast'],
  ])('asks for the storage class %j as %j', (storageClass, storageClassName) => {
    expect(synth(serverOnly({ persistentVolume: { storageClass } })).find('PersistentVolumeClaim').spec).toMatchObject({
      storageClassName,
    });
  });
});

describe('in a StatefulSet', () => {
  const { find, ids } = synth(
    serverOnly({
      replicaCount: 2,
      statefulSet: { enabled: true, labels: { team: 'ci' }, headless: { gRPC: { enabled: true } } },
      service: { statefulsetReplica: { enabled: true, replica: 1 }, gRPC: { enabled: true, nodePort: 30901 } },
      verticalAutoscaler: { enabled: true },
    }),
  );

  it('has claim templates instead of a claim', () => {
    expect(ids).not.toContain(`PersistentVolumeClaim ${NAME}`);
    expect(find('StatefulSet')).toMatchObject({
      metadata: { labels: { team: 'ci' } },
      spec: {
        replicas: 2,
        serviceName: `${NAME}-headless`,
        podManagementPolicy: 'OrderedReady',
        volumeClaimTemplates: [{ metadata: { name: 'storage-volume' }, spec: { resources: { requests: { storage: '8Gi' } } } }],
        template: { spec: { volumes: [{ name: 'config-volume', configMap: { name: NAME } }] } },
      },
    });
  });

  it('has a headless Service, and one that may lead to a single pod', () => {
    expect(find('Service', `${NAME}-headless`).spec).toEqual({
      clusterIP: 'None',
      selector: SELECTOR,
      ports: [
        { name: 'http', port: 80, protocol: 'TCP', targetPort: 9090 },
        { name: 'grpc', port: 10901, protocol: 'TCP', targetPort: 10901 },
      ],
    });
    expect(find('Service', NAME).spec).toEqual({
      type: 'ClusterIP',
      selector: { 'statefulset.kubernetes.io/pod-name': `${NAME}-1` },
      ports: [
        { name: 'http', port: 80, protocol: 'TCP', targetPort: 9090 },
        { name: 'grpc', port: 10901, protocol: 'TCP', targetPort: 10901, nodePort: 30901 },
      ],
    });
  });

  it('is what the autoscaler sizes', () => {
    expect(find('VerticalPodAutoscaler')).toMatchObject({
      metadata: { name: `${NAME}-vpa` },
      spec: {
        targetRef: { kind: 'StatefulSet', name: NAME },
        updatePolicy: { updateMode: 'Off' },
        resourcePolicy: { containerPolicies: [] },
      },
    });
  });
});

describe('rights in single namespaces', () => {
  it('are bound from a ClusterRole that exists', () => {
    const { ids, objects } = synth(serverOnly({ useExistingClusterRoleName: 'viewer', namespaces: ['a', 'b', 'a'] }));
    expect(ids.filter((id) => id.startsWith('Cluster'))).toEqual([]);
    expect(objects.filter(({ kind }) => kind === 'RoleBinding').map(({ metadata, roleRef }) => [metadata.namespace, roleRef])).toEqual(
      ['a', 'b'].map((namespace) => [namespace, { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'viewer' }]),
    );
  });

  it('warn when either half is missing', () => {
    expect(synth(serverOnly({ namespaces: ['a'] })).warnings).toEqual([
      expect.stringMatching(/^server\.namespaces: leaves the server without rights/),
    ]);
    expect(synth(serverOnly({ useExistingClusterRoleName: 'viewer' })).warnings).toEqual([
      expect.stringMatching(/^server\.useExistingClusterRoleName: is bound nowhere/),
    ]);
  });

  it('are not made without rbac.create', () => {
    expect(synth({ ...SERVER_ONLY, rbac: { create: false } }).ids.filter((id) => /Role/.test(id))).toEqual([]);
  });
});

describe('what stands around the pods', () => {
  const { find } = synth({
    ...SERVER_ONLY,
    forceNamespace: 'monitoring',
    networkPolicy: { enabled: true },
    imagePullSecrets: [{ name: 'login' }],
    server: {
      podDisruptionBudget: { enabled: true, maxUnavailable: '50%' },
      ingress: {
        enabled: true,
        ingressClassName: 'nginx',
        hosts: ['prom.example.com', 'example.com/ignored'],
        extraLabels: { team: 'ci', empty: '' },
        extraPaths: [
          { path: '/*', pathType: 'ImplementationSpecific', backend: { service: { name: 'redirect', port: { name: 'use-annotation' } } } },
        ],
        tls: [{ secretName: 'prom-tls', hosts: ['prom.example.com'] }],
      },
      strategy: { type: 'Recreate', rollingUpdate: { maxSurge: 1 } },
      service: { type: 'NodePort', nodePort: 30090, loadBalancerSourceRanges: ['10.0.0.0/8'], externalIPs: ['1.2.3.4'] },
    },
  });

  it('is in the forced namespace', () => {
    expect(find('Deployment').metadata.namespace).toBe('monitoring');
    expect(find('ClusterRoleBinding').subjects).toMatchObject([{ namespace: 'monitoring' }]);
  });

  it('selects the pods by all their labels for drains', () => {
    expect(find('PodDisruptionBudget')).toMatchObject({
      apiVersion: 'policy/v1',
      spec: { maxUnavailable: '50%', selector: { matchLabels: LABELS } },
    });
  });

  it('lets traffic in on one port', () => {
    expect(find('NetworkPolicy').spec).toEqual({ podSelector: { matchLabels: SELECTOR }, ingress: [{ ports: [{ port: 9090 }] }] });
  });

  it('leads hosts to the Service, extra paths first', () => {
    const main = { path: '/', pathType: 'Prefix', backend: { service: { name: NAME, port: { number: 80 } } } };
    expect(find('Ingress')).toMatchObject({
      apiVersion: 'networking.k8s.io/v1',
      metadata: { labels: { ...LABELS, team: 'ci' } },
      spec: {
        ingressClassName: 'nginx',
        rules: [
          { host: 'prom.example.com', http: { paths: [{ path: '/*' }, main] } },
          { host: 'example.com', http: { paths: [{ path: '/*' }, main] } },
        ],
        tls: [{ secretName: 'prom-tls' }],
      },
    });
    expect(find('Ingress').metadata.labels).not.toHaveProperty('empty');
  });

  it('takes no rollingUpdate with Recreate, and the pull secrets', () => {
    const { strategy, template } = find('Deployment').spec as { strategy: unknown; template: { spec: { imagePullSecrets: unknown } } };
    expect(strategy).toEqual({ type: 'Recreate' });
    expect(template.spec.imagePullSecrets).toEqual([{ name: 'login' }]);
  });

  it('opens the Service as asked', () => {
    expect(find('Service').spec).toMatchObject({
      type: 'NodePort',
      externalIPs: ['1.2.3.4'],
      loadBalancerSourceRanges: ['10.0.0.0/8'],
      sessionAffinity: 'None',
      ports: [{ nodePort: 30090 }],
    });
  });
});

describe('more containers', () => {
  it('are maps as they are, or YAML text whose templates are evaluated', () => {
    const { find } = synth(
      serverOnly({
        sidecarContainers: {
          web: { image: 'nginx', args: ['{{ literal }}'] },
          proxy:
            'image: "{{ .Values.server.sidecarTemplateValues.image }}"\nargs: ["--upstream={{ include "prometheus.server.fullname" . }}"]',
        },
        sidecarTemplateValues: { image: 'proxy:1' },
      }),
    );
    expect(find('Deployment').spec).toMatchObject({
      template: {
        spec: {
          containers: [
            {},
            {},
            { name: 'proxy', image: 'proxy:1', args: [`--upstream=${NAME}`] },
            { name: 'web', image: 'nginx', args: ['{{ literal }}'] },
          ],
        },
      },
    });
  });
});

describe('the version of the cluster', () => {
  it('decides about enableServiceLinks', () => {
    const spec = (kubeVersion: string, enableServiceLinks?: boolean | null) =>
      (
        synth(serverOnly({ enableServiceLinks }), { kubeVersion }).find('Deployment').spec as {
          template: { spec: { enableServiceLinks?: boolean } };
        }
      ).template.spec.enableServiceLinks;
    expect([spec('1.31.0'), spec('v1.31.0', false), spec('1.31.0', null), spec('1.12.3')]).toEqual([true, false, true, undefined]);
  });
});
