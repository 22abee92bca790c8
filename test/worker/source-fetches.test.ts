// Sources are fetched when a build is accepted: links that expire, rebuilds of builds that wait, restarts, bounds, stops, a full disk.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createApp } from '../../worker/app';
import { Room } from '../../worker/builds/room';
import type { SourceFetches } from '../../worker/builds/source-fetches';
import type { Worker } from '../../worker/worker';
import { FakeEngine, serve, silent, tar, until, type LocalServer } from './support/fakes';
import { APP, gate, keyOf, never, queueHarness } from './support/queue';

describe('sources of builds that wait', () => {
  const { start, post, state, finals, logOf, crash, close } = queueHarness();
  let site: LocalServer;
  let archive: Buffer;
  let asked: string[] = [];
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  const whole = (_request: IncomingMessage, response: ServerResponse) =>
    void response.setHeader('content-length', archive.length).end(archive);
  const half = (_request: IncomingMessage, response: ServerResponse) =>
    void response.setHeader('content-length', archive.length).write(archive.subarray(0, 700));
  const asks = (number: number) => asked.filter((path) => path === `/${number}`).length;

  beforeAll(async () => {
    archive = await tar([{ name: 'Dockerfile', content: 'FROM base:1\n' }]);
    site = await serve((request, response) => {
      asked.push(request.url ?? '');
      answer(request, response);
    });
  });
  beforeEach(() => {
    asked = [];
    answer = whole;
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => site.close());

  /** A worker whose one place is taken by build 1 until `release`. */
  async function busy(environment: Record<string, string> = {}) {
    const engine = new FakeEngine();
    const held = gate();
    engine.onBuild = (_work, tag) => (tag.endsWith(':1.1') ? held.opened : Promise.resolve());
    const worker = await start(engine, { MAXIMUM_PARALLEL_BUILDS: '1', ...environment }, { fetchRetryMs: 20 });
    await post(worker, 1);
    await until(() => state(worker, 1) === 'building');
    return { worker, release: held.open };
  }
  const add = (worker: Worker, number: number, more: Record<string, unknown> = {}) =>
    post(worker, number, { sources: `${site.url}/${number}`, ...more });
  const fileOf = (worker: Worker, number: number) => `${worker.records.get(keyOf(number))?.work ?? ''}.sources`;
  const files = (worker: Worker) => readdirSync(worker.workFolder);
  const fetched = (worker: Worker, number: number) => until(() => files(worker).includes(fileOf(worker, number)));

  it('are there although the link has expired when the turn comes', async () => {
    const { worker, release } = await busy();
    await add(worker, 2);
    await fetched(worker, 2);
    answer = (_request, response) => void response.writeHead(403).end();
    release();
    await until(() => finals().length === 2);
    expect([state(worker, 2), asks(2)]).toEqual(['succeeded', 1]);
    expect(await logOf(worker, 2)).toContain(`The sources were fetched from ${site.url}/2 before.\n`);
  });

  it('can be read and built again while the build waits, also while they come', async () => {
    const { worker, release } = await busy();
    const app = await createApp(worker, silent);
    const held = gate();
    answer = (request, response) => void held.opened.then(() => whole(request, response));
    const { buildUuid } = await add(worker, 2);
    await until(() => asks(2) === 1);
    const read = app.inject({ url: `/${buildUuid}`, headers: { host: 'localhost' } });
    const again = await worker.queue.accept(
      {
        app: 'web',
        space: 'default',
        app_uuid: APP.slice('web-'.length),
        build_uuid: '00000000-0000-4000-8000-000000000003',
        build_number: 3,
        gm_registry_host: 'registry.example.com',
        gm_registry_repo: 'acme',
        sources: `http://worker.example/${buildUuid}`,
      },
      'worker.example',
    );
    held.open();
    expect((await read).rawPayload).toEqual(archive);
    await fetched(worker, 3);
    await worker.queue.stop(keyOf(2));
    release();
    await until(() => state(worker, 3) === 'succeeded');
    expect(again.number).toBe('3');
    await app.close();
  });

  it('are begun again when a restart cut them, and used when they are whole', async () => {
    const { worker } = await busy();
    await add(worker, 2);
    await fetched(worker, 2);
    answer = half;
    await add(worker, 3);
    await until(() => files(worker).includes(`${fileOf(worker, 3)}.part`));
    await crash(worker);
    await (worker.fetches as SourceFetches).close();
    writeFileSync(join(worker.workFolder, `${fileOf(worker, 3)}.part`), archive.subarray(0, 700));
    answer = whole;
    const second = await start(new FakeEngine());
    await until(() => finals().length === 3);
    expect([2, 3].map((number) => [state(second, number), asks(number)])).toEqual([
      ['succeeded', 1],
      ['succeeded', 2],
    ]);
    await until(() => files(second).length === 0);
  });

  it('are fetched when the turn comes where the bound is reached, and earlier where room is made', async () => {
    const { worker, release } = await busy({ MAX_FETCHED_BYTES: String(archive.length + 1000) });
    await add(worker, 2);
    await fetched(worker, 2);
    await add(worker, 3);
    await add(worker, 4);
    // The first answer says that there is no room, and is broken off.
    await until(() => asks(3) === 1 && asks(4) === 1);
    await until(() => files(worker).every((name) => !name.endsWith('.part')));
    expect([3, 4].filter((number) => files(worker).includes(fileOf(worker, number)))).toEqual([]);
    await worker.queue.stop(keyOf(2));
    await until(() => [3, 4].some((number) => files(worker).includes(fileOf(worker, number))));
    release();
    await until(() => finals().length === 4);
    expect([2, 3, 4].map((number) => state(worker, number))).toEqual(['stopped', 'succeeded', 'succeeded']);
  });

  it('are not fetched ahead with a bound of 0', async () => {
    const { worker, release } = await busy({ MAX_FETCHED_BYTES: '0' });
    await add(worker, 2);
    await worker.fetches.settled('00000000-0000-4000-8000-000000000002', 1000);
    expect(asks(2)).toBe(0);
    release();
    await until(() => finals().length === 2);
    expect([state(worker, 2), asks(2)]).toEqual(['succeeded', 1]);
  });

  it.each(['stop', 'delete'] as const)('go with a %s, also half of them', async (how) => {
    const { worker, release } = await busy();
    await add(worker, 2);
    await fetched(worker, 2);
    let cut = 0;
    answer = (request, response) => {
      response.on('close', () => (cut += 1));
      half(request, response);
    };
    await add(worker, 3);
    await until(() => files(worker).includes(`${fileOf(worker, 3)}.part`));
    const gone = [fileOf(worker, 2), fileOf(worker, 3), `${fileOf(worker, 3)}.part`];
    if (how === 'delete') await worker.queue.deleteApp(APP);
    else await Promise.all([2, 3].map((number) => worker.queue.stop(keyOf(number))));
    release();
    await until(() => finals().length === 3 && worker.uploads.waiting === 0);
    expect([2, 3].map((number) => state(worker, number))).toEqual(['stopped', 'stopped']);
    await until(() => cut === 1);
    expect(files(worker).filter((name) => gone.includes(name))).toEqual([]);
    // What was stopped can be built again, what was deleted cannot.
    const stored = await worker.uploads.get('00000000-0000-4000-8000-000000000002');
    expect(stored?.size).toBe(how === 'delete' ? undefined : archive.length);
    stored?.body.destroy();
  });

  it('wait while the disk is full, and come when it is not', async () => {
    const room = jest.spyOn(Room.prototype, 'hasRoom').mockReturnValue(false);
    const { worker, release } = await busy();
    await add(worker, 2);
    await until(() => room.mock.calls.length > 2);
    expect(asks(2)).toBe(0);
    room.mockReturnValue(true);
    await fetched(worker, 2);
    release();
    await until(() => finals().length === 2);
    expect(state(worker, 2)).toBe('succeeded');
  });

  it('make room for builds that run when the disk runs full, and lose nothing', async () => {
    const { worker, release } = await busy();
    answer = half;
    await add(worker, 2);
    await until(() => files(worker).includes(`${fileOf(worker, 2)}.part`));
    answer = whole;
    (worker.fetches as SourceFetches).giveWay();
    await fetched(worker, 2);
    release();
    await until(() => finals().length === 2);
    expect([state(worker, 2), asks(2)]).toEqual(['succeeded', 2]);
  });

  it.each<[string, (number: number) => string, RegExp]>([
    ['answer 404', (number) => `${site.url}/${number}`, /answer 404; the URL must give an archive/],
    ['may not be reached', () => 'http://169.254.169.254/latest', /169\.254\.169\.254 may not be reached; EGRESS_ALLOW/],
  ])('that %s fail their build without its turn, with a log and a notice', async (_name, url, problem) => {
    const { worker } = await busy();
    answer = (_request, response) => void response.writeHead(404).end();
    await add(worker, 2, { sources: url(2) });
    await until(() => finals().length === 1);
    expect(state(worker, 1)).toBe('building');
    expect(finals()[0]?.body).toMatchObject({ id: 2, state: 'failed', reason: expect.stringMatching(problem) });
    expect(await logOf(worker, 2)).toMatch(problem);
  });

  it('that are not to be had for now are tried again', async () => {
    const { worker, release } = await busy();
    answer = (_request, response) => void response.writeHead(503).end();
    await add(worker, 2);
    await until(() => asks(2) > 3);
    expect(state(worker, 2)).toBe('queued');
    answer = whole;
    await fetched(worker, 2);
    release();
    await until(() => finals().length === 2);
    expect(state(worker, 2)).toBe('succeeded');
  });

  it('are fetched four at a time from one host', async () => {
    const { worker, release } = await busy();
    let open = 0;
    let most = 0;
    const held = gate();
    answer = (request, response) => {
      most = Math.max(most, (open += 1));
      void held.opened.then(() => ((open -= 1), whole(request, response)));
    };
    for (let number = 2; number <= 9; number += 1) await add(worker, number);
    await until(() => asked.length === 4);
    held.open();
    await until(() => asked.length === 8);
    expect(most).toBe(4);
    release();
    await until(() => finals().length === 9);
  });

  it('are joined by a turn that comes while they are fetched, and left by its stop', async () => {
    const engine = new FakeEngine();
    const worker = await start(engine);
    const held = gate();
    // What build 3 asks for is never answered.
    answer = (request, response) => void (request.url === '/2' ? held.opened : never()).then(() => whole(request, response));
    await add(worker, 2);
    await add(worker, 3);
    await until(() => asks(2) === 1 && asks(3) === 1 && state(worker, 2) === 'preparing' && state(worker, 3) === 'preparing');
    held.open();
    await worker.queue.stop(keyOf(3));
    await until(() => finals().length === 2);
    expect([2, 3].map((number) => [state(worker, number), asks(number)])).toEqual([
      ['succeeded', 1],
      ['stopped', 1],
    ]);
    await close(worker);
  });
});
