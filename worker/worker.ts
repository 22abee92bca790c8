// The worker put together from its parts, ready to be served.
import type { Logger } from 'pino';
import type { OwnSources } from './builds/own-sources';
import type { Queue } from './builds/queue';
import { sweepWorkFolder } from './builds/retention';
import type { SourceFetches } from './builds/source-fetches';
import { Upkeep } from './builds/upkeep';
import type { Config } from './config';
import type { Engine } from './engines/engine';
import { messageOf } from './errors';
import type { Logs } from './logs/logs';
import type { Metrics } from './metrics';
import { openParts, openQueue, type WorkerParts } from './parts';
import type { Records } from './state/records';
import type { Uploads } from './stores/uploads';

export type { WorkerParts };

const TIDY_MS = 10 * 60_000;

export interface Worker {
  readonly config: Config;
  readonly records: Records;
  readonly queue: Queue;
  readonly logs: Logs;
  readonly uploads: Uploads;
  readonly engine: Engine;
  readonly metrics: Metrics;
  readonly sources: OwnSources;
  readonly fetches: SourceFetches;
  /** Files of builds that have not ended, and bodies under way. */
  readonly workFolder: string;
  /** @throws RequestError when there is no room for another build. */
  admit(): Promise<void>;
  /** Removes what is old; runs by itself every 10 minutes. */
  tidy(): Promise<void>;
  /** Brings back what the last process left, then works. The routes may be served before. */
  start(): Promise<void>;
  /** `start` is through. */
  readonly started: boolean;
  /** Begins nothing more; running builds end, or go back to the queue. Builds are still accepted. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

/** A worker at work. */
export async function createWorker(config: Config, logger: Logger, parts: WorkerParts = {}): Promise<Worker> {
  const worker = await prepareWorker(config, logger, parts);
  await worker.start();
  return worker;
}

/** A worker that can be served, and works after `start`. */
export async function prepareWorker(config: Config, logger: Logger, overrides: WorkerParts = {}): Promise<Worker> {
  const parts = await openParts(config, logger, overrides);
  const { records, handOvers, uploads, callbacks, logs, engine, metrics, sources, workFolder, room, store, folder } = parts;
  const upkeep = new Upkeep({ config, records, handOvers, store, folder, engine, room, logger });
  const admit = () => room.admit(uploads.waitingBytes);
  const { queue, fetches } = openQueue(config, logger, parts, { ...overrides, upkeep, admit });
  const tidy = () => upkeep.tidy();
  await sweepWorkFolder(workFolder, records, handOvers);
  let timer: NodeJS.Timeout | undefined;
  let started = false;
  let drained: Promise<void> | undefined;
  const drain = () => {
    clearInterval(timer);
    return (drained ??= queue.close());
  };
  return {
    config,
    records,
    queue,
    logs,
    uploads,
    engine,
    metrics,
    sources,
    fetches,
    workFolder,
    admit,
    tidy,
    async start() {
      await queue.start();
      uploads.wake();
      callbacks.wake();
      timer = setInterval(
        () => void tidy().catch((error: unknown) => logger.warn({ problem: messageOf(error) }, 'tidying failed')),
        TIDY_MS,
      ).unref();
      started = true;
    },
    get started() {
      return started;
    },
    drain,
    async close() {
      await drain();
      await logs.close();
      await callbacks.close();
      await uploads.close();
      await records.close();
    },
  };
}
