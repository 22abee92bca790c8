// Archives of every kind, entry by entry, with the same checks and bounds: nothing is unpacked onto the disk.
import { BuildFailure, isError, messageOf } from '../errors';
import { kindOf, unpacked } from './decompress';
import { tarEntries } from './tar-read';
import { TAR_BLOCK } from './tar-header';
import { Turns } from './turns';
import { zipEntries } from './zip';

export interface ArchiveLimits {
  /** Sum of the files. */
  readonly maxBytes: number;
  readonly maxEntries: number;
}

export interface ArchiveEntry {
  /** Relative and clean; never ''. */
  readonly name: string;
  /** `other` is what may only be there when .dockerignore leaves it out; `kind` says what it is. */
  readonly type: 'file' | 'directory' | 'symlink' | 'link' | 'other';
  readonly kind?: string;
  readonly mode: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
  readonly size: number;
  /** Target of a link; a hard link's is an entry's name. */
  readonly target?: string;
  /** Content of a file, to be read before the next entry is asked for, once or not at all. */
  readonly content: () => AsyncGenerator<Buffer>;
}

function tooLarge({ maxBytes }: ArchiveLimits): BuildFailure {
  return new BuildFailure(`the archive unpacks to more than ${maxBytes} bytes; raise MAX_UNPACKED_BYTES or send less`);
}

/** @throws BuildFailure at the first entry that is not allowed. */
export async function* readArchive(file: string, limits: ArchiveLimits, signal: AbortSignal): AsyncGenerator<ArchiveEntry> {
  const kind = await kindOf(file);
  let count = 0;
  let bytes = 0;
  const turns = new Turns(signal);
  try {
    for await (const entry of kind === 'zip' ? zipEntries(file, limits) : tarEntries(bounded(unpacked(file, kind), limits, signal))) {
      signal.throwIfAborted();
      // Small entries come out of memory, one after the other.
      if (turns.due) await turns.pass();
      count += 1;
      bytes += entry.size;
      if (count > limits.maxEntries)
        throw new BuildFailure(`the archive has more than ${limits.maxEntries} entries; raise MAX_SOURCE_ENTRIES or send fewer`);
      if (bytes > limits.maxBytes) throw tooLarge(limits);
      if (entry.name !== '') yield entry;
    }
  } catch (error) {
    if (error instanceof BuildFailure || (isError(error) && error.name === 'AbortError') || signal.aborted) throw error;
    throw new BuildFailure(`the archive is damaged: ${messageOf(error)}`, { cause: error });
  }
}

/** Counts headers and padding too: what a bomb unpacks to is bounded, whatever its headers claim. */
async function* bounded(chunks: AsyncIterable<Buffer>, limits: ArchiveLimits, signal: AbortSignal): AsyncGenerator<Buffer> {
  const most = limits.maxBytes + (limits.maxEntries + 2) * 4 * TAR_BLOCK + 1024 ** 2;
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > most) throw tooLarge(limits);
    // What comes between entries may be much.
    signal.throwIfAborted();
    yield chunk;
  }
}

/** @throws BuildFailure when there is more. */
export async function readAll(content: AsyncIterable<Buffer>, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of content) {
    bytes += chunk.length;
    if (bytes > most) throw new BuildFailure(`an entry that must be small has more than ${most} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
