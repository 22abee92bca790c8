// Archives byte by byte, as the tests need them, and what becomes of them.
import { writeFileSync } from 'node:fs';
import { crc32, deflateRawSync } from 'node:zlib';
import { extract } from 'tar-stream';
import type { Builder } from '../../../worker/engines/engine';
import { readContext } from '../../../worker/sources/context';
import type { TarEntry } from './fakes';

export const LIMITS = { maxBytes: 50 * 1024 ** 2, maxEntries: 100_000 };
export const DOCKERFILE: TarEntry = { name: 'Dockerfile', content: 'FROM base:1\n' };

export interface Packed {
  readonly dockerfile: string;
  readonly dockerfileName: string;
  readonly names: readonly string[];
  /** Content of files, target of links, '' for folders. */
  readonly contents: ReadonlyMap<string, string>;
  readonly types: ReadonlyMap<string, string>;
  readonly modes: ReadonlyMap<string, number>;
}

export interface PackOptions {
  readonly limits?: typeof LIMITS;
  readonly dockerfile?: string;
  readonly builder?: Builder;
}

/** The context that the engine gets of an archive, with `FROM replaced` as Dockerfile; bytes are read as Latin-1. */
export async function packed(file: string, bytes: Buffer, options: PackOptions = {}): Promise<Packed> {
  writeFileSync(file, bytes);
  const { limits = LIMITS, dockerfile, builder = 'buildkit' } = options;
  const context = await readContext(file, { limits, signal: new AbortController().signal, dockerfile });
  const contents = new Map<string, string>();
  const types = new Map<string, string>();
  const modes = new Map<string, number>();
  // Another implementation reads it, names as bytes.
  const unpack = extract({ filenameEncoding: 'latin1' as BufferEncoding });
  const source = context.pack('FROM replaced\n', builder);
  source.on('error', (error) => unpack.destroy(error));
  source.pipe(unpack as unknown as NodeJS.WritableStream);
  for await (const entry of unpack) {
    const { name, type, linkname, mode = 0 } = entry.header;
    let text = linkname ?? '';
    for await (const chunk of entry) text += Buffer.from(chunk as Uint8Array).toString('latin1');
    const plain = name.replace(/\/$/, '');
    contents.set(plain, text);
    types.set(plain, String(type));
    modes.set(plain, mode);
  }
  return { dockerfile: context.dockerfile, dockerfileName: context.dockerfileName, names: [...contents.keys()], contents, types, modes };
}

export interface ZipEntry {
  readonly name: string | Buffer;
  readonly content?: string;
  readonly mode?: number;
  readonly deflate?: boolean;
  /** What is added to the right checksum, or to the right size. */
  readonly wrong?: 'checksum' | 'size';
  /** Whether it says that its name is UTF-8. */
  readonly utf8?: boolean;
  readonly method?: number;
  /** It lies where the one before it does. */
  readonly over?: boolean;
}

/** A zip, with whatever lies are asked for. */
export function zip(entries: readonly ZipEntry[]): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  let last = 0;
  for (const { name, content = '', mode = 0o100644, deflate = false, wrong, utf8 = true, method, over = false } of entries) {
    const data = Buffer.from(content);
    const stored = deflate ? deflateRawSync(data) : data;
    const bytes = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(utf8 ? 0x800 : 0, 2);
    common.writeUInt16LE(method ?? (deflate ? 8 : 0), 4);
    common.writeUInt16LE(0x5a21, 8);
    common.writeUInt32LE((crc32(data) ^ (wrong === 'checksum' ? 1 : 0)) >>> 0, 10);
    common.writeUInt32LE(stored.length, 14);
    common.writeUInt32LE(data.length + (wrong === 'size' ? 1 : 0), 18);
    common.writeUInt16LE(bytes.length, 22);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), common, bytes, stored]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE((mode << 16) >>> 0, 6);
    tail.writeUInt32LE(over ? last : offset, 10);
    centrals.push(Buffer.concat([Buffer.from('PK\u0001\u0002'), Buffer.from([20, 3]), common, tail, bytes]));
    if (over) continue;
    locals.push(local);
    last = offset;
    offset += local.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, directory, Buffer.from('PK\u0005\u0006'), end]);
}

export interface Block {
  readonly name: string | Buffer;
  readonly flag?: string;
  readonly content?: Buffer | string;
  readonly linked?: string;
  readonly magic?: string;
  /** Written over the header, by place. */
  readonly fields?: Readonly<Record<number, string | Buffer>>;
}

/** One entry of a tar as a program wrote it that no library here imitates. */
export function block({ name, flag = '0', content = '', linked = '', magic = 'ustar\u000000', fields = {} }: Block): Buffer {
  const data = Buffer.from(content);
  const header = Buffer.alloc(512);
  Buffer.from(name).copy(header, 0, 0, 100);
  header.write('0000644\u00000000000\u00000000000\u0000', 100);
  header.write(data.length.toString(8).padStart(11, '0'), 124);
  header.write('00000000000', 136);
  header.write(flag, 156);
  header.write(linked, 157);
  header.write(magic, 257, 'latin1');
  for (const [at, text] of Object.entries(fields)) Buffer.from(text).copy(header, Number(at));
  header.fill(' ', 148, 156);
  let sum = 0;
  for (const byte of header) sum += byte;
  header.write(sum.toString(8).padStart(6, '0'), 148);
  return Buffer.concat([header, data, Buffer.alloc((512 - (data.length % 512)) % 512)]);
}

export const END = Buffer.alloc(1024);

/** Records of an extended header. */
export function records(values: readonly (readonly [string, string | Buffer])[]): Buffer {
  return Buffer.concat(
    values.map(([key, value]) => {
      const rest = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value), Buffer.from('\n')]);
      let length = rest.length;
      while (String(length).length + rest.length !== length) length += 1;
      return Buffer.concat([Buffer.from(String(length)), rest]);
    }),
  );
}
