// Reads tar, tar.gz and zip, entry by entry, with the same checks: nothing is unpacked onto the disk.
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { open as openZipFile, type Entry as ZipEntry, type ZipFile } from 'yauzl';
import { BuildFailure, messageOf, isError } from '../errors';
import { checkLink, entryName } from './names';

export interface ArchiveLimits {
  readonly maxBytes: number;
  readonly maxEntries: number;
}

export interface ArchiveEntry {
  /** Relative and clean; never ''. */
  readonly name: string;
  readonly type: 'file' | 'directory' | 'symlink' | 'link';
  readonly mode: number;
  readonly modified: Date;
  readonly size: number;
  /** Target of a link; a hard link's is an entry's name. */
  readonly target?: string;
  /** Content of a file. It must be read or destroyed before the next entry comes. */
  readonly body: Readable;
}

const BLOCK = 512;

async function head(file: string): Promise<Buffer> {
  const handle = await open(file);
  try {
    const buffer = Buffer.alloc(BLOCK);
    const { bytesRead } = await handle.read(buffer, 0, BLOCK, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** By content, since neither names nor media types can be relied on. */
async function kindOf(file: string): Promise<'gzip' | 'zip' | 'tar'> {
  const start = await head(file);
  if (start.length === 0) throw new BuildFailure('the sources are empty');
  if (start[0] === 0x1f && start[1] === 0x8b) return 'gzip';
  if (start.subarray(0, 4).equals(Buffer.from('PK\u0003\u0004')) || start.subarray(0, 4).equals(Buffer.from('PK\u0005\u0006')))
    return 'zip';
  if (start.length === BLOCK && tarChecksumHolds(start)) return 'tar';
  throw new BuildFailure('the sources are no tar, tar.gz or zip archive');
}

function tarChecksumHolds(block: Buffer): boolean {
  if (block.every((byte) => byte === 0)) return true;
  const stated = Number.parseInt(
    block
      .toString('latin1', 148, 156)
      .replace(/[^0-7]/g, ' ')
      .trim(),
    8,
  );
  let sum = 8 * 32;
  block.forEach((byte, index) => (sum += index >= 148 && index < 156 ? 0 : byte));
  return sum === stated;
}

/** @throws BuildFailure at the first entry that is not allowed. */
export async function* readArchive(file: string, limits: ArchiveLimits, signal: AbortSignal): AsyncGenerator<ArchiveEntry> {
  const kind = await kindOf(file);
  const found = kind === 'zip' ? zipEntries(file, limits) : tarEntries(file, kind === 'gzip', limits, signal);
  let count = 0;
  let bytes = 0;
  for await (const entry of found) {
    signal.throwIfAborted();
    count += 1;
    bytes += entry.size;
    if (count > limits.maxEntries)
      throw new BuildFailure(`the archive has more than ${limits.maxEntries} entries; raise MAX_SOURCE_ENTRIES or send fewer`);
    if (bytes > limits.maxBytes) throw tooLarge(limits);
    if (entry.name !== '') yield entry;
  }
}

function tooLarge({ maxBytes }: ArchiveLimits): BuildFailure {
  return new BuildFailure(`the archive unpacks to more than ${maxBytes} bytes; raise MAX_UNPACKED_BYTES or send less`);
}

const TAR_TYPES = new Map<string, ArchiveEntry['type']>([
  ['file', 'file'],
  ['contiguous-file', 'file'],
  ['directory', 'directory'],
  ['symlink', 'symlink'],
  ['link', 'link'],
]);

async function* tarEntries(file: string, zipped: boolean, limits: ArchiveLimits, signal: AbortSignal): AsyncGenerator<ArchiveEntry> {
  const unpack = extract();
  let bytes = 0;
  // Counts headers and padding too: what a bomb inflates to is bounded, whatever its headers claim.
  const most = limits.maxBytes + (limits.maxEntries + 2) * 4 * BLOCK + 1024 ** 2;
  const bound = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > most) done(tooLarge(limits));
      else done(null, chunk);
    },
  });
  const source = createReadStream(file, { signal });
  const steps: (NodeJS.ReadableStream | NodeJS.ReadWriteStream)[] = zipped ? [source, createGunzip(), bound] : [source, bound];
  const settled = new Promise<Error | undefined>((resolve) =>
    pipeline([...steps, unpack as unknown as NodeJS.WritableStream], (error) => resolve(error ?? undefined)),
  );
  try {
    for await (const part of unpack) {
      const { header } = part;
      const given = header.type ?? 'file';
      if (given === 'pax-global-header') {
        part.resume();
        continue;
      }
      const type = TAR_TYPES.get(given);
      if (type === undefined)
        throw new BuildFailure(`the archive's entry ${JSON.stringify(header.name)} is a ${given}; only files, folders and links are taken`);
      const name = entryName(header.name);
      const target = header.linkname ?? undefined;
      if (type === 'symlink') checkLink(name, target ?? '');
      yield {
        name,
        type: type === 'file' && header.name.endsWith('/') ? 'directory' : type,
        mode: (header.mode ?? 0o644) & 0o777,
        modified: header.mtime ?? new Date(0),
        size: header.size ?? 0,
        ...(target === undefined ? {} : { target: type === 'link' ? entryName(target) : target }),
        body: part as unknown as Readable,
      };
      // What the caller did not read is skipped.
      part.resume();
    }
  } catch (error) {
    throw readable(error);
  } finally {
    source.destroy();
    unpack.destroy();
  }
  const failure = await settled;
  if (failure !== undefined) throw readable(failure);
}

function readable(error: unknown): Error {
  if (error instanceof BuildFailure) return error;
  if (isError(error) && error.name === 'AbortError') return error;
  const [, name] = /^(?:invalid relative path|absolute path|invalid characters in fileName): (.*)$/s.exec(messageOf(error)) ?? [];
  if (name !== undefined)
    return new BuildFailure(`the archive's entry ${JSON.stringify(name.slice(0, 120))} leaves the folder or has an absolute name`, {
      cause: error,
    });
  return new BuildFailure(`the archive is damaged: ${messageOf(error)}`, { cause: error });
}

function openZip(file: string): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    openZipFile(file, { lazyEntries: true, autoClose: false, strictFileNames: false, validateEntrySizes: true }, (error, zip) =>
      error ? reject(error) : resolve(zip),
    );
  });
}

const S_IFMT = 0o170000;
const ZIP_TYPES = new Map<number, ArchiveEntry['type']>([
  [0, 'file'],
  [0o100000, 'file'],
  [0o040000, 'directory'],
  [0o120000, 'symlink'],
]);

async function* zipEntries(file: string, limits: ArchiveLimits): AsyncGenerator<ArchiveEntry> {
  let zip: ZipFile | undefined;
  let body: Readable | undefined;
  try {
    zip = await openZip(file);
    if (zip.entryCount > limits.maxEntries)
      throw new BuildFailure(`the archive has more than ${limits.maxEntries} entries; raise MAX_SOURCE_ENTRIES or send fewer`);
    for (let index = 0; index < zip.entryCount; index += 1) {
      const entry = await nextZipEntry(zip);
      const unix = entry.versionMadeBy >> 8 === 3 ? (entry.externalFileAttributes >>> 16) & 0xffff : 0;
      const folder = entry.fileName.endsWith('/');
      const type = folder ? 'directory' : ZIP_TYPES.get(unix & S_IFMT);
      if (type === undefined)
        throw new BuildFailure(
          `the archive's entry ${JSON.stringify(entry.fileName)} is a device or a pipe; only files, folders and links are taken`,
        );
      if (entry.isEncrypted()) throw new BuildFailure('the archive is encrypted; pack it without a password');
      const name = entryName(entry.fileName);
      body = await zipBody(zip, entry);
      const target = type === 'symlink' ? (await readText(body, 4096)).toString('utf8') : undefined;
      if (target !== undefined) checkLink(name, target);
      const size = type === 'file' ? entry.uncompressedSize : 0;
      if (size > limits.maxBytes) throw tooLarge(limits);
      yield {
        name,
        type,
        mode: unix === 0 ? (folder ? 0o755 : 0o644) : unix & 0o777,
        modified: entry.getLastModDate(),
        size,
        ...(target === undefined ? {} : { target }),
        body,
      };
      body.destroy();
    }
  } catch (error) {
    throw readable(error);
  } finally {
    body?.destroy();
    // Closes the file once no stream reads it any more.
    zip?.close();
  }
}

function nextZipEntry(zip: ZipFile): Promise<ZipEntry> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      zip.off('entry', found);
      zip.off('error', failed);
      zip.off('end', ended);
    };
    const found = (entry: ZipEntry) => {
      settle();
      resolve(entry);
    };
    const failed = (error: Error) => {
      settle();
      reject(error);
    };
    const ended = () => failed(new Error('fewer entries than announced'));
    zip.on('entry', found);
    zip.on('error', failed);
    zip.on('end', ended);
    zip.readEntry();
  });
}

function zipBody(zip: ZipFile, entry: ZipEntry): Promise<Readable> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error) return reject(error);
      // Whoever reads it hears of its errors; one that nobody reads must not end the process.
      stream.on('error', () => stream.destroy());
      resolve(stream);
    });
  });
}

/** @throws BuildFailure when there is more. */
export async function readText(body: Readable, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    const piece = Buffer.from(chunk);
    bytes += piece.length;
    if (bytes > most) throw new BuildFailure(`an entry that must be small has more than ${most} bytes`);
    chunks.push(piece);
  }
  return Buffer.concat(chunks);
}
