// The Docker engine's client against an engine of the test's own: answers that hang, registries that do not confirm, interruptions before a request.
import { Readable } from 'node:stream';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { EngineClient } from '../../worker/engines/docker/client';
import { DockerEngine } from '../../worker/engines/docker/engine';
import type { BuildRequest, Work } from '../../worker/engines/engine';
import { BuildFailure, Interruption } from '../../worker/errors';
import { DIGEST, FakeEngine, serve, until, type LocalServer } from './support/fakes';
import { queueHarness, REPOSITORY } from './support/queue';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
const json =
  (status: number, body: object): Answer =>
  (_request, response) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
const pushed = json(200, { aux: { Tag: '1.1', Digest: DIGEST, Size: 1 } });
const hang: Answer = () => undefined;

describe('the cache in the registry', () => {
  const { start, post, state } = queueHarness();
  const built = async (environment: Record<string, string>, before: (engine: FakeEngine) => void = () => undefined) => {
    const fake = new FakeEngine();
    const worker = await start(fake, environment);
    before(fake);
    for (const number of [1, 2]) {
      await post(worker, number);
      await until(() => state(worker, number) === 'succeeded');
    }
    return fake.requests.map(({ cacheFrom }) => cacheFrom);
  };

  it('is the last image of the app, from the second build on', async () =>
    expect(await built({ REGISTRY_CACHE: 'true' })).toEqual([[], [`${REPOSITORY}:latest`]]));
  it.each<[string, Record<string, string>]>([
    ['where nobody wants it', {}],
    ['where no cache is wanted', { REGISTRY_CACHE: 'true', NO_CACHE: 'true' }],
  ])('is none %s', async (_name, environment) => expect(await built(environment)).toEqual([undefined, undefined]));
  it('fails no build when the registry does not tell of it', async () =>
    expect(
      await built({ REGISTRY_CACHE: 'true' }, (fake) => {
        const digest = fake.digest.bind(fake);
        let asked = 0;
        fake.digest = async (reference) => {
          if (reference.endsWith(':latest') && (asked += 1) === 1) throw new BuildFailure('the registry does not tell');
          return digest(reference);
        };
      }),
    ).toEqual([[], [`${REPOSITORY}:latest`]]));
});

describe('the Docker engine', () => {
  let server: LocalServer | undefined;
  const servers: LocalServer[] = [];
  let asked: string[] = [];
  let headers: IncomingMessage['headers'][] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((one) => one.close()));
    asked = [];
    headers = [];
  });

  async function engine(
    routes: Record<string, Answer>,
    more: { timeoutMs?: number; builder?: 'classic' | 'buildkit' } = {},
  ): Promise<DockerEngine> {
    server = await serve((request, response) => {
      const path = `${request.method} ${(request.url ?? '').split('?')[0]}`;
      asked.push(path);
      headers.push(request.headers);
      (routes[path] ?? json(404, { message: `no ${path}` }))(request, response);
    });
    servers.push(server);
    return new DockerEngine({
      client: new EngineClient({ host: '127.0.0.1', port: server.port, protocol: 'http' }, more.timeoutMs ?? 30_000),
      builder: more.builder ?? 'classic',
      retryMs: 1,
    });
  }
  const takeSessions = (closed: () => void = () => undefined) =>
    server?.server.on('upgrade', (_request, socket) => {
      socket.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n');
      socket
        .resume()
        .on('error', () => socket.destroy())
        .on('end', () => socket.destroy())
        .on('close', closed);
    });
  const controller = () => new AbortController();
  const work = (signal = controller().signal): Work & { log: string[] } => {
    const log: string[] = [];
    return { signal, log, output: async (text) => void log.push(String(text)) };
  };
  /** A context that errs when the build is interrupted, as the sources' own does. */
  const contexts = (signal: AbortSignal) => {
    const made: Readable[] = [];
    return {
      made,
      context: () => {
        const stream = new Readable({ read: () => undefined });
        stream.push('the first of many bytes');
        signal.addEventListener('abort', () => stream.destroy(new Error('interrupted')));
        if (signal.aborted) setImmediate(() => stream.destroy(new Error('interrupted')));
        made.push(stream);
        return stream;
      },
    };
  };
  const request = (context: () => Readable, more: Partial<BuildRequest> = {}): BuildRequest => ({
    id: 'x-1',
    context,
    dockerfile: 'Dockerfile',
    tag: 'r.example.com/a:1.1',
    args: {},
    labels: {},
    secrets: {},
    logins: {},
    noCache: false,
    needsBuildKit: false,
    ...more,
  });

  it.each<[string, string, (docker: DockerEngine) => Promise<unknown>]>([
    ['ping', 'GET /version', (docker) => docker.ping()],
    ['isInsecure', 'GET /info', (docker) => docker.isInsecure('r.example.com')],
    ['tag', 'POST /images/x/tag', (docker) => docker.tag('x', 'r', 't')],
    ['remove', 'DELETE /images/r:t', (docker) => docker.remove('r:t')],
  ])('tells that %s is not answered', async (_name, path, ask) => {
    const docker = await engine({ [path]: hang }, { timeoutMs: 100 });
    await expect(ask(docker)).rejects.toMatchObject({
      name: 'EngineTimeout',
      message: expect.stringContaining(`did not answer ${path} within 0.1 s`),
    });
  });

  it('gives up a session that is not opened, and a build whose session hangs at a stop', async () => {
    const docker = await engine({ 'POST /session': hang }, { builder: 'buildkit', timeoutMs: 100 });
    const { context, made } = contexts(controller().signal);
    await expect(docker.build(request(context), work())).rejects.toMatchObject({ name: 'EngineTimeout' });
    expect(made).toEqual([]);
    const stop = controller();
    const slow = await engine({ 'POST /session': () => stop.abort(new Interruption('stop')) }, { builder: 'buildkit', timeoutMs: 60_000 });
    await expect(slow.build(request(context), work(stop.signal))).rejects.toMatchObject({ kind: 'stop' });
  });

  it('keeps an upgraded session for longer than an answer may take', async () => {
    let closed = false;
    let early = false;
    const docker = await engine(
      {
        'POST /build': (_request, response) =>
          void setTimeout(() => {
            early = closed;
            response.end('{"aux":{"ID":"sha256:1"}}');
          }, 1500),
        'GET /images/r.example.com/a:1.1/json': json(200, { Id: 'sha256:1' }),
      },
      { builder: 'buildkit', timeoutMs: 1000 },
    );
    takeSessions(() => (closed = true));
    expect(
      await docker.build(
        request(() => Readable.from(['tar'])),
        work(),
      ),
    ).toBe('sha256:1');
    await until(() => closed);
    expect(early).toBe(false);
  });

  it('makes no context after a stop, so that none is left open or ends the process', async () => {
    const stop = controller();
    const docker = await engine({ 'POST /build': hang }, { timeoutMs: 100 });
    const { context, made } = contexts(stop.signal);
    stop.abort(new Interruption('stop'));
    await expect(docker.build(request(context), work(stop.signal))).rejects.toMatchObject({ kind: 'stop' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([made, asked]).toEqual([[], []]);
  });

  it.each<[string, Answer]>([
    ['answers with an error', json(500, { message: 'no room' })],
    ['ends the stream', (_request, response) => void response.end('{"stream":"x"}')],
    ['cuts the connection', (incoming) => void incoming.socket.destroy()],
  ])('closes the context when the engine %s before it has read it', async (_name, answer) => {
    const docker = await engine({ 'POST /build': answer });
    const { context, made } = contexts(controller().signal);
    await expect(docker.build(request(context), work())).rejects.toThrow(/no room|without naming an image|cannot be reached/);
    expect(made.map((stream) => stream.destroyed)).toEqual([true]);
  });

  it.each<['classic' | 'buildkit', boolean, object | undefined]>([
    ['classic', true, undefined],
    ['classic', false, { app: 'web' }],
    ['buildkit', true, { app: 'web' }],
  ])('gives the %s builder labels beside the Dockerfile where they are not in it: labelled is %s', async (builder, labelled, sent) => {
    let query = new URLSearchParams();
    const build: Answer = (incoming, response) => {
      query = new URL(incoming.url ?? '', 'http://x').searchParams;
      response.end('{"errorDetail":{"message":"enough"}}');
    };
    const docker = await engine({ 'POST /build': build }, { builder });
    takeSessions();
    const built = docker.build(
      request(() => Readable.from(['x']), { labels: { app: 'web' }, labelled }),
      work(),
    );
    await expect(built).rejects.toThrow('enough');
    expect(JSON.parse(query.get('labels') ?? 'null') ?? undefined).toEqual(sent);
  });

  it.each([
    ['1.40', false],
    ['1.41', true],
  ])('joins ARGs for a classic builder with the API %s: %s', async (ApiVersion, joins) => {
    const docker = await engine({
      'GET /version': json(200, { ApiVersion, Os: 'linux' }),
      'POST /build': json(500, { message: 'enough' }),
    });
    const forms: unknown[] = [];
    const context = (...form: readonly unknown[]) => {
      forms.push(form);
      return Readable.from(['x']);
    };
    await expect(docker.build({ ...request(() => context()), context, args: { A: '1', B: '2' } }, work())).rejects.toThrow('enough');
    expect(forms).toEqual([['classic', joins]]);
  });

  it('names Docker Hub as the engine knows it', async () => {
    const docker = await engine({ 'POST /build': json(500, { message: 'enough' }) });
    const login = { username: 'u', password: 'p' };
    await docker
      .build(
        request(() => Readable.from(['x']), { logins: { 'docker.io': login, 'r.example.com': login } }),
        work(),
      )
      .catch(() => undefined);
    const sent = JSON.parse(Buffer.from(String(headers[0]?.['x-registry-config']), 'base64url').toString()) as unknown;
    expect(sent).toEqual({ 'https://index.docker.io/v1/': login, 'r.example.com': login });
  });

  it('tells BuildKit where layers may come from, and has the image tell of its own', async () => {
    let asked = '';
    const docker = await engine(
      { 'POST /build': (incoming, response) => json(500, { message: (asked = incoming.url ?? '') })(incoming, response) },
      { builder: 'buildkit' },
    );
    takeSessions();
    const query = async (more: Partial<BuildRequest>) => {
      await docker
        .build(
          request(() => Readable.from(['x']), { args: { A: '1' }, ...more }),
          work(),
        )
        .catch(() => undefined);
      const { searchParams } = new URL(asked, 'http://engine');
      return ['cachefrom', 'buildargs'].map((name) => JSON.parse(searchParams.get(name) ?? 'null') as unknown);
    };
    expect(await query({})).toEqual([null, { A: '1' }]);
    expect(await query({ cacheFrom: [] })).toEqual([[], { A: '1', BUILDKIT_INLINE_CACHE: '1' }]);
    expect(await query({ cacheFrom: ['r.example.com/a:latest'] })).toEqual([
      ['r.example.com/a:latest'],
      { A: '1', BUILDKIT_INLINE_CACHE: '1' },
    ]);
  });

  describe('a push', () => {
    const PUSH = 'POST /images/r.example.com/a/push';
    const ASK = 'GET /distribution/r.example.com/a:1.1/json';
    const has = (digest: string) => json(200, { Descriptor: { digest } });
    const push = async (confirm: Answer, more: { timeoutMs?: number } = {}) => {
      const docker = await engine({ [PUSH]: pushed, [ASK]: confirm }, more);
      const at = work();
      const result = await docker.push('r.example.com/a', '1.1', undefined, at).then(
        (digest) => ({ digest }),
        (error: Error) => ({ error }),
      );
      return { ...result, log: at.log.join(''), pushes: asked.filter((path) => path === PUSH).length };
    };

    it('counts when the registry has the digest', async () => expect(await push(has(DIGEST))).toMatchObject({ digest: DIGEST, pushes: 1 }));
    it('fails when the registry has nothing, or something else', async () => {
      expect(await push(json(404, { message: 'manifest unknown' }))).toMatchObject({
        error: {
          name: 'BuildFailure',
          message: `the push of r.example.com/a:1.1 failed: the registry has nothing under r.example.com/a:1.1 instead of ${DIGEST}`,
        },
      });
      expect(await push(has('sha256:other'))).toMatchObject({
        error: { message: expect.stringContaining('the registry has sha256:other under') },
      });
    });
    it('is tried again while the registry is out of order, and fails when it stays so', async () => {
      let failures = 0;
      expect(
        await push((incoming, response) => ((failures += 1) <= 2 ? json(503, { message: 'later' }) : has(DIGEST))(incoming, response)),
      ).toMatchObject({ digest: DIGEST });
      expect(await push(json(500, { message: 'out of order' }))).toMatchObject({
        error: {
          name: 'BuildFailure',
          message: 'the push of r.example.com/a:1.1 failed: the registry does not tell the digest of r.example.com/a:1.1: out of order',
        },
      });
    });
    it.each([401, 403])('takes the word of the push where the registry may not be read (%s), and says so', async (status) =>
      expect(await push(json(status, { message: 'write only' }))).toMatchObject({
        digest: DIGEST,
        log: expect.stringContaining(`does not let the digest of r.example.com/a:1.1 be read (${status})`),
      }),
    );
    it.each([
      'error parsing HTTP 403 response body: invalid character \'<\' looking for beginning of value: "<html><h1>Forbidden</h1></html>"',
      'received unexpected HTTP status: 403 Forbidden',
      'failed to resolve reference: unexpected status from HEAD request to https://r.example.com/v2/a/manifests/1.1: 403 Forbidden',
      'unexpected status code 401 Unauthorized: <!DOCTYPE html>',
    ])('takes the word of the push where the engine only quotes what is not JSON: %s', async (message) =>
      expect(await push(json(500, { message }))).toMatchObject({
        digest: DIGEST,
        log: expect.stringMatching(/does not let the digest of r\.example\.com\/a:1\.1 be read \(40[13].*\)/),
      }),
    );
    it.each(['error parsing HTTP 404 response body: <html>', 'received unexpected HTTP status: 500 see 403.html'])(
      'does not where the registry says something else: %s',
      async (message) => expect(await push(json(500, { message }))).toMatchObject({ error: { name: 'BuildFailure' } }),
    );
    it('fails when the registry hangs', async () =>
      expect(await push(hang, { timeoutMs: 30 })).toMatchObject({
        error: { name: 'BuildFailure', message: expect.stringContaining('does not tell the digest') },
      }));
  });
});
