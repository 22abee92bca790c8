// Secrets that are known by their text: as they are, and as other notations write them, alone or as a part of more.
import { HIDDEN } from '../../../constructs/common/hide/text';
import { notationsOf } from './notations';

/** A shorter one is a word of any text: only the whole of it gives it away. */
const SHORTEST_PART = 6;
const ENCODED = '[A-Za-z0-9+/_-]';

/** Replaces the given secrets in a text. */
export function knownSecrets(secrets: readonly string[]): (text: string) => string {
  const short = new Set(secrets.filter((secret) => secret.length < SHORTEST_PART));
  const long = [...new Set(secrets.filter((secret) => secret.length >= SHORTEST_PART).flatMap(notationsOf))].toSorted(
    (a, b) => b.length - a.length,
  );
  const parts = new Set(secrets.filter((secret) => secret.length >= SHORTEST_PART).flatMap(base64Parts));
  return (text) => {
    let shown = text;
    for (const secret of long) shown = shown.replaceAll(secret, HIDDEN);
    for (const part of parts)
      if (shown.includes(part))
        shown = shown.replaceAll(new RegExp(`(?<!${ENCODED})${ENCODED}*${escaped(part)}${ENCODED}*={0,2}`, 'g'), HIDDEN);
    return short.has(shown) ? HIDDEN : shown;
  };
}

/** Of the signs of base64, only the plus means something in a pattern. */
const escaped = (part: string): string => part.replaceAll('+', '\\+');

/** What base64 makes of the secret inside of more, whatever stands before and after it: `user:SECRET`. */
function base64Parts(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [0, 1, 2].flatMap((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    // Characters at both ends mix bits of the secret with bits of its neighbours.
    const part = text.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6));
    return part.length < SHORTEST_PART ? [] : [part, part.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
