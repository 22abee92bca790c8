// Small objects that a server takes, to be changed in tests.
import type { Thing } from '../../../cli/diff/objects';

type Plain = Readonly<Record<string, unknown>>;

const make = (apiVersion: string, kind: string, name: string, rest: Plain): Thing =>
  ({ apiVersion, kind, metadata: { name, namespace: 'default' }, ...rest }) as Thing;

const labels = { app: 'web', tier: 'front' };
export const template = (container: Plain = {}, spec: Plain = {}): Plain => ({
  metadata: { labels },
  spec: { containers: [{ name: 'main', image: 'nginx:1', ...container }], ...spec },
});

export const deployment = (spec: Plain = {}): Thing =>
  make('apps/v1', 'Deployment', 'web', { spec: { selector: { matchLabels: labels }, template: template(), ...spec } });
export const statefulSet = (spec: Plain = {}): Thing =>
  make('apps/v1', 'StatefulSet', 'db', { spec: { serviceName: 'db', selector: { matchLabels: labels }, template: template(), ...spec } });
export const daemonSet = (spec: Plain = {}): Thing =>
  make('apps/v1', 'DaemonSet', 'agent', { spec: { selector: { matchLabels: labels }, template: template(), ...spec } });
export const job = (image = 'busybox:1', name = 'init'): Thing =>
  make('batch/v1', 'Job', name, { spec: { template: template({ image }, { restartPolicy: 'Never' }) } });
export const cronJob = (container: Plain = {}): Thing =>
  make('batch/v1', 'CronJob', 'night', {
    spec: { schedule: '0 1 * * *', jobTemplate: { spec: { template: template(container, { restartPolicy: 'Never' }) } } },
  });
export const pod = (command: readonly string[] = ['sleep', '1'], spec: Plain = {}): Thing =>
  make('v1', 'Pod', 'client', { spec: { containers: [{ name: 'main', image: 'busybox:1', command }], ...spec } });
export const service = (spec: Plain = {}): Thing =>
  make('v1', 'Service', 'web', { spec: { selector: labels, ports: [{ port: 80, name: 'http' }], ...spec } });
export const secret = (type: string, stringData: Readonly<Record<string, string>>): Thing =>
  make('v1', 'Secret', 'keys', { type, stringData });
export const configMap = (data: Readonly<Record<string, string>>): Thing => make('v1', 'ConfigMap', 'settings', { data });
export const claim = (storage: string, spec: Plain = {}): Thing =>
  make('v1', 'PersistentVolumeClaim', 'data', {
    spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'fast', resources: { requests: { storage } }, ...spec },
  });
export const role = (rules: readonly Plain[]): Thing => make('rbac.authorization.k8s.io/v1', 'Role', 'builder', { rules });
export const binding = (
  clusterRole: string,
  subjects: readonly Plain[] = [{ kind: 'ServiceAccount', name: 'web', namespace: 'default' }],
): Thing =>
  make('rbac.authorization.k8s.io/v1', 'RoleBinding', 'web', {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: clusterRole },
    subjects,
  });
export const autoscaler = (): Thing =>
  make('autoscaling/v2', 'HorizontalPodAutoscaler', 'web', {
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      minReplicas: 1,
      maxReplicas: 9,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } }],
    },
  });

/** A Deployment and its autoscaler. */
export const scalable = (spec: Plain = {}): Thing[] => [deployment(spec), autoscaler()];
