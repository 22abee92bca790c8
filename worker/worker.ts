// The worker put together from its parts, ready to be served.
import { mkdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { Callbacks } from './builds/callbacks';
import { Database } from './state/database';
import { LatestTag } from './builds/latest';
import { OwnSources } from './builds/own-sources';
import { Queue } from './builds/queue';
import { imageOf, isFinal, type BuildRecord } from './state/record';
import { Reserve } from './builds/reserve';
import { forgetOldBuilds, sweepWorkFolder } from './builds/retention';
import { runBuild } from './builds/run';
import { openSeal } from './state/seal';
import type { Config } from './config';
import { EgressPolicy } from './egress/policy';
import type { Engine } from './engines/engine';
import { EngineClient } from './engines/docker/client';
import { DockerEngine } from './engines/docker/engine';
import { messageOf, requestErrors } from './errors';
import { KafkaLog } from './logs/kafka';
import { Logs } from './logs/logs';
import { createMetrics, type Metrics } from './metrics';
import { DiskStore } from './stores/disk';
import { S3Store } from './stores/s3';
import type { Store } from './stores/store';
import { Uploads } from './stores/uploads';

const TIDY_MS = 10 * 60_000;

export interface Worker {
  readonly config: Config;
  readonly database: Database;
  readonly queue: Queue;
  readonly logs: Logs;
  readonly uploads: Uploads;
  readonly engine: Engine;
  readonly metrics: Metrics;
  readonly sources: OwnSources;
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

/** What tests put in place of the real. */
export interface WorkerParts {
  readonly engine?: Engine;
  readonly callbackRetryMs?: number;
  readonly attemptPauseMs?: number;
}

/** The time, but for jumps ahead since the process began: a clock that is set wrong makes no build old. */
function steadyTime(): number {
  return Math.min(Date.now(), performance.timeOrigin + performance.now());
}

async function openStore(config: Config, folder: string): Promise<Store> {
  if (config.S3_BUCKET === undefined) return DiskStore.open(folder);
  return S3Store.open({
    bucket: config.S3_BUCKET,
    accessKey: config.S3_ACCESS_KEY,
    secretKey: config.S3_SECRET_KEY,
    location: config.S3_LOCATION,
    region: config.S3_REGION,
  });
}

/** A worker at work. */
export async function createWorker(config: Config, logger: Logger, parts: WorkerParts = {}): Promise<Worker> {
  const worker = await prepareWorker(config, logger, parts);
  await worker.start();
  return worker;
}

/** A worker that can be served, and works after `start`. */
export async function prepareWorker(config: Config, logger: Logger, parts: WorkerParts = {}): Promise<Worker> {
  const workFolder = join(config.DATA_DIR, 'work');
  await mkdir(workFolder, { recursive: true, mode: 0o700 });
  const reserve = new Reserve(config.DATA_DIR);
  const full = { room: () => undefined as void };
  const database = await Database.open(join(config.DATA_DIR, 'queue'), (problem, isFull) => {
    logger.error({ problem }, 'the queue cannot be written; trying again');
    if (!isFull) return;
    full.room();
    reserve.release();
  });
  await reserve.fill();
  const seal = openSeal(config.SECRET_KEY_FILE);
  const objects = join(config.DATA_DIR, 'store');
  const store = await openStore(config, objects);
  const policy = new EgressPolicy(config.EGRESS_ALLOW, config.EGRESS_DENY);
  const engine =
    parts.engine ??
    new DockerEngine({ client: new EngineClient(config.DOCKER_BUILD_SETTINGS), builder: config.BUILDER, network: config.BUILD_NETWORK });
  const uploads = new Uploads(database, store, (object, problem) => logger.warn({ object, problem }, 'not in the store yet; trying again'));
  const metrics = createMetrics(database, uploads);
  const callbacks = new Callbacks({
    database,
    seal,
    policy,
    ...(parts.callbackRetryMs === undefined
      ? {}
      : { retryMs: parts.callbackRetryMs, repeatMs: [parts.callbackRetryMs, 2 * parts.callbackRetryMs] }),
    onResult: (build, result, problem) => {
      metrics.callback(result);
      if (result === 'delivered') logger.debug({ build }, 'callback delivered');
      else logger.warn({ build, problem }, result === 'retried' ? 'callback not delivered; trying again' : 'callback given up');
    },
  });
  const logs = new Logs({
    folder: workFolder,
    maxBytes: config.MAX_LOG_BYTES,
    database,
    uploads,
    operatorArgs: config.EXTRA_BUILD_ARGS,
    openKafka: (record, hosts, buildNumber) =>
      new KafkaLog({
        hosts,
        topic: config.KAFKA_TOPIC,
        app: record.app,
        space: record.space,
        buildNumber,
        policy,
        onTrouble: (problem) => logger.warn({ build: record.key, problem }, 'log lines do not reach Kafka'),
      }),
    ...(config.SHOW_BUILD_LOGS ? { show: (record: BuildRecord, line: string) => process.stdout.write(`${record.key}: ${line}\n`) } : {}),
  });
  // Before the reserve is given up: a log that goes on growing would take it.
  full.room = () => logs.fail(Object.assign(new Error('the log cannot be written to DATA_DIR'), { code: 'ENOSPC' }));
  const latest = new LatestTag(database);
  const sources = new OwnSources({ database, uploads, workFolder });
  const admit = async () => {
    if (uploads.waitingBytes > config.MAX_WAITING_BYTES) throw requestErrors.storeBehind(config.MAX_WAITING_BYTES);
    const { bavail, bsize } = await statfs(config.DATA_DIR);
    if (bavail * bsize < config.MIN_FREE_BYTES) throw requestErrors.diskFull();
  };
  const discard = async (record: BuildRecord) => {
    await engine.remove(imageOf(record));
    if (record.deleted === true && !database.all('build').some((other) => other.repository === record.repository && other.deleted !== true))
      await engine.remove(`${record.repository}:latest`);
  };
  const queue = new Queue({
    database,
    seal,
    logs,
    uploads,
    callbacks,
    workFolder,
    maximum: config.MAXIMUM_PARALLEL_BUILDS,
    timeoutMs: config.TIMEOUT_IN_MS,
    graceMs: config.SHUTDOWN_GRACE_MS,
    ...(parts.attemptPauseMs === undefined ? {} : { attemptPauseMs: parts.attemptPauseMs }),
    events: {
      changed: (record) => {
        if (isFinal(record.state)) metrics.ended(record);
        logger.info({ build: record.key, state: record.state, digest: record.digest, reason: record.reason }, 'build');
      },
      trouble: (build, problem, error) => logger.error({ build, err: error }, problem),
    },
    ping: () => engine.ping(),
    maxSourceBytes: config.MAX_SOURCE_BYTES,
    run: (context) => runBuild({ config, engine, policy, latest, ownSources: sources }, context),
    discard,
    admit,
  });
  const tidy = async () => {
    await reserve.fill();
    const forgotten = await forgetOldBuilds({
      database,
      store,
      folder: config.S3_BUCKET === undefined ? objects : undefined,
      days: config.RETENTION_DAYS,
      maxBytes: config.RETENTION_BYTES,
      release: async (record) => (record.repository === '' ? undefined : engine.release(imageOf(record))),
      now: steadyTime,
    });
    if (forgotten.length > 0) logger.info({ builds: forgotten.length }, 'old builds forgotten');
    const built = database
      .all('build')
      .filter(({ repository }) => repository !== '')
      .map((record) => ({ reference: imageOf(record), busy: !isFinal(record.state), at: record.endedAt ?? record.acceptedAt }));
    const freed = await engine.prune(config.CACHE_MAX_BYTES, built);
    if (freed > 0) logger.info({ bytes: freed }, 'images and build cache pruned');
  };
  await sweepWorkFolder(workFolder, database);
  let timer: NodeJS.Timeout | undefined;
  let started = false;
  let drained: Promise<void> | undefined;
  const drain = () => {
    clearInterval(timer);
    return (drained ??= queue.close());
  };
  return {
    config,
    database,
    queue,
    logs,
    uploads,
    engine,
    metrics,
    sources,
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
      await database.close();
    },
  };
}
