// What the routes say of themselves, the list of builds, and following a log before there is one.
import { join } from 'node:path';
import fc from 'fast-check';
import fastify, { type FastifyInstance } from 'fastify';
import { createApp } from '../../worker/app';
import { positionOf } from '../../worker/builds/position';
import { readConfig } from '../../worker/config';
import { describeRoutes } from '../../worker/routes/openapi';
import { build, builds } from '../../worker/routes/schemas';
import type { BuildRecord } from '../../worker/state/record';
import { createWorker, type Worker } from '../../worker/worker';
import { FakeEngine, payload, silent, tempFolder, until } from './support/fakes';

interface Operation {
  readonly summary?: string;
  readonly security?: readonly object[];
  readonly requestBody?: unknown;
  readonly responses: Record<string, { readonly description: string; readonly content?: Record<string, { readonly schema: object }> }>;
}

/** Builds of one app after the other begin, one at a time, and are held until `release`. */
class Held {
  readonly folder = tempFolder();
  readonly engine = new FakeEngine();
  worker!: Worker;
  app!: FastifyInstance;
  url = '';
  #release: (() => void)[] = [];

  async start(): Promise<void> {
    this.engine.running = 0;
    this.engine.onBuild = () => new Promise<void>((resolve) => this.#release.push(resolve));
    this.worker = await createWorker(
      readConfig({ DATA_DIR: join(this.folder.path, 'data'), MIN_FREE_BYTES: '0', MAXIMUM_PARALLEL_BUILDS: '1', SHUTDOWN_GRACE_MS: '0' }),
      silent,
      { engine: this.engine },
    );
    this.app = await createApp(this.worker, silent);
    this.url = await this.app.listen({ port: 0, host: '127.0.0.1' });
  }

  async post(number: number, more: Readonly<Record<string, unknown>> = {}): Promise<string> {
    return (await this.worker.queue.accept(await payload(number, more))).key;
  }

  async release(): Promise<void> {
    await until(() => this.#release.length > 0);
    this.#release.shift()?.();
  }

  async close(): Promise<void> {
    for (const release of this.#release.splice(0)) release();
    await this.worker.close();
    await this.app.close();
    this.folder.remove();
  }
}

describe('the routes', () => {
  const held = new Held();
  beforeEach(() => held.start());
  afterEach(() => held.close());

  it('are described, each with what it answers', async () => {
    const { paths, components } = (await held.app.inject('/openapi.json')).json<{
      paths: Record<string, Record<string, Operation>>;
      components: { schemas: Record<string, object> };
    }>();
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const),
    );
    expect(operations.map(([name]) => name).sort()).toEqual(
      [
        'POST /',
        'GET /{build}',
        'HEAD /{build}',
        'DELETE /{app}',
        'GET /{app}/{number}',
        'DELETE /{app}/{number}',
        'GET /{app}/{number}/logs',
        'GET /builds/list',
        'POST /builds/session',
        'GET /octhc',
        'GET /healthz',
        'GET /readyz',
        'GET /metrics',
        'GET /openapi.json',
      ].sort(),
    );
    for (const [name, { summary, responses, security }] of operations) {
      expect([name, summary]).toEqual([name, expect.stringMatching(/^[A-Z].*\.$/)]);
      for (const { description, content } of Object.values(responses)) {
        expect(description).toMatch(/\w/);
        expect(Object.values(content ?? {}).every(({ schema }) => Object.keys(schema).length > 0)).toBe(true);
      }
      // Those that need no token say so, all others tell what is answered without it.
      expect([name, security === undefined]).toEqual([name, responses['401'] !== undefined]);
    }
    const used = [...JSON.stringify(paths).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name = '']) => name);
    expect(used.length).toBeGreaterThan(20);
    for (const name of used) expect(components.schemas).toHaveProperty(name);
    const posted = paths['/']?.['post']?.requestBody as { content: Record<string, { schema: { required: string[]; properties: object } }> };
    expect(posted.content['application/json']?.schema.required).toEqual(expect.arrayContaining(['sources', 'app', 'build_number']));
    expect(posted.content['application/json']?.schema.properties).toHaveProperty('build_secrets');
  });

  it('cannot be added without a description', async () => {
    const app = fastify();
    await describeRoutes(app);
    expect(() => app.get('/more', async () => 'ok')).toThrow(
      'GET /more is not described: give it a schema with summary and response, or hide: true',
    );
    await app.close();
  });

  it('answer builds as they are described, with place, branch and commit', async () => {
    await held.post(1, { branch: 'main', sha: 'abcdef', build_args: { A: 'b' } });
    const queued = await held.post(2);
    await until(() => held.engine.running === 1);
    const [first, second] = await Promise.all(
      [1, 2].map(async (number) => (await held.app.inject(`/${queued.replace(/\d+$/, String(number))}`)).json<object>()),
    );
    expect(build.strict().parse(first)).toMatchObject({ branch: 'main', commit: 'abcdef', queue_position: null, status: 'building' });
    expect(build.strict().parse(second)).toMatchObject({ branch: null, commit: null, queue_position: 1, status: 'queued' });
    expect(builds.parse((await held.app.inject('/builds/list')).json()).builds).toEqual([second, first]);
  });

  it('list builds by app and state, a page at a time', async () => {
    for (let number = 1; number <= 60; number += 1) await held.post(number, { app: number % 2 === 0 ? 'api' : 'web' });
    const list = async (query: string) =>
      (await held.app.inject(`/builds/list${query}`)).json<{ builds: { id: string; app: string }[]; next: string | null }>();
    const newest = await list('');
    const rest = await list(`?before=${newest.next}`);
    expect([...newest.builds, ...rest.builds].map(({ id }) => Number(id))).toEqual(Array.from({ length: 60 }, (_, index) => 60 - index));
    expect([newest.builds.length, rest.next]).toEqual([50, null]);
    expect((await list('?app=AP')).builds.map(({ app }) => app)).toEqual(Array.from({ length: 30 }, () => 'api'));
    await until(() => held.engine.running === 1);
    expect((await list('?state=preparing,building')).builds).toHaveLength(1);
    expect((await list('?state=succeeded')).builds).toEqual([]);
    for (const query of ['?state=done', '?before=x'])
      expect((await held.app.inject(`/builds/list${query}`)).json()).toEqual({ status: expect.stringMatching(/^Bad Request - .*must be/) });
  });

  it('begin to answer who follows the log of a build that waits, and say where in the queue it is', async () => {
    await held.post(1);
    await held.post(2);
    const key = await held.post(3);
    await until(() => held.engine.running === 1);
    const text = await fetch(`${held.url}/${key}/logs?follow=true`, { signal: AbortSignal.timeout(5000) });
    expect([text.status, text.headers.get('x-queue-position')]).toEqual([200, '2']);
    await text.body?.cancel();
    const events = await fetch(`${held.url}/${key}/logs?follow=true`, { headers: { accept: 'text/event-stream' } });
    expect(events.headers.get('x-queue-position')).toBe('2');
    const reader = events.body?.pipeThrough(new TextDecoderStream()).getReader();
    let seen = '';
    const read = async (text: string) => {
      while (!seen.includes(text)) {
        const part = await reader?.read();
        if (part === undefined || part.done) throw new Error(`ended without ${text}: ${seen}`);
        seen += part.value;
      }
    };
    await read('event: queue\ndata: {"position":2}\n\n');
    await held.release();
    await read('event: queue\ndata: {"position":1}\n\n');
    await held.release();
    await read('event: queue\ndata: {"position":null}\n\n');
    await held.release();
    await read('event: end\ndata: {"status":"succeeded"');
    expect(seen.match(/event: queue/g)).toHaveLength(3);
  }, 30_000);
});

describe('the place in the queue', () => {
  it('is the one in which builds begin when apps take turns', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 20 }),
        fc.array(fc.nat(3), { maxLength: 4 }),
        (apps, started) => {
          const turns = new Map(started.map((app, index) => ['abcd'[app] ?? '', index + 1]));
          const turnOf = (app: string) => turns.get(app) ?? 0;
          const waiting = apps.map((appId, index) => ({ key: `${appId}/${index}`, appId, sequence: index }) as BuildRecord);
          const places = waiting.map(({ key }) => positionOf(key, waiting, turnOf));
          // As the queue does it: the oldest build of the app that has waited longest for its turn.
          const left = new Set(waiting);
          const order: BuildRecord[] = [];
          for (let turn = 100; left.size > 0; turn += 1) {
            const [next] = [...left].sort((a, b) => turnOf(a.appId) - turnOf(b.appId) || a.sequence - b.sequence);
            if (next === undefined) break;
            left.delete(next);
            order.push(next);
            turns.set(next.appId, turn);
          }
          turns.clear();
          started.forEach((app, index) => turns.set('abcd'[app] ?? '', index + 1));
          expect(places).toEqual(waiting.map((record) => order.indexOf(record) + 1));
        },
      ),
    );
    expect(positionOf('none/1', [], () => 0)).toBeUndefined();
  });
});
