// Notices to a build's callback address: kept in the records, sent until they are answered, for 24 hours.
import type { EgressPolicy } from '../egress/policy';
import { discard, sendRequest } from '../egress/request';
import { codeOf, messageOf } from '../errors';
import type { Notice, Records } from '../state/records';
import type { Seal } from '../state/seal';
import { REPEATS, type Letter } from './notices';
import { SendingTurns, type Sending } from './turns';

export const GIVE_UP_MS = 24 * 3600 * 1000;
/**
 * A client's callback_auth is good for 20,000 s at most: one that refuses for longer,
 * or knows no such build, will not take the notice any more.
 */
export const REFUSED_MS = 20_000_000;
const REFUSALS = new Set([403, 404, 410]);
const LONGEST_PAUSE_MS = 600_000;
/** For one attempt as a whole, however the receiver drips. */
const ATTEMPT_MS = 30_000;
/** An attempt that takes longer gives its slot to others while it waits on. */
const SLOW_MS = 500;
/** Of those; above it the oldest is broken off, and tried again. */
const MOST_SLOW = 500;
/** What a pending notice that is under way gets for its answer once the build has ended. */
const PENDING_MS = 5000;
/** After an end that a pending notice may overtake, because a receiver held that one without an answer. */
const REPEAT_MS = [60_000, 600_000];
/** Said where the receiver was not reached, so that it holds nothing. */
const UNREACHED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EGRESS_REFUSED']);
/** A proxy's words for a receiver that did not answer it. */
const GATEWAY = new Set([502, 504]);

export interface CallbackOptions {
  readonly records: Records;
  readonly seal: Seal;
  readonly policy: EgressPolicy;
  readonly onResult: (build: string, result: 'delivered' | 'retried' | 'undelivered', message: string) => void;
  /** First pause after a failure; it doubles up to 10 minutes. @default 1,000 ms */
  readonly retryMs?: number;
  /** @default 30,000 ms */
  readonly attemptMs?: number;
  /** @default 500 ms */
  readonly slowMs?: number;
  /** How many may take longer than that at once. @default 500 */
  readonly mostSlow?: number;
  /** Pauses before an end is sent again. @default 1 and 10 minutes */
  readonly repeatMs?: readonly number[];
}

type Answer =
  | { readonly kind: 'taken' }
  | { readonly kind: 'refused' | 'unanswered' | 'unreached'; readonly problem: string; readonly status?: number };

/** One notice on its way. */
interface Attempt extends Sending {
  readonly step: 0 | 1;
  readonly abort: AbortController;
  /** It has no slot any more. */
  slow: boolean;
  work: Promise<void>;
}

export class Callbacks {
  /** By build: one at a time, so that the final notice never comes before a pending one. */
  readonly #active = new Map<string, Attempt>();
  /** Builds whose notice is due later. */
  readonly #later = new Map<string, NodeJS.Timeout>();
  readonly #turns = new SendingTurns();
  /** Pending notices that another process may have begun to send. */
  readonly #inherited = new Set<string>();
  readonly #closing = new AbortController();

  constructor(private readonly options: CallbackOptions) {
    this.inherit();
  }

  /** Whoever sent notices before may have begun with those that are pending. */
  inherit(): void {
    for (const { build, step } of this.options.records.notices()) if (step === 0) this.#inherited.add(build);
  }

  /** Looks for what is due, of one build or of all; called after each change and at the start. */
  wake(build?: string): void {
    if (this.#closing.signal.aborted) return;
    const builds = build === undefined ? new Set(this.options.records.notices().map((entry) => entry.build)) : [build];
    for (const each of builds) this.#schedule(each);
    this.#pump();
  }

  #due(build: string): Notice | undefined {
    const { final, pending } = this.options.records.noticesOf(build);
    return final ?? pending;
  }

  #sending({ build, host }: Notice): Sending {
    return { host, app: build.slice(0, build.lastIndexOf('/')) };
  }

  #schedule(build: string): void {
    clearTimeout(this.#later.get(build));
    this.#later.delete(build);
    const entry = this.#due(build);
    const active = this.#active.get(build);
    if (active !== undefined) {
      if (active.step === 0 && entry?.step === 1) setTimeout(() => active.abort.abort(), PENDING_MS).unref();
      return;
    }
    if (entry === undefined) return;
    const wait = entry.notBefore - Date.now();
    // More than any pause there is: the clock was set back, and the notice is due.
    if (wait <= 0 || wait > LONGEST_PAUSE_MS) return this.#turns.add(build, this.#sending(entry));
    const timer = setTimeout(() => {
      this.#later.delete(build);
      this.wake(build);
    }, wait);
    this.#later.set(build, timer.unref());
  }

  #pump(): void {
    if (this.#closing.signal.aborted) return;
    for (let next = this.#turns.next(); next !== undefined; next = this.#turns.next()) {
      const entry = this.#due(next.build);
      if (entry === undefined) this.#turns.release(next);
      else this.#begin(entry, next);
    }
  }

  #begin(entry: Notice, sending: Sending): void {
    const { build } = entry;
    const { slowMs = SLOW_MS } = this.options;
    const attempt: Attempt = { ...sending, step: entry.step, abort: new AbortController(), slow: false, work: Promise.resolve() };
    const makeRoom = () => {
      if (attempt.slow) return;
      attempt.slow = true;
      this.#turns.release(sending);
    };
    const timer = setTimeout(() => {
      makeRoom();
      this.#boundSlow();
      this.#pump();
    }, slowMs).unref();
    this.#active.set(build, attempt);
    attempt.work = this.#deliver(entry, attempt.abort.signal)
      .catch((error: unknown) => this.options.onResult(build, 'retried', messageOf(error)))
      .finally(() => {
        clearTimeout(timer);
        makeRoom();
        this.#active.delete(build);
        this.wake(build);
      });
  }

  #boundSlow(): void {
    const { mostSlow = MOST_SLOW } = this.options;
    const slow = [...this.#active.values()].filter((attempt) => attempt.slow && !attempt.abort.signal.aborted);
    for (const { abort } of slow.slice(0, Math.max(0, slow.length - mostSlow))) abort.abort();
  }

  async #deliver(entry: Notice, signal: AbortSignal): Promise<void> {
    const pending = entry.step === 1 ? this.options.records.noticesOf(entry.build).pending : undefined;
    if (pending !== undefined) await this.#drop(pending);
    const begun = performance.now();
    const answer = await this.#post(entry, signal);
    if (this.#closing.signal.aborted && answer.kind !== 'taken') return;
    await this.#note(entry, answer, performance.now() - begun);
  }

  /** A pending notice that was not delivered is worth nothing once the build has ended. It may still be in a receiver's hands. */
  async #drop({ build }: Notice): Promise<void> {
    const mayArrive = this.#inherited.delete(build);
    await this.options.records.changeNotices(build, ({ final }) => ({
      pending: null,
      ...(mayArrive && final !== undefined ? { final: { ...final, repeats: REPEATS } } : {}),
    }));
  }

  async #note(entry: Notice, answer: Answer, tookMs: number): Promise<void> {
    const { records, onResult, retryMs = 1000, repeatMs = REPEAT_MS } = this.options;
    const name = entry.step === 0 ? 'pending' : 'final';
    if (entry.step === 0 && answer.kind !== 'unanswered') this.#inherited.delete(entry.build);
    const before = records.noticesOf(entry.build)[name] ?? entry;
    if (answer.kind === 'taken' || before.delivered === true) {
      if (before.delivered !== true) onResult(entry.build, 'delivered', '');
      await records.changeNotices(entry.build, (notices) => {
        // What was written meanwhile, such as that the end must be repeated, stays.
        const current = notices[name] ?? entry;
        const repeats = current.repeats ?? 0;
        const pause = repeats === 0 ? undefined : repeatMs[REPEATS - repeats];
        return {
          [name]: pause === undefined ? null : { ...current, delivered: true, repeats: repeats - 1, notBefore: Date.now() + pause },
        };
      });
      return;
    }
    const pause = Math.min(LONGEST_PAUSE_MS, retryMs * 2 ** Math.min(entry.attempts, 20));
    const spent = entry.spent + tookMs;
    const refused = answer.kind === 'refused' && REFUSALS.has(answer.status ?? 0) ? (entry.refused ?? 0) + tookMs : undefined;
    const givenUp = spent >= GIVE_UP_MS || (refused ?? 0) >= REFUSED_MS;
    const held = entry.step === 0 && answer.kind === 'unanswered';
    const noted = givenUp && entry.step === 1 ? { undelivered: true } : held ? { pendingUnanswered: true } : undefined;
    await records.changeNotices(entry.build, (notices) => ({
      ...(held && notices.final !== undefined ? { final: { ...notices.final, repeats: REPEATS } } : {}),
      [name]: givenUp
        ? null
        : {
            ...(notices[name] ?? entry),
            attempts: entry.attempts + 1,
            notBefore: Date.now() + pause,
            spent: spent + pause,
            refused: refused === undefined ? undefined : refused + pause,
          },
      ...(noted === undefined ? {} : { record: noted }),
    }));
    onResult(entry.build, givenUp ? 'undelivered' : 'retried', answer.problem);
  }

  async #post(entry: Notice, signal: AbortSignal): Promise<Answer> {
    const { attemptMs = ATTEMPT_MS, seal, policy } = this.options;
    const late = AbortSignal.timeout(attemptMs);
    try {
      const letter = JSON.parse(seal.open(`${entry.build}#${entry.step}`, entry.sealed)) as Letter;
      const response = await sendRequest(policy, {
        url: new URL(letter.url),
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(letter.authorization === null ? {} : { authorization: letter.authorization }) },
        body: letter.body,
        idleMs: attemptMs,
        signal: AbortSignal.any([this.#closing.signal, late, signal]),
      });
      const status = response.statusCode ?? 0;
      // Read and dropped until the deadline: cut off at once, some receivers would take it for a failure.
      discard(response);
      if (status >= 200 && status < 300) return { kind: 'taken' };
      return { kind: GATEWAY.has(status) ? 'unanswered' : 'refused', status, problem: `the callback address answers ${status}` };
    } catch (error) {
      if (UNREACHED.has(codeOf(error) ?? '')) return { kind: 'unreached', problem: messageOf(error) };
      return { kind: 'unanswered', problem: late.aborted ? `no answer within ${attemptMs} ms` : messageOf(error) };
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    for (const timer of this.#later.values()) clearTimeout(timer);
    await Promise.all([...this.#active.values()].map(({ work }) => work));
  }
}
