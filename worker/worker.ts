// The worker put together from its parts, ready to be served.
import type { Logger } from 'pino';
import type { OwnSources } from './builds/own-sources';
import type { Builds } from './builds/builds';
import { sweepWorkFolder } from './builds/retention';
import type { SourceFetches } from './builds/source-fetches';
import { TIDY_MS, Upkeep } from './builds/upkeep';
import { prepareClusterWorker } from './cluster/worker';
import type { Config } from './config';
import type { Housekeeping } from './engines/engine';
import { messageOf } from './errors';
import type { LogReader } from './logs/logs';
import type { Metrics } from './metrics';
import { openEngine, openParts, openQueue, runHere, type WorkerParts } from './parts';
import type { Records } from './state/records';
import type { Uploads } from './stores/uploads';

export type { WorkerParts };

export interface Worker {
  readonly config: Config;
  readonly records: Records;
  readonly queue: Builds;
  readonly logs: LogReader;
  readonly uploads: Uploads;
  readonly engine: Pick<Housekeeping, 'ping'>;
  readonly metrics: Metrics;
  readonly sources: OwnSources;
  readonly fetches: Pick<SourceFetches, 'settled'>;
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
  /** It decides: on one machine always, of replicas one. */
  readonly leads: boolean;
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
  if (config.USE_KUBERNETES) {
    return prepareClusterWorker(config, logger, overrides);
  }
  const builder = overrides.engine ?? openEngine(config);
  const parts = await openParts(config, logger, { ...overrides, engine: builder });
  const { records, handOvers, uploads, callbacks, logs, engine, metrics, sources, workFolder, room, store, folder } = parts;
  const upkeep = new Upkeep({ config, records, handOvers, store, folder, engine, room, logger });
  const admit = () => room.admit(uploads.waitingBytes);
  const { queue, fetches } = openQueue(config, logger, parts, { ...overrides, upkeep, admit, run: runHere(config, parts, builder) });
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
    leads: true,
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
