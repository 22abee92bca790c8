// A context whose files can be read in any order: their content in one file on the disk, all else in memory.
import { open, rm } from 'node:fs/promises';
import type { ContextFolder, FolderEntry } from '../engines/engine';
import { BuildFailure } from '../errors';
import { encodeName } from './names';
import type { WrittenEntry } from './tar-write';

/** An entry of a context. */
export interface Piece extends WrittenEntry {
  /** Of a file: its content, to be read before the next entry is asked for. */
  readonly content?: () => AsyncIterable<Buffer> | Iterable<Buffer>;
}

interface Kept {
  readonly entry: WrittenEntry;
  /** Where its content begins in the file. */
  readonly offset: number;
  /** The same for files that are linked to each other. */
  readonly inode: number;
}

/** Room on the disk that is kept for the content. */
export interface Claim {
  /** So much more of it is there. */
  wrote(bytes: number): void;
  /** It is gone, or will not be written any further. */
  release(): void;
}

/** Where the content goes. */
export interface SpoolPlace {
  readonly file: string;
  readonly claim: Claim;
}

const CHUNK_BYTES = 32 * 1024;
/** Of folders that the archive does not name itself. */
const MOST_FOLDER_CHARACTERS = 64 * 1024 ** 2;

/** Writes the content to `file`, which is removed and its room given back when the folder is closed, or when this fails. */
export async function spool(
  pieces: AsyncIterable<Piece>,
  { file, claim }: SpoolPlace,
): Promise<ContextFolder & { close(): Promise<void> }> {
  const handle = await open(file, 'w+', 0o600).catch((error: unknown) => {
    claim.release();
    throw error;
  });
  const close = async (): Promise<void> => {
    await handle.close();
    await rm(file, { force: true });
    claim.release();
  };
  const kept = new Map<string, Kept>();
  let offset = 0;
  let inodes = 0;
  let characters = 0;
  try {
    for await (const { content, ...entry } of pieces) {
      // An archive of some names may have many times as many folders.
      for (const folder of foldersAbove(entry, (name) => kept.has(name))) {
        kept.set(folder.name, { entry: folder, offset, inode: (inodes += 1) });
        characters += folder.name.length;
        if (characters > MOST_FOLDER_CHARACTERS)
          throw new BuildFailure(`the names of the folders have more than ${MOST_FOLDER_CHARACTERS} characters together; send fewer`);
      }
      const linked = entry.type === 'link' ? kept.get(entry.target ?? '') : undefined;
      // Whatever takes the name of the linked file later on, the content is this one's.
      kept.set(
        entry.name,
        linked === undefined ? { entry, offset, inode: (inodes += 1) } : { ...linked, entry: { ...linked.entry, name: entry.name } },
      );
      for await (const chunk of content?.() ?? []) {
        await handle.writeFile(chunk);
        offset += chunk.length;
        claim.wrote(chunk.length);
      }
    }
  } catch (error) {
    await close();
    throw error;
  }
  const sorted = inOrder(kept);
  return {
    entries: sorted.map(({ entry }) => entry),
    async *read(index) {
      const { offset: from = 0, entry: { size } = { size: 0 } } = sorted[index] ?? {};
      for (let at = 0; at < size;) {
        const { bytesRead, buffer } = await handle.read(Buffer.alloc(Math.min(CHUNK_BYTES, size - at)), 0, undefined, from + at);
        if (bytesRead === 0) throw new Error(`${file} ends too early`);
        at += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    },
    close,
  };
}

/** A folder with one file, which may lie in folders. */
export function folderOf(name: string, content: Buffer): ContextFolder {
  const file: WrittenEntry = { name, type: 'file', mode: 0o644, modified: 0, size: content.length };
  const entries = [...foldersAbove(file), file].map((entry) => entryOf(entry));
  return {
    entries,
    async *read() {
      yield content;
    },
  };
}

/** An archive need not name them. Above a known one all are known. */
function foldersAbove({ name, modified }: WrittenEntry, isKnown: (name: string) => boolean = () => false): WrittenEntry[] {
  const folders: WrittenEntry[] = [];
  for (let slash = name.lastIndexOf('/'); slash > 0; slash = name.lastIndexOf('/', slash - 1)) {
    const folder = name.slice(0, slash);
    if (isKnown(folder)) break;
    folders.push({ name: folder, type: 'directory', mode: 0o755, modified, size: 0 });
  }
  return folders.toReversed();
}

function entryOf({ name, type, mode, modified, size, target }: WrittenEntry): FolderEntry {
  return { path: encodeName(name), type, mode, modified, size, ...(target === undefined ? {} : { target: encodeName(target) }) };
}

/** Of files that are linked to each other the first one has the content, whichever the archive had it in. */
function inOrder(kept: ReadonlyMap<string, Kept>): { readonly entry: FolderEntry; readonly offset: number }[] {
  const first = new Map<number, string>();
  return [...kept.values()]
    .map((each) => ({ ...each, key: sortKey(each.entry.name) }))
    .toSorted((left, right) => left.key.compare(right.key))
    .map(({ entry, offset, inode }) => {
      const target = first.get(inode);
      first.set(inode, target ?? entry.name);
      return { entry: entryOf(target === undefined ? entry : { ...entry, type: 'link', size: 0, target }), offset };
    });
}

/** A slash comes before all else, so that a folder's entries follow it. */
function sortKey(name: string): Buffer {
  return Buffer.from(encodeName(name).map((byte) => (byte === 0x2f ? 0 : byte)));
}
