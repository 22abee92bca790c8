// Which versions of Kubernetes take what a chart prints.
import { neededVersions } from '../../kubernetes/needed-version';
import type { KubeObject } from '../../kubernetes/object';

const object = (apiVersion: string, kind: string, more: object = {}): KubeObject =>
  ({ apiVersion, kind, metadata: { name: 'x' }, ...more }) as KubeObject;
const pod = (spec: object): KubeObject => object('apps/v1', 'Deployment', { spec: { template: { spec } } });

describe('the versions that take objects', () => {
  it.each([
    ['what was there always', [object('v1', 'Service')], '>=1.16.0-0'],
    ['a kind whose API is older than itself', [object('batch/v1', 'Job'), object('batch/v1', 'CronJob')], '>=1.21.0-0'],
    [
      'the newest of several',
      [object('policy/v1', 'PodDisruptionBudget'), object('autoscaling/v2', 'HorizontalPodAutoscaler')],
      '>=1.23.0-0',
    ],
    ['an API that is gone', [object('policy/v1beta1', 'PodDisruptionBudget')], '>=1.16.0-0 <1.25.0-0'],
    ['a custom resource', [object('cert-manager.io/v1', 'Certificate')], '>=1.16.0-0'],
    ['init containers that go on', [pod({ containers: [], initContainers: [{ name: 'a', restartPolicy: 'Always' }] })], '>=1.29.0-0'],
    ['pods with users of their own', [pod({ containers: [], hostUsers: false })], '>=1.33.0-0'],
  ])('are those of %s', (_, objects, expected) => {
    expect(neededVersions(objects)).toBe(expected);
  });
});
