// Room in DATA_DIR: what is kept in reserve or claimed, whether another build is taken, and the event that there is none left.
import { EventEmitter } from 'node:events';
import { statfsSync, type StatsFs } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { BuildFailure, interruptionOf, requestErrors } from '../errors';
import type { Claim } from '../sources/spool';
import { Reserve } from './reserve';

export interface RoomOptions {
  /** DATA_DIR */
  readonly folder: string;
  readonly minFreeBytes: number;
  readonly maxWaitingBytes: number;
}

interface Claiming {
  readonly bytes: number;
  readonly granted: (claim: Claim) => void;
  readonly refused: (error: Error) => void;
}

function noRoom(bytes: number, left: number): BuildFailure {
  return new BuildFailure(
    `.dockerignore leaves out the Dockerfile; for that the context must lie on the disk of DATA_DIR, where it takes ${bytes} bytes, and ` +
      `${left} are left above MIN_FREE_BYTES; free some, or take the Dockerfile out of .dockerignore`,
  );
}

/** Emits `full` when the disk has run full, before the reserve is given up: whoever goes on writing must stop first, or takes it. */
export class Room extends EventEmitter<{ full: [] }> {
  readonly #reserve: Reserve;
  /** Bytes of each claim that are not on the disk yet. */
  readonly #claims = new Set<{ bytes: number }>();
  readonly #waiting: Claiming[] = [];

  constructor(private readonly options: RoomOptions) {
    super();
    this.#reserve = new Reserve(options.folder);
  }

  /** Takes the reserve where there is room for it. */
  fill(): Promise<void> {
    return this.#reserve.fill();
  }

  /** A write found no room. */
  ranOut(): void {
    this.emit('full');
    this.#reserve.release();
  }

  /** Whether there is room for what could wait as well. */
  hasRoom(): boolean {
    return this.#left(statfsSync(this.options.folder)) >= 0;
  }

  /** Bytes above MIN_FREE_BYTES that nobody has claimed. */
  #left({ bavail, bsize }: StatsFs): number {
    return [...this.#claims].reduce((left, { bytes }) => left - bytes, bavail * bsize - this.options.minFreeBytes);
  }

  /**
   * Claims room for a build's context; where others have claims, it waits for them to end.
   * @param onWait told once when it must wait
   * @throws BuildFailure when there is not so much
   */
  claim(bytes: number, signal: AbortSignal, onWait: () => void = () => undefined): Promise<Claim> {
    let leave = (): void => undefined;
    return new Promise<Claim>((resolve, reject) => {
      const claiming: Claiming = { bytes, granted: resolve, refused: reject };
      leave = () => {
        reject(interruptionOf(signal) ?? new Error('interrupted'));
        const at = this.#waiting.indexOf(claiming);
        if (at >= 0) this.#waiting.splice(at, 1);
        this.#grant();
      };
      if (signal.aborted) return leave();
      signal.addEventListener('abort', leave);
      this.#waiting.push(claiming);
      this.#grant();
      if (this.#waiting.includes(claiming)) onWait();
    }).finally(() => signal.removeEventListener('abort', leave));
  }

  /** In turn, so that a large one is not overtaken for ever. */
  #grant(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const left = this.#left(statfsSync(this.options.folder));
      if (next.bytes > left && this.#claims.size > 0) return;
      this.#waiting.shift();
      if (next.bytes <= left) next.granted(this.#claimed(next.bytes));
      else next.refused(noRoom(next.bytes, Math.max(0, left)));
    }
  }

  #claimed(bytes: number): Claim {
    const claim = { bytes };
    this.#claims.add(claim);
    return {
      wrote: (written) => void (claim.bytes = Math.max(0, claim.bytes - written)),
      release: () => {
        if (this.#claims.delete(claim)) this.#grant();
      },
    };
  }

  /**
   * @param waitingBytes logs and sources that the store has not taken
   * @throws RequestError when there is no room for another build
   */
  async admit(waitingBytes: number): Promise<void> {
    const { folder, maxWaitingBytes } = this.options;
    if (waitingBytes > maxWaitingBytes) throw requestErrors.storeBehind(maxWaitingBytes);
    if (this.#left(await statfs(folder)) < 0) throw requestErrors.diskFull();
  }
}
