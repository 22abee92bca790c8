// The entries of a tar, one after the other, as they come out of a stream.
import { BuildFailure } from '../errors';
import type { ArchiveEntry } from './archive';
import { checkTarget, entryName, quoted } from './names';
import { filled, readSparse } from './sparse';
import { damaged, flagOf, readHeader, readRecords, TAR_BLOCK, textAt, type Extension, type PaxRecords, type TarHeader } from './tar-header';

/** Records and long names that come before an entry. */
const MOST_EXTENSION_BYTES = 1024 ** 2;
/** All of them together: what some entries may need, and what each of many does. */
const EXTENSIONS_BYTES = 64 * 1024 ** 2;
const EXTENSION_BYTES_AN_ENTRY = 4096;
const NONE = Buffer.alloc(0);

/** Takes bytes off a stream in the pieces that are asked for. */
class Bytes {
  #chunk: Buffer = NONE;
  readonly #chunks: AsyncIterator<Buffer>;

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** The next bytes, as many as are there but no more than asked for; `undefined` at the end. */
  async some(most: number): Promise<Buffer | undefined> {
    while (this.#chunk.length === 0) {
      const { done, value } = await this.#chunks.next();
      if (done === true) return undefined;
      this.#chunk = value;
    }
    const piece = this.#chunk.subarray(0, most);
    this.#chunk = this.#chunk.subarray(piece.length);
    return piece;
  }

  /** All of them, or `undefined` when the stream ended before the first. */
  async take(size: number): Promise<Buffer | undefined> {
    const first = size === 0 ? NONE : await this.some(size);
    if (first === undefined || first.length === size) return first;
    const pieces = [first];
    for (let missing = size - first.length; missing > 0;) {
      const piece = await this.some(missing);
      if (piece === undefined) throw damaged('it ends in the middle');
      pieces.push(piece);
      missing -= piece.length;
    }
    return Buffer.concat(pieces);
  }

  async skip(size: number): Promise<void> {
    for (let missing = size; missing > 0;) {
      const piece = await this.some(missing);
      if (piece === undefined) throw damaged('it ends in the middle');
      missing -= piece.length;
    }
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}

const zeros = (block: Buffer) => block.every((byte) => byte === 0);
const padding = (size: number) => (TAR_BLOCK - (size % TAR_BLOCK)) % TAR_BLOCK;

/** Types without content, whatever size their header tells. */
const WITHOUT_CONTENT: ReadonlySet<string> = new Set(['1', '2', '3', '4', '5', '6']);
const TYPES: ReadonlyMap<string, ArchiveEntry['type']> = new Map([
  ['0', 'file'],
  ['7', 'file'],
  ['S', 'file'],
  ['1', 'link'],
  ['2', 'symlink'],
  ['5', 'directory'],
]);
const REFUSED: ReadonlyMap<string, string> = new Map([
  ['3', 'a character device'],
  ['4', 'a block device'],
  ['6', 'a pipe'],
  ['M', 'the rest of a file of another tar'],
  ['D', 'a folder of an incremental tar'],
]);

/** @throws BuildFailure at what is damaged, or not allowed in any place. */
export async function* tarEntries(chunks: AsyncIterable<Buffer>): AsyncGenerator<ArchiveEntry> {
  const bytes = new Bytes(chunks);
  try {
    let extension: { records: PaxRecords; longName?: string; longTarget?: string } = { records: [] };
    let left = EXTENSIONS_BYTES;
    for (;;) {
      const block = await bytes.take(TAR_BLOCK);
      if (block === undefined) return;
      if (zeros(block)) {
        await end(bytes);
        return;
      }
      const isSpecial = 'xgLKV'.includes(flagOf(block));
      const header = readHeader(block, isSpecial ? { records: [] } : extension);
      if (isSpecial) {
        left -= TAR_BLOCK + header.stored;
        if (left < 0) throw damaged('it has far more extensions than its entries need');
        const content = await special(bytes, header);
        // A label of the archive, and records for all entries, which Docker ignores too.
        if (header.flag === 'x') extension = { ...extension, records: readRecords(content) };
        else if (header.flag === 'L') extension = { ...extension, longName: textAt(content, 0, content.length) };
        else if (header.flag === 'K') extension = { ...extension, longTarget: textAt(content, 0, content.length) };
        continue;
      }
      yield* entryOf(bytes, header, extension);
      extension = { records: [] };
      left += EXTENSION_BYTES_AN_ENTRY;
    }
  } finally {
    await bytes.close();
  }
}

/** Two blocks of zeros, and whatever fills the tape: read to the end, so that the checksum of what it is packed with counts. */
async function end(bytes: Bytes): Promise<void> {
  const second = await bytes.take(TAR_BLOCK);
  if (second !== undefined && !zeros(second)) throw damaged('the tar goes on after its end; pack the files into one');
  while ((await bytes.some(Number.MAX_SAFE_INTEGER)) !== undefined);
}

async function whole(bytes: Bytes, size: number): Promise<Buffer> {
  const taken = await bytes.take(size);
  if (taken === undefined) throw damaged('it ends in the middle');
  return taken;
}

async function special(bytes: Bytes, { stored, flag }: TarHeader): Promise<Buffer> {
  if (stored > MOST_EXTENSION_BYTES) throw damaged(`an extension (${flag}) is larger than ${MOST_EXTENSION_BYTES} bytes`);
  const content = await whole(bytes, stored);
  await bytes.skip(padding(stored));
  return content;
}

async function* entryOf(bytes: Bytes, header: TarHeader, { records }: Extension): AsyncGenerator<ArchiveEntry> {
  const flag = header.flag;
  const type = TYPES.get(flag);
  const stored = WITHOUT_CONTENT.has(flag) ? 0 : header.stored;
  const sparse = type === 'file' ? await readSparse(header, records, (size) => whole(bytes, size)) : undefined;
  let left = stored - (sparse?.mapBytes ?? 0);
  async function* content(): AsyncGenerator<Buffer> {
    while (left > 0) {
      const piece = await bytes.some(left);
      if (piece === undefined) throw damaged('it ends in the middle');
      left -= piece.length;
      yield piece;
    }
  }
  const given = sparse?.name ?? header.name;
  const name = entryName(given);
  if (type === undefined && !REFUSED.has(flag))
    throw new BuildFailure(
      `the archive's entry ${quoted(name)} is of the type ${JSON.stringify(flag)}, which is not known; pack it with another tar`,
    );
  if (type === 'symlink') checkTarget(name, header.target);
  yield {
    name,
    // Old tars tell a folder by its name alone.
    type: type === 'file' && given.endsWith('/') ? 'directory' : (type ?? 'other'),
    ...(type === undefined ? { kind: REFUSED.get(flag) ?? '' } : {}),
    mode: header.mode,
    modified: header.modified,
    size: type === 'file' ? (sparse?.size ?? stored) : 0,
    ...(type === 'symlink' ? { target: header.target } : type === 'link' ? { target: entryName(header.target) } : {}),
    content: () => (sparse === undefined ? content() : filled(sparse, content())),
  };
  await bytes.skip(left + padding(stored));
}
