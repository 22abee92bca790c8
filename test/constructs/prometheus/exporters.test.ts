// node-exporter and Pushgateway.
import { NOTHING, synth } from './synth';
import type { PrometheusValues } from '../../../constructs/prometheus/values';

describe('node-exporter', () => {
  type NodeExporterValues = NonNullable<PrometheusValues['nodeExporter']>;
  const NAME = 'estafette-ci-metrics-node-exporter';
  const only = (nodeExporter: NodeExporterValues = {}) => synth({ ...NOTHING, nodeExporter });

  it('runs on every node, in its network', () => {
    const { find, ids } = only();
    expect(ids).toEqual(['DaemonSet', 'Service', 'ServiceAccount'].map((kind) => `${kind} ${NAME}`));
    expect(find('DaemonSet').spec).toMatchObject({
      updateStrategy: { type: 'RollingUpdate' },
      template: {
        spec: {
          hostNetwork: true,
          hostPID: true,
          containers: [
            {
              name: 'metrics-node-exporter',
              image: 'quay.io/prometheus/node-exporter:v1.1.2',
              args: ['--path.procfs=/host/proc', '--path.sysfs=/host/sys', '--path.rootfs=/host/root', '--web.listen-address=:9100'],
              ports: [{ name: 'metrics', containerPort: 9100, hostPort: 9100 }],
              volumeMounts: [
                { name: 'proc', mountPath: '/host/proc', readOnly: true },
                { name: 'sys', mountPath: '/host/sys', readOnly: true },
                { name: 'root', mountPath: '/host/root', mountPropagation: 'HostToContainer', readOnly: true },
              ],
            },
          ],
          volumes: [
            { name: 'proc', hostPath: { path: '/proc' } },
            { name: 'sys', hostPath: { path: '/sys' } },
            { name: 'root', hostPath: { path: '/' } },
          ],
        },
      },
    });
  });

  it('is found by its annotation', () => {
    expect(only().find('Service')).toMatchObject({
      metadata: { annotations: { 'prometheus.io/scrape': 'true' } },
      spec: { clusterIP: 'None', ports: [{ name: 'metrics', port: 9100, targetPort: 9100 }] },
    });
  });

  it('stays out of the node where it is told to', () => {
    const { find } = only({ hostNetwork: false, hostPID: false, hostRootfs: false, service: { hostPort: 9101, servicePort: 80 } });
    const { spec } = (find('DaemonSet').spec as { template: { spec: Record<string, unknown> } }).template;
    expect(spec).not.toHaveProperty('hostNetwork');
    expect(spec).not.toHaveProperty('hostPID');
    expect(spec).toMatchObject({
      containers: [{ args: ['--path.procfs=/host/proc', '--path.sysfs=/host/sys'], ports: [{ containerPort: 9100, hostPort: 9101 }] }],
    });
    expect(find('Service').spec).toMatchObject({ ports: [{ port: 80, targetPort: 9100 }] });
  });

  it('takes flags with and without a value, mounts, labels and annotations', () => {
    const { find } = only({
      extraArgs: { 'collector.systemd': '', 'no-collector.wifi': null, 'log.level': 'debug' },
      extraHostPathMounts: [
        { name: 'text', mountPath: '/text', hostPath: '/var/text', readOnly: true, mountPropagation: 'HostToContainer' },
      ],
      extraConfigmapMounts: [{ name: 'certs', mountPath: '/certs', configMap: 'certs' }],
      pod: { labels: { team: 'ci' } },
      deploymentAnnotations: { owner: 'ci' },
    });
    expect(find('DaemonSet')).toMatchObject({
      metadata: { annotations: { owner: 'ci' } },
      spec: {
        template: {
          metadata: { labels: { team: 'ci' } },
          spec: {
            containers: [
              {
                args: expect.arrayContaining(['--collector.systemd', '--no-collector.wifi', '--log.level=debug']),
                volumeMounts: [
                  {},
                  {},
                  {},
                  { name: 'text', mountPath: '/text', readOnly: true, mountPropagation: 'HostToContainer' },
                  { name: 'certs', mountPath: '/certs' },
                ],
              },
            ],
            volumes: [{}, {}, {}, { name: 'text', hostPath: { path: '/var/text' } }, { name: 'certs', configMap: { name: 'certs' } }],
          },
        },
      },
    });
  });
});

describe('Pushgateway', () => {
  type PushgatewayValues = NonNullable<PrometheusValues['pushgateway']>;
  const NAME = 'estafette-ci-metrics-pushgateway';
  const only = (pushgateway: PushgatewayValues = {}, more: PrometheusValues = {}) => synth({ ...NOTHING, ...more, pushgateway });

  it('runs without a volume by default', () => {
    const { find, ids } = only();
    expect(ids).toEqual(['ClusterRole', 'ClusterRoleBinding', 'Deployment', 'Service', 'ServiceAccount'].map((kind) => `${kind} ${NAME}`));
    const { containers, ...spec } = (find('Deployment').spec as { template: { spec: { containers: Record<string, unknown>[] } } }).template
      .spec;
    expect(spec).not.toHaveProperty('volumes');
    expect(containers).toEqual([
      {
        name: 'metrics-pushgateway',
        image: 'prom/pushgateway:v1.3.1',
        imagePullPolicy: 'IfNotPresent',
        ports: [{ containerPort: 9091 }],
        livenessProbe: { httpGet: { path: '/-/healthy', port: 9091 }, initialDelaySeconds: 10, timeoutSeconds: 10 },
        readinessProbe: { httpGet: { path: '/-/ready', port: 9091 }, initialDelaySeconds: 10, timeoutSeconds: 10 },
      },
    ]);
    expect(find('Service')).toMatchObject({
      metadata: { annotations: { 'prometheus.io/probe': 'pushgateway' } },
      spec: { ports: [{ port: 9091 }] },
    });
  });

  it('keeps its metrics on a claim, and is probed below its prefix', () => {
    const { find } = only({
      persistentVolume: { enabled: true, subPath: 'push' },
      extraArgs: { 'persistence.file': '/data/push', 'web.enable-admin-api': true, 'web.route-prefix': 'push' },
    });
    expect(find('PersistentVolumeClaim').spec).toMatchObject({ resources: { requests: { storage: '2Gi' } } });
    expect(find('Deployment').spec).toMatchObject({
      template: {
        spec: {
          containers: [
            {
              args: ['--persistence.file=/data/push', '--web.enable-admin-api', '--web.route-prefix=push'],
              livenessProbe: { httpGet: { path: '/push/-/healthy' } },
              volumeMounts: [{ name: 'storage-volume', mountPath: '/data', subPath: 'push' }],
            },
          ],
          volumes: [{ name: 'storage-volume', persistentVolumeClaim: { claimName: NAME } }],
        },
      },
    });
  });

  it('has policies, an autoscaler and an Ingress when asked for', () => {
    const { find } = only(
      {
        podDisruptionBudget: { enabled: true },
        verticalAutoscaler: { enabled: true, updateMode: 'Auto' },
        ingress: { enabled: true, hosts: ['push.example.com'] },
      },
      { networkPolicy: { enabled: true } },
    );
    expect(find('PodDisruptionBudget').spec).toMatchObject({ maxUnavailable: 1 });
    expect(find('VerticalPodAutoscaler').spec).toMatchObject({ targetRef: { kind: 'Deployment' }, updatePolicy: { updateMode: 'Auto' } });
    expect(find('NetworkPolicy').spec).toMatchObject({ ingress: [{}, { ports: [{ port: 9091 }] }] });
    expect(find('Ingress').spec).toMatchObject({
      rules: [{ host: 'push.example.com', http: { paths: [{ backend: { service: { name: NAME, port: { number: 9091 } } } }] } }],
    });
  });

  it('leaves claim and budget behind when it is off, as the chart does', () => {
    const { ids, warnings } = only({ enabled: false, persistentVolume: { enabled: true }, podDisruptionBudget: { enabled: true } });
    expect(ids).toEqual([`PersistentVolumeClaim ${NAME}`, `PodDisruptionBudget ${NAME}`]);
    expect(warnings).toEqual([expect.stringMatching(/^pushgateway\.persistentVolume\.enabled: makes a claim though/)]);
  });
});
