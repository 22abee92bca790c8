// The worker on Kubernetes: every replica serves, one of them leads.
import { mkdir, open, rm, truncate } from 'node:fs/promises';
import { createWriteStream } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Logger } from 'pino';
import { sweepWorkFolder } from '../builds/retention';
import { TIDY_MS, Upkeep } from '../builds/upkeep';
import type { Config } from '../config';
import { codeOf, messageOf, requestErrors } from '../errors';
import { openEngine, openParts, openQueue, openStore, type WorkerParts } from '../parts';
import { logObject } from '../state/payload';
import { isFinal, waitsForTurn, type BuildRecord } from '../state/record';
import type { HandOver } from '../state/records';
import type { Worker } from '../worker';
import { Api, podAccess } from './api';
import { ClusterBuilds } from './builds';
import { readTemplate } from './job';
import { sharedSeal } from './key';
import { Lease } from './lease';
import { ClusterLogs } from './logs';
import { ClusterRecords } from './records';
import { JobRunner } from './runner';
import { JOBS, ClusterView } from './view';

/** What etcd takes of one object is 1.5 MiB; sealed, a payload is a third larger. */
const MOST_PAYLOAD_BYTES = 700 * 1024;
const SETTLE_LOOK_MS = 100;

/** A worker that can be served, and leads when it is its turn. */
export async function prepareClusterWorker(config: Config, logger: Logger, overrides: WorkerParts = {}): Promise<Worker> {
  const worker = config.WORKER_NAME;
  const api = new Api(overrides.access ?? podAccess(process.env));
  const trouble = (message: string) => logger.warn({ problem: message }, 'the cluster');
  const template = readTemplate(config.BUILD_POD_TEMPLATE);
  const seal = await sharedSeal(api, worker, trouble);
  const store = overrides.store ?? (await openStore(config, undefined));
  const upload = async ({ object, file }: HandOver): Promise<boolean> => {
    try {
      await store.put(object, file);
      await rm(file, { force: true });
      return true;
    } catch (error) {
      logger.warn({ object, problem: messageOf(error) }, 'not in the store yet; trying again');
      return codeOf(error) === 'ENOENT';
    }
  };
  const records = await ClusterRecords.open({ api, worker, trouble, upload });
  const workFolder = join(config.DATA_DIR, 'work');
  await mkdir(workFolder, { recursive: true, mode: 0o700 });
  // Whatever this pod was before: nothing of it is needed, and other replicas have gone on.
  await sweepWorkFolder(workFolder, { all: () => [] }, records);
  const parts = await openParts(config, logger, {
    ...overrides,
    // One that is elsewhere keeps what is built: images of old builds are removed there, as on one machine.
    engine: overrides.engine ?? ('host' in config.DOCKER_BUILD_SETTINGS ? openEngine(config) : NO_ENGINE),
    place: { records, handOvers: records, seal, store, prepareLog: (record, file) => fetchLog(record, file) },
  });
  const { uploads, callbacks, logs, metrics, room, sources } = parts;
  const upkeep = new Upkeep({ config, records, handOvers: records, store, folder: undefined, engine: parts.engine, room, logger });
  const admit = () => room.admit(uploads.waitingBytes);
  const token = (job: string) => seal.fingerprint([`pod ${job}`]);

  /** Earlier attempts' log, and nothing more: what this one prints is read from its pod again. */
  async function fetchLog(record: BuildRecord, file: string): Promise<void> {
    await rm(file, { force: true });
    const { logBytes = 0 } = record;
    if (logBytes === 0) return;
    const stored = await store.get(logObject(record.appId, record.number));
    if (stored === undefined) return;
    await pipeline(stored.body, createWriteStream(file, { mode: 0o600 }));
    await truncate(file, Math.min(logBytes, stored.size));
  }

  const keep = async (record: BuildRecord, file: string): Promise<void> => {
    try {
      await store.put(record.buildUuid, file);
      await records.transition(record.key, { sourcesKept: true });
    } catch (error) {
      logger.warn({ build: record.key, problem: messageOf(error) }, 'the sources are not in the store');
    }
  };
  const keepPosted = async (uuid: string, file: string): Promise<void> => {
    try {
      await store.put(uuid, file);
    } catch (error) {
      logger.warn({ uuid, problem: messageOf(error) }, 'the store does not take sources');
      throw requestErrors.storeAway();
    } finally {
      await rm(file, { force: true });
    }
  };
  const handedBack = async (record: BuildRecord, file: string): Promise<void> => {
    const handle = await open(file);
    const { size } = await handle.stat().finally(() => handle.close());
    await store.put(logObject(record.appId, record.number), file);
    await records.transition(record.key, { logBytes: size });
  };

  const builds = new ClusterBuilds({
    records,
    seal,
    workFolder,
    admit,
    maxSourceBytes: config.MAX_SOURCE_BYTES,
    maxPayloadBytes: MOST_PAYLOAD_BYTES,
    keep: keepPosted,
  });
  const closing = new AbortController();
  let queue: ReturnType<typeof openQueue>['queue'] | undefined;
  let timer: NodeJS.Timeout | undefined;

  async function lead(): Promise<void> {
    logger.info({ replica: hostname() }, 'leads');
    const view = await ClusterView.open({ api, worker, trouble, signal: closing.signal });
    // The process may have begun to end meanwhile.
    if (closing.signal.aborted) return;
    let runner: JobRunner | undefined;
    const opened = openQueue(config, logger, parts, {
      ...overrides,
      upkeep,
      admit,
      keep,
      adopts: true,
      handedBack,
      run: ({ fetches, latest }) => {
        const runs = new JobRunner({
          api,
          records,
          view,
          fetches,
          latest,
          policy: parts.policy,
          worker,
          template,
          token,
          image: config.DOCKER_BUILD_IMAGE,
          environment: config.BUILD_ENVIRONMENT,
          timeoutMs: config.TIMEOUT_IN_MS,
          retentionDays: config.RETENTION_DAYS,
          closing: closing.signal,
          trouble: (build, message) => logger.warn({ build, problem: message }, 'the Job of a build'),
        });
        runner = runs;
        return (context) => runs.run(context);
      },
    });
    queue = opened.queue;
    const attend = (record: BuildRecord): void => {
      if (waitsForTurn(record))
        runner?.ensure(record).catch((error: unknown) => logger.warn({ build: record.key, problem: messageOf(error) }, 'no Job yet'));
      else if (isFinal(record.state)) void runner?.withdraw(record);
    };
    records.watch((record, before) => {
      if (record === undefined) return;
      if (record.state !== before?.state || record.stopRequested !== before.stopRequested) attend(record);
      opened.queue.noticed(record, before);
    });
    await runner?.sweep();
    if (closing.signal.aborted) return;
    for (const record of records.open()) attend(record);
    callbacks.inherit();
    await opened.queue.start();
    callbacks.wake();
    const tidy = () => upkeep.tidy().catch((error: unknown) => logger.warn({ problem: messageOf(error) }, 'tidying failed'));
    timer = setInterval(() => void tidy(), TIDY_MS).unref();
  }

  const lease = new Lease({
    api,
    name: worker,
    trouble,
    ...(overrides.leaseTimes === undefined ? {} : { times: overrides.leaseTimes }),
    leads: () => void lead().catch((error: unknown) => lost(`this replica cannot lead: ${messageOf(error)}`)),
    lost: () => lost('another replica may lead'),
  });
  /** Nothing of a leader that is none may go on: the process ends at once, and a new one begins as a replica. */
  const lost = (message: string): void => {
    logger.error(message);
    (overrides.lost ?? (() => process.exit(1)))();
  };
  let drained: Promise<void> | undefined;
  const drain = async (): Promise<void> => {
    clearInterval(timer);
    closing.abort(new Error('the process ends'));
    await queue?.close();
    await lease.close();
  };
  let started = false;
  return {
    config,
    records,
    queue: builds,
    logs: new ClusterLogs({ records, worker, stored: (object) => uploads.get(object), token }),
    uploads,
    engine: { ping: async () => void (await api.json(api.path(JOBS), { query: { limit: 1 } })) },
    metrics,
    sources,
    fetches: { settled: (uuid, ms) => sourcesSettled(records, uuid, ms) },
    workFolder,
    admit,
    tidy: () => upkeep.tidy(),
    async start() {
      lease.start();
      started = true;
    },
    get started() {
      return started;
    },
    get leads() {
      return lease.leads;
    },
    drain: () => (drained ??= drain()),
    async close() {
      await (drained ??= drain());
      await logs.close();
      await callbacks.close();
      await uploads.close();
      await records.close();
      api.close();
    },
  };
}

/** Where each build has an engine of its own, what is built is in its pod and in the registry. */
const NO_ENGINE = { ping: async () => undefined, remove: async () => undefined, release: async () => undefined, prune: async () => 0 };

/** Resolves when the store has the sources of the builds with this UUID, or will not have them soon. */
async function sourcesSettled(records: ClusterRecords, uuid: string, ms: number): Promise<void> {
  const end = performance.now() + ms;
  const waits = ({ state, sourcesKept, unbuildable }: BuildRecord) => !isFinal(state) && sourcesKept !== true && unbuildable === undefined;
  while (records.withUuid(uuid).some(waits) && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, SETTLE_LOOK_MS));
}
