// Names inside an archive, made safe: nothing may leave the folder that the archive stands for.
import { posix } from 'node:path';
import { BuildFailure } from '../errors';

const MOST_BYTES = 4096;

function quoted(name: string): string {
  return JSON.stringify(name.length > 120 ? `${name.slice(0, 120)}…` : name);
}

/**
 * `./a//b/` becomes `a/b`; the folder itself becomes ''.
 * @throws BuildFailure for absolute names, `..`, control characters and names that no file system takes.
 */
export function entryName(name: string): string {
  if (/[\u0000-\u001f\u007f]/.test(name)) throw new BuildFailure(`the archive's entry ${quoted(name)} has a control character in its name`);
  if (name.startsWith('/') || /^[A-Za-z]:[\\/]/.test(name)) throw new BuildFailure(`the archive's entry ${quoted(name)} has an absolute name; pack with names relative to the folder`);
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw new BuildFailure(`the archive's entry ${quoted(name)} leaves the folder`);
  if (Buffer.byteLength(name) > MOST_BYTES || parts.some((part) => Buffer.byteLength(part) > 255)) throw new BuildFailure(`the archive's entry ${quoted(name)} has too long a name`);
  return parts.join('/');
}

/** @throws BuildFailure when the link's target is absolute or outside the folder. */
export function checkLink(name: string, target: string): void {
  if (/\u0000/.test(target) || target === '') throw new BuildFailure(`the archive's link ${quoted(name)} has no usable target`);
  if (posix.isAbsolute(target)) throw new BuildFailure(`the archive's link ${quoted(name)} points to ${quoted(target)}, outside the folder`);
  const end = posix.normalize(posix.join(posix.dirname(name), target));
  if (end === '..' || end.startsWith('../')) throw new BuildFailure(`the archive's link ${quoted(name)} points to ${quoted(target)}, outside the folder`);
}
