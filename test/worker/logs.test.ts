// Logs on their way: lines of any length, a reader that is slow while the disk fails, BuildKit's streams, uploads that cannot be cleared away.
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import type { FastifyInstance } from 'fastify';
import { createApp } from '../../worker/app';
import { Database } from '../../worker/state/database';
import { LevelRecords } from '../../worker/state/level-records';
import { handOver } from './support/queue';

import { readConfig } from '../../worker/config';
import { readProgress } from '../../worker/engines/docker/progress';
import { writeFields } from '../../worker/engines/docker/protobuf';
import { Lines, MOST_LINE_BYTES } from '../../worker/logs/lines';
import { SpooledLog } from '../../worker/logs/spool';
import { DiskStore } from '../../worker/stores/disk';
import { Uploads } from '../../worker/stores/uploads';
import { createWorker, type Worker } from '../../worker/worker';
import { APP_UUID, FakeEngine, payload, silent, tempFolder, until, workedMs } from './support/fakes';

const MiB = 1024 ** 2;
const LONG = 64 * MiB;
/** Quadratic work takes minutes for so much; linear work well below a second. */
const LINEAR_MS = 15_000;
const folder = tempFolder();
afterAll(() => folder.remove());

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
function held(): number {
  // The first finds what is garbage; with Node 24 only the second has given array buffers back.
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

describe('lines', () => {
  it('are those of the text, whatever the pieces; long ones in parts of whole characters', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom('a', 'ü', '🐳', '\n', 'bcd') })),
        fc.integer({ min: 4, max: 12 }),
        fc.integer({ min: 1, max: 5 }),
        (texts, most, size) => {
          const bytes = Buffer.from(texts.join(''));
          const lines = new Lines(most);
          const found: string[] = [''];
          const add = (part: Buffer) => {
            expect(part.length).toBeLessThanOrEqual(most);
            found[found.length - 1] += part.toString('utf8');
          };
          for (let at = 0; at < bytes.length; at += size) {
            for (const line of lines.push(bytes.subarray(at, at + size))) {
              add(line.bytes);
              if (line.whole) found.push('');
            }
          }
          add(lines.rest());
          expect(found.join('\n')).toBe(texts.join(''));
        },
      ),
    );
  });
});

describe('64 MiB without a line end', () => {
  const piece = Buffer.alloc(32 * 1024, 'x');

  it('go through the spool and its sink in linear time and little memory', async () => {
    let bytes = 0;
    let longest = 0;
    const log = await SpooledLog.open({
      file: join(folder.path, 'long'),
      maxBytes: 1e9,
      onLine: (line) => {
        bytes += line.length;
        longest = Math.max(longest, line.length);
      },
    });
    const before = held();
    let most = 0;
    const begun = process.cpuUsage();
    for (let written = 0; written < LONG; written += piece.length) {
      await log.write(piece.toString());
      if (written % (16 * MiB) === 0) most = Math.max(most, held() - before);
    }
    expect(workedMs(begun)).toBeLessThan(LINEAR_MS);
    await log.end();
    expect({ bytes, longest, size: log.size }).toEqual({ bytes: LONG, longest: MOST_LINE_BYTES, size: LONG + 1 });
    expect(most).toBeLessThan(16 * MiB);
  }, 60_000);

  it.each(['one stream after the other', 'both streams in turn'])(
    "come out of BuildKit's messages byte for byte, %s",
    async (order) => {
      const inTurn = order !== 'one stream after the other';
      async function* messages(): AsyncGenerator<Buffer> {
        for (let sent = 0, stream = 1; sent < LONG / 4; sent += piece.length) {
          if (inTurn) stream = 3 - stream;
          const log = Buffer.concat([
            writeFields([
              [1, 'step'],
              [4, piece],
            ]),
            Buffer.from([3 * 8, stream]),
          ]);
          yield Buffer.from(`${JSON.stringify({ id: 'moby.buildkit.trace', aux: writeFields([[3, log]]).toString('base64') })}\n`);
        }
      }
      let bytes = 0;
      let most = 0;
      const before = held();
      const begun = process.cpuUsage();
      // Counting and collecting garbage is the test's own work.
      let own = 0;
      await readProgress(Readable.from(messages()), async (output) => {
        const counting = process.cpuUsage();
        for (const byte of Buffer.from(output)) if (byte === 120) bytes += 1;
        if (bytes % (4 * MiB) === 0) most = Math.max(most, held() - before);
        own += workedMs(counting);
      });
      expect(workedMs(begun) - own).toBeLessThan(LINEAR_MS);
      expect(bytes).toBe(LONG / 4);
      expect(most).toBeLessThan(16 * MiB);
    },
    60_000,
  );

  it('take linear time where a message of the engine has no end, and fail', async () => {
    async function* endless(): AsyncGenerator<Buffer> {
      for (;;) yield piece;
    }
    const begun = process.cpuUsage();
    await expect(readProgress(Readable.from(endless()), async () => undefined)).rejects.toMatchObject({
      name: 'EngineUnavailable',
      message: 'the Docker engine sent a message of more than 67108864 bytes',
    });
    expect(workedMs(begun)).toBeLessThan(LINEAR_MS);
  }, 60_000);
});

describe("BuildKit's output", () => {
  const log = (stream: number, bytes: Buffer | string, step = 'd1') =>
    writeFields([
      [
        3,
        Buffer.concat([
          writeFields([
            [1, step],
            [4, bytes],
          ]),
          Buffer.from([3 * 8, stream]),
        ]),
      ],
    ]);
  const print = async (...traces: Buffer[]) => {
    const pieces: Buffer[] = [];
    const text = traces.map((trace) => `${JSON.stringify({ id: 'moby.buildkit.trace', aux: trace.toString('base64') })}\n`).join('');
    await readProgress(Readable.from([Buffer.from(text)]), async (output) => void pieces.push(Buffer.from(output)));
    return Buffer.concat(pieces);
  };

  it('keeps characters that were cut between messages, and bytes that are none', async () => {
    const whale = Buffer.from('🐳');
    expect((await print(log(1, whale.subarray(0, 2)), log(1, Buffer.concat([whale.subarray(2), Buffer.from('\n')])))).toString()).toBe(
      '#1 🐳\n',
    );
    expect(await print(log(1, Buffer.from([0xff, 0xfe, 10])))).toEqual(Buffer.concat([Buffer.from('#1 '), Buffer.from([0xff, 0xfe, 10])]));
  });
  it('keeps the lines of both streams apart', async () => {
    expect((await print(log(1, 'out'), log(2, 'err'), log(1, 'put\n'), log(2, 'or\n'))).toString()).toBe('#1 output\n#1 error\n');
  });
  it('prints a long line as one while nothing comes between', async () => {
    const long = 'y'.repeat(3 * MOST_LINE_BYTES);
    expect((await print(log(1, long), log(1, 'z\n'))).toString()).toBe(`#1 ${long}z\n`);
    const mixed = (await print(log(1, long), log(2, 'other\n', 'd2'), log(1, 'z\n'))).toString().split('\n');
    expect(mixed.map((line) => line.slice(0, 4))).toEqual(['#1 y', '#2 o', '#1 y', '']);
    expect(mixed[0]?.length).toBe('#1 '.length + 2 * MOST_LINE_BYTES);
  });
  it('says once how to lift the limit when BuildKit clips', async () => {
    const clipped = '[output clipped, log limit 2MiB reached]\n';
    expect((await print(log(1, `a\n${clipped}`), log(2, clipped))).toString()).toBe(
      `#1 a\n#1 ${clipped}#1 The engine clips the output of a step; its environment's BUILDKIT_STEP_LOG_MAX_SIZE and BUILDKIT_STEP_LOG_MAX_SPEED (in bytes) raise the limits.\n#1 ${clipped}`,
    );
  });
});

describe('an error of the engine', () => {
  const fail = (error: object) => readProgress(Readable.from([JSON.stringify(error)]), async () => undefined);

  it.each([
    { errorDetail: { code: 1, message: "The command '/bin/sh -c echo server is shutting down; exit 1' returned a non-zero code: 1" } },
    { errorDetail: { code: 2, message: 'context canceled' } },
    { errorDetail: { message: 'executor failed running [/bin/sh -c echo transport is closing && false]: exit code: 1' } },
    { errorDetail: { message: 'process "/bin/sh -c echo no such session" did not complete successfully: exit code: 1' } },
    { errorDetail: { message: 'failed to solve: "/context canceled": not found' } },
    { error: 'dockerfile parse error line 2: unknown instruction: SERVER-IS-SHUTTING-DOWN-' },
  ])("is the build's where a command failed, whatever it says: %j", async (error) => {
    await expect(fail(error)).rejects.toMatchObject({ name: 'BuildFailure' });
  });
  it.each([
    'context canceled',
    'rpc error: code = Unavailable desc = transport is closing',
    'failed to solve: Canceled: context canceled',
    'no active session for 0x1-ab: context deadline exceeded',
    'process "/bin/sh -c sleep 9" did not complete successfully: context canceled',
    'grpc: the client connection is closing',
  ])("is the engine's: %s", async (message) => {
    await expect(fail({ errorDetail: { message } })).rejects.toMatchObject({ name: 'EngineUnavailable' });
  });
});

describe('readers of a log', () => {
  let worker: Worker;
  let app: FastifyInstance;
  const engine = new FakeEngine();
  const url = `/web-${APP_UUID}/1/logs?follow=true`;
  const headers = { host: 'localhost', accept: 'text/event-stream' };
  beforeAll(async () => {
    worker = await createWorker(readConfig({ DATA_DIR: join(folder.path, 'data'), MIN_FREE_BYTES: '0', SHUTDOWN_GRACE_MS: '0' }), silent, {
      engine,
    });
    app = await createApp(worker, silent);
  });
  afterAll(async () => {
    await worker.close();
    await app.close();
  });

  it('get a line without end in events of at most 64 KiB, in linear time', async () => {
    const piece = 'x'.repeat(32 * 1024);
    engine.onBuild = async ({ output }) => {
      for (let sent = 0; sent < LONG; sent += piece.length) await output(piece);
    };
    await worker.queue.accept(await payload(1));
    await until(() => worker.records.get(`web-${APP_UUID}/1`)?.state === 'succeeded');
    const begun = process.cpuUsage();
    const { payload: text } = await app.inject({ url, headers });
    expect(workedMs(begun)).toBeLessThan(LINEAR_MS);
    const data = [...text.matchAll(/^data: (x+)$/gm)].map(([, line = '']) => line.length);
    expect({ sum: data.reduce((sum, length) => sum + length, 0), longest: Math.max(...data) }).toEqual({
      sum: LONG,
      longest: MOST_LINE_BYTES,
    });
    expect(text).toMatch(/event: end\n/);
  }, 60_000);

  it('that are slow do not turn a failure of the disk into the end of the process', async () => {
    async function* broken(): AsyncGenerator<Buffer> {
      const lines = `${'x'.repeat(1023)}\n`;
      yield Buffer.alloc(4 * MiB, lines);
      yield Buffer.alloc(4 * MiB, lines);
      throw new Error('the disk hiccups');
    }
    engine.onBuild = async () => undefined;
    await worker.queue.accept(await payload(2));
    Object.assign(worker.logs, { follow: broken });
    await app.listen({ port: 0, host: '127.0.0.1' });
    const address = app.server.address();
    const reader = connect(typeof address === 'object' ? (address?.port ?? 0) : 0, '127.0.0.1');
    reader.write(`GET ${url.replace('/1/', '/2/')} HTTP/1.1\r\nhost: localhost\r\naccept: text/event-stream\r\n\r\n`);
    const [first] = (await once(reader, 'data')) as [Buffer];
    expect(first.toString()).toMatch(/^HTTP\/1.1 200 OK\r\n/);
    // From here on nobody reads: what follows is asked for and not waited for. A rejection that nobody handles fails the test.
    reader.pause();
    await new Promise((resolve) => setTimeout(resolve, 200));
    reader.destroy();
  });
});

describe('uploads', () => {
  it('tell of a file that cannot be cleared away, and go on', async () => {
    const database = await Database.open(join(folder.path, 'uploads'));
    const store = await DiskStore.open(join(folder.path, 'objects'));
    const problems: string[] = [];
    const uploads = new Uploads(new LevelRecords(database), store, (object, problem) => problems.push(`${object}: ${problem}`));
    // Removing a folder as a file fails.
    mkdirSync(join(folder.path, 'odd'));
    writeFileSync(join(folder.path, 'fine'), 'x');
    Object.assign(store, { put: async () => undefined });
    await database.change(() => ({
      result: undefined,
      writes: [handOver('odd', join(folder.path, 'odd')), handOver('fine', join(folder.path, 'fine'))],
    }));
    uploads.wake();
    await until(() => uploads.waiting === 0 && problems.length > 0);
    await uploads.close();
    await database.close();
    expect(problems).toEqual([expect.stringMatching(/^odd: .*(EISDIR|directory)/)]);
  });

  it('that hang do not keep the worker from stopping', async () => {
    const database = await Database.open(join(folder.path, 'hanging'));
    const store = await DiskStore.open(join(folder.path, 'hanging-objects'));
    Object.assign(store, { put: () => new Promise(() => undefined) });
    const uploads = new Uploads(new LevelRecords(database), store, () => undefined, 100);
    writeFileSync(join(folder.path, 'stuck'), 'x');
    await database.change(() => ({ result: undefined, writes: [handOver('stuck', join(folder.path, 'stuck'))] }));
    uploads.wake();
    const begun = Date.now();
    await uploads.close();
    await database.close();
    expect(Date.now() - begun).toBeLessThan(4000);
  });
});

describe('a store that takes nothing', () => {
  it('is told by the figures, and ends the acceptance of builds before the disk is full', async () => {
    const worker = await createWorker(
      readConfig({ DATA_DIR: join(folder.path, 'behind'), MIN_FREE_BYTES: '0', SHUTDOWN_GRACE_MS: '0', MAX_WAITING_BYTES: '5000' }),
      silent,
      { engine: new FakeEngine() },
    );
    const app = await createApp(worker, silent);
    const put = worker.uploads.store.put.bind(worker.uploads.store);
    const down = async () => {
      throw new Error('not today');
    };
    Object.assign(worker.uploads.store, { put: down });
    const post = async (number: number) =>
      app.inject({ method: 'POST', url: '/', headers: { host: 'localhost' }, payload: await payload(number) });
    const figure = async (name: string) =>
      Number(
        new RegExp(`^build_worker_${name} (\\d+)$`, 'm').exec(
          (await app.inject({ url: '/metrics', headers: { host: 'localhost' } })).payload,
        )?.[1],
      );
    let accepted = 0;
    while ((await post(accepted + 1)).statusCode === 200) {
      accepted += 1;
      await until(() => worker.records.get(`web-${APP_UUID}/${accepted}`)?.state === 'succeeded');
      expect(accepted).toBeLessThan(50);
    }
    expect((await post(99)).json()).toEqual({
      status:
        'Service Unavailable - the store does not take logs and sources, more than 5000 bytes wait in DATA_DIR; mend the store or raise MAX_WAITING_BYTES.',
    });
    expect(accepted).toBeGreaterThan(2);
    expect(await figure('uploads_waiting')).toBe(accepted * 2);
    expect(await figure('uploads_waiting_bytes')).toBeGreaterThan(5000);
    Object.assign(worker.uploads.store, { put });
    await until(() => worker.uploads.waiting === 0);
    expect(await figure('uploads_waiting_bytes')).toBe(0);
    expect((await post(99)).statusCode).toBe(200);
    await worker.close();
    await app.close();
  }, 90_000);
});
