// Bytes of files as text: what is not UTF-8 is an error that says where and how to mend it, never a lost byte.
import { isUtf8 } from 'node:buffer';

/** A file that is not the text it should be. */
export class TextError extends Error {
  constructor(
    readonly reason: string,
    /** Line and column of the first byte that cannot be, from 1; none where the whole file is something else. */
    readonly position?: { readonly line: number; readonly column: number },
  ) {
    super(position ? `line ${position.line}, column ${position.column}: ${reason}` : reason);
  }
}

/**
 * The text, a byte order mark included.
 * @throws TextError for UTF-16, other encodings and binary files
 */
export function textOf(bytes: Buffer): string {
  const other = otherEncoding(bytes);
  if (other !== undefined) throw new TextError(other);
  if (isUtf8(bytes)) return bytes.toString('utf8');
  const text = bytes.toString('utf8');
  const before = text.slice(0, firstLost(text, bytes));
  const byte = bytes[Buffer.byteLength(before)]!.toString(16).toUpperCase();
  const lines = before.split('\n');
  throw new TextError(
    `is not UTF-8 text: the byte 0x${byte} is not a character there; save the file as UTF-8 (from Latin-1: iconv -f LATIN1 -t UTF-8)`,
    { line: lines.length, column: lines.at(-1)!.length + 1 },
  );
}

/** What a file is that is not text of bytes. */
function otherEncoding(bytes: Buffer): string | undefined {
  const start = bytes.subarray(0, 2).toString('hex');
  if (start === 'fffe' || start === 'feff') return 'is UTF-16 text; save it as UTF-8 (iconv -f UTF-16 -t UTF-8)';
  const zero = bytes.indexOf(0);
  if (zero === -1) return undefined;
  const sample = bytes.subarray(0, 1024);
  const isEveryOther = [0, 1].some(
    (side) => bytes.length % 2 === 0 && sample.every((byte, index) => (index % 2 === side) === (byte === 0)),
  );
  return isEveryOther
    ? 'looks like UTF-16 text; save it as UTF-8 (iconv -f UTF-16LE -t UTF-8, or UTF-16BE)'
    : 'is a binary file, not text (it holds a NUL byte)';
}

/** Where the first byte stands that is not part of a character, in the text that has U+FFFD in its place. */
function firstLost(text: string, bytes: Buffer): number {
  let at = text.indexOf('\ufffd');
  while (bytes.toString('hex', Buffer.byteLength(text.slice(0, at)), Buffer.byteLength(text.slice(0, at)) + 3) === 'efbfbd')
    at = text.indexOf('\ufffd', at + 1);
  return at;
}
