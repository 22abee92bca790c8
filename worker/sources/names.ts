// Names inside an archive, made safe: nothing may leave the folder that the archive stands for.
import { posix } from 'node:path';
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { BuildFailure } from '../errors';

const MOST_BYTES = 4096;
/** As many as Linux follows. */
const MOST_LINKS = 40;
/** Work between two turns of others. */
const TURN_MS = 10;

function quoted(name: string): string {
  return JSON.stringify(name.length > 120 ? `${name.slice(0, 120)}…` : name);
}

/**
 * `./a//b/` becomes `a/b`; the folder itself becomes ''.
 * @throws BuildFailure for absolute names, `..`, control characters and names that no file system takes.
 */
export function entryName(name: string): string {
  if (/[\u0000-\u001f\u007f]/.test(name)) throw new BuildFailure(`the archive's entry ${quoted(name)} has a control character in its name`);
  if (name.startsWith('/') || /^[A-Za-z]:[\\/]/.test(name))
    throw new BuildFailure(`the archive's entry ${quoted(name)} has an absolute name; pack with names relative to the folder`);
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw new BuildFailure(`the archive's entry ${quoted(name)} leaves the folder`);
  if (Buffer.byteLength(name) > MOST_BYTES || parts.some((part) => Buffer.byteLength(part) > 255))
    throw new BuildFailure(`the archive's entry ${quoted(name)} has too long a name`);
  return parts.join('/');
}

function outside(name: string, target: string): BuildFailure {
  return new BuildFailure(`the archive's link ${quoted(name)} points to ${quoted(target)}, outside the folder`);
}

/** As far as one link alone tells. @throws BuildFailure when the link's target is absolute or outside the folder. */
export function checkLink(name: string, target: string): void {
  if (/\u0000/.test(target) || target === '') throw new BuildFailure(`the archive's link ${quoted(name)} has no usable target`);
  if (Buffer.byteLength(target) > MOST_BYTES) throw new BuildFailure(`the archive's link ${quoted(name)} has too long a target`);
  if (posix.isAbsolute(target)) throw outside(name, target);
  const end = posix.normalize(posix.join(posix.dirname(name), target));
  if (end === '..' || end.startsWith('../')) throw outside(name, target);
}

/**
 * Follows every symbolic link through the others, as a file system would once all are there: `f -> d/e/../..` leaves the folder where `d/e -> ..`.
 * Links in circles lead nowhere, and so not outside. Each link is followed once.
 * @throws BuildFailure when one leaves the folder.
 */
export async function checkLinks(links: ReadonlyMap<string, string>, signal: AbortSignal): Promise<void> {
  const ends = new Map<string, string | undefined>();
  const parent = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf('/')));
  const follow = (name: string, target: string, depth: number): string | undefined => {
    if (ends.has(name)) return ends.get(name);
    if (depth > MOST_LINKS) throw new BuildFailure(`the archive's link ${quoted(name)} leads through more than ${MOST_LINKS} links`);
    // Met again before it has an end, it is a circle.
    ends.set(name, undefined);
    let at = parent(name);
    for (const part of target.split('/')) {
      if (part === '' || part === '.') continue;
      if (part === '..') {
        if (at === '') throw outside(name, target);
        at = parent(at);
        continue;
      }
      const next = at === '' ? part : `${at}/${part}`;
      if (next.length > MOST_BYTES) throw new BuildFailure(`the archive's link ${quoted(name)} leads to too long a path`);
      const further = links.get(next);
      const end = further === undefined ? next : follow(next, further, depth + 1);
      if (end === undefined) return undefined;
      at = end;
    }
    ends.set(name, at);
    return at;
  };
  let turn = Date.now();
  for (const [name, target] of links) {
    follow(name, target, 1);
    if (Date.now() - turn < TURN_MS) continue;
    await yieldToOthers();
    signal.throwIfAborted();
    turn = Date.now();
  }
}
