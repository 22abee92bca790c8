// The chart buildshuttle on a cluster: each mode comes up from one apply, builds through its Service, and ends each build once, whatever happens to its pod.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { renderRelease } from '../../cli/render';
import { writeYaml, writeYamlStream } from '../../helm/yaml/write';
import {
  buildClient,
  callbackReceiver,
  sourcesOf,
  type BuildClient,
  type BuildStatus,
  type CallbackReceiver,
} from '../support/build-client';
import { certificates, type Certificates } from '../support/certificates';
import { cli, ROOT } from '../support/cli';
import { BUILDSHUTTLE_PARTS, buildshuttleArchive } from '../support/images/buildshuttle';
import {
  argoCd,
  ARGO_CD_PARTS,
  cluster,
  CLUSTER_PARTS,
  describeWith,
  dockerEngine,
  eventually,
  findRootParts,
  registry as startRegistry,
  succeed,
  type Cluster,
  type DockerEngine,
  type Part,
} from '../support/parts';
import { describeWhere } from '../support/beside';
import { enginePod } from '../support/engine-pod';

type Values = Readonly<Record<string, unknown>>;

const parts = findRootParts(...CLUSTER_PARTS, ...ARGO_CD_PARTS, ...BUILDSHUTTLE_PARTS, 'dockerd', 'containerd', 'runc', 'docker-registry');
const PUBLISHED = join(ROOT, '..', 'shared', 'parity', 'buildshuttle', 'using-host', 'expected.yaml');
const NAME = 'buildshuttle';
/** The node has two processors, and four releases. */
const LITTLE = { requests: { cpu: '10m', memory: '64Mi' } };
const NEXT_VERSION = '0.1.1';

/** A namespace each. */
const MODES = ['host', 'rootless', 'privileged', 'external'] as const;
type Mode = (typeof MODES)[number];
const namespaceOf = (mode: Mode): string => (mode === 'host' ? 'akkeris-system' : `builds-${mode}`);

describeWith(parts)('buildshuttle on a cluster', () => {
  let subject: Cluster;
  let engine: DockerEngine;
  let registry: Part;
  let callbacks: CallbackReceiver;
  let tls: Certificates;
  const kubectl = (...args: string[]): Promise<string> => succeed(subject.kubectl(args));
  const apply = (manifests: string): Promise<string> => succeed(subject.kubectl(['apply', '--server-side', '-f', '-'], manifests));

  function valuesOf(mode: Mode): Values {
    const worker = { mode: 'worker', engine: { insecureRegistries: [registry.address], resources: LITTLE } };
    const own: Readonly<Record<Mode, Values>> = {
      host: { mode: 'host', host: { socketGroup: statSync(engine.socketPath).gid } },
      rootless: worker,
      privileged: { ...worker, engine: { ...worker.engine, privileged: true } },
      external: { mode: 'externalWorker', engine: { host: subject.addresses.machine, tls: { existingSecret: 'engine-tls' } } },
    };
    return { ...own[mode], resources: LITTLE, storage: { size: '1Gi' }, retention: { size: '100Mi' } };
  }

  function manifestsOf(mode: Mode, values: Values = {}): string {
    const namespace = namespaceOf(mode);
    const patch = { spec: { template: { spec: { containers: [{ name: NAME, env: [{ name: 'SHUTDOWN_GRACE_MS', value: '1000' }] }] } } } };
    const patches = [{ target: { kind: 'Deployment', name: NAME }, patch }];
    return renderRelease({ release: NAME, chart: NAME, namespace, createNamespace: true, values: [valuesOf(mode), values], patches })
      .manifests;
  }

  const podOf = async (mode: Mode): Promise<string> =>
    kubectl(
      'get',
      'pods',
      '-n',
      namespaceOf(mode),
      '-l',
      `name=${NAME}`,
      '--field-selector=status.phase=Running',
      '-o',
      'jsonpath={.items[*].metadata.name}',
    );

  async function rolledOut(mode: Mode): Promise<void> {
    const namespace = namespaceOf(mode);
    try {
      await kubectl('rollout', 'status', '-n', namespace, `deployment/${NAME}`, '--timeout=120s');
    } catch (error) {
      const { stdout: pods } = await subject.kubectl(['describe', 'pods', '-n', namespace]);
      const { stdout: log } = await subject.kubectl(['logs', '-n', namespace, `deployment/${NAME}`, '--all-containers', '--tail=20']);
      throw new Error(`${mode}: ${String(error)}\n${pods.slice(-4000)}\n${log}`, { cause: error });
    }
  }

  /** Applies the release, and makes a client with the token that was made in the cluster. */
  async function start(mode: Mode): Promise<BuildClient> {
    const namespace = namespaceOf(mode);
    if (mode === 'external') {
      await apply(
        JSON.stringify({
          apiVersion: 'v1',
          kind: 'Namespace',
          metadata: { name: namespace, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
        }),
      );
      const files = { 'ca.crt': tls.authority, 'tls.crt': tls.client.certificate, 'tls.key': tls.client.key };
      const flags = Object.entries(files).map(([key, file]) => `--from-file=${key}=${file}`);
      await kubectl('create', 'secret', 'generic', 'engine-tls', '-n', namespace, ...flags);
    }
    if (mode === 'host' && existsSync(PUBLISHED)) await move();
    else await apply(manifestsOf(mode));
    await rolledOut(mode);
    const address = await kubectl('get', 'service', NAME, '-n', namespace, '-o', 'jsonpath={.spec.clusterIP}:{.spec.ports[0].port}');
    return buildClient({
      url: `http://${address}`,
      token: tokenOf(namespace),
      app: mode,
      callback: callbacks.url,
      registry: registry.address,
    });
  }

  /** By the command of the documentation. */
  function tokenOf(namespace: string): string {
    const page = readFileSync(join(ROOT, 'docs', 'buildshuttle.md'), 'utf8');
    const command = /^ {4}(kubectl get secret .*buildshuttle-auth .*)$/m.exec(page)?.[1]?.replace('akkeris-system', namespace) ?? '';
    const path = `${dirname(parts?.kubectl ?? '')}:${process.env['PATH'] ?? ''}`;
    const { status, stdout, stderr } = spawnSync('bash', ['-c', command], {
      encoding: 'utf8',
      env: { ...process.env, PATH: path, KUBECONFIG: subject.kubeconfig },
    });
    if (status !== 0) throw new Error(`${command}: ${stderr}`);
    return stdout;
  }

  let moved: { readonly before: string; readonly after: string; readonly pods: readonly string[] } | undefined;

  /** From Akkeris' Deployment, whose socket is one here and whose image is at hand, by the commands of the documentation. */
  async function move(): Promise<void> {
    const namespace = namespaceOf('host');
    const uid = (): Promise<string> => kubectl('get', 'deployment', NAME, '-n', namespace, '-o', 'jsonpath={.metadata.uid}');
    const manifest = readFileSync(PUBLISHED, 'utf8')
      .replace('type: File', 'type: Socket')
      .replace('Policy: Always', 'Policy: IfNotPresent');
    await kubectl('create', 'namespace', namespace);
    const settings = ['S3_BUCKET', 'S3_LOCATION', 'S3_REGION', 'S3_ACCESS_KEY', 'S3_SECRET_KEY'].map((key) => `--from-literal=${key}=`);
    await kubectl('create', 'configmap', NAME, '-n', namespace, ...settings);
    await succeed(subject.kubectl(['create', '-f', '-'], manifest));
    await rolledOut('host');
    const [before, old] = [await uid(), await podOf('host')];
    const [values, live] = ['values.yaml', 'before.yaml'].map((name) => join(subject.folder, name)) as [string, string];
    writeFileSync(values, JSON.stringify(valuesOf('host')));
    writeFileSync(live, await kubectl('get', 'deployment', NAME, '-n', namespace, '-o', 'yaml', '--show-managed-fields'));
    const release = [NAME, NAME, '-n', namespace, '-f', values];
    const { status, stdout: costs } = cli(['diff', ...release, '--check-upgrade', live]);
    expect([status, costs]).toEqual([1, expect.stringMatching(/rollingUpdate[^]*readinessProbe[^]*tcpSocket/)]);
    const only = cli(['template', ...release, '--show-only', `Deployment/${NAME}`]).stdout;
    await succeed(subject.kubectl(['replace', '-f', '-'], only));
    await succeed(subject.kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], cli(['template', ...release]).stdout));
    await rolledOut('host');
    moved = { before, after: await uid(), pods: [old, await podOf('host')] };
    // The end of the pod's grace is not what this file is about.
    await succeed(subject.kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], manifestsOf('host')));
  }

  interface Built {
    readonly accepted: unknown;
    readonly log: string;
    readonly end: BuildStatus;
  }
  /** Sources of a build that prints a line, and then takes a while. Each has a line of its own: nothing comes from a cache. */
  const sources = (text: string, seconds = 0): string =>
    sourcesOf(parts?.busybox ?? '', `/bin/busybox echo ${text} && /bin/busybox sleep ${seconds}`);

  /** A build, with its log followed from its beginning to its end. */
  async function build(client: BuildClient, number: number, sources: string): Promise<Built> {
    const accepted = await client.post(number, sources);
    const log = await client.log(number, true);
    return { accepted, log, end: await client.ended(number) };
  }

  /** Does something to the pod in the middle of a build, and gives the build's end. */
  async function disturb(mode: Mode, number: number, how: () => Promise<unknown>): Promise<BuildStatus> {
    const client = await course(mode).up;
    await client.post(number, sources(`${mode}-${number}`, 12));
    await eventually(
      () => client.log(number),
      (log) => log.split('\n').some((line) => line.endsWith(` ${mode}-${number}`)),
    );
    expect((await client.status(number)).status).toBe('building');
    await how();
    return client.ended(number);
  }

  /** As with its node: all its processes at once, without a word to them. */
  async function lose(mode: Mode): Promise<void> {
    const pod = await podOf(mode);
    for (const id of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
      try {
        if (readFileSync(`/proc/${id}/environ`, 'utf8').split('\0').includes(`HOSTNAME=${pod}`)) process.kill(Number(id), 'SIGKILL');
      } catch {
        // It is gone already, or nobody's.
      }
    await kubectl('delete', 'pod', pod, '-n', namespaceOf(mode), '--grace-period=0', '--force');
    await rolledOut(mode);
  }

  /** All modes at once, since each waits more than it works; what a step gives, the tests below look at. */
  interface Course {
    readonly up: Promise<BuildClient>;
    readonly built: Promise<Built>;
    readonly lost: Promise<BuildStatus>;
  }
  const courses = new Map<Mode, Course>();
  const course = (mode: Mode): Course => courses.get(mode) as Course;

  function begin(mode: Mode): Course {
    const up = start(mode);
    const built = up.then((client) => build(client, 2, sources(`${mode}-2`)));
    const lost = built.then(() => disturb(mode, 3, () => lose(mode)));
    // Each test waits for its own step.
    for (const step of [up, built, lost]) step.catch(() => undefined);
    return { up, built, lost };
  }

  beforeAll(async () => {
    subject = await cluster({ nodes: 1 });
    const { machine } = subject.addresses;
    if (!parts) return;
    const loading = subject.load(buildshuttleArchive(subject.folder, parts, ['0.1.0', NEXT_VERSION]));
    registry = await startRegistry({ host: machine });
    callbacks = await callbackReceiver(machine);
    tls = certificates(subject.folder, machine);
    engine = await dockerEngine({
      insecureRegistries: [registry.address],
      flags: [
        // Where the node has its engine's socket.
        `--host=unix://${join(subject.nodes[0]?.machine.folder ?? '', 'run', 'docker.sock')}`,
        `--host=tcp://${machine}:2376`,
        ...['--tlsverify', `--tlscacert=${tls.authority}`, `--tlscert=${tls.server.certificate}`, `--tlskey=${tls.server.key}`],
      ],
    });
    await loading;
    for (const mode of MODES) courses.set(mode, begin(mode));
  }, 240_000);
  afterAll(async () => {
    await Promise.allSettled([...courses.values()].flatMap(({ up, built, lost }) => [up, built, lost]));
    callbacks?.stop();
    await subject?.stop();
    await engine?.stop();
    await registry?.stop();
  }, 240_000);

  /** The one final callback of a build, with the status that the worker tells. */
  async function toldOnce(mode: Mode, number: number, end: BuildStatus): Promise<void> {
    const finals = await eventually(
      () => Promise.resolve(callbacks.finals(`/${mode}`, number)),
      (calls) => calls.length > 0,
    );
    expect(finals).toEqual([
      expect.objectContaining({
        authorization: 'hmac',
        body: expect.objectContaining({ id: number, status: 'succeeded', digest: end.digest }),
      }),
    ]);
  }

  async function digestOf(image: string, tag: string): Promise<string | null> {
    const accept = 'application/vnd.docker.distribution.manifest.v2+json';
    return (await fetch(`http://${registry.address}/v2/${image}/manifests/${tag}`, { headers: { accept } })).headers.get(
      'docker-content-digest',
    );
  }

  describe.each(MODES)('in the mode %s', (mode) => {
    it('comes up from one apply, with a token that was made there', async () => {
      const client = await course(mode).up;
      expect((await client.ask('/octhc')).status).toBe(200);
      expect((await client.ask('/', { method: 'POST', headers: { authorization: 'Basic d29ya2VyOndyb25n' } })).status).toBe(401);
    }, 240_000);

    it('builds and pushes through its Service, shows the log, and calls back', async () => {
      const { accepted, log, end } = await course(mode).built;
      expect(accepted).toEqual([200, { status: 'ok' }]);
      expect(log).toMatch(new RegExp(`^#\\d+ ${mode}-2$`, 'm'));
      expect(end).toMatchObject({ status: 'succeeded', reason: null, attempts: 1 });
      const { image } = await course(mode).up;
      expect([await digestOf(image, '1.2'), log.trimEnd().split('\n').at(-1)]).toEqual([end.digest, `Build succeeded: ${end.digest}`]);
      await toldOnce(mode, 2, end);
    }, 240_000);

    it('begins a build again whose pod was lost, and ends it once', async () => {
      const end = await course(mode).lost;
      expect(end).toMatchObject({ status: 'succeeded', reason: null, attempts: 2 });
      expect(await digestOf((await course(mode).up).image, '1.3')).toBe(end.digest);
      await toldOnce(mode, 3, end);
    }, 240_000);
  });

  describeWhere(PUBLISHED)('from a published Deployment', () => {
    it('comes as the same object, with one pod in place of the other', async () => {
      await course('host').up;
      expect(moved?.after).toBe(moved?.before);
      expect(moved?.pods).toEqual([expect.stringMatching(/^buildshuttle-\S+$/), expect.stringMatching(/^buildshuttle-\S+$/)]);
      expect(moved?.pods[0]).not.toBe(moved?.pods[1]);
    }, 240_000);
  });

  it('comes through Argo CD, healthy in one sync, and stays as it is', async () => {
    await course('external').lost;
    const argo = await argoCd(subject);
    try {
      const namespace = 'builds-argo-cd';
      const { stream, manifests } = renderRelease({
        release: NAME,
        chart: NAME,
        namespace,
        createNamespace: true,
        target: 'argocd',
        values: [valuesOf('host')],
        application: { repoURL: argo.repository.url, path: 'app', targetRevision: 'main' },
      });
      const revision = argo.repository.commit({ [`app/${NAME}.k8s.yaml`]: manifests });
      await apply(writeYaml(stream.at(-1)?.object));
      const { history, operationState, conditions = [] } = await argo.synced(NAME, revision);
      expect([history?.length, operationState?.retryCount ?? 0, conditions]).toEqual([1, 0, []]);
      const token = (): Promise<string> => kubectl('get', 'secret', `${NAME}-auth`, '-n', namespace, '-o', 'jsonpath={.data}');
      const made = await token();
      await eventually(
        () => argo.status(NAME),
        ({ health }) => health?.status === 'Healthy',
        120,
      );
      await argo.refresh(NAME);
      const after = await argo.status(NAME);
      expect([after.sync?.status, after.health?.status, after.operationState?.startedAt]).toEqual([
        'Synced',
        'Healthy',
        operationState?.startedAt,
      ]);
      expect(await token()).toBe(made);
    } finally {
      await argo.stop();
    }
  }, 400_000);

  it('builds again from the URL that clients have of it', async () => {
    await course('host').lost;
    const client = await course('host').up;
    expect((await client.ask(`/${client.uuid(2)}`, { method: 'HEAD' })).status).toBe(200);
    const url = `http://worker:${tokenOf(namespaceOf('host'))}@${NAME}.${namespaceOf('host')}.svc.cluster.local/${client.uuid(2)}`;
    const { end, log } = await build(client, 4, url);
    expect(end).toMatchObject({ status: 'succeeded' });
    expect(log).toContain('host-2');
    await toldOnce('host', 4, end);
  }, 240_000);

  it('puts running builds back into the queue when the version changes', async () => {
    await course('rootless').lost;
    const end = await disturb('rootless', 4, async () => {
      await apply(manifestsOf('rootless', { image: { tag: NEXT_VERSION } }));
      await rolledOut('rootless');
    });
    expect(end).toMatchObject({ status: 'succeeded' });
    await toldOnce('rootless', 4, end);
    const images = ['get', 'pod', await podOf('rootless'), '-n', namespaceOf('rootless'), '-o', 'jsonpath={.spec.containers[*].image}'];
    expect(await kubectl(...images)).toBe(`build-worker:${NEXT_VERSION}`);
  }, 240_000);

  it('says what is missing where the rootless engine cannot run', async () => {
    const { plan } = renderRelease({ release: NAME, chart: NAME, namespace: 'default', values: [valuesOf('rootless')] });
    const without = (name: string, hostUsers: boolean): object => enginePod(plan, { name, hostUsers });
    const map = plan.filter(({ object }) => object.kind === 'ConfigMap').map(({ object }) => object);
    await apply(writeYamlStream([...map, without('masked', false), without('no-user-namespace', true)] as never));
    const said = (pod: string): Promise<string> =>
      eventually(
        () => kubectl('logs', pod),
        (log) => log.includes('cannot run here'),
      );
    expect(await said('masked')).toMatch(
      /cannot run here: \/proc of the pod is masked; procMount: Unmasked and hostUsers: false need .*\nMend that, or set engine\.privileged: true\./,
    );
    expect(await said('no-user-namespace')).toMatch(/cannot run here: .*hostUsers: false/);
  }, 120_000);
});
