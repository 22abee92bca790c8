// Files with holes, in the four ways that GNU tar writes them: which parts the archive has, and the whole file from them.
import { damaged, decimal, numberAt, TAR_BLOCK, type PaxRecords, type TarHeader } from './tar-header';
import { decodeName } from './names';

/** Where a part that the archive has lies in the file. */
interface Part {
  readonly offset: number;
  readonly length: number;
}

export interface Sparse {
  readonly name: string;
  /** Of the whole file, holes included. */
  readonly size: number;
  readonly parts: readonly Part[];
  /** Bytes of the entry that were read as its map. */
  readonly mapBytes: number;
}

/** Reads the map's next bytes: the entry's own, or blocks between header and content. */
type Take = (bytes: number) => Promise<Buffer>;

/** Far above what file systems make of one file. */
const MOST_MAP_BYTES = 1024 ** 2;
const HOLE = Buffer.alloc(64 * 1024);

function checked(size: number, numbers: readonly number[], stored: number): readonly Part[] {
  const parts: Part[] = [];
  let end = 0;
  let sum = 0;
  for (let at = 0; at + 1 < numbers.length; at += 2) {
    const [offset = 0, length = 0] = numbers.slice(at, at + 2);
    if (offset < end || length < 0 || offset + length > size) throw damaged('a sparse file has parts outside itself or one over the other');
    end = offset + length;
    sum += length;
    if (length > 0) parts.push({ offset, length });
  }
  if (numbers.length % 2 !== 0 || sum !== stored) throw damaged('a sparse file has a map that does not fit its content');
  return parts;
}

/** GNU's own type: four parts in the header, the others in blocks after it. */
async function inHeader({ block, name, stored }: TarHeader, take: Take): Promise<Sparse> {
  const numbers: number[] = [];
  const read = (from: Buffer, start: number, count: number) => {
    for (let at = start; at < start + count * 24 && from[at] !== 0; at += 24)
      numbers.push(numberAt(from, at, 12), numberAt(from, at + 12, 12));
  };
  read(block, 386, 4);
  let more = block[482] !== 0;
  for (let bytes = 0; more; bytes += TAR_BLOCK) {
    if (bytes >= MOST_MAP_BYTES) throw damaged('a sparse file has too many parts');
    const next = await take(TAR_BLOCK);
    read(next, 0, 21);
    more = next[504] !== 0;
  }
  const size = numberAt(block, 483, 12);
  return { name, size, parts: checked(size, numbers, stored), mapBytes: 0 };
}

/** The newest: the map is lines of numbers in front of the content, filled up to whole blocks. */
async function inContent(name: string, size: number, stored: number, take: Take): Promise<Sparse> {
  let text = '';
  let bytes = 0;
  const line = async (): Promise<number> => {
    for (;;) {
      const end = text.indexOf('\n');
      if (end >= 0) {
        const digits = text.slice(0, end);
        text = text.slice(end + 1);
        return decimal(Buffer.from(digits));
      }
      if (text.length > 32 || bytes + TAR_BLOCK > Math.min(stored, MOST_MAP_BYTES)) throw damaged('a sparse file has no whole map');
      text += (await take(TAR_BLOCK)).toString('latin1');
      bytes += TAR_BLOCK;
    }
  };
  const count = await line();
  const numbers: number[] = [];
  for (let at = 0; at < count * 2; at += 1) numbers.push(await line());
  return { name, size, parts: checked(size, numbers, stored - bytes), mapBytes: bytes };
}

/** `undefined` for a file without holes. @throws BuildFailure for a map that does not fit. */
export async function readSparse(header: TarHeader, records: PaxRecords, take: Take): Promise<Sparse | undefined> {
  if (header.flag === 'S') return inHeader(header, take);
  const values = records.filter(([key]) => key.startsWith('GNU.sparse.'));
  if (values.length === 0) return undefined;
  const value = (key: string): Buffer | undefined => values.findLast(([name]) => name === `GNU.sparse.${key}`)?.[1];
  const own = value('name');
  const name = own === undefined ? header.name : decodeName(own);
  const size = value('realsize') ?? value('size');
  if (size === undefined) throw damaged('a sparse file does not tell its size');
  const [major, map] = [value('major')?.toString('latin1'), value('map')];
  if (major !== undefined && major !== '0') {
    if (major !== '1') throw damaged(`a sparse file is of version ${major}, which is not known`);
    return inContent(name, decimal(size), header.stored, take);
  }
  const numbers =
    map === undefined
      ? values.filter(([key]) => key === 'GNU.sparse.offset' || key === 'GNU.sparse.numbytes').map(([, number]) => decimal(number))
      : map.length === 0
        ? []
        : map
            .toString('latin1')
            .split(',')
            .map((number) => decimal(Buffer.from(number)));
  return { name, size: decimal(size), parts: checked(decimal(size), numbers, header.stored), mapBytes: 0 };
}

/** The whole file: the parts in their places and zeros between them. */
export async function* filled({ size, parts }: Sparse, content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let at = 0;
  let next = 0;
  function* holeTo(end: number): Generator<Buffer> {
    while (at < end) {
      const piece = HOLE.subarray(0, end - at);
      yield piece;
      at += piece.length;
    }
  }
  for await (let chunk of content) {
    while (chunk.length > 0) {
      const part = parts[next];
      if (part === undefined) throw damaged('a sparse file has more content than its map tells');
      if (at < part.offset) yield* holeTo(part.offset);
      const piece = chunk.subarray(0, part.offset + part.length - at);
      yield piece;
      at += piece.length;
      chunk = chunk.subarray(piece.length);
      if (at === part.offset + part.length) next += 1;
    }
  }
  yield* holeTo(size);
}
