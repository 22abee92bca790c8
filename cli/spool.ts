// Texts that are written when all of them are known to be right: until then, more than a few wait in a file instead of in memory.
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reaching } from '../constructs/release/folders';

interface Place {
  readonly at: number;
  readonly length: number;
}

/** Texts by name, in the order in which they came. */
export class Spool {
  private readonly held = new Map<string, Buffer | Place>();
  private bytes = 0;
  private file: { readonly folder: string; readonly descriptor: number } | undefined;
  private end = 0;
  private read = Buffer.alloc(0);

  /**
   * @param most bytes that are kept in memory
   * @param folder where the file is made
   */
  constructor(
    private readonly most = 8 << 20,
    private readonly folder = tmpdir(),
  ) {}

  keys(): string[] {
    return [...this.held.keys()];
  }

  get(name: string): string | undefined {
    const found = this.held.get(name);
    if (found === undefined || Buffer.isBuffer(found)) return found?.toString();
    if (this.read.length < found.length) this.read = Buffer.allocUnsafe(found.length);
    for (let read = 0; read < found.length;)
      read += this.onFile((descriptor) => readSync(descriptor, this.read, read, found.length - read, found.at + read));
    return this.read.toString('utf8', 0, found.length);
  }

  /** @throws FolderError when there is no room for it */
  set(name: string, text: string): void {
    const length = Buffer.byteLength(text);
    if (this.bytes + length <= this.most) {
      this.bytes += length;
      this.held.set(name, Buffer.from(text));
      return;
    }
    const at = this.end;
    let written = this.onFile((descriptor) => writeSync(descriptor, text, at));
    for (const bytes = written < length ? Buffer.from(text) : undefined; bytes && written < length;)
      written += this.onFile((descriptor) => writeSync(descriptor, bytes, written, length - written, at + written));
    this.end = at + length;
    this.held.set(name, { at, length });
  }

  /** Gives the room back. */
  close(): void {
    this.held.clear();
    if (!this.file) return;
    closeSync(this.file.descriptor);
    // Where a file that is open cannot be removed.
    rmSync(this.file.folder, { recursive: true, force: true });
    this.file = undefined;
  }

  private onFile(use: (descriptor: number) => number): number {
    return reaching(this.folder, () => {
      this.file ??= withoutName(this.folder);
      return use(this.file.descriptor);
    });
  }
}

/** A file that goes with the process, however that ends. */
function withoutName(above: string): { readonly folder: string; readonly descriptor: number } {
  const folder = mkdtempSync(join(above, 'cdk8s-estafette-'));
  const descriptor = openSync(join(folder, 'texts'), 'wx+', 0o600);
  try {
    rmSync(folder, { recursive: true });
  } catch {
    // Windows keeps the name of an open file: it is removed at the end.
  }
  return { folder, descriptor };
}
