// What an archive is packed with, told by its content, and its bytes unpacked: by
// Node where it can, else by the program that people pack with.
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline, type Readable, type Transform } from 'node:stream';
import zlib from 'node:zlib';
import { BuildFailure, codeOf, messageOf } from '../errors';
import { checksumHolds, TAR_BLOCK } from './tar-header';

export type Kind = 'tar' | 'zip' | Packing;
type Packing = 'gzip' | 'bzip2' | 'xz' | 'zstd';

const CHUNK_BYTES = 64 * 1024;
/** Window that unpacking may take in memory: `xz -9` needs 65 MiB, `zstd --ultra -22` 128. */
const MOST_MEMORY = '192MiB';

const MAGIC: readonly (readonly [Kind, Buffer])[] = [
  ['gzip', Buffer.from([0x1f, 0x8b])],
  ['bzip2', Buffer.from('BZh')],
  ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00])],
  ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd])],
  ['zip', Buffer.from('PK\u0003\u0004')],
  // One without entries.
  ['zip', Buffer.from('PK\u0005\u0006')],
];

/** @throws BuildFailure when it is none of them. */
export async function kindOf(file: string): Promise<Kind> {
  const start = Buffer.alloc(TAR_BLOCK);
  const handle = await open(file);
  const { bytesRead } = await handle.read(start, 0, TAR_BLOCK, 0).finally(() => handle.close());
  if (bytesRead === 0) throw new BuildFailure('the sources are empty');
  const [kind] = MAGIC.find(([, magic]) => start.subarray(0, magic.length).equals(magic)) ?? [];
  if (kind !== undefined) return kind;
  if (bytesRead === TAR_BLOCK && (checksumHolds(start) || start.every((byte) => byte === 0))) return 'tar';
  throw new BuildFailure('the sources are neither a tar (plain or packed with gzip, bzip2, xz or zstd) nor a zip archive');
}

interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** As Docker does for xz: no package for Node unpacks these in bounded memory and checks what came out. */
const PROGRAMS: Readonly<Record<'bzip2' | 'xz' | 'zstd', Program>> = {
  bzip2: { command: 'bzcat', args: [], environment: {} },
  xz: { command: 'xzcat', args: [], environment: { XZ_OPT: `--memlimit-decompress=${MOST_MEMORY}` } },
  zstd: { command: 'zstd', args: ['-dcq', `--memory=${MOST_MEMORY}`], environment: {} },
};

/** @throws BuildFailure when the bytes are damaged or there is nothing to unpack them with. */
export function unpacked(file: string, kind: 'tar' | Packing): AsyncIterable<Buffer> {
  if (kind === 'tar') return createReadStream(file, { highWaterMark: CHUNK_BYTES });
  if (kind === 'gzip') return through(file, zlib.createGunzip({ chunkSize: CHUNK_BYTES }));
  if (kind === 'zstd' && 'createZstdDecompress' in zlib)
    return through(file, (zlib.createZstdDecompress as (options: zlib.ZlibOptions) => Transform)({ chunkSize: CHUNK_BYTES }));
  return fromProgram(file, kind, PROGRAMS[kind]);
}

async function* through(file: string, unpack: Transform): AsyncGenerator<Buffer> {
  // Errors of both arrive where `unpack` is read.
  const source = createReadStream(file);
  pipeline(source, unpack, () => undefined);
  try {
    yield* unpack;
  } finally {
    source.destroy();
    unpack.destroy();
  }
}

async function* fromProgram(file: string, kind: Packing, { command, args, environment }: Program): AsyncGenerator<Buffer> {
  const input = await open(file);
  const child = spawn(command, args, {
    stdio: [input.fd, 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], LC_ALL: 'C', ...environment },
  }) as ChildProcessByStdio<null, Readable, Readable>;
  const problems: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => {
    if (problems.length === 0) problems.push(chunk.subarray(0, 1000));
  });
  const ended = once(child, 'close');
  // Told below; when nobody waits any more, it must not end the process.
  ended.catch(() => undefined);
  try {
    await once(child, 'spawn');
    yield* child.stdout;
    const [code] = (await ended) as [number | null];
    if (code !== 0) {
      const [problem = `${command} ended with ${code}`] = Buffer.concat(problems).toString('utf8').split('\n');
      throw new BuildFailure(`the archive is damaged: ${problem.replace('(stdin)', 'sources')}`);
    }
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    throw new BuildFailure(
      `the sources are packed with ${kind}, which this worker cannot unpack (${messageOf(error)}); ` +
        `install ${command} beside it, or send tar.gz`,
      { cause: error },
    );
  } finally {
    child.kill('SIGKILL');
    await input.close();
  }
}
