// What a real API server makes of our output means the same as our output.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readYamlStream } from '../../../helm/yaml/read';
import { writeYamlStream } from '../../../helm/yaml/write';
import { cli, ROOT } from '../../support/cli';
import { apiServer, describeWith, findParts, succeed, type ApiServer } from '../../support/parts';

const examples = join(ROOT, 'examples', 'estafette-ci');
const RELEASE = ['estafette-ci', 'estafette-ci', '-n', 'estafette-ci', '--create-namespace'];
/** Keys are needed where the API server's Secret is to be printed. */
const KEYS = [
  '--set-string',
  'api.secret.secretDecryptionKey=SazbwMf3NZxVVbBqQHebPcXCqrVn3DDp,api.secret.jwtKey=qtkdEb5SNsRJ6bBnQaXaYpHjJhb9tgYn',
];

interface Case {
  readonly title: string;
  readonly flags: readonly string[];
}
const exampleCases: Case[] = ['', ...readdirSync(examples).filter((name) => name.endsWith('.yaml'))].map((name) => ({
  title: name || 'none',
  flags: [...RELEASE, ...KEYS, ...(name ? ['-f', join(examples, name)] : [])],
}));

/** Whole values files that users may have, where they are beside the checkout. */
const parity = join(ROOT, '..', 'shared', 'parity', 'estafette-ci');
const parityCases: Case[] = (existsSync(parity) ? readdirSync(parity) : []).map((title) => {
  const folder = join(parity, title);
  const settings = existsSync(join(folder, 'case.json'))
    ? (JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8')) as {
        release?: string;
        namespace?: string;
        set?: string[];
        setString?: string[];
        apiVersions?: string[];
      })
    : {};
  const { release = 'estafette-ci', namespace = 'estafette-ci', set = [], setString = [], apiVersions = [] } = settings;
  const files = readdirSync(folder)
    .filter((name) => /^values(\.\d)?\.yaml$/.test(name))
    .toSorted((a, b) => a.length - b.length);
  return {
    title: `parity case ${title}`,
    flags: [
      release,
      'estafette-ci',
      '-n',
      namespace,
      '--create-namespace',
      ...files.flatMap((name) => ['-f', join(folder, name)]),
      ...set.flatMap((item) => ['--set', item]),
      ...setString.flatMap((item) => ['--set-string', item]),
      ...apiVersions.flatMap((item) => ['-a', item]),
    ],
  };
});

type Plain = Readonly<Record<string, unknown>>;
/** Kinds that only a cluster with their definitions serves. */
const isBuiltIn = (object: Plain): boolean =>
  /^(v1|(apps|batch|autoscaling|policy)\/v\d|[\w.]+\.k8s\.io\/v1)$/.test(String(object['apiVersion'])) &&
  !String(object['apiVersion']).startsWith('autoscaling.k8s.io');

describeWith(findParts('etcd', 'kube-apiserver', 'kubectl'))('through a real API server', () => {
  let server: ApiServer;
  beforeAll(async () => {
    server = await apiServer();
  }, 60_000);
  afterAll(() => server?.stop());

  /** Applies, gives what the server has then, and takes it away again. */
  async function roundTrip(objects: readonly Plain[], how: readonly string[]): Promise<string> {
    const manifests = writeYamlStream(objects);
    await succeed(server.kubectl(['apply', ...how, '-f', '-'], manifests));
    const there = await succeed(server.kubectl(['get', '-f', '-', '-o', 'yaml', '--show-managed-fields'], manifests));
    await succeed(
      server.kubectl(
        ['delete', '--ignore-not-found', '--wait=false', '-f', '-'],
        writeYamlStream(objects.filter(({ kind }) => kind !== 'Namespace')),
      ),
    );
    return there;
  }

  it.each([...exampleCases, ...parityCases])(
    'values: $title',
    async ({ flags }) => {
      const objects = readYamlStream(cli(['template', ...flags]).stdout, 'template') as Plain[];
      const [served, others] = [objects.filter(isBuiltIn), objects.filter((object) => !isBuiltIn(object))];
      expect(served.length).toBeGreaterThan(4);
      const serverSide = await roundTrip(served, ['--server-side', '--force-conflicts']);
      expect(serverSide).toContain('managedFields');
      const { status, stdout } = cli(['diff', ...flags, '--check-upgrade'], { input: `${serverSide}---\n${writeYamlStream(others)}` });
      expect({ status, stdout }).toEqual({ status: 0, stdout: `0 added, 0 removed, 0 changed, ${objects.length} equal\n` });
    },
    60_000,
  );

  it('after kubectl apply without --server-side', async () => {
    const flags = [...RELEASE, ...KEYS, '-f', join(examples, 'ha.yaml')];
    const clientSide = await roundTrip(readYamlStream(cli(['template', ...flags]).stdout, 'template') as Plain[], []);
    expect(clientSide).toContain('last-applied-configuration');
    expect(cli(['diff', ...flags], { input: clientSide })).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^0 added, 0 removed, 0 changed, \d\d equal\n$/),
    });
  }, 60_000);

  it('scaled by an autoscaler: equal; scaled by who applies: not', async () => {
    const flags = [...RELEASE, ...KEYS, '-f', join(examples, 'ha.yaml')];
    const objects = (readYamlStream(cli(['template', ...flags]).stdout, 'template') as Plain[]).filter(isBuiltIn);
    const manifests = writeYamlStream(objects);
    const get = (...how: string[]) => succeed(server.kubectl(['get', '-f', '-', '-o', 'yaml', ...how], manifests));
    const diff = (input: string) => cli(['diff', ...flags, '--crds', 'skip', '--check-upgrade'], { input });
    await succeed(server.kubectl(['apply', '--server-side', '-f', '-'], manifests));
    await succeed(server.kubectl(['scale', 'deployment', 'estafette-ci-api', 'estafette-ci-web', '-n', 'estafette-ci', '--replicas=5']));
    for (const there of [await get('--show-managed-fields'), await get()]) {
      expect(there).toContain('replicas: 5');
      expect(diff(there)).toMatchObject({ status: 0, stdout: `0 added, 0 removed, 0 changed, ${objects.length} equal\n` });
    }
    const scaled = objects
      .filter(({ kind, metadata }) => kind === 'Deployment' && (metadata as Plain)['name'] === 'estafette-ci-api')
      .map((object) => ({ ...object, spec: { ...(object['spec'] as Plain), replicas: 4 } }));
    await succeed(server.kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], writeYamlStream(scaled)));
    const { status, stdout } = diff(await get('--show-managed-fields'));
    expect([status, stdout]).toEqual([
      1,
      expect.stringContaining(
        '! Deployment estafette-ci/estafette-ci-api spec.replicas: HorizontalPodAutoscaler estafette-ci-api chooses the replicas, and applying without them sets them from 4 to 1',
      ),
    ]);
    await succeed(server.kubectl(['apply', '--server-side', '-f', '-'], manifests));
    expect(
      await succeed(server.kubectl(['get', 'deployment', 'estafette-ci-api', '-n', 'estafette-ci', '-o', 'jsonpath={.spec.replicas}'])),
    ).toBe('1');
    await succeed(
      server.kubectl(
        ['delete', '--ignore-not-found', '--wait=false', '-f', '-'],
        writeYamlStream(objects.filter(({ kind }) => kind !== 'Namespace')),
      ),
    );
  }, 60_000);

  it('a List as JSON reads the same', async () => {
    const { stdout } = cli(['template', ...RELEASE]);
    await succeed(server.kubectl(['apply', '--server-side', '-f', '-'], stdout));
    const json = await succeed(server.kubectl(['get', '-f', '-', '-o', 'json'], stdout));
    expect(cli(['diff', ...RELEASE], { input: json }).status).toBe(0);
  }, 60_000);
});
