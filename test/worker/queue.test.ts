// The queue's promises: one end for each build, through stops, timeouts, crashes and restarts.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { BuildFailure, EngineUnavailable } from '../../worker/errors';
import { FINAL_STATES, isFinal, mayFollow, type State } from '../../worker/state/record';
import { APP_UUID, DIGEST, FakeEngine, until } from './support/fakes';
import { never, queueHarness } from './support/queue';

describe('queue', () => {
  const harness = queueHarness();
  const { start, post, state, finals, logOf, close, crash } = harness;

  it('runs a build to success with its digest and one notice of each kind', async () => {
    const engine = new FakeEngine();
    const worker = await start(engine);
    await post(worker, 1);
    await until(() => finals().length === 1);
    expect(worker.records.get(`web-${APP_UUID}/1`)).toMatchObject({ state: 'succeeded', digest: DIGEST, attempts: 1 });
    expect(harness.receiver.received.map(({ body }) => body['status'])).toEqual(['pending', 'succeeded']);
    expect(harness.receiver.received[1]?.body).toEqual({
      id: 1,
      status: 'succeeded',
      building: false,
      type: 'buildshuttle',
      event_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      state: 'succeeded',
      digest: DIGEST,
    });
    expect(harness.receiver.received[1]?.authorization).toBe('secret-of-the-callback');
    expect(engine.pushed).toEqual([`registry.example.com/acme/web-${APP_UUID}:1.1`, `registry.example.com/acme/web-${APP_UUID}:latest`]);
    expect(engine.requests[0]?.labels).toEqual({
      app: 'web',
      space: 'default',
      build_uuid: '00000000-0000-4000-8000-000000000001',
      app_uuid: APP_UUID,
    });
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
    await expect(post(worker, 1, { sha: 'other' })).rejects.toMatchObject({
      status: 409,
      message: expect.stringContaining('post it under a new build_number'),
    });
  });

  it('never runs more than allowed, keeps the order within an app and takes turns between apps', async () => {
    const engine = new FakeEngine();
    const order: string[] = [];
    engine.onBuild = async () => {
      // However slow the disk is: the first waits for the second.
      await until(() => engine.peak === 2);
      await new Promise((resolve) => setTimeout(resolve, 10));
    };
    const worker = await start(engine, { MAXIMUM_PARALLEL_BUILDS: '2' });
    // As the queue begins them: two that run at a time may reach the engine in any order.
    const enter = worker.records.enter.bind(worker.records);
    worker.records.enter = (key, change) => {
      if (change.state === 'preparing') order.push(key.replace(/^(\w+)-.*\/(\d+)$/, '$1$2'));
      return enter(key, change);
    };
    engine.onPing = () => until(() => worker.records.all().length === 8);
    for (const number of [1, 2, 3, 4, 5, 6]) await post(worker, number, { app: 'aa' });
    for (const number of [1, 2]) await post(worker, number, { app: 'bb', build_uuid: `10000000-0000-4000-8000-00000000000${number}` });
    await until(() => worker.records.all().every((record) => record.state === 'succeeded'));
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
    expect(await worker.queue.stop('web-nothing/1')).toBeUndefined();
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

  it('tries a build again when the engine goes away, and ends with what the build itself says', async () => {
    const engine = new FakeEngine();
    engine.onBuild = async () => {
      throw engine.requests.length < 2 ? new EngineUnavailable('the engine went away') : new BuildFailure('exit 1');
    };
    const worker = await start(engine, {}, { attemptPauseMs: 1 });
    await post(worker, 1);
    await until(() => finals().length === 1);
    expect(finals()[0]?.body).toMatchObject({ status: 'failed', reason: 'exit 1' });
    expect(engine.requests).toHaveLength(2);
  });

  it('gives up after four attempts when the engine goes away each time', async () => {
    const engine = new FakeEngine();
    engine.onBuild = async () => {
      throw new EngineUnavailable('the engine went away');
    };
    const worker = await start(engine, {}, { attemptPauseMs: 1 });
    await post(worker, 1);
    await until(() => finals().length === 1);
    expect(finals()[0]?.body).toMatchObject({ status: 'failed', state: 'failed', reason: 'the engine went away' });
    expect(engine.requests).toHaveLength(4);
    expect((await logOf(worker, 1)).match(/the engine went away\. The build is tried again\./g)).toHaveLength(3);
  });

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
    await close(first);
    const second = await start(new FakeEngine());
    await until(() => finals().length === 1);
    expect(second.records.get(`web-${APP_UUID}/1`)).toMatchObject({ state: 'succeeded', attempts: 1 });
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
    expect(second.records.get(`web-${APP_UUID}/1`)).toMatchObject({ state: 'succeeded', attempts: 2 });
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
    await first.records.transition(`web-${APP_UUID}/1`, { stopRequested: true });
    await crash(first);
    await start(new FakeEngine());
    await until(() => finals().length === 1);
    expect(finals()[0]?.body).toMatchObject({ state: 'stopped' });
  });

  it('sends a notice until it is answered, over restarts, with the same event id and body', async () => {
    harness.receiver.status = 500;
    const first = await start(new FakeEngine());
    await post(first, 1);
    await until(() => state(first, 1) === 'succeeded');
    await until(() => (first.records.noticesOf(`web-${APP_UUID}/1`).final?.attempts ?? 0) >= 2);
    const sealed = first.records.noticesOf(`web-${APP_UUID}/1`).final?.sealed;
    await crash(first);
    harness.receiver.status = 200;
    const second = await start(new FakeEngine());
    expect(second.records.noticesOf(`web-${APP_UUID}/1`).final?.sealed ?? sealed).toBe(sealed);
    await until(() => second.records.notices().length === 0);
    // The worker that was cut off from its disk still sends from memory here: repeated it may be, changed never.
    expect(new Set(finals().map(({ body }) => JSON.stringify(body))).size).toBe(1);
    // The pending notice is worth nothing any more, and never comes after the final one.
    expect(harness.receiver.received.at(-1)?.body['status']).toBe('succeeded');
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
    const data = harness.data;
    await until(() => readdirSync(join(data, 'store')).length === 0 && readdirSync(join(data, 'work')).length === 0);
    expect(engine.removed).toContain(`registry.example.com/acme/web-${APP_UUID}:latest`);
    expect(await worker.queue.deleteApp(`web-${APP_UUID}`)).toBe(false);
    await expect(post(worker, 2)).rejects.toMatchObject({ status: 409 });
  });

  it('writes no password to the disk in the clear', async () => {
    const engine = new FakeEngine();
    engine.onBuild = never;
    const worker = await start(engine);
    await post(worker, 1, {
      docker_login: 'u',
      docker_password: 'hunter2-docker',
      gm_registry_auth: { username: 'u', password: 'hunter2-registry' },
      build_secrets: { token: 'hunter2-secret' },
    });
    await until(() => state(worker, 1) === 'building');
    const files = (path: string): string[] =>
      readdirSync(path, { withFileTypes: true }).flatMap((entry) =>
        entry.isDirectory() ? files(join(path, entry.name)) : [join(path, entry.name)],
      );
    const all = files(harness.data)
      .map((file) => readFileSync(file, 'latin1'))
      .join('');
    expect(all).toContain('registry.example.com');
    expect(all).not.toMatch(/hunter2|secret-of-the-callback/);
  });

  it('refuses builds when the disk is full', async () => {
    const worker = await start(new FakeEngine(), { MIN_FREE_BYTES: String(Number.MAX_SAFE_INTEGER) });
    await expect(post(worker, 1)).rejects.toMatchObject({ status: 503, message: expect.stringContaining('MIN_FREE_BYTES') });
  });

  it('brings every build to exactly one end, whatever happens in whatever order', async () => {
    const number = fc.integer({ min: 1, max: 5 });
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ kind: fc.constant('post' as const), number }) },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('stop' as const), number }) },
      { weight: 1, arbitrary: fc.constant({ kind: 'deleteApp' as const }) },
      { weight: 1, arbitrary: fc.constant({ kind: 'crash' as const }) },
      { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
      { weight: 4, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 12 }) }) },
    );
    const outcome = fc.constantFrom('fine', 'fails', 'hangs', 'engine lost', 'engine lost at latest');
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 14 }),
        fc.array(outcome, { minLength: 1, maxLength: 5 }),
        fc.boolean(),
        async (steps, outcomes, slowRemove) => {
          harness.fresh();
          let calls = 0;
          const engineOf = () => {
            const engine = new FakeEngine();
            const kindOf = () => outcomes[(calls += 1) % outcomes.length];
            engine.onBuild = async () => {
              const kind = kindOf();
              await new Promise((resolve) => setTimeout(resolve, 2));
              if (kind === 'fails') throw new BuildFailure('exit 1');
              if (kind === 'engine lost') throw new EngineUnavailable('the engine went away');
              if (kind === 'hangs') await never();
            };
            engine.onPush = async (_work, reference) => {
              if (reference.endsWith(':latest') && kindOf() === 'engine lost at latest')
                throw new EngineUnavailable('the engine went away');
            };
            if (slowRemove) engine.onRemove = () => new Promise((resolve) => setTimeout(resolve, 30));
            return engine;
          };
          const options = { TIMEOUT_IN_MS: '40', MAXIMUM_PARALLEL_BUILDS: '2' };
          const open = () => start(engineOf(), options, { attemptPauseMs: 1 });
          let worker = await open();
          const accepted = new Set<number>();
          for (const action of steps) {
            if (action.kind === 'post') {
              // Refused once the app was deleted with that build.
              const taken = await post(worker, action.number).then(
                () => true,
                (error: unknown) => !String(error).includes('was deleted'),
              );
              if (taken) accepted.add(action.number);
            } else if (action.kind === 'stop') await worker.queue.stop(`web-${APP_UUID}/${action.number}`);
            else if (action.kind === 'deleteApp') await worker.queue.deleteApp(`web-${APP_UUID}`);
            else if (action.kind === 'wait') await new Promise((resolve) => setTimeout(resolve, action.ms));
            else {
              await (action.kind === 'crash' ? crash(worker) : close(worker));
              worker = await open();
            }
          }
          await until(
            () => [...accepted].every((each) => isFinal(state(worker, each) ?? 'queued')) && worker.records.notices().length === 0,
          );
          for (const each of accepted) {
            const ends = finals().filter(({ body }) => body['id'] === each);
            // A crash after the answer and before it was noted repeats a notice: the same one.
            expect(new Set(ends.map(({ body }) => JSON.stringify(body))).size).toBe(1);
            expect(ends[0]?.body['state']).toBe(state(worker, each));
            if (state(worker, each) === 'succeeded') expect(ends[0]?.body['digest']).toBe(DIGEST);
            const record = worker.records.get(`web-${APP_UUID}/${each}`);
            // Killed between the log's end and the state, a build ends its log twice.
            if (record?.deleted !== true && !steps.some(({ kind }) => kind === 'crash'))
              expect((await logOf(worker, each)).match(/^Build (succeeded: |failed: |stopped\.$|timed out)/gm)).toHaveLength(1);
          }
          await close(worker);
        },
      ),
      { numRuns: 40, endOnFailure: true },
    );
  }, 240_000);
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
