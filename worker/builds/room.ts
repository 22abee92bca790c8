// Room in DATA_DIR: what is kept in reserve, whether another build is taken, and the event that there is none left.
import { EventEmitter } from 'node:events';
import { statfsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { requestErrors } from '../errors';
import { Reserve } from './reserve';

export interface RoomOptions {
  /** DATA_DIR */
  readonly folder: string;
  readonly minFreeBytes: number;
  readonly maxWaitingBytes: number;
}

/** Emits `full` when the disk has run full, before the reserve is given up: whoever goes on writing must stop first, or takes it. */
export class Room extends EventEmitter<{ full: [] }> {
  readonly #reserve: Reserve;

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
    const { bavail, bsize } = statfsSync(this.options.folder);
    return bavail * bsize >= this.options.minFreeBytes;
  }

  /**
   * @param waitingBytes logs and sources that the store has not taken
   * @throws RequestError when there is no room for another build
   */
  async admit(waitingBytes: number): Promise<void> {
    const { folder, minFreeBytes, maxWaitingBytes } = this.options;
    if (waitingBytes > maxWaitingBytes) throw requestErrors.storeBehind(maxWaitingBytes);
    const { bavail, bsize } = await statfs(folder);
    if (bavail * bsize < minFreeBytes) throw requestErrors.diskFull();
  }
}
