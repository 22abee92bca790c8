// The values of a release, one by one, as far as its schema tells them apart.
import { isDeepStrictEqual } from 'node:util';
import { isGroup, text, type DefaultContext, type Fields, type Group, type Leaf as Declared } from '../../../../helm/schema';
import { getKey, isTable } from '../../../../helm/yaml/values';
import { jsonOf } from '../../../common/narrow';
import { DEEPEST } from './twins';
import type { ItemLeaf } from './found';
import { TEXTS, type Shape } from './marks';

export interface Leaf {
  readonly index: number;
  /** Keys of the values; `.Release` and a key of it for what Helm itself knows. */
  readonly path: readonly string[];
  /** @default Helm's own */
  readonly declared?: Declared<unknown>;
  /** What it is in this release; undefined where nothing is. */
  readonly base: unknown;
  /** Shapes that it may have, the likeliest first. */
  readonly shapes: readonly Shape[];
  /** Whether its choices are words that were found out. @default its schema tells of them */
  readonly isByWord?: boolean;
  /** Of a part of the items of a list, or of the entries of a map: which. @default it is a value itself */
  readonly item?: ItemLeaf;
}

/** In a path: any item of a list, or entry of a map. */
export const ANY_ITEM = '[]';

interface Release {
  readonly name: string;
  readonly namespace: string;
}

export const RELEASE_NAME = 0;
export const NAMESPACE = 1;

/** Keys of maps whose schema says nothing. */
const MAPS =
  /^(resources|affinity|nodeSelector|strategy|updateStrategy|limits|requests|dnsConfig)$|(labels|annotations|securityContext|affinity|probe)$/i;

function shapesOf({ kind, items }: Declared<unknown>, base: unknown, key: string): readonly Shape[] {
  switch (kind) {
    case 'text':
      return TEXTS.slice(0, -1);
    case 'number':
      return ['number'];
    case 'flag':
      return ['flag'];
    case 'table':
      return ['map', 'each'];
    case 'list':
      return items && isGroup(items) ? ['each'] : ['names', 'texts', 'each'];
    default:
      if (isTable(base) || MAPS.test(key)) return ['map', 'text', 'names', ...(isTable(base) ? (['each'] as const) : [])];
      if (Array.isArray(base)) return ['names', 'texts', 'map', 'each'];
      if (typeof base === 'string') return ['text', 'map'];
      return typeof base === 'number' ? ['number', 'text'] : typeof base === 'boolean' ? ['flag'] : ['map', 'names', 'text'];
  }
}

export const valueAt = (values: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((at, key) => (isTable(at) ? getKey(at, key) : undefined), values);

/** All values that a schema declares, behind the two that Helm itself gives. @param values merged with the defaults */
export function leavesOf(schema: Group<Fields, boolean>, values: unknown, release: Release): readonly Leaf[] {
  const before = known.get(schema);
  if (before && before.values === values && before.release === release) return before.leaves;
  const leaves = findLeaves(schema, values, release);
  known.set(schema, { values, release, leaves });
  return leaves;
}

/** Those that were asked for last: all parts of a release have the same ones. */
const known = new WeakMap<object, { readonly values: unknown; readonly release: Release; readonly leaves: readonly Leaf[] }>();

function findLeaves(schema: Group<Fields, boolean>, values: unknown, release: Release): Leaf[] {
  const leaves: Leaf[] = [
    { index: RELEASE_NAME, path: ['.Release', 'Name'], base: release.name, shapes: ['text'] },
    { index: NAMESPACE, path: ['.Release', 'Namespace'], base: release.namespace, shapes: ['text'] },
  ];
  const walk = (group: Group<Fields, boolean>, above: readonly string[]): void => {
    for (const [key, field] of Object.entries(group.fields)) {
      const path = [...above, key];
      if (isGroup(field)) walk(field, path);
      else {
        const own = valueAt(values, path);
        // What follows the name of the release by default is not there until somebody gives it.
        const base = isMadeOf(release, field, own) ? undefined : own;
        leaves.push({ index: leaves.length, path, declared: field, base, shapes: shapesOf(field, base, key) });
      }
    }
  };
  walk(schema, []);
  const own = leaves.length;
  // What the schema tells of comes first: these have the same numbers whatever is given.
  for (let index = 0; index < leaves.length; index++) leaves.push(...itemLeaves(asDeclared(leaves[index] as Leaf), leaves.length));
  const declared = leaves.length;
  for (const leaf of leaves.slice(0, own)) if (!hasItems(asDeclared(leaf))) leaves.push(...itemLeaves(leaf, leaves.length));
  for (let index = declared; index < leaves.length; index++) leaves.push(...itemLeaves(leaves[index] as Leaf, leaves.length));
  return leaves;
}

/** As it is where nothing is given for it. */
function asDeclared(leaf: Leaf): Leaf {
  const { declared, path } = leaf;
  if (declared?.kind !== 'any' || leaf.item) return leaf;
  const base = typeof declared.default === 'function' ? undefined : declared.default;
  return { ...leaf, base, shapes: shapesOf(declared, base, path.at(-1) ?? '') };
}

const hasItems = ({ declared, shapes, path, item }: Leaf): boolean =>
  declared !== undefined && shapes.includes('each') && !(item && depthOf(path) >= DEEPEST);

const ENTRY_KEY = text(undefined, 'Key of the entry.');
const TEXT_ITEM = text(undefined, 'Item of the list.');

/** What the items of a list, or the entries of a map, are made of. @param next number of the first of them */
function itemLeaves(leaf: Leaf, next: number): Leaf[] {
  const { index: list, path, declared, base } = leaf;
  if (!declared || !hasItems(leaf)) return [];
  const out: Leaf[] = [];
  const add = (field: Declared<unknown>, at: readonly string[]): void => {
    const own = shapesOf(field, undefined, at.at(-1) ?? '');
    const below = [...path, ANY_ITEM, ...at];
    out.push({ index: next + out.length, path: below, declared: field, base: undefined, shapes: own, item: { list, at } });
  };
  const addAll = ({ fields }: Group<Fields, boolean>, above: readonly string[]): void => {
    for (const [key, field] of Object.entries(fields))
      if (isGroup(field)) addAll(field, [...above, key]);
      else add(field, [...above, key]);
  };
  const { items = TEXT_ITEM } = declared;
  const isMap = declared.kind === 'table' || isTable(base);
  if (isMap) add(ENTRY_KEY, ['key']);
  if (isGroup(items)) addAll(items, isMap ? ['value'] : []);
  else add(items, isMap ? ['value'] : []);
  return out;
}

const depthOf = (path: readonly string[]): number => path.filter((key) => key === ANY_ITEM).length;

/** What a value is by default in a release. */
export const defaultIn = ({ name, namespace }: Release, field: Declared<unknown> | undefined): unknown =>
  typeof field?.default === 'function'
    ? (field.default as (context: DefaultContext) => unknown)({ release: name, namespace })
    : field?.default;

/** Whether a map that a value has by default is gone, by null or something else: with another values file its entries are there again. */
export function hasLost(value: unknown, usual: unknown): boolean {
  if (!isTable(usual) || !Object.keys(usual).length) return false;
  return !isTable(value) || Object.keys(usual).some((key) => hasLost(getKey(value, key), getKey(usual, key)));
}

/** Whether a value is what its default makes of the release. */
const isMadeOf = (release: Release, field: Declared<unknown>, value: unknown): boolean =>
  typeof field.default === 'function' && isDeepStrictEqual(value, defaultIn(release, field));

/** Whether something at a path is said of a value; of parts of items, it is said of the item of a number, or of the entry of a key. */
export const isAt = ({ path }: Leaf, at: readonly PropertyKey[]): boolean => {
  let place = 0;
  return path.every((key, index) => {
    const isEntry = path[index - 1] === ANY_ITEM && (key === 'key' || key === 'value');
    if (isEntry) return true;
    const there = at[place++];
    return key === ANY_ITEM ? there !== undefined : String(there) === key;
  });
};

/** Values as a values file holds them. */
export function asValues(pairs: Iterable<readonly [readonly string[], unknown]>): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [path, value] of pairs) {
    let at = out;
    for (const key of path.slice(0, -1)) at = (at[key] ??= {}) as Record<string, unknown>;
    at[path.at(-1) ?? ''] = value;
  }
  return out;
}

/** Whether a Go template is somewhere in a value. */
export const hasTemplate = (value: unknown): boolean => jsonOf(value).includes('{{');
