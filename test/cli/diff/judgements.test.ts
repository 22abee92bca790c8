// What is said about changes: restarts, rights, images, deletions, refusals; and how it is printed, without secrets.
import { compareReleases } from '../../../cli/diff/report';
import { readManifests } from '../../../cli/diff/read';
import { printDeletions } from '../../../cli/diff/print/deletions';
import { printJson } from '../../../cli/diff/print/json';
import { printMarkdown } from '../../../cli/diff/print/markdown';
import { coloured, printText } from '../../../cli/diff/print/text';
import { withSelfHeal } from '../../../cli/diff/upgrade/self-heal';
import { linesBetween } from '../../../cli/diff/upgrade/database';
import { isPlain, maps, type Thing } from '../../../cli/diff/objects';
import { readYamlStream } from '../../../helm/yaml/read';
import { autoscaler, binding, claim, configMap, deployment, job, pod, role, secret, service, statefulSet, template } from './samples';

const report = (before: readonly Thing[], after: readonly Thing[]) =>
  compareReleases({ release: 'r', chart: 'estafette-ci', namespace: 'default', before, after });
const live = (object: Thing): Thing => ({ ...object, metadata: { ...object.metadata, uid: 'u' } }) as Thing;
const withImage = (image: string) => statefulSet({ template: template({ image }) });
const rules = (before: Thing, ...after: Thing[]) => report([before], after).refused.map(({ rule }) => rule);

describe('restarts', () => {
  it('follow the template, not what stands beside it', () => {
    expect(report([deployment()], [deployment({ replicas: 3 })]).restarts).toEqual([]);
    expect(report([deployment()], [deployment({ template: template({ image: 'nginx:2' }) })]).restarts).toMatchObject([
      { kind: 'Deployment', name: 'web' },
    ]);
  });
  it('wait with OnDelete', () => {
    expect(
      report([statefulSet()], [statefulSet({ updateStrategy: { type: 'OnDelete' }, template: template({ image: 'nginx:2' }) })]).restarts,
    ).toEqual([]);
  });
});

describe('rights', () => {
  const grants = (before: readonly Thing[], after: readonly Thing[]) => report(before, after).access.map((change) => change.grants);
  const get = { apiGroups: [''], resources: ['secrets'], verbs: ['get'] };
  it.each([
    ['a verb', get, { ...get, verbs: ['get', 'delete'] }, [['may delete secrets']]],
    ['fewer names', { ...get, resourceNames: ['a'] }, get, [['may get secrets']]],
    ['more names', get, { ...get, resourceNames: ['a'] }, []],
    ['less than everything', { apiGroups: ['*'], resources: ['*'], verbs: ['*'] }, get, []],
    ['everything', get, { apiGroups: ['*'], resources: ['*'], verbs: ['*'] }, [['may * *.*']]],
    [
      'a part of all resources',
      { apiGroups: ['apps'], resources: ['*/scale'], verbs: ['get'] },
      { apiGroups: ['apps'], resources: ['deployments/scale'], verbs: ['get'] },
      [],
    ],
    ['URLs below one', { nonResourceURLs: ['/metrics/*'], verbs: ['get'] }, { nonResourceURLs: ['/metrics/a'], verbs: ['get'] }, []],
  ])('%s', (_title, before, after, expected) => expect(grants([role([before])], [role([after])])).toEqual(expected));
  it('of a new role and a new subject', () => {
    expect(grants([], [role([get])])).toEqual([['may get secrets']]);
    expect(
      grants(
        [binding('view')],
        [
          binding('view', [
            { kind: 'ServiceAccount', name: 'web', namespace: 'default' },
            { kind: 'Group', name: 'all' },
          ]),
        ],
      ),
    ).toEqual([['Group all gets the rights of ClusterRole view']]);
  });
});

describe('ways out with Argo CD', () => {
  const wayOut = (target: 'kubectl' | 'argocd', before: Thing, ...after: Thing[]) =>
    withSelfHeal(report([before], after), target).refused.map((finding) => finding.wayOut);
  const ORDER =
    '; while automated sync is on, Argo CD undoes this from the commit that it has: turn it off (or merge, and let that sync fail), run the command, sync, and turn it on again';
  it.each([
    ['a StatefulSet', statefulSet(), statefulSet({ serviceName: 'other' })],
    ['a Deployment', deployment(), deployment({ selector: { matchLabels: { app: 'web' } } })],
    ['a strategy', deployment(), deployment({ strategy: { type: 'Recreate' } })],
    ['a Secret', secret('Opaque', { a: 'b' }), secret('kubernetes.io/tls', { a: 'b' })],
  ])('of %s begin with self-heal, which undoes them', (_title, before, after) => {
    const [plain = ''] = wayOut('kubectl', before, after);
    expect(plain).not.toMatch(/Argo CD|^$/);
    expect(wayOut('argocd', before, after)).toEqual([`${plain}${ORDER}`]);
  });
  it('are as ever where nothing is run that it would undo', () => {
    expect(wayOut('argocd', claim('2Gi'), claim('1Gi'))).toEqual(wayOut('kubectl', claim('2Gi'), claim('1Gi')));
    const [before, after] = [live(deployment({ replicas: 3 })), deployment()];
    expect(wayOut('argocd', before, after, autoscaler())).toEqual(['hand them over first']);
  });
});

describe('deletions', () => {
  it('list what is gone, in an order to delete it, and keep what cannot be had again', () => {
    const removed = [
      {
        ...configMap({ a: 'b' }),
        metadata: { name: 'kept', namespace: 'default', annotations: { 'helm.sh/resource-policy': 'keep' } },
      } as Thing,
      claim('1Gi'),
      secret('Opaque', { a: 'b' }),
      service(),
      deployment(),
      pod(),
    ];
    const text = printDeletions(report(removed, []));
    expect(readYamlStream(text, 'deletions')).toEqual([
      { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'default' } },
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'client', namespace: 'default' } },
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'default' } },
    ]);
    expect(text.split('\n').filter((line) => line.startsWith('#'))).toEqual([
      '# kept: PersistentVolumeClaim default/data: it holds data',
      '# kept: ConfigMap default/kept: it is marked helm.sh/resource-policy: keep',
      '# kept: Secret default/keys: it may hold keys or certificates that exist nowhere else',
    ]);
  });
  it('superseded Jobs are among them', () => {
    const { deletions, equal } = report(
      [job('busybox:1', 'init-00000000'), job('busybox:1', 'init-11111111')],
      [job('busybox:1', 'init-11111111')],
    );
    expect({ deletions, equal }).toEqual({
      equal: true,
      deletions: [{ apiVersion: 'batch/v1', kind: 'Job', namespace: 'default', name: 'init-00000000' }],
    });
  });
});

describe('what hurts', () => {
  it.each([
    ['22.2 to 23.1', 'cockroachdb/cockroach:v22.2.3', 'cockroachdb/cockroach:v23.1.9', []],
    ['a patch back', 'cockroachdb/cockroach:v22.2.3', 'cockroachdb/cockroach:v22.2.1', []],
    ['a line back', 'cockroachdb/cockroach:v23.1.0', 'cockroachdb/cockroach:v22.2.9', ['database-version']],
    ['a line skipped', 'example.com:5000/cockroachdb/cockroach:v22.2.3', 'cockroachdb/cockroach:v23.2.0', ['database-version']],
    ['a line that may be skipped', 'cockroachdb/cockroach:v24.1.3', 'cockroachdb/cockroach:v24.3.0', []],
    ['another program', 'postgres:12', 'postgres:18', []],
  ])('CockroachDB %s', (_title, before, after, expected) => expect(rules(withImage(before), withImage(after))).toEqual(expected));
  it('lines on the way', () => {
    expect(linesBetween([22, 2], [24, 3])).toEqual([
      [23, 1],
      [23, 2],
      [24, 1],
    ]);
    expect(linesBetween([24, 3], [26, 2])).toEqual([
      [25, 2],
      [25, 4],
    ]);
    expect(linesBetween([2, 1], [19, 2])).toEqual([[19, 1]]);
  });
  it('replicas of an autoscaler', () => {
    expect(rules(deployment({ replicas: 3 }), deployment(), autoscaler())).toEqual(['autoscaled-replicas']);
    expect(rules(live(deployment({ replicas: 5 })), deployment({ replicas: 3 }), autoscaler())).toEqual(['autoscaled-replicas']);
    expect(rules(deployment({ replicas: 3 }), deployment({ replicas: 3 }), autoscaler())).toEqual([]);
    expect(rules(deployment({ replicas: 3 }), deployment())).toEqual([]);
  });
  it('replicas of an autoscaler, live: a difference and a finding only where applying would take them away', () => {
    const owned = (...owners: object[]) =>
      live({
        ...deployment({ replicas: 5 }),
        metadata: {
          name: 'web',
          namespace: 'default',
          managedFields: owners.map((owner) => ({ operation: 'Update', ...owner, fieldsV1: { 'f:spec': { 'f:replicas': {} } } })),
        },
      } as Thing);
    const told = (before: Thing, ...others: Thing[]) => {
      const found = report([before, ...others], [deployment(), autoscaler()]);
      return [
        found.refused.map(({ rule }) => rule),
        found.objects.flatMap(({ change, fields }) => (change === 'changed' ? fields.map(({ path }) => path.join('.')) : [])),
      ];
    };
    const [free, taken] = [
      [[], []],
      [['autoscaled-replicas'], ['spec.replicas']],
    ];
    const [helm, scaled, handed] = [
      { manager: 'helm' },
      { manager: 'kube-controller-manager', subresource: 'scale' },
      { manager: 'autoscaler', operation: 'Apply' },
    ];
    expect(told(owned(scaled))).toEqual(free);
    expect(told(owned(helm, handed), autoscaler())).toEqual(free);
    expect(told(owned(helm), autoscaler())).toEqual(taken);
    expect(told(live(deployment({ replicas: 5 })), live(autoscaler()))).toEqual(free);
    expect(told(live(deployment({ replicas: 5 })))).toEqual(taken);
    expect(told(deployment({ replicas: 5 }), autoscaler())).toEqual(taken);
    const applied = {
      ...deployment({ replicas: 5 }),
      metadata: {
        name: 'web',
        namespace: 'default',
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"spec":{"replicas":3}}' },
      },
    } as Thing;
    expect(told(live(applied), autoscaler())).toEqual(taken);
    expect(report([live(deployment({ replicas: 5 }))], [deployment()]).equal).toBe(false);
  });
  it('addresses that the server chose are its own', () => {
    expect(rules(live(service({ clusterIP: '10.0.0.7', clusterIPs: ['10.0.0.7'] })), service())).toEqual([]);
    expect(rules(service({ clusterIP: '10.0.0.7' }), service({ clusterIP: '10.0.0.8' }))).toEqual(['cluster-ip']);
  });
  it('a claim grows', () => expect(rules(claim('1Gi'), claim('2Gi'))).toEqual([]));
});

describe('secrets', () => {
  const PASSWORD = 'correct-horse-battery';
  const container = (password: string, sum: string) =>
    deployment({
      template: {
        ...template({
          env: [
            { name: 'DB_PASSWORD', value: `other-${password}` },
            { name: 'URL', value: `postgres://root:${password}@db/x` },
            { name: 'PLAIN', value: `--x=${password}` },
          ],
        }),
        metadata: { labels: { app: 'web', tier: 'front' }, annotations: { 'checksum/secret': sum } },
      },
    });
  const before = [
    secret('Opaque', { password: PASSWORD, same: 'unchanged-value', gone: 'removed-value' }),
    container(PASSWORD, 'aaaa1111'),
    configMap({ 'app.conf': `password = ${PASSWORD}\nmode = a\n` }),
  ];
  const after = [
    secret('Opaque', { password: 'staple-next-one', same: 'unchanged-value', fresh: 'added-value' }),
    container('staple-next-one', 'bbbb2222'),
    configMap({ 'app.conf': 'password = staple-next-one\nmode = b\n' }),
  ];
  const found = report(before, after);
  it.each([
    ['text', printText(found, { upgrade: true })],
    ['coloured text', printText(found, { paint: coloured })],
    ['JSON', printJson(found)],
    ['markdown', printMarkdown(found)],
    ['deletions', printDeletions(found)],
  ])('never stand in %s', (_title, text) => {
    for (const value of [PASSWORD, 'staple-next-one', 'unchanged-value', 'removed-value', 'added-value', 'aaaa1111', 'bbbb2222']) {
      for (const form of [value, Buffer.from(value).toString('base64')]) expect(text).not.toContain(form);
    }
  });
  it('are told as changed, key by key', () => {
    expect(printText(found)).toContain(
      '~ Secret default/keys\n    ~ data.password: changed (hidden)\n    - data.gone: removed (hidden)\n    + data.fresh: added (hidden)\n',
    );
    expect(printText(found)).toContain('    ~ spec.template.metadata.annotations[checksum/secret]: changed (hidden)\n');
    expect(printText(found)).toContain('        - mode = a\n');
  });
  it('what somebody else filled in is theirs', () => {
    const empty = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'keys', namespace: 'default' }, type: 'Opaque' } as Thing;
    expect(report([live(secret('Opaque', { 'tls.crt': 'x' }))], [empty]).equal).toBe(true);
    expect(report([secret('Opaque', { 'tls.crt': 'x' })], [empty]).equal).toBe(false);
  });
});

describe('outputs', () => {
  const found = report(
    [deployment(), pod(), withImage('cockroachdb/cockroach:v22.1.0'), role([])],
    [
      deployment({ selector: { matchLabels: { app: 'web' } }, template: template({ image: 'nginx:2' }) }),
      withImage('cockroachdb/cockroach:v23.2.0'),
      role([{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]),
      service(),
    ],
  );
  it('text begins with refusals where they are asked for, and ends with the sum', () => {
    expect(printText(found)).not.toContain('!');
    expect(printText(found, { upgrade: true })).toMatch(
      /^! Deployment default\/web spec\.selector: the server refuses another selector\n {4}.*\n {4}\$ kubectl delete deployment web --namespace default\n/,
    );
    expect(printText(found)).toMatch(
      /\n1 added, 1 removed, 3 changed, 0 equal\npods restart: Deployment default\/web, StatefulSet default\/db\n$/,
    );
  });
  it('JSON has the promised shape', () => {
    const json = JSON.parse(printJson(found)) as Record<string, unknown>;
    expect(Object.keys(json)).toEqual([
      'formatVersion',
      'release',
      'chart',
      'namespace',
      'equal',
      'summary',
      'refused',
      'restarts',
      'deletions',
      'access',
      'images',
      'objects',
    ]);
    expect(json).toMatchObject({
      formatVersion: 1,
      equal: false,
      summary: { added: 1, removed: 1, changed: 3, unchanged: 0 },
      images: [{ container: 'main', before: 'nginx:1', after: 'nginx:2' }, { container: 'main' }, { kind: 'Pod', before: 'busybox:1' }],
    });
    expect(maps(json['objects']).find(({ kind }) => kind === 'Deployment')).toMatchObject({
      change: 'changed',
      apiVersion: 'apps/v1',
      namespace: 'default',
      name: 'web',
      fields: expect.arrayContaining([
        { path: 'spec.template.spec.containers[main].image', change: 'changed', before: 'nginx:1', after: 'nginx:2' },
      ]),
    });
  });
  it('markdown shows what needs eyes first, details folded, and stays within what hosts take', () => {
    const titles = [...printMarkdown(found).matchAll(/^#### (.*)$/gm)].map(([, title]) => title);
    expect(titles).toEqual(['Refused by the server, or harmful', 'Pods that restart', 'Deletions', 'Rights that somebody gets', 'Images']);
    expect(printMarkdown(found)).toContain('<details><summary>changed: Deployment default/web</summary>\n\n```\n');
    const long = report([configMap({ a: 'x' })], [configMap({ a: 'y'.repeat(70_000) })]);
    expect(printMarkdown(long).length).toBeLessThan(65_536);
    expect(printMarkdown(long)).toContain('1 more objects do not fit here');
  });
  it('markdown cannot be broken out of', () => {
    const text = printMarkdown(report([configMap({ a: 'x' })], [configMap({ a: '```\n</details><script>' })]));
    expect(text).toContain('````\n');
  });
});

describe('manifests', () => {
  const wanted = { release: 'r', namespace: 'default', now: [] };
  const read = (text: string) => readManifests(text, 'file', wanted);
  it.each([
    ['nothing but text', 'hello', 'file: document 1 is not a Kubernetes object but a text: give what'],
    ['a values file', 'api:\n  enabled: true\n', 'file: document 1 has no apiVersion, no kind, no metadata.name: give what'],
    [
      'an item without a name',
      'apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Pod}\n',
      'file: document 1, item 1 has no metadata.name: give what',
    ],
    ['broken YAML', 'a: b: c', 'file:1:5: '],
  ])('%s is refused', (_title, text, message) => {
    expect(() => read(text)).toThrow(message);
    expect(() => read(text)).toThrow(expect.objectContaining({ name: 'InputError' }));
  });
  it('of a cluster, what is of others or of a controller is left out', () => {
    const items = [
      live(service()),
      live({ ...deployment(), metadata: { ...deployment().metadata, labels: { release: 'r' } } } as Thing),
      {
        ...pod(),
        metadata: {
          name: 'p',
          namespace: 'default',
          uid: 'u',
          labels: { release: 'r' },
          ownerReferences: [{ kind: 'ReplicaSet', controller: true }],
        },
      },
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kube-root-ca.crt', uid: 'u' } },
    ];
    const { ours, notes } = read(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    expect(ours.filter(isPlain).map(({ kind }) => kind)).toEqual(['Deployment']);
    expect(notes).toEqual(['file: one object bears no mark of the release r and is left out: Service/web (default)']);
  });
  it('hooks for tests and uninstalling are not part of a release', () => {
    const hook = (events: string) => JSON.stringify({ ...pod(), metadata: { name: 'p', annotations: { 'helm.sh/hook': events } } });
    expect(read(hook('test')).ours).toEqual([]);
    expect(read(hook('post-install, post-upgrade')).ours).toHaveLength(1);
  });
});
