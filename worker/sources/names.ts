// Names inside an archive: bytes that need not be UTF-8, and that may not leave the folder that the archive stands for.
import { isUtf8 } from 'node:buffer';
import { posix } from 'node:path';
import { BuildFailure } from '../errors';

const MOST_BYTES = 4096;
/** What is longer is not even looked at: `a/../a` may become short. */
const MOST_RAW_BYTES = 64 * 1024;
const MOST_PART_BYTES = 255;
/** Bytes that are not UTF-8 become these code units, which no text has alone, and so can become the same bytes again. */
const ESCAPED = 0xdc00;

export function quoted(name: string): string {
  return JSON.stringify(name.length > 120 ? `${name.slice(0, 120)}…` : name);
}

/**
 * Two names of different bytes are different texts, in whatever encoding they were written.
 * @throws BuildFailure for what is far too long
 */
export function decodeName(bytes: Buffer): string {
  if (bytes.length > MOST_RAW_BYTES) throw new BuildFailure(`the archive has a name of ${bytes.length} bytes, which is too long`);
  if (isUtf8(bytes)) return bytes.toString('utf8');
  let text = '';
  for (let at = 0; at < bytes.length;) {
    let end = at + 1;
    while (end < Math.min(bytes.length, at + 4) && ((bytes[end] ?? 0) & 0xc0) === 0x80) end += 1;
    const character = bytes.subarray(at, end);
    if (isUtf8(character)) {
      text += character.toString('utf8');
      at = end;
    } else {
      text += String.fromCharCode(ESCAPED + (bytes[at] ?? 0));
      at += 1;
    }
  }
  return text;
}

/** The bytes that `decodeName` was given. */
export function encodeName(name: string): Buffer {
  if (!/[\ud800-\udfff]/.test(name)) return Buffer.from(name);
  return Buffer.concat(
    [...name].map((character) => {
      const unit = character.charCodeAt(0);
      return character.length === 1 && unit >= ESCAPED && unit <= 0xdfff ? Buffer.from([unit & 0xff]) : Buffer.from(character);
    }),
  );
}

/** Something between two slashes is empty, `.` or `..`. */
const UNCLEAN = /(?:^|\/)\.{0,2}(?:\/|$)/;

function hasLongPart(name: Buffer): boolean {
  for (let start = 0; start < name.length;) {
    const slash = name.indexOf(0x2f, start);
    const end = slash < 0 ? name.length : slash;
    if (end - start > MOST_PART_BYTES) return true;
    start = end + 1;
  }
  return false;
}

/**
 * `./a//b/` becomes `a/b`, and so does `a/c/../b`; the folder itself becomes ''.
 * @throws BuildFailure for names that are absolute, lead out of the folder, or that no file system takes.
 */
export function entryName(name: string): string {
  if (name.includes('\u0000')) throw new BuildFailure(`the archive's entry ${quoted(name)} has a NUL character in its name`);
  if (name.startsWith('/') || /^[A-Za-z]:[\\/]/.test(name))
    throw new BuildFailure(`the archive's entry ${quoted(name)} has an absolute name; pack with names relative to the folder`);
  // Most names are clean, and `normalize` takes its time.
  const clean = UNCLEAN.test(name) ? posix.normalize(name).replace(/^\.?\/|\/$|^\.$/g, '') : name;
  if (clean === '..' || clean.startsWith('../')) throw new BuildFailure(`the archive's entry ${quoted(name)} leaves the folder`);
  const bytes = encodeName(name);
  if (bytes.length > MOST_BYTES || (bytes.length > MOST_PART_BYTES && hasLongPart(bytes)))
    throw new BuildFailure(`the archive's entry ${quoted(name)} has too long a name`);
  return clean;
}

/**
 * Links may point anywhere, as they may for `docker build`: nothing here follows them out of the folder, and the engine resolves them
 * inside the image.
 * @throws BuildFailure for targets that no file system takes.
 */
export function checkTarget(name: string, target: string): void {
  if (target.includes('\u0000') || target === '') throw new BuildFailure(`the archive's link ${quoted(name)} has no usable target`);
  if (Buffer.byteLength(target) > MOST_BYTES) throw new BuildFailure(`the archive's link ${quoted(name)} has too long a target`);
}
