// What Node.js has compiled of a bundle, kept between runs with the functions that they called: Node's own cache keeps few of these, and
// a start is over before compiling all of it pays. What cannot be read, written or used any more is as if it were not there.
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Script } from 'node:vm';

/** A kept file: sums of the source and of the code, how many bytes of code there were in the process, and the code. */
const SUM_BYTES = 32;
const HEADER_BYTES = 2 * SUM_BYTES + 8;
/** Bytes of code that make it worth to write the file again. */
const WORTHWHILE = 16_384;

type Loader = (module: NodeJS.Module, filename: string) => void;
type Bundle = (exports: unknown, require: NodeJS.Require, module: NodeJS.Module, filename: string, folder: string) => void;

interface Kept {
  readonly code: Buffer;
  /** When it was kept. */
  readonly size: number;
}

/** The person's own folder for what can be made again. Undefined where there is none. */
function cacheFolder(): string | undefined {
  const { XDG_CACHE_HOME, LOCALAPPDATA, HOME, NODE_DISABLE_COMPILE_CACHE } = process.env;
  // Node's own switch for its own cache.
  if (NODE_DISABLE_COMPILE_CACHE) return undefined;
  const base =
    XDG_CACHE_HOME ||
    (process.platform === 'win32'
      ? LOCALAPPDATA
      : HOME && join(HOME, ...(process.platform === 'darwin' ? ['Library', 'Caches'] : ['.cache'])));
  return base ? join(base, 'cdk8s-estafette', 'code') : undefined;
}

const sumOf = (data: Uint8Array): Buffer => createHash('sha256').update(data).digest();

/** Compiled code is trusted: it must be of the same source, whole, and of nobody else. */
function read(file: string, source: Buffer): Kept | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'r');
    if (process.getuid && fstatSync(descriptor).uid !== process.getuid()) return undefined;
    const kept = readFileSync(descriptor);
    const code = kept.subarray(HEADER_BYTES);
    if (kept.length < HEADER_BYTES || !sumOf(source).equals(kept.subarray(0, SUM_BYTES))) return undefined;
    return sumOf(code).equals(kept.subarray(SUM_BYTES, 2 * SUM_BYTES)) ? { code, size: kept.readDoubleLE(2 * SUM_BYTES) } : undefined;
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function write(file: string, source: Buffer, { code, size }: Kept): void {
  const last = Buffer.alloc(8);
  last.writeDoubleLE(size);
  const unfinished = `${file}.${process.pid}`;
  // A folder that cannot be written, a disk that is full: the next run compiles, too.
  const isDone = attempt(() => {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(unfinished, Buffer.concat([sumOf(source), sumOf(code), last, code]), { mode: 0o600 });
    renameSync(unfinished, file);
  });
  if (!isDone) attempt(() => rmSync(unfinished, { force: true }));
}

function attempt(run: () => void): boolean {
  try {
    run();
    return true;
  } catch {
    return false;
  }
}

/** Bytes of compiled code in the process, the only sign that a run compiled something new. */
const compiledSize = (): number => (require('node:v8') as typeof import('node:v8')).getHeapCodeStatistics().bytecode_and_metadata_size;

/** Loads bundles, and keeps what is compiled of them when the process ends. */
function load(folder: string, module: NodeJS.Module, filename: string): void {
  const source = readFileSync(filename);
  // One file for each bundle, place and Node.js, however often they are built anew.
  const name = sumOf(Buffer.from(`${filename}\n${process.version}\n${process.arch}`)).toString('hex', 0, 8);
  const file = join(folder, `${basename(filename, '.js')}-${name}`);
  const kept = read(file, source);
  const wrapped = `(function (exports, require, module, __filename, __dirname) { ${source.toString()}\n})`;
  const script = new Script(wrapped, { filename, cachedData: kept?.code });
  const known = kept && !script.cachedDataRejected ? kept.size : -Infinity;
  process.once('exit', () => {
    const size = compiledSize();
    if (size > known + WORTHWHILE) write(file, source, { code: script.createCachedData(), size });
  });
  const run = script.runInThisContext() as Bundle;
  const own = ((id: string) => module.require(id)) as NodeJS.Require;
  run.call(module.exports, module.exports, own, module, filename, dirname(filename));
}

/** Has the bundles of a folder loaded so, but for the first, small one. @param first its name */
export function keepCompiled(bundles: string, first: string): void {
  const folder = cacheFolder();
  // Deprecated, and the one door that CommonJS has.
  const extensions = require.extensions as Record<string, Loader>;
  const usual = extensions['.js'];
  if (folder === undefined || !usual) return;
  extensions['.js'] = (module, filename) =>
    dirname(filename) === bundles && basename(filename) !== first ? load(folder, module, filename) : usual(module, filename);
}
