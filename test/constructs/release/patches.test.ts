// Patches: strategic merge and RFC 6902, and the error for one that matches nothing.
import { applyPatches, PatchError, type Patch } from '../../../constructs/release/patches';
import { strategicMerge } from '../../../kubernetes/strategic-merge';

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'api', namespace: 'ci', labels: { a: 'b' } },
  spec: {
    replicas: 1,
    template: {
      spec: {
        containers: [
          { name: 'api', image: 'api:1', env: [{ name: 'A', value: '1' }], args: ['x', 'y'] },
          { name: 'sidecar', image: 's:1' },
        ],
      },
    },
  },
};
const patchOne = (patch: Patch['patch'], target: Patch['target'] = { kind: 'Deployment', name: 'api' }) =>
  applyPatches([deployment], [{ target, patch }])[0];

describe('applyPatches', () => {
  it('merges by Kubernetes merge keys', () => {
    expect(
      patchOne({
        spec: { template: { spec: { containers: [{ name: 'api', image: 'api:2', env: [{ name: 'B', value: '2' }], args: ['z'] }] } } },
      }),
    ).toMatchObject({
      spec: {
        replicas: 1,
        template: {
          spec: {
            containers: [
              {
                name: 'api',
                image: 'api:2',
                env: [
                  { name: 'A', value: '1' },
                  { name: 'B', value: '2' },
                ],
                args: ['z'],
              },
              { name: 'sidecar', image: 's:1' },
            ],
          },
        },
      },
    });
  });

  it('applies RFC 6902 operations', () => {
    expect(
      patchOne([
        { op: 'replace', path: '/spec/replicas', value: 3 },
        { op: 'add', path: '/metadata/labels/team', value: 'ci' },
      ]),
    ).toMatchObject({ metadata: { labels: { a: 'b', team: 'ci' } }, spec: { replicas: 3 } });
  });

  it('leaves the object it was given alone', () => {
    patchOne([{ op: 'remove', path: '/spec/replicas' }]);
    patchOne({ spec: { replicas: null } });
    expect(deployment.spec.replicas).toBe(1);
  });

  it('names the nearest object when a patch matches nothing', () => {
    expect(() => patchOne({}, { kind: 'Deployment', name: 'apo' })).toThrow(
      new PatchError(0, ': the release has no Deployment/apo; did you mean Deployment/api?'),
    );
    expect(() => patchOne({}, { kind: 'Deployment', name: 'api', namespace: 'other' })).toThrow(
      'patches[0]: the release has no Deployment/api in namespace other',
    );
  });

  it('says which operation does not fit', () => {
    const first = { op: 'remove', path: '/spec/replicas' } as const;
    expect(() => patchOne([first, { op: 'remove', path: '/spec/nothing/here' }])).toThrow(
      'patches[0][1]: remove /spec/nothing/here: there is no /spec/nothing/here (Deployment/api)',
    );
    expect(() => patchOne([first, { op: 'replace', path: '/spec/replicas', value: 2 }])).toThrow(
      'patches[0][1]: replace /spec/replicas: there is no /spec/replicas (Deployment/api)',
    );
    expect(() => patchOne([{ op: 'add', path: '/spec/none/a', value: 2 }])).toThrow(
      'patches[0][0]: add /spec/none/a: there is no /spec/none (Deployment/api)',
    );
    expect(() => patchOne([{ op: 'move', from: '/spec/none', path: '/spec/a' }])).toThrow(
      'patches[0][0]: move /spec/a: there is no /spec/none (Deployment/api)',
    );
    expect(() => patchOne([{ op: 'test', path: '/spec/replicas', value: 2 }])).toThrow(
      'patches[0][0]: test /spec/replicas: there is another value (Deployment/api)',
    );
    expect(
      patchOne([
        { op: 'add', path: '/spec/template/spec/containers/-', value: { name: 'more' } },
        { op: 'add', path: '/metadata/labels/a~1b', value: 'x' },
        { op: 'remove', path: '/metadata/labels/a~1b' },
      ]),
    ).toMatchObject({ spec: { template: { spec: { containers: [{}, {}, { name: 'more' }] } } } });
  });

  it('does not rename an object', () => {
    expect(() => patchOne({ metadata: { name: 'other' } })).toThrow('patches[0] changes apiVersion, kind, name or namespace');
    expect(() => patchOne([{ op: 'replace', path: '/kind', value: 'StatefulSet' }])).toThrow('(Deployment/api)');
  });
});

describe('strategicMerge', () => {
  it('deletes with null and with $patch: delete, replaces with $patch: replace', () => {
    expect(strategicMerge({ a: 1, b: { c: 1, d: 2 } }, { a: null, b: { $patch: 'replace', e: 3 } })).toEqual({ b: { e: 3 } });
    expect(strategicMerge({ volumes: [{ name: 'a' }, { name: 'b' }] }, { volumes: [{ name: 'a', $patch: 'delete' }] })).toEqual({
      volumes: [{ name: 'b' }],
    });
    expect(strategicMerge({ env: [{ name: 'A' }] }, { env: [{ $patch: 'replace' }, { name: 'B' }] })).toEqual({ env: [{ name: 'B' }] });
  });
});
