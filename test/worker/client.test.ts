// Requests as Akkeris' controller-api sends them, over a real connection; and clients that are slow, wrong or late.
import { request } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { readdirSync } from 'node:fs';
import fastify, { type FastifyInstance } from 'fastify';
import { createApp } from '../../worker/app';
import { refusals, refuseConnection } from '../../worker/routes/refusals';
import { largeBodies, type BodyOptions } from '../../worker/routes/large-bodies';
import type { Worker } from '../../worker/worker';
import { DIGEST, FakeEngine, payload, serve, silent, tempFolder, until } from './support/fakes';
import { APP, gate, never, queueHarness } from './support/queue';

const TOKEN = 'a-token-of-some-length';
const UUID = '00000000-0000-4000-8000-000000000001';

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Node's client with the login in the URL: every body is chunked, without a length. */
function send(method: string, url: string, headers: Record<string, string> = {}, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(new URL(url), { method, headers }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => (text += String(chunk)));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: text }));
    });
    outgoing.on('error', reject);
    if (body !== undefined) outgoing.write(body);
    outgoing.end();
  });
}

describe.each([
  ['without a token', '', {}],
  ['with the token in the URL', `:${TOKEN}@`, { AUTH_TOKEN: TOKEN }],
  ['with a name and the token', `akkeris:${TOKEN}@`, { AUTH_TOKEN: TOKEN }],
])("controller-api's requests %s", (_name, login, environment) => {
  const { start, state, close } = queueHarness();
  let worker: Worker;
  let app: FastifyInstance;
  let engine: FakeEngine;
  let url = '';
  // Loopback is closed to everything but what the worker has itself.
  const open = async () => {
    engine = new FakeEngine();
    worker = await start(engine, { ...environment, EGRESS_ALLOW: '' });
    app = await createApp(worker, silent);
    await app.listen({ port: 0, host: '127.0.0.1' });
    url = `http://${login}127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  };
  afterEach(() => app.close());
  const post = async (number: number, more: object = {}, to = url) => {
    const body = {
      ...(await payload(number)),
      sha: '',
      branch: 'main',
      repo: '',
      docker_registry: '',
      docker_login: '',
      docker_password: '',
      ...more,
    };
    return send('POST', to, { 'content-type': 'application/json' }, JSON.stringify(body));
  };
  const ended = (number: number) => until(() => ['succeeded', 'failed', 'stopped'].includes(state(worker, number) ?? ''));

  it('build, read the log, look for sources, rebuild from the own URL, stop and delete', async () => {
    await open();
    expect(await post(2, { build_uuid: UUID })).toEqual({ status: 200, body: '{"status":"ok"}' });
    await ended(2);
    const log = await send('GET', `${url}/${APP}/2/logs`, { 'content-type': 'application/json' });
    expect([log.status, log.body]).toEqual([200, expect.stringContaining('Build succeeded')]);
    expect((await send('HEAD', `${url}/${UUID}`)).status).toBe(200);
    await until(() => worker.uploads.waiting === 0);
    for (const [number, sources] of [
      [3, `${url}/${UUID}`],
      [4, `${url}//${UUID.toUpperCase()}`],
    ] as const) {
      expect((await post(number, { sources })).status).toBe(200);
      await ended(number);
    }
    expect([2, 3, 4].map((number) => state(worker, number))).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect((await send('DELETE', `${url}/${APP}/4`)).body).toBe('{"status":"ok","state":"succeeded"}');
    expect(await send('DELETE', `${url}/${APP}`)).toEqual({ status: 200, body: '{"status":"ok"}' });
    expect((await send('HEAD', `${url}/${UUID}`)).status).toBe(404);
  });

  it('answer 200 to stops and deletes of what is not there', async () => {
    await open();
    for (const path of [`/${APP}/77`, `/${APP}`, '/x', '/x/y'])
      expect([path, await send('DELETE', url + path)]).toEqual([path, { status: 200, body: '{"status":"ok"}' }]);
  });

  it('rebuild from what runs, and fail with the reason when the sources are gone', async () => {
    await open();
    const held = gate();
    engine.onBuild = (_work, tag) => (tag.endsWith(':1.1') ? held.opened : Promise.resolve());
    await post(1);
    await until(() => state(worker, 1) === 'building');
    await post(2, { sources: `${url}/${UUID}` });
    await post(3, { sources: `${url}/22222222-0000-4000-8000-000000000001` });
    await Promise.all([ended(2), ended(3)]);
    expect(worker.records.withUuid('00000000-0000-4000-8000-000000000003')[0]).toMatchObject({
      state: 'failed',
      reason: 'the worker does not have the sources of build 22222222-0000-4000-8000-000000000001, or no longer; build from their URL',
    });
    expect(state(worker, 2)).toBe('succeeded');
    held.open();
    await ended(1);
  });

  it('open loopback to no other sources', async () => {
    await open();
    let asked = 0;
    const other = await serve((_request, response) => void response.end(String((asked += 1))));
    await post(1, { sources: `${other.url}/${UUID}` });
    await ended(1);
    expect([asked, state(worker, 1)]).toEqual([0, 'failed']);
    await other.close();
  });

  it('stop what runs, and learn when the registry had the image before', async () => {
    await open();
    engine.onBuild = (_work, tag) => (tag.endsWith(':1.1') ? never() : Promise.resolve());
    engine.onPush = async (_work, reference) => {
      if (!reference.endsWith(':1.2')) return;
      engine.digests.set(reference, DIGEST);
      await never();
    };
    await post(1);
    await until(() => state(worker, 1) === 'building');
    expect((await send('DELETE', `${url}/${APP}/1`)).body).toBe('{"status":"ok"}');
    expect(state(worker, 1)).toBe('stopped');
    await post(2);
    await until(() => engine.digests.size > 0);
    expect((await send('DELETE', `${url}/${APP}/2`)).body).toBe('{"status":"ok","state":"succeeded"}');
  });

  it('post while the worker stops: the build waits for the next start', async () => {
    await open();
    const draining = worker.drain();
    expect((await post(1)).status).toBe(200);
    await draining;
    await app.close();
    await close(worker);
    worker = await start(engine, environment);
    await ended(1);
    expect(state(worker, 1)).toBe('succeeded');
  });

  it('with another token are refused', async () => {
    await open();
    if (login === '') return;
    const wrong = url.replace(TOKEN, `${TOKEN}x`);
    expect((await post(1, {}, wrong)).status).toBe(401);
    expect((await send('HEAD', `${wrong}/${UUID}`)).status).toBe(401);
    expect((await send('HEAD', `${url.replace(`:${TOKEN}`, TOKEN)}/${UUID}`)).status).toBe(401);
  });
});

describe('bodies', () => {
  const folder = tempFolder();
  let app: FastifyInstance | undefined;
  afterEach(() => app?.close());
  afterAll(() => folder.remove());
  const open = async (patienceMs = 15_000, more: Partial<BodyOptions> = {}) => {
    app = fastify({ clientErrorHandler: refuseConnection });
    refusals(app);
    const hook = largeBodies({ folder: folder.path, maxBytes: 8_000_000, admit: async () => undefined, patienceMs, ...more });
    app.addContentTypeParser('text/plain', { parseAs: 'buffer', bodyLimit: 8_000_000 }, (_request, body, done) => done(null, body));
    app.post('/', { preParsing: hook }, async ({ body }) => ({
      bytes: (body as Buffer).length,
      sum: (body as Buffer).reduce((a, b) => a + b, 0),
    }));
    await app.listen({ port: 0, host: '127.0.0.1' });
    return (app.server.address() as AddressInfo).port;
  };
  const text = { 'content-type': 'text/plain' };
  /** Begins a chunked body and goes on as it is told. */
  const drip = (port: number, first: number) => {
    const outgoing = request({ port, host: '127.0.0.1', method: 'POST', headers: text });
    const answered = new Promise<number>((resolve) => outgoing.once('response', (answer) => resolve(answer.resume().statusCode ?? 0)));
    outgoing.on('error', () => undefined);
    outgoing.write('a'.repeat(first));
    return { outgoing, answered };
  };

  it('of slow clients are in nobody else’s way', async () => {
    const port = await open();
    const slow = [1, 2, 3, 4, 5].map(() => drip(port, 1_500_000));
    const quick = await Promise.all([
      send('POST', `http://127.0.0.1:${port}`, text, 'b'.repeat(3_000_000)),
      send('POST', `http://127.0.0.1:${port}`, text, 'b'),
    ]);
    expect(quick.map(({ body }) => JSON.parse(body) as object)).toEqual([
      { bytes: 3_000_000, sum: 98 * 3_000_000 },
      { bytes: 1, sum: 98 },
    ]);
    for (const { outgoing } of slow) outgoing.end('c');
    expect(await Promise.all(slow.map(({ answered }) => answered))).toEqual([200, 200, 200, 200, 200]);
    // Under way a body has no name that anybody could read.
    expect(readdirSync(folder.path)).toEqual([]);
  });

  it('that are many wait on the disk before they fill the memory', async () => {
    const admit = jest.fn(async () => undefined);
    const port = await open(15_000, { admit, mostHeldBytes: 1_000_000 });
    const slow = [1, 2, 3, 4, 5, 6].map(() => drip(port, 400_000));
    await until(() => admit.mock.calls.length >= 4);
    for (const { outgoing } of slow) outgoing.end('c');
    expect(await Promise.all(slow.map(({ answered }) => answered))).toEqual([200, 200, 200, 200, 200, 200]);
    const waited = admit.mock.calls.length;
    // What was held is given back.
    const again = await send('POST', `http://127.0.0.1:${port}`, text, 'b'.repeat(900_000));
    expect([JSON.parse(again.body), admit.mock.calls.length]).toEqual([{ bytes: 900_000, sum: 98 * 900_000 }, waited]);
  });

  it('that come too slowly are refused, small and large', async () => {
    const port = await open(200);
    const stuck = [drip(port, 10), drip(port, 1_500_000)];
    expect(await Promise.all(stuck.map(({ answered }) => answered))).toEqual([408, 408]);
    const dripping = drip(port, 1);
    const timer = setInterval(() => dripping.outgoing.write('x'), 50);
    expect(await dripping.answered).toBe(408);
    clearInterval(timer);
  });

  it('that are too large are refused, with a length and without', async () => {
    const port = await open();
    expect((await send('POST', `http://127.0.0.1:${port}`, { ...text, 'content-length': '9000000' }, '')).status).toBe(413);
    expect(await drip(port, 9_000_000).answered).toBe(413);
  });
});

describe('what is not a request', () => {
  const { start } = queueHarness();
  let app: FastifyInstance;
  afterEach(() => app.close());

  it.each([
    [
      'a path that cannot be decoded',
      'GET /%ff HTTP/1.1\r\nhost: localhost\r\n\r\n',
      400,
      "Bad Request - '/%ff' is not a valid url component",
    ],
    [
      'headers that are too long',
      `GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`,
      431,
      'Request Header Fields Too Large - ',
    ],
    ['no HTTP', 'hello\r\n\r\n', 400, 'Bad Request - this is not an HTTP request'],
    ['no Host', 'GET /builds/list HTTP/1.1\r\n\r\n', 403, 'Forbidden - '],
    ['a Host that is not an address', 'GET /builds/list HTTP/1.1\r\nhost: 127.999.1.1\r\n\r\n', 403, 'Forbidden - '],
    ['an expectation', 'GET / HTTP/1.1\r\nhost: localhost\r\nexpect: x\r\n\r\n', 417, 'Expectation Failed - '],
    ['a method that nobody has', 'PROPFIND / HTTP/1.1\r\nhost: localhost\r\n\r\n', 404, 'Not Found'],
  ])('has the shape of all errors: %s', async (_name, bytes, status, message) => {
    app = await createApp(await start(new FakeEngine()), silent);
    await app.listen({ port: 0, host: '127.0.0.1' });
    const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
    let answer = '';
    socket.on('data', (chunk) => (answer += String(chunk)));
    socket.write(bytes);
    await until(() => answer.includes('}'));
    socket.destroy();
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    const body = JSON.parse(answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1)) as { status: string };
    expect([Object.keys(body), body.status]).toEqual([['status'], expect.stringContaining(message)]);
  });
});
