// Values change on a release that an API server has.
import { readYaml } from '../../helm/yaml/read';
import { writeYamlStream } from '../../helm/yaml/write';
import { apply, prepare, streamOf } from '../support/applying';
import { casesOf } from '../support/cases';
import { apiServer, describeWith, findParts, succeed, type ApiServer } from '../support/parts';

interface Workload {
  readonly spec: { readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } } };
  readonly metadata: { readonly generation: number };
}
const valuesOf = (text: string): Record<string, unknown> => readYaml(text, 'values') as Record<string, unknown>;
const example = (name: string) => casesOf('estafette-ci').find((one) => one.name === `example ${name}.yaml`)?.values ?? [];

describeWith(findParts('etcd', 'kube-apiserver', 'kubectl'))('on a server that has the default release', () => {
  let server: ApiServer;
  const defaults = streamOf('estafette-ci', []);
  beforeEach(async () => {
    server = await apiServer();
    await prepare(server, defaults);
    await apply(server, defaults);
  }, 60_000);
  afterEach(() => server.stop());

  it('the images of database, api and migrator are upgraded, and nothing else changes', async () => {
    const before = await apply(server, defaults);
    const tags = valuesOf('{api: {image: {tag: 1.6.0}}, db-migrator: {image: {tag: 1.4.2}}, db: {image: {tag: v22.2.19}}}');
    const after = await apply(server, streamOf('estafette-ci', [tags]));
    const changed = Object.keys(after).filter((key) => JSON.stringify(after[key]) !== JSON.stringify(before[key]));
    const names = [
      'Deployment estafette-ci/estafette-ci-api',
      'Job estafette-ci/estafette-ci-db-init',
      'Job estafette-ci/estafette-ci-db-migrator',
      'StatefulSet estafette-ci/estafette-ci-db',
    ];
    expect(changed.map((key) => key.replace(/-[0-9a-f]{8}$/, '')).toSorted()).toEqual(names);
    const images = ['Deployment estafette-ci/estafette-ci-api', 'StatefulSet estafette-ci/estafette-ci-db'].map((key) => {
      const { metadata, spec } = after[key] as Workload;
      return [metadata.generation, spec.template.spec.containers[0]?.image];
    });
    expect(images).toEqual([
      [2, 'estafette/estafette-ci-api:1.6.0'],
      [2, 'cockroachdb/cockroach:v22.2.19'],
    ]);
  });

  it.each(['ha', 'resources', 'pull-secrets', 'log-storage', 'db-client'])('the values of %s come over the default ones', async (name) => {
    const changed = streamOf('estafette-ci', example(name));
    const first = await apply(server, changed);
    expect(await apply(server, changed)).toEqual(first);
  });
});

describeWith(findParts('etcd', 'kube-apiserver', 'kubectl')).each([
  ['server-side', ['--server-side']],
  ['client-side', []],
] as const)('applied %s', (_, flags) => {
  it('a TLS Secret that somebody else fills keeps its bytes', async () => {
    const server = await apiServer();
    try {
      const manifests = writeYamlStream(streamOf('estafette-ci', []).filter(({ kind }) => kind === 'Namespace' || kind === 'Secret'));
      const applied = () => succeed(server.kubectl(['apply', ...flags, '-f', '-'], manifests));
      expect(await applied()).toContain('secret/estafette-ci-api.tls');
      const filled = {
        data: { 'tls.crt': Buffer.from('certificate').toString('base64'), 'tls.key': Buffer.from('key').toString('base64') },
      };
      await succeed(
        server.kubectl([
          'patch',
          'secret',
          'estafette-ci-api.tls',
          '-n',
          'estafette-ci',
          '--field-manager',
          'filler',
          '--type=merge',
          '-p',
          JSON.stringify(filled),
        ]),
      );
      const data = () => succeed(server.kubectl(['get', 'secret', 'estafette-ci-api.tls', '-n', 'estafette-ci', '-o', 'jsonpath={.data}']));
      const before = await data();
      expect(JSON.parse(before)).toEqual(filled.data);
      await applied();
      expect(await data()).toBe(before);
    } finally {
      await server.stop();
    }
  });
});

const EVERYTHING = valuesOf(
  '{cert-manager: {enabled: true, installCRDs: false}, external-dns: {enabled: true}, db-client: {enabled: true}, metrics: {enabled: true}}',
);

describeWith(findParts('etcd', 'kube-apiserver', 'kubectl'))('the pods of a release', () => {
  let server: ApiServer;
  beforeAll(async () => {
    server = await apiServer();
  }, 60_000);
  afterAll(() => server.stop());

  it.each([
    ['estafette-ci', [EVERYTHING]],
    ['devstats', casesOf('devstats').find(({ name }) => name === 'example production.yaml')?.values ?? []],
  ] as const)('of %s that run as the chart has them, and not as pod-security `restricted` wants it', async (chart, values) => {
    const objects = streamOf(chart, values);
    await prepare(server, objects);
    const labelled = objects.map((object) =>
      object.kind === 'Namespace'
        ? {
            ...object,
            metadata: { ...object.metadata, labels: { ...object.metadata.labels, 'pod-security.kubernetes.io/warn': 'restricted' } },
          }
        : object,
    );
    const said = await apply(server, labelled).then(
      () => '',
      (error: unknown) => String(error),
    );
    // Everything but these complies; a pod that is ours, and no chart's, must never stand here.
    const containers = [
      ...said.matchAll(/would violate PodSecurity "restricted:latest": allowPrivilegeEscalation != false \(containers? ("[^)]*") must/g),
    ].map(([, names]) => names);
    expect(containers).toHaveLength(said.match(/would violate/g)?.length ?? 0);
    expect(containers.toSorted()).toMatchSnapshot();
  });

  it('may do this with the API', async () => {
    const objects = streamOf('estafette-ci', [EVERYTHING]);
    const accounts = objects
      .filter(({ kind }) => kind === 'ServiceAccount')
      .map(({ metadata: { name, namespace = '' } }) => ({ name, namespace }));
    await apply(server, objects, '--force-conflicts');
    const rights = async (account: string, namespace: string): Promise<string[]> => {
      const { stdout } = await server.kubectl([
        'auth',
        'can-i',
        '--list',
        '--no-headers',
        '-n',
        namespace,
        '--as',
        `system:serviceaccount:${account}`,
      ]);
      const lines = stdout
        .split('\n')
        .filter(Boolean)
        .map((line) =>
          line
            .trim()
            .replace(/\s{2,}/g, ' ')
            .replace(' [] []', ''),
        );
      return lines.map((line) => line.replace(/\[([^\]]*)\]$/, (_, verbs: string) => verbs.split(' ').toSorted().join(' '))).toSorted();
    };
    const everybody = new Set(await rights('estafette-ci:nobody', 'estafette-ci'));
    const table: Record<string, string[]> = {};
    for (const { name, namespace } of accounts) {
      const anywhere = (await rights(`${namespace}:${name}`, 'elsewhere')).filter((line) => !everybody.has(line));
      const places = ['estafette-ci', 'estafette-ci-jobs', 'kube-system'].map(
        async (place) =>
          [
            `in ${place}`,
            (await rights(`${namespace}:${name}`, place)).filter((line) => !everybody.has(line) && !anywhere.includes(line)),
          ] as const,
      );
      for (const [place, lines] of [['anywhere', anywhere] as const, ...(await Promise.all(places))])
        if (lines.length) table[`${name} ${place}`] = lines;
    }
    expect(table).toMatchSnapshot();
  });
});
