// The queue: runs as many builds as allowed, in turn between apps, and brings each to exactly one end.
import { setTimeout as sleep } from 'node:timers/promises';
import { BuildFailure, codeOf, EngineUnavailable, Interruption, interruptionOf, messageOf } from '../errors';
import type { BuildLog } from '../logs/logs';
import type { Builds } from './builds';
import { Intake } from './accept';
import { Endings, endingOf, STOPPED, type Ending } from './ending';
import type { Payload } from '../state/payload';
import { MOST_ATTEMPTS, recover, runsAlone } from './recovery';
import { isFinal, isRunning, waitsForTurn, type BuildRecord } from '../state/record';
import { freePlaces, type Running } from './places';
import { nextOf, positionOf } from './position';
import type { QueueOptions } from './queue-options';

const ENGINE_PAUSE_MS = 2000;
const ATTEMPT_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = ATTEMPT_PAUSE_MS * 2 ** MOST_ATTEMPTS;
/** Time that `latest` may take once the image is in the registry: it moves a name, no layers. */
const LATEST_MS = 120_000;
/** Whoever stops a build waits so long to learn whether it came in time. */
const STOP_MS = 10_000;
/** At a shutdown: time to write down that the builds go back to the queue. */
const HAND_BACK_MS = 3000;

export class Queue implements Builds {
  readonly #running = new Map<string, Running>();
  readonly #lastStart = new Map<string, number>();
  readonly #turnOf = (appId: string) => this.#lastStart.get(appId) ?? 0;
  #starts = 0;
  #started = false;
  #recovered: () => void = () => undefined;
  readonly #recovery = new Promise<void>((resolve) => (this.#recovered = resolve));
  #stopping = false;
  #pumping = false;
  #again = false;
  #timer: NodeJS.Timeout | undefined;
  #engineGoneSince: number | undefined;
  #engineProblem: string | undefined;
  readonly #endings: Endings;
  readonly #intake: Intake;

  constructor(private readonly options: QueueOptions) {
    this.#endings = new Endings(options);
    this.#intake = new Intake(options);
  }

  /** Brings back what the last process left, then begins to work. Builds may be accepted before. */
  async start(): Promise<void> {
    const { adopts = false, records } = this.options;
    await recover(this.options, this.#endings, adopts);
    for (const record of adopts ? records.open() : []) {
      if (!isRunning(record.state)) continue;
      this.#begin(record);
      await this.#heed(record);
    }
    this.#started = true;
    this.#recovered();
    this.pump();
    await this.options.fetches.start();
  }

  /**
   * Resolves once the build is safely in the queue, or was before; also while the worker stops, for the next start.
   * @param host where the request was sent to
   * @throws RequestError
   */
  async accept(body: unknown, host?: string): Promise<BuildRecord> {
    const { record, fresh } = await this.#intake.accept(body, host);
    if (fresh) {
      this.options.callbacks.wake(record.key);
      this.pump();
      void this.options.fetches.add(record);
    }
    return record;
  }

  /** What others have done to a build: taken it in, stopped or deleted it. */
  noticed(record: BuildRecord, before: BuildRecord | undefined): void {
    const { callbacks, fetches, events } = this.options;
    if (before === undefined) {
      callbacks.wake(record.key);
      void fetches.add(record);
    }
    if (record.stopRequested !== before?.stopRequested || record.deleted !== before?.deleted)
      this.#heed(record).catch((error: unknown) => events.trouble(record.key, messageOf(error), error));
    this.pump();
  }

  /** What is known to fail ends as failed, without its turn; one that runs already sees for itself. */
  async giveUp(key: string, reason: string): Promise<void> {
    await this.options.records.transition(key, ({ state }) => (state === 'queued' ? { unbuildable: reason } : undefined));
    this.pump();
  }

  /** Begins what may begin. Cheap; called after every change. */
  pump(): void {
    if (!this.#started) return;
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

  /** Why a build that waits does not begin; `undefined` where it only waits for its turn. */
  waitsFor({ state }: BuildRecord): string | undefined {
    return state === 'queued' ? this.#engineProblem : undefined;
  }

  #wakeIn(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.pump(), ms).unref();
  }

  async #fill(): Promise<void> {
    const { maximum, ping } = this.options;
    this.#endHopeless();
    while (!this.#stopping && freePlaces(this.#running.values(), maximum) > 0) {
      if (this.#next() === undefined) return;
      try {
        await ping();
        this.#engineGoneSince = undefined;
        this.#engineProblem = undefined;
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

  /** Builds that a stop met on their way back to the queue, and those that cannot be built. */
  #endHopeless(): void {
    for (const record of this.options.records.open()) {
      const { key, state, stopRequested, unbuildable } = record;
      if (state !== 'queued' || this.#running.has(key)) continue;
      const ending: Ending | undefined =
        stopRequested === true ? STOPPED : unbuildable === undefined ? undefined : { state: 'failed', reason: unbuildable };
      if (ending !== undefined)
        this.#endings.endIdle(key, ending).catch((error: unknown) => this.options.events.trouble(key, messageOf(error), error));
    }
  }

  /** Builds wait for an engine that is gone as long as a build may take, then they fail with the reason. */
  async #waitForEngine(problem: string): Promise<void> {
    const { records, timeoutMs, events } = this.options;
    this.#engineProblem = problem;
    if (this.#engineGoneSince === undefined) events.trouble(undefined, problem);
    const gone = performance.now() - (this.#engineGoneSince ??= performance.now());
    for (const { key, state, acceptedAt } of records.open()) {
      if (state !== 'queued' || this.#running.has(key)) continue;
      if (Math.min(gone, Date.now() - acceptedAt) >= timeoutMs) await this.#endings.endIdle(key, { state: 'failed', reason: problem });
    }
    this.#wakeIn(Math.min(ENGINE_PAUSE_MS, timeoutMs));
  }

  /** The oldest build of the app that has waited longest for its turn; nothing while it, or one that runs, must be alone. */
  #next(): BuildRecord | undefined {
    const next = this.#oldest();
    if (next === undefined || this.#running.size === 0) return next;
    return this.#runsAlone(next) || [...this.#running.values()].some(({ alone }) => alone) ? undefined : next;
  }

  /** Builds that outlive this process have engines of their own. */
  #runsAlone(record: BuildRecord): boolean {
    return this.options.adopts !== true && runsAlone(record);
  }

  #oldest(): BuildRecord | undefined {
    const waiting = this.options.records.open().filter((record) => waitsForTurn(record) && !this.#running.has(record.key));
    const { record, inMs } = nextOf(waiting, this.#turnOf, LONGEST_PAUSE_MS);
    if (inMs !== undefined) this.#wakeIn(inMs);
    return record;
  }

  #begin(record: BuildRecord): void {
    const running: Running = {
      controller: new AbortController(),
      pushed: record.digest !== undefined,
      // Of one that outlived who began it, the digest is written down when its pod has ended.
      vacated: this.options.adopts === true && record.digest !== undefined,
      alone: this.#runsAlone(record),
      done: Promise.resolve(),
    };
    this.#lastStart.set(record.appId, (this.#starts += 1));
    this.#running.set(record.key, running);
    running.done = new Promise<void>((resolve) => setImmediate(resolve))
      .then(() => this.#attempt(record, running))
      .catch((error: unknown) => this.#rescue(record.key, error))
      .catch((error: unknown) => this.options.events.trouble(record.key, messageOf(error), error))
      .finally(() => {
        this.#running.delete(record.key);
        this.pump();
      });
  }

  /** What went wrong while an attempt was brought to its end: the build ends nevertheless. */
  async #rescue(key: string, error: unknown): Promise<void> {
    this.options.events.trouble(key, messageOf(error), error);
    const record = this.options.records.get(key);
    if (record !== undefined && isRunning(record.state)) await this.#endings.endIdle(key, { state: 'failed', reason: reasonOf(error) });
  }

  async #attempt(queued: BuildRecord, running: Running): Promise<void> {
    const { records, logs, timeoutMs } = this.options;
    const key = queued.key;
    const begun = performance.now();
    const ranMs = () => (queued.ranMs ?? 0) + Math.round(performance.now() - begun);
    // One that runs already was begun by somebody who is gone.
    const began = isRunning(queued.state)
      ? queued
      : await records.enter(key, { state: 'preparing', attempts: queued.attempts + 1, startedAt: queued.startedAt ?? Date.now() });
    if (began === undefined) return;
    const deadline = (controller: AbortController, ms: number) =>
      setTimeout(() => controller.abort(new Interruption('timeout')), ms).unref();
    const first = running.controller;
    let timer = deadline(first, running.pushed ? Math.min(timeoutMs, LATEST_MS) : Math.max(1, timeoutMs - (queued.ranMs ?? 0)));
    let log: BuildLog | undefined;
    let payload: Payload | undefined;
    try {
      payload = await this.#endings.payload(began);
      log = await logs.open(began, payload);
      const { spool } = log;
      await this.options.run({
        record: began,
        payload,
        log: spool,
        signal: first.signal,
        phase: async (state) => {
          first.signal.throwIfAborted();
          // A log that cannot be written fails the build, and it must do so before the image is out.
          if (state === 'pushing') await spool.flush();
          await records.enter(key, { state, ranMs: ranMs() });
        },
        pushed: async (digest) => {
          clearTimeout(timer);
          const second = new AbortController();
          running.controller = second;
          running.pushed = true;
          timer = deadline(second, Math.min(timeoutMs, LATEST_MS));
          await records.transition(key, { digest, ranMs: ranMs() });
          return second.signal;
        },
        vacated: () => {
          running.vacated = true;
          this.pump();
        },
      });
      await this.#endings.end(key, { state: 'succeeded' }, log, payload);
    } catch (error) {
      await this.#settle(began, error, { signal: running.controller.signal, log, payload, ranMs: ranMs() });
    } finally {
      clearTimeout(timer);
    }
  }

  async #settle(
    began: BuildRecord,
    error: unknown,
    { signal, log, payload, ranMs }: { signal: AbortSignal; log: BuildLog | undefined; payload: Payload | undefined; ranMs: number },
  ): Promise<void> {
    const { records, events, timeoutMs, attemptPauseMs = ATTEMPT_PAUSE_MS } = this.options;
    const interruption = error instanceof Interruption ? error : interruptionOf(signal);
    const shutdown = interruption?.kind === 'shutdown';
    const lost = interruption === undefined && error instanceof EngineUnavailable && began.attempts < MOST_ATTEMPTS;
    if (shutdown || lost) {
      // Not the build's fault: a shutdown counts as no attempt, and takes nothing of its time.
      const back: Partial<BuildRecord> = shutdown
        ? { state: 'queued', attempts: began.attempts - 1, notBefore: 0 }
        : { state: 'queued', ranMs, notBefore: Date.now() + attemptPauseMs * 2 ** (began.attempts - 1) };
      // Decided on the record as it is in that moment: a stop that came meanwhile ends the build.
      const moved = await records.transition(began.key, (current) => (current.stopRequested === true ? undefined : back));
      if (moved !== undefined)
        return this.#handBack(
          moved,
          log,
          shutdown ? 'The worker is stopping; the build goes back to the queue.' : `${messageOf(error)}. The build is tried again.`,
        );
    }
    const current = records.get(began.key) ?? began;
    const stopped = interruption?.kind === 'stop' || ((shutdown || lost) && current.stopRequested === true);
    const ending: Ending = stopped
      ? STOPPED
      : interruption?.kind === 'timeout'
        ? {
            state: 'timed out',
            reason:
              current.digest === undefined
                ? `not finished within ${timeoutMs} ms (TIMEOUT_IN_MS)`
                : `not finished within ${Math.min(timeoutMs, LATEST_MS)} ms`,
          }
        : { state: 'failed', reason: reasonOf(error) };
    // Only the registry's own refusal of `latest` fails a build whose image it has taken.
    const refused = interruption === undefined && error instanceof BuildFailure;
    if (ending.state === 'failed' && !(error instanceof BuildFailure)) events.trouble(began.key, messageOf(error), error);
    await this.#endings.end(
      began.key,
      refused ? ending : endingOf(current, ending),
      log ?? (await this.#endings.openLog(current, payload)),
      payload,
    );
  }

  async #handBack(record: BuildRecord, log: BuildLog | undefined, line: string): Promise<void> {
    try {
      await log?.spool.line(line);
      await log?.spool.end();
      if (log !== undefined) await this.options.handedBack?.(record, log.spool.file);
    } finally {
      this.options.logs.forget(record.key);
    }
  }

  /** 1 for the next one to begin; `undefined` for a build that does not wait. */
  position(key: string): number | undefined {
    if (this.options.records.get(key)?.state !== 'queued') return undefined;
    const waiting = this.options.records.open().filter(({ state }) => state === 'queued');
    return positionOf(key, waiting, this.#turnOf);
  }

  /**
   * Stops a build, queued or running; one that has ended stays as it is.
   * @returns the build as it is when the stop has had its effect, or after 10 s; `undefined` when there is none.
   */
  async stop(key: string): Promise<BuildRecord | undefined> {
    await this.#recovery;
    const record = this.options.records.get(key);
    if (record === undefined || record.deleted === true) return undefined;
    await this.#requestStop(key, {});
    const running = this.#running.get(key);
    if (running !== undefined && !running.pushed) {
      const enough = new AbortController();
      await Promise.race([running.done, sleep(STOP_MS, undefined, { signal: enough.signal }).catch(() => undefined)]);
      enough.abort();
    }
    return this.options.records.get(key) ?? record;
  }

  /** Notes the wish on the record as it is in that moment; a build that has ended keeps its end. */
  async #requestStop(key: string, more: Partial<BuildRecord>): Promise<void> {
    const noted = await this.options.records.transition(key, (current) =>
      !isFinal(current.state) ? { ...more, stopRequested: true } : more.deleted === true ? more : undefined,
    );
    if (noted !== undefined) await this.#heed(noted);
  }

  async #heed(noted: BuildRecord): Promise<void> {
    const { key } = noted;
    if (noted.stopRequested !== true && noted.deleted !== true) return;
    const running = this.#running.get(key);
    if (running !== undefined) {
      if (!running.pushed) running.controller.abort(new Interruption('stop'));
    } else if (!isFinal(noted.state)) {
      await this.#endings.endIdle(key, STOPPED);
    } else if (noted.deleted === true) {
      await this.#endings.purge(noted);
    }
  }

  /** Stops and removes everything of an app. @returns whether it had anything. */
  async deleteApp(id: string): Promise<boolean> {
    await this.#recovery;
    const builds = this.options.records.ofApp(id).filter(({ deleted }) => deleted !== true);
    for (const { key } of builds) await this.#requestStop(key, { deleted: true });
    return builds.length > 0;
  }

  /** Begins nothing more, lets running builds finish in the grace period, hands the rest back to the queue. */
  async close(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    const adopts = this.options.adopts === true;
    // What runs elsewhere goes on, and the next leader with it.
    const running = () => (adopts ? [] : [...this.#running.values()]);
    const all = () => Promise.all([...running().map(({ done }) => done), this.#endings.settled()]);
    const within = (ms: number) => Promise.race([all(), new Promise<void>((resolve) => setTimeout(resolve, ms).unref())]);
    if (adopts) return void (await Promise.all([within(HAND_BACK_MS), this.options.fetches.close()]));
    await within(this.options.graceMs);
    for (const { controller } of this.#running.values()) controller.abort(new Interruption('shutdown'));
    this.options.records.giveUp();
    await Promise.all([within(HAND_BACK_MS), this.options.fetches.close()]);
  }
}

function reasonOf(error: unknown): string {
  if (codeOf(error) === 'ENOSPC') return 'the disk of DATA_DIR is full';
  return messageOf(error);
}
