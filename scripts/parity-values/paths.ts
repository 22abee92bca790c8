// Paths into values: read, write, show, and the merge that Helm does between layers of values.
import type { Path, Values } from './types';

export const isMap = (value: unknown): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value);

/** `db.conf.http-port`; keys with dots in them are put in brackets. */
export const showPath = (path: Path): string =>
  path.reduce((out, key) => (/[.[\]"\s/]/.test(key) ? `${out}["${key}"]` : `${out}${out ? '.' : ''}${key}`), '');

export function getAt(values: unknown, path: Path): unknown {
  let at = values;
  for (const key of path) {
    if (!isMap(at) || !Object.hasOwn(at, key)) return undefined;
    at = at[key];
  }
  return at;
}

/** A document with nothing but this one value; the path has at least one key. */
export const nest = (path: Path, value: unknown): Values => path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Values;

/** Helm's layering: maps are merged, anything else is replaced. Nulls stay, they delete in `coalesce`. */
export function layer(base: Values, over: Values): Values;
export function layer(base: unknown, over: unknown): unknown;
export function layer(base: unknown, over: unknown): unknown {
  if (!isMap(base) || !isMap(over)) return over;
  const out: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) out[key] = Object.hasOwn(base, key) ? layer(base[key], value) : value;
  return out;
}

/** The same without the keys that are null at the top of a change to a default: what a template sees. */
export function dropNulls(values: unknown, defaults?: unknown): unknown {
  if (!isMap(values)) return values;
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(values)) {
    if (value === null && isMap(defaults) && Object.hasOwn(defaults, key) && defaults[key] !== null) continue;
    out[key] = dropNulls(value, isMap(defaults) ? defaults[key] : undefined);
  }
  return out;
}
