// Notices to a build's callback address: kept in the database, sent until they are answered, for 24 hours.
import { createHash } from 'node:crypto';
import type { EgressPolicy } from '../egress/policy';
import { sendRequest } from '../egress/request';
import { messageOf } from '../errors';
import type { Database, OutboxEntry, Write } from '../state/database';
import type { BuildRecord } from '../state/record';
import type { Seal } from '../state/seal';

export const GIVE_UP_MS = 24 * 3600 * 1000;
const LONGEST_PAUSE_MS = 600_000;
/** For one attempt as a whole, however the receiver drips. */
const ATTEMPT_MS = 30_000;
const MOST_AT_ONCE = 16;
/** So that one slow receiver leaves room for the others. */
const MOST_PER_HOST = 4;

export interface CallbackTarget {
  readonly callback?: string | null | undefined;
  readonly callback_auth?: string | null | undefined;
  /** As posted: number or text. */
  readonly build_number: number | string;
}

interface Letter {
  readonly url: string;
  readonly authorization: string | null;
  readonly body: string;
}

/** Always the same for the same build and step, so that a receiver can tell a repetition. */
export function eventId(record: Pick<BuildRecord, 'key' | 'sequence' | 'fingerprint'>, step: 0 | 1): string {
  return createHash('sha256').update(`${record.key}#${record.sequence}#${record.fingerprint}#${step}`).digest('hex').slice(0, 32);
}

/** buildshuttle's fields first and in its order; it knows no other ends than succeeded and failed. */
function bodyOf(record: BuildRecord, number: number | string, step: 0 | 1): string {
  const status = step === 0 ? 'pending' : record.state === 'succeeded' ? 'succeeded' : 'failed';
  const ending =
    step === 0
      ? {}
      : {
          state: record.state,
          ...(record.digest === undefined ? {} : { digest: record.digest }),
          ...(record.reason === undefined ? {} : { reason: record.reason }),
        };
  return JSON.stringify({ id: number, status, building: false, type: 'buildshuttle', event_id: eventId(record, step), ...ending });
}

/** The write that makes a notice due; it goes into the batch that changes the state. */
export function noticeWrite(seal: Seal, record: BuildRecord, target: CallbackTarget, step: 0 | 1): readonly Write[] {
  if (target.callback === undefined || target.callback === null || target.callback === '') return [];
  const key = `${record.key}#${step}`;
  const letter: Letter = {
    url: target.callback,
    authorization: target.callback_auth ?? null,
    body: bodyOf(record, target.build_number, step),
  };
  return [
    {
      table: 'outbox',
      key,
      value: {
        step,
        build: record.key,
        sealed: seal.close(key, JSON.stringify(letter)),
        host: new URL(target.callback).host,
        attempts: 0,
        notBefore: 0,
        spent: 0,
      },
    },
  ];
}

export interface CallbackOptions {
  readonly database: Database;
  readonly seal: Seal;
  readonly policy: EgressPolicy;
  readonly onResult: (build: string, result: 'delivered' | 'retried' | 'undelivered', message: string) => void;
  /** First pause after a failure; it doubles up to 10 minutes. @default 1,000 ms */
  readonly retryMs?: number;
  /** @default 30,000 ms */
  readonly attemptMs?: number;
}

export class Callbacks {
  /** By build; `host` where a notice is under way, and not only dropped. */
  #active = new Map<string, { readonly host: string | undefined; readonly work: Promise<void> }>();
  #timer: NodeJS.Timeout | undefined;
  #closing = new AbortController();

  constructor(private readonly options: CallbackOptions) {}

  /** Looks for what is due; called after each change and at the start. */
  wake(): void {
    if (this.#closing.signal.aborted) return;
    clearTimeout(this.#timer);
    const now = Date.now();
    let next = Number.POSITIVE_INFINITY;
    for (const entry of this.options.database.all('outbox')) {
      // One at a time for each build, so that the final notice never comes before a pending one.
      if (this.#active.has(entry.build)) continue;
      const final = entry.step === 0 ? this.options.database.get('outbox', `${entry.build}#1`) : undefined;
      const wait = entry.notBefore - now;
      if (final !== undefined) {
        this.#begin(entry.build, undefined, this.#drop(entry));
      } else if (wait > 0 && wait <= LONGEST_PAUSE_MS) {
        // More than the longest pause: the clock was set back, and the notice is due.
        next = Math.min(next, wait);
      } else if (this.#active.size < MOST_AT_ONCE && this.#sendingTo(entry.host) < MOST_PER_HOST) {
        this.#begin(entry.build, entry.host, this.#send(entry));
      }
    }
    if (next !== Number.POSITIVE_INFINITY) this.#timer = setTimeout(() => this.wake(), next).unref();
  }

  #sendingTo(host: string): number {
    return [...this.#active.values()].filter((active) => active.host === host).length;
  }

  #begin(build: string, host: string | undefined, work: Promise<void>): void {
    this.#active.set(build, {
      host,
      work: work.finally(() => {
        this.#active.delete(build);
        this.wake();
      }),
    });
  }

  /** A pending notice that was not delivered is worth nothing once the build has ended. */
  async #drop(entry: OutboxEntry): Promise<void> {
    await this.options.database.change(() => ({ result: undefined, writes: [{ table: 'outbox', key: `${entry.build}#${entry.step}` }] }));
  }

  async #send(entry: OutboxEntry): Promise<void> {
    const { database, onResult, retryMs = 1000 } = this.options;
    const key = `${entry.build}#${entry.step}`;
    const begun = performance.now();
    const problem = await this.#post(key, entry);
    if (problem === undefined) {
      await database.change(() => ({ result: undefined, writes: [{ table: 'outbox', key }] }));
      onResult(entry.build, 'delivered', '');
      return;
    }
    if (this.#closing.signal.aborted) return;
    const spent = entry.spent + (performance.now() - begun);
    if (spent >= GIVE_UP_MS) {
      await database.change(() => {
        const build = database.get('build', entry.build);
        // A pending notice that never arrived is no loss as long as the final one does.
        const noted: Write[] =
          build === undefined || entry.step === 0 ? [] : [{ table: 'build', key: entry.build, value: { ...build, undelivered: true } }];
        return { result: undefined, writes: [{ table: 'outbox', key }, ...noted] };
      });
      onResult(entry.build, 'undelivered', problem);
      return;
    }
    const pause = Math.min(LONGEST_PAUSE_MS, retryMs * 2 ** Math.min(entry.attempts, 20));
    await database.change(() => ({
      result: undefined,
      writes: [
        { table: 'outbox', key, value: { ...entry, attempts: entry.attempts + 1, notBefore: Date.now() + pause, spent: spent + pause } },
      ],
    }));
    onResult(entry.build, 'retried', problem);
  }

  async #post(key: string, entry: OutboxEntry): Promise<string | undefined> {
    const { attemptMs = ATTEMPT_MS } = this.options;
    const late = AbortSignal.timeout(attemptMs);
    try {
      const letter = JSON.parse(this.options.seal.open(key, entry.sealed)) as Letter;
      const response = await sendRequest(this.options.policy, {
        url: new URL(letter.url),
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(letter.authorization === null ? {} : { authorization: letter.authorization }) },
        body: letter.body,
        idleMs: attemptMs,
        signal: AbortSignal.any([this.#closing.signal, late]),
      });
      const status = response.statusCode ?? 0;
      // Read and dropped until the deadline: cut off at once, some receivers would take it for a failure.
      response.resume();
      return status >= 200 && status < 300 ? undefined : `the callback address answers ${status}`;
    } catch (error) {
      return late.aborted ? `no answer within ${attemptMs} ms` : messageOf(error);
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    clearTimeout(this.#timer);
    await Promise.all([...this.#active.values()].map(({ work }) => work));
  }
}
