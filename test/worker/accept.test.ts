// What is taken in: builds that cannot be built end with a log and a callback, numbers that are taken give way, names have one spelling.
import type { FastifyInstance } from 'fastify';
import { createApp } from '../../worker/app';
import { parsePayload } from '../../worker/state/payload';
import type { Worker } from '../../worker/worker';
import { APP_UUID, dataUri, FakeEngine, payload, silent, until, workedMs } from './support/fakes';
import { APP, never, queueHarness, REPOSITORY } from './support/queue';

const uuid = (number: number) => `11111111-0000-4000-8000-${String(number).padStart(12, '0')}`;

describe('a build that cannot be built', () => {
  const { start, post, finals, logOf, state, crash } = queueHarness();

  it.each<[string, Record<string, unknown>, string]>([
    ['sources of another scheme', { sources: 'ftp://x/y' }, 'sources: must be a URL that starts with http: or https: or docker: or data:'],
    ['a file', { sources: 'file:///etc/passwd' }, 'sources: must be a URL'],
    ['no sources', { sources: undefined }, 'sources: is missing'],
    ['empty sources', { sources: '' }, 'sources: is missing'],
    ['sources that are not text', { sources: { url: 'x' } }, 'sources: '],
    ['a data URI that is none', { sources: 'data:;base64,***' }, 'sources: the data URI is not base64'],
    ['a data URI without a comma', { sources: 'data:application/gzip' }, 'sources: the data URI has no comma'],
    ['no registry', { gm_registry_host: null }, 'gm_registry_host: is missing'],
    ['a registry that is none', { gm_registry_host: 'a/b@c' }, 'gm_registry_host: must be a registry host'],
    ['a path that is none', { gm_registry_repo: '../x' }, 'gm_registry_repo: must be a repository path'],
    ['build args that are a list', { build_args: [1] }, 'build_args: '],
    ['a build arg that is an object', { build_args: { A: {} } }, 'build_args.A: '],
    ['a revision that is an object', { sha: {} }, 'sha: '],
  ])('is taken, fails with a log and is called back: %s', async (_name, more, reason) => {
    const engine = new FakeEngine();
    const worker = await start(engine);
    await post(worker, 1, more);
    await until(() => finals().length === 1);
    expect(finals()[0]?.body).toMatchObject({ id: 1, status: 'failed', reason: expect.stringContaining(reason) });
    expect(await logOf(worker, 1)).toMatch(/^Build failed: .+\n$/);
    expect([engine.requests, engine.removed]).toEqual([[], []]);
  });

  it('waits for no engine, and ends after a crash', async () => {
    const engine = new FakeEngine();
    engine.onPing = never;
    const first = await start(engine);
    Object.assign(first.queue, { pump: () => undefined });
    await post(first, 1, { sources: 'ftp://x' });
    expect(state(first, 1)).toBe('queued');
    await crash(first);
    const second = await start(engine);
    await until(() => finals().length === 1);
    expect(state(second, 1)).toBe('failed');
    await second.queue.deleteApp(APP);
    await second.tidy();
    expect([engine.removed, engine.released]).toEqual([[], []]);
  });

  it('is larger than MAX_SOURCE_BYTES', async () => {
    const worker = await start(new FakeEngine(), { MAX_SOURCE_BYTES: '100' });
    await post(worker, 1, { sources: `data:;base64,${Buffer.alloc(101).toString('base64')}` });
    await until(() => finals().length === 1);
    expect(finals()[0]?.body['reason']).toBe('sources: are larger than 100 bytes; send less or raise MAX_SOURCE_BYTES');
  });

  it('is refused where only the answer can say so', async () => {
    for (const more of [{ sources: 'ftp://x' }, { gm_registry_host: 'a b' }, { build_args: [] }])
      expect(() => parsePayload({ ...base(), ...more })).toThrow(/^Bad Request - (sources|gm_registry_host|build_args): /);
    expect(() => parsePayload({ ...base(), sources: '' })).toThrow('Bad Request - missing fields.');
  });

  it.each([
    ['app', '../x'],
    ['space', 'a\nb'],
    ['space', 'a\0'],
    ['space', 'a\ud800'],
    ['space', 'a\u2028'],
    ['app_uuid', 'x'],
    ['build_uuid', 'x'],
    ['build_number', '1/2'],
    ['callback', 'ftp://x'],
    ['callback_auth', 'a\r\nx: y'],
    ['callback_auth', 'ключ'],
    ['callback_auth', 7],
  ])('is refused when it has no name that can be called back: %s %j', (field, value) => {
    expect(() => parsePayload({ ...base(), callback: 'http://example.com', [field]: value })).toThrow(
      field === 'build_uuid' ? 'build uuid is invalid' : `Bad Request - ${field}: `,
    );
  });
});

function base(): Record<string, unknown> {
  return {
    app: 'web',
    space: 'default',
    app_uuid: APP_UUID,
    build_uuid: uuid(1),
    build_number: 1,
    gm_registry_host: 'registry.example.com',
    gm_registry_repo: 'acme',
    sources: 'http://example.com/x.tgz',
  };
}

describe('what clients send', () => {
  it.each([
    ['numbers where buildshuttle prints', { sha: 123, branch: 4, repo: 0 }, { sha: '123', branch: '4', repo: '0' }],
    ['schemes in capitals', { sources: 'DOCKER://Host/org/repo:tag' }, { sources: 'docker://Host/org/repo:tag' }],
    ['data in capitals', { sources: 'DATA:,x' }, { sources: 'data:,x' }],
    ['UUIDs in capitals', { app_uuid: APP_UUID.toUpperCase() }, { app_uuid: APP_UUID }],
    [
      'a path below the registry',
      { gm_registry_host: 'https://r.example.com:5000/team/' },
      { gm_registry_host: 'r.example.com:5000/team' },
    ],
    [
      'a password that is a number',
      { gm_registry_auth: { username: 'u', password: 7 } },
      { gm_registry_auth: { username: 'u', password: '7' } },
    ],
    ['nothing where it has nothing', { sha: '', docker_login: '', gm_registry_auth: null }, { sha: '', docker_login: '' }],
  ])('%s', (_name, sent, read) => expect(parsePayload({ ...base(), ...sent }).payload).toMatchObject(read));
});

describe('numbers', () => {
  const { start, post, finals, state } = queueHarness();

  it('that another build has give way to the next free one, which the callbacks tell', async () => {
    const engine = new FakeEngine();
    const worker = await start(engine);
    const [one, two] = await Promise.all([post(worker, 2, { build_uuid: uuid(1) }), post(worker, 2, { build_uuid: uuid(2) })]);
    await post(worker, 3, { build_uuid: uuid(3) });
    await post(worker, 2, { build_uuid: uuid(2) });
    await until(() => finals().length === 3);
    expect([one.number, two.number].sort()).toEqual(['2', '3']);
    expect(
      finals()
        .map(({ body }) => Number(body['id']))
        .sort(),
    ).toEqual([2, 3, 4]);
    expect([2, 3, 4].map((number) => state(worker, number))).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(engine.pushed.filter((name) => !name.endsWith('latest')).sort()).toEqual([2, 3, 4].map((number) => `${REPOSITORY}:1.${number}`));
  });

  it('stay text where they were text, and stay taken when the app is deleted', async () => {
    const worker = await start(new FakeEngine());
    await post(worker, 7, { build_uuid: uuid(1) });
    await until(() => finals().length === 1);
    await worker.queue.deleteApp(APP);
    await post(worker, 7, { build_number: '7', build_uuid: uuid(2) });
    await until(() => finals().length === 2);
    expect(finals()[1]?.body['id']).toBe('8');
  });

  it('are refused for the same build with another payload', async () => {
    const worker = await start(new FakeEngine());
    await post(worker, 1);
    await expect(post(worker, 1, { sha: 'other' })).rejects.toMatchObject({ status: 409 });
  });
});

describe('over HTTP', () => {
  const { start } = queueHarness();
  let worker: Worker;
  let app: FastifyInstance;
  const open = async () => {
    worker = await start(new FakeEngine());
    app = await createApp(worker, silent);
  };
  afterEach(() => app.close());
  const send = (body: string, method: 'POST' | 'DELETE' = 'POST', url = '/') =>
    app.inject({ method, url, headers: { host: 'localhost', 'content-type': 'application/json' }, payload: body });
  const textOf = async (more: string) =>
    `${JSON.stringify(await payload(1, { callback: 'http://localhost/x' })).slice(0, -1)},"more":${more}}`;

  it.each<[string, string]>([
    ['1,000 lists around 100,000 zeros', `${'['.repeat(1000)}${'0,'.repeat(100_000)}0${']'.repeat(1000)}`],
    ['6,000 levels', `${'['.repeat(6000)}${']'.repeat(6000)}`],
    ['6,000 objects', `${'{"a":'.repeat(6000)}1${'}'.repeat(6000)}`],
    ['a million levels', `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`],
  ])('refuses %s at once', async (_name, more) => {
    await open();
    const body = await textOf(more);
    const begun = process.cpuUsage();
    const answer = await send(body);
    expect([answer.statusCode, answer.json()]).toEqual([400, { status: 'Bad Request - body: must not be nested deeper than 64 levels' }]);
    expect(workedMs(begun)).toBeLessThan(500);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['gm_registry_host', { gm_registry_host: `${'/'.repeat(1_000_000)}x` }, 'gm_registry_host: must be a registry host'],
    ['gm_registry_repo', { gm_registry_repo: `${'a-'.repeat(3_000_000)}!` }, 'gm_registry_repo: Too big'],
    ['app', { app: `${'a-'.repeat(3_000_000)}!` }, 'app: Too big'],
    ['callback', { callback: `http://x/${'a'.repeat(9000)}` }, 'callback: must be a URL that starts with http: or https:, of at most 8192'],
    ['kafka_hosts', { kafka_hosts: 'h:1,'.repeat(3000) }, 'kafka_hosts: Too big'],
    ['callback_auth', { callback_auth: 'a'.repeat(9000) }, 'callback_auth: Too big'],
    [
      'build_args',
      { build_args: Object.fromEntries(Array.from({ length: 100_001 }, (_, index) => [index, 1])) },
      'build_args: must not have more than 100000 entries',
    ],
  ])('refuses a %s that is made to be slow, or to fill the memory, at once', async (_field, more, problem) => {
    await open();
    const body = JSON.stringify(await payload(1, { callback: undefined, ...more }));
    const begun = process.cpuUsage();
    const answer = await send(body);
    expect([answer.statusCode, answer.json<{ status: string }>().status]).toEqual([400, expect.stringContaining(problem)]);
    expect(workedMs(begun)).toBeLessThan(2000);
  });

  it('takes wide fields that nobody knows without walking them', async () => {
    await open();
    const begun = process.cpuUsage();
    const answers = [await send(await textOf(`[${'0,'.repeat(900_000)}0]`)), await send(await textOf(`[${'0,'.repeat(1_100_000)}0]`))];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 400]);
    expect(answers[1]?.json()).toEqual({ status: 'Bad Request - body: must not have more than 1000000 values' });
    expect(workedMs(begun)).toBeLessThan(2000);
  });

  it('reads brackets and quotes inside text as text', async () => {
    await open();
    expect((await send(await textOf(JSON.stringify(`${'['.repeat(100)}"\\"`)))).statusCode).toBe(200);
    expect((await send('{"a":"\\')).json<{ status: string }>().status).toContain('Bad Request - body: is not JSON: ');
    expect((await send('', 'DELETE', `/${APP}/7`)).statusCode).not.toBe(400);
  });

  it('finds an app whatever the case of its UUID', async () => {
    await open();
    await worker.queue.accept(await payload(1, { app_uuid: APP_UUID.toUpperCase(), sources: await dataUri() }));
    for (const name of [APP_UUID, APP_UUID.toUpperCase()])
      expect((await app.inject({ method: 'GET', url: `/web-${name}/1`, headers: { host: 'localhost' } })).json()).toMatchObject({
        app_id: APP,
      });
    const [source] = [(await payload(1))['build_uuid'] as string];
    await until(() => worker.records.open().length === 0);
    expect((await app.inject({ method: 'HEAD', url: `/${source.toUpperCase()}`, headers: { host: 'localhost' } })).statusCode).toBe(200);
  });
});
