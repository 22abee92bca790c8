// The recovery drill: a release with keys that it made and a backup, its namespaces wiped, and back from values, keys and backup: by kubectl, and by Argo CD.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readYamlStream } from '../../helm/yaml/read';
import { writeYamlStream } from '../../helm/yaml/write';
import type { KubeObject } from '../../kubernetes/object';
import { cli } from '../support/cli';
import { STAND_IN_PARTS } from '../support/images/stand-ins';
import { loadImages, RELEASE, untilReady } from '../support/release';
import {
  argoCd,
  ARGO_CD_PARTS,
  cluster,
  CLUSTER_PARTS,
  describeWith,
  eventually,
  findRootParts,
  succeed,
  type ArgoCd,
  type Cluster,
} from '../support/parts';

const parts = findRootParts(...CLUSTER_PARTS, ...ARGO_CD_PARTS, ...STAND_IN_PARTS);
/** What is not part of the drill. */
const LEAN = { metrics: { enabled: false }, api: { ingress: { enabled: false }, ingressWebhooks: { enabled: false } } };
const NAMESPACES = [RELEASE, `${RELEASE}-jobs`];

/** Keeps what is put, by path, as a bucket does. */
async function bucket(host: string): Promise<{ readonly url: string; readonly server: Server }> {
  const files = new Map<string, Buffer>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.method === 'PUT') files.set(request.url ?? '', Buffer.concat(chunks));
      const found = files.get(request.url ?? '');
      response.writeHead(found ? 200 : 404).end(found);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, host, resolve);
  });
  return { url: `http://${host}:${(server.address() as AddressInfo).port}/db-backups`, server };
}

describeWith(parts)('the recovery drill', () => {
  let subject: Cluster;
  let argo: ArgoCd | undefined;
  let store: Awaited<ReturnType<typeof bucket>>;
  const scratch = mkdtempSync(join(tmpdir(), 'recovery-'));
  const kubectl = (...args: string[]): Promise<string> => succeed(subject.kubectl(args));

  const backedUp = () => ({ ...LEAN, disasterRecovery: { backup: { enabled: true, url: store.url } } });
  const restoring = () => ({ ...LEAN, disasterRecovery: { restore: { enabled: true, url: store.url } } });
  const KEY_FILE = join(scratch, `${RELEASE}-api-keys.yaml`);

  /** What `template` prints, with the saved keys once there are some, and what it says on stderr. */
  function render(values: object, ...more: string[]): { readonly manifests: string; readonly said: string } {
    const file = join(scratch, 'values.yaml');
    writeFileSync(file, JSON.stringify(values));
    const { status, stdout, stderr } = cli(['template', RELEASE, RELEASE, '-n', RELEASE, '--create-namespace', '-f', file, ...more]);
    if (status !== 0) throw new Error(stderr);
    return { manifests: stdout, said: stderr };
  }
  const apply = (manifests: string): Promise<string> =>
    succeed(subject.kubectl(['apply', '--server-side', '--force-conflicts', '--validate=strict', '-f', '-'], manifests));
  const keys = (): Promise<string> => kubectl('get', 'secret', `${RELEASE}-api`, '-n', RELEASE, '-o', 'jsonpath={.data}');

  /** Name of a Job, which has a hash of its content behind it. */
  const jobOf = (name: string, manifests: string): string =>
    new RegExp(`^  name: (${RELEASE}-db-${name}-[0-9a-f]{8})$`, 'm').exec(manifests)?.[1] ?? name;
  async function completed(job: string): Promise<string> {
    await eventually(
      () => kubectl('get', 'job', job, '-n', RELEASE, '-o', 'jsonpath={.status.conditions[?(@.type=="Complete")].status}'),
      (status) => status === 'True',
      240,
    ).catch(async (error: unknown) => {
      const { stdout } = await subject.kubectl(['logs', '-n', RELEASE, `job/${job}`, '--all-containers', '--tail=30']);
      const { stdout: pods } = await subject.kubectl(['get', 'pods,jobs', '-n', RELEASE]);
      throw new Error(`${String(error)}\n${stdout}\n${pods}`, { cause: error });
    });
    // Of all its pods: the first may have failed, and another one done the work.
    return kubectl('logs', '-n', RELEASE, '-l', `job-name=${job}`, '--tail=-1');
  }

  async function wipe(): Promise<void> {
    await kubectl('delete', 'namespace', ...NAMESPACES, '--ignore-not-found', '--timeout=120s');
  }

  /** Everything that a second apply could touch, pods included; CronJobs make theirs by the clock. */
  async function identities(): Promise<Record<string, string>> {
    const kinds = 'deployments,statefulsets,jobs,services,configmaps,secrets,persistentvolumeclaims,cronjobs,pods';
    const { items } = JSON.parse(await kubectl('get', kinds, '-n', RELEASE, '-o', 'json')) as {
      items: { kind: string; metadata: { name: string; uid: string; generation?: number } }[];
    };
    return Object.fromEntries(
      items
        .filter(({ metadata: { name } }) => !/cron-event-sender-\d|hanging-job-cleaner-\d|backup-check-\d/.test(name))
        .map(({ kind, metadata: { name, uid, generation } }) => [`${kind}/${name}`, `${uid} ${generation ?? ''}`]),
    );
  }

  beforeAll(async () => {
    subject = await cluster({ nodes: 1 });
    store = await bucket(subject.addresses.machine);
    if (parts) await loadImages(subject, parts, render(backedUp()).manifests);
  }, 240_000);
  afterAll(async () => {
    await argo?.stop();
    await subject?.stop();
    store?.server.close();
    rmSync(scratch, { recursive: true });
  }, 60_000);

  it('makes one set of keys when two Jobs do at once, and leaves one of somebody else alone', async () => {
    const objects = readYamlStream(render(LEAN).manifests, 'template') as KubeObject[];
    const isFor = (part: string) => (object: KubeObject) => object.metadata.name.startsWith(`${RELEASE}-${part}`);
    const [job] = objects.filter(isFor('api-keys')).filter(({ kind }) => kind === 'Job');
    const rights = objects.filter((object) => object.kind === 'Namespace' || (isFor('api-keys')(object) && object.kind !== 'Job'));
    const twin = (name: string): KubeObject => ({ ...(job as KubeObject), metadata: { ...job?.metadata, name } });
    const values = async (): Promise<string[]> =>
      Object.values(JSON.parse(await keys()) as Record<string, string>).map((value) => Buffer.from(value, 'base64').toString());

    await apply(writeYamlStream([...rights, twin('one'), twin('other')]));
    const said = await Promise.all(['one', 'other'].map(completed));
    expect(said.toSorted()).toEqual([
      expect.stringMatching(/^Made the Secret/),
      expect.stringMatching(/^The Secret .* stays as it is\.$/m),
    ]);
    expect(await values()).toEqual([expect.stringMatching(/^[A-Za-z0-9]{32}$/), expect.stringMatching(/^[A-Za-z0-9]{32}$/)]);

    const secret = `${RELEASE}-api`;
    await kubectl('delete', 'secret', secret, '-n', RELEASE);
    await kubectl(
      'create',
      'secret',
      'generic',
      secret,
      '-n',
      RELEASE,
      '--from-literal=secretDecryptionKey=mine',
      '--from-literal=jwtKey=own',
    );
    await apply(writeYamlStream([twin('third')]));
    expect(await completed('third')).toMatch(/^The Secret .* stays as it is\.$/m);
    expect((await values()).toSorted()).toEqual(['mine', 'own']);
    await wipe();
  }, 240_000);

  let made: string;

  it('begins with a release that makes its keys and backs itself up', async () => {
    const { manifests, said } = render(backedUp());
    await apply(manifests);
    await untilReady(subject);
    expect(await completed(jobOf('backup', manifests))).toContain('Made the schedule daily_backup.');
    made = await keys();
    // The command that is printed, as it is printed.
    const command = /kubectl get secret .*$/m.exec(said)?.[0] ?? '';
    const path = `${dirname(parts?.kubectl ?? '')}:${process.env['PATH'] ?? ''}`;
    const saved = spawnSync('bash', ['-c', command], {
      cwd: scratch,
      encoding: 'utf8',
      env: { ...process.env, PATH: path, KUBECONFIG: subject.kubeconfig },
    });
    expect([saved.status, saved.stderr]).toEqual([0, '']);
    const seen = await kubectl('get', 'pods,jobs,events,configmaps', '-n', RELEASE, '-o', 'json');
    for (const key of Object.values(JSON.parse(made) as Record<string, string>)) {
      expect(readFileSync(KEY_FILE, 'utf8')).toContain(key);
      for (const form of [key, Buffer.from(key, 'base64').toString()]) expect(seen).not.toContain(form);
    }
  }, 500_000);

  it('comes back by kubectl, with the same keys, and stays as it is when it is applied twice more', async () => {
    await wipe();
    const restore = render(restoring(), '-f', KEY_FILE).manifests;
    await apply(restore);
    expect(await completed(jobOf('restore', restore))).toContain('Restored the backup.');
    expect(await kubectl('get', 'deployments', '-n', RELEASE, '-o', 'jsonpath={.items[*].spec.replicas}')).toMatch(/^0 0$/);
    // Applied again while the switch is on, nothing is restored twice.
    await apply(restore);
    const { manifests } = render(backedUp(), '-f', KEY_FILE);
    await apply(manifests);
    await untilReady(subject);
    expect(await keys()).toBe(made);
    const before = await identities();
    for (let time = 0; time < 2; time += 1) {
      await apply(manifests);
      expect(await identities()).toEqual(before);
    }
  }, 800_000);

  it('comes back by Argo CD, with the same keys, and stays as it is when it is synced twice more', async () => {
    await wipe();
    const current = await argoCd(subject);
    argo = current;
    const folder = join(scratch, 'argocd');
    mkdirSync(folder);
    const dist = (values: object): Record<string, string> => {
      writeFileSync(join(folder, 'values.yaml'), JSON.stringify(values));
      const release = { name: RELEASE, chart: RELEASE, namespace: RELEASE, target: 'argocd', application: true, createNamespace: true };
      const releases = [{ ...release, values: ['values.yaml', KEY_FILE] }];
      writeFileSync(join(folder, 'releases.yaml'), JSON.stringify({ repoURL: current.repository.url, releases }));
      const { status, stderr } = cli(['synth', '-o', 'dist'], { cwd: folder });
      if (status !== 0) throw new Error(stderr);
      return Object.fromEntries(readdirSync(join(folder, 'dist')).map((file) => [file, readFileSync(join(folder, 'dist', file), 'utf8')]));
    };
    const commit = (files: Readonly<Record<string, string>>): string =>
      current.repository.commit(Object.fromEntries(Object.entries(files).map(([file, text]) => [`dist/${file}`, text])));
    const synced = (revision: string, since?: string) =>
      current.synced(RELEASE, revision, { seconds: 400, ...(since === undefined ? {} : { since }) });
    const restore = dist(restoring());
    const first = commit(restore);
    await succeed(subject.kubectl(['create', '-f', '-'], restore[`${RELEASE}.application.yaml`]));
    expect(await completed(jobOf('restore', restore[`${RELEASE}.k8s.yaml`] ?? ''))).toContain('Restored the backup.');
    await synced(first);
    const back = commit(dist(backedUp()));
    await current.refresh(RELEASE);
    let { operationState } = await synced(back);
    await untilReady(subject);
    expect(await keys()).toBe(made);
    const before = await identities();
    for (let time = 0; time < 2; time += 1) {
      await kubectl(
        'patch',
        'application',
        RELEASE,
        '-n',
        current.namespace,
        '--type=merge',
        '-p',
        `{"operation":{"sync":{"revision":"${back}"}}}`,
      );
      ({ operationState } = await synced(back, operationState?.finishedAt));
      expect(await identities()).toEqual(before);
    }
  }, 900_000);
});
