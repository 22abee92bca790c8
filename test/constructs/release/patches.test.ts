// Patches: strategic merge and RFC 6902, and the error for one that matches nothing.
import { applyPatches, PatchError, type Patch } from '../../../constructs/release/patches';

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
                  { name: 'B', value: '2' },
                  { name: 'A', value: '1' },
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
      'patches[0].patch[1]: remove /spec/nothing/here: there is no /spec/nothing/here (Deployment/api)',
    );
    expect(() => patchOne([first, { op: 'replace', path: '/spec/replicas', value: 2 }])).toThrow(
      'patches[0].patch[1]: replace /spec/replicas: there is no /spec/replicas (Deployment/api)',
    );
    expect(() => patchOne([{ op: 'add', path: '/spec/none/a', value: 2 }])).toThrow(
      'patches[0].patch[0]: add /spec/none/a: there is no /spec/none (Deployment/api)',
    );
    expect(() => patchOne([{ op: 'move', from: '/spec/none', path: '/spec/a' }])).toThrow(
      'patches[0].patch[0]: move /spec/a: there is no /spec/none (Deployment/api)',
    );
    expect(() => patchOne([{ op: 'test', path: '/spec/replicas', value: 2 }])).toThrow(
      'patches[0].patch[0]: test /spec/replicas: there is another value (Deployment/api)',
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
    for (const path of ['', '/metadata'])
      for (const value of [null, 'x', 5, [], {}])
        expect(() => patchOne([{ op: 'replace', path, value }])).toThrow('patches[0] changes apiVersion, kind, name or namespace');
    expect(() => patchOne([{ op: 'remove', path: '/metadata' }])).toThrow('patches[0] changes apiVersion');
  });

  it('takes an object away, for the patches after it, too', () => {
    const other = { ...deployment, kind: 'StatefulSet' };
    const patches: Patch[] = [{ target: { kind: 'Deployment', name: 'api' }, patch: { $patch: 'delete' } }];
    expect(applyPatches([deployment, other], patches)).toEqual([undefined, other]);
    expect(() => applyPatches([deployment, other], [...patches, ...patches])).toThrow('patches[1]: the release has no Deployment/api');
  });

  it('says where a strategic merge does not fit', () => {
    expect(() => patchOne({ spec: { template: { spec: { containers: [{ image: 'x' }] } } } })).toThrow(
      'patches[0].patch.spec.template.spec.containers[0]: lacks name, which tells the items of this list apart (Deployment/api)',
    );
  });

  const cycle: Record<string, unknown> = {};
  cycle['self'] = { cycle };
  it.each<[string, unknown, string]>([
    ['no map', 'S3CRET', ': must be a map with target and patch, not text'],
    ['no target', { patch: {} }, '.target: is missing: a map with kind and name'],
    ['a target that is text', { target: 'Deployment/api', patch: {} }, '.target: must be a map with kind and name, not text'],
    ['a kind that is a number', { target: { kind: 1, name: 'api' }, patch: {} }, '.target.kind: must be text, not a number'],
    ['no name', { target: { kind: 'Deployment' }, patch: {} }, '.target.name: is missing: text is needed'],
    [
      'an unknown key',
      { target: { kind: 'Deployment', nam: 'api', name: 'api' }, patch: {} },
      '.target.nam: unknown key "nam"; did you mean "name"?',
    ],
    [
      'no patch',
      { target: { kind: 'Deployment', name: 'api' } },
      '.patch: is missing: a part of the object (strategic merge), or a list of operations (RFC 6902)',
    ],
    ...(
      [
        ['a patch that is text', 'S3CRET', ': must be a part of the object (a map) or a list of operations, not text'],
        ['an operation that is text', ['S3CRET'], '[0]: must be an operation such as {op: add, path: /spec/replicas, value: 2}, not text'],
        [
          'an unknown operation',
          [{ op: 'set', path: '/a', value: 'S3CRET' }],
          '[0].op: must be one of add, remove, replace, move, copy, test',
        ],
        ['an operation without op', [{ path: '/a' }], '[0].op: is missing: one of'],
        [
          'a pointer without a slash',
          [{ op: 'add', path: 'spec/replicas', value: 5 }],
          '[0].path: must begin with "/", as in /spec/replicas',
        ],
        ['add without a value', [{ op: 'add', path: '/spec/replicas' }], '[0].value: is missing: add needs it'],
        [
          'replace without a value',
          [{ op: 'replace', path: '/spec/replicas', value: undefined }],
          '[0].value: is missing: replace needs it',
        ],
        ['copy without from', [{ op: 'copy', path: '/spec/a' }], '[0].from: is missing: copy needs it'],
        ['move without from', [{ op: 'move', path: '/spec/a' }], '[0].from: is missing: move needs it'],
        ['a path that is not text', [{ op: 'remove', path: 5 }], '[0].path: must be text such as /spec/replicas, not a number'],
        [
          'a mistyped member',
          [{ op: 'add', path: '/a', valeu: 'S3CRET', value: 1 }],
          '[0].valeu: unknown key "valeu"; did you mean "value"?',
        ],
        ['a function', { a: { b: () => 1 } }, '.a.b: must be text, a number, a flag, a list or a map, not a function'],
        ['NaN', [{ op: 'add', path: '/a', value: [NaN] }], '[0].value[0]: must be text, a number, a flag, a list or a map, not NaN'],
        ['a date', { a: new Date() }, '.a: must be text, a number, a flag, a list or a map, not an object of the class Date'],
        ['a cycle', { a: cycle }, '.a.self.cycle: holds itself'],
      ] as [string, unknown, string][]
    ).map(([title, patch, message]): [string, unknown, string] => [
      title,
      { target: { kind: 'Deployment', name: 'api' }, patch },
      `.patch${message}`,
    ]),
  ])('refuses %s', (_title, patch, message) => {
    const run = () => applyPatches([deployment], [patch as Patch], 'ci');
    expect(run).toThrow(PatchError);
    expect(run).toThrow(`ci: patches[0]${message}`);
    expect(run).not.toThrow('S3CRET');
  });
});
