// Headers of the tar that the engine gets: POSIX, with extended records where a name or a size does not fit.
import type { ArchiveEntry } from './archive';
import { encodeName } from './names';
import { TAR_BLOCK } from './tar-header';

export interface WrittenEntry extends Pick<ArchiveEntry, 'name' | 'mode' | 'modified' | 'size'> {
  readonly type: 'file' | 'directory' | 'symlink' | 'link';
  readonly target?: string;
}

const FLAGS = { file: '0', link: '1', symlink: '2', directory: '5' } as const;
/** Most that eleven octal digits say. */
const MOST_OCTAL = 8 ** 11 - 1;

/** What fills the last block of a file. */
export function fillUp(size: number): Buffer {
  return Buffer.alloc((TAR_BLOCK - (size % TAR_BLOCK)) % TAR_BLOCK);
}

/** Two blocks of zeros. */
export const END_OF_TAR = Buffer.alloc(2 * TAR_BLOCK);

/** The header blocks of an entry, owned by root as in every build context. */
export function writeHeader({ name, type, mode, modified, size, target }: WrittenEntry): Buffer {
  const path = encodeName(type === 'directory' ? `${name}/` : name);
  const linked = encodeName(target ?? '');
  const seconds = Math.min(Math.max(0, Math.floor(modified / 1000)), MOST_OCTAL);
  const split = splitName(path);
  const records: Buffer[] = [];
  if (split === undefined) records.push(record('path', path));
  if (linked.length > 100) records.push(record('linkpath', linked));
  if (size > MOST_OCTAL) records.push(record('size', Buffer.from(String(size))));
  const header = block({
    name: split?.name ?? path.subarray(0, 100),
    prefix: split?.prefix,
    flag: FLAGS[type],
    mode,
    seconds,
    size: Math.min(size, MOST_OCTAL),
    linked: linked.subarray(0, 100),
  });
  if (records.length === 0) return header;
  const extension = Buffer.concat(records);
  const before = block({ name: Buffer.from('././@PaxHeader'), flag: 'x', mode: 0o644, seconds: 0, size: extension.length });
  return Buffer.concat([before, extension, fillUp(extension.length), header]);
}

/** A name of up to 255 bytes is cut at a slash, 155 bytes before it and 100 after. */
function splitName(path: Buffer): { readonly name: Buffer; readonly prefix?: Buffer } | undefined {
  if (path.length <= 100) return { name: path };
  const slash = path.indexOf(0x2f, path.length - 101);
  if (slash <= 0 || slash > 155 || slash === path.length - 1) return undefined;
  return { name: path.subarray(slash + 1), prefix: path.subarray(0, slash) };
}

function record(key: string, value: Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from('\n')]);
  let length = rest.length + 1;
  // The length counts its own digits.
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

interface Block {
  readonly name: Buffer;
  readonly prefix?: Buffer | undefined;
  readonly flag: string;
  readonly mode: number;
  readonly seconds: number;
  readonly size: number;
  readonly linked?: Buffer;
}

function block({ name, prefix, flag, mode, seconds, size, linked }: Block): Buffer {
  const bytes = Buffer.alloc(TAR_BLOCK);
  const octal = (value: number, at: number, digits: number) => bytes.write(value.toString(8).padStart(digits, '0'), at, 'latin1');
  name.copy(bytes, 0);
  octal(mode, 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  octal(size, 124, 11);
  octal(seconds, 136, 11);
  bytes.fill(' ', 148, 156);
  bytes.write(flag, 156, 'latin1');
  linked?.copy(bytes, 157);
  bytes.write('ustar\u000000', 257, 'latin1');
  prefix?.copy(bytes, 345);
  let sum = 0;
  for (const byte of bytes) sum += byte;
  octal(sum, 148, 6);
  bytes[154] = 0;
  return bytes;
}
