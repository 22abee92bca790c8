// Base64, base32 and checksums.
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { fromBytes, toBytes } from '../bytes';
import { define, type FunctionTable } from './define';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

const sum = (algorithm: string) => define('s', (text) => createHash(algorithm).update(toBytes(text)).digest('hex'));

export const encodings: FunctionTable = {
  b64enc: define('s', (text) => toBytes(text).toString('base64')),
  b64dec: define('s', decodeBase64),
  b32enc: define('s', (text) => encodeBase32(toBytes(text))),
  b32dec: define('s', decodeBase32),
  sha1sum: sum('sha1'),
  sha256sum: sum('sha256'),
  sha512sum: sum('sha512'),
  adler32sum: define('s', adler32),
};

/** Helm's b64dec gives the error as its text. */
function decodeBase64(text: string): string {
  const compact = text.replace(/[\r\n]/g, '');
  if (/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(compact)) {
    return fromBytes(Buffer.from(compact, 'base64'));
  }
  return `illegal base64 data at input byte ${faultyByte(text, 4)}`;
}

function encodeBase32(bytes: Buffer): string {
  let bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  bits = bits.padEnd(Math.ceil(bits.length / 5) * 5, '0');
  const text = (bits.match(/.{5}/g) ?? []).map((five) => BASE32.charAt(Number.parseInt(five, 2))).join('');
  return text.padEnd(Math.ceil(text.length / 8) * 8, '=');
}

function decodeBase32(text: string): string {
  const compact = text.replace(/[\r\n]/g, '');
  const isValid = /^(?:[A-Z2-7]{8})*(?:[A-Z2-7]{2}={6}|[A-Z2-7]{4}={4}|[A-Z2-7]{5}={3}|[A-Z2-7]{7}=)?$/.test(compact);
  if (!isValid) return `illegal base32 data at input byte ${faultyByte(text, 8)}`;
  const bits = [...compact.replace(/=+$/, '')].map((each) => BASE32.indexOf(each).toString(2).padStart(5, '0')).join('');
  return fromBytes(Buffer.from((bits.match(/.{8}/g) ?? []).map((eight) => Number.parseInt(eight, 2))));
}

/** Where Go says the fault is: the first byte out of place, or the start of a group that is not full. */
function faultyByte(text: string, group: 4 | 8): number {
  const alphabet = group === 4 ? /[A-Za-z0-9+/\r\n]/ : /[A-Z2-7\r\n]/;
  const wrong = [...toBytes(text)].findIndex((byte) => !alphabet.test(String.fromCharCode(byte)));
  if (wrong >= 0) return wrong;
  const length = toBytes(text).length;
  return length - (length % group);
}

function adler32(text: string): string {
  let [low, high] = [1, 0];
  for (const byte of toBytes(text)) {
    low = (low + byte) % 65521;
    high = (high + low) % 65521;
  }
  return String(high * 65536 + low);
}
