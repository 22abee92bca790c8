// Sources inside a request, as a data URI. They may be a request's whole length, so each byte is looked at once.
import { BuildFailure } from '../errors';

/** Media type and parameters; far above what anybody writes. */
const MOST_HEAD_CHARS = 4096;
const [PERCENT, EQUALS] = [0x25, 0x3d];
/** What each byte of base64 becomes: itself, the plain form of the one for URLs, 0 where it is left out. */
const BASE64 = new Map<number, number>([
  ...[...Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')].map((byte) => [byte, byte] as const),
  ...[...Buffer.from('\t\n\v\f\r ')].map((byte) => [byte, 0] as const),
  [0x2d, 0x2b],
  [0x5f, 0x2f],
]);
const WRONG = 0xff;
const TABLE = Uint8Array.from({ length: 256 }, (_, byte) => BASE64.get(byte) ?? WRONG);

/**
 * RFC 2397, media type and parameters optional; buildshuttle's own form `data:base64,…` as well.
 * @throws BuildFailure
 */
export function decodeDataUri(uri: string): Buffer {
  const comma = uri.indexOf(',');
  if (comma < 0) throw new BuildFailure('the data URI has no comma; write data:application/gzip;base64,…');
  if (comma > MOST_HEAD_CHARS) throw new BuildFailure(`the data URI has more than ${MOST_HEAD_CHARS} characters before its comma`);
  const parameters = uri.slice('data:'.length, comma).split(';');
  const data = uri.slice(comma + 1);
  if (parameters.some((parameter) => parameter.trim().toLowerCase() === 'base64')) return decodeBase64(data);
  // `data:,base64,…` is what buildshuttle's clients send.
  if (data.startsWith('base64,')) return decodeBase64(data.slice('base64,'.length));
  return percentDecode(data);
}

/** White space is left out, and both alphabets are taken. */
function decodeBase64(text: string): Buffer {
  const plain = Buffer.from(text, 'base64');
  // Read and written again the same: nothing was left out.
  if (plain.toString('base64') === text) return plain;
  const bytes = percentDecode(text);
  let [end, filled] = [bytes.length, 0];
  while (end > 0 && TABLE[bytes[end - 1] ?? 0] === 0) end -= 1;
  for (let fill = 0; fill < 2 && bytes[end - 1] === EQUALS; fill += 1) end -= 1;
  for (let at = 0; at < end; at += 1) {
    const byte = TABLE[bytes[at] ?? 0] ?? WRONG;
    if (byte === WRONG) throw new BuildFailure('the data URI is not base64');
    if (byte !== 0) bytes[filled++] = byte;
  }
  return Buffer.from(bytes.toString('latin1', 0, filled), 'base64');
}

/** A `%` that no two digits follow stands for itself. */
function percentDecode(text: string): Buffer {
  const bytes = Buffer.from(text);
  let filled = bytes.indexOf(PERCENT);
  if (filled < 0) return bytes;
  for (let at = filled; at < bytes.length; at += 1) {
    const high = bytes[at] === PERCENT ? digitOf(bytes[at + 1]) : -1;
    const low = high < 0 ? -1 : digitOf(bytes[at + 2]);
    bytes[filled++] = low < 0 ? (bytes[at] ?? 0) : high * 16 + low;
    if (low >= 0) at += 2;
  }
  return bytes.subarray(0, filled);
}

/** Of a hexadecimal digit; -1 for all else. */
function digitOf(byte = 0): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : -1;
}
