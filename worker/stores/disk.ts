// Objects as files in one folder.
import { createReadStream } from 'node:fs';
import { link, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { join } from 'node:path';
import { codeOf } from '../errors';
import type { Store, StoredObject } from './store';

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,250}$/;

export class DiskStore implements Store {
  private constructor(readonly folder: string) {}

  static async open(folder: string): Promise<DiskStore> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // Copies that a crash left behind.
    for (const name of await readdir(folder)) if (name.startsWith('.')) await rm(join(folder, name), { force: true });
    return new DiskStore(folder);
  }

  #path(name: string): string {
    if (!NAME.test(name)) throw new Error(`"${name}" is not a name of an object`);
    return join(this.folder, name);
  }

  async put(name: string, file: string): Promise<void> {
    const path = this.#path(name);
    const copy = join(this.folder, `.${randomUUID()}`);
    try {
      // A second name for the same file: no copy, and so no room needed where there may be none.
      await link(file, copy).catch(async (error: unknown) => {
        if (codeOf(error) === 'ENOENT') throw error;
        await pipeline(createReadStream(file), createWriteStream(copy, { mode: 0o600, flush: true }));
      });
      await rename(copy, path);
    } catch (error) {
      await rm(copy, { force: true });
      throw error;
    }
    const folder = await open(this.folder);
    await folder.sync().finally(() => folder.close());
  }

  async get(name: string): Promise<StoredObject | undefined> {
    try {
      const file = await open(this.#path(name));
      return { size: (await file.stat()).size, body: file.createReadStream() };
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  async delete(name: string): Promise<void> {
    await rm(this.#path(name), { force: true });
  }

  async close(): Promise<void> {
    // Nothing is held open.
  }
}
