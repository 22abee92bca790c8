// Builds on Kubernetes when something around them is lost for real: the registry, an engine, the API server, a node.
// Each has one end, told once.
import { readdirSync, readFileSync } from 'node:fs';
import { sourcesOf, type BuildStatus } from '../support/build-client';
import { BUILDS_PARTS, buildsCluster, type BuildsCluster, type BuildsRelease } from '../support/builds-cluster';
import { describeWith, eventually, findRootParts, succeed } from '../support/parts';

const parts = findRootParts(...BUILDS_PARTS);
/** The first node is the way to the cluster's Services. */
const [KEPT, LOST] = ['node-1', 'node-2'];

describeWith(parts)('builds on Kubernetes, when something is lost', () => {
  let subject: BuildsCluster;
  let release: BuildsRelease;
  const ends = new Map<number, BuildStatus>();
  const sources = (text: string, seconds: number): string =>
    sourcesOf(parts?.busybox ?? '', `/bin/busybox echo ${text} && /bin/busybox sleep ${seconds}`);

  beforeAll(async () => {
    if (!parts) return;
    subject = await buildsCluster(parts, { nodes: 2 });
    release = await subject.release('builds');
  }, 300_000);
  afterAll(() => subject?.stop(), 120_000);

  /** Posts a build whose step takes a while, and resolves when it has begun. */
  async function begin(number: number, seconds = 8): Promise<void> {
    await release.client.post(number, sources(`step-${number}`, seconds));
    await eventually(
      () => release.client.log(number),
      (log) => log.split('\n').some((line) => line.endsWith(` step-${number}`)),
      90,
    );
  }

  async function end(number: number): Promise<BuildStatus> {
    const status = await release.client.ended(number, 200);
    ends.set(number, status);
    return status;
  }

  /** All that is the engine's in the pod of a build, without a word to it. */
  async function killEngine(number: number): Promise<void> {
    const [pod = ''] = await release.names('pods', `build-worker/number=${number}`);
    let killed = 0;
    for (const id of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
      try {
        if (!readFileSync(`/proc/${id}/environ`, 'utf8').split('\0').includes(`HOSTNAME=${pod}`)) continue;
        if (readFileSync(`/proc/${id}/comm`, 'utf8').trim() !== 'dockerd') continue;
        process.kill(Number(id), 'SIGKILL');
        killed += 1;
      } catch {
        // It is gone already, or nobody's.
      }
    if (killed === 0) throw new Error(`no engine of ${pod} is found`);
  }

  it('push again to a registry that was down', async () => {
    await begin(1);
    await subject.registry.halt();
    await eventually(
      () => release.client.log(1),
      (log) => log.includes('The push failed; attempt 2 of 4 follows.'),
    );
    await subject.registry.resume();
    expect(await end(1)).toMatchObject({ status: 'succeeded', attempts: 1 });
    expect(await release.digestOf('1.1')).toBe(ends.get(1)?.digest);
  }, 240_000);

  it('fail when the registry stays away, and say so', async () => {
    await begin(2);
    await subject.registry.halt();
    const status = await end(2);
    await subject.registry.resume();
    expect(status).toMatchObject({ status: 'failed', attempts: 1, digest: null });
    expect(status.reason).toMatch(/^the push of \S+:1\.2 failed: /);
  }, 240_000);

  it('begin again when their engine is killed', async () => {
    await begin(3);
    await killEngine(3);
    expect(await end(3)).toMatchObject({ status: 'succeeded', attempts: 2 });
    expect(await release.digestOf('1.3')).toBe(ends.get(3)?.digest);
  }, 240_000);

  it('go on when the API server is killed and started', async () => {
    await begin(4);
    await subject.cluster.restartApiServer();
    expect(await end(4)).toMatchObject({ status: 'succeeded', attempts: 1 });
  }, 240_000);

  it('begin again elsewhere when their node is gone, with a replica of the service', async () => {
    const kubectl = (...args: string[]): Promise<string> => succeed(subject.cluster.kubectl(args));
    await kubectl('cordon', KEPT);
    await begin(5, 20);
    await kubectl('uncordon', KEPT);
    const node = async (): Promise<string> =>
      release.kubectl('get', 'pods', '-l', 'build-worker/number=5', '-o', 'jsonpath={.items[*].spec.nodeName}');
    expect(await node()).toBe(LOST);
    await subject.cluster.nodes.find(({ name }) => name === LOST)?.stop();
    expect(await end(5)).toMatchObject({ status: 'succeeded', attempts: 2 });
    expect(await release.digestOf('1.5')).toBe(ends.get(5)?.digest);
  }, 280_000);

  it('have had one end each, which was told with one body', async () => {
    const finals = (number: number) => subject.callbacks.finals('/web', number);
    await eventually(
      () => Promise.resolve([...ends.keys()].filter((number) => finals(number).length === 0)),
      (untold) => untold.length === 0,
    );
    expect([...ends.keys()]).toEqual([1, 2, 3, 4, 5]);
    for (const [number, { status, digest }] of ends) {
      const told = status === 'succeeded' ? { status, digest } : { status };
      expect(finals(number).map(({ body }) => body)).toEqual([expect.objectContaining({ id: number, ...told })]);
      expect(await release.client.status(number)).toMatchObject({ status, digest });
    }
  }, 120_000);
});
