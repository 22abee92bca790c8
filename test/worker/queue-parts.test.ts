// The parts around the queue: notices, the claim on latest, intake, what is kept how long, the key, the early check of the push.
import fs from 'node:fs';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createApp } from '../../worker/app';
import { readConfig } from '../../worker/config';
import { Callbacks, GIVE_UP_MS } from '../../worker/builds/callbacks';
import { Database } from '../../worker/state/database';
import { LevelRecords } from '../../worker/state/level-records';
import type { Notice } from '../../worker/state/records';
import { LatestTag } from '../../worker/builds/latest';
import { forgetOldBuilds } from '../../worker/builds/retention';
import { openSeal } from '../../worker/state/seal';
import { EgressPolicy } from '../../worker/egress/policy';
import { checkPush } from '../../worker/registry/push-check';
import { BuildFailure, EngineUnavailable } from '../../worker/errors';
import { listen } from '../../worker/listen';
import { addBuildArgs } from '../../worker/sources/dockerfile';
import { dataUri, FakeEngine, payload, serve, silent, tempFolder, until } from './support/fakes';
import { APP, databaseOf, gate, keyOf, never, queueHarness } from './support/queue';

const folder = tempFolder();
afterAll(() => folder.remove());
const loopback = () => readConfig({ EGRESS_ALLOW: '127.0.0.0/8' }).EGRESS_ALLOW;
const policy = new EgressPolicy(loopback());
let count = 0;
const path = () => join(folder.path, String((count += 1)));
const soon = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('notices', () => {
  let database: Database;
  let results: string[] = [];
  let callbacks: Callbacks;
  const seal = openSeal(join(folder.path, 'key'));
  const open = async (attemptMs = 30_000) => {
    results = [];
    database = await Database.open(path());
    callbacks = new Callbacks({
      records: new LevelRecords(database),
      seal,
      policy,
      retryMs: 5,
      attemptMs,
      onResult: (build, result) => results.push(`${build} ${result}`),
    });
  };
  afterEach(async () => {
    await callbacks.close();
    await database.close();
  });
  const add = (build: string, url: string, more: Partial<Notice> = {}) => {
    const key = `${build}#${more.step ?? 1}`;
    const value: Notice = {
      step: 1,
      build,
      host: new URL(url).host,
      sealed: seal.close(key, JSON.stringify({ url, authorization: null, body: '{}' })),
      attempts: 0,
      notBefore: 0,
      spent: 0,
      ...more,
    };
    return database.change(() => ({ result: undefined, writes: [{ table: 'outbox', key, value }] }));
  };

  it('leave a receiver that drips after the time of an attempt', async () => {
    const dripping = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.write('HTTP/1.1 200 OK\r\n');
      const timer = setInterval(() => socket.write('x: y\r\n'), 20);
      socket.on('close', () => clearInterval(timer));
    });
    await new Promise<void>((done) => dripping.listen(0, '127.0.0.1', done));
    await open(200);
    await add('a', `http://127.0.0.1:${(dripping.address() as AddressInfo).port}/`);
    callbacks.wake();
    await until(() => results.length > 0);
    expect(results[0]).toBe('a retried');
    await new Promise((done) => dripping.close(done));
  });

  it('are given up after 24 hours of trying, which the build then says; a pending one is not a loss', async () => {
    const refusing = await serve((_request, response) => void response.writeHead(500).end());
    await open();
    const record = {
      key: 'b',
      appId: 'a',
      number: '1',
      app: 'a',
      space: 's',
      buildUuid: 'u',
      repository: 'r',
      sequence: 1,
      fingerprint: 'f',
      work: 'w',
      state: 'failed',
      attempts: 1,
      acceptedAt: 1,
    } as const;
    for (const key of ['pending', 'final'])
      await database.change(() => ({ result: undefined, writes: [{ table: 'build', key, value: { ...record, key } }] }));
    // Accepted in 1970 as far as the clock says: only what was tried counts.
    await add('young', refusing.url, { spent: GIVE_UP_MS - 60_000 });
    await add('pending', refusing.url, { step: 0, spent: GIVE_UP_MS });
    await add('final', refusing.url, { spent: GIVE_UP_MS });
    callbacks.wake();
    await until(
      () => results.includes('final undelivered') && results.includes('pending undelivered') && results.includes('young retried'),
    );
    expect([database.get('build', 'pending')?.undelivered, database.get('build', 'final')?.undelivered]).toEqual([undefined, true]);
    expect(database.get('outbox', 'final#1')).toBeUndefined();
    await refusing.close();
  });

  it('go out when the clock was set back after a failure', async () => {
    const quick = await serve((_request, response) => void response.end());
    await open();
    await add('a', quick.url, { attempts: 3, notBefore: Date.now() + 365 * 24 * 3600 * 1000 });
    callbacks.wake();
    await until(() => results.includes('a delivered'));
    await quick.close();
  });
});

describe('the claim on latest', () => {
  const moved = async (digests: (string | undefined | Error)[], database: Database) => {
    const digest = async () => {
      const next = digests.shift();
      if (next instanceof Error) throw next;
      return next;
    };
    const fails = () => Promise.reject(new BuildFailure('the connection was cut'));
    await expect(new LatestTag(new LevelRecords(database)).move('r', '7', { digest, push: fails })).rejects.toThrow('cut');
    return database.get('latest', 'r');
  };

  it.each<[string, (string | undefined | Error)[], string]>([
    ['is given back when latest is what it was', ['old', 'old'], '5'],
    ['is given back when there is no latest', [undefined, undefined], '5'],
    ['is kept when the registry took it before it failed', ['old', 'new'], '7'],
    ['is kept when the registry does not tell afterwards', ['old', new BuildFailure('out of order')], '7'],
    ['is kept when the registry never told', [new BuildFailure('x'), new EngineUnavailable('x')], '7'],
  ])('%s', async (_name, digests, claim) => {
    const database = await Database.open(path());
    await database.change(() => ({ result: undefined, writes: [{ table: 'latest', key: 'r', value: '5' }] }));
    expect(await moved(digests, database)).toBe(claim);
    await database.close();
  });
});

describe('intake', () => {
  const { start, post, state, logOf, finals } = queueHarness();

  it('holds data URIs to MAX_SOURCE_BYTES', async () => {
    const worker = await start(new FakeEngine(), { MAX_SOURCE_BYTES: '100' });
    const sources = `data:;base64,${Buffer.alloc(101).toString('base64')}`;
    await expect(post(worker, 1, { sources, callback: undefined })).rejects.toMatchObject({
      status: 413,
      message: expect.stringContaining('larger than 100 bytes; send less or raise MAX_SOURCE_BYTES'),
    });
    expect(readdirSync(join(worker.config.DATA_DIR, 'work'))).toEqual([]);
  });

  it('reads two large requests at a time, and small ones meanwhile', async () => {
    const engine = new FakeEngine();
    engine.onBuild = never;
    const worker = await start(engine);
    const app = await createApp(worker, silent);
    await app.listen({ port: 0, host: '127.0.0.1' });
    const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/`;
    const held = gate();
    const { accept } = worker.queue;
    let inside = 0;
    let peak = 0;
    worker.queue.accept = async (body) => {
      const large = JSON.stringify(body).length > 1024 ** 2;
      if (large) peak = Math.max(peak, (inside += 1));
      if (large) await held.opened;
      const record = await accept.call(worker.queue, body);
      if (large) inside -= 1;
      return record;
    };
    const send = async (number: number, bytes: number) =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(await payload(number, { sources: `data:;base64,${'A'.repeat(bytes)}` })),
      }).then((answer) => answer.status);
    const large = [1, 2, 3, 4, 5, 6].map((number) => send(number, 1_400_000));
    await until(() => inside === 2);
    expect(await send(7, 400)).toBe(200);
    held.open();
    expect(await Promise.all(large)).toEqual([200, 200, 200, 200, 200, 200]);
    expect(peak).toBe(2);
    await app.close();
  });

  it('lets no field of a payload begin a log line', async () => {
    const worker = await start(new FakeEngine());
    await post(worker, 1, { repo: 'r\r\nBuild failed: forged', branch: 'b\u2028x', sha: 's\nx' });
    await until(() => finals().length === 1);
    const log = await logOf(worker, 1);
    expect(log).toContain('Getting source code for r  Build failed: forged/b x SHA s x...\n');
    expect(log.match(/^Build (succeeded|failed)/gm)).toHaveLength(1);
  });

  it('keys the fingerprint, and finds the same payload in any order of its fields', async () => {
    const [one, other] = ['key-1', 'key-2'].map((name) => openSeal(join(folder.path, name)));
    expect(one?.fingerprint(['x', 'y'])).toBe(one?.fingerprint(['xy']));
    expect(one?.fingerprint(['x'])).not.toBe(other?.fingerprint(['x']));
    const worker = await start(new FakeEngine());
    await post(worker, 1, { build_args: { a: '1', b: '2' } });
    await post(worker, 1, { build_args: { b: '2', a: '1' } });
    await expect(post(worker, 1, { build_args: { b: '2', a: '3' } })).rejects.toMatchObject({ status: 409 });
  });

  it('keeps the sources that another build with the same UUID needs', async () => {
    const worker = await start(new FakeEngine());
    const shared = { build_uuid: '00000000-0000-4000-8000-0000000000aa' };
    await post(worker, 1, shared);
    await until(() => state(worker, 1) === 'succeeded');
    await post(worker, 1, { ...shared, app: 'other', sources: await dataUri('FROM other\n') });
    await until(() => worker.records.open().length === 0 && worker.uploads.waiting === 0);
    await worker.queue.deleteApp(APP);
    const found = await worker.uploads.get(shared.build_uuid);
    expect(found?.size).toBeGreaterThan(0);
    found?.body.destroy();
    expect(readdirSync(join(worker.config.DATA_DIR, 'work'))).toEqual([]);
  });

  it('runs a build once although its log and sources had to make room', async () => {
    const engine = new FakeEngine();
    const worker = await start(engine);
    await post(worker, 1);
    await until(() => state(worker, 1) === 'succeeded' && worker.uploads.waiting === 0 && worker.records.notices().length === 0);
    const store = join(worker.config.DATA_DIR, 'store');
    const forget = (more: object) =>
      forgetOldBuilds({
        records: worker.records,
        handOvers: new LevelRecords(databaseOf(worker)),
        store: worker.uploads.store,
        folder: store,
        days: 30,
        maxBytes: 0,
        release: async () => undefined,
        ...more,
      });
    expect((await forget({})).map(({ key }) => key)).toEqual([keyOf(1)]);
    expect(readdirSync(store)).toEqual([]);
    expect(await forget({})).toEqual([]);
    await post(worker, 1);
    await soon(30);
    expect(engine.requests).toHaveLength(1);
    await forget({ now: () => Date.now() + 31 * 24 * 3600 * 1000 });
    expect(worker.records.all()).toEqual([]);
  });

  it('forgets nothing because the clock jumps', async () => {
    const worker = await start(new FakeEngine());
    await post(worker, 1);
    await until(() => state(worker, 1) === 'succeeded' && worker.uploads.waiting === 0 && worker.records.notices().length === 0);
    const later = Date.now() + 400 * 24 * 3600 * 1000;
    const clock = jest.spyOn(Date, 'now').mockReturnValue(later);
    await worker.tidy();
    clock.mockRestore();
    expect(state(worker, 1)).toBe('succeeded');
    expect(readdirSync(join(worker.config.DATA_DIR, 'store'))).toHaveLength(2);
  });

  it('stores what waits when the clock was set back', async () => {
    const worker = await start(new FakeEngine());
    const file = join(worker.config.DATA_DIR, 'work', 'late');
    writeFileSync(file, 'x');
    await databaseOf(worker).change(() => ({
      result: undefined,
      writes: [
        { table: 'upload', key: 'late', value: { object: 'late', file, attempts: 3, notBefore: Date.now() + 365 * 24 * 3600 * 1000 } },
      ],
    }));
    worker.uploads.wake();
    await until(() => readdirSync(join(worker.config.DATA_DIR, 'store')).includes('late'), 3000);
  });

  it('begins what waits when the clock was set back', async () => {
    const engine = new FakeEngine();
    engine.onBuild = async () => {
      if (engine.requests.length === 1) throw new EngineUnavailable('gone');
    };
    const worker = await start(engine, {}, { attemptPauseMs: 400 * 24 * 3600 * 1000 });
    await post(worker, 1);
    await until(() => state(worker, 1) === 'succeeded', 3000);
  });
});

describe('the key file', () => {
  it('is there whole or not at all', () => {
    const at = join(folder.path, 'keys');
    mkdirSync(at);
    const key = join(at, 'secret.key');
    const sealed = openSeal(key).close('n', 'text');
    expect(readdirSync(at)).toEqual(['secret.key']);
    expect([statSync(key).mode & 0o777, readFileSync(key, 'utf8').length]).toEqual([0o600, 45]);
    expect(openSeal(key).open('n', sealed)).toBe('text');
    jest.spyOn(fs, 'writeSync').mockImplementation(() => {
      throw new Error('killed');
    });
    expect(() => openSeal(join(at, 'other.key'))).toThrow('killed');
    jest.restoreAllMocks();
    expect(readdirSync(at)).toEqual(['secret.key']);
    writeFileSync(join(at, 'empty'), '');
    expect(() => openSeal(join(at, 'empty'))).toThrow('holds 0 bytes');
  });
});

describe('one DATA_DIR', () => {
  it('serves one worker at a time', async () => {
    const at = path();
    const first = await Database.open(at);
    await expect(Database.open(at)).rejects.toThrow(`DATA_DIR: ${at} is in use by another worker; give each its own DATA_DIR`);
    await first.close();
    await (await Database.open(at)).close();
  });
});

describe('configuration', () => {
  it.each(['TIMEOUT_IN_MS', 'SHUTDOWN_GRACE_MS'])('refuses a %s that timers cannot hold', (name) =>
    expect(() => readConfig({ [name]: '2147483648' })).toThrow(new RegExp(`${name}: must be at most \\d+`)),
  );
  it('reads the token from a file', () => {
    const file = join(folder.path, 'token');
    writeFileSync(file, '  a-token-of-some-length\n');
    expect(readConfig({ AUTH_TOKEN_FILE: file })).toMatchObject({ AUTH_TOKEN: 'a-token-of-some-length', HOST: '::' });
  });
  it('listens on IPv4 where there is no IPv6, and nowhere else than it was told', async () => {
    const tried: string[] = [];
    const without = async (host: string) => {
      tried.push(host);
      if (host.includes(':')) throw Object.assign(new Error('listen EAFNOSUPPORT'), { code: 'EAFNOSUPPORT' });
    };
    expect([await listen(without, '::'), await listen(without, '127.0.0.1')]).toEqual(['0.0.0.0', '127.0.0.1']);
    await expect(listen(without, '::1')).rejects.toThrow('EAFNOSUPPORT');
    expect(tried).toEqual(['::', '0.0.0.0', '127.0.0.1', '::1']);
  });
});

describe('proxies as build args', () => {
  it('get no ARG line, which would put their passwords into the history', () => {
    expect(addBuildArgs('FROM a\n', ['HTTP_PROXY', 'https_proxy', 'No_Proxy', 'ALL_PROXY', 'FTP_PROXY'])).toBe('FROM a\n');
    expect(addBuildArgs('FROM a\n', ['HTTP_PROXY', 'V'])).toBe('FROM a\nARG V\n');
  });
});

describe('the early check of a push', () => {
  const login = { username: 'u', password: 'p' };
  const check = (host: string) =>
    checkPush({ policy, host, repository: 'a/b', insecure: true, login, signal: new AbortController().signal });
  const seen: string[] = [];
  const note = (name: string, request: IncomingMessage) =>
    seen.push(`${name} ${request.method} ${request.headers.authorization ?? 'nothing'}`);
  beforeEach(() => (seen.length = 0));

  it('takes the upload back from the registry itself, with the header that opened it', async () => {
    const tokens = await serve((_request, response) => void response.end('{"token":"t"}'));
    const registry = await serve((request, response) => {
      note('registry', request);
      if (request.headers.authorization !== 'Bearer t')
        response.writeHead(401, { 'www-authenticate': `Bearer realm="${tokens.url}/token",service="s"` }).end();
      else response.writeHead(202, { location: '/v2/a/b/blobs/uploads/1' }).end();
    });
    expect(await check(new URL(registry.url).host)).toBeUndefined();
    expect(seen).toEqual([expect.stringContaining('POST Basic'), 'registry POST Bearer t', 'registry DELETE Bearer t']);
    await Promise.all([tokens.close(), registry.close()]);
  });

  it('tells no other host the login', async () => {
    const other = await serve((request, response) => {
      note('other', request);
      response.end();
    });
    const registry = await serve((request, response) => {
      note('registry', request);
      response.writeHead(202, { location: `${other.url}/uploads/1` }).end();
    });
    expect(await check(new URL(registry.url).host)).toBeUndefined();
    expect(seen).toEqual([expect.stringContaining('registry POST Basic')]);
    await Promise.all([other.close(), registry.close()]);
  });
});
