// What two normal forms of one object differ in, field by field.
import { isPlain } from './objects';
import { byKey, canonical, referencesOf } from './normalize';
import { shapeOf, value as anything, type ListOf, type Shape } from './shape';
import { sequenceDiff } from './sequence';

export interface FieldChange {
  /** Keys from the top; an item of a list stands in brackets, by its key or place. */
  readonly path: readonly string[];
  readonly before?: unknown;
  readonly after?: unknown;
  /** The values are not for showing: `before` and `after` are missing, and this says what happened. */
  readonly hidden?: 'added' | 'removed' | 'changed';
}

export interface Comparison {
  /** Whether `before` comes from a server, which fills in more than anybody wrote. */
  readonly live: boolean;
}

export function compare(before: unknown, after: unknown, shape: Shape, options: Comparison, path: readonly string[] = []): FieldChange[] {
  if (canonical(before, shape) === canonical(after, shape)) return [];
  if (Array.isArray(before) && Array.isArray(after)) return compareLists(before, after, shape, options, path);
  if (!isPlain(before) || !isPlain(after))
    return [{ path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }];
  const assigned = options.live && shape.is === 'record' ? shape.assigned : undefined;
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) => {
    // "None" is never what a server chooses.
    if (assigned?.has(key) && !Object.hasOwn(after, key) && before[key] !== 'None') return [];
    return compare(before[key] ?? filledIn(shape, key), after[key] ?? filledIn(shape, key), shapeOf(shape, key), options, [...path, key]);
  });
}

/** What a missing field means, to show it: `replicas: 1 → 2`. */
function filledIn(shape: Shape, key: string): unknown {
  // What a server chooses has no value of its own: a nodePort that is gone is not 0.
  const isKnown = shape.is === 'record' && Object.hasOwn(shape.defaults, key) && !shape.assigned?.has(key);
  const given = isKnown ? shape.defaults[key] : undefined;
  return typeof given === 'number' || typeof given === 'boolean' || (typeof given === 'string' && given) ? given : undefined;
}

function compareLists(
  before: readonly unknown[],
  after: readonly unknown[],
  shape: Shape,
  options: Comparison,
  path: readonly string[],
): FieldChange[] {
  if (shape.is === 'list' && (shape.order === 'keyed' || shape.order === 'environment'))
    return compareKeyed(before, after, shape, options, path);
  const of = shape.is === 'list' ? shape.of : anything;
  if (shape.is === 'list' && shape.order === 'set') return compareSets(before, after, of, path);
  return sequenceDiff(
    before.map((item) => canonical(item, of)),
    after.map((item) => canonical(item, of)),
  ).flatMap(({ from, to }): FieldChange[] => {
    const place = [...path, `[${to ?? from}]`];
    if (from === undefined) return [{ path: place, after: after[to ?? 0] }];
    if (to === undefined) return [{ path: place, before: before[from] }];
    return compare(before[from], after[to], of, options, place);
  });
}

function compareSets(before: readonly unknown[], after: readonly unknown[], of: Shape, path: readonly string[]): FieldChange[] {
  const [old, now] = [before, after].map((list) => new Map(list.map((item) => [canonical(item, of), item])));
  const gone = [...(old ?? [])].filter(([key]) => !now?.has(key)).map(([, item]) => ({ path: [...path, '[]'], before: item }));
  const added = [...(now ?? [])].filter(([key]) => !old?.has(key)).map(([, item]) => ({ path: [...path, '[]'], after: item }));
  return [...gone, ...added];
}

function compareKeyed(
  before: readonly unknown[],
  after: readonly unknown[],
  shape: ListOf,
  options: Comparison,
  path: readonly string[],
): FieldChange[] {
  const [old, now] = [byKey(before, shape), byKey(after, shape)];
  const changes = [...new Set([...old.keys(), ...now.keys()])].flatMap((key) =>
    compare(old.get(key), now.get(key), shape.of, options, [...path, `[${key}]`]),
  );
  return shape.order === 'environment' ? [...changes, ...reordered(old, now, before, after, path)] : changes;
}

/** A variable whose `$(NAME)` means something else because of the order. */
function reordered(
  old: ReadonlyMap<string, unknown>,
  now: ReadonlyMap<string, unknown>,
  before: readonly unknown[],
  after: readonly unknown[],
  path: readonly string[],
): FieldChange[] {
  const [earlier, later] = [referencesOf(before), referencesOf(after)];
  return [...now].flatMap(([key, variable]) => {
    const [was, is] = [earlier.get(old.get(key)), later.get(variable)];
    if (!was || !is || was.join() === is.join()) return [];
    const tell = (names: readonly string[]): string =>
      names.length ? `stands after ${names.join(', ')}` : 'stands before what it refers to';
    return [{ path: [...path, `[${key}]`, 'order'], before: tell(was), after: tell(is) }];
  });
}

/** `spec.template.spec.containers[api].image`; keys that are not plain words in brackets. */
export const pathText = (path: readonly string[]): string =>
  path.map((part, index) => (part.startsWith('[') ? part : /^[\w-]+$/.test(part) ? `${index ? '.' : ''}${part}` : `[${part}]`)).join('');
