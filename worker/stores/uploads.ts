// Files on their way to the store: kept on disk, tried until they are there, read from disk until then.
import { createReadStream, statSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../errors';
import type { HandOver, HandOvers } from '../state/records';
import type { Store, StoredObject } from './store';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 60_000;
/** A store that hangs does not keep the process: what is not there yet goes on after the next start. */
const CLOSE_MS = 5000;
const AT_ONCE = 4;

export class Uploads {
  #timer: NodeJS.Timeout | undefined;
  #active = new Map<string, Promise<void>>();
  /** Sizes of the files that wait; files that are handed over do not change. */
  #sizes = new Map<string, number>();
  readonly #closing = new AbortController();

  constructor(
    private readonly queue: HandOvers,
    readonly store: Store,
    private readonly onTrouble: (object: string, message: string) => void,
    private readonly closeMs = CLOSE_MS,
  ) {}

  /** Looks for work; called after every hand-over and at the start. */
  wake(): void {
    if (this.#closing.signal.aborted) return;
    clearTimeout(this.#timer);
    const now = Date.now();
    let next = Number.POSITIVE_INFINITY;
    for (const entry of this.queue.handOvers()) {
      if (this.#active.has(entry.object)) continue;
      const wait = entry.notBefore - now;
      // More than the longest pause: the clock was set back, and the upload is due.
      if (wait > 0 && wait <= LONGEST_PAUSE_MS) next = Math.min(next, wait);
      else if (this.#active.size < AT_ONCE) this.#start(entry);
    }
    if (next !== Number.POSITIVE_INFINITY) this.#timer = setTimeout(() => this.wake(), next).unref();
  }

  #start(entry: HandOver): void {
    const work = this.#upload(entry)
      // Such as a file that cannot be removed. What is left to do is still in the database.
      .catch(async (error: unknown) => {
        this.onTrouble(entry.object, messageOf(error));
        await sleep(FIRST_PAUSE_MS, undefined, { signal: this.#closing.signal }).catch(() => undefined);
      })
      .finally(() => {
        this.#active.delete(entry.object);
        this.wake();
      });
    this.#active.set(entry.object, work);
  }

  async #upload(entry: HandOver): Promise<void> {
    try {
      if ((await stat(entry.file).catch(() => undefined)) !== undefined) await this.store.put(entry.object, entry.file);
    } catch (error) {
      this.onTrouble(entry.object, messageOf(error));
      const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(entry.attempts, 10));
      await this.queue.postpone(entry, Date.now() + pause);
      return;
    }
    if (await this.queue.uploaded(entry)) await rm(entry.file, { force: true });
  }

  async get(object: string): Promise<StoredObject | undefined> {
    const waiting = this.queue.handOver(object);
    if (waiting !== undefined) {
      const found = await stat(waiting.file).catch(() => undefined);
      if (found !== undefined) return { size: found.size, body: createReadStream(waiting.file) };
    }
    return this.store.get(object);
  }

  async delete(object: string): Promise<void> {
    const waiting = this.queue.handOver(object);
    await this.queue.withdraw(object);
    await this.#active.get(object);
    if (waiting !== undefined) await rm(waiting.file, { force: true });
    await this.store.delete(object);
  }

  /** What is still to be uploaded under this name. */
  waitingFile(object: string): string | undefined {
    return this.queue.handOver(object)?.file;
  }

  /** Objects that are not in the store yet. */
  get waiting(): number {
    return this.queue.handOvers().length;
  }

  /** Their size in the work folder. */
  get waitingBytes(): number {
    const sizes = new Map<string, number>();
    for (const { file } of this.queue.handOvers())
      sizes.set(file, this.#sizes.get(file) ?? statSync(file, { throwIfNoEntry: false })?.size ?? 0);
    // Known sizes are kept as long as their files wait.
    this.#sizes = sizes;
    let bytes = 0;
    for (const size of sizes.values()) bytes += size;
    return bytes;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    clearTimeout(this.#timer);
    const enough = new AbortController();
    await Promise.race([
      Promise.all(this.#active.values()),
      sleep(this.closeMs, undefined, { signal: enough.signal }).catch(() => undefined),
    ]);
    enough.abort();
    await this.store.close();
  }
}
