// The entries of a zip, checked against the sizes and checksums it was packed with.
import { isUtf8 } from 'node:buffer';
import { open, type FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import zlib from 'node:zlib';
import { fromRandomAccessReader, getFileNameLowLevel, RandomAccessReader, type Entry, type ZipFile } from 'yauzl';
import { BuildFailure, isError, messageOf } from '../errors';
import type { ArchiveEntry, ArchiveLimits } from './archive';
import { checkTarget, decodeName, entryName, quoted } from './names';
import { damaged } from './tar-header';
import { FileWindow } from './window';

const LOCAL_HEADER_BYTES = 30;
/** Read with the header: most extra fields are shorter. */
const SLACK_BYTES = 256;
/** Up to this size a file is inflated at once, which costs a fifth of a stream's work. */
const SMALL_BYTES = 256 * 1024;
const MOST_TARGET_BYTES = 4096;
const CHUNK_BYTES = 64 * 1024;

const S_IFMT = 0o170000;
const TYPES: ReadonlyMap<number, ArchiveEntry['type']> = new Map([
  [0, 'file'],
  [0o100000, 'file'],
  [0o040000, 'directory'],
  [0o120000, 'symlink'],
]);
/** Systems whose attributes have Unix' modes: Unix and macOS. */
const UNIX: ReadonlySet<number> = new Set([3, 19]);
const UTF8_FLAG = 0x800;
/** What macOS packs beside the files: their resources and icons. */
const APPLE_DOUBLE = '__MACOSX/';

/** The list of entries is read in pieces of a few dozen bytes each. */
class DirectoryReader extends RandomAccessReader {
  constructor(private readonly window: FileWindow) {
    super();
  }

  override read(buffer: Buffer, offset: number, length: number, position: number, done: (error: Error | null) => void): void {
    const held = this.window.held(position, length);
    if (held !== undefined) {
      held.copy(buffer, offset);
      return done(null);
    }
    this.window.read(position, length).then(
      (bytes) => done(bytes.copy(buffer, offset) < length ? new Error('it ends in the middle') : null),
      (error: unknown) => done(isError(error) ? error : new Error(String(error))),
    );
  }

  override close(done: (error: Error | null) => void): void {
    // The file is closed by whoever opened it.
    done(null);
  }
}

async function openZip(file: FileHandle): Promise<ZipFile> {
  const { size } = await file.stat();
  return new Promise((resolve, reject) => {
    const options = { lazyEntries: true, autoClose: false, decodeStrings: false };
    fromRandomAccessReader(new DirectoryReader(new FileWindow(file)), size, options, (error, zip) =>
      error ? reject(damaged(error.message)) : resolve(zip),
    );
  });
}

/** Names are UTF-8 where the zip says so or where they are: macOS and most Unix programs do not say it. */
function nameOf(entry: Entry): string {
  const raw = entry.fileNameRaw;
  const flags = isUtf8(raw) ? entry.generalPurposeBitFlag | UTF8_FLAG : entry.generalPurposeBitFlag;
  if ((flags & UTF8_FLAG) !== 0 && !isUtf8(raw)) return decodeName(raw);
  // Windows' programs separate with backslashes.
  return getFileNameLowLevel(flags, raw, entry.extraFields, false);
}

/** @throws BuildFailure at what is damaged, or not allowed in any place. */
export async function* zipEntries(file: string, { maxEntries }: ArchiveLimits): AsyncGenerator<ArchiveEntry> {
  const handle = await open(file);
  let zip: ZipFile | undefined;
  try {
    zip = await openZip(handle);
    const data: Data = { handle, window: new FileWindow(handle) };
    if (zip.entryCount > maxEntries)
      throw new BuildFailure(`the archive has more than ${maxEntries} entries; raise MAX_SOURCE_ENTRIES or send fewer`);
    // Entries that lie over each other are unpacked once for each of them, whatever little the file has.
    let { size: left } = await handle.stat();
    for (let index = 0; index < zip.entryCount; index += 1) {
      const entry = await nextEntry(zip);
      left -= entry.compressedSize;
      if (left < 0) throw damaged('its entries lie over each other');
      const given = nameOf(entry);
      if (given.startsWith(APPLE_DOUBLE)) continue;
      yield await entryOf(data, entry, given);
    }
  } finally {
    zip?.close();
    await handle.close();
  }
}

interface Data {
  readonly handle: FileHandle;
  /** Files lie one after the other, as a rule. */
  readonly window: FileWindow;
}

async function entryOf(data: Data, entry: Entry, given: string): Promise<ArchiveEntry> {
  const name = entryName(given);
  const unix = UNIX.has(entry.versionMadeBy >> 8) ? entry.externalFileAttributes >>> 16 : 0;
  const folder = given.endsWith('/');
  const type = folder ? 'directory' : (TYPES.get(unix & S_IFMT) ?? 'other');
  if (entry.isEncrypted()) throw new BuildFailure('the archive is encrypted; pack it without a password');
  if (type !== 'directory' && entry.compressionMethod !== 0 && entry.compressionMethod !== 8)
    throw new BuildFailure(
      `the archive's entry ${quoted(name)} is packed with method ${entry.compressionMethod} of zip; pack it with deflate, or as tar.gz`,
    );
  const target = type === 'symlink' ? await targetOf(data, entry, name) : undefined;
  return {
    name,
    type,
    ...(type === 'other' ? { kind: 'a device or a pipe' } : {}),
    mode: (unix & S_IFMT) === 0 && (unix & 0o7777) === 0 ? (folder ? 0o755 : 0o644) : unix & 0o7777,
    modified: entry.getLastModDate().getTime(),
    size: type === 'file' ? entry.uncompressedSize : 0,
    ...(target === undefined ? {} : { target }),
    content: () => contentOf(data, entry, name),
  };
}

async function targetOf(data: Data, entry: Entry, name: string): Promise<string> {
  if (entry.uncompressedSize > MOST_TARGET_BYTES) throw new BuildFailure(`the archive's link ${quoted(name)} has too long a target`);
  const pieces: Buffer[] = [];
  for await (const piece of contentOf(data, entry, name)) pieces.push(piece);
  const target = decodeName(Buffer.concat(pieces));
  checkTarget(name, target);
  return target;
}

function nextEntry(zip: ZipFile): Promise<Entry> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      zip.off('entry', found);
      zip.off('error', failed);
      zip.off('end', ended);
    };
    const found = (entry: Entry) => {
      settle();
      resolve(entry);
    };
    const failed = (error: Error) => {
      settle();
      reject(damaged(error.message));
    };
    const ended = () => failed(new Error('fewer entries than announced'));
    zip.on('entry', found);
    zip.on('error', failed);
    zip.on('end', ended);
    zip.readEntry();
  });
}

/** The content as it was packed in, whole and with the checksum of then, or a BuildFailure. */
async function* contentOf({ handle, window }: Data, entry: Entry, name: string): AsyncGenerator<Buffer> {
  const { compressedSize, uncompressedSize, compressionMethod } = entry;
  const small = compressedSize <= SMALL_BYTES && uncompressedSize <= SMALL_BYTES;
  const ahead = LOCAL_HEADER_BYTES + entry.fileNameRaw.length + SLACK_BYTES + (small ? compressedSize : 0);
  const start = await window.read(entry.relativeOffsetOfLocalHeader, ahead);
  if (start.length < LOCAL_HEADER_BYTES || start.readUInt32LE(0) !== 0x04034b50) throw damaged(`${quoted(name)} is not where the zip says`);
  const skip = LOCAL_HEADER_BYTES + start.readUInt16LE(26) + start.readUInt16LE(28);
  const position = entry.relativeOffsetOfLocalHeader + skip;
  let sum = 0;
  let size = 0;
  const count = (piece: Buffer) => {
    size += piece.length;
    if (size > uncompressedSize) throw damaged(`${quoted(name)} is larger than the zip says`);
    sum = zlib.crc32(piece, sum);
    return piece;
  };
  try {
    if (small) {
      const packed =
        skip + compressedSize <= start.length ? start.subarray(skip, skip + compressedSize) : await window.read(position, compressedSize);
      const piece = compressionMethod === 0 ? packed : zlib.inflateRawSync(packed, { maxOutputLength: uncompressedSize + 1 });
      if (piece.length > 0) yield count(piece);
    } else {
      for await (const piece of stream(handle, position, entry)) yield count(piece);
    }
  } catch (error) {
    throw error instanceof BuildFailure ? error : damaged(`${quoted(name)}: ${messageOf(error)}`);
  }
  if (size !== uncompressedSize) throw damaged(`${quoted(name)} is smaller than the zip says`);
  if (sum !== entry.crc32) throw damaged(`${quoted(name)} has another checksum than when it was packed`);
}

async function* stream(data: FileHandle, start: number, { compressedSize, compressionMethod }: Entry): AsyncGenerator<Buffer> {
  const source = range(data, start, compressedSize);
  if (compressionMethod === 0) return yield* source;
  const unpack = zlib.createInflateRaw({ chunkSize: CHUNK_BYTES });
  // Errors of both arrive where `unpack` is read.
  pipeline(source, unpack, () => undefined);
  try {
    yield* unpack;
  } finally {
    unpack.destroy();
  }
}

async function* range(data: FileHandle, start: number, size: number): AsyncGenerator<Buffer> {
  for (let done = 0; done < size;) {
    const { buffer, bytesRead } = await data.read(Buffer.allocUnsafe(Math.min(CHUNK_BYTES, size - done)), 0, undefined, start + done);
    if (bytesRead === 0) throw damaged('it ends in the middle');
    done += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
