// A worker on a fake engine, with a folder, a callback receiver, crashes and restarts: what all tests of the queue share.
import { join } from 'node:path';
import { readConfig } from '../../../worker/config';
import type { Database, Write } from '../../../worker/state/database';
import { LevelRecords } from '../../../worker/state/level-records';
import type { BuildRecord, State } from '../../../worker/state/record';
import { handOverOf } from '../../../worker/state/records';
import { createWorker, type Worker, type WorkerParts } from '../../../worker/worker';
import { APP_UUID, callbackReceiver, payload, silent, tempFolder, type CallbackReceiver, type FakeEngine, type Received } from './fakes';

export const APP = `web-${APP_UUID}`;
export const REPOSITORY = `registry.example.com/acme/${APP}`;
export const keyOf = (number: number) => `${APP}/${number}`;

/** What stays as it is for ever. */
export const never = () => new Promise<void>(() => undefined);

/** A promise that the test keeps. */
export function gate(): { readonly opened: Promise<void>; open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

/** What the records of a worker on one machine are in. */
export function databaseOf({ records }: Pick<Worker, 'records'>): Database {
  if (!(records instanceof LevelRecords)) throw new Error('the records of this worker are elsewhere');
  return records.database;
}

/** The write that hands a file over to the store. */
export const handOver = (object: string, file: string): Write => ({ table: 'upload', key: object, value: handOverOf(object, file) });

export interface QueueHarness {
  readonly receiver: CallbackReceiver;
  /** DATA_DIR of the running test. */
  readonly data: string;
  /** Another DATA_DIR within one test. */
  fresh(): void;
  start(engine: FakeEngine, environment?: Record<string, string>, parts?: WorkerParts): Promise<Worker>;
  post(worker: Worker, number: number, more?: Record<string, unknown>): Promise<BuildRecord>;
  state(worker: Worker, number: number): State | undefined;
  finals(): readonly Received[];
  logOf(worker: Worker, number: number): Promise<string>;
  close(worker: Worker): Promise<void>;
  /** As kill -9, as far as one process can: nothing more reaches the disk, and only the lock goes. The real one is in the integration tests. */
  crash(worker: Worker): Promise<void>;
}

/** Call it inside `describe`: it adds what runs before and after each test. */
export function queueHarness(): QueueHarness {
  const folder = tempFolder();
  const workers = new Set<Worker>();
  let receiver: CallbackReceiver | undefined;
  let index = 0;
  const receiving = () => {
    if (receiver === undefined) throw new Error('the receiver listens from the first test on');
    return receiver;
  };
  beforeAll(async () => {
    receiver = await callbackReceiver();
  });
  beforeEach(() => {
    index += 1;
    receiving().received.length = 0;
    receiving().status = 200;
  });
  afterEach(async () => {
    const left = [...workers];
    workers.clear();
    await Promise.all(left.map((worker) => worker.close()));
  });
  afterAll(async () => {
    await receiver?.close();
    folder.remove();
  });
  const data = () => join(folder.path, String(index));
  return {
    get receiver() {
      return receiving();
    },
    get data() {
      return data();
    },
    fresh() {
      index += 1;
      receiving().received.length = 0;
    },
    async start(engine, environment = {}, parts = {}) {
      const config = readConfig({
        DATA_DIR: data(),
        EGRESS_ALLOW: '127.0.0.0/8',
        SHUTDOWN_GRACE_MS: '0',
        MIN_FREE_BYTES: '0',
        ...environment,
      });
      const worker = await createWorker(config, silent, { engine, callbackRetryMs: 5, ...parts });
      workers.add(worker);
      return worker;
    },
    post: async (worker, number, more = {}) =>
      worker.queue.accept(await payload(number, { callback: receiving().url, callback_auth: 'secret-of-the-callback', ...more })),
    state: (worker, number) => worker.records.get(keyOf(number))?.state,
    finals: () => receiving().received.filter(({ body }) => body['status'] !== 'pending'),
    async logOf(worker, number) {
      let text = '';
      for await (const chunk of worker.logs.follow(keyOf(number), 0, new AbortController().signal)) text += chunk.toString();
      return text;
    },
    async close(worker) {
      workers.delete(worker);
      await worker.close();
    },
    async crash(worker) {
      workers.delete(worker);
      Object.assign(databaseOf(worker), { change: never });
      await databaseOf(worker).close();
    },
  };
}
