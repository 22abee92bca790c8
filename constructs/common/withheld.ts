// Stand-ins for secret values that are kept out of manifests: what a chart makes of them shows where the secrets would be.
import { createHash } from 'node:crypto';

/** As bytes, in front of what tells stand-ins apart. */
const MARK = 'withheld-';
const MARK_BASE64 = 'd2l0aGhlbGQt';
/** In the places of values: 32 letters and digits, which are base64 of a text without odd characters. */
const STAND_IN = new RegExp(`${MARK_BASE64}[A-Za-z0-9]{20}`);
/** All that a chart makes of one: as it is, decoded, or encoded once more. */
const ANY = new RegExp(`${MARK_BASE64}[A-Za-z0-9]{20}|${MARK}[0-9a-f]{15}|ZDJsMGFHaGxiR1F0[A-Za-z0-9+/=]{28}`);

/** What stands for the value at a path: the same for the same path, whatever the value is. */
export function standIn(path: readonly (string | number)[]): string {
  const id = createHash('sha256').update(JSON.stringify(path)).digest('hex').slice(0, 15);
  return Buffer.from(`${MARK}${id}`).toString('base64');
}

/** Whether a value is kept out of manifests: nothing is known of it then but that it is given. */
export const isWithheld = (value: unknown): boolean => typeof value === 'string' && STAND_IN.test(value);

/** A stand-in in a text, as it was given; undefined where there is none. */
export function standInOf(text: string): string | undefined {
  const found = ANY.exec(text)?.[0];
  if (found === undefined) return undefined;
  if (found.startsWith(MARK)) return Buffer.from(found).toString('base64');
  return found.startsWith(MARK_BASE64) ? found : Buffer.from(found, 'base64').toString();
}
