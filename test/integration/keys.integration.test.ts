// The script that makes keys, run by a shell with the real curl against an API server that knows the rights of its account.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderRelease } from '../../cli/render';
import { keyObjects } from '../../constructs/keys';
import { writeYamlStream } from '../../helm/yaml/write';
import { readYaml } from '../../helm/yaml/read';
import { apiServer, describeWith, findParts, succeed, type ApiServer } from '../support/parts';

const NAMESPACE = 'build';
const KEYS = ['secretDecryptionKey', 'jwtKey'] as const;
const hasCurl = spawnSync('curl', ['--version']).status === 0;
if (!hasCurl) process.stderr.write('keys: no curl on this machine\n');
if (!hasCurl && process.env['CI']) throw new Error('curl is needed');

describeWith(hasCurl ? findParts('etcd', 'kube-apiserver', 'kubectl') : undefined)('the keys', () => {
  let server: ApiServer;
  let folder: string;
  const kubectl = (...args: string[]): Promise<string> => succeed(server.kubectl(args));

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'keys-'));
    server = await apiServer();
    await kubectl('create', 'namespace', NAMESPACE);
  }, 60_000);
  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Applies what the Job needs, and gives what runs its script as its pod would. */
  async function prepare(name: string, given: Readonly<Record<string, string>> = {}) {
    const set = { release: 'ci', namespace: NAMESPACE, name, keys: KEYS, given, labels: {}, backup: '' };
    const objects = keyObjects(set, { settings: { image: { repository: 'r', tag: 't', pullPolicy: 'Never' }, resources: {} } }).map(
      ({ object }) => object,
    );
    const file = join(folder, `${name}.yaml`);
    writeFileSync(file, writeYamlStream(objects));
    await kubectl('apply', '--server-side', '--validate=strict', '-f', file);
    const { command, env } = (
      objects.find(({ kind }) => kind === 'Job') as unknown as {
        spec: { template: { spec: { containers: [{ command: string[]; env: { name: string; value: string }[] }] } } };
      }
    ).spec.template.spec.containers[0];
    const { clusters } = JSON.parse(readFileSync(server.kubeconfig, 'utf8')) as {
      clusters: [{ cluster: { 'certificate-authority-data': string } }];
    };
    const authority = clusters[0].cluster['certificate-authority-data'];
    return async (namespace = NAMESPACE): Promise<{ status: number | null; output: string }> => {
      const own = mkdtempSync(join(folder, 'pod-'));
      for (const part of ['account', 'work', 'given']) mkdirSync(join(own, part));
      writeFileSync(join(own, 'account/token'), (await kubectl('create', 'token', `${name}-keys`, '-n', NAMESPACE)).trim());
      writeFileSync(join(own, 'account/ca.crt'), Buffer.from(authority, 'base64'));
      for (const [key, value] of Object.entries(given)) writeFileSync(join(own, 'given', key), Buffer.from(value, 'base64'));
      const script = (command[2] ?? '')
        .replaceAll('/var/run/secrets/kubernetes.io/serviceaccount', join(own, 'account'))
        .replaceAll('/work', join(own, 'work'))
        .replaceAll('/given', join(own, 'given'))
        .replaceAll('https://kubernetes.default.svc', server.address);
      const variables = Object.fromEntries(env.map(({ name: key, value }) => [key, value]));
      const shell = spawn('sh', ['-c', script], {
        env: { PATH: process.env['PATH'], ...variables, SECRET_NAMESPACE: namespace },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let output = '';
      for (const stream of [shell.stdout, shell.stderr]) stream.on('data', (data: Buffer) => (output += data.toString()));
      return new Promise((resolve) => shell.on('close', (status) => resolve({ status, output })));
    };
  }

  /** Kubeconfig of somebody who may read and annotate the one Secret, and do nothing else. */
  async function limited(): Promise<string> {
    await kubectl('create', 'serviceaccount', 'saver', '-n', NAMESPACE);
    await kubectl('create', 'role', 'saver', '-n', NAMESPACE, '--verb=get,patch', '--resource=secrets', '--resource-name=ci-api');
    await kubectl('create', 'rolebinding', 'saver', '-n', NAMESPACE, '--role=saver', `--serviceaccount=${NAMESPACE}:saver`);
    const config = JSON.parse(readFileSync(server.kubeconfig, 'utf8')) as { users: { user: object }[] };
    const token = (await kubectl('create', 'token', 'saver', '-n', NAMESPACE)).trim();
    const file = join(folder, 'limited');
    writeFileSync(file, JSON.stringify({ ...config, users: config.users.map((entry) => ({ ...entry, user: { token } })) }));
    return file;
  }

  const secret = async (
    name: string,
  ): Promise<{ metadata: { uid: string; labels?: object }; data: Record<string, string>; type: string }> =>
    JSON.parse(await kubectl('get', 'secret', name, '-n', NAMESPACE, '-o', 'json'));
  const decode = (value = ''): string => Buffer.from(value, 'base64').toString();

  it('are made at the first run, of 32 characters, and stay at the second', async () => {
    const run = await prepare('first');
    expect(await run()).toEqual({ status: 0, output: expect.stringContaining('Made the Secret first in the namespace build.') });
    const made = await secret('first');
    expect(Object.keys(made.data).toSorted()).toEqual([...KEYS].toSorted());
    for (const key of KEYS) expect(decode(made.data[key])).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(made.metadata).not.toHaveProperty('labels');
    expect(await run()).toEqual({ status: 0, output: 'The Secret first exists in the namespace build and stays as it is.\n' });
    expect(await secret('first')).toEqual(made);
  }, 60_000);

  it('are the same for two that run at once', async () => {
    const run = await prepare('race');
    const ends = await Promise.all([run(), run(), run()]);
    expect(ends.map(({ status }) => status)).toEqual([0, 0, 0]);
    expect(ends.filter(({ output }) => output.startsWith('Made'))).toHaveLength(1);
  }, 60_000);

  it('are completed where one is given', async () => {
    const run = await prepare('partly', { secretDecryptionKey: Buffer.from('from the password manager').toString('base64') });
    await run();
    const { data } = await secret('partly');
    expect(decode(data['secretDecryptionKey'])).toBe('from the password manager');
    expect(decode(data['jwtKey'])).toMatch(/^[A-Za-z0-9]{32}$/);
  }, 60_000);

  it("are left alone where they are somebody else's, or restored", async () => {
    await kubectl(
      'create',
      'secret',
      'generic',
      'restored',
      '-n',
      NAMESPACE,
      '--from-literal=secretDecryptionKey=old',
      '--from-literal=jwtKey=old',
    );
    const before = await secret('restored');
    expect((await (await prepare('restored'))()).output).toContain('stays as it is');
    expect(await secret('restored')).toEqual(before);
  }, 60_000);

  it('come with no right but to create Secrets in the namespace', async () => {
    const run = await prepare('rights');
    const can = async (verb: string, resource: string, namespace: string): Promise<boolean> =>
      (
        await server.kubectl(['auth', 'can-i', verb, resource, '-n', namespace, '--as', `system:serviceaccount:${NAMESPACE}:rights-keys`])
      ).stdout.trim() === 'yes';
    expect(await can('create', 'secrets', NAMESPACE)).toBe(true);
    for (const verb of ['get', 'list', 'watch', 'update', 'patch', 'delete', 'deletecollection'])
      expect([verb, await can(verb, 'secrets', NAMESPACE)]).toEqual([verb, false]);
    for (const resource of ['pods', 'configmaps', 'roles', 'serviceaccounts'])
      expect([resource, await can('create', resource, NAMESPACE)]).toEqual([resource, false]);
    expect(await can('create', 'secrets', 'default')).toBe(false);
    expect(await run('default')).toEqual({
      status: 1,
      output: 'The API server did not take the Secret rights in the namespace default: 403 Forbidden\n',
    });
  }, 60_000);

  it('are saved by the command that is printed, as values that bring the same Secret back', async () => {
    const run = await prepare('ci-api');
    await run();
    const { warnings } = renderRelease({ release: 'ci', chart: 'estafette-ci', namespace: NAMESPACE, values: [] });
    const command = /kubectl get secret .*$/.exec(warnings.find((warning) => warning.startsWith('api.secret')) ?? '')?.[0] ?? '';
    const [program, ...parts] = ['sh', '-c', command];
    const saved = spawnSync(program, parts, {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, ...server.env, KUBECONFIG: await limited() },
    });
    expect(saved).toMatchObject({ status: 0, stderr: '' });
    expect((await secret('ci-api')).metadata).toMatchObject({
      annotations: { 'cdk8s-estafette/keys-saved': expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) },
    });
    const values = readYaml(readFileSync(join(folder, 'ci-api-keys.yaml'), 'utf8'), 'ci-api-keys.yaml') as Record<string, unknown>;
    const { plan } = renderRelease({ release: 'ci', chart: 'estafette-ci', namespace: NAMESPACE, values: [values] });
    const printed = plan.map(
      ({ object }) => object as unknown as { kind: string; metadata: { name: string }; data?: object; type?: string },
    );
    const { data, type } = await secret('ci-api');
    expect(printed.find(({ kind, metadata }) => kind === 'Secret' && metadata.name === 'ci-api')).toMatchObject({ data, type });
    expect(printed.some(({ metadata }) => metadata.name.startsWith('ci-api-keys'))).toBe(false);
  }, 60_000);
});
