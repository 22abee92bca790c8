// Builds on Kubernetes, on a cluster: each a Job that builds and pushes, through a service of two replicas of which any may be lost.
import { renderRelease } from '../../cli/render';
import {
  buildClient,
  callbackReceiver,
  sourcesOf,
  type BuildClient,
  type BuildStatus,
  type CallbackReceiver,
} from '../support/build-client';
import { BUILDSHUTTLE_PARTS, buildshuttleArchive } from '../support/images/buildshuttle';
import {
  cluster,
  CLUSTER_PARTS,
  describeWith,
  eventually,
  findRootParts,
  registry as startRegistry,
  s3,
  succeed,
  type Cluster,
  type Part,
  type S3,
} from '../support/parts';

const parts = findRootParts(...CLUSTER_PARTS, ...BUILDSHUTTLE_PARTS, 'docker-registry', 'versitygw');
const NAME = 'buildshuttle';
const NAMESPACE = 'builds';
/** The node has two processors. */
const LITTLE = { requests: { cpu: '10m', memory: '64Mi' } };
const PARALLEL = 2;

describeWith(parts)('builds on Kubernetes', () => {
  let subject: Cluster;
  let registry: Part;
  let bucket: S3;
  let callbacks: CallbackReceiver;
  let client: BuildClient;
  const kubectl = (...args: string[]): Promise<string> => succeed(subject.kubectl([...args, '-n', NAMESPACE]));
  const names = async (kind: string, labels: string): Promise<string[]> =>
    (await kubectl('get', kind, '-l', labels, '-o', 'jsonpath={.items[*].metadata.name}')).split(' ').filter((name) => name !== '');
  const leader = async (): Promise<string> =>
    (await kubectl('get', 'lease', NAME, '-o', 'jsonpath={.spec.holderIdentity}')).split('_')[0] ?? '';
  const sources = (text: string, seconds = 0): string =>
    sourcesOf(parts?.busybox ?? '', `/bin/busybox echo ${text} && /bin/busybox sleep ${seconds}`);

  function manifests(): string {
    return renderRelease({
      release: NAME,
      chart: NAME,
      namespace: NAMESPACE,
      createNamespace: true,
      values: [
        {
          mode: 'kubernetes',
          builds: { parallel: PARALLEL, resources: LITTLE },
          engine: { insecureRegistries: [registry.address], resources: LITTLE },
          resources: LITTLE,
          s3: { bucket: 'builds', location: bucket.address, accessKey: bucket.accessKey, secretKey: bucket.secretKey },
        },
      ],
    }).manifests;
  }

  beforeAll(async () => {
    if (!parts) return;
    subject = await cluster({ nodes: 1 });
    const { machine } = subject.addresses;
    const loading = subject.load(buildshuttleArchive(subject.folder, parts, ['0.1.0']));
    registry = await startRegistry({ host: machine });
    bucket = await s3({ buckets: ['builds'], host: machine });
    callbacks = await callbackReceiver(machine);
    await loading;
    await succeed(subject.kubectl(['apply', '--server-side', '-f', '-'], manifests()));
    try {
      await kubectl('rollout', 'status', `deployment/${NAME}`, '--timeout=120s');
    } catch (error) {
      const { stdout: pods } = await subject.kubectl(['describe', 'pods', '-n', NAMESPACE]);
      const { stdout: log } = await subject.kubectl(['logs', '-n', NAMESPACE, `deployment/${NAME}`, '--tail=30']);
      throw new Error(`${String(error)}\n${pods.slice(-4000)}\n${log}`, { cause: error });
    }
    const address = await kubectl('get', 'service', NAME, '-o', 'jsonpath={.spec.clusterIP}:{.spec.ports[0].port}');
    const token = Buffer.from(await kubectl('get', 'secret', `${NAME}-auth`, '-o', 'jsonpath={.data.token}'), 'base64').toString();
    client = buildClient({ url: `http://${address}`, token, app: 'web', callback: callbacks.url, registry: registry.address });
  }, 300_000);
  afterAll(async () => {
    callbacks?.stop();
    await subject?.stop();
    await bucket?.stop();
    await registry?.stop();
  }, 120_000);

  async function toldOnce(number: number, end: BuildStatus): Promise<void> {
    const finals = await eventually(
      () => Promise.resolve(callbacks.finals('/web', number)),
      (calls) => calls.length > 0,
    );
    expect(finals).toEqual([
      expect.objectContaining({ authorization: 'hmac', body: expect.objectContaining({ id: number, digest: end.digest }) }),
    ]);
  }

  async function digestOf(tag: string): Promise<string | null> {
    const accept = 'application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json';
    return (await fetch(`http://${registry.address}/v2/${client.image}/manifests/${tag}`, { headers: { accept } })).headers.get(
      'docker-content-digest',
    );
  }

  /** Posts a build, and does something once its step has begun. */
  async function disturb(number: number, how: () => Promise<unknown>): Promise<BuildStatus> {
    await client.post(number, sources(`step-${number}`, 15));
    await eventually(
      () => client.log(number),
      (log) => log.split('\n').some((line) => line.endsWith(` step-${number}`)),
      90,
    );
    await how();
    return client.ended(number);
  }

  it('are a Job each, which builds, pushes, and leaves no secret', async () => {
    expect(await client.post(2, sources('step-2'))).toEqual([200, { status: 'ok' }]);
    const log = await client.log(2, true);
    const end = await client.ended(2);
    expect(end).toMatchObject({ status: 'succeeded', reason: null, attempts: 1 });
    expect(log).toMatch(/^#\d+ step-2$/m);
    expect(log.trimEnd().split('\n').at(-1)).toBe(`Build succeeded: ${end.digest}`);
    expect([await digestOf('1.2'), await digestOf('latest')]).toEqual([end.digest, end.digest]);
    await toldOnce(2, end);
    const [job = ''] = await names('jobs', 'app=web,build-worker/state=succeeded');
    expect(await kubectl('logs', `job/${job}`, '-c', 'build')).toBe(log.replace(/Build succeeded: .*\n$/, ''));
    expect(await names('secrets', 'build-worker/worker=buildshuttle')).toEqual(['buildshuttle-key']);
  }, 240_000);

  it('begin again when their pod is deleted', async () => {
    const end = await disturb(3, async () => {
      const pods = await names('pods', 'build-worker/number=3');
      await kubectl('delete', 'pod', ...pods, '--grace-period=0', '--force');
    });
    expect(end).toMatchObject({ status: 'succeeded', attempts: 2 });
    expect(await digestOf('1.3')).toBe(end.digest);
    await toldOnce(3, end);
    expect(await client.log(3)).toMatch(/the pod was deleted\. The build is tried again\./);
  }, 240_000);

  it('go on when their leader is killed, which is replaced within 20 s', async () => {
    const before = await leader();
    const end = await disturb(4, async () => {
      const killed = Date.now();
      await kubectl('delete', 'pod', before, '--grace-period=0', '--force');
      await eventually(leader, (name) => name !== before && name !== '', 60);
      expect(Date.now() - killed).toBeLessThan(20_000);
    });
    expect(end).toMatchObject({ status: 'succeeded', attempts: 1 });
    await toldOnce(4, end);
    const log = await client.log(4);
    expect(log.match(/ step-4$/gm)).toHaveLength(1);
    expect(log).toMatch(/Build succeeded: .*\n$/);
  }, 240_000);

  it('leave no Job, pod or Secret within 10 s when they are stopped', async () => {
    let stopped = 0;
    const end = await disturb(5, async () => {
      const begun = Date.now();
      await client.ask(`/web-11111111-1111-4111-8111-111111111111/5`, { method: 'DELETE' });
      await eventually(
        async () => [...(await names('jobs', 'build-worker/number=5')), ...(await names('pods', 'build-worker/number=5'))],
        (left) => left.length === 0,
      );
      stopped = Date.now() - begun;
    });
    expect(end).toMatchObject({ status: 'stopped' });
    expect(stopped).toBeLessThan(10_000);
    expect(await names('secrets', 'build-worker/worker=buildshuttle')).toEqual(['buildshuttle-key']);
  }, 240_000);

  it('wait as suspended Jobs: of many at once no more run than may', async () => {
    const numbers = [61, 62, 63, 64, 65, 66];
    let peak = 0;
    let over = false;
    const watching = (async () => {
      while (!over) {
        const phases = (
          await kubectl('get', 'pods', '-l', 'build-worker/worker=buildshuttle', '-o', 'jsonpath={.items[*].status.phase}')
        ).split(' ');
        peak = Math.max(peak, phases.filter((phase) => phase === 'Running' || phase === 'Pending').length);
      }
    })();
    const ends = await Promise.all(
      numbers.map(async (number) => {
        await client.post(number, sources(`step-${number}`, 2));
        return client.ended(number, 200);
      }),
    );
    over = true;
    await watching;
    expect(ends.map(({ status }) => status)).toEqual(numbers.map(() => 'succeeded'));
    expect(peak).toBe(PARALLEL);
  }, 280_000);
});
