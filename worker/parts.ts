// The parts of a worker, opened as the configuration says; and the queue that they serve.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { Callbacks } from './builds/callbacks';
import { LatestTag } from './builds/latest';
import { OwnSources } from './builds/own-sources';
import { readPayload } from './builds/ending';
import { Queue } from './builds/queue';
import type { QueueOptions } from './builds/queue-options';
import { Room } from './builds/room';
import { runBuild } from './builds/run';
import { SourceFetches, type SourceFetchOptions } from './builds/source-fetches';
import type { Upkeep } from './builds/upkeep';
import type { ApiAccess } from './cluster/api';
import type { LeaseOptions } from './cluster/lease';
import type { Config } from './config';
import { EgressPolicy } from './egress/policy';
import { EngineClient } from './engines/docker/client';
import { DockerEngine } from './engines/docker/engine';
import type { Engine, Housekeeping } from './engines/engine';
import { KafkaLog } from './logs/kafka';
import { Logs, type LogsOptions } from './logs/logs';
import { createMetrics, type Metrics } from './metrics';
import { Database } from './state/database';
import { LevelRecords } from './state/level-records';
import { isFinal, type BuildRecord } from './state/record';
import type { HandOvers, Records } from './state/records';
import { openSeal, type Seal } from './state/seal';
import { DiskStore } from './stores/disk';
import { S3Store } from './stores/s3';
import type { Store } from './stores/store';
import { Uploads } from './stores/uploads';

/** What tests put in place of the real. */
export interface WorkerParts {
  readonly engine?: Engine;
  readonly callbackRetryMs?: number;
  readonly attemptPauseMs?: number;
  readonly fetchRetryMs?: number;
  /** On Kubernetes: the API server, in place of the pod's account. */
  readonly access?: ApiAccess;
  readonly leaseTimes?: LeaseOptions['times'];
  /** On Kubernetes: what replicas keep sources and logs in. */
  readonly store?: Store;
  /** What happens to a leader that is none any more, in place of the process' end. */
  readonly lost?: () => void;
}

/** Where builds are written down. */
export interface Place {
  readonly records: Records;
  readonly handOvers: HandOvers;
  readonly seal: Seal;
  readonly store: Store;
  readonly folder?: string;
  readonly prepareLog?: LogsOptions['prepare'];
}

export interface Parts {
  readonly room: Room;
  readonly records: Records;
  readonly handOvers: HandOvers;
  readonly seal: Seal;
  readonly store: Store;
  readonly folder: string | undefined;
  readonly policy: EgressPolicy;
  readonly engine: Housekeeping;
  readonly uploads: Uploads;
  readonly metrics: Metrics;
  readonly callbacks: Callbacks;
  readonly logs: Logs;
  readonly sources: OwnSources;
  readonly workFolder: string;
}

/** Records in LevelDB, below DATA_DIR as all else that is not in S3. */
async function openDisk(config: Config, logger: Logger, room: Room): Promise<Place> {
  const database = await Database.open(join(config.DATA_DIR, 'queue'), (problem, isFull) => {
    logger.error({ problem }, 'the queue cannot be written; trying again');
    if (isFull) room.ranOut();
  });
  const records = new LevelRecords(database);
  await room.fill();
  const folder = config.S3_BUCKET === undefined ? join(config.DATA_DIR, 'store') : undefined;
  const seal = openSeal(config.SECRET_KEY_FILE);
  return { records, handOvers: records, seal, store: await openStore(config, folder), ...(folder === undefined ? {} : { folder }) };
}

/** @param overrides with the place where builds are written down, where it is not a disk */
export async function openParts(
  config: Config,
  logger: Logger,
  overrides: Omit<WorkerParts, 'engine'> & { readonly engine?: Housekeeping; readonly place?: Place },
): Promise<Parts> {
  const workFolder = join(config.DATA_DIR, 'work');
  await mkdir(workFolder, { recursive: true, mode: 0o700 });
  const room = new Room({ folder: config.DATA_DIR, minFreeBytes: config.MIN_FREE_BYTES, maxWaitingBytes: config.MAX_WAITING_BYTES });
  const { records, handOvers, seal, store, folder, prepareLog } = overrides.place ?? (await openDisk(config, logger, room));
  const policy = new EgressPolicy(config.EGRESS_ALLOW, config.EGRESS_DENY);
  const engine = overrides.engine ?? openEngine(config);
  const uploads = new Uploads(handOvers, store, (object, problem) =>
    logger.warn({ object, problem }, 'not in the store yet; trying again'),
  );
  const metrics = createMetrics(records, uploads);
  const logs = openLogs(config, logger, { records, uploads, policy, workFolder, prepareLog });
  room.on('full', () => logs.fail(Object.assign(new Error('the log cannot be written to DATA_DIR'), { code: 'ENOSPC' })));
  return {
    room,
    records,
    handOvers,
    seal,
    store,
    folder,
    policy,
    engine,
    uploads,
    metrics,
    callbacks: openCallbacks(logger, { records, seal, policy, metrics }, overrides.callbackRetryMs),
    logs,
    sources: new OwnSources({ records, uploads, workFolder }),
    workFolder,
  };
}

export async function openStore(config: Config, folder: string | undefined): Promise<Store> {
  if (config.S3_BUCKET === undefined) return DiskStore.open(folder ?? join(config.DATA_DIR, 'store'));
  return S3Store.open({
    bucket: config.S3_BUCKET,
    accessKey: config.S3_ACCESS_KEY,
    secretKey: config.S3_SECRET_KEY,
    location: config.S3_LOCATION,
    region: config.S3_REGION,
  });
}

export function openEngine({ DOCKER_BUILD_SETTINGS, BUILDER: builder, BUILD_NETWORK: network }: Config): Engine {
  return new DockerEngine({ client: new EngineClient(DOCKER_BUILD_SETTINGS), builder, network });
}

function openCallbacks(
  logger: Logger,
  { metrics, ...parts }: Pick<Parts, 'records' | 'seal' | 'policy' | 'metrics'>,
  retryMs: number | undefined,
): Callbacks {
  return new Callbacks({
    ...parts,
    ...(retryMs === undefined ? {} : { retryMs, repeatMs: [retryMs, 2 * retryMs] }),
    onResult: (build, result, problem) => {
      metrics.callback(result);
      if (result === 'delivered') logger.debug({ build }, 'callback delivered');
      else logger.warn({ build, problem }, result === 'retried' ? 'callback not delivered; trying again' : 'callback given up');
    },
  });
}

function openLogs(
  config: Config,
  logger: Logger,
  parts: Pick<Parts, 'records' | 'uploads' | 'policy' | 'workFolder'> & Pick<Place, 'prepareLog'>,
): Logs {
  return new Logs({
    folder: parts.workFolder,
    maxBytes: config.MAX_LOG_BYTES,
    records: parts.records,
    uploads: parts.uploads,
    operatorArgs: config.EXTRA_BUILD_ARGS,
    ...(parts.prepareLog === undefined ? {} : { prepare: parts.prepareLog, copies: true }),
    openKafka: (record, hosts, buildNumber) =>
      new KafkaLog({
        hosts,
        topic: config.KAFKA_TOPIC,
        app: record.app,
        space: record.space,
        buildNumber,
        policy: parts.policy,
        onTrouble: (problem) => logger.warn({ build: record.key, problem }, 'log lines do not reach Kafka'),
      }),
    ...(config.SHOW_BUILD_LOGS ? { show: (record: BuildRecord, line: string) => process.stdout.write(`${record.key}: ${line}\n`) } : {}),
  });
}

interface QueueDecisions extends Pick<WorkerParts, 'attemptPauseMs' | 'fetchRetryMs'> {
  readonly upkeep: Upkeep;
  readonly admit: () => Promise<void>;
  /** Who runs a build. */
  readonly run: (made: { readonly fetches: SourceFetches; readonly latest: LatestTag }) => QueueOptions['run'];
  readonly keep?: SourceFetchOptions['keep'];
  readonly adopts?: boolean;
  readonly handedBack?: QueueOptions['handedBack'];
}

/** Builds here, on one engine. */
export const runHere =
  (config: Config, { policy, room }: Pick<Parts, 'policy' | 'room'>, engine: Engine): QueueDecisions['run'] =>
  ({ fetches, latest }) =>
  (context) =>
    runBuild({ config, engine, policy, latest, fetches, room }, context);

export function openQueue(
  config: Config,
  logger: Logger,
  parts: Parts,
  { upkeep, admit, attemptPauseMs, fetchRetryMs, run, keep, adopts, handedBack }: QueueDecisions,
): { readonly queue: Queue; readonly fetches: SourceFetches } {
  const { records, seal, logs, uploads, callbacks, workFolder, engine, policy, sources, metrics, room } = parts;
  const latest = new LatestTag(records);
  records.watch((record, before) => {
    if (record === undefined || record.state === before?.state) return;
    if (isFinal(record.state)) metrics.ended(record);
    logger.info({ build: record.key, state: record.state, digest: record.digest, reason: record.reason }, 'build');
  });
  const fetches = new SourceFetches({
    records,
    policy,
    ownSources: sources,
    workFolder,
    maxSourceBytes: config.MAX_SOURCE_BYTES,
    maxBytes: config.MAX_FETCHED_BYTES,
    timeoutMs: config.TIMEOUT_IN_MS,
    hasRoom: () => room.hasRoom(),
    payload: (record) => readPayload(records, seal, record),
    fail: ({ key }, reason) => queue.giveUp(key, reason),
    trouble: (build, problem) => logger.warn({ build, problem }, 'sources not fetched'),
    ...(fetchRetryMs === undefined ? {} : { retryMs: fetchRetryMs }),
    ...(keep === undefined ? {} : { keep }),
  });
  room.on('full', () => fetches.giveWay());
  const queue: Queue = new Queue({
    fetches,
    records,
    seal,
    logs,
    uploads,
    callbacks,
    workFolder,
    maximum: config.MAXIMUM_PARALLEL_BUILDS,
    timeoutMs: config.TIMEOUT_IN_MS,
    graceMs: config.SHUTDOWN_GRACE_MS,
    ...(attemptPauseMs === undefined ? {} : { attemptPauseMs }),
    events: { trouble: (build, problem, error) => logger.error({ build, err: error }, problem) },
    ping: () => engine.ping(),
    maxSourceBytes: config.MAX_SOURCE_BYTES,
    run: run({ fetches, latest }),
    ...(adopts === undefined ? {} : { adopts }),
    ...(handedBack === undefined ? {} : { handedBack }),
    discard: (record) => upkeep.discard(record),
    admit,
  });
  return { queue, fetches };
}
