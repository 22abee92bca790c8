// StatefulSets that get smaller, and ports that a server chose.
import { compareReleases } from '../../../cli/diff/report';
import type { Thing } from '../../../cli/diff/objects';

const statefulSet = (replicas: number | undefined, image = 'cockroachdb/cockroach:v22.2.6', claims = true): Thing =>
  ({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db', namespace: 'ns' },
    spec: {
      ...(replicas === undefined ? {} : { replicas }),
      serviceName: 'db',
      template: { spec: { containers: [{ name: 'db', image }] } },
      ...(claims ? { volumeClaimTemplates: [{ metadata: { name: 'datadir' }, spec: { accessModes: ['ReadWriteOnce'] } }] } : {}),
    },
  }) as unknown as Thing;
const report = (before: Thing, after: Thing) =>
  compareReleases({ release: 'r', chart: 'estafette-ci', namespace: 'ns', before: [before], after: [after] });

describe('a StatefulSet with claims', () => {
  it('of CockroachDB that gets smaller than three loses data', () => {
    const [finding] = report(statefulSet(3), statefulSet(1)).refused;
    expect(finding).toMatchObject({ rule: 'scaled-down', path: 'spec.replicas', name: 'db' });
    expect(finding?.reason).toMatch(/^3 → 1: what only db-2, db-1 hold can no longer be read, and fewer than 3 nodes/);
    expect(finding?.wayOut).toContain('cockroach node decommission');
    expect(finding?.commands).toEqual(['kubectl exec db-0 --namespace ns -- cockroach node status --decommission']);
  });

  it('of anything else keeps its claims', () => {
    const [finding] = report(statefulSet(3, 'nats:2'), statefulSet(undefined, 'nats:2')).refused;
    expect(finding?.reason).toBe('3 → 1: what only db-2, db-1 hold can no longer be read');
    expect(finding?.wayOut).toMatch(/^move the data away first/);
  });

  it.each<readonly [string, Thing, Thing]>([
    ['gets larger', statefulSet(1), statefulSet(3)],
    ['stands still', statefulSet(3), statefulSet(0)],
    ['has no claims', statefulSet(3, 'a:1', false), statefulSet(1, 'a:1', false)],
  ])('that %s is not a finding', (_title, before, after) => expect(report(before, after).refused).toEqual([]));
});

it('a port of the nodes that is gone is removed, and not 0', () => {
  const service = (port: object): Thing =>
    ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'a', namespace: 'ns' },
      spec: { type: 'NodePort', ports: [{ name: 'http', port: 80, ...port }] },
    }) as unknown as Thing;
  const [object] = report(service({ nodePort: 30_000 }), service({})).objects;
  expect(object?.fields).toEqual([{ path: ['spec', 'ports', '[80]', 'nodePort'], before: 30_000 }]);
});
