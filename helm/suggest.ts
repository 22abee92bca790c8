// The nearest known key to a mistyped one, and where a key that was put in the wrong place belongs.
import { isGroup, type Fields, type Group, type Schema } from './schema';

/** Edits (insert, delete, replace, swap of neighbours) between two words. */
export function distance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, before[j - 2]! + 1);
      next.push(best);
    }
    before = row;
    row = next;
  }
  return row[b.length]!;
}

/** The word of a list that is nearest to the given one, if any is near enough to be what was meant. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const limit = word.length < 3 ? 0 : Math.floor(word.length / 3);
  let best: { key: string; edits: number } | undefined;
  for (const key of known) {
    const edits =
      key.toLowerCase() === word.toLowerCase()
        ? 0
        : key.startsWith(word) && word.length >= 3
          ? 1
          : distance(word.toLowerCase(), key.toLowerCase());
    if (edits <= limit && (!best || edits < best.edits)) best = { key, edits };
  }
  return best?.key;
}

/** The tail of an error: `; did you mean "enabled"?`, or the places where the key exists. */
export function suggestKey(schema: Group<Fields, boolean>, siblings: Fields, path: readonly (string | number)[], key: string): string {
  const near = nearest(key, Object.keys(siblings));
  if (near) return `; did you mean "${near}"?`;
  if (/^[._]/.test(key)) return '; a key for anchors begins with "x-" and stands at the top, such as x-common';
  if (key.startsWith('x-')) return '; keys for anchors, which begin with "x-", stand at the top';
  const own = longerOf(key, Object.keys(siblings));
  if (own) return `; did you mean "${own}"?`;
  const elsewhere = placesOf(schema, key, path).slice(0, 3);
  if (elsewhere.length)
    return `; did you mean ${elsewhere.map((place) => (place === key ? `"${place}" at the top of the values` : `"${place}"`)).join(' or ')}?`;
  const keys = Object.keys(siblings);
  return keys.length ? `; known here: ${keys.slice(0, 12).join(', ')}${keys.length > 12 ? ', …' : ''}` : '';
}

/** A key with a word in front of this one, as `extraEnv` for `env`. */
const longerOf = (key: string, known: readonly string[]): string | undefined =>
  key.length < 3 ? undefined : known.find((other) => other.endsWith(`${key.charAt(0).toUpperCase()}${key.slice(1)}`));

/** Paths at which a key of this name is declared: those that share most with where it was put, of them the shallowest. */
function placesOf(schema: Group<Fields, boolean>, key: string, path: readonly (string | number)[]): string[] {
  const found: { path: string; shared: number; depth: number }[] = [];
  const walk = (fields: Fields, at: readonly string[], shared: number): void => {
    for (const [name, field] of Object.entries(fields) as [string, Schema][]) {
      if (name === key) found.push({ path: [...at, name].join('.'), shared, depth: at.length });
      if (isGroup(field)) walk(field.fields, [...at, name], shared === at.length && path[at.length] === name ? shared + 1 : shared);
    }
  };
  walk(schema.fields, [], 0);
  found.sort((a, b) => b.shared - a.shared || a.depth - b.depth);
  return found.filter((place) => place.shared === found[0]?.shared && place.depth === found[0]?.depth).map((place) => place.path);
}
