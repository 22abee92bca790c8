// One build in a pod of its own: the code that builds on one machine, driven by its
// Secret, with its result as the pod's termination message.
import './quiet';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Room } from './builds/room';
import { runBuild } from './builds/run';
import { ORDER_FOLDER, ORDER_KEY, POD_PORT, type BuildOrder } from './cluster/order';
import type { BuildResult } from './cluster/pod';
import { PodServer } from './cluster/pod-server';
import { readConfig, type Config } from './config';
import { EgressPolicy } from './egress/policy';
import type { Engine } from './engines/engine';
import { BuildFailure, EngineUnavailable, Interruption, interruptionOf, messageOf } from './errors';
import { Secrets } from './logs/mask';
import { secretValues } from './logs/secret-values';
import { SpooledLog } from './logs/spool';
import { openEngine } from './parts';
import { displayUrl, printable, targetOf } from './state/payload';
import { orInterrupted } from './builds/interrupted';

/** An engine beside the build takes a while to start. */
const ENGINE_MS = 120_000;
/** Somebody collects the log, or nobody does. */
const COLLECT_MS = 600_000;
const LAST_WORDS_MS = 3000;
/** A kubelet takes 4096 bytes of a termination message. */
const LONGEST_REASON = 2500;

export interface BuildPodOptions {
  readonly order: BuildOrder;
  readonly config: Config;
  readonly engine: Engine;
  readonly port: number;
  /** Aborted with an Interruption when the pod is to end. */
  readonly signal: AbortSignal;
  /** Told the port it listens on. */
  readonly listening?: (port: number) => void;
  /** Where the log is shown as it comes. */
  readonly show: NodeJS.WritableStream;
  /** Time for the worker to collect the log of a build that is interrupted. @default 3,000 ms */
  readonly lastWordsMs?: number;
  /** Writes down the result, before the worker is waited for. */
  readonly ended: (result: BuildResult) => void;
}

/** Runs the build to its end, and resolves when the worker has its log. */
export async function runBuildPod(options: BuildPodOptions): Promise<BuildResult> {
  const { order, config, signal, show, lastWordsMs = LAST_WORDS_MS } = options;
  const { payload } = order;
  await mkdir(config.DATA_DIR, { recursive: true, mode: 0o700 });
  const sources = join(config.DATA_DIR, 'sources');
  const secrets = new Secrets(secretValues(payload, config.EXTRA_BUILD_ARGS));
  const file = join(config.DATA_DIR, 'log');
  await rm(file, { force: true });
  const log = await SpooledLog.open({ file, maxBytes: config.MAX_LOG_BYTES, secrets });
  const server = new PodServer({ token: order.token, port: options.port, log, sources });
  const port = await server.listen();
  options.listening?.(port);
  const shown = (async () => {
    for await (const chunk of log.follow()) if (!show.write(chunk)) await new Promise<void>((resolve) => show.once('drain', resolve));
  })();
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new Interruption('timeout')), order.timeoutMs);
  const result = await build(options, { log, server, sources, signal: either(signal, late.signal) });
  clearTimeout(timer);
  await log.end();
  const whole: BuildResult = {
    ...result,
    ...(result.reason === undefined ? {} : { reason: secrets.text(result.reason).slice(0, LONGEST_REASON) }),
    logBytes: log.size,
  };
  options.ended(whole);
  server.tell({ result: whole });
  await shown;
  // Interrupted, the pod has little time left.
  const patience = interruptionOf(signal) === undefined ? COLLECT_MS : lastWordsMs;
  await server.collected(AbortSignal.timeout(patience)).catch(() => undefined);
  server.close();
  return whole;
}

/** The first of two reasons to end. */
function either(first: AbortSignal, second: AbortSignal): AbortSignal {
  return AbortSignal.any([first, second]);
}

async function build(
  { order, config, engine }: BuildPodOptions,
  { log, server, sources, signal }: { log: SpooledLog; server: PodServer; sources: string; signal: AbortSignal },
): Promise<BuildResult> {
  const { record, payload } = order;
  let digest: string | undefined;
  try {
    server.tell({ state: 'preparing' });
    await engineReady(engine, signal);
    await runBuild(
      {
        config,
        engine,
        policy: new EgressPolicy(config.EGRESS_ALLOW, config.EGRESS_DENY),
        // The worker does: it knows of the app's other builds.
        latest: { move: async () => true },
        room: new Room({ folder: config.DATA_DIR, minFreeBytes: config.MIN_FREE_BYTES, maxWaitingBytes: config.MAX_WAITING_BYTES }),
        fetches: {
          file: () => sources,
          obtain: async ({ line }) => {
            await orInterrupted(signal, server.sources(signal));
            await line(`Sources from ${displayUrl(payload.sources)}`);
          },
        },
      },
      {
        record,
        payload,
        log,
        signal,
        phase: async (state) => {
          signal.throwIfAborted();
          if (state === 'pushing') await log.flush();
          server.tell({ state });
        },
        pushed: async (pushed) => {
          digest = pushed;
          return new AbortController().signal;
        },
      },
    );
    const insecure = await engine.isInsecure(targetOf(payload).host).catch(() => false);
    return { state: 'succeeded', ...(digest === undefined ? {} : { digest }), insecure };
  } catch (error) {
    const interruption = error instanceof Interruption ? error : interruptionOf(signal);
    if (interruption?.kind === 'timeout') return { state: 'timed out' };
    if (interruption !== undefined) return { state: 'interrupted' };
    const state = error instanceof EngineUnavailable ? 'lost' : 'failed';
    if (!(error instanceof BuildFailure) && state === 'failed') process.stderr.write(`${printable(record.key)}: ${messageOf(error)}\n`);
    return { state, reason: messageOf(error) };
  }
}

async function engineReady(engine: Engine, signal: AbortSignal): Promise<void> {
  const until = performance.now() + ENGINE_MS;
  for (;;) {
    try {
      return await orInterrupted(signal, engine.ping());
    } catch (error) {
      if (signal.aborted || performance.now() > until) throw error;
      await sleep(100);
    }
  }
}

async function main(): Promise<void> {
  const order = JSON.parse(readFileSync(join(ORDER_FOLDER, ORDER_KEY), 'utf8')) as BuildOrder;
  const config = readConfig({ ...order.environment, ...process.env });
  const interrupted = new AbortController();
  // The pod is deleted, whoever wants that: what the build has reached by then is told.
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => interrupted.abort(new Interruption('stop')));
  const { state } = await runBuildPod({
    order,
    config,
    engine: openEngine(config),
    port: POD_PORT,
    signal: interrupted.signal,
    show: process.stdout,
    ended: (result) => writeFileSync('/dev/termination-log', JSON.stringify(result)),
  });
  // What `kubectl get jobs` says of the Job: Complete or Failed.
  process.exit(state === 'succeeded' ? 0 : 1);
}

if (require.main === module)
  main().catch((error: unknown) => {
    process.stderr.write(`Error: ${messageOf(error)}\n`);
    process.exit(1);
  });
