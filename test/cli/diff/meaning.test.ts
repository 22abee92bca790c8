// What means the same is equal, however it is written; what does not is found.
import { compareReleases } from '../../../cli/diff/report';
import { pathText } from '../../../cli/diff/compare';
import { quantity } from '../../../kubernetes/quantity';
import type { Thing } from '../../../cli/diff/objects';
import { claim, configMap, deployment, job, role, secret, service, template } from './samples';

const report = (before: readonly unknown[], after: readonly unknown[]) =>
  compareReleases({ release: 'r', chart: 'estafette-ci', namespace: 'default', before: before as Thing[], after: after as Thing[] });
/** `path: before → after` of each field of each changed object. */
const changes = (before: unknown, after: unknown) =>
  report([before], [after]).objects.flatMap(({ change, fields }) =>
    change === 'changed'
      ? fields.map(
          ({ path, before: was, after: is, hidden }) => `${pathText(path)}: ${hidden ?? `${JSON.stringify(was)} → ${JSON.stringify(is)}`}`,
        )
      : [change],
  );
const withContainer = (container: object) => deployment({ template: template(container as Record<string, unknown>) });
const withMetadata = (object: Thing, metadata: object): Thing => ({ ...object, metadata: { ...object.metadata, ...metadata } }) as Thing;

const SAME: readonly (readonly [title: string, before: unknown, after: unknown])[] = [
  [
    'quantities',
    withContainer({ resources: { limits: { cpu: '1000m', memory: '1Gi' }, requests: { cpu: '0.5', memory: '1.5Gi' } } }),
    withContainer({ resources: { limits: { cpu: 1, memory: '1024Mi' }, requests: { cpu: '500m', memory: '1536Mi' } } }),
  ],
  ['quantities in claims', claim('1Ti'), claim('1024Gi')],
  [
    'numbers where texts stand',
    withMetadata(deployment(), { labels: { a: '42', b: 'true' } }),
    withMetadata(deployment(), { labels: { a: 42, b: true } }),
  ],
  [
    'environment that is not text',
    withContainer({
      env: [
        { name: 'A', value: '1' },
        { name: 'B', value: '' },
      ],
    }),
    withContainer({ env: [{ name: 'A', value: 1 }, { name: 'B' }] }),
  ],
  [
    'order of variables that refer to none',
    withContainer({
      env: [
        { name: 'A', value: 'a' },
        { name: 'B', value: 'b' },
      ],
    }),
    withContainer({
      env: [
        { name: 'B', value: 'b' },
        { name: 'A', value: 'a' },
      ],
    }),
  ],
  [
    'order of ports, mounts and volumes',
    deployment({
      template: template(
        {
          ports: [{ containerPort: 1 }, { containerPort: 2 }],
          volumeMounts: [
            { mountPath: '/a', name: 'a' },
            { mountPath: '/b', name: 'b' },
          ],
        },
        {
          volumes: [
            { name: 'a', emptyDir: {} },
            { name: 'b', emptyDir: {} },
          ],
        },
      ),
    }),
    deployment({
      template: template(
        {
          ports: [{ containerPort: 2, protocol: 'TCP' }, { containerPort: 1 }],
          volumeMounts: [
            { mountPath: '/b', name: 'b' },
            { mountPath: '/a', name: 'a', readOnly: false },
          ],
        },
        {
          volumes: [
            { name: 'b', emptyDir: {} },
            { name: 'a', emptyDir: {} },
          ],
        },
      ),
    }),
  ],
  [
    'what a server fills into a Deployment',
    deployment(),
    deployment({
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
    }),
  ],
  [
    'what a server fills into a pod',
    deployment(),
    deployment({
      template: template(
        {
          imagePullPolicy: 'IfNotPresent',
          resources: {},
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
        },
        {
          dnsPolicy: 'ClusterFirst',
          restartPolicy: 'Always',
          schedulerName: 'default-scheduler',
          securityContext: {},
          terminationGracePeriodSeconds: 30,
        },
      ),
    }),
  ],
  ['pulling an image without a tag', withContainer({ image: 'nginx' }), withContainer({ image: 'nginx', imagePullPolicy: 'Always' })],
  [
    'what a server fills into a Service',
    service(),
    service({
      type: 'ClusterIP',
      sessionAffinity: 'None',
      internalTrafficPolicy: 'Cluster',
      ports: [{ port: 80, name: 'http', protocol: 'TCP', targetPort: 80 }],
    }),
  ],
  ['nulls and empty lists', deployment(), deployment({ template: { ...template({ args: [], env: null }) }, paused: null })],
  [
    'order of rules',
    role([
      { apiGroups: [''], resources: ['pods', 'secrets'], verbs: ['get', 'list'] },
      { apiGroups: ['batch'], resources: ['jobs'], verbs: ['get'] },
    ]),
    role([
      { verbs: ['get'], apiGroups: ['batch'], resources: ['jobs'] },
      { apiGroups: [''], resources: ['secrets', 'pods'], verbs: ['list', 'get'] },
    ]),
  ],
  [
    'data and stringData',
    secret('Opaque', { key: 'value' }),
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'keys', namespace: 'default' },
      data: { key: Buffer.from('value').toString('base64') },
    },
  ],
  ['Jobs by their name without the hash', job('busybox:1', 'init'), job('busybox:1', 'init-0123abcd')],
  ['a Job that has the labels of its pods', job(), withMetadata(job(), { labels: { tier: 'front', app: 'web' } })],
  ['a file that says the same', configMap({ 'config.yaml': 'a: 1\nb: [x]\n' }), configMap({ 'config.yaml': '# words\nb:\n- x\na: 1\n' })],
  ['a namespace that goes without saying', { ...deployment(), metadata: { name: 'web' } }, deployment()],
  [
    'what only a server writes',
    {
      ...withMetadata(deployment(), {
        uid: 'u',
        resourceVersion: '1',
        generation: 3,
        creationTimestamp: 'x',
        managedFields: [{}],
        annotations: { 'deployment.kubernetes.io/revision': '3' },
      }),
      status: { replicas: 1 },
    },
    deployment(),
  ],
];

it.each(SAME)('equal: %s', (_title, before, after) => {
  expect(changes(before, after)).toEqual([]);
  expect(changes(after, before)).toEqual([]);
});

const DIFFERENT: readonly (readonly [title: string, before: unknown, after: unknown, told: readonly string[]])[] = [
  [
    'an image',
    withContainer({}),
    withContainer({ image: 'nginx:2' }),
    ['spec.template.spec.containers[main].image: "nginx:1" → "nginx:2"'],
  ],
  ['replicas, from the default', deployment(), deployment({ replicas: 2 }), ['spec.replicas: 1 → 2']],
  [
    'a quantity',
    withContainer({ resources: { limits: { memory: '1Gi' } } }),
    withContainer({ resources: { limits: { memory: '1G' } } }),
    ['spec.template.spec.containers[main].resources.limits.memory: "1Gi" → "1G"'],
  ],
  [
    'order of variables that refer to others',
    withContainer({
      env: [
        { name: 'A', value: 'a' },
        { name: 'B', value: '$(A)' },
      ],
    }),
    withContainer({
      env: [
        { name: 'B', value: '$(A)' },
        { name: 'A', value: 'a' },
      ],
    }),
    ['spec.template.spec.containers[main].env[B].order: "stands after A" → "stands before what it refers to"'],
  ],
  [
    'order of arguments',
    withContainer({ args: ['a', 'b'] }),
    withContainer({ args: ['b', 'a'] }),
    ['spec.template.spec.containers[main].args[0]: "a" → undefined', 'spec.template.spec.containers[main].args[1]: undefined → "a"'],
  ],
  [
    'order of what runs first',
    deployment({
      template: template(
        {},
        {
          initContainers: [
            { name: 'a', image: 'a' },
            { name: 'b', image: 'b' },
          ],
        },
      ),
    }),
    deployment({
      template: template(
        {},
        {
          initContainers: [
            { name: 'b', image: 'b' },
            { name: 'a', image: 'a' },
          ],
        },
      ),
    }),
    [
      'spec.template.spec.initContainers[0]: {"name":"a","image":"a"} → undefined',
      'spec.template.spec.initContainers[1]: undefined → {"name":"a","image":"a"}',
    ],
  ],
  [
    'a label',
    withMetadata(deployment(), { labels: { 'a/b': 'x' } }),
    withMetadata(deployment(), { labels: { 'a/b': 'y' } }),
    ['metadata.labels[a/b]: "x" → "y"'],
  ],
  [
    'a right',
    role([{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]),
    role([{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'delete'] }]),
    [
      'rules[]: {"apiGroups":[""],"resources":["pods"],"verbs":["get"]} → undefined',
      'rules[]: undefined → {"apiGroups":[""],"resources":["pods"],"verbs":["get","delete"]}',
    ],
  ],
  ['text in a script', configMap({ 'run.sh': 'a\nb' }), configMap({ 'run.sh': 'a\nc' }), ['data[run.sh]: "a\\nb" → "a\\nc"']],
  [
    'a Job that runs again because of what it reads',
    job('busybox:1', 'init-00000000'),
    job('busybox:1', 'init-0123abcd'),
    ['metadata.name: "init-00000000" → "init-0123abcd"'],
  ],
  [
    'no storage class at all',
    claim('1Gi', { storageClassName: '' }),
    claim('1Gi', { storageClassName: undefined }),
    ['spec.storageClassName: "" → undefined'],
  ],
  [
    'an API group that a kind has left',
    { ...deployment(), apiVersion: 'extensions/v1beta1' },
    deployment(),
    ['apiVersion: "extensions/v1beta1" → "apps/v1"'],
  ],
  ['a headless service', service({ clusterIP: 'None' }), service(), ['spec.clusterIP: "None" → undefined']],
];

it.each(DIFFERENT)('different: %s', (_title, before, after, told) => {
  expect(changes(before, after)).toEqual(told);
  expect(changes(after, before)).toHaveLength(told.length);
});

it('ports of one number and another protocol are two', () => {
  const both = withContainer({
    ports: [
      { containerPort: 53, protocol: 'UDP', name: 'dns' },
      { containerPort: 53, name: 'dns-tcp' },
    ],
  });
  expect(changes(both, withContainer({ ports: [{ containerPort: 53, name: 'dns-tcp' }] }))).toEqual([
    'spec.template.spec.containers[main].ports[53/UDP]: {"containerPort":53,"protocol":"UDP","name":"dns"} → undefined',
  ]);
});

it.each([
  ['1', 1_000_000_000n],
  ['1000m', 1_000_000_000n],
  ['1Ki', 1024_000_000_000n],
  ['1k', 1000_000_000_000n],
  ['1e3', 1000_000_000_000n],
  ['.5', 500_000_000n],
  ['1.', 1_000_000_000n],
  ['-1', -1_000_000_000n],
  ['1n', 1n],
  ['0.0000000001', 1n],
  ['', undefined],
  ['.', undefined],
  ['1 Gi', undefined],
  ['lots', undefined],
])('quantity %p', (text, amount) => {
  expect(quantity(text)).toBe(amount);
});
