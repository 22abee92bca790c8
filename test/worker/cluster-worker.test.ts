// Builds on Kubernetes: any replica takes them, one leads, each is one Job and has one end, whatever is lost meanwhile.
import { isFinal } from '../../worker/state/record';
import type { Worker } from '../../worker/worker';
import { RULES } from '../../constructs/buildshuttle/objects/cluster';
import { clusterHarness } from './support/cluster';
import { FakeApi } from './support/fake-api';
import { BuildFailure } from '../../worker/errors';
import { APP_UUID, DIGEST, serve, until } from './support/fakes';
import { gate, keyOf, never } from './support/queue';

jest.setTimeout(60_000);

describe('builds on Kubernetes', () => {
  const cluster = clusterHarness();
  const { replica, post, finals, logOf, crash } = cluster;
  const state = (worker: Worker, number: number) => worker.records.get(keyOf(number))?.state;
  const ended = (worker: Worker, ...numbers: number[]) =>
    until(() => numbers.every((number) => isFinal(state(worker, number) ?? 'queued')) && finals().length >= numbers.length, 20_000);
  const jobs = () => cluster.fake.all('jobs').map(({ metadata }) => metadata.name);

  it('run as a Job each, and leave their image, their log, their callback and no secret', async () => {
    const worker = await replica();
    cluster.engine.onBuild = async ({ output }) => output('hello from the pod, hush-hush\n');
    await post(worker, 1, { build_args: { PASSWORD: 'hush-hush' } });
    const log = await logOf(worker, keyOf(1));
    await ended(worker, 1);
    expect(worker.records.get(keyOf(1))).toMatchObject({ state: 'succeeded', digest: DIGEST, attempts: 1 });
    expect(cluster.registry.tags.get(`acme/web-${APP_UUID}:latest`)).toBe(DIGEST);
    expect(finals().map(({ body }) => [body['id'], body['status'], body['digest']])).toEqual([[1, 'succeeded', DIGEST]]);
    expect(log.split('\n')).toEqual([
      expect.stringMatching(/^Generating build for web-default /),
      expect.stringMatching(/^Sources from data:/),
      'Step 1 : FROM base',
      'hello from the pod, ***',
      expect.stringMatching(/^Build succeeded: sha256:a+$/),
      '',
    ]);
    const [job] = cluster.fake.all('jobs');
    expect(job?.metadata).toMatchObject({
      labels: { app: 'web', 'build-worker/state': 'succeeded', 'build-worker/number': '1' },
      annotations: { 'build-worker/image': expect.stringMatching(/:1\.1$/) },
    });
    expect(JSON.stringify([cluster.fake.all('jobs'), cluster.fake.all('pods'), cluster.fake.all('configmaps')])).not.toMatch(
      /hush-hush|auth-of-the-callback/,
    );
    expect(cluster.fake.all('secrets').map(({ metadata }) => metadata.name)).toEqual(['build-worker-key']);
    expect([...cluster.kubelet.printed.values()]).toEqual([log.replace(/Build succeeded.*\n$/, '')]);
  });

  it('wait as suspended Jobs, and never more run than may, over all replicas; apps take turns', async () => {
    const first = await replica({ MAXIMUM_PARALLEL_BUILDS: '2' });
    const second = await replica({ MAXIMUM_PARALLEL_BUILDS: '2' });
    const release = gate();
    cluster.engine.onBuild = () => release.opened;
    for (let number = 1; number <= 8; number += 1) await post(number % 2 ? first : second, number);
    await post(second, 20, { app: 'other' });
    await until(() => cluster.fake.all('jobs').length === 9 && cluster.kubelet.pods.size === 2);
    const suspended = cluster.fake.all('jobs').filter(({ spec }) => (spec as { suspend: boolean }).suspend);
    expect(suspended).toHaveLength(7);
    const states = () => cluster.fake.all('jobs').map(({ metadata }) => metadata.labels?.['build-worker/state']);
    await until(() => states().filter((each) => each === 'building').length === 2);
    expect(states().filter((each) => each === 'queued')).toHaveLength(7);
    release.open();
    const all = () => first.records.all();
    await until(() => all().length === 9 && all().every((record) => isFinal(record.state)) && finals().length === 9, 30_000);
    expect(cluster.kubelet.peak).toBe(2);
    expect(all().map((record) => record.state)).toEqual(Array(9).fill('succeeded'));
    expect(cluster.kubelet.orders.map(({ record }) => record.app).indexOf('other')).toBeLessThan(4);
    expect(new Set(finals().map(({ body }) => body['event_id'])).size).toBe(9);
  });

  it('give their place away when their pod has ended, however long its end takes to be written down', async () => {
    const worker = await replica({ MAXIMUM_PARALLEL_BUILDS: '1' });
    // For `latest` of the first one, which is tried again after 1, 2 and 4 s.
    cluster.registry.refuses.push(500, 500, 500);
    await post(worker, 1);
    await post(worker, 2, { app: 'other' });
    await until(() => cluster.kubelet.orders.length === 2);
    expect(isFinal(state(worker, 1) ?? 'queued')).toBe(false);
    await until(() => worker.records.all().every((record) => isFinal(record.state)), 20_000);
    expect([worker.records.all().map((record) => record.state), cluster.kubelet.peak]).toEqual([['succeeded', 'succeeded'], 1]);
  });

  it('are stopped through any replica: Job, pod and Secret go', async () => {
    const leader = await replica();
    const other = await replica();
    cluster.engine.onBuild = never;
    await post(other, 1);
    await post(other, 2, { sources: 'http://127.0.0.1:1/x.tar' });
    await until(() => state(other, 1) === 'building');
    const begun = performance.now();
    expect(await other.queue.stop(keyOf(1))).toMatchObject({ state: 'stopped' });
    await other.queue.stop(keyOf(2));
    expect(performance.now() - begun).toBeLessThan(10_000);
    await ended(leader, 1, 2);
    await until(() => jobs().length === 0);
    expect([cluster.fake.all('pods'), cluster.fake.all('secrets').length, cluster.kubelet.pods.size]).toEqual([[], 1, 0]);
    expect(finals().map(({ body }) => body['state'])).toEqual(['stopped', 'stopped']);
    expect(await logOf(other, keyOf(1))).toMatch(/Step 1 : FROM base\nBuild stopped\.\n$/);
  });

  it('that wait leave no Job when they are stopped, while others run', async () => {
    const worker = await replica({ MAXIMUM_PARALLEL_BUILDS: '1' });
    cluster.engine.onBuild = never;
    await post(worker, 1);
    await until(() => state(worker, 1) === 'building');
    await post(worker, 2);
    await until(() => jobs().length === 2);
    await worker.queue.stop(keyOf(2));
    await until(() => jobs().length === 1);
    expect([state(worker, 1), state(worker, 2), cluster.kubelet.orders.length]).toEqual(['building', 'stopped', 1]);
  });

  it('are not stopped when the registry has the image', async () => {
    const worker = await replica();
    cluster.engine.onPush = async (_work, reference) => {
      cluster.engine.digests.set(reference, DIGEST);
      await never();
    };
    await post(worker, 1);
    await until(() => state(worker, 1) === 'pushing' && cluster.engine.digests.size > 0);
    await worker.queue.stop(keyOf(1));
    await ended(worker, 1);
    expect(worker.records.get(keyOf(1))).toMatchObject({ state: 'succeeded', digest: DIGEST });
  });

  it('go on when their leader is lost, and end once, with the whole log', async () => {
    const leader = await replica();
    const other = await replica();
    const release = gate();
    cluster.engine.onBuild = async ({ output }) => {
      await output('before\n');
      await release.opened;
      await output('after\n');
    };
    await post(other, 1);
    await until(() => state(other, 1) === 'building');
    const log = logOf(other, keyOf(1));
    await crash(leader);
    await until(() => other.leads);
    release.open();
    await ended(other, 1);
    expect(other.records.get(keyOf(1))).toMatchObject({ state: 'succeeded', attempts: 1 });
    expect(finals()).toHaveLength(1);
    expect(await log).toMatch(/\nbefore\nafter\nBuild succeeded: .*\n$/);
    expect(await logOf(other, keyOf(1))).toBe(await log);
  });

  it('are not built again when their leader is lost after they have ended', async () => {
    const leader = await replica();
    const other = await replica();
    const { fake, kubelet } = cluster;
    const { onChange } = fake;
    const crashed = new Promise<void>((resolve, reject) => {
      fake.onChange = (type, kind, object) => {
        onChange(type, kind, object);
        // The build is through, and its engine ends.
        if (kind === 'pods' && kubelet.stopping === 1 && leader.leads) crash(leader).then(resolve, reject);
      };
    });
    await post(other, 1);
    await crashed;
    await until(() => kubelet.pods.size === 0 && kubelet.stopping === 0);
    await ended(other, 1);
    expect(other.records.get(keyOf(1))).toMatchObject({ state: 'succeeded', digest: DIGEST, attempts: 1 });
    expect([finals().length, kubelet.orders.length]).toEqual([1, 1]);
    expect(await logOf(other, keyOf(1))).toMatch(/^Generating build [^]*\nStep 1 : FROM base\nBuild succeeded: .*\n$/);
  });

  it('begin again when their pod is lost, and say so in one log', async () => {
    const worker = await replica();
    let builds = 0;
    cluster.engine.onBuild = async ({ output }) => {
      await output(`attempt ${(builds += 1)}\n`);
      if (builds === 1) await never();
    };
    await post(worker, 1);
    await until(() => builds === 1 && state(worker, 1) === 'building');
    await until(async () => (await textOf(worker)).includes('attempt 1\n'));
    cluster.kubelet.kill(jobs()[0] ?? '');
    await ended(worker, 1);
    expect(worker.records.get(keyOf(1))).toMatchObject({ state: 'succeeded', attempts: 2 });
    const log = await logOf(worker, keyOf(1));
    expect(log).toMatch(/attempt 1\nThe log [^\n]*\): what it printed last may be missing here\.\nthe pod was deleted\. The build is/);
    expect(log).toMatch(/ tried again\.\n[^]*attempt 2\nBuild succeeded/);
    expect(finals()).toHaveLength(1);
  });

  it('begin again when their pod is deleted by somebody, and say so', async () => {
    const worker = await replica();
    let builds = 0;
    cluster.engine.onBuild = async () => {
      if ((builds += 1) === 1) await never();
    };
    await post(worker, 1);
    await until(() => builds === 1 && state(worker, 1) === 'building');
    cluster.kubelet.delete(jobs()[0] ?? '');
    await ended(worker, 1);
    expect(worker.records.get(keyOf(1))).toMatchObject({ state: 'succeeded', attempts: 2 });
    expect(await logOf(worker, keyOf(1))).toMatch(/the pod was deleted\. The build is tried again\.\n/);
  });

  async function textOf(worker: Worker): Promise<string> {
    const record = worker.records.get(keyOf(1));
    const found = record === undefined ? undefined : await worker.logs.read(record);
    let text = '';
    for await (const chunk of found?.body ?? []) text += String(chunk);
    return text;
  }

  it.each<[string, object, string, RegExp]>([
    [
      'OOMKilled',
      { phase: 'Failed', containerStatuses: [{ name: 'build', state: { terminated: { exitCode: 137, reason: 'OOMKilled' } } }] },
      'failed',
      /out of memory \(OOMKilled\)/,
    ],
    ['DeadlineExceeded', { phase: 'Failed', reason: 'DeadlineExceeded' }, 'timed out', /not finished within/],
    [
      'unknown',
      { phase: 'Failed', containerStatuses: [{ name: 'build', state: { terminated: { exitCode: 3, reason: 'Error' } } }] },
      'failed',
      /ended without a result \(exit code 3, Error\)/,
    ],
  ])('say why they failed: %s', async (_name, status, end, reason) => {
    const worker = await replica();
    cluster.engine.onBuild = never;
    await post(worker, 1);
    await until(() => state(worker, 1) === 'building');
    cluster.kubelet.kill(jobs()[0] ?? '', status);
    await ended(worker, 1);
    expect(worker.records.get(keyOf(1))).toMatchObject({ state: end, attempts: 1, reason: expect.stringMatching(reason) });
  });

  it('are given up when they are lost four times', async () => {
    const worker = await replica();
    cluster.engine.onBuild = never;
    await post(worker, 1);
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      await until(
        () => worker.records.get(keyOf(1))?.attempts === attempt && cluster.kubelet.pods.size === 1 && state(worker, 1) === 'building',
      );
      cluster.kubelet.kill([...cluster.kubelet.pods.keys()][0] ?? '', {
        phase: 'Failed',
        reason: 'Evicted',
        message: 'The node was low on memory',
      });
    }
    await ended(worker, 1);
    expect(worker.records.get(keyOf(1))).toMatchObject({ state: 'failed', attempts: 4, reason: expect.stringContaining('evicted') });
  });

  it('come through an API server that is away and watches that are cut', async () => {
    const worker = await replica();
    const release = gate();
    cluster.engine.onBuild = () => release.opened;
    await post(worker, 1);
    await until(() => state(worker, 1) === 'building');
    cluster.fake.away = true;
    cluster.fake.cut();
    await new Promise((resolve) => setTimeout(resolve, 100));
    cluster.fake.compact();
    cluster.fake.away = false;
    release.open();
    await ended(worker, 1);
    expect([state(worker, 1), finals().length]).toEqual(['succeeded', 1]);
  });

  it('come through an API server that has just started, and knows of no rights yet', async () => {
    const worker = await replica();
    const release = gate();
    cluster.engine.onBuild = () => release.opened;
    cluster.fake.knowsNoRights = 2;
    await post(worker, 1);
    await until(() => state(worker, 1) === 'building');
    cluster.fake.knowsNoRights = 3;
    cluster.fake.cut();
    release.open();
    await post(worker, 2);
    await ended(worker, 1, 2);
    expect([state(worker, 1), state(worker, 2), cluster.kubelet.orders.length]).toEqual(['succeeded', 'succeeded', 2]);
  });

  it('have an end that a watch missed looked up', async () => {
    const worker = await replica();
    cluster.engine.onBuild = never;
    await post(worker, 1);
    await until(() => state(worker, 1) === 'building');
    cluster.fake.away = true;
    cluster.fake.cut();
    cluster.kubelet.kill(jobs()[0] ?? '', {
      phase: 'Failed',
      containerStatuses: [{ name: 'build', state: { terminated: { exitCode: 3 } } }],
    });
    cluster.fake.compact();
    cluster.fake.away = false;
    await ended(worker, 1);
    expect(worker.records.get(keyOf(1))).toMatchObject({ state: 'failed', reason: expect.stringContaining('exit code 3') });
  });

  it('leave nothing of a failed build on the engine that they share', async () => {
    const asked: string[] = [];
    const shared = await serve((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.writeHead(200, { 'content-type': 'application/json' }).end('[]');
    });
    const settings = { protocol: 'http', host: '127.0.0.1', port: shared.port };
    const worker = await replica({ DOCKER_BUILD_SETTINGS: JSON.stringify(settings) });
    cluster.engine.onBuild = async () => {
      throw new BuildFailure('no');
    };
    await post(worker, 1);
    await ended(worker, 1);
    await until(() => asked.some((each) => /^DELETE \/images\/.*:1\.1(\?|$)/.test(each)));
    await shared.close();
  });

  it('are forgotten with their Job when they are old', async () => {
    const worker = await replica({ RETENTION_DAYS: '1' });
    await post(worker, 1);
    await ended(worker, 1);
    await until(() => worker.records.notices().length === 0);
    await worker.records.transition(keyOf(1), { endedAt: Date.now() - 48 * 3600 * 1000 });
    await worker.tidy();
    expect([worker.records.all(), cluster.fake.all('configmaps'), jobs()]).toEqual([[], [], []]);
  });

  it('have one number each, whichever replica takes them at once', async () => {
    const [first, second] = [await replica(), await replica()];
    cluster.fake.quiet = true;
    await Promise.all([post(first, 1), post(second, 1, { build_uuid: '00000000-0000-4000-8000-0000000000ff' })]);
    cluster.fake.quiet = false;
    cluster.fake.cut();
    await until(() => first.records.all().length === 2 && second.records.all().length === 2);
    expect(
      first.records
        .all()
        .map(({ number }) => number)
        .toSorted(),
    ).toEqual(['1', '2']);
    // The same again is the same build.
    await post(second, 1);
    expect(second.records.all()).toHaveLength(2);
  });

  it('say why latest stays behind, and never move it back', async () => {
    const worker = await replica();
    cluster.registry.refuses.push(500, 500, 500, 500);
    await post(worker, 2);
    await ended(worker, 2);
    expect(worker.records.get(keyOf(2))).toMatchObject({
      state: 'succeeded',
      reason: expect.stringMatching(/^latest was not pushed: .*500/),
    });
    await post(worker, 3);
    await ended(worker, 2, 3);
    await post(worker, 1);
    await ended(worker, 1, 2, 3);
    expect(await logOf(worker, keyOf(1))).toContain('latest stays where it is: a newer build has been pushed.');
  });

  it('have asked, in all the tests above, for the rights of the Role in the chart: none less, and none more', () => {
    const rights = RULES.flatMap(({ resources, verbs }) => resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}`)));
    expect([...FakeApi.used].toSorted()).toEqual(rights.toSorted());
  });
});
