// The shape of values: plain JSON data as Helm holds it.

/**
 * A tree of strings, numbers, booleans, null, lists and maps.
 *
 * Numbers: Helm 4 reads every number of a values file and of `--set-json` as a float64, which is what a JavaScript
 * number is. Only `--set` makes int64 values, which are `bigint`s here: templates tell the two apart.
 */
export type Values = { [key: string]: unknown };

/** A map of values: neither a list nor a scalar. */
export const isTable = (value: unknown): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value of an own key; names such as `__proto__` and `constructor` are keys like any other. */
export const getKey = (table: Values, key: string): unknown => (Object.hasOwn(table, key) ? table[key] : undefined);

/** Sets a key as data, whatever its name. */
export function setKey(table: Values, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(table, key, { value, writable: true, enumerable: true, configurable: true });
  else table[key] = value;
}

/** A copy of every list and map; scalars are shared. */
export function deepCopy<T>(value: T): T {
  if (Array.isArray(value)) return value.map(deepCopy) as T;
  if (!isTable(value)) return value;
  const out: Values = {};
  for (const key of Object.keys(value)) setKey(out, key, deepCopy(value[key]));
  return out as T;
}

const shared = new WeakSet();

/** Freezes data as a whole, for all who read it: what is found out about it once, such as that it holds no template, stays true. */
export function share<T>(value: T): T {
  if (typeof value !== 'object' || value === null || shared.has(value)) return value;
  Object.values(value).forEach(share);
  shared.add(value);
  return Object.freeze(value);
}

/** Whether data was frozen by `share`. */
export const isShared = (value: unknown): value is object => typeof value === 'object' && value !== null && shared.has(value);
