// Patches: strategic merge and RFC 6902, and the error for one that matches nothing.
import { applyPatches, PatchError, type Patch } from '../../../constructs/common/patches';
import { strategicMerge } from '../../../constructs/common/strategic-merge';

const deployment = {
  apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'api', namespace: 'ci', labels: { a: 'b' } },
  spec: { replicas: 1, template: { spec: { containers: [{ name: 'api', image: 'api:1', env: [{ name: 'A', value: '1' }], args: ['x', 'y'] }, { name: 'sidecar', image: 's:1' }] } } },
};
const patchOne = (patch: Patch['patch'], target: Patch['target'] = { kind: 'Deployment', name: 'api' }) => applyPatches([deployment], [{ target, patch }])[0];

describe('applyPatches', () => {
  it('merges by Kubernetes merge keys', () => {
    expect(patchOne({ spec: { template: { spec: { containers: [{ name: 'api', image: 'api:2', env: [{ name: 'B', value: '2' }], args: ['z'] }] } } } })).toMatchObject({
      spec: { replicas: 1, template: { spec: { containers: [{ name: 'api', image: 'api:2', env: [{ name: 'A', value: '1' }, { name: 'B', value: '2' }], args: ['z'] }, { name: 'sidecar', image: 's:1' }] } } },
    });
  });

  it('applies RFC 6902 operations', () => {
    expect(patchOne([{ op: 'replace', path: '/spec/replicas', value: 3 }, { op: 'add', path: '/metadata/labels/team', value: 'ci' }])).toMatchObject({ metadata: { labels: { a: 'b', team: 'ci' } }, spec: { replicas: 3 } });
  });

  it('leaves the object it was given alone', () => {
    patchOne([{ op: 'remove', path: '/spec/replicas' }]);
    patchOne({ spec: { replicas: null } });
    expect(deployment.spec.replicas).toBe(1);
  });

  it('names the nearest object when a patch matches nothing', () => {
    expect(() => patchOne({}, { kind: 'Deployment', name: 'apo' })).toThrow(new PatchError('patches[0]: the release has no Deployment/apo; did you mean Deployment/api?'));
    expect(() => patchOne({}, { kind: 'Deployment', name: 'api', namespace: 'other' })).toThrow('patches[0]: the release has no Deployment/api in namespace other');
  });

  it('says which operation does not fit', () => {
    expect(() => patchOne([{ op: 'remove', path: '/spec/nothing/here' }])).toThrow(/^patches\[0\] does not fit Deployment\/api: /);
  });
});

describe('strategicMerge', () => {
  it('deletes with null and with $patch: delete, replaces with $patch: replace', () => {
    expect(strategicMerge({ a: 1, b: { c: 1, d: 2 } }, { a: null, b: { $patch: 'replace', e: 3 } })).toEqual({ b: { e: 3 } });
    expect(strategicMerge({ volumes: [{ name: 'a' }, { name: 'b' }] }, { volumes: [{ name: 'a', $patch: 'delete' }] })).toEqual({ volumes: [{ name: 'b' }] });
    expect(strategicMerge({ env: [{ name: 'A' }] }, { env: [{ $patch: 'replace' }, { name: 'B' }] })).toEqual({ env: [{ name: 'B' }] });
  });
});
