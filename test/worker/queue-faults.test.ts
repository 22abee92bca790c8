// What comes at the wrong moment or hangs: a stop during a retry, an engine without an answer, a log that cannot be opened, a full disk.
import files from 'node:fs/promises';
import timers from 'node:timers/promises';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { Reserve } from '../../worker/builds/reserve';
import { BuildFailure, EngineUnavailable } from '../../worker/errors';
import { Database } from '../../worker/state/database';
import { APP_UUID, DIGEST, FakeEngine, tempFolder, until } from './support/fakes';
import { databaseOf, gate, keyOf, never, queueHarness, REPOSITORY } from './support/queue';

const LATEST = `${REPOSITORY}:latest`;
const gone = () => new EngineUnavailable('the engine went away');

describe('a stop at the wrong moment', () => {
  const { start, post, state, finals, logOf, crash, close } = queueHarness();

  it('ends a build that is on its way back to the queue', async () => {
    const engine = new FakeEngine();
    const lost = gate();
    engine.onBuild = async () => {
      await lost.opened;
      throw gone();
    };
    // The window of the fault: the engine is lost, and what the build left there is being removed.
    const removing = gate();
    engine.onRemove = () => removing.opened;
    const worker = await start(engine, {}, { attemptPauseMs: 5000 });
    await post(worker, 1);
    await until(() => state(worker, 1) === 'building');
    lost.open();
    await until(() => state(worker, 1) === 'queued' || engine.removed.length > 0);
    await worker.queue.stop(keyOf(1));
    removing.open();
    await until(() => finals().length === 1);
    expect([state(worker, 1), finals()[0]?.body['state'], engine.requests.length]).toEqual(['stopped', 'stopped', 1]);
    expect(await logOf(worker, 1)).toMatch(/Build stopped\.\n$/);
  });

  /** A build whose image the registry has, and that waits in the push of `latest`. */
  async function inLatest(engine: FakeEngine, hold: () => Promise<void>) {
    engine.onPush = (_work, reference) => (reference === LATEST ? hold() : Promise.resolve());
    const worker = await start(engine, {}, { attemptPauseMs: 1 });
    await post(worker, 1);
    await until(() => worker.records.get(keyOf(1))?.digest === DIGEST);
    return worker;
  }

  it('says succeeded when the engine is lost afterwards, while latest is pushed', async () => {
    const engine = new FakeEngine();
    const lost = gate();
    const worker = await inLatest(engine, async () => {
      await lost.opened;
      throw gone();
    });
    await worker.queue.stop(keyOf(1));
    lost.open();
    await until(() => finals().length === 1);
    expect(finals()[0]?.body).toMatchObject({ status: 'succeeded', digest: DIGEST, reason: 'latest was not pushed: stopped on request' });
    expect(await logOf(worker, 1)).toMatch(/latest was not pushed: stopped on request\nBuild succeeded: sha256:a+\n$/);
    expect(engine.removed).toEqual([]);
  });

  it.each(['SIGTERM', 'kill -9'])('says succeeded after a %s while latest is pushed', async (kind) => {
    const first = await inLatest(new FakeEngine(), never);
    await first.queue.stop(keyOf(1));
    await (kind === 'SIGTERM' ? close(first) : crash(first));
    const second = await start(new FakeEngine());
    await until(() => finals().length === 1);
    expect(finals()[0]?.body).toMatchObject({ status: 'succeeded', digest: DIGEST });
    expect(state(second, 1)).toBe('succeeded');
  });

  it.each(['SIGTERM', 'kill -9', 'a lost engine'])('pushes latest alone after %s, and builds nothing again', async (kind) => {
    const engine = new FakeEngine();
    let pushes = 0;
    const first = await inLatest(engine, async () => {
      pushes += 1;
      if (kind !== 'a lost engine') await never();
      if (pushes === 1) throw gone();
    });
    const next = new FakeEngine();
    if (kind !== 'a lost engine') {
      await (kind === 'SIGTERM' ? close(first) : crash(first));
      await start(next);
    }
    await until(() => finals().length === 1);
    expect(finals()[0]?.body).toMatchObject({ status: 'succeeded', digest: DIGEST });
    expect(finals()[0]?.body['reason']).toBeUndefined();
    expect([...engine.pushed, ...next.pushed]).toEqual([`${REPOSITORY}:1.1`, LATEST]);
    expect(engine.requests.length + next.requests.length).toBe(1);
  });

  it('says succeeded when the push of latest takes too long', async () => {
    const engine = new FakeEngine();
    const deadlines = jest.spyOn(globalThis, 'setTimeout');
    engine.onPush = (_work, reference) => {
      if (reference !== LATEST) return Promise.resolve();
      // The last one is that of `latest`: it comes at once, however long the build took until here.
      deadlines.mock.calls.findLast(([, ms]) => ms === 77_777)?.[0]();
      return never();
    };
    const worker = await start(engine, { TIMEOUT_IN_MS: '77777' });
    await post(worker, 1);
    await until(() => finals().length === 1);
    expect(finals()[0]?.body).toMatchObject({
      status: 'succeeded',
      digest: DIGEST,
      reason: 'latest was not pushed: not finished within 77777 ms',
    });
    deadlines.mockRestore();
  });

  it('fails when the registry refuses latest, and says that the image is there', async () => {
    const engine = new FakeEngine();
    await inLatest(engine, async () => {
      throw new BuildFailure('denied: tags are immutable');
    });
    await until(() => finals().length === 1);
    expect(finals()[0]?.body).toMatchObject({
      status: 'failed',
      state: 'failed',
      reason: `1.1 was pushed as ${DIGEST}, latest was not: denied: tags are immutable`,
    });
  });

  it('writes one end for two stops of a queued build', async () => {
    const engine = new FakeEngine();
    engine.onBuild = never;
    const worker = await start(engine, { MAXIMUM_PARALLEL_BUILDS: '1' });
    await post(worker, 1);
    await until(() => state(worker, 1) === 'building');
    await post(worker, 2);
    await Promise.all([worker.queue.stop(keyOf(2)), worker.queue.stop(keyOf(2)), worker.queue.stop(keyOf(2))]);
    expect(await logOf(worker, 2)).toBe('Build stopped.\n');
  });

  it('deletes a build that ends while its app is deleted, with all it has', async () => {
    const engine = new FakeEngine();
    const release = gate();
    engine.onBuild = () => release.opened;
    const worker = await start(engine, { MAXIMUM_PARALLEL_BUILDS: '2' });
    await post(worker, 1);
    await post(worker, 2);
    await until(() => state(worker, 1) === 'building' && state(worker, 2) === 'building');
    const { change } = databaseOf(worker);
    let changes = 0;
    // The second build ends while the first is being deleted: what was read of it before is stale.
    Object.assign(databaseOf(worker), {
      change: async (decide: Parameters<typeof change>[0]) => {
        if ((changes += 1) === 1) {
          release.open();
          Object.assign(databaseOf(worker), { change });
          await until(() => state(worker, 2) === 'succeeded');
        }
        return change.call(databaseOf(worker), decide);
      },
    });
    await worker.queue.deleteApp(`web-${APP_UUID}`);
    await until(() => finals().length === 2);
    const { DATA_DIR } = worker.config;
    await until(() => readdirSync(join(DATA_DIR, 'store')).length === 0 && readdirSync(join(DATA_DIR, 'work')).length === 0);
    expect(worker.records.all().map(({ deleted }) => deleted)).toEqual([true, true]);
    // Nobody can stop what is deleted: it is not there.
    expect(await worker.queue.stop(keyOf(2))).toBeUndefined();
  });
});

describe('an engine that hangs', () => {
  const { start, post, state, finals, close } = queueHarness();

  it('keeps no build from its end when what it left cannot be removed', async () => {
    const engine = new FakeEngine();
    engine.onRemove = never;
    engine.onBuild = async () => {
      throw new BuildFailure('exit 1');
    };
    const worker = await start(engine);
    await post(worker, 1);
    await until(() => finals().length === 1);
    expect(finals()[0]?.body).toMatchObject({ state: 'failed', reason: 'exit 1' });
  });

  it.each(['isInsecure', 'tag', 'digest'] as const)('is left by a stop while it does not answer to %s', async (question) => {
    const engine = new FakeEngine();
    let asked = false;
    Object.assign(engine, { [question]: () => ((asked = true), never()) });
    const worker = await start(engine);
    await post(worker, 1);
    await until(() => asked);
    await worker.queue.stop(keyOf(1));
    if (question !== 'tag') await until(() => finals().length === 1);
    // `tag` comes after the push of 1.1: the stop is too late, the end of the process is not.
    const begun = Date.now();
    await close(worker);
    expect(Date.now() - begun).toBeLessThan(2500);
    expect(worker.records.get(keyOf(1))?.state).toBe(question === 'tag' ? 'succeeded' : 'stopped');
  });

  it('lets builds time out once over all attempts', async () => {
    const engine = new FakeEngine();
    engine.onBuild = async () => {
      await new Promise((resolve) => setTimeout(resolve, 150));
      throw gone();
    };
    const worker = await start(engine, { TIMEOUT_IN_MS: '400' }, { attemptPauseMs: 1 });
    await post(worker, 1);
    await until(() => finals().length === 1);
    expect(finals()[0]?.body).toMatchObject({ state: 'timed out' });
    expect(engine.requests.length).toBeLessThan(4);
    expect(state(worker, 1)).toBe('timed out');
  });
});

describe('a log that cannot be opened', () => {
  const harness = queueHarness();
  const { start, post, state, finals, crash, close } = harness;
  /** A folder in the log's place: EISDIR, for root as well. */
  const block = (data: string, number: number) => {
    const file = join(data, 'work', `web-${APP_UUID}-${number}.logs`);
    rmSync(file, { force: true });
    mkdirSync(file, { recursive: true });
  };

  it('fails its build with the reason, and lets the others run', async () => {
    const worker = await start(new FakeEngine());
    block(worker.config.DATA_DIR, 1);
    await post(worker, 1);
    await post(worker, 2);
    await until(() => finals().length === 2);
    expect(state(worker, 2)).toBe('succeeded');
    expect(worker.records.get(keyOf(1))).toMatchObject({ state: 'failed', reason: expect.stringContaining('EISDIR') });
  });

  it('keeps the worker not from starting', async () => {
    const engine = new FakeEngine();
    engine.onBuild = never;
    const first = await start(engine);
    await post(first, 1);
    await post(first, 2);
    await until(() => state(first, 1) === 'building' && state(first, 2) === 'building');
    await first.records.transition(keyOf(2), { stopRequested: true });
    await crash(first);
    block(first.config.DATA_DIR, 1);
    block(first.config.DATA_DIR, 2);
    const second = await start(new FakeEngine());
    await until(() => finals().length === 2);
    expect([state(second, 1), state(second, 2)]).toEqual(['failed', 'stopped']);
    await close(second);
  });
});

describe('a full disk', () => {
  const { start, post, state, finals, close } = queueHarness();
  const full = () =>
    Object.assign(new Error('Database failed to write', { cause: new Error('IO error: /queue/000005.log: No space left on device') }), {
      code: 'LEVEL_WRITE_FAILED',
    });
  const { batch } = ClassicLevel.prototype;
  const restore = () => void Object.assign(ClassicLevel.prototype, { batch });
  /** The next `times` writes of any database find no room. */
  const failWrites = (times: number) => {
    let left = times;
    const failing = function (this: object, ...operations: unknown[]): unknown {
      return (left -= 1) >= 0 ? Promise.reject(full()) : Reflect.apply(batch, this, operations);
    };
    Object.assign(ClassicLevel.prototype, { batch: failing });
  };
  afterEach(() => {
    restore();
    jest.restoreAllMocks();
  });

  it('fails the logs, gives up the reserve and writes again at once', async () => {
    const engine = new FakeEngine();
    const worker = await start(engine);
    const reserve = join(worker.config.DATA_DIR, 'reserve');
    expect(statSync(reserve).size).toBeGreaterThan(0);
    const waits = jest.spyOn(timers, 'setTimeout');
    engine.onBuild = async ({ output }) => {
      failWrites(1);
      await worker.records.transition(keyOf(1), { reason: 'x' });
      await output('more\n');
    };
    await post(worker, 1);
    await until(() => finals().length === 1);
    // A retry that waits does so for a second.
    expect(waits.mock.calls.map(([ms]) => ms)).not.toContain(1000);
    expect(finals()[0]?.body).toMatchObject({ state: 'failed', reason: 'the disk of DATA_DIR is full' });
    expect(readdirSync(worker.config.DATA_DIR)).not.toContain('reserve');
  });

  it('gives up the reserve at a start that needs room, and says what is wrong when that is not enough', async () => {
    const first = await start(new FakeEngine());
    const reserve = join(first.config.DATA_DIR, 'reserve');
    await close(first);
    // What opens the files, below what the library does by itself.
    const { _open: open } = ClassicLevel.prototype as unknown as { _open: () => Promise<void> };
    const failing = (times: number) => {
      let left = times;
      const opens = function (this: object, ...rest: unknown[]): unknown {
        return (left -= 1) >= 0 ? Promise.reject(full()) : Reflect.apply(open, this, rest);
      };
      Object.assign(ClassicLevel.prototype, { _open: opens });
    };
    try {
      const told: boolean[] = [];
      failing(2);
      const database = Database.open(join(first.config.DATA_DIR, 'queue'), (_message, isFull) => told.push(isFull));
      await expect(database).rejects.toThrow(/^DATA_DIR: the disk of .*queue is full; free some room and start again$/);
      expect([told, existsSync(reserve)]).toEqual([[true], true]);
      failing(1);
      const released = jest.spyOn(Reserve.prototype, 'release');
      await start(new FakeEngine());
      expect(released).toHaveBeenCalledTimes(1);
    } finally {
      Object.assign(ClassicLevel.prototype, { _open: open });
    }
  });

  it('is waited out until it has room again', async () => {
    const folder = tempFolder();
    const troubles: boolean[] = [];
    const database = await Database.open(join(folder.path, 'queue'), (_message, isFull) => troubles.push(isFull));
    failWrites(2);
    await database.change(() => ({ result: undefined, writes: [{ table: 'latest', key: 'r', value: '7' }] }));
    expect([troubles, database.get('latest', 'r')]).toEqual([[true, true], '7']);
    await database.close();
    folder.remove();
  });

  it('keeps the process not from ending', async () => {
    const engine = new FakeEngine();
    engine.onBuild = never;
    const worker = await start(engine);
    await post(worker, 1);
    await until(() => state(worker, 1) === 'building');
    failWrites(Number.POSITIVE_INFINITY);
    const begun = Date.now();
    await close(worker);
    expect(Date.now() - begun).toBeLessThan(6000);
    restore();
    await start(new FakeEngine());
    await until(() => finals().length === 1);
    expect(finals()[0]?.body['state']).toBe('succeeded');
  });

  it('leaves no part of the sources of a build that does not fit', async () => {
    const worker = await start(new FakeEngine());
    const open = files.open;
    jest.spyOn(files, 'open').mockImplementation(async (path, ...more) => {
      const handle = await open(path, ...more);
      if (String(path).endsWith('.sources'))
        handle.writeFile = () => Promise.reject(Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' }));
      return handle;
    });
    await expect(post(worker, 1)).rejects.toMatchObject({
      status: 503,
      message: expect.stringContaining('DATA_DIR has too little free space'),
    });
    expect(readdirSync(join(worker.config.DATA_DIR, 'work'))).toEqual([]);
  });
});
