// What the worker leans on goes away: the engine, S3, Kafka. No build is lost, and logs arrive whole.
import { createServer, connect, type Server, type Socket } from 'node:net';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { S3Store } from '../../worker/stores/s3';
import {
  describeWith,
  dockerEngine,
  findParts,
  findRootParts,
  freePort,
  kafka,
  registry,
  s3,
  type DockerEngine,
  type Part,
  type S3,
} from '../support/parts';
import { APP_UUID, callbackReceiver, dataUri, payload, tempFolder, until } from './support/fakes';
import { compileWorker, docker, importBaseImage, registryDigest, startWorker, type WorkerProcess } from './support/real';

const parts = findRootParts('dockerd', 'containerd', 'runc', 'iptables') && findParts('docker-registry', 'busybox', 'versitygw', 'kafka');
const FINAL = ['succeeded', 'failed', 'stopped', 'timed out'];

/** A door in front of a server that the test can shut. */
class Door {
  #server: Server | undefined;
  readonly #sockets = new Set<Socket>();

  constructor(
    private readonly inside: string | { host: string; port: number },
    private readonly outside: string | number,
  ) {}

  async open(): Promise<void> {
    if (typeof this.outside === 'string') rmSync(this.outside, { force: true });
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      const onward =
        typeof this.inside === 'string'
          ? connect({ path: this.inside, allowHalfOpen: true })
          : connect({ ...this.inside, allowHalfOpen: true });
      for (const [one, other] of [
        [socket, onward],
        [onward, socket],
      ] as const) {
        this.#sockets.add(one);
        one.on('error', () => other.destroy());
        one.on('close', () => {
          this.#sockets.delete(one);
          other.destroy();
        });
        one.pipe(other);
      }
    });
    this.#server = server;
    await new Promise<void>((done) =>
      typeof this.outside === 'string' ? server.listen(this.outside, done) : server.listen(this.outside, '127.0.0.1', done),
    );
  }

  async shut(): Promise<void> {
    const closed = new Promise((done) => this.#server?.close(done));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

describeWith(parts)('outages', () => {
  const folder = tempFolder();
  const workers: WorkerProcess[] = [];
  let engine: DockerEngine;
  let images: Part;
  let store: S3;
  let broker: Part;
  let receiver: Awaited<ReturnType<typeof callbackReceiver>>;
  let index = 0;

  beforeAll(async () => {
    compileWorker();
    [engine, images, store, broker, receiver] = await Promise.all([
      dockerEngine(),
      registry(),
      s3({ buckets: ['builds'] }),
      kafka(),
      callbackReceiver(),
    ]);
    importBaseImage(engine.address);
  }, 180_000);
  beforeEach(() => {
    index += 1;
    receiver.received.length = 0;
  });
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.kill('SIGKILL')));
  });
  afterAll(async () => {
    await Promise.all([engine?.stop(), images?.stop(), store?.stop(), broker?.stop(), receiver?.close()]);
    folder.remove();
  }, 60_000);

  async function start(environment: Record<string, string> = {}): Promise<WorkerProcess> {
    const worker = await startWorker(join(folder.path, String(index)), {
      DOCKER_BUILD_SETTINGS: JSON.stringify({ socketPath: engine.socketPath }),
      ...environment,
    });
    workers.push(worker);
    return worker;
  }
  const build = async (number: number, dockerfile: string, more: Record<string, unknown> = {}) =>
    payload(number, { gm_registry_host: images.address, callback: receiver.url, sources: await dataUri(dockerfile), ...more });
  const ended = (worker: WorkerProcess, number: number, ms = 60_000) =>
    until(async () => FINAL.includes(String(await worker.state(number))), ms);
  const finals = () => receiver.received.filter(({ body }) => body['status'] !== 'pending');
  const bucket = () =>
    S3Store.open({
      bucket: 'builds',
      accessKey: store.accessKey,
      secretKey: store.secretKey,
      location: store.address,
      region: store.region,
    });
  const storage = (address: string) => ({
    S3_BUCKET: 'builds',
    S3_ACCESS_KEY: store.accessKey,
    S3_SECRET_KEY: store.secretKey,
    S3_LOCATION: address,
    S3_REGION: store.region,
  });

  it.each(['classic', 'buildkit'])(
    'the engine goes away in the middle of a build and comes back (%s)',
    async (builder) => {
      const socket = join(folder.path, `door-${index}.sock`);
      const door = new Door(engine.socketPath, socket);
      await door.open();
      const worker = await start({ BUILDER: builder, DOCKER_BUILD_SETTINGS: JSON.stringify({ socketPath: socket }) });
      const number = builder === 'classic' ? 1 : 2;
      await worker.post(await build(number, `FROM base:1\nRUN echo begun ${builder} && sleep 4\n`));
      await until(async () => (await worker.logs(number)).includes(`begun ${builder}\n`));
      await door.shut();
      await until(async () => (await worker.state(number)) === 'queued');
      expect((await worker.get('/readyz')).status).toBe(503);
      await worker.post(await build(number + 10, 'FROM base:1\n'));
      await door.open();
      await ended(worker, number);
      await ended(worker, number + 10);
      expect(await worker.status(number)).toMatchObject({ status: 'succeeded', attempts: 2 });
      expect(await worker.logs(number)).toContain('The build is tried again.');
      await until(() => finals().length === 2);
      await door.shut();
    },
    90_000,
  );

  it.each(['classic', 'buildkit'])(
    'a real engine is killed in the middle of a build and started again (%s)',
    async (builder) => {
      const worker = await start({ BUILDER: builder });
      const number = builder === 'classic' ? 21 : 22;
      await worker.post(await build(number, `FROM base:1\nRUN echo begun ${builder} ${index} && sleep 4\n`));
      await until(async () => (await worker.logs(number)).includes(`begun ${builder} ${index}\n`));
      await engine.halt();
      await until(async () => (await worker.state(number)) === 'queued');
      await engine.resume();
      await ended(worker, number);
      expect(await worker.status(number)).toMatchObject({
        status: 'succeeded',
        attempts: 2,
        digest: await registryDigest(images.address, `acme/web-${APP_UUID}`, `1.${number}`),
      });
      await until(() => finals().length === 1);
      expect(docker(engine.address, 'ps', '-q').trim()).toBe('');
    },
    120_000,
  );

  it('an engine that takes connections and never answers: the worker serves, and ends in time', async () => {
    const socket = join(folder.path, `mute-${index}.sock`);
    const sockets = new Set<Socket>();
    const mute = createServer((connection) => void sockets.add(connection.on('error', () => connection.destroy())));
    await new Promise<void>((done) => mute.listen(socket, done));
    const first = await start({ SHUTDOWN_GRACE_MS: '500' });
    await first.post(await build(31, `FROM base:1\nRUN echo begun ${index} && sleep 1000\n`));
    await until(async () => (await first.state(31)) === 'building');
    await first.kill('SIGKILL');
    // What was running is brought back although nothing can be asked.
    const worker = await start({ SHUTDOWN_GRACE_MS: '500', DOCKER_BUILD_SETTINGS: JSON.stringify({ socketPath: socket }) });
    await until(async () => (await worker.state(31)) === 'queued');
    expect((await worker.get('/readyz')).status).toBe(503);
    expect((await worker.post(await build(32, 'FROM base:1\n'))).status).toBe(200);
    expect((await fetch(`${worker.url}/web-${APP_UUID}/31`, { method: 'DELETE' })).status).toBe(200);
    await until(() => finals().length === 1, 5000);
    expect(finals()[0]?.body).toMatchObject({ id: 31, state: 'stopped' });
    const begun = Date.now();
    await worker.kill('SIGTERM');
    expect(Date.now() - begun).toBeLessThan(7000);
    for (const connection of sockets) connection.destroy();
    await new Promise((done) => mute.close(done));
    const third = await start();
    await ended(third, 32);
    expect(await third.state(32)).toBe('succeeded');
  }, 90_000);

  it('no engine at all: the build waits, then fails with the reason', async () => {
    const worker = await start({
      DOCKER_BUILD_SETTINGS: JSON.stringify({ socketPath: join(folder.path, 'nothing.sock') }),
      TIMEOUT_IN_MS: '3000',
    });
    expect(await (await worker.post(await build(3, 'FROM base:1\n'))).text()).toBe('{"status":"ok"}');
    await ended(worker, 3, 20_000);
    expect(await worker.status(3)).toMatchObject({ status: 'failed', reason: expect.stringContaining('set DOCKER_BUILD_SETTINGS') });
    await until(() => finals().length === 1);
  }, 40_000);

  it('logs and sources reach S3 byte for byte; down at the start, they come later', async () => {
    const port = await freePort();
    const [host = '', inner = ''] = store.address.replace('http://', '').split(':');
    const door = new Door({ host, port: Number(inner) }, port);
    const worker = await start(storage(`http://127.0.0.1:${port}`));
    const body = await build(4, 'FROM base:1\nRUN seq 1 2000\n');
    await worker.post(body);
    await ended(worker, 4);
    const log = await worker.logs(4);
    expect(log).toMatch(/\n(#\d+ )?2000\n[^]*Build succeeded/);
    await until(() => finals().length === 1);
    await door.open();
    const direct = await bucket();
    const objects = [`web-${APP_UUID}-4.logs`, String(body['build_uuid'])];
    const there = async (name = '') => {
      const found = await direct.get(name);
      found?.body.destroy();
      return found !== undefined;
    };
    await until(async () => (await there(objects[0])) && (await there(objects[1])));
    const stored = await direct.get(objects[0] ?? '');
    let text = '';
    for await (const chunk of stored?.body ?? []) text += String(chunk);
    expect(text).toBe(log);
    await until(async () => /build_worker_uploads_waiting 0/.test(await (await worker.get('/metrics')).text()));
    expect(await worker.logs(4)).toBe(log);
    expect((await worker.get(`/${objects[1] ?? ''}`)).status).toBe(200);
    await door.shut();
    await direct.close();
  }, 90_000);

  it('S3 goes away in the middle of a build: it ends in time, and everything arrives later, across a restart', async () => {
    const port = await freePort();
    const [host = '', inner = ''] = store.address.replace('http://', '').split(':');
    const door = new Door({ host, port: Number(inner) }, port);
    await door.open();
    const environment = storage(`http://127.0.0.1:${port}`);
    const first = await start(environment);
    const body = await build(24, 'FROM base:1\nRUN echo begun && sleep 3 && seq 1 50\n');
    await first.post(body);
    await until(async () => (await first.logs(24)).includes('begun\n'));
    await door.shut();
    await ended(first, 24, 30_000);
    expect(await first.state(24)).toBe('succeeded');
    await until(() => finals().length === 1);
    const log = await first.logs(24);
    expect(log).toMatch(/\n(#\d+ )?50\n[^]*Build succeeded/);
    const begun = Date.now();
    expect(await first.kill('SIGTERM')).toBe(0);
    expect(Date.now() - begun).toBeLessThan(15_000);
    workers.splice(0);
    const second = await start(environment);
    expect(await second.logs(24)).toBe(log);
    await door.open();
    const direct = await bucket();
    const objects = [`web-${APP_UUID}-24.logs`, String(body['build_uuid'])];
    await until(async () => /build_worker_uploads_waiting 0/.test(await (await second.get('/metrics')).text()), 70_000);
    for (const object of objects) {
      const stored = await direct.get(object);
      expect([object, stored === undefined]).toEqual([object, false]);
      stored?.body.destroy();
    }
    expect(await second.logs(24)).toBe(log);
    expect(finals()).toHaveLength(1);
    await door.shut();
    await direct.close();
  }, 150_000);

  it('S3 is down for ever: builds end, their logs can be read, and new ones are refused before the disk is full', async () => {
    const worker = await start({ ...storage(`http://127.0.0.1:${await freePort()}`), MAX_WAITING_BYTES: '2000' });
    const answers: string[] = [];
    for (let number = 101; number < 120 && !answers.at(-1)?.includes('Unavailable'); number += 1) {
      answers.push(await (await worker.post(await build(number, 'FROM base:1\nRUN seq 1 100\n'))).text());
      if (answers.at(-1)?.includes('"ok"')) await ended(worker, number);
    }
    expect(answers.at(-1)).toContain('the store does not take logs and sources, more than 2000 bytes wait in DATA_DIR');
    expect(answers.length).toBeGreaterThan(1);
    for (let number = 101; number < 100 + answers.length; number += 1) {
      expect(await worker.state(number)).toBe('succeeded');
      expect(await worker.logs(number)).toContain('Build succeeded');
    }
    await until(() => finals().length === answers.length - 1);
  }, 120_000);

  it('every log line reaches Kafka once and in order, with a clear end', async () => {
    const topic = 'lines';
    const worker = await start({ KAFKA_TOPIC: topic });
    const messages: string[] = [];
    await worker.post(await build(5, 'FROM base:1\nRUN seq 1 3000\n', { kafka_hosts: broker.address }));
    await ended(worker, 5);
    const consumer = new Kafka({ brokers: [broker.address], logLevel: logLevel.NOTHING }).consumer({ groupId: 'test' });
    await until(() =>
      consumer
        .connect()
        .then(() => consumer.subscribe({ topic, fromBeginning: true }))
        .then(
          () => true,
          () => false,
        ),
    );
    await consumer.run({ eachMessage: async ({ message }) => void messages.push(String(message.value)) });
    await until(() => messages.some((message) => message.includes('Build finished')));
    await consumer.disconnect();
    const log = (await worker.logs(5)).trimEnd().split('\n');
    expect(messages.map((message) => JSON.parse(message) as object)).toEqual(
      [...log, 'Build finished'].map((message) => ({ metadata: 'web-default', build: 5, job: '5', message })),
    );
  }, 90_000);

  it('Kafka goes away in the middle of a build: the build ends as if nothing were', async () => {
    const own = await kafka();
    const worker = await start();
    await worker.post(await build(25, 'FROM base:1\nRUN echo begun && sleep 10 && seq 1 100\n', { kafka_hosts: own.address }));
    await until(async () => (await worker.logs(25)).includes('begun\n'));
    await own.stop();
    await ended(worker, 25, 30_000);
    expect(await worker.state(25)).toBe('succeeded');
    expect(await worker.logs(25)).toMatch(/\n(#\d+ )?100\n[^]*Build succeeded/);
    await until(() => finals().length === 1);
    const begun = Date.now();
    expect(await worker.kill('SIGTERM')).toBe(0);
    expect(Date.now() - begun).toBeLessThan(12_000);
    expect(readFileSync(worker.log, 'utf8')).toMatch(/\d+ log lines did not reach Kafka/);
  }, 90_000);

  it('Kafka down for ever, or refused by the policy, harms nothing', async () => {
    const worker = await start();
    const begun = Date.now();
    await worker.post(await build(6, 'FROM base:1\n', { kafka_hosts: `127.0.0.1:${await freePort()}` }));
    await worker.post(await build(7, 'FROM base:1\n', { kafka_hosts: '169.254.169.254:9092' }));
    await ended(worker, 6);
    await ended(worker, 7);
    expect([await worker.state(6), await worker.state(7)]).toEqual(['succeeded', 'succeeded']);
    expect(Date.now() - begun).toBeLessThan(30_000);
  }, 60_000);
});
