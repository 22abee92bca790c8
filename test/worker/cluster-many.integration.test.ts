// Many builds at once, and many that have ended, on a real API server: how many run, in which order, and what those of before cost.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { IMAGE_ANNOTATION, labelsOf, objectName, STATE_LABEL } from '../../worker/cluster/names';
import { JOBS } from '../../worker/cluster/view';
import { isFinal, type BuildRecord } from '../../worker/state/record';
import { describeWith, findParts } from '../support/parts';
import { APP_UUID, until } from './support/fakes';
import { keyOf } from './support/queue';
import { NAME, serverCluster, type ServerCluster } from './support/server-cluster';

jest.setTimeout(240_000);

const LIMIT = 4;
const BUILDS = 100;
const APPS = 5;
const ENDED = 5000;
/** Requests of the test at once. */
const HANDS = 16;
/** Of the service's memory, for each build that has ended: twice what was measured. */
const MOST_BYTES_EACH = 2200;

const READS = ['list', 'get'].flatMap((verb) => ['configmaps', 'jobs', 'pods'].map((kind) => `${verb} ${kind}`));

async function inTurn(count: number, work: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const hand = async (): Promise<void> => {
    while (next < count) await work((next += 1));
  };
  await Promise.all(Array.from({ length: HANDS }, hand));
}

function heapBytes(): number {
  setFlagsFromString('--expose_gc');
  const collect = runInNewContext('gc') as () => void;
  for (let round = 0; round < 3; round += 1) collect();
  return process.memoryUsage().heapUsed;
}

describeWith(findParts('etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl'))('many builds on an API server', () => {
  let cluster: ServerCluster;
  beforeEach(async () => {
    cluster = await serverCluster();
  }, 60_000);
  afterEach(() => cluster?.close(), 60_000);

  it('run no more at once than may, over all replicas, and all end; apps take turns', async () => {
    const environment = { MAXIMUM_PARALLEL_BUILDS: String(LIMIT) };
    const replicas = [await cluster.replica(environment), await cluster.replica(environment)];
    const [first] = replicas;
    if (first === undefined) throw new Error('no replica');
    await until(() => replicas.some(({ leads }) => leads));
    const { kubelet, engine } = cluster;
    // Nothing begins to end before all are there.
    let all = false;
    engine.onBuild = () => until(() => all, 120_000);
    // The first app has posted all of its builds before the next one posts any.
    for (let index = 0; index < BUILDS; index += 1) {
      const replica = replicas[index % replicas.length] ?? first;
      await cluster.post(replica, 1 + (index % (BUILDS / APPS)), { app: `app-${Math.floor(index / (BUILDS / APPS))}` });
    }
    await until(
      async () =>
        (await cluster.kubectl('get', 'jobs', '-l', 'build-worker/state=queued', '-o', 'name')).split('\n').length > BUILDS - LIMIT,
    );
    all = true;
    const ended = () => first.records.all().filter(({ state }) => isFinal(state)).length;
    await until(() => ended() === BUILDS && cluster.finals().length === BUILDS, 150_000);
    expect(first.records.all().map(({ state }) => state)).toEqual(Array(BUILDS).fill('succeeded'));
    expect(new Set(cluster.finals().map(({ body }) => body['event_id'])).size).toBe(BUILDS);
    expect(kubelet.peak).toBe(LIMIT);
    // Those of the first app that began while it was alone, then one of each app in turn.
    const starts = kubelet.orders.map(({ record }) => record.app).slice(LIMIT);
    for (let turn = 0; turn + APPS <= starts.length - APPS * LIMIT; turn += APPS)
      expect(new Set(starts.slice(turn, turn + APPS)).size).toBeGreaterThanOrEqual(APPS - 1);
  });

  it('cost nothing any more when they have ended, but one list and a record in memory', async () => {
    const admin = cluster.admin();
    const record = (number: number): BuildRecord =>
      ({
        key: keyOf(number),
        work: `work-${number}`,
        sequence: number,
        buildUuid: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
        appId: `web-${APP_UUID}`,
        app: 'web',
        space: 'default',
        number: String(number),
        repository: `registry.example.com/acme/web-${APP_UUID}`,
        state: 'succeeded',
        digest: `sha256:${String(number).padStart(64, '0')}`,
        attempts: 1,
        acceptedAt: Date.now(),
        startedAt: Date.now(),
        endedAt: Date.now(),
        fingerprint: 'f'.repeat(64),
        logBytes: 10_000,
      }) as BuildRecord;
    const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'build', image: 'build-worker' }] } };
    await inTurn(ENDED, async (number) => {
      const each = record(number);
      const metadata = {
        name: objectName(NAME, each.key),
        labels: { ...labelsOf(NAME, each), [STATE_LABEL]: 'succeeded' },
        annotations: { [IMAGE_ANNOTATION]: `${each.repository}:1.${number}` },
      };
      await admin.json(admin.path('configmaps'), { method: 'POST', body: { metadata, data: { record: JSON.stringify(each) } } });
      // The controller leaves it alone, as it does one that has ended.
      await admin.json(admin.path(JOBS), {
        method: 'POST',
        body: { metadata, spec: { managedBy: 'example.com/nobody', suspend: true, template } },
      });
    });
    admin.close();
    const before = heapBytes();
    const begun = performance.now();
    const replica = await cluster.replica();
    await until(() => replica.leads && replica.records.all().length === ENDED);
    const [startMs, each] = [performance.now() - begun, (heapBytes() - before) / ENDED];
    process.stdout.write(`${ENDED} builds: known after ${Math.round(startMs)} ms, ${Math.round(each)} bytes each\n`);
    expect(each).toBeLessThan(MOST_BYTES_EACH);
    const reads = () =>
      cluster
        .audit()
        .filter(({ right }) => READS.includes(right))
        .map(({ right }) => right);
    await until(() => ['watch jobs', 'watch pods'].every((watch) => cluster.audit().some(({ right }) => right === watch)));
    // The pages of one list of records, the last of which has those that are not builds; and of Jobs and pods one empty list each.
    expect(reads().toSorted()).toEqual([...Array<string>(ENDED / 500 + 1).fill('list configmaps'), 'list jobs', 'list pods']);
    const listed = reads().length;
    await cluster.post(replica, ENDED + 1);
    await until(() => replica.records.get(keyOf(ENDED + 1))?.state === 'succeeded' && cluster.finals().length === 1);
    // Its own Job, where it was made before its turn, and its own pod.
    const asked = reads().slice(listed);
    expect([...new Set(asked)].filter((right) => !['get jobs', 'get pods'].includes(right))).toEqual([]);
    expect(asked.length).toBeLessThanOrEqual(3);
  });
});
