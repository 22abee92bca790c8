// Kubernetes' strategic merge, as kustomize does it: maps are merged, null deletes, lists with a merge key are merged item by item.
import { getKey, setKey } from '../helm/yaml/values';
import { isMergedList, mergingOf, type MergedList, type Merging } from './merge-keys';

type Plain = Readonly<Record<string, unknown>>;
type Path = readonly (string | number)[];
const isPlain = (value: unknown): value is Plain => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A patch that does not fit, or that says what is not done here. The message quotes no value: it may be secret. */
export class MergeError extends Error {
  override readonly name = 'MergeError';
  constructor(
    /** Where in the patch. */
    readonly path: Path,
    message: string,
  ) {
    super(message);
  }
}

/** Directives of Kubernetes that kustomize prints as fields, and what does the same. */
const REFUSED: readonly (readonly [pattern: RegExp, mend: string])[] = [
  [/^\$retainKeys$/, 'set the members that are to go to null, or put "$patch: replace" into the map'],
  [/^\$setElementOrder(\/|$)/, 'items of the patch come first, in its order; "$patch: replace" as an item of its own replaces the list'],
  [/^\$deleteFromPrimitiveList(\/|$)/, 'use a list of operations (RFC 6902) with op: remove'],
];

/**
 * The object with the patch applied; undefined when `$patch: delete` at the top takes it away. Nothing is changed in place.
 * In a map `$patch` is delete, replace or merge. In a list with a merge key an item `{KEY: …, $patch: delete}` takes an item away, and
 * `$patch` as an item of its own is about the list. Items of the patch come first, then the others.
 * @param object tells by its kind which lists are merged
 * @throws MergeError
 */
export function strategicMerge(object: Plain & { readonly apiVersion: string; readonly kind: string }, patch: Plain): Plain | undefined {
  if (patch['$patch'] === 'replace') throw new MergeError([], '"$patch: replace" would replace the whole object: put it further in');
  return mergeMaps(object, patch, mergingOf(object), []);
}

function merge(base: unknown, patch: unknown, merging: Merging | MergedList | undefined, path: Path): unknown {
  const wanted = isMergedList(merging) ? 'a list' : base === undefined || base === null ? undefined : kindOf(base);
  if (wanted !== undefined && wanted !== kindOf(patch)) throw new MergeError(path, `must be ${wanted}, not ${kindOf(patch)}`);
  if (isPlain(patch)) return mergeMaps(isPlain(base) ? base : {}, patch, isMergedList(merging) ? {} : (merging ?? {}), path);
  if (!Array.isArray(patch)) return patch;
  const { items, directive } = listDirective(patch, path);
  if (directive === 'delete') return undefined;
  if (!isMergedList(merging)) return replaced(items, path);
  const there = directive === 'replace' || !Array.isArray(base) ? [] : (base as readonly unknown[]);
  return merging.keys.length ? mergeItems(there, items, merging, path) : mergeTexts(there, items, path);
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (isPlain(value)) return 'a map';
  return value === null ? 'null' : 'text, a number or a flag';
}

function mergeMaps(base: Plain, patch: Plain, merging: Merging, path: Path): Plain | undefined {
  const { $patch: given, ...rest } = patch;
  const directive = directiveOf(given, path);
  if (directive === 'delete') return undefined;
  const from = directive === 'replace' ? {} : base;
  const out: Record<string, unknown> = { ...from };
  for (const [key, value] of Object.entries(rest)) {
    refuseDirective(key, [...path, key]);
    if (value === undefined) continue;
    const merged =
      value === null ? undefined : merge(getKey(from, key), value, Object.hasOwn(merging, key) ? merging[key] : undefined, [...path, key]);
    if (merged === undefined) delete out[key];
    else setKey(out, key, merged);
  }
  return out;
}

function directiveOf(given: unknown, path: Path): 'delete' | 'replace' | 'merge' | undefined {
  if (given === undefined || given === 'delete' || given === 'replace' || given === 'merge') return given;
  throw new MergeError([...path, '$patch'], 'must be delete, replace or merge');
}

function refuseDirective(key: string, path: Path): void {
  const mend = REFUSED.find(([pattern]) => pattern.test(key))?.[1];
  if (mend !== undefined) throw new MergeError(path, `this directive is not supported: ${mend}`);
}

/** What an item with nothing but `$patch` says of the list, and the items without it. */
function listDirective(patch: readonly unknown[], path: Path) {
  const isDirective = (item: unknown): item is Plain => isPlain(item) && Object.keys(item).length === 1 && item['$patch'] !== undefined;
  const directives = patch.map((item, index) => (isDirective(item) ? directiveOf(item['$patch'], [...path, index]) : undefined));
  return { items: patch.filter((item) => !isDirective(item)), directive: directives.findLast((directive) => directive !== undefined) };
}

/** @throws MergeError for a directive inside of what is replaced as a whole */
function replaced(items: readonly unknown[], path: Path): readonly unknown[] {
  const visit = (value: unknown, at: Path): void => {
    if (Array.isArray(value)) value.forEach((item, index) => visit(item, [...at, index]));
    else if (isPlain(value)) {
      for (const [key, item] of Object.entries(value)) {
        refuseDirective(key, [...at, key]);
        if (key === '$patch') throw new MergeError([...at, key], 'is not supported in a list without a merge key: the patch replaces it');
        visit(item, [...at, key]);
      }
    }
  };
  visit(items, path);
  return items;
}

/** As a set: those of the patch first. */
function mergeTexts(base: readonly unknown[], items: readonly unknown[], path: Path): unknown[] {
  items.forEach((item, index) => {
    if (typeof item !== 'string') throw new MergeError([...path, index], `must be text, not ${kindOf(item)}`);
  });
  return [...new Set([...items, ...base])];
}

function mergeItems(base: readonly unknown[], items: readonly unknown[], merging: MergedList, path: Path): unknown[] {
  const taken = new Set<unknown>();
  const seen = new Map<string, number>();
  const first: unknown[] = [];
  items.forEach((item, index) => {
    const at = [...path, index];
    if (!isPlain(item)) throw new MergeError(at, `must be a map with ${merging.keys[0]}, not ${kindOf(item)}`);
    const identity = identityOf(item, merging, at);
    const twice = seen.get(identity);
    if (twice !== undefined) throw new MergeError(at, `has the same ${merging.keys.join(' and ')} as item ${twice}`);
    seen.set(identity, index);
    const existing = counterpart(base, item, merging, at);
    if (existing !== undefined) taken.add(existing);
    if (item['$patch'] === 'replace')
      throw new MergeError([...at, '$patch'], 'replace is for the whole list, as an item of its own: {$patch: replace}');
    const merged = mergeMaps(existing ?? {}, item, merging.of, at);
    if (merged !== undefined) first.push(merged);
  });
  return [...first, ...base.filter((item) => !taken.has(item))];
}

const keyed = (item: Plain, key: string, { defaults }: MergedList): unknown => item[key] ?? defaults?.[key];

/** @throws MergeError when the item lacks what tells it apart */
function identityOf(item: Plain, merging: MergedList, path: Path): string {
  const [key = ''] = merging.keys;
  const value = item[key];
  if (value === undefined || value === null || value === '')
    throw new MergeError(path, `lacks ${key}, which tells the items of this list apart`);
  if (typeof value === 'object') throw new MergeError([...path, key], `must be text or a number, not ${kindOf(value)}`);
  return merging.keys.map((name) => String(keyed(item, name, merging) ?? '')).join('\0');
}

/** The item of the object that an item of the patch is about. @throws MergeError when it may be about several */
function counterpart(base: readonly unknown[], item: Plain, merging: MergedList, path: Path): Plain | undefined {
  const [key = '', ...more] = merging.keys;
  const alike = base.filter((other): other is Plain => isPlain(other) && String(other[key]) === String(item[key]));
  const same = alike.filter((other) =>
    more.every((name) => {
      const value = keyed(item, name, merging);
      return value === undefined || keyed(other, name, merging) === value;
    }),
  );
  const left = more.find((name) => item[name] === undefined);
  if (left !== undefined && (same.length > 1 || (!same.length && alike.length)))
    throw new MergeError(path, `lacks ${left}: the object has items with this ${key} that differ in it, so that it must be given`);
  return same[0];
}
