// The queue's promises: one end for each build, through stops, timeouts, crashes and restarts.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { readConfig } from '../../worker/config';
import { BuildFailure, EngineUnavailable } from '../../worker/errors';
import { FINAL_STATES, isFinal, mayFollow, type State } from '../../worker/builds/record';
import { createWorker, type Worker } from '../../worker/worker';
import { APP_UUID, callbackReceiver, DIGEST, FakeEngine, payload, silent, tempFolder, until } from './support/fakes';

const never = () => new Promise<void>(() => undefined);

describe('queue', () => {
  const folder = tempFolder();
  const workers: Worker[] = [];
  let receiver: Awaited<ReturnType<typeof callbackReceiver>>;
  let index = 0;

  beforeAll(async () => {
    receiver = await callbackReceiver();
  });
  beforeEach(() => {
    index += 1;
    receiver.received.length = 0;
    receiver.status = 200;
  });
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.close()));
  });
  afterAll(async () => {
    await receiver.close();
    folder.remove();
  });

  async function start(engine: FakeEngine, environment: Record<string, string> = {}): Promise<Worker> {
    const config = readConfig({ DATA_DIR: join(folder.path, String(index)), EGRESS_ALLOW: '127.0.0.0/8', SHUTDOWN_GRACE_MS: '0', MIN_FREE_BYTES: '0', ...environment });
    const worker = await createWorker(config, silent, { engine, callbackRetryMs: 5 });
    workers.push(worker);
    return worker;
  }
  const post = async (worker: Worker, number: number, more: Record<string, unknown> = {}) => worker.queue.accept(await payload(number, { callback: receiver.url, callback_auth: 'secret-of-the-callback', ...more }));
  const state = (worker: Worker, number: number, app = 'web') => worker.database.get('build', `${app}-${APP_UUID}/${number}`)?.state;
  const finals = () => receiver.received.filter(({ body }) => body['status'] !== 'pending');
  const logOf = async (worker: Worker, number: number) => {
    let text = '';
    for await (const chunk of worker.logs.follow(`web-${APP_UUID}/${number}`, 0, new AbortController().signal)) text += chunk.toString();
    return text;
  };
  /** As kill -9, as far as one process can: nothing more reaches the disk, and only the lock goes. The real one is in the integration tests. */
  const crash = async (worker: Worker) => {
    workers.splice(workers.indexOf(worker), 1);
    Object.assign(worker.database, { change: never });
    await worker.database.close();
  };

  it('runs a build to success with its digest and one notice of each kind', async () => {
    const engine = new FakeEngine();
    const worker = await start(engine);
    await post(worker, 1);
    await until(() => finals().length === 1);
    expect(worker.database.get('build', `web-${APP_UUID}/1`)).toMatchObject({ state: 'succeeded', digest: DIGEST, attempts: 1 });
    expect(receiver.received.map(({ body }) => body['status'])).toEqual(['pending', 'succeeded']);
    expect(receiver.received[1]?.body).toEqual({ id: 1, status: 'succeeded', building: false, type: 'buildshuttle', event_id: expect.stringMatching(/^[0-9a-f]{32}$/), state: 'succeeded', digest: DIGEST });
    expect(receiver.received[1]?.authorization).toBe('secret-of-the-callback');
    expect(engine.pushed).toEqual([`registry.example.com/acme/web-${APP_UUID}:1.1`, `registry.example.com/acme/web-${APP_UUID}:latest`]);
    expect(engine.requests[0]?.labels).toEqual({ app: 'web', space: 'default', build_uuid: '00000000-0000-4000-8000-000000000001', app_uuid: APP_UUID });
  });

  it('calls a build failed whose push confirms no digest', async () => {
    const engine = new FakeEngine();
    engine.digestOfPush = undefined;
    const worker = await start(engine);
    await post(worker, 1);
    await until(() => finals().length === 1);
    expect(finals()[0]?.body).toMatchObject({ status: 'failed', reason: 'the registry confirmed no digest' });
  });

  it('answers the same build twice, runs it once, and refuses another payload under its number', async () => {
    const engine = new FakeEngine();
    const worker = await start(engine);
    await Promise.all([post(worker, 1), post(worker, 1), post(worker, 1)]);
    await until(() => state(worker, 1) === 'succeeded');
    await post(worker, 1);
    expect(engine.requests).toHaveLength(1);
    await expect(post(worker, 1, { sha: 'other' })).rejects.toMatchObject({ status: 409, message: expect.stringContaining('post it under a new build_number') });
  });

  it('never runs more than allowed, keeps the order within an app and takes turns between apps', async () => {
    const engine = new FakeEngine();
    const order: string[] = [];
    engine.onBuild = async (_work, tag) => {
      order.push(`${/\/(\w+)-/.exec(tag)?.[1] ?? ''}${/1\.(\d+)$/.exec(tag)?.[1] ?? ''}`);
      // However slow the disk is: the first waits for the second.
      await until(() => engine.peak === 2);
      await new Promise((resolve) => setTimeout(resolve, 10));
    };
    const worker = await start(engine, { MAXIMUM_PARALLEL_BUILDS: '2' });
    engine.onPing = () => until(() => worker.database.all('build').length === 8);
    for (const number of [1, 2, 3, 4, 5, 6]) await post(worker, number, { app: 'aa' });
    for (const number of [1, 2]) await post(worker, number, { app: 'bb', build_uuid: `10000000-0000-4000-8000-00000000000${number}` });
    await until(() => worker.database.all('build').every((record) => record.state === 'succeeded'));
    expect(engine.peak).toBe(2);
    expect(order.filter((name) => name.startsWith('aa'))).toEqual(['aa1', 'aa2', 'aa3', 'aa4', 'aa5', 'aa6']);
    expect(order.indexOf('bb2')).toBeLessThan(order.indexOf('aa4'));
  });

  it('stops running and queued builds and leaves their logs whole', async () => {
    const engine = new FakeEngine();
    engine.onBuild = never;
    const worker = await start(engine, { MAXIMUM_PARALLEL_BUILDS: '1' });
    await post(worker, 1);
    await post(worker, 2);
    await until(() => state(worker, 1) === 'building');
    await worker.queue.stop(`web-${APP_UUID}/2`);
    await worker.queue.stop(`web-${APP_UUID}/1`);
    await until(() => finals().length === 2);
    expect([state(worker, 1), state(worker, 2)]).toEqual(['stopped', 'stopped']);
    expect(engine.removed).toContain(`registry.example.com/acme/web-${APP_UUID}:1.1`);
    expect(engine.pushed).toEqual([]);
    expect(await logOf(worker, 1)).toMatch(/Step 1 : FROM base\nBuild stopped\.\n$/);
    expect(await logOf(worker, 2)).toBe('Build stopped.\n');
    expect(finals().map(({ body }) => body['status'])).toEqual(['failed', 'failed']);
    expect(await worker.queue.stop('web-nothing/1')).toBe(false);
  });

  it('says succeeded when a stop comes after the registry has the image', async () => {
    const engine = new FakeEngine();
    const reference = `registry.example.com/acme/web-${APP_UUID}:1.1`;
    engine.onPush = async (_work, name) => {
      if (name !== reference) return;
      engine.digests.set(reference, DIGEST);
      await never();
    };
    const worker = await start(engine);
    await post(worker, 1);
    await until(() => engine.digests.has(reference));
    await worker.queue.stop(`web-${APP_UUID}/1`);
    await until(() => finals().length === 1);
    expect(finals()[0]?.body).toMatchObject({ status: 'succeeded', digest: DIGEST });
    expect(engine.pushed).toEqual([`registry.example.com/acme/web-${APP_UUID}:latest`]);
  });

  it('ends a build that takes too long', async () => {
    const engine = new FakeEngine();
    engine.onBuild = never;
    const worker = await start(engine, { TIMEOUT_IN_MS: '50' });
    await post(worker, 1);
    await until(() => finals().length === 1);
    expect(finals()[0]?.body).toMatchObject({ status: 'failed', state: 'timed out', reason: 'not finished within 50 ms (TIMEOUT_IN_MS)' });
    expect(await logOf(worker, 1)).toMatch(/Build timed out \(failed\)\.\n$/);
  });

  it('never moves latest back to an older build', async () => {
    const engine = new FakeEngine();
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    engine.onBuild = (_work, tag) => (tag.endsWith(':1.1') ? held : Promise.resolve());
    const worker = await start(engine);
    await post(worker, 1);
    await post(worker, 2);
    await until(() => state(worker, 2) === 'succeeded');
    release();
    await until(() => state(worker, 1) === 'succeeded');
    expect(engine.pushed.map((name) => name.split(':')[1])).toEqual(['1.2', 'latest', '1.1']);
    expect(await logOf(worker, 1)).toContain('latest stays where it is: a newer build has been pushed.');
  });

  it('tries a build again when the engine goes away, and gives up after four times', async () => {
    const engine = new FakeEngine();
    engine.onBuild = async () => {
      throw engine.requests.length < 2 ? new EngineUnavailable('the engine went away') : new BuildFailure('exit 1');
    };
    const worker = await start(engine);
    await post(worker, 1);
    await until(() => finals().length === 1);
    expect(finals()[0]?.body).toMatchObject({ status: 'failed', reason: 'exit 1' });
    expect(engine.requests).toHaveLength(2);
  }, 15_000);

  it('ends queued builds with the reason when no engine comes within the time a build may take', async () => {
    const engine = new FakeEngine();
    engine.onPing = async () => {
      throw new EngineUnavailable('the Docker engine at unix:///x cannot be reached');
    };
    const worker = await start(engine, { TIMEOUT_IN_MS: '60' });
    await post(worker, 1);
    await until(() => finals().length === 1);
    expect(finals()[0]?.body).toMatchObject({ status: 'failed', reason: 'the Docker engine at unix:///x cannot be reached' });
  });

  it('hands running builds back at a shutdown and goes on after the start', async () => {
    const engine = new FakeEngine();
    engine.onBuild = never;
    const first = await start(engine);
    await post(first, 1);
    await until(() => state(first, 1) === 'building');
    workers.splice(0);
    await first.close();
    const second = await start(new FakeEngine());
    await until(() => finals().length === 1);
    expect(second.database.get('build', `web-${APP_UUID}/1`)).toMatchObject({ state: 'succeeded', attempts: 1 });
    expect(await logOf(second, 1)).toMatch(/The worker is stopping; the build goes back to the queue\.\n[^]*Build succeeded: sha256:a+\n$/);
  });

  it.each(['preparing', 'building', 'pushing'] as const)('resumes a build that was killed while %s, with one end', async (where) => {
    const engine = new FakeEngine();
    if (where === 'building') engine.onBuild = never;
    if (where === 'pushing') engine.onPush = never;
    if (where === 'preparing') engine.isInsecure = () => new Promise(() => undefined);
    const first = await start(engine);
    await post(first, 1);
    await until(() => state(first, 1) === where);
    await crash(first);
    const second = await start(new FakeEngine());
    await until(() => finals().length === 1);
    expect(second.database.get('build', `web-${APP_UUID}/1`)).toMatchObject({ state: 'succeeded', attempts: 2 });
    expect(await logOf(second, 1)).toContain(`The worker was restarted while the build was ${where}; the build begins again.`);
    await crash(second);
    await start(new FakeEngine());
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(finals()).toHaveLength(1);
  });

  it('gives up a build that takes the worker down each time', async () => {
    const engine = new FakeEngine();
    engine.onBuild = never;
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      const worker = await start(engine);
      if (attempt === 1) await post(worker, 1);
      await until(() => engine.requests.length === attempt);
      await crash(worker);
    }
    await start(engine);
    await until(() => finals().length === 1);
    expect(finals()[0]?.body).toMatchObject({ status: 'failed', reason: 'the worker ended 4 times while the build was building' });
  });

  it('keeps a stop that was asked for over a crash', async () => {
    const engine = new FakeEngine();
    engine.onBuild = never;
    const first = await start(engine);
    await post(first, 1);
    await until(() => state(first, 1) === 'building');
    await first.database.transition(`web-${APP_UUID}/1`, { stopRequested: true });
    await crash(first);
    await start(new FakeEngine());
    await until(() => finals().length === 1);
    expect(finals()[0]?.body).toMatchObject({ state: 'stopped' });
  });

  it('sends a notice until it is answered, over restarts, with the same event id and body', async () => {
    receiver.status = 500;
    const first = await start(new FakeEngine());
    await post(first, 1);
    await until(() => state(first, 1) === 'succeeded');
    await until(() => (first.database.get('outbox', `web-${APP_UUID}/1#1`)?.attempts ?? 0) >= 2);
    const sealed = first.database.get('outbox', `web-${APP_UUID}/1#1`)?.sealed;
    await crash(first);
    receiver.status = 200;
    const second = await start(new FakeEngine());
    expect(second.database.get('outbox', `web-${APP_UUID}/1#1`)?.sealed ?? sealed).toBe(sealed);
    await until(() => second.database.all('outbox').length === 0);
    // The worker that was cut off from its disk still sends from memory here: repeated it may be, changed never.
    expect(new Set(finals().map(({ body }) => JSON.stringify(body))).size).toBe(1);
    // The pending notice is worth nothing any more, and never comes after the final one.
    expect(receiver.received.at(-1)?.body['status']).toBe('succeeded');
  });

  it('deletes an app with all it has', async () => {
    const engine = new FakeEngine();
    engine.onBuild = (_work, tag) => (tag.endsWith(':1.2') ? never() : Promise.resolve());
    const worker = await start(engine);
    await post(worker, 1);
    await until(() => state(worker, 1) === 'succeeded');
    await post(worker, 2);
    await until(() => state(worker, 2) === 'building' && worker.uploads.waiting === 0);
    expect(await worker.queue.deleteApp(`web-${APP_UUID}`)).toBe(true);
    await until(() => finals().length === 2);
    const data = join(folder.path, String(index));
    await until(() => readdirSync(join(data, 'store')).length === 0 && readdirSync(join(data, 'work')).length === 0);
    expect(engine.removed).toContain(`registry.example.com/acme/web-${APP_UUID}:latest`);
    expect(await worker.queue.deleteApp(`web-${APP_UUID}`)).toBe(false);
    await expect(post(worker, 2)).rejects.toMatchObject({ status: 409 });
  });

  it('writes no password to the disk in the clear', async () => {
    const engine = new FakeEngine();
    engine.onBuild = never;
    const worker = await start(engine);
    await post(worker, 1, { docker_login: 'u', docker_password: 'hunter2-docker', gm_registry_auth: { username: 'u', password: 'hunter2-registry' }, build_secrets: { token: 'hunter2-secret' } });
    await until(() => state(worker, 1) === 'building');
    const files = (path: string): string[] => readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? files(join(path, entry.name)) : [join(path, entry.name)]));
    const all = files(join(folder.path, String(index))).map((file) => readFileSync(file, 'latin1')).join('');
    expect(all).toContain('registry.example.com');
    expect(all).not.toMatch(/hunter2|secret-of-the-callback/);
  });

  it('refuses builds while it stops, and when the disk is full', async () => {
    const worker = await start(new FakeEngine(), { MIN_FREE_BYTES: String(Number.MAX_SAFE_INTEGER) });
    await expect(post(worker, 1)).rejects.toMatchObject({ status: 503, message: expect.stringContaining('MIN_FREE_BYTES') });
    const closing = worker.close();
    workers.splice(0);
    await expect(post(worker, 2)).rejects.toMatchObject({ status: 503, message: expect.stringContaining('stopping') });
    await closing;
  });

  it('brings every build to exactly one end, whatever happens in whatever order', async () => {
    const step = fc.oneof(fc.record({ kind: fc.constant('post' as const), number: fc.integer({ min: 1, max: 5 }) }), fc.record({ kind: fc.constant('stop' as const), number: fc.integer({ min: 1, max: 5 }) }), fc.constant({ kind: 'crash' as const }), fc.constant({ kind: 'restart' as const }), fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 8 }) }));
    const outcome = fc.constantFrom('fine', 'fails', 'hangs');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.array(outcome, { minLength: 1, maxLength: 5 }), async (steps, outcomes) => {
        index += 1;
        receiver.received.length = 0;
        let calls = 0;
        const engineOf = () => {
          const engine = new FakeEngine();
          engine.onBuild = async () => {
            const kind = outcomes[(calls += 1) % outcomes.length];
            await new Promise((resolve) => setTimeout(resolve, 2));
            if (kind === 'fails') throw new BuildFailure('exit 1');
            if (kind === 'hangs') await never();
          };
          return engine;
        };
        const options = { TIMEOUT_IN_MS: '40', MAXIMUM_PARALLEL_BUILDS: '2' };
        let worker = await start(engineOf(), options);
        const accepted = new Set<number>();
        for (const action of steps) {
          if (action.kind === 'post') {
            await post(worker, action.number);
            accepted.add(action.number);
          } else if (action.kind === 'stop') await worker.queue.stop(`web-${APP_UUID}/${action.number}`);
          else if (action.kind === 'wait') await new Promise((resolve) => setTimeout(resolve, action.ms));
          else {
            if (action.kind === 'crash') await crash(worker);
            else {
              workers.splice(workers.indexOf(worker), 1);
              await worker.close();
            }
            worker = await start(engineOf(), options);
          }
        }
        await until(() => [...accepted].every((number) => isFinal(state(worker, number) ?? 'queued')) && worker.database.all('outbox').length === 0);
        for (const number of accepted) {
          const ends = finals().filter(({ body }) => body['id'] === number);
          // A crash after the answer and before it was noted repeats a notice: the same one.
          expect(new Set(ends.map(({ body }) => JSON.stringify(body))).size).toBe(1);
          expect(ends[0]?.body['state']).toBe(state(worker, number));
          if (state(worker, number) === 'succeeded') expect(ends[0]?.body['digest']).toBe(DIGEST);
        }
        workers.splice(workers.indexOf(worker), 1);
        await worker.close();
      }),
      { numRuns: 25, endOnFailure: true },
    );
  }, 120_000);
});

describe('states', () => {
  const all: State[] = ['queued', 'preparing', 'building', 'pushing', ...FINAL_STATES];

  it('never leaves a final state, and succeeds only once the registry has the image', () => {
    for (const from of all) {
      for (const to of all) {
        for (const pushed of [false, true]) if (isFinal(from)) expect(mayFollow(from, to, pushed)).toBe(false);
        if (to === 'succeeded' && !isFinal(from)) expect([mayFollow(from, to, false), mayFollow(from, to, true)]).toEqual([false, true]);
        if (to === 'stopped' || to === 'timed out') expect(mayFollow(from, to, true)).toBe(false);
      }
    }
    expect(mayFollow('queued', 'preparing', false)).toBe(true);
    expect(mayFollow('queued', 'building', false)).toBe(false);
    expect(mayFollow('building', 'queued', false)).toBe(true);
  });
});
