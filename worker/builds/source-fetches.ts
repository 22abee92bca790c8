// Sources of builds that wait, fetched when they are accepted: links expire, and what waits can be rebuilt. Bounded in number and size.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EgressPolicy } from '../egress/policy';
import { BuildFailure, codeOf, messageOf } from '../errors';
import { fetchSources, SourcesUnavailable } from '../sources/fetch';
import type { Records } from '../state/records';
import { displayUrl, type Payload } from '../state/payload';
import { isFinal, mustEnd, type BuildRecord } from '../state/record';
import { orInterrupted } from './interrupted';
import type { OwnSources } from './own-sources';

/** Fetches ahead of their builds' turns. */
const AT_ONCE = 8;
/** A server that is slow leaves room for others. */
const AT_ONE_HOST = 4;
const RETRY_MS = 30_000;
const LONGEST_RETRY_MS = 300_000;
/** How much is fetched between two looks at what is free on the disk. */
const STRIDE_BYTES = 16 * 1024 ** 2;

export interface SourceFetchOptions {
  readonly records: Records;
  readonly policy: EgressPolicy;
  readonly ownSources: OwnSources;
  readonly workFolder: string;
  /** Largest archive. */
  readonly maxSourceBytes: number;
  /** Largest sum of the sources of builds that have not ended; above it sources are fetched when their build's turn comes. */
  readonly maxBytes: number;
  /** A fetch ahead that takes longer is left to the build's turn. */
  readonly timeoutMs: number;
  /** Whether the disk has room for sources of builds that wait. */
  readonly hasRoom: () => boolean;
  /** @throws BuildFailure when it cannot be decrypted. */
  readonly payload: (record: BuildRecord) => Promise<Payload>;
  /** The build ends as failed, without having run. */
  readonly fail: (record: BuildRecord, reason: string) => Promise<void>;
  readonly trouble: (build: string, message: string) => void;
  /** Brings what was fetched to where other processes find it. @default it stays here */
  readonly keep?: (record: BuildRecord, file: string) => Promise<void>;
  /** First pause after a fetch ahead that failed for now; it doubles up to 5 minutes. @default 30,000 ms */
  readonly retryMs?: number;
}

/** What a build whose turn has come gives. */
export interface Turn {
  readonly record: BuildRecord;
  readonly payload: Payload;
  readonly signal: AbortSignal;
  readonly line: (text: string) => Promise<void>;
}

/** What of a payload says where its sources come from; the rest is not kept in memory. */
type Origin = Pick<Payload, 'sources' | 'own_sources'>;

interface Waiting {
  readonly origin: Origin;
  readonly host: string;
  failures: number;
  /** `performance.now()` from which on it is tried again. */
  notBefore: number;
  /** Bytes that it is known to need. */
  needs: number;
}

interface Fetch {
  readonly host: string;
  /** Ahead of the build's turn, and so within bounds. */
  readonly ahead: boolean;
  readonly abort: AbortController;
  bytes: number;
  done: Promise<void>;
}

/** The archive comes from somewhere else: neither with the request nor from a registry. */
function isFetched({ sources, own_sources: own }: Origin): boolean {
  return own !== undefined || /^https?:/i.test(sources);
}

function noRoom(message: string): Error {
  return Object.assign(new Error(message), { code: 'ENOSPC' });
}

export class SourceFetches {
  /** By build, in the order of acceptance. */
  readonly #waiting = new Map<string, Waiting>();
  readonly #active = new Map<string, Fetch>();
  /** Sizes of what lies in the work folder, by build. */
  readonly #sizes = new Map<string, number>();
  /** Their sum. */
  #kept = 0;
  readonly #closing = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: SourceFetchOptions) {}

  /** Goes on with what the last process left: whole files are used, what is missing is fetched. */
  async start(): Promise<void> {
    for (const record of this.options.records.open().sort((a, b) => a.sequence - b.sequence)) await this.add(record);
  }

  /** Told each build that is accepted. */
  async add(record: BuildRecord): Promise<void> {
    if (mustEnd(record)) return;
    // Its turn is early enough to bring them here.
    if (record.sourcesKept === true) return;
    const found = await stat(this.file(record)).catch(() => undefined);
    if (found !== undefined) this.#keep(record.key, found.size);
    if (found !== undefined) return;
    try {
      const { sources, own_sources } = await this.options.payload(record);
      // Its turn may have come meanwhile.
      if (this.options.records.get(record.key)?.state !== 'queued') return;
      const origin: Origin = own_sources === undefined ? { sources } : { sources, own_sources };
      if (!isFetched(origin) || this.#active.has(record.key)) return;
      const host = own_sources === undefined ? new URL(sources).host : '';
      this.#waiting.set(record.key, { origin, host, failures: 0, notBefore: 0, needs: 0 });
    } catch {
      // What cannot be read is told when the build's turn comes.
      return;
    }
    this.#pump();
  }

  file({ work }: BuildRecord): string {
    return join(this.options.workFolder, `${work}.sources`);
  }

  #keep(key: string, size: number | undefined): void {
    this.#kept += (size ?? 0) - (this.#sizes.get(key) ?? 0);
    if (size === undefined) this.#sizes.delete(key);
    else this.#sizes.set(key, size);
  }

  /** What the sources of builds that have not ended take in the work folder. */
  get #bytes(): number {
    let bytes = this.#kept;
    for (const fetch of this.#active.values()) bytes += fetch.bytes;
    return bytes;
  }

  /** Begins what may begin. */
  #pump(): void {
    if (this.#closing.signal.aborted) return;
    clearTimeout(this.#timer);
    const { maxBytes, hasRoom, retryMs = RETRY_MS } = this.options;
    let soonest = Number.POSITIVE_INFINITY;
    let room: boolean | undefined;
    for (const [key, waiting] of this.#waiting) {
      const ahead = [...this.#active.values()].filter((fetch) => fetch.ahead);
      if (ahead.length >= AT_ONCE) return;
      const wait = waiting.notBefore - performance.now();
      const busy = ahead.filter(({ host }) => host === waiting.host).length >= AT_ONE_HOST;
      if (wait > 0) soonest = Math.min(soonest, wait);
      else if (this.#bytes + waiting.needs >= maxBytes) continue;
      // Others may make room on the disk without a word.
      else if (!(room ??= hasRoom())) soonest = Math.min(soonest, retryMs);
      else if (!busy && !this.#follows(waiting.origin, key)) this.#fetchAhead(key, waiting);
    }
    if (soonest !== Number.POSITIVE_INFINITY) this.#timer = setTimeout(() => this.#pump(), soonest).unref();
  }

  /** A rebuild of a build whose sources are still to come. */
  #follows({ own_sources: own }: Origin, key: string): boolean {
    return own !== undefined && this.#keysOf(own).some((other) => other !== key && (this.#waiting.has(other) || this.#active.has(other)));
  }

  #keysOf(uuid: string): string[] {
    return this.options.records.withUuid(uuid).map(({ key }) => key);
  }

  #fetchAhead(key: string, waiting: Waiting): void {
    const record = this.options.records.get(key);
    this.#waiting.delete(key);
    if (record === undefined || isFinal(record.state)) return;
    const late = setTimeout(() => fetch.abort.abort(new Error('the sources come too slowly')), this.options.timeoutMs).unref();
    const fetch = this.#begin(key, waiting.host, true, async (begun) => {
      await this.#load(record, waiting.origin, begun, begun.abort.signal, async () => undefined).catch((error: unknown) =>
        this.#missed(record, waiting, begun, error),
      );
      clearTimeout(late);
    });
  }

  #begin(key: string, host: string, ahead: boolean, work: (fetch: Fetch) => Promise<void>): Fetch {
    const fetch: Fetch = { host, ahead, abort: new AbortController(), bytes: 0, done: Promise.resolve() };
    this.#active.set(key, fetch);
    fetch.done = work(fetch).finally(() => {
      if (this.#active.get(key) === fetch) this.#active.delete(key);
      this.#pump();
    });
    // Whoever waits for it asks for its end, not for how it ended.
    fetch.done.catch(() => undefined);
    return fetch;
  }

  async #load(record: BuildRecord, origin: Origin, fetch: Fetch, signal: AbortSignal, note: Turn['line']): Promise<void> {
    const { ownSources, policy, maxSourceBytes } = this.options;
    const file = this.file(record);
    const size = this.#meter(fetch);
    if (origin.own_sources !== undefined) await ownSources.copy(origin.own_sources, file, signal, size);
    else await fetchSources({ sources: origin.sources, file, maxBytes: maxSourceBytes, policy, signal, note, size });
    const found = await stat(file);
    fetch.bytes = 0;
    this.#keep(record.key, found.size);
    if (this.options.records.get(record.key)?.sourcesKept !== true) await this.options.keep?.(record, file);
  }

  /** Holds fetches ahead to the bounds, as far as sizes are known. */
  #meter(fetch: Fetch): (bytes: number) => void {
    const { maxBytes, hasRoom } = this.options;
    let looked = 0;
    return (bytes) => {
      fetch.bytes = bytes;
      if (!fetch.ahead) return;
      if (this.#bytes > maxBytes) throw noRoom('more than MAX_FETCHED_BYTES');
      if (bytes - looked < STRIDE_BYTES) return;
      looked = bytes;
      if (!hasRoom()) throw noRoom('less than MIN_FREE_BYTES are left');
    };
  }

  /**
   * A fetch ahead came to nothing: the build fails when nothing will change that, and else it is tried again, at its turn at the latest.
   */
  async #missed(record: BuildRecord, waiting: Waiting, fetch: Fetch, thrown: unknown): Promise<void> {
    const { aborted, reason } = fetch.abort.signal;
    const error: unknown = aborted ? reason : thrown;
    const needs = fetch.bytes;
    fetch.bytes = 0;
    if (this.#closing.signal.aborted || this.options.records.get(record.key)?.state !== 'queued') return;
    if (error instanceof BuildFailure && !(error instanceof SourcesUnavailable)) {
      await this.options.fail(record, error.message);
      return;
    }
    const { retryMs = RETRY_MS } = this.options;
    const room = codeOf(error) === 'ENOSPC';
    if (!room) this.options.trouble(record.key, `the sources are fetched later: ${messageOf(error)}`);
    const pause = Math.min(LONGEST_RETRY_MS, retryMs * 2 ** Math.min(waiting.failures, 10));
    this.#waiting.set(record.key, {
      ...waiting,
      failures: room ? waiting.failures : waiting.failures + 1,
      notBefore: performance.now() + (room ? retryMs : pause),
      needs: Math.max(waiting.needs, room ? needs : 0),
    });
  }

  /** For a build whose turn has come: resolves when its sources are in the work folder, fetched before or now, whatever the bounds are. */
  async obtain({ record, payload, signal, line }: Turn): Promise<void> {
    const { key } = record;
    const shown = displayUrl(payload.sources);
    this.#waiting.delete(key);
    const ahead = this.#active.get(key);
    if (ahead !== undefined) {
      await line(`Fetching sources from ${shown}`);
      await orInterrupted(signal, ahead.done);
    }
    // A fetch ahead that came to nothing may have put it back.
    this.#waiting.delete(key);
    if ((await stat(this.file(record)).catch(() => undefined)) !== undefined) {
      if (ahead === undefined && isFetched(payload)) await line(`The sources were fetched from ${shown} before.`);
      return;
    }
    await line(`Fetching sources from ${shown}`);
    if (payload.own_sources !== undefined) await this.#others(payload.own_sources, key, signal);
    const kept = this.options.records.get(key)?.sourcesKept === true;
    const origin: Origin = kept ? { sources: payload.sources, own_sources: record.buildUuid } : payload;
    await this.#begin(key, '', false, (fetch) => this.#load(record, origin, fetch, signal, line)).done;
  }

  /** Resolves when no other build with this UUID is fetching its sources. */
  async #others(uuid: string, key: string, signal: AbortSignal): Promise<void> {
    const others = this.#keysOf(uuid).flatMap((other) => (other === key ? [] : (this.#active.get(other)?.done ?? [])));
    await orInterrupted(signal, Promise.allSettled(others));
  }

  /** Resolves when the sources of a build that waits are there, or are not coming soon. */
  async settled(uuid: string, ms: number): Promise<void> {
    const enough = new AbortController();
    const late = sleep(ms, undefined, { signal: enough.signal }).catch(() => undefined);
    const done = this.#keysOf(uuid).flatMap((key) => this.#active.get(key)?.done ?? []);
    await Promise.race([Promise.allSettled(done), late]);
    enough.abort();
  }

  /** The build has ended, or will: nothing of it is fetched any more when this resolves. */
  async drop(key: string): Promise<void> {
    this.#waiting.delete(key);
    const fetch = this.#active.get(key);
    if (fetch?.ahead === true) {
      fetch.abort.abort(new Error('the build has ended'));
      await fetch.done.catch(() => undefined);
      this.#waiting.delete(key);
    }
    this.#keep(key, undefined);
    this.#pump();
  }

  /** The disk is full: what is fetched ahead gives way to builds that run. */
  giveWay(): void {
    for (const { ahead, abort } of this.#active.values()) if (ahead) abort.abort(noRoom('the disk is full'));
  }

  /** Fetches nothing more ahead. */
  async close(): Promise<void> {
    this.#closing.abort();
    clearTimeout(this.#timer);
    this.#waiting.clear();
    const ahead = [...this.#active.values()].filter((fetch) => fetch.ahead);
    for (const { abort } of ahead) abort.abort(new Error('the worker is stopping'));
    await Promise.allSettled(ahead.map(({ done }) => done));
  }
}
