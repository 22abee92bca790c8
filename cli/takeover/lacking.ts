// What Helm's release has as values and the new values have not, or otherwise. Only paths are told: values may be secret.
import { isPlain, type Plain } from '../diff/objects';

export interface Lacking {
  /** Paths that are not given. */
  readonly missing: readonly string[];
  /** Paths of which the values differ. */
  readonly other: readonly string[];
}

export function lackingValues(helm: Plain, given: Plain): Lacking {
  const missing: string[] = [];
  const other: string[] = [];
  const visit = (was: unknown, is: unknown, path: string): void => {
    if (is === undefined) missing.push(path);
    else if (isPlain(was) && isPlain(is))
      for (const [key, value] of Object.entries(was))
        visit(value, Object.hasOwn(is, key) ? is[key] : undefined, path ? `${path}.${key}` : key);
    else if (text(was) !== text(is)) other.push(path);
  };
  visit(helm, given, '');
  return { missing: missing.filter(Boolean), other };
}

const text = (value: unknown): string =>
  JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? Number(item) : isPlain(item) ? sorted(item) : item));
const sorted = (map: Plain): Plain => Object.fromEntries(Object.entries(map).toSorted(([a], [b]) => (a < b ? -1 : 1)));
