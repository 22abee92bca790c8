// Room kept free for the queue: given up when the disk runs full, so that the build that filled it can still be written down as failed.
import { rmSync, statSync } from 'node:fs';
import { rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const RESERVE_BYTES = 8 * 1024 ** 2;

export class Reserve {
  readonly #file: string;

  constructor(private readonly folder: string) {
    this.#file = join(folder, 'reserve');
  }

  /** Takes the room when there is twice as much of it, after a start and after it was given up. */
  async fill(): Promise<void> {
    if (statSync(this.#file, { throwIfNoEntry: false })?.size === RESERVE_BYTES) return;
    const { bavail, bsize } = await statfs(this.folder);
    if (bavail * bsize < 2 * RESERVE_BYTES) return;
    try {
      // Written, not just claimed: a sparse file takes no room.
      await writeFile(this.#file, Buffer.alloc(RESERVE_BYTES, 1), { mode: 0o600 });
    } catch {
      await rm(this.#file, { force: true });
    }
  }

  release(): void {
    rmSync(this.#file, { force: true });
  }
}
