// One form for all the ways to write the same object: nothing that a server fills in, no nulls, no empty lists.
import { yamlScalar } from '../../helm/print';
import { setKey } from '../../helm/yaml/values';
import { isPlain, type Plain } from './objects';
import { quantity } from '../../kubernetes/quantity';
import { shapeOf, type DefaultOf, type ListOf, type RecordOf, type Shape } from './shape';

/** Scalars stay as they are written, so that they can be shown; undefined stands for what means nothing. */
export function normalize(value: unknown, shape: Shape): unknown {
  // A server reads no quantity as zero: a limit of null is none, but a request of null asks for nothing.
  if (value === null && shape.is === 'quantity') return '0';
  if (value === null || value === undefined) return undefined;
  if (Array.isArray(value)) return normalizeList(value, shape);
  if (!isPlain(value)) return value;
  const out: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const member = normalize(value[key], shapeOf(shape, key));
    if (member !== undefined) setKey(out, key, member);
  }
  if (shape.is === 'record') withoutDefaults(out, shape);
  return shape.is === 'map' && !Object.keys(out).length ? undefined : out;
}

/** In lists a null is an item as any other, and where no shape is known an empty list is one too. */
function normalizeList(list: readonly unknown[], shape: Shape): unknown {
  const of = shape.is === 'list' ? shape.of : shape;
  if (shape.is !== 'value' && !list.length) return undefined;
  return list.map((item) => normalize(item, shape.is === 'value' ? shape : of) ?? null);
}

/** A server drops empty texts, but for these: no storage class is another thing than the default one. */
const EMPTY_TEXT_COUNTS = new Set(['storageClassName', 'ingressClassName', 'volumeAttributesClassName']);

function withoutDefaults(out: Record<string, unknown>, shape: RecordOf): void {
  const owner: Plain = { ...out };
  for (const [key, given] of Object.entries(shape.defaults)) {
    if (!Object.hasOwn(owner, key)) continue;
    const filledIn = typeof given === 'function' ? (given as DefaultOf)(owner) : given;
    if (filledIn !== undefined && canonical(owner[key], shapeOf(shape, key)) === canonical(filledIn, shapeOf(shape, key))) delete out[key];
  }
  for (const [key, item] of Object.entries(out)) if (item === '' && !EMPTY_TEXT_COUNTS.has(key)) delete out[key];
  for (const key of shape.vain) if (isPlain(out[key]) && !Object.keys(out[key]).length) delete out[key];
}

/** One text for all values that mean the same. Takes what `normalize` gives. */
export function canonical(value: unknown, shape: Shape): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return canonicalList(value, shape);
  if (isPlain(value))
    return `{${Object.keys(value)
      .toSorted()
      .map((key) => `${JSON.stringify(key)}:${canonical(value[key], shapeOf(shape, key))}`)
      .join(',')}}`;
  if (shape.is === 'quantity') {
    const amount = quantity(value);
    if (amount !== undefined) return `${amount}n`;
  }
  return JSON.stringify(
    shape.is === 'text' && typeof value !== 'string' ? yamlScalar(value) : typeof value === 'bigint' ? String(value) : value,
  );
}

function canonicalList(list: readonly unknown[], shape: Shape): string {
  const of = shape.is === 'list' ? shape.of : shape;
  const items = list.map((item) => canonical(item, of));
  if (shape.is !== 'list' || shape.order === 'ordered') return `[${items.join(',')}]`;
  if (shape.order === 'set') return `[${[...new Set(items)].toSorted().join(',')}]`;
  const meanings = shape.order === 'environment' ? referencesOf(list) : undefined;
  const entries = [...byKey(list, shape)].map(([key, item]) => `${key}=${canonical(item, of)}${meanings?.get(item)?.join(',') ?? ''}`);
  return `[${entries.toSorted().join(',')}]`;
}

/** Items of a keyed list by their key; a key given again gets a number. */
export function byKey(list: readonly unknown[], shape: ListOf): Map<string, unknown> {
  const out = new Map<string, unknown>();
  for (const item of list) {
    const key = isPlain(item)
      ? shape.keys
          .map((name) => yamlScalar(item[name] ?? ''))
          .filter(Boolean)
          .join('/')
      : yamlScalar(item);
    let free = key;
    for (let count = 2; out.has(free); count++) free = `${key}#${count}`;
    out.set(free, item);
  }
  return out;
}

/** For each variable, which of its `$(NAME)` stand for a variable before it: that is all that the order of variables decides. */
export function referencesOf(variables: readonly unknown[]): Map<unknown, string[]> {
  const before = new Set<string>();
  const out = new Map<unknown, string[]>();
  for (const variable of variables) {
    if (!isPlain(variable)) continue;
    const { name, value } = variable;
    const named = typeof value === 'string' ? [...value.matchAll(/\$\(([^)]+)\)/g)].map(([, found = '']) => found) : [];
    out.set(variable, [...new Set(named.filter((found) => before.has(found)))].toSorted());
    before.add(String(name));
  }
  return out;
}
