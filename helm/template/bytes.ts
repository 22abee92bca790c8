// Go's strings are bytes, JavaScript's are UTF-16: the bridge between them.
//
// A byte that is not UTF-8 (a text cut inside a character, decoded base64) is kept as the lone surrogate
// U+DC00 + byte, so that such a text can be passed on and encoded again without loss.
import { Buffer } from 'node:buffer';

const ASCII = /^[\x00-\x7f]*$/;
const LONE_LOW = /(?<![\ud800-\udbff])[\udc80-\udcff]/;
const REPLACEMENT = /\ufffd/;

export function isAscii(text: string): boolean {
  return ASCII.test(text);
}

/** The bytes that Go sees. */
export function toBytes(text: string): Buffer {
  if (!LONE_LOW.test(text)) return Buffer.from(text, 'utf8');
  const parts: Buffer[] = [];
  for (const character of text) {
    const code = character.charCodeAt(0);
    const isByte = character.length === 1 && code >= 0xdc80 && code <= 0xdcff;
    parts.push(isByte ? Buffer.from([code - 0xdc00]) : Buffer.from(character, 'utf8'));
  }
  return Buffer.concat(parts);
}

/** The text of these bytes; what is not UTF-8 is kept, see above. */
export function fromBytes(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  if (!REPLACEMENT.test(text)) return text;
  let result = '';
  for (let index = 0; index < bytes.length;) {
    const width = characterWidth(bytes, index);
    if (width === 0) {
      result += String.fromCharCode(0xdc00 + (bytes[index] ?? 0));
      index += 1;
    } else {
      result += bytes.toString('utf8', index, index + width);
      index += width;
    }
  }
  return result;
}

/** The number of bytes of the character at this place, 0 when there is none. */
function characterWidth(bytes: Buffer, index: number): number {
  const first = bytes[index] ?? 0;
  if (first < 0x80) return 1;
  const width = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (width === 0 || index + width > bytes.length) return 0;
  const character = bytes.toString('utf8', index, index + width);
  return character !== '\ufffd' && character.length === (width === 4 ? 2 : 1)
    ? width
    : bytes.subarray(index, index + width).equals(Buffer.from('\ufffd'))
      ? 3
      : 0;
}

export function byteLength(text: string): number {
  return isAscii(text) ? text.length : toBytes(text).length;
}

/** `text[start:end]` as Go slices it. */
export function sliceBytes(text: string, start: number, end?: number): string {
  if (isAscii(text)) return text.slice(start, end);
  return fromBytes(toBytes(text).subarray(start, end));
}

/** The text as it may leave the evaluator: bytes that are not UTF-8 become U+FFFD. */
export function wellFormed(text: string): string {
  return LONE_LOW.test(text) ? Buffer.from(text, 'utf8').toString('utf8') : text;
}

/** Orders texts by their bytes, as Go does. */
export function compareText(left: string, right: string): number {
  if (left === right) return 0;
  if (isAscii(left) && isAscii(right)) return left < right ? -1 : 1;
  return toBytes(left).compare(toBytes(right));
}
