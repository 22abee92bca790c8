// Callbacks: no receiver holds up another, refusals have an end, and the end of a build is the last that a receiver hears.
import { join } from 'node:path';
import { Callbacks, REFUSED_MS } from '../../worker/builds/callbacks';
import { SendingTurns } from '../../worker/builds/turns';
import { Database } from '../../worker/state/database';
import { LevelRecords } from '../../worker/state/level-records';
import type { Notice } from '../../worker/state/records';
import { openSeal } from '../../worker/state/seal';
import { EgressPolicy } from '../../worker/egress/policy';
import { readConfig } from '../../worker/config';
import type { BuildRecord } from '../../worker/state/record';
import { bodyOf, FakeEngine, serve, tempFolder, until, type LocalServer } from './support/fakes';
import { gate, keyOf, never, queueHarness } from './support/queue';

const folder = tempFolder();
afterAll(() => folder.remove());
const policy = new EgressPolicy(readConfig({ EGRESS_ALLOW: '127.0.0.0/8' }).EGRESS_ALLOW);
const seal = openSeal(join(folder.path, 'key'));

describe('notices', () => {
  let database: Database;
  let records: LevelRecords;
  let callbacks: Callbacks;
  let results: string[];
  let count = 0;
  const servers: LocalServer[] = [];
  beforeEach(async () => {
    results = [];
    database = await Database.open(join(folder.path, String((count += 1))));
    records = new LevelRecords(database);
    callbacks = new Callbacks({
      records,
      seal,
      policy,
      retryMs: 5,
      slowMs: 50,
      onResult: (build, result) => results.push(`${build} ${result}`),
    });
  });
  afterEach(async () => {
    await callbacks.close();
    await database.close();
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });
  const server = async (...listener: Parameters<typeof serve>) => {
    const opened = await serve(...listener);
    servers.push(opened);
    return opened;
  };
  const add = (build: string, url: string, more: Partial<Notice> = {}) => {
    const key = `${build}#${more.step ?? 1}`;
    const letter = JSON.stringify({ url, authorization: null, body: JSON.stringify({ build, step: more.step ?? 1 }) });
    const value = {
      step: 1,
      build,
      host: new URL(url).host,
      sealed: seal.close(key, letter),
      attempts: 0,
      notBefore: 0,
      spent: 0,
      ...more,
    } as const;
    return database.change(() => ({ result: undefined, writes: [{ table: 'outbox', key, value }] }));
  };

  it('of 300 apps that hang at one receiver keep neither another app nor another receiver waiting', async () => {
    let hanging = 0;
    const slow = await server((request, response) => {
      if (request.url === '/good') response.end();
      else hanging += 1;
    });
    const other = await server((_request, response) => void response.end());
    for (let index = 0; index < 300; index += 1) await add(`slow${index % 100}/${index}`, slow.url);
    callbacks.wake();
    await until(() => hanging >= 8);
    await add('good/1', `${slow.url}/good`);
    await add('elsewhere/1', other.url);
    callbacks.wake('good/1');
    callbacks.wake('elsewhere/1');
    await until(() => results.length === 2, 25_000);
    // Before one of those that hang was given up, after 30 s.
    expect(results.sort()).toEqual(['elsewhere/1 delivered', 'good/1 delivered']);
  });

  it('that hang hold no more connections than may, the newest ones, and the others are tried again', async () => {
    await callbacks.close();
    callbacks = new Callbacks({
      records,
      seal,
      policy,
      retryMs: 60_000,
      slowMs: 20,
      mostSlow: 4,
      onResult: (build) => results.push(build),
    });
    const held = new Set<string>();
    let most = 0;
    const slow = await server((request, response) => {
      const name = request.url ?? '';
      held.add(name);
      response.on('close', () => held.delete(name));
      most = Math.max(most, held.size);
    });
    for (let index = 10; index < 34; index += 1) await add(`app${index}/1`, `${slow.url}/${index}`);
    callbacks.wake();
    await until(() => results.length === 20 && held.size === 4);
    // Those that are not slow yet come on top.
    expect(most).toBeLessThan(20);
    expect(records.notices()).toHaveLength(24);
  });

  it.each([403, 404, 410])('that are answered %i for longer than an authorization is good are given up', async (status) => {
    const refusing = await server((_request, response) => void response.writeHead(status).end());
    const record = { key: 'a/1', appId: 'a', buildUuid: 'u', sequence: 1, state: 'failed' } as BuildRecord;
    await database.change(() => ({ result: undefined, writes: [{ table: 'build', key: 'a/1', value: record }] }));
    await add('a/1', refusing.url, { refused: REFUSED_MS, spent: REFUSED_MS });
    await add('b/1', refusing.url, { refused: REFUSED_MS - 60_000, spent: REFUSED_MS });
    callbacks.wake();
    await until(() => results.includes('a/1 undelivered') && results.includes('b/1 retried'));
    expect([records.get('a/1')?.undelivered, records.noticesOf('a/1').final]).toEqual([true, undefined]);
    await until(() => (records.noticesOf('b/1').final?.refused ?? 0) > REFUSED_MS - 60_000);
  });

  it('begin to count refusals anew after another answer', async () => {
    let status = 404;
    const refusing = await server((_request, response) => void response.writeHead(status).end());
    await add('a/1', refusing.url);
    callbacks.wake();
    await until(() => (records.noticesOf('a/1').final?.refused ?? 0) > 0);
    status = 500;
    await until(() => records.noticesOf('a/1').final?.refused === undefined);
  });

  it('that another process may have begun are followed by the end more than once', async () => {
    const seen: string[] = [];
    const receiver = await server((request, response) => {
      void bodyOf(request).then((body) => response.end(seen.push(body) === 0 ? '' : ''));
    });
    await add('a/1', receiver.url, { step: 0 });
    await add('a/1', receiver.url);
    const next = new Callbacks({ records, seal, policy, repeatMs: [5, 5], onResult: () => undefined });
    next.wake();
    await until(() => records.notices().length === 0);
    expect(seen).toEqual(Array(3).fill('{"build":"a/1","step":1}'));
    await next.close();
  });
});

describe('a pending notice that is held without an answer', () => {
  const { start, post, state } = queueHarness();

  it('gives way to the end, which is sent again after it', async () => {
    const seen: string[] = [];
    const held = gate();
    const receiver = await serve((request, response) => {
      void bodyOf(request).then(async (body) => {
        const { status, event_id: id } = JSON.parse(body) as Record<string, string>;
        // The receiver has it, and takes it when it gets to it.
        if (status === 'pending') await held.opened;
        seen.push(`${status} ${id}`);
        response.end();
      });
    });
    const worker = await start(new FakeEngine());
    await post(worker, 1, { callback: receiver.url });
    await until(() => seen.length === 1);
    expect(state(worker, 1)).toBe('succeeded');
    held.open();
    await until(() => worker.records.notices().length === 0);
    expect(seen.filter((each) => each.startsWith('succeeded'))).toHaveLength(3);
    expect(new Set(seen).size).toBe(2);
    expect(seen.at(-1)).toMatch(/^succeeded /);
    expect(worker.records.get(keyOf(1))?.undelivered).toBeUndefined();
    await receiver.close();
  });

  it('is not sent again once the end is known', async () => {
    const seen: string[] = [];
    let down = true;
    const receiver = await serve((request, response) => {
      void bodyOf(request).then((body) => {
        if (!down) seen.push((JSON.parse(body) as { status: string }).status);
        response.writeHead(down ? 500 : 200).end();
      });
    });
    const engine = new FakeEngine();
    engine.onBuild = never;
    const worker = await start(engine);
    await post(worker, 1, { callback: receiver.url });
    await until(() => (worker.records.noticesOf(keyOf(1)).pending?.attempts ?? 0) > 0);
    await worker.queue.stop(keyOf(1));
    down = false;
    await until(() => worker.records.notices().length === 0);
    expect(seen.filter((status) => status === 'failed')).toHaveLength(1);
    expect(seen.at(-1)).toBe('failed');
    await receiver.close();
  });
});

describe('turns', () => {
  it('go round hosts and apps, and no app has more than two slots', () => {
    const turns = new SendingTurns();
    for (const number of [1, 2, 3, 4]) turns.add(`a/${number}`, { host: 'h', app: 'a' });
    turns.add('b/1', { host: 'h', app: 'b' });
    turns.add('c/1', { host: 'i', app: 'c' });
    const taken = [1, 2, 3, 4, 5].map(() => turns.next());
    expect(taken.map((each) => each?.build)).toEqual(['a/1', 'c/1', 'b/1', 'a/2', undefined]);
    turns.remove('a/3', { host: 'h', app: 'a' });
    turns.release({ host: 'h', app: 'a' });
    expect(turns.next()?.build).toBe('a/4');
    expect(turns.next()).toBeUndefined();
  });
});
