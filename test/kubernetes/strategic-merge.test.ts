// Strategic merge as kustomize does it; what kustomize loses in silence or prints as a field is right here, or refused by name.
import { strategicMerge } from '../../kubernetes/strategic-merge';

type Plain = Record<string, unknown>;
const object = (kind: string, apiVersion: string, rest: Plain) => ({ apiVersion, kind, metadata: { name: 'a' }, ...rest });
const deployment = (spec: Plain, more: Plain = {}) => object('Deployment', 'apps/v1', { spec: { ...more, template: { spec } } });
const inPod = (spec: Plain): Plain => ({ spec: { template: { spec } } });
const podOf = (merged: Plain | undefined): Plain => (merged as { spec: { template: { spec: Plain } } }).spec.template.spec;
/** What the pod spec becomes. */
const pod = (base: Plain, patch: Plain): Plain => podOf(strategicMerge(deployment(base), inPod(patch)));
const specOf = (merged: Plain | undefined): unknown => merged?.['spec'];

describe('maps', () => {
  it('are merged; null deletes, at every depth', () => {
    expect(
      specOf(
        strategicMerge(deployment({}, { replicas: 1, paused: true }), {
          spec: { paused: null, selector: { matchLabels: { a: null, b: '1' } } },
        }),
      ),
    ).toEqual({ replicas: 1, template: { spec: {} }, selector: { matchLabels: { b: '1' } } });
  });

  it.each([
    ['delete', undefined],
    ['replace', { type: 'Recreate' }],
    ['merge', { type: 'Recreate', rollingUpdate: {} }],
  ])('$patch: %s', (directive, expected) => {
    const merged = strategicMerge(deployment({}, { strategy: { type: 'RollingUpdate', rollingUpdate: {} } }), {
      spec: { strategy: { $patch: directive, type: 'Recreate' } },
    });
    expect((specOf(merged) as Plain)['strategy']).toEqual(expected);
  });

  it('$patch: delete at the top takes the object away', () => expect(strategicMerge(deployment({}), { $patch: 'delete' })).toBeUndefined());

  it('members that are undefined are not given', () =>
    expect(pod({ dnsPolicy: 'x' }, { dnsPolicy: undefined })).toEqual({ dnsPolicy: 'x' }));

  it('leave the object as it was', () => {
    const given = deployment({ containers: [{ name: 'a', env: [{ name: 'A' }] }] });
    const before = structuredClone(given);
    strategicMerge(given, inPod({ containers: [{ name: 'a', env: [{ name: 'A', value: '1' }, { name: 'B' }] }], volumes: null }));
    expect(given).toEqual(before);
  });
});

describe('lists with a merge key', () => {
  it.each([
    ['env', 'name'],
    ['volumeMounts', 'mountPath'],
    ['volumeDevices', 'devicePath'],
    ['ports', 'containerPort'],
  ])('of containers: the items of %s are told apart by %s', (list, key) => {
    const item = (id: number, more: Plain = {}): Plain => ({ [key]: key === 'containerPort' ? id : `/${id}`, ...more });
    const merged = pod(
      { containers: [{ name: 'a', [list]: [item(1, { was: 1 }), item(2, { was: 2 })] }] },
      { containers: [{ name: 'a', [list]: [item(2, { is: 2 })] }] },
    ) as { containers: Record<string, Plain[]>[] };
    const items = merged.containers[0]?.[list];
    expect(items).toHaveLength(2);
    expect(items?.find((each) => each[key] === item(2)[key])).toMatchObject({ was: 2, is: 2 });
    expect(items?.find((each) => each[key] === item(1)[key])).not.toHaveProperty('is');
  });

  const containers = [
    { name: 'a', image: '1', env: [{ name: 'A' }, { name: 'B', value: '2' }] },
    { name: 'b', image: '1' },
  ];

  it('are merged item by item, those of the patch first', () =>
    expect(
      pod(
        { containers },
        {
          containers: [
            { name: 'new', image: 'n' },
            { name: 'a', env: [{ name: 'B', value: 'x' }, { name: 'C' }] },
          ],
        },
      ),
    ).toEqual({
      containers: [
        { name: 'new', image: 'n' },
        { name: 'a', image: '1', env: [{ name: 'B', value: 'x' }, { name: 'C' }, { name: 'A' }] },
        { name: 'b', image: '1' },
      ],
    }));

  it.each<[string, Plain[], string[] | undefined]>([
    ['an item', [{ name: 'a', $patch: 'delete' }], ['b']],
    ['an item that is not there', [{ name: 'c', $patch: 'delete' }], ['a', 'b']],
    ['the list', [{ $patch: 'delete' }], undefined],
    ['what was there', [{ name: 'new' }, { $patch: 'replace' }], ['new']],
    ['nothing', [{ $patch: 'merge' }, { name: 'new' }], ['new', 'a', 'b']],
  ])('$patch takes away %s', (_title, patch, names) =>
    expect((pod({ containers }, { containers: patch })['containers'] as Plain[] | undefined)?.map(({ name }) => name)).toEqual(names),
  );

  it('directives inside of what is new leave no trace', () =>
    expect(
      pod(
        {},
        {
          containers: [
            {
              name: 'n',
              env: [
                { name: 'A', $patch: 'delete' },
                { name: 'B', value: null },
              ],
            },
          ],
          volumes: [{ $patch: 'replace' }, { name: 'v' }],
        },
      ),
    ).toEqual({ containers: [{ name: 'n', env: [{ name: 'B' }] }], volumes: [{ name: 'v' }] }));

  it.each<[string, Plain, Plain, unknown]>([
    [
      'a port without a protocol is for TCP',
      { containerPort: 80, protocol: 'TCP', name: 'h' },
      { containerPort: 80, name: 'x' },
      [{ containerPort: 80, protocol: 'TCP', name: 'x' }],
    ],
    [
      'and the other way around',
      { containerPort: 80, name: 'h' },
      { containerPort: 80, protocol: 'TCP', name: 'x' },
      [{ containerPort: 80, protocol: 'TCP', name: 'x' }],
    ],
    [
      'one number for two protocols',
      { containerPort: 53, protocol: 'UDP' },
      { containerPort: 53, protocol: 'TCP' },
      [
        { containerPort: 53, protocol: 'TCP' },
        { containerPort: 53, protocol: 'UDP' },
      ],
    ],
    ['a port is deleted', { containerPort: 80, protocol: 'TCP' }, { containerPort: 80, $patch: 'delete' }, []],
  ])('%s', (_title, base, patch, ports) =>
    expect(pod({ containers: [{ name: 'a', ports: [base] }] }, { containers: [{ name: 'a', ports: [patch] }] })).toEqual({
      containers: [{ name: 'a', ports }],
    }),
  );

  it.each<[string, Plain, Plain, unknown]>([
    [
      'spread constraints',
      { topologySpreadConstraints: [{ topologyKey: 'z', whenUnsatisfiable: 'A', maxSkew: 1 }] },
      { topologySpreadConstraints: [{ topologyKey: 'z', maxSkew: 2 }] },
      [{ topologyKey: 'z', whenUnsatisfiable: 'A', maxSkew: 2 }],
    ],
    [
      'aliases of hosts',
      { hostAliases: [{ ip: '1', hostnames: ['a'] }] },
      { hostAliases: [{ ip: '1', hostnames: ['b'] }] },
      [{ ip: '1', hostnames: ['b'] }],
    ],
    ['pull secrets of a pod', { imagePullSecrets: [{ name: 'a' }] }, { imagePullSecrets: [{ name: 'b' }] }, [{ name: 'b' }, { name: 'a' }]],
    [
      'tolerations are replaced',
      { tolerations: [{ key: 'a' }] },
      { tolerations: [{ key: 'b', value: null }] },
      [{ key: 'b', value: null }],
    ],
    ['tolerations are replaced by none', { tolerations: [{ key: 'a' }] }, { tolerations: [] }, []],
  ])('%s', (_title, base, patch, list) => expect(Object.values(pod(base, patch))).toEqual([list]));
});

it.each<[string, string, Plain, Plain, Plain]>([
  [
    'Service',
    'v1',
    { spec: { ports: [{ port: 80, name: 'a' }] } },
    { spec: { ports: [{ port: 80, targetPort: 8 }] } },
    { spec: { ports: [{ port: 80, name: 'a', targetPort: 8 }] } },
  ],
  [
    'ServiceAccount',
    'v1',
    { secrets: [{ name: 'a' }], imagePullSecrets: [{ name: 'a' }] },
    { secrets: [{ name: 'b' }], imagePullSecrets: [{ name: 'b' }] },
    { secrets: [{ name: 'b' }, { name: 'a' }], imagePullSecrets: [{ name: 'b' }] },
  ],
  [
    'Foo',
    'example.com/v1',
    { spec: { containers: [{ name: 'a' }], m: { a: 1, b: 2 } } },
    { spec: { containers: [{ name: 'b' }], m: { a: null } } },
    { spec: { containers: [{ name: 'b' }], m: { b: 2 } } },
  ],
  [
    'NetworkPolicy',
    'networking.k8s.io/v1',
    { spec: { ingress: [{ ports: [{ port: 1 }] }] } },
    { spec: { ingress: [{ ports: [{ port: 2 }] }] } },
    { spec: { ingress: [{ ports: [{ port: 2 }] }] } },
  ],
  [
    'CronJob',
    'batch/v1',
    { spec: { jobTemplate: { spec: { template: { spec: { volumes: [{ name: 'a' }] } } } } } },
    { spec: { jobTemplate: { spec: { template: { spec: { volumes: [{ name: 'b' }] } } } } } },
    { spec: { jobTemplate: { spec: { template: { spec: { volumes: [{ name: 'b' }, { name: 'a' }] } } } } } },
  ],
  [
    'ValidatingWebhookConfiguration',
    'admissionregistration.k8s.io/v1',
    { webhooks: [{ name: 'a', rules: [1] }] },
    { webhooks: [{ name: 'a', rules: [2] }] },
    { webhooks: [{ name: 'a', rules: [2] }] },
  ],
  ['ConfigMap', 'v1', { data: { a: '1', b: '2' } }, { data: { a: null, __proto__: null, c: '3' } }, { data: { b: '2', c: '3' } }],
])('lists of %s', (kind, apiVersion, base, patch, expected) =>
  expect(strategicMerge(object(kind, apiVersion, base), patch)).toEqual(object(kind, apiVersion, expected)),
);

it('finalizers are a set', () =>
  expect(
    strategicMerge(
      { ...object('Job', 'batch/v1', {}), metadata: { name: 'a', finalizers: ['x', 'y'] } },
      { metadata: { finalizers: ['z', 'x'] } },
    ),
  ).toMatchObject({ metadata: { finalizers: ['z', 'x', 'y'] } }));

describe('what is refused, by name and without a value', () => {
  const base = {
    containers: [{ name: 'a', env: [{ name: 'A', value: '1' }], ports: [{ containerPort: 53, protocol: 'UDP' }] }],
    tolerations: [{ key: 'a' }],
    topologySpreadConstraints: [
      { topologyKey: 'z', whenUnsatisfiable: 'A' },
      { topologyKey: 'z', whenUnsatisfiable: 'B' },
    ],
    securityContext: { runAsUser: 1 },
    dnsPolicy: 'x',
  };
  const of = (patch: Plain) => ({ containers: [{ name: 'a', ...patch }] });
  it.each<[string, Plain, RegExp]>([
    [
      '$retainKeys',
      { securityContext: { $retainKeys: ['fsGroup'], fsGroup: 1 } },
      /^securityContext\.\$retainKeys: this directive is not supported: set the members/,
    ],
    [
      '$setElementOrder',
      { '$setElementOrder/containers': [{ name: 'a' }] },
      /^\$setElementOrder\/containers: this directive is not supported/,
    ],
    [
      '$deleteFromPrimitiveList',
      { '$deleteFromPrimitiveList/x': ['a'] },
      /^\$deleteFromPrimitiveList\/x: this directive is not supported: use a list of operations/,
    ],
    [
      'a directive in a list that is replaced',
      { tolerations: [{ key: 'a', $patch: 'delete' }] },
      /^tolerations\.0\.\$patch: is not supported in a list without a merge key/,
    ],
    ['another $patch', { securityContext: { $patch: 'remove' } }, /^securityContext\.\$patch: must be delete, replace or merge$/],
    ['another $patch of a list', { containers: [{ $patch: 'remove' }] }, /^containers\.0\.\$patch: must be delete, replace or merge$/],
    ['replace in an item', of({ $patch: 'replace' }), /^containers\.0\.\$patch: replace is for the whole list/],
    [
      'an item without a name',
      { containers: [{ image: 'S3CRET' }] },
      /^containers\.0: lacks name, which tells the items of this list apart$/,
    ],
    ['an item whose name is null', { containers: [{ name: null }] }, /^containers\.0: lacks name/],
    ['an item whose name is a list', { containers: [{ name: ['S3CRET'] }] }, /^containers\.0\.name: must be text or a number, not a list$/],
    ['an item that is text', of({ env: ['A=S3CRET'] }), /^containers\.0\.env\.0: must be a map with name, not text, a number or a flag$/],
    ['an item that is null', { containers: [null] }, /^containers\.0: must be a map with name, not null$/],
    [
      'an item given twice',
      of({ env: [{ name: 'A' }, { name: 'A', value: 'S3CRET' }] }),
      /^containers\.0\.env\.1: has the same name as item 0$/,
    ],
    ['text for a map', { securityContext: 'S3CRET' }, /^securityContext: must be a map, not text, a number or a flag$/],
    ['a list for a map', { securityContext: ['S3CRET'] }, /^securityContext: must be a map, not a list$/],
    ['a map for a text', { dnsPolicy: { a: 'S3CRET' } }, /^dnsPolicy: must be text, a number or a flag, not a map$/],
    ['text for a list', of({ env: 'S3CRET' }), /^containers\.0\.env: must be a list, not text/],
    ['text for a list that is not there', { volumes: 'S3CRET' }, /^volumes: must be a list, not text/],
    [
      'a port for which protocol',
      of({ ports: [{ containerPort: 53 }] }),
      /^containers\.0\.ports\.0: lacks protocol: the object has items with this containerPort/,
    ],
    [
      'which of two constraints',
      { topologySpreadConstraints: [{ topologyKey: 'z' }] },
      /^topologySpreadConstraints\.0: lacks whenUnsatisfiable/,
    ],
  ])('%s', (_title, patch, message) => {
    const told = (() => {
      try {
        pod(base, patch);
        return 'nothing';
      } catch (error) {
        const { path, message: reason } = error as { path: readonly string[]; message: string };
        return `${path.slice(3).join('.')}: ${reason}`;
      }
    })();
    expect(told).toMatch(message);
    expect(told).not.toContain('S3CRET');
  });

  it('$patch: replace at the top', () =>
    expect(() => strategicMerge(deployment({}), { $patch: 'replace' })).toThrow('would replace the whole object'));
});
