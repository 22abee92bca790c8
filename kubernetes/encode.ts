// Encodings and digests of text.
import { createHash } from 'node:crypto';
import { toBytes } from '../helm/template/bytes';
import { setKey } from '../helm/yaml/values';

/** Base64 of the text's UTF-8 bytes, as a Secret's `data` holds it; of a file's bytes when it came from one that is not text. */
export const base64 = (value: string): string => toBytes(value).toString('base64');

/** The text that UTF-8 bytes in base64 stand for; undefined where they stand for none. */
export function fromBase64(encoded: string): string | undefined {
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.toString('base64') !== encoded) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** SHA-256 of any plain data, hex. Equal data gives an equal digest, whatever the order of its keys. */
export const digest = (data: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(sorted(data)) ?? '')
    .digest('hex');

/** The same data with the keys of each map in their order. */
function sorted(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const out: Record<string, unknown> = {};
  for (const key of Object.keys(value).sort()) setKey(out, key, sorted((value as Record<string, unknown>)[key]));
  return out;
}

/** Whether a server can decode it: Go's standard base64, which passes over line ends. */
export function isBase64(encoded: string): boolean {
  const text = encoded.replaceAll(/[\r\n]/g, '');
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}
