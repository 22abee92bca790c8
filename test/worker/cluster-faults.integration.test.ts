// Builds as Jobs on a real API server, with the rights that the chart gives: what can be lost is lost, and each build has its one end.
import { RULES } from '../../constructs/buildshuttle/objects/cluster';
import { isFinal, type BuildRecord } from '../../worker/state/record';
import type { Worker } from '../../worker/worker';
import { describeWith, findParts } from '../support/parts';
import { DIGEST, until } from './support/fakes';
import { gate, keyOf, never } from './support/queue';
import { serverCluster, type ServerCluster } from './support/server-cluster';

jest.setTimeout(40_000);

const FAILED = { exitCode: 137, reason: 'OOMKilled' };

describeWith(findParts('etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl'))('builds as Jobs of an API server', () => {
  let cluster: ServerCluster;
  let replicas: Worker[];
  let number = 0;
  const leader = (): Worker | undefined => replicas.find(({ leads }) => leads);
  const one = (): Worker => replicas[0] as Worker;
  const record = (): BuildRecord | undefined => one().records.get(keyOf(number));
  const finals = () => cluster.finals().filter(({ body }) => body['id'] === number);
  const ended = () => until(() => isFinal(record()?.state ?? 'queued') && finals().length > 0);
  const running = (): string => [...cluster.kubelet.running.keys()][0] ?? '';

  async function begin(): Promise<void> {
    await cluster.post(one(), (number += 1));
    await until(() => record()?.state === 'building' && cluster.kubelet.running.size === 1);
  }

  beforeAll(async () => {
    cluster = await serverCluster();
    replicas = [await cluster.replica(), await cluster.replica()];
    await until(() => leader() !== undefined);
  }, 120_000);
  afterEach(() => {
    cluster.engine.onBuild = async () => undefined;
  });
  afterAll(() => cluster?.close(), 60_000);

  it('end with their image, their log and a Job that says so', async () => {
    await cluster.post(one(), (number += 1));
    await ended();
    expect(record()).toMatchObject({ state: 'succeeded', digest: DIGEST, attempts: 1 });
    const shown = () => cluster.kubectl('get', 'jobs', '-l', 'app=web', '-L', 'build-worker/state', '--no-headers');
    await until(async () => /^b-web-1-\S+ +Complete +1\/1 .* succeeded\n$/.test(await shown()));
  });

  it('leave nothing when they are stopped', async () => {
    cluster.engine.onBuild = never;
    await begin();
    await replicas[1]?.queue.stop(keyOf(number));
    await ended();
    expect(record()?.state).toBe('stopped');
    await until(async () => (await cluster.kubectl('get', 'jobs,pods', '-l', `build-worker/number=${number}`, '-o', 'name')) === '');
  });

  it.each<[string, object, string, RegExp]>([
    [
      'the build is out of memory',
      { containerStatuses: [{ name: 'build', state: { terminated: FAILED } }] },
      'failed',
      /^out of memory \(OOMKilled\): the container of the build/,
    ],
    [
      'the engine is out of memory',
      {
        containerStatuses: [
          { name: 'build', state: { terminated: { exitCode: 1, message: '{"state":"lost","reason":"the engine is gone"}' } } },
        ],
        initContainerStatuses: [{ name: 'dind', state: { running: {} }, lastState: { terminated: FAILED } }],
      },
      'failed',
      /^out of memory \(OOMKilled\): the engine/,
    ],
    ['the deadline of the Job is over', { reason: 'DeadlineExceeded' }, 'timed out', /^not finished within/],
    [
      'nobody knows why',
      { containerStatuses: [{ name: 'build', state: { terminated: { exitCode: 3, reason: 'Error' } } }] },
      'failed',
      /ended without a result \(exit code 3, Error\)/,
    ],
  ])('say why they failed: %s', async (_name, status, state, reason) => {
    cluster.engine.onBuild = never;
    await begin();
    await cluster.kubelet.kill(running(), { phase: 'Failed', ...status });
    await ended();
    expect(record()).toMatchObject({ state, attempts: 1, reason: expect.stringMatching(reason) });
  });

  it.each<[string, () => Promise<unknown>, RegExp]>([
    [
      'evicted',
      () => cluster.kubelet.kill(running(), { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' }),
      /the pod was evicted: Evicted \(The node was low on resource: memory\.\)\. The build is tried again\./,
    ],
    ['deleted', () => cluster.kubectl('delete', 'pod', '-l', `build-worker/number=${number}`), /the pod was deleted\. The build is tried/],
    ['deleted with its Job', () => cluster.kubectl('delete', 'job', running()), /was deleted\. The build is tried again\./],
  ])('begin again when they were lost: %s', async (_name, lose, line) => {
    const release = gate();
    let builds = 0;
    cluster.engine.onBuild = async () => {
      if ((builds += 1) === 1) await never();
      await release.opened;
    };
    await begin();
    await lose();
    await until(() => builds === 2);
    release.open();
    await ended();
    expect(record()).toMatchObject({ state: 'succeeded', attempts: 2 });
    const log = one().records.get(keyOf(number));
    let text = '';
    for await (const chunk of one().logs.follow(log?.key ?? '', 0, AbortSignal.timeout(5000))) text += String(chunk);
    expect(text).toMatch(line);
  });

  it('begin again when their node was lost', async () => {
    let builds = 0;
    cluster.engine.onBuild = async () => {
      if ((builds += 1) === 1) await never();
    };
    await begin();
    const pod = (await cluster.kubectl('get', 'pods', '-l', `build-worker/number=${number}`, '-o', 'name')).trim();
    await cluster.kubelet.kill(running());
    cluster.kubelet.lost = true;
    // As the node's controller, which nobody answers.
    await cluster.kubectl('delete', pod, '--wait=false', '--grace-period=1');
    await until(() => record()?.attempts === 2, 60_000);
    cluster.kubelet.lost = false;
    await ended();
    expect(record()).toMatchObject({ state: 'succeeded', attempts: 2 });
  }, 90_000);

  it('go on when their leader is lost', async () => {
    const release = gate();
    cluster.engine.onBuild = () => release.opened;
    await begin();
    const before = leader() as Worker;
    await cluster.crash(before);
    replicas = [...replicas.filter((each) => each !== before), await cluster.replica()];
    await until(() => leader() !== undefined);
    release.open();
    await ended();
    expect(record()).toMatchObject({ state: 'succeeded', attempts: 1 });
  });

  it('are forgotten with all that is theirs', async () => {
    await cluster.post(one(), (number += 1));
    await ended();
    const { key = '' } = record() ?? {};
    await until(() => one().records.notices().length === 0);
    // Two at once: one of them has to look again.
    await Promise.all(replicas.map(({ records }) => records.transition(key, { endedAt: Date.now() - 48 * 3600 * 1000 })));
    await leader()?.tidy();
    await until(async () => (await cluster.kubectl('get', 'jobs,configmaps', '-l', `build-worker/number=${number}`, '-o', 'name')) === '');
  });

  it('have needed, for all of the above, each verb of the Role and no other', async () => {
    const rights = RULES.flatMap(({ resources, verbs }) => resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}`)));
    const asked = cluster.audit();
    // A verb that is taken away is refused here.
    expect(asked.filter(({ allowed }) => !allowed)).toEqual([]);
    expect([...new Set(asked.map(({ right }) => right))].toSorted()).toEqual(rights.toSorted());
  });

  it('go on when the API server is killed and started', async () => {
    const release = gate();
    cluster.engine.onBuild = () => release.opened;
    await begin();
    await cluster.server.restart();
    release.open();
    await until(() => leader() !== undefined || replicas.length === 0);
    await ended();
    expect(record()).toMatchObject({ state: 'succeeded', attempts: 1 });
  });

  it('have all had one end, which was told with one body', () => {
    const told = cluster.finals().map(({ body }) => body['id']);
    expect(told.toSorted((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: number }, (_, index) => index + 1));
  });
});
