// Builds through a real Docker engine into real registries: both builders, logins, secrets, stop, timeout, kill -9, faults.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describeWith, dockerEngine, findParts, findRootParts, registry, type DockerEngine, type Part } from '../support/parts';
import { APP_UUID, callbackReceiver, dataUri, payload, serve, tar, tempFolder, until } from './support/fakes';
import { compileWorker, docker, importBaseImage, registryDigest, startWorker, type WorkerProcess } from './support/real';

const parts = findRootParts('dockerd', 'containerd', 'runc', 'iptables') && findParts('docker-registry', 'busybox');
const LOGIN = { username: 'pusher', password: 'hunter2-registry' };
const CODES: Readonly<Record<number, string>> = { 401: 'UNAUTHORIZED', 403: 'DENIED', 404: 'MANIFEST_UNKNOWN', 503: 'UNAVAILABLE' };
const FINAL = ['succeeded', 'failed', 'stopped', 'timed out'];
const REPOSITORY = `acme/web-${APP_UUID}`;

describeWith(parts)('a Docker engine', () => {
  const folder = tempFolder();
  const workers: WorkerProcess[] = [];
  let engine: DockerEngine;
  let open: Part;
  let closed: Part;
  let receiver: Awaited<ReturnType<typeof callbackReceiver>>;
  let data: string;
  let index = 0;

  beforeAll(async () => {
    compileWorker();
    [engine, open, closed, receiver] = await Promise.all([dockerEngine(), registry(), registry({ auth: LOGIN }), callbackReceiver()]);
    importBaseImage(engine.address);
  }, 180_000);
  beforeEach(() => {
    index += 1;
    data = join(folder.path, String(index));
    receiver.received.length = 0;
  });
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.kill('SIGKILL')));
  });
  afterAll(async () => {
    await Promise.all([engine?.stop(), open?.stop(), closed?.stop(), receiver?.close()]);
    folder.remove();
  }, 60_000);

  async function start(environment: Record<string, string> = {}): Promise<WorkerProcess> {
    const worker = await startWorker(data, { DOCKER_BUILD_SETTINGS: JSON.stringify({ socketPath: engine.socketPath }), ...environment });
    workers.push(worker);
    return worker;
  }
  const build = async (number: number, dockerfile: string, more: Record<string, unknown> = {}) =>
    payload(number, { gm_registry_host: open.address, callback: receiver.url, sources: await dataUri(dockerfile), ...more });
  const ended = (worker: WorkerProcess, number: number, ms = 60_000) =>
    until(async () => FINAL.includes(String(await worker.state(number))), ms);
  const finals = () => receiver.received.filter(({ body }) => body['status'] !== 'pending');
  const leftOvers = () => docker(engine.address, 'ps', '-aq').trim();

  it.each(['classic', 'buildkit'])(
    'builds and pushes with the %s builder: args, labels, digest, latest, sources',
    async (builder) => {
      const worker = await start({ BUILDER: builder, EXTRA_BUILD_ARGS: '{"WHO":"ops"}' });
      const number = builder === 'classic' ? 11 : 12;
      const body = await build(number, 'FROM base:1 AS one\nRUN echo first $WHO $OWN\nfrom base:1\nRUN echo second $WHO $OWN\n', {
        build_args: { WHO: 'user', OWN: 'mine' },
      });
      const answer = await worker.post(body);
      expect([answer.status, await answer.text()]).toEqual([200, '{"status":"ok"}']);
      await ended(worker, number);
      const log = await worker.logs(number);
      expect(log).toContain('second ops mine');
      // Each step of the classic builder is a container.
      if (builder === 'classic') expect(log.match(/Step \d+\/\d+ : (?:ARG|LABEL)/g)).toHaveLength(3);
      const status = await worker.status(number);
      expect(status).toMatchObject({
        status: 'succeeded',
        reason: null,
        digest: await registryDigest(open.address, REPOSITORY, `1.${number}`),
      });
      expect(status['digest']).toBe(await registryDigest(open.address, REPOSITORY, 'latest'));
      const labels = JSON.parse(
        docker(engine.address, 'image', 'inspect', '-f', '{{json .Config.Labels}}', `${open.address}/${REPOSITORY}:1.${number}`),
      ) as unknown;
      expect(labels).toEqual({ app: 'web', space: 'default', app_uuid: APP_UUID, build_uuid: body['build_uuid'] });
      await until(() => finals().length === 1);
      expect(finals()[0]?.body).toMatchObject({ id: number, status: 'succeeded', digest: status['digest'] });
      const sources = await worker.get(`/${String(body['build_uuid'])}`);
      expect(Buffer.from(await sources.arrayBuffer()).toString('base64')).toBe(String(body['sources']).split(',')[1]);
      expect(leftOvers()).toBe('');
    },
    90_000,
  );

  it('gives secrets and logins to BuildKit, and neither to image, history, log nor disk', async () => {
    const worker = await start({ LOG_LEVEL: 'trace', DEBUG: '*' });
    const more = { gm_registry_host: closed.address, gm_registry_auth: LOGIN, build_secrets: { token: 'hunter2-secret' } };
    // The second build's base image is in the registry with the login: BuildKit asks the session for it.
    await worker.post(
      await build(
        21,
        'FROM base:1\nRUN --mount=type=secret,id=token wc -c < /run/secrets/token\nRUN --mount=type=cache,target=/c echo x > /c/x\n',
        more,
      ),
    );
    await ended(worker, 21);
    expect(await worker.logs(21)).toContain(' 14');
    expect(await worker.state(21)).toBe('succeeded');
    const image = `${closed.address}/${REPOSITORY}:1.21`;
    docker(engine.address, 'rmi', '-f', image, `${closed.address}/${REPOSITORY}:latest`);
    await worker.post(await build(22, `FROM ${image}\nRUN echo on top\n`, more));
    await ended(worker, 22);
    expect(await worker.status(22)).toMatchObject({
      status: 'succeeded',
      digest: await registryDigest(closed.address, REPOSITORY, '1.22', 'pusher:hunter2-registry'),
    });
    const history =
      docker(engine.address, 'history', '--no-trunc', `${closed.address}/${REPOSITORY}:1.22`) +
      docker(engine.address, 'image', 'inspect', `${closed.address}/${REPOSITORY}:1.22`);
    expect(`${history}${await worker.logs(21)}${await worker.logs(22)}${readFileSync(worker.log, 'utf8')}`).not.toContain('hunter2');
  }, 90_000);

  it.each([
    ['a wrong login', { gm_registry_auth: { username: 'pusher', password: 'wrong' } }, /refuses the login of pusher/],
    ['no login', {}, /refuses pushes to acme/],
  ])(
    'tells before it builds that the push will not be let in: %s',
    async (_name, more, reason) => {
      const worker = await start();
      await worker.post(await build(31, 'FROM base:1\nRUN sleep 60\n', { gm_registry_host: closed.address, ...more }));
      await ended(worker, 31, 20_000);
      expect(await worker.status(31)).toMatchObject({ status: 'failed', reason: expect.stringMatching(reason) });
    },
    40_000,
  );

  it.each([
    ['classic', 'RUN echo before && false', /returned a non-zero code: 1/],
    ['buildkit', 'RUN echo before && false', /exit code: 1|did not complete successfully/],
    ['classic', 'RUN sh -c "exit 137"', /137 \(killed: out of memory/],
    ['buildkit', 'COPY nothing /x', /not found|failed to compute cache key/],
    ['classic', 'NONSENSE x', /unknown instruction/i],
  ])(
    '%s: %s fails with its reason',
    async (builder, line, reason) => {
      const worker = await start({ BUILDER: builder });
      await worker.post(await build(41, `FROM base:1\n${line}\n`));
      await ended(worker, 41);
      expect(await worker.status(41)).toMatchObject({ status: 'failed', digest: null, reason: expect.stringMatching(reason) });
      expect(await registryDigest(open.address, REPOSITORY, '1.41')).toBeUndefined();
      expect(leftOvers()).toBe('');
    },
    60_000,
  );

  it.each(['classic', 'buildkit'])(
    '%s: a stop and a timeout leave nothing running, and the log whole',
    async (builder) => {
      const worker = await start({ BUILDER: builder, TIMEOUT_IN_MS: '6000' });
      const dockerfile = 'FROM base:1\nRUN echo begun && sleep 1000\n';
      await worker.post(await build(51, dockerfile));
      await until(async () => (await worker.logs(51)).includes('begun\n'));
      expect(await (await fetch(`${worker.url}/web-${APP_UUID}/51`, { method: 'DELETE' })).text()).toBe('{"status":"ok"}');
      await ended(worker, 51, 10_000);
      expect(await worker.state(51)).toBe('stopped');
      expect(await worker.logs(51)).toMatch(/begun\n[^]*Build stopped\.\n$/);
      await worker.post(await build(52, dockerfile));
      await ended(worker, 52, 20_000);
      expect(await worker.state(52)).toBe('timed out');
      expect(await worker.logs(52)).toMatch(/Build timed out \(failed\)\.\n$/);
      await until(() => leftOvers() === '');
      expect(docker(engine.address, 'images', '-q', `${open.address}/${REPOSITORY}:1.51`)).toBe('');
      await until(() => finals().length === 2);
    },
    90_000,
  );

  it('pulls docker:// sources with a login and pushes them', async () => {
    const worker = await start();
    const source = `${closed.address}/library/thing:2`;
    docker(engine.address, 'tag', 'base:1', source);
    docker(engine.address, 'login', '-u', LOGIN.username, '-p', LOGIN.password, closed.address);
    docker(engine.address, 'push', source);
    docker(engine.address, 'logout', closed.address);
    docker(engine.address, 'rmi', source);
    await worker.post(await build(61, '', { sources: `docker://${LOGIN.username}:${LOGIN.password}@${source}` }));
    await ended(worker, 61);
    expect(await worker.status(61)).toMatchObject({ status: 'succeeded', digest: await registryDigest(open.address, REPOSITORY, '1.61') });
    expect(await worker.logs(61)).not.toContain('hunter2');
    // The name it was pulled by is gone, the build's own stays.
    expect([
      docker(engine.address, 'images', '-q', source),
      docker(engine.address, 'images', '-q', `${open.address}/${REPOSITORY}:1.61`).trim().length,
    ]).toEqual(['', 12]);
  }, 60_000);

  it('fetches http sources through a redirect', async () => {
    const archive = await tar([
      { name: 'repo-main/Dockerfile', content: 'FROM base:1\nCOPY a /a\n' },
      { name: 'repo-main/a', content: 'a' },
    ]);
    const site = await serve((request, response) =>
      request.url === '/a.tar' ? response.end(archive) : response.writeHead(302, { location: '/a.tar' }).end(),
    );
    const worker = await start();
    await worker.post(await build(71, '', { sources: `${site.url}/archive` }));
    await ended(worker, 71);
    expect(await worker.state(71)).toBe('succeeded');
    await site.close();
  }, 60_000);

  it.each(['SIGKILL', 'SIGTERM'] as const)(
    '%s while builds run and wait: after the start each ends once',
    async (signal) => {
      const first = await start({ MAXIMUM_PARALLEL_BUILDS: '2', SHUTDOWN_GRACE_MS: '500' });
      for (const number of [81, 82, 83])
        await first.post(await build(number, `FROM base:1\nRUN echo begun ${number} && echo ${signal} && sleep 3\n`));
      await until(async () => (await first.logs(81)).includes('begun 81\n') && (await first.state(82)) === 'building');
      const begun = Date.now();
      const code = await first.kill(signal);
      if (signal === 'SIGTERM') expect({ code, inTime: Date.now() - begun < 8000 }).toEqual({ code: 0, inTime: true });
      workers.splice(0);
      const second = await start({ MAXIMUM_PARALLEL_BUILDS: '2' });
      for (const number of [81, 82, 83]) await ended(second, number);
      for (const number of [81, 82, 83])
        expect(await second.status(number)).toMatchObject({
          status: 'succeeded',
          digest: await registryDigest(open.address, REPOSITORY, `1.${number}`),
        });
      await until(() => finals().length === 3);
      expect(
        finals()
          .map(({ body }) => body['id'])
          .sort(),
      ).toEqual([81, 82, 83]);
      expect(leftOvers()).toBe('');
    },
    90_000,
  );

  /** In front of the open registry: what `fault` gives a status for, is answered with it; -1 cuts the connection. */
  async function brokenRegistry(fault: (method: string, path: string) => number) {
    const [host = '', port = ''] = open.address.split(':');
    return serve((request, response) => {
      const body: Buffer[] = [];
      request.on('data', (chunk: Buffer) => body.push(chunk));
      request.on('end', () => {
        const kind = fault(request.method ?? '', request.url ?? '');
        if (kind === -1) return void request.socket.destroy();
        if (kind > 0)
          return void response
            .writeHead(kind, { 'content-type': 'application/json' })
            .end(`{"errors":[{"code":"${CODES[kind] ?? 'UNKNOWN'}","message":"made up"}]}`);
        const onward = connect(Number(port), host);
        onward.on('error', () => request.socket.destroy());
        onward.write(
          `${request.method} ${request.url} HTTP/1.1\r\n${Object.entries({
            ...request.headers,
            connection: 'close',
            host: request.headers.host,
            'transfer-encoding': undefined,
            'content-length': Buffer.concat(body).length,
          })
            .filter(([, value]) => value !== undefined)
            .map(([name, value]) => `${name}: ${String(value)}\r\n`)
            .join('')}\r\n`,
        );
        onward.write(Buffer.concat(body));
        onward.pipe(request.socket);
      });
    });
  }

  it.each([
    ['503 twice, then fine', (n: number) => (n <= 2 ? 503 : 0), 'succeeded'],
    ['always 500', () => 500, 'failed'],
    ['401', () => 401, 'failed'],
    ['the connection cut each time', () => -1, 'failed'],
  ])(
    'a registry that answers the push %s',
    async (_name, fault, state) => {
      let uploads = 0;
      // Manifests are the last step of a push: everything before works.
      const broken = await brokenRegistry((method, path) =>
        method === 'PUT' && path.includes('/manifests/1.') ? fault((uploads += 1)) : 0,
      );
      const worker = await start();
      await worker.post(await build(91, 'FROM base:1\n', { gm_registry_host: `127.0.0.1:${broken.port}` }));
      await ended(worker, 91, 80_000);
      expect(await worker.status(91)).toMatchObject({ status: state });
      if (state === 'failed') expect((await worker.status(91))['reason']).toMatch(/the push of .* failed/);
      await until(() => finals().length === 1);
      await broken.close();
    },
    120_000,
  );

  it.each([
    [
      '404',
      () => 404,
      { status: 'failed', reason: expect.stringContaining('the registry has nothing under') },
      /The push failed; attempt 4 of 4 follows/,
    ],
    [
      'always 500',
      () => 500,
      { status: 'failed', reason: expect.stringContaining('the registry does not tell the digest of') },
      /attempt 4 of 4/,
    ],
    ['503 for a while, then fine', (n: number) => (n <= 8 ? 503 : 0), { status: 'succeeded', reason: null }, /Build succeeded/],
    ['403', () => 403, { status: 'succeeded', reason: null }, /does not let the digest of .* be read \(403\)/],
  ])(
    'a registry that answers the question for the digest %s',
    async (_name, fault, expected, line) => {
      let questions = 0;
      const broken = await brokenRegistry((method, path) =>
        method !== 'PUT' && path.includes('/manifests/') ? fault((questions += 1)) : 0,
      );
      const worker = await start();
      await worker.post(await build(92, 'FROM base:1\n', { gm_registry_host: `127.0.0.1:${broken.port}` }));
      await ended(worker, 92, 80_000);
      expect(await worker.status(92)).toMatchObject(expected);
      expect(await worker.logs(92)).toMatch(line);
      expect(questions).toBeGreaterThan(0);
      await until(() => finals().length === 1);
      await broken.close();
    },
    120_000,
  );

  it.each(['classic', 'buildkit'])(
    '%s: builds that fail or are stopped leave no secret in images, logs or on disk',
    async (builder) => {
      const proxy = 'http://u:hunter2-proxy@127.0.0.1:1';
      const worker = await start({
        BUILDER: builder,
        LOG_LEVEL: 'trace',
        DEBUG: '*',
        EXTRA_BUILD_ARGS: JSON.stringify({ HTTP_PROXY: proxy }),
      });
      const secrets = builder === 'classic' ? {} : { build_secrets: { token: 'hunter2-secret' } };
      const more = {
        gm_registry_host: closed.address,
        gm_registry_auth: LOGIN,
        docker_login: 'd',
        docker_password: 'hunter2-docker',
        callback_auth: 'hunter2-callback',
        ...secrets,
      };
      const use = builder === 'classic' ? '' : '--mount=type=secret,id=token ';
      await worker.post(await build(101, `FROM base:1\nRUN ${use}echo one > /one\nRUN ${use}false\n`, more));
      await ended(worker, 101);
      await worker.post(await build(102, `FROM base:1\nRUN ${use}echo two > /two\nRUN ${use}echo begun && sleep 1000\n`, more));
      await until(async () => (await worker.logs(102)).includes('begun\n'));
      const history = () =>
        docker(engine.address, 'images', '-aq', '--no-trunc')
          .trim()
          .split('\n')
          .map((image) => docker(engine.address, 'history', '--no-trunc', image) + docker(engine.address, 'image', 'inspect', image))
          .join('');
      // The steps of a build are seen while it runs; most go with its end.
      const during = history();
      if (builder === 'classic') expect(during).toContain('echo two > /two');
      await fetch(`${worker.url}/web-${APP_UUID}/102`, { method: 'DELETE' });
      await ended(worker, 102);
      expect([await worker.state(101), await worker.state(102)]).toEqual(['failed', 'stopped']);
      await until(() => leftOvers() === '');
      const files = readdirSync(data, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
      expect(files.length).toBeGreaterThan(3);
      expect(
        `${during}${history()}${await worker.logs(101)}${await worker.logs(102)}${readFileSync(worker.log, 'utf8')}${files.join('')}`,
      ).not.toContain('hunter2');
    },
    90_000,
  );

  it('one DATA_DIR serves one worker: the second ends with an error that says so', async () => {
    await start();
    const { status, stderr } = spawnSync(process.execPath, [join(__dirname, '../../worker/lib/server.js')], {
      env: { PATH: process.env['PATH'], PORT: '0', DATA_DIR: data },
      encoding: 'utf8',
      timeout: 20_000,
    });
    expect([status, stderr]).toEqual([
      1,
      `Error: DATA_DIR: ${join(data, 'queue')} is in use by another worker; give each its own DATA_DIR\n`,
    ]);
  }, 40_000);
});
