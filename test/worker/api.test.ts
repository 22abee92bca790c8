// The HTTP API: buildshuttle's answers to the byte, access, and what goes wrong.
import { join } from 'node:path';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { createApp } from '../../worker/app';
import { readConfig } from '../../worker/config';
import { EngineUnavailable } from '../../worker/errors';
import { createWorker, type Worker } from '../../worker/worker';
import { APP_UUID, FakeEngine, payload, silent, tempFolder, until } from './support/fakes';

const TOKEN = 'a-token-of-some-length';
const UUID = '00000000-0000-4000-8000-000000000001';

describe('API', () => {
  const folder = tempFolder();
  let engine: FakeEngine;
  let worker: Worker;
  let app: FastifyInstance;
  let index = 0;

  async function start(environment: Record<string, string> = {}): Promise<void> {
    index += 1;
    engine = new FakeEngine();
    worker = await createWorker(
      readConfig({ DATA_DIR: join(folder.path, String(index)), MIN_FREE_BYTES: '0', SHUTDOWN_GRACE_MS: '0', ...environment }),
      silent,
      { engine },
    );
    app = await createApp(worker, silent);
  }
  afterEach(async () => {
    await worker.close();
    await app.close();
  });
  afterAll(() => folder.remove());
  const ask = (method: 'GET' | 'HEAD' | 'POST' | 'DELETE', url: string, more: Partial<InjectOptions> = {}) =>
    app.inject({ method, url, headers: { host: 'localhost' }, ...more });
  const post = (body: object) => ask('POST', '/', { payload: body });

  it("answers buildshuttle's routes in its words", async () => {
    await start();
    expect((await ask('GET', '/octhc')).body).toBe('overall_status=good');
    const accepted = await post(await payload(1));
    expect([accepted.statusCode, accepted.headers['content-type'], accepted.body]).toEqual([
      200,
      'application/json; charset=utf-8',
      '{"status":"ok"}',
    ]);
    await until(async () => (await ask('GET', `/web-${APP_UUID}/1`)).json<{ status: string }>().status === 'succeeded');
    expect((await ask('GET', `/web-${APP_UUID}/1/logs`)).body).toMatch(
      /^Generating build for web-default build uuid 0{8}.*\n[^]*Build succeeded: sha256:a{64}\n$/,
    );
    expect((await ask('GET', `/${UUID}`)).rawPayload.subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]));
    expect((await ask('HEAD', `/${UUID}`)).statusCode).toBe(200);
    expect((await ask('HEAD', '/00000000-0000-4000-8000-00000000ffff')).statusCode).toBe(404);
    expect((await ask('DELETE', `/web-${APP_UUID}/1`)).body).toBe('{"status":"ok","state":"succeeded"}');
    const listed = async () => (await ask('GET', '/builds/list')).json<{ builds: { build_number: number }[] }>().builds.length;
    expect(await listed()).toBe(1);
    expect((await ask('DELETE', `/web-${APP_UUID}`)).body).toBe('{"status":"ok"}');
    expect(await listed()).toBe(0);
    expect((await ask('GET', `/web-${APP_UUID}/1`)).statusCode).toBe(404);
    expect((await ask('DELETE', `/web-${APP_UUID}`)).body).toBe('{"status":"ok"}');
  });

  it.each([
    ['nothing', {}, 400, 'Bad Request - missing fields.'],
    ['a wrong UUID', { build_uuid: 'x' }, 400, 'Bad Request - build uuid is invalid.'],
    ['a UUID inside something', { build_uuid: `../${UUID}` }, 400, 'Bad Request - build uuid is invalid.'],
    [
      'an unknown scheme',
      { sources: 'ftp://x/y' },
      400,
      'Bad Request - sources: must be a URL that starts with http: or https: or docker: or data:',
    ],
    ['a file', { sources: 'file:///etc/passwd' }, 400, 'Bad Request - sources: must be a URL that starts with'],
    ['an app name with a path', { app: '../x' }, 400, 'Bad Request - app: must be lower case letters'],
    ['a number that is none', { build_number: '1/../2' }, 400, 'Bad Request - build_number: '],
    ['a registry with a path', { gm_registry_host: 'a/b@c' }, 400, 'Bad Request - gm_registry_host: must be a registry host'],
    ['a callback that is not a URL', { callback: 'javascript:1' }, 400, 'Bad Request - callback: must be a URL'],
    ['a data URI that is none', { sources: 'data:;base64,***' }, 400, 'Bad Request - sources: the data URI is not base64'],
  ])('refuses %s', async (name, more, status, message) => {
    await start();
    const answer = await post(name === 'nothing' ? {} : await payload(1, more));
    expect(answer.statusCode).toBe(status);
    expect(answer.json<{ status: string }>().status).toContain(message);
    expect(worker.records.all()).toEqual([]);
  });

  it('takes large data URIs up to MAX_BODY_BYTES, and JSON only', async () => {
    await start({ MAX_BODY_BYTES: '3000000' });
    engine.onPing = async () => {
      throw new EngineUnavailable('not today');
    };
    expect((await post(await payload(1, { sources: `data:;base64,${'A'.repeat(2_000_000)}` }))).statusCode).toBe(200);
    expect((await post(await payload(2, { sources: `data:;base64,${'A'.repeat(4_000_000)}` }))).json()).toEqual({
      status: 'Payload Too Large - raise MAX_BODY_BYTES, or give the sources as a URL.',
    });
    expect((await ask('POST', '/', { payload: '{}', headers: { host: 'localhost', 'content-type': 'text/plain' } })).statusCode).toBe(415);
    expect((await ask('POST', '/', { payload: '{', headers: { host: 'localhost', 'content-type': 'application/json' } })).statusCode).toBe(
      400,
    );
  });

  it.each(['/..%2f..%2fetc%2fpasswd', `/web-${APP_UUID}-1.logs`, '/secret.key', `/x${UUID}`, `/${UUID}x`])(
    'reads no other object through GET %s',
    async (path) => {
      await start();
      expect((await ask('GET', path)).json()).toEqual({ status: 'Bad Request - build uuid is invalid.' });
    },
  );

  it('wants the token everywhere but for health, and compares it whole', async () => {
    await start({ AUTH_TOKEN: TOKEN });
    for (const [method, url] of [
      ['POST', '/'],
      ['GET', `/${UUID}`],
      ['DELETE', '/a/1'],
      ['DELETE', '/a'],
      ['GET', '/a/1'],
      ['GET', '/a/1/logs'],
      ['GET', '/metrics'],
      ['GET', '/builds/list'],
      ['POST', '/builds/session'],
    ] as const) {
      expect([url, (await ask(method, url, { headers: {} })).statusCode]).toEqual([url, 401]);
      expect((await ask(method, url, { headers: { authorization: `Bearer ${TOKEN}x` } })).statusCode).toBe(401);
      expect((await ask(method, url, { headers: { authorization: `Bearer ${TOKEN}` } })).statusCode).not.toBe(401);
    }
    for (const url of ['/octhc', '/healthz', '/readyz', '/docs', '/openapi.json', '/builds'])
      expect((await ask('GET', url, { headers: {} })).statusCode).toBe(200);
    expect((await ask('GET', '/builds', { headers: {} })).body).toContain('id="login"');
    const session = await ask('POST', '/builds/session', { headers: { authorization: `Bearer ${TOKEN}` } });
    expect(session.headers['set-cookie']).toMatch(/^worker_token=a-token-of-some-length; Path=\/; HttpOnly; SameSite=Strict$/);
    for (const [proto, secure] of [
      ['https', true],
      ['https, http', true],
      ['http', false],
      ['http, https', false],
    ] as const) {
      const proxied = await ask('POST', '/builds/session', { headers: { authorization: `Bearer ${TOKEN}`, 'x-forwarded-proto': proto } });
      expect([proto, String(proxied.headers['set-cookie']).endsWith('; Secure')]).toEqual([proto, secure]);
    }
    expect((await ask('GET', '/builds/list', { headers: { cookie: `worker_token=${TOKEN}` } })).statusCode).toBe(200);
  });

  it('without a token answers loopback names only, whatever a web page makes its own name mean', async () => {
    await start();
    for (const host of ['localhost', '127.0.0.1:9000', '[::1]:9000'])
      expect((await ask('GET', '/builds/list', { headers: { host } })).statusCode).toBe(200);
    expect((await ask('GET', '/builds/list', { headers: { host: 'attacker.example' } })).json()).toEqual({
      status: 'Forbidden - without AUTH_TOKEN only requests to a loopback name are answered, not to attacker.example; set AUTH_TOKEN.',
    });
  });

  it('answers whoever reaches it without a token when that is said', async () => {
    await start({ ALLOW_ANONYMOUS: 'true' });
    expect((await ask('GET', '/builds/list', { headers: { host: 'buildshuttle.akkeris-system.svc.cluster.local' } })).statusCode).toBe(200);
  });

  it('tells health, readiness and figures', async () => {
    await start();
    expect((await ask('GET', '/healthz')).body).toBe('{"status":"ok"}');
    expect((await ask('GET', '/readyz')).statusCode).toBe(200);
    engine.onPing = async () => {
      throw new EngineUnavailable('unix:///secret/path');
    };
    const gone = await ask('GET', '/readyz');
    expect([gone.statusCode, gone.body]).toEqual([503, '{"status":"Service Unavailable - the build engine cannot be reached."}']);
    await post(await payload(1));
    const figures = (await ask('GET', '/metrics')).body;
    expect(figures).toContain('build_worker_builds{state="queued"} 1');
    expect(figures).toContain('build_worker_builds_total{state="succeeded"} 0');
  });

  it('follows a log live, as text and as events, from where it was left', async () => {
    await start();
    let release: () => void = () => undefined;
    engine.onBuild = async ({ output }) => {
      await output('one\r\ntwo\n');
      await new Promise<void>((resolve) => (release = resolve));
      await output('three\n');
    };
    await app.listen({ port: 0, host: '127.0.0.1' });
    const address = app.server.address();
    const base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/web-${APP_UUID}/1/logs`;
    await post(await payload(1));
    const text = fetch(`${base}?follow=true`).then((answer) => answer.text());
    const events = await fetch(`${base}?follow=true`, { headers: { accept: 'text/event-stream' } });
    const reader = events.body?.pipeThrough(new TextDecoderStream()).getReader();
    let seen = '';
    while (!seen.includes('data: two')) seen += (await reader?.read())?.value ?? '';
    expect(seen).not.toContain('three');
    expect((await ask('GET', `/web-${APP_UUID}/1/logs`)).body).toMatch(/one\ntwo\n$/);
    const lastId = /id: (\d+)\ndata: two/.exec(seen)?.[1] ?? '';
    release();
    for (;;) {
      const part = await reader?.read();
      if (part === undefined || part.done) break;
      seen += part.value;
    }
    expect(seen).toMatch(/data: three\n\n[^]*event: end\ndata: \{"status":"succeeded","digest":"sha256:a+","reason":null\}\n\n$/);
    const stored = (await ask('GET', `/web-${APP_UUID}/1/logs`)).body;
    expect(await text).toBe(stored);
    const again = await (await fetch(`${base}?follow=true`, { headers: { accept: 'text/event-stream', 'last-event-id': lastId } })).text();
    expect(again).toMatch(/^: the log begins\n\nid: \d+\ndata: three\n/);
  });
});
