// The queue: accepts builds, runs as many as allowed, in turn between apps, and brings each to exactly one end.
import { randomUUID } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BuildFailure, codeOf, EngineUnavailable, Interruption, interruptionOf, messageOf, requestErrors } from '../errors';
import type { BuildLog } from '../logs/logs';
import { decodeDataUri } from '../sources/fetch';
import { noticeWrite } from './callbacks';
import type { Write } from './database';
import { Endings, type Ending, type EndingOptions } from './ending';
import { appId, buildKey, fingerprintOf, parsePayload, repositoryOf, type Payload } from './payload';
import { isFinal, isRunning, type BuildRecord } from './record';
import type { RunContext } from './run';

/** A build that takes the worker or the engine down with it is given up. */
const MOST_ATTEMPTS = 4;
const ENGINE_PAUSE_MS = 2000;
/** Stands for sources that came with the request and lie in the work folder. */
const SOURCES_ON_DISK = 'data:,';

export interface QueueOptions extends EndingOptions {
  readonly maximum: number;
  readonly timeoutMs: number;
  readonly graceMs: number;
  /** Whether the engine is there. */
  readonly ping: () => Promise<void>;
  readonly run: (context: RunContext) => Promise<string>;
  /** Refuses builds when there is no room for them. */
  readonly admit: () => Promise<void>;
}

interface Running {
  readonly controller: AbortController;
  readonly done: Promise<void>;
  committed: boolean;
}

export class Queue {
  readonly #running = new Map<string, Running>();
  readonly #lastStart = new Map<string, number>();
  #starts = 0;
  #sequence = 0;
  #stopping = false;
  #pumping = false;
  #again = false;
  #timer: NodeJS.Timeout | undefined;
  #engineGoneSince: number | undefined;
  readonly #stops = new Set<Promise<unknown>>();
  readonly #endings: Endings;

  constructor(private readonly options: QueueOptions) {
    this.#endings = new Endings(options);
  }

  get runningCount(): number {
    return this.#running.size;
  }

  /** Brings back what the last process left, then begins to work. */
  async start(): Promise<void> {
    const { database } = this.options;
    for (const record of database.all('build')) {
      this.#sequence = Math.max(this.#sequence, record.sequence);
      if (isFinal(record.state)) continue;
      if (record.stopRequested === true) await this.#endings.endIdle(record, { state: 'stopped', reason: 'stopped on request' });
      else if (isRunning(record.state)) await this.#resume(record);
    }
    this.pump();
  }

  async #resume(record: BuildRecord): Promise<void> {
    await this.options.discard(record).catch(() => undefined);
    if (record.attempts >= MOST_ATTEMPTS) {
      await this.#endings.endIdle(record, { state: 'failed', reason: `the worker ended ${record.attempts} times while the build was ${record.state}` });
      return;
    }
    const log = await this.options.logs.open(record, undefined);
    await log.spool.line(`The worker was restarted while the build was ${record.state}; the build begins again.`);
    await log.spool.end();
    await this.options.database.transition(record.key, { state: 'queued' });
    this.options.logs.forget(record.key);
  }

  /**
   * Resolves once the build is safely in the queue, or was before.
   * @throws RequestError
   */
  async accept(body: unknown): Promise<BuildRecord> {
    const { database, seal, workFolder, callbacks, admit } = this.options;
    if (this.#stopping) throw requestErrors.stopping();
    const payload = parsePayload(body);
    const id = appId(payload);
    const number = String(payload.build_number);
    const key = buildKey(id, number);
    const fingerprint = fingerprintOf(body);
    const known = () => {
      const record = database.get('build', key);
      if (record?.deleted === true) throw requestErrors.deletedBuild(key);
      if (record !== undefined && record.fingerprint !== fingerprint) throw requestErrors.conflict(key);
      return record;
    };
    const before = known();
    if (before !== undefined) return before;
    await admit();
    const work = randomUUID();
    const kept = await this.#keepSources(payload, join(workFolder, `${work}.sources`));
    try {
      const { record, fresh } = await database.change(() => {
        const present = known();
        if (present !== undefined) return { result: { record: present, fresh: false }, writes: [] };
        const created: BuildRecord = {
          key,
          appId: id,
          number,
          app: payload.app,
          space: payload.space,
          buildUuid: payload.build_uuid,
          repository: repositoryOf(payload),
          sequence: (this.#sequence += 1),
          fingerprint,
          work,
          state: 'queued',
          attempts: 0,
          acceptedAt: Date.now(),
        };
        const writes: Write[] = [{ table: 'build', key, value: created }, { table: 'payload', key, value: seal.close(key, JSON.stringify(kept)) }, ...noticeWrite(seal, created, payload, 0)];
        return { result: { record: created, fresh: true }, writes };
      });
      if (!fresh) {
        await rm(join(workFolder, `${work}.sources`), { force: true });
        return record;
      }
      this.options.events.changed(record);
      callbacks.wake();
      this.pump();
      return record;
    } catch (error) {
      await rm(join(workFolder, `${work}.sources`), { force: true });
      throw error;
    }
  }

  /** Sources inside the request go to the disk: the database stays small. */
  async #keepSources(payload: Payload, path: string): Promise<Payload> {
    if (!payload.sources.startsWith('data:')) return payload;
    let bytes: Buffer;
    try {
      bytes = decodeDataUri(payload.sources);
    } catch (error) {
      throw requestErrors.invalidField('sources', messageOf(error));
    }
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } catch (error) {
      if (codeOf(error) === 'ENOSPC') throw requestErrors.diskFull();
      throw error;
    } finally {
      await file.close();
    }
    return { ...payload, sources: SOURCES_ON_DISK };
  }

  /** Begins what may begin. Cheap; called after every change. */
  pump(): void {
    if (this.#pumping) {
      this.#again = true;
      return;
    }
    this.#pumping = true;
    this.#again = false;
    this.#fill()
      .catch((error: unknown) => this.options.events.trouble(undefined, messageOf(error), error))
      .finally(() => {
        this.#pumping = false;
        if (this.#again) this.pump();
      });
  }

  #wakeIn(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.pump(), ms).unref();
  }

  async #fill(): Promise<void> {
    const { maximum, ping } = this.options;
    while (!this.#stopping && this.#running.size < maximum) {
      if (this.#next() === undefined) return;
      try {
        await ping();
        this.#engineGoneSince = undefined;
      } catch (error) {
        await this.#waitForEngine(messageOf(error));
        return;
      }
      // Looked for anew: the one of before may have been stopped meanwhile.
      const next = this.#next();
      if (next === undefined || this.#stopping) return;
      this.#begin(next);
    }
  }

  /** Builds wait for an engine that is gone as long as a build may take, then they fail with the reason. */
  async #waitForEngine(problem: string): Promise<void> {
    const { database, timeoutMs, events } = this.options;
    if (this.#engineGoneSince === undefined) events.trouble(undefined, problem);
    const since = (this.#engineGoneSince ??= Date.now());
    for (const record of database.all('build')) {
      if (record.state !== 'queued' || this.#running.has(record.key)) continue;
      if (Date.now() - Math.max(since, record.acceptedAt) >= timeoutMs) await this.#endings.endIdle(record, { state: 'failed', reason: problem });
    }
    this.#wakeIn(Math.min(ENGINE_PAUSE_MS, timeoutMs));
  }

  /** The oldest build of the app that has waited longest for its turn. */
  #next(): BuildRecord | undefined {
    const now = Date.now();
    let best: BuildRecord | undefined;
    let soonest = Number.POSITIVE_INFINITY;
    const turn = (record: BuildRecord) => this.#lastStart.get(record.appId) ?? 0;
    for (const record of this.options.database.all('build')) {
      if (record.state !== 'queued' || record.stopRequested === true || this.#running.has(record.key)) continue;
      if ((record.notBefore ?? 0) > now) soonest = Math.min(soonest, record.notBefore ?? 0);
      else if (best === undefined || turn(record) < turn(best) || (turn(record) === turn(best) && record.sequence < best.sequence)) best = record;
    }
    if (best === undefined && soonest !== Number.POSITIVE_INFINITY) this.#wakeIn(soonest - now);
    return best;
  }

  #begin(record: BuildRecord): void {
    const controller = new AbortController();
    this.#lastStart.set(record.appId, (this.#starts += 1));
    const done = new Promise<void>((resolve) => setImmediate(resolve))
      .then(() => this.#attempt(record, controller))
      .catch((error: unknown) => this.options.events.trouble(record.key, messageOf(error), error))
      .finally(() => {
        this.#running.delete(record.key);
        this.pump();
      });
    this.#running.set(record.key, { controller, done, committed: false });
  }

  async #attempt(queued: BuildRecord, first: AbortController): Promise<void> {
    const { database, logs, timeoutMs, events, workFolder } = this.options;
    const began = await database.transition(queued.key, { state: 'preparing', attempts: queued.attempts + 1, startedAt: queued.startedAt ?? Date.now() });
    if (began === undefined) return;
    events.changed(began);
    const timeout = () => new Interruption('timeout');
    let timer = setTimeout(() => first.abort(timeout()), timeoutMs).unref();
    let log: BuildLog | undefined;
    let payload: Payload | undefined;
    try {
      payload = this.#endings.payload(began);
      log = await logs.open(began, payload);
      await log.spool.line(`Generating build for ${began.app}-${began.space} build uuid ${began.buildUuid}`);
      const digest = await this.options.run({
        record: began,
        payload,
        log: log.spool,
        signal: first.signal,
        sourcesFile: join(workFolder, `${began.work}.sources`),
        phase: async (state) => {
          first.signal.throwIfAborted();
          // A log that cannot be written fails the build, and it must do so before the image is out.
          if (state === 'pushing') await log?.spool.flush();
          const moved = await database.transition(began.key, { state });
          if (moved !== undefined) events.changed(moved);
        },
        commit: () => {
          clearTimeout(timer);
          const second = new AbortController();
          timer = setTimeout(() => second.abort(timeout()), timeoutMs).unref();
          this.#running.set(began.key, { controller: second, done: this.#running.get(began.key)?.done ?? Promise.resolve(), committed: true });
          return second.signal;
        },
      });
      await this.#endings.end(began.key, { state: 'succeeded', digest }, log, payload);
    } catch (error) {
      await this.#settle(began, error, this.#running.get(began.key)?.controller.signal ?? first.signal, log, payload);
    } finally {
      clearTimeout(timer);
    }
  }

  async #settle(record: BuildRecord, error: unknown, signal: AbortSignal, log: BuildLog | undefined, payload: Payload | undefined): Promise<void> {
    const { database, events, logs, discard, timeoutMs } = this.options;
    const interruption = error instanceof Interruption ? error : interruptionOf(signal);
    await discard(record).catch((problem: unknown) => events.trouble(record.key, `what the build left on the engine stays: ${messageOf(problem)}`));
    if (interruption?.kind === 'shutdown' || (interruption === undefined && error instanceof EngineUnavailable && record.attempts < MOST_ATTEMPTS)) {
      const handedBack = interruption !== undefined;
      const line = handedBack ? 'The worker is stopping; the build goes back to the queue.' : `${messageOf(error)}. The build is tried again.`;
      await log?.spool.line(line).catch(() => undefined);
      await log?.spool.end();
      // Not the build's fault: a shutdown counts as no attempt.
      const back = await database.transition(record.key, { state: 'queued', attempts: record.attempts - (handedBack ? 1 : 0), notBefore: handedBack ? 0 : Date.now() + 1000 * 2 ** record.attempts });
      if (log !== undefined) logs.forget(record.key);
      if (back !== undefined) events.changed(back);
      return;
    }
    const ending: Ending =
      interruption?.kind === 'stop'
        ? { state: 'stopped', reason: 'stopped on request' }
        : interruption?.kind === 'timeout'
          ? { state: 'timed out', reason: `not finished within ${timeoutMs} ms (TIMEOUT_IN_MS)` }
          : { state: 'failed', reason: reasonOf(error) };
    if (ending.state === 'failed' && !(error instanceof BuildFailure)) events.trouble(record.key, messageOf(error), error);
    await this.#endings.end(record.key, ending, log ?? (await logs.open(record, payload)), payload);
  }

  /**
   * Stops a build, queued or running; one that has ended stays as it is.
   * @returns whether there is such a build.
   */
  async stop(key: string): Promise<boolean> {
    const { database } = this.options;
    const record = database.get('build', key);
    if (record === undefined || record.deleted === true) return false;
    await this.#requestStop(record);
    return true;
  }

  async #requestStop(record: BuildRecord, more: Partial<BuildRecord> = {}): Promise<void> {
    if (isFinal(record.state)) return;
    const noted = await this.options.database.transition(record.key, { ...more, stopRequested: true });
    const running = this.#running.get(record.key);
    if (running !== undefined) {
      if (!running.committed) running.controller.abort(new Interruption('stop'));
    } else if (noted !== undefined) {
      await this.#track(this.#endings.endIdle(noted, { state: 'stopped', reason: 'stopped on request' }));
    }
  }

  async #track<T>(work: Promise<T>): Promise<T> {
    const tracked = work.finally(() => this.#stops.delete(tracked));
    this.#stops.add(tracked);
    return tracked;
  }

  /** Stops and removes everything of an app. @returns whether it had anything. */
  async deleteApp(id: string): Promise<boolean> {
    const { database } = this.options;
    const builds = database.all('build').filter((record) => record.appId === id && record.deleted !== true);
    for (const record of builds) {
      if (isFinal(record.state)) {
        const gone = await database.transition(record.key, { deleted: true });
        if (gone !== undefined) await this.#endings.purge(gone);
      } else {
        await this.#requestStop(record, { deleted: true });
      }
    }
    return builds.length > 0;
  }

  /** Accepts nothing more, lets running builds finish in the grace period, hands the rest back to the queue. */
  async close(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    const all = () => Promise.all([...[...this.#running.values()].map(({ done }) => done), ...this.#stops]);
    const grace = new Promise<void>((resolve) => setTimeout(resolve, this.options.graceMs).unref());
    await Promise.race([all(), grace]);
    for (const { controller } of this.#running.values()) controller.abort(new Interruption('shutdown'));
    await all();
  }
}

function reasonOf(error: unknown): string {
  if (codeOf(error) === 'ENOSPC') return 'the disk of DATA_DIR is full';
  return messageOf(error);
}
