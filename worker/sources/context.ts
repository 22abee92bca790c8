// An archive of sources becomes the build context: checked whole first, then
// streamed to the engine. Nothing of it is unpacked onto the disk.
import { isUtf8 } from 'node:buffer';
import { Readable } from 'node:stream';
import type { Builder, ContextFolders } from '../engines/engine';
import { BuildFailure } from '../errors';
import { readArchive, type ArchiveEntry, type ArchiveLimits } from './archive';
import { readIgnore, type Ignore } from './ignore';
import { entryName, quoted } from './names';
import { readText, resolveInside, scanArchive, type Scan } from './scan';
import { folderOf, spool, type Piece, type SpoolPlace } from './spool';
import { END_OF_TAR, fillUp, writeHeader, type WrittenEntry } from './tar-write';

const DEFAULT_DOCKERFILE = 'Dockerfile';
const IGNORE_FILE = '.dockerignore';
/** Small pieces go to the engine together. */
const PIECE_BYTES = 64 * 1024;

export interface BuildContext {
  /** As it lies in the archive. */
  readonly dockerfile: string;
  /** Its name in the context, links followed. */
  readonly dockerfileName: string;
  /** The context as a tar stream, with `dockerfile` in place of the one in the archive. */
  pack(dockerfile: string, builder: Builder): Readable;
  /** Where .dockerignore leaves out the Dockerfile: it, and the context without it, in a file until the folders are closed. */
  readonly apart: ContextApart | undefined;
}

export interface ContextApart {
  /** That the context takes on the disk. */
  readonly bytes: number;
  readonly spool: (dockerfile: string, place: SpoolPlace) => Promise<ContextFolders>;
}

export interface ContextOptions {
  readonly limits: ArchiveLimits;
  readonly signal: AbortSignal;
  /** Path of the Dockerfile in the folder that is built. @default Dockerfile, or dockerfile where that is missing */
  readonly dockerfile?: string | undefined;
}

/** What of the archive goes into the context, and how. */
interface Plan extends ContextOptions {
  readonly file: string;
  readonly prefix: string;
  readonly dockerfile: string;
  readonly ignore: Ignore | undefined;
  /** By the name of a file that is left out: the hard link that gets its content instead. */
  readonly heirs: ReadonlyMap<string, string>;
  /** By the name of a hard link: the name that it links to, with the folder that everything lies in. */
  readonly roots: ReadonlyMap<string, string>;
  /** By the name of a hard link to a symbolic one: the target of that. */
  readonly copies: ReadonlyMap<string, string>;
  /** .dockerignore leaves out the Dockerfile itself. */
  readonly dockerfileIgnored: boolean;
}

/** @throws BuildFailure when the archive is hostile, damaged or has no Dockerfile. */
export async function readContext(file: string, options: ContextOptions): Promise<BuildContext> {
  const { limits, signal } = options;
  const given = options.dockerfile === undefined ? undefined : entryName(options.dockerfile);
  const candidates = given === undefined ? [DEFAULT_DOCKERFILE, DEFAULT_DOCKERFILE.toLowerCase()] : [given];
  const own = candidates.map((name) => name + IGNORE_FILE);
  const scan = await scanArchive(file, limits, signal, [...candidates, ...own, IGNORE_FILE]);
  const source = { file, limits, signal };
  const path = candidates.find((name) => resolveInside(scan, name) !== undefined);
  const dockerfile = path === undefined ? undefined : resolveInside(scan, path);
  if (path === undefined || dockerfile === undefined) throw noDockerfile(scan, given);
  const bytes = await readText(scan, dockerfile, source);
  const ignoreFile = [path + IGNORE_FILE, IGNORE_FILE].map((name) => resolveInside(scan, name)).find((name) => name !== undefined);
  const ignore =
    ignoreFile === undefined
      ? undefined
      : await readIgnore((await readText(scan, ignoreFile, source)).toString('utf8'), signal, quoted(ignoreFile));
  // Whatever its encoding, what nobody changes stays as it is.
  const encoding = isUtf8(bytes) ? 'utf8' : 'latin1';
  const plan: Plan = {
    ...options,
    file,
    prefix: scan.prefix,
    dockerfile,
    ignore,
    ...(await planLinks(scan, dockerfile, ignore, signal)),
    dockerfileIgnored: (await ignore?.ignores(dockerfile, signal)) ?? false,
  };
  return {
    dockerfile: bytes.toString(encoding),
    dockerfileName: dockerfile,
    apart: plan.dockerfileIgnored
      ? {
          bytes: await contextBytes(scan, plan),
          async spool(replacement, place) {
            const context = await spool(pieces(plan, undefined, 'buildkit'), place);
            return { context, dockerfile: folderOf(dockerfile, Buffer.from(replacement, encoding)), close: () => context.close() };
          },
        }
      : undefined,
    pack: (replacement, builder) =>
      Readable.from(together(tarOf(pieces(plan, Buffer.from(replacement, encoding), builder))), { objectMode: false }).on(
        'error',
        // Whoever reads it sees the error; when nobody does any more, it must not end the process.
        () => undefined,
      ),
  };
}

function noDockerfile({ prefix }: Scan, given: string | undefined): BuildFailure {
  const place = prefix === '' ? 'at their top' : `in their folder ${quoted(prefix.slice(0, -1))}`;
  return new BuildFailure(
    given === undefined
      ? `the sources have no Dockerfile ${place}; add one, or name another with the field dockerfile`
      : `the sources have no ${quoted(given)} ${place}; the field dockerfile must name a file in it`,
  );
}

/** Hard links whose file is left out, and devices that are not. @throws BuildFailure for a device that .dockerignore keeps. */
async function planLinks(
  { nodes, prefix }: Scan,
  dockerfile: string,
  ignore: Ignore | undefined,
  signal: AbortSignal,
): Promise<Pick<Plan, 'heirs' | 'roots' | 'copies'>> {
  const heirs = new Map<string, string>();
  const copies = new Map<string, string>();
  const roots = new Map<string, string>();
  const leftOut = async (name: string) => (await ignore?.ignores(name, signal)) ?? false;
  for (const [path, node] of nodes) {
    if (typeof node !== 'object' || !path.startsWith(prefix)) continue;
    const name = path.slice(prefix.length);
    if ('symlink' in node) {
      if (node.hard === true) copies.set(name, node.symlink);
      continue;
    }
    if (name === dockerfile || (await leftOut(name))) continue;
    if ('other' in node)
      throw new BuildFailure(`the archive's entry ${quoted(path)} is ${node.other}; only files, folders and links are taken`);
    roots.set(name, node.link);
    if (heirs.has(node.link)) continue;
    const root = node.link.slice(prefix.length);
    if (!node.link.startsWith(prefix) || root === dockerfile || (await leftOut(root))) heirs.set(node.link, name);
  }
  return { heirs, roots, copies };
}

/** Of the files that go into the context, and of those that are left out whose content a link gets. */
async function contextBytes({ sizes }: Scan, { prefix, dockerfile, ignore, heirs, signal }: Plan): Promise<number> {
  let bytes = 0;
  for (const [path, size] of sizes) {
    const name = path.slice(prefix.length);
    const kept = path.startsWith(prefix) && name !== dockerfile && (await ignore?.ignores(name, signal)) !== true;
    if (kept || heirs.has(path)) bytes += size;
  }
  return bytes;
}

/** What goes into the context, in the archive's order. @param replacement of the Dockerfile, which is left out without one */
async function* pieces(plan: Plan, replacement: Buffer | undefined, builder: Builder): AsyncGenerator<Piece> {
  const { file, prefix, limits, signal, dockerfile, ignore, heirs, dockerfileIgnored } = plan;
  // Folders that are left out, unless something in them is not.
  const held = new Map<string, WrittenEntry>();
  const hold = ignore?.hasExceptions === true;
  // The classic builder removes these two itself, once it has read them, when this file says so.
  const own = builder === 'classic' && dockerfileIgnored && ((await ignore?.ignores(IGNORE_FILE, signal)) ?? false);
  if (own) yield text({ name: IGNORE_FILE, mode: 0o644, modified: 0 }, Buffer.from(ignoring([dockerfile, IGNORE_FILE])));
  const inherited = new Set<string>();
  for await (const entry of readArchive(file, limits, signal)) {
    const heir = heirs.get(entry.name);
    if (heir !== undefined && entry.type === 'file' && !inherited.has(heir)) {
      yield* foldersOf(heir, held);
      yield { ...entry, name: heir, type: 'file' };
    }
    if (!entry.name.startsWith(prefix)) continue;
    const name = entry.name.slice(prefix.length);
    if (name === '' || (own && name === IGNORE_FILE)) continue;
    if (name === dockerfile) {
      if (replacement === undefined) continue;
      yield* foldersOf(name, held);
      yield text({ name, mode: entry.mode, modified: entry.modified }, replacement);
    } else if (ignore === undefined || !(await ignore.ignores(name, signal))) {
      if (held.size > 0) yield* foldersOf(name, held);
      if (heirs.get(plan.roots.get(name) ?? '') === name) inherited.add(name);
      else yield* piece({ ...entry, name }, plan);
    } else if (hold && entry.type === 'directory') {
      held.set(name, { name, type: 'directory', mode: entry.mode, modified: entry.modified, size: 0 });
    }
  }
}

/** The folders above a name that were held back, in order. */
function* foldersOf(name: string, held: Map<string, WrittenEntry>): Generator<Piece> {
  if (held.size === 0) return;
  for (let slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) {
    const folder = held.get(name.slice(0, slash));
    if (folder === undefined) continue;
    held.delete(folder.name);
    yield folder;
  }
}

async function* piece(entry: ArchiveEntry, plan: Plan): AsyncGenerator<Piece> {
  const { prefix, roots, heirs, copies } = plan;
  const { name, mode, modified } = entry;
  const target = copies.get(name) ?? entry.target ?? '';
  if (entry.type === 'file') yield { ...entry, type: 'file' };
  else if (entry.type === 'directory') yield { name, type: 'directory', mode, modified, size: 0 };
  else if (entry.type === 'symlink' || copies.has(name)) yield { name, type: 'symlink', mode, modified, size: 0, target };
  else if (entry.type === 'link') {
    const root = roots.get(name);
    const linked = root && ((await ownTarget(target, plan)) ?? heirs.get(root) ?? root.slice(prefix.length));
    if (linked !== undefined) yield { name, type: 'link', mode, modified, size: 0, target: linked };
  }
}

/** The name that a hard link has in the archive, where the context has that: the file behind it may have got another name since. */
async function ownTarget(target: string, { prefix, dockerfile, ignore, signal }: Plan): Promise<string | undefined> {
  const name = target.slice(prefix.length);
  return !target.startsWith(prefix) || name === dockerfile || (await ignore?.ignores(name, signal)) === true ? undefined : name;
}

const text = (entry: Pick<Piece, 'name' | 'mode' | 'modified'>, content: Buffer): Piece => ({
  ...entry,
  type: 'file',
  size: content.length,
  content: () => [content],
});

async function* tarOf(entries: AsyncIterable<Piece>): AsyncGenerator<Buffer> {
  for await (const entry of entries) {
    yield writeHeader(entry);
    if (entry.type !== 'file') continue;
    yield* entry.content?.() ?? [];
    yield fillUp(entry.size);
  }
  yield END_OF_TAR;
}

/** Patterns that match these names and nothing else. */
function ignoring(names: readonly string[]): string {
  return names.map((name) => `${name.replace(/[\\*?[\]^!#]/g, '\\$&')}\n`).join('');
}

async function* together(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    if (piece.length === 0) continue;
    waiting.push(piece);
    bytes += piece.length;
    if (bytes < PIECE_BYTES) continue;
    yield waiting.length === 1 ? piece : Buffer.concat(waiting);
    waiting = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(waiting);
}
