// Small reads from one file, most of them close to the one before: read in larger pieces, and answered from those.
import type { FileHandle } from 'node:fs/promises';

const WINDOW_BYTES = 512 * 1024;
/** What lies further from the last read is read alone: places in any order must not cost a window each. */
const NEAR_BYTES = 64 * 1024;

export class FileWindow {
  #bytes: Buffer = Buffer.alloc(0);
  #start = 0;

  constructor(private readonly file: FileHandle) {}

  /** The bytes there, when they have been read already; fewer only at the end of the file. */
  held(position: number, size: number): Buffer | undefined {
    const at = position - this.#start;
    return at < 0 || at + size > this.#bytes.length ? undefined : this.#bytes.subarray(at, at + size);
  }

  /** The bytes there; fewer only at the end of the file. */
  async read(position: number, size: number): Promise<Buffer> {
    const held = this.held(position, size);
    if (held !== undefined) return held;
    // Not in place: pieces of the last window may still be in use.
    const end = this.#start + this.#bytes.length;
    const near = position >= this.#start && position <= end + NEAR_BYTES;
    const window = Buffer.allocUnsafe(near ? Math.max(size, WINDOW_BYTES) : size);
    let filled = 0;
    while (filled < window.length) {
      const { bytesRead } = await this.file.read(window, filled, window.length - filled, position + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    this.#bytes = window.subarray(0, filled);
    this.#start = position;
    return this.#bytes.subarray(0, size);
  }
}
