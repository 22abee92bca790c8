// What an archive holds, known before anything of it goes to the engine: names, links, and the few files that the worker itself reads.
import { posix } from 'node:path';
import { BuildFailure } from '../errors';
import { readAll, readArchive, type ArchiveEntry, type ArchiveLimits } from './archive';
import { quoted } from './names';
import { Turns } from './turns';

/** Of all names and link targets: they are kept in memory. 200,000 files with names of 300 characters stay below it. */
const MOST_NAME_CHARACTERS = 64 * 1024 ** 2;
/** Of one file that the worker reads. */
const MOST_TEXT_BYTES = 1024 ** 2;
/** Of the files that are kept while it is not known yet which of them is meant; others are read once more. */
const MOST_KEPT_BYTES = 4 * 1024 ** 2;
/** As many as Linux follows. */
const MOST_LINKS = 40;

/**
 * A hard link has the name of the file that it stands for in the end (`hard`: it
 * stands for a symbolic one); what is `other` may only be left out.
 */
export type Node =
  'file' | 'directory' | { readonly symlink: string; readonly hard?: boolean } | { readonly link: string } | { readonly other: string };

export interface Scan {
  readonly nodes: ReadonlyMap<string, Node>;
  /** Bytes of files, all of those that have one name together. */
  readonly sizes: ReadonlyMap<string, number>;
  /** `folder/` when everything lies in one, as GitHub's archives have it; '' otherwise. */
  readonly prefix: string;
  /** Content of the wanted files that were small enough to keep. */
  readonly texts: ReadonlyMap<string, Buffer>;
}

/**
 * @param wanted names of files that will be read, in the folder that is built
 * @throws BuildFailure when the archive is hostile, damaged or too large.
 */
export async function scanArchive(file: string, limits: ArchiveLimits, signal: AbortSignal, wanted: readonly string[]): Promise<Scan> {
  const nodes = new Map<string, Node>();
  const sizes = new Map<string, number>();
  const texts = new Map<string, Buffer>();
  let characters = 0;
  let kept = 0;
  for await (const entry of readArchive(file, limits, signal)) {
    const { name, type, target = '', size } = entry;
    characters += name.length + target.length;
    if (characters > MOST_NAME_CHARACTERS)
      throw new BuildFailure(
        `the names in the archive have more than ${MOST_NAME_CHARACTERS} characters together; send fewer or shorter ones`,
      );
    // A link to itself is what it was.
    if (type === 'link' && target === name) continue;
    nodes.set(name, nodeOf(entry, nodes));
    if (type === 'file' && size > 0) sizes.set(name, (sizes.get(name) ?? 0) + size);
    kept -= texts.get(name)?.length ?? 0;
    texts.delete(name);
    // The folder that everything lies in, if there is one, is known at the end only.
    const inside = name.slice(name.indexOf('/') + 1);
    if (type !== 'file' || size > MOST_TEXT_BYTES || kept + size > MOST_KEPT_BYTES || !(wanted.includes(name) || wanted.includes(inside)))
      continue;
    texts.set(name, await readAll(entry.content(), MOST_TEXT_BYTES));
    kept += size;
  }
  await checkFolders(nodes, signal);
  return { nodes, sizes, prefix: singleFolder(nodes), texts };
}

function nodeOf({ name, type, target = '', kind = '' }: ArchiveEntry, nodes: ReadonlyMap<string, Node>): Node {
  if (type === 'other') return { other: kind };
  if (type === 'symlink') return { symlink: target };
  if (type !== 'link') return type;
  const linked = nodes.get(target);
  if (linked === undefined || linked === 'directory')
    throw new BuildFailure(`the archive's hard link ${quoted(name)} points to no file before it: ${quoted(target)}`);
  if (linked === 'file') return { link: target };
  return 'symlink' in linked ? { symlink: linked.symlink, hard: true } : linked;
}

/**
 * Nothing may lie below a file or a link. Each name is walked over once: a set of sums tells which of its beginnings could be the name of
 * one.
 * @throws BuildFailure
 */
async function checkFolders(nodes: ReadonlyMap<string, Node>, signal: AbortSignal): Promise<void> {
  // Nobody can choose names that have the same sum.
  const seed = Math.floor(Math.random() * 2 ** 32);
  const step = (sum: number, code: number) => Math.imul(sum ^ code, 0x01000193);
  const turns = new Turns(signal);
  const sums = new Set<number>();
  for (const [name, node] of nodes) {
    if (node === 'directory') continue;
    let sum = seed;
    for (let at = 0; at < name.length; at += 1) sum = step(sum, name.charCodeAt(at));
    sums.add(sum);
    if (turns.due) await turns.pass();
  }
  for (const name of nodes.keys()) {
    let sum = seed;
    for (let at = 0; at < name.length; at += 1) {
      const code = name.charCodeAt(at);
      if (code === 0x2f && sums.has(sum)) checkFolder(name, name.slice(0, at), nodes);
      sum = step(sum, code);
    }
    if (turns.due) await turns.pass();
  }
}

function checkFolder(name: string, folder: string, nodes: ReadonlyMap<string, Node>): void {
  const node = nodes.get(folder);
  if (node === undefined || node === 'directory') return;
  const kind = typeof node === 'object' && 'symlink' in node ? 'a symbolic link' : 'not a folder';
  throw new BuildFailure(`the archive's entry ${quoted(name)} lies below ${quoted(folder)}, which is ${kind}`);
}

/** What macOS adds beside the folder that somebody packs. */
const COMPANION = /^(\._.*|\.DS_Store|__MACOSX)$/s;

function singleFolder(nodes: ReadonlyMap<string, Node>): string {
  let single: string | undefined;
  for (const name of nodes.keys()) {
    const slash = name.indexOf('/');
    const top = slash < 0 ? name : name.slice(0, slash);
    if (top === single || COMPANION.test(top)) continue;
    if (single !== undefined) return '';
    single = top;
  }
  const node = single === undefined ? undefined : nodes.get(single);
  return single !== undefined && (node === undefined || node === 'directory') ? `${single}/` : '';
}

/**
 * Follows symbolic links as they are followed in the image: an absolute one begins at the folder that is built, and no `..` leads out of
 * it.
 * @returns the name of the file in that folder; `undefined` when there is none.
 */
export function resolveInside({ nodes, prefix }: Scan, path: string): string | undefined {
  let at = '';
  let links = 0;
  const parts = path.split('/').toReversed();
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    if (part === '' || part === '.') continue;
    if (part === '..') {
      at = posix.dirname(`/${at}`).slice(1);
      continue;
    }
    const next = at === '' ? part : `${at}/${part}`;
    const node = nodes.get(prefix + next);
    if (typeof node !== 'object' || !('symlink' in node)) {
      at = next;
      continue;
    }
    links += 1;
    if (links > MOST_LINKS) throw new BuildFailure(`${quoted(path)} leads through more than ${MOST_LINKS} links`);
    if (node.symlink.startsWith('/')) at = '';
    parts.push(...node.symlink.split('/').toReversed());
  }
  return nodes.has(prefix + at) ? at : undefined;
}

/**
 * Content of a file in the folder that is built: from the scan, or read once more.
 * @throws BuildFailure when it is not a file or larger than 1 MiB.
 */
export async function readText(
  scan: Scan,
  name: string,
  source: { file: string; limits: ArchiveLimits; signal: AbortSignal },
): Promise<Buffer> {
  const node = scan.nodes.get(scan.prefix + name);
  if (node === 'directory') throw new BuildFailure(`${quoted(name)} is a folder, not a file`);
  if (typeof node === 'object' && 'other' in node) throw new BuildFailure(`${quoted(name)} is ${node.other}, not a file`);
  const path = typeof node === 'object' && 'link' in node ? node.link : scan.prefix + name;
  const kept = scan.texts.get(path);
  if (kept !== undefined) return kept;
  let found: Buffer | undefined;
  for await (const entry of readArchive(source.file, source.limits, source.signal)) {
    if (entry.name !== path) continue;
    if (entry.size > MOST_TEXT_BYTES) throw new BuildFailure(`${quoted(name)} is larger than ${MOST_TEXT_BYTES} bytes`);
    // The last of several counts, as it does on a disk.
    found = await readAll(entry.content(), MOST_TEXT_BYTES);
  }
  if (found === undefined) throw new BuildFailure(`${quoted(name)} is not a file`);
  return found;
}
