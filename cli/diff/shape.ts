// How the fields of an object are to be read: which order means something, what a server fills in, where numbers stand for text.

/** Any value: compared as written, lists in their order. */
interface Value {
  readonly is: 'value';
}
/** A string, though a bare number or boolean may be written. */
interface Text {
  readonly is: 'text';
}
interface Quantity {
  readonly is: 'quantity';
}
/** Any keys; an empty one is nothing. */
interface MapOf {
  readonly is: 'map';
  readonly of: Shape;
}
/** An empty one is nothing. `keyed` lists are merged by the keys' values, in `set` and `keyed` ones the order means nothing. */
export interface ListOf {
  readonly is: 'list';
  readonly order: 'ordered' | 'keyed' | 'set' | 'environment';
  readonly keys: readonly string[];
  readonly of: Shape;
}
export interface RecordOf {
  readonly is: 'record';
  readonly fields: Readonly<Record<string, Shape>>;
  /** What a server fills in where a field is missing: a field with this value is the same as none. */
  readonly defaults: Readonly<Record<string, unknown>>;
  /** Fields that mean nothing when they are an empty map. */
  readonly vain: ReadonlySet<string>;
  /** Fields that a server or controller chooses when nobody says anything: in a live object they count only if the other side has them. */
  readonly assigned: ReadonlySet<string>;
}
export type Shape = Value | Text | Quantity | MapOf | ListOf | RecordOf;

/** A default that depends on the fields beside it. */
export type DefaultOf = (owner: Readonly<Record<string, unknown>>) => unknown;

export const value: Value = { is: 'value' };
export const text: Text = { is: 'text' };
export const quantity: Quantity = { is: 'quantity' };
export const texts: MapOf = { is: 'map', of: text };
export const quantities: MapOf = { is: 'map', of: quantity };
export const map = (of: Shape): MapOf => ({ is: 'map', of });
export const list = (of: Shape = value): ListOf => ({ is: 'list', order: 'ordered', keys: [], of });
export const set = (of: Shape = value): ListOf => ({ is: 'list', order: 'set', keys: [], of });
export const keyed = (keys: string | readonly string[], of: Shape = value): ListOf => ({
  is: 'list',
  order: 'keyed',
  keys: typeof keys === 'string' ? [keys] : keys,
  of,
});
/** Keyed by name; the order counts only for what `$(NAME)` stands for. */
export const environment = (of: Shape): ListOf => ({ is: 'list', order: 'environment', keys: ['name'], of });

interface RecordOptions {
  readonly defaults?: Readonly<Record<string, unknown>>;
  readonly vain?: readonly string[];
  readonly assigned?: readonly string[];
}

export const record = (
  fields: Readonly<Record<string, Shape>> = {},
  { defaults = {}, vain = [], assigned = [] }: RecordOptions = {},
): RecordOf => ({ is: 'record', fields, defaults, vain: new Set(vain), assigned: new Set(assigned) });

/** The shape of a member. */
export function shapeOf(shape: Shape, key: string): Shape {
  if (shape.is === 'map') return shape.of;
  return shape.is === 'record' && Object.hasOwn(shape.fields, key) ? (shape.fields[key] ?? value) : value;
}
