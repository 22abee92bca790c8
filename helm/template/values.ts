// The values of a running template and their Go types.
//
// Measured with Helm 4.1.4: every number of a values file, of --set-json and of fromYaml is a float64, one of --set is
// an int64. So a JavaScript number is a float64 and a bigint an int64; literals and functions also make `Int`s.
// `null` is a nil inside a map or list (Go: an interface that holds nothing), `undefined` a value that is not there at
// all (Go: the zero reflect.Value); Go treats the two apart when a field of them is asked for.
import { compareText } from './bytes';
import { visitData } from './limits';
import { SemanticVersion } from './semver';
import { Unsupported } from './unsupported';

/** An integer of a Go type other than int64, which is a bigint. */
export class Int {
  constructor(
    readonly value: bigint,
    readonly type: 'int' | 'uint8' | 'uint64' = 'int',
  ) {}
}

export type List = readonly unknown[];
export type Dict = Record<string, unknown>;

/** Go types of lists and maps that are not []interface {} and map[string]interface {}. */
const types = new WeakMap<object, string>();
/** Lists and maps that are nil in Go: they print as empty ones but are null in JSON and YAML. */
const nils = new WeakSet<object>();

export function withType<T extends object>(value: T, type: string): T {
  types.set(value, type);
  return value;
}

export function nilList(type?: string): unknown[] {
  const list: unknown[] = [];
  nils.add(list);
  return type === undefined ? list : withType(list, type);
}

/** A nil map: it can be read, but not written to. */
export function nilDict(): Dict {
  const dict = newDict();
  nils.add(dict);
  return dict;
}

export function isNil(value: unknown): boolean {
  return value === null || value === undefined || (typeof value === 'object' && nils.has(value));
}

/** An empty map. It has no prototype, so that a key such as `__proto__` is a key like any other. */
export function newDict(): Dict {
  return Object.create(null) as Dict;
}

export function int(value: number | bigint): Int {
  return new Int(BigInt(value));
}

export function isInteger(value: unknown): value is bigint | Int {
  return typeof value === 'bigint' || value instanceof Int;
}

export function integerOf(value: bigint | Int): bigint {
  return typeof value === 'bigint' ? value : value.value;
}

export function isList(value: unknown): value is List {
  return Array.isArray(value);
}

export function isDict(value: unknown): value is Dict {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Int) &&
    !(value instanceof SemanticVersion) &&
    !(value instanceof Unsupported)
  );
}

/** A key's value; only own keys count, and an undefined one is not there. */
export function getKey(dict: Dict, key: string): unknown {
  return Object.hasOwn(dict, key) ? dict[key] : undefined;
}

export function hasKey(dict: Dict, key: string): boolean {
  return getKey(dict, key) !== undefined;
}

/** Sets a key as data, whatever its name. */
export function setKey(dict: Dict, key: string, value: unknown): void {
  Object.defineProperty(dict, key, { value: value === undefined ? null : value, writable: true, enumerable: true, configurable: true });
}

/** The keys in Go's order. */
export function keysOf(dict: Dict): string[] {
  return Object.keys(dict)
    .filter((key) => dict[key] !== undefined)
    .sort(compareText);
}

/** Go's name of the value's type, as `typeOf` and `%T` print it. */
export function typeOf(value: unknown): string {
  if (value === undefined || value === null) return '<nil>';
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'bool';
    case 'number':
      return 'float64';
    case 'bigint':
      return 'int64';
    case 'object':
      if (value instanceof Int) return value.type;
      if (value instanceof SemanticVersion) return '*semver.Version';
      return types.get(value) ?? (Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}');
    default:
      return 'func()';
  }
}

/** Go's name of the type in errors about values that are nil inside a map or list. */
export function staticTypeOf(value: unknown): string {
  return value === null ? 'interface {}' : typeOf(value);
}

export function kindOf(value: unknown): string {
  if (value === undefined || value === null) return 'invalid';
  if (value instanceof SemanticVersion) return 'ptr';
  if (isList(value)) return 'slice';
  if (isDict(value)) return isStruct(value) ? 'struct' : 'map';
  return typeOf(value);
}

/** Helm's KubeVersion is a struct: it prints as its version and has no other fields than its own. */
export const KUBE_VERSION = 'common.KubeVersion';
/** Helm's facts about the cluster: another struct, whose own text is of no use. */
export const CAPABILITIES = '*common.Capabilities';
/** Helm's list of API versions; it has a method `Has`. */
export const VERSION_SET = 'common.VersionSet';

export function isStruct(value: object): boolean {
  return types.get(value) === KUBE_VERSION;
}

/** Whether a value counts as true in `if`; Sprig's `empty` is its contrary. */
export function isTrue(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === false) return false;
  if (typeof value === 'number') return value !== 0;
  if (isInteger(value)) return integerOf(value) !== 0n;
  if (isList(value)) return value.length > 0;
  if (isDict(value)) return isStruct(value) || Object.values(value).some((element) => element !== undefined);
  return true;
}

/** Go's reflect.DeepEqual: values of different types are never equal. */
export function deepEqual(left: unknown, right: unknown, depth = 0): boolean {
  visitData(depth);
  if (left === right) return true;
  if (typeOf(left) !== typeOf(right)) return false;
  if (isInteger(left) && isInteger(right)) return integerOf(left) === integerOf(right);
  if (left instanceof SemanticVersion && right instanceof SemanticVersion) return left.original === right.original;
  if (isList(left) && isList(right)) {
    return (
      left.length === right.length &&
      isNil(left) === isNil(right) &&
      left.every((element, index) => deepEqual(element ?? null, right[index] ?? null, depth + 1))
    );
  }
  if (isDict(left) && isDict(right)) {
    const keys = keysOf(left);
    return (
      keys.length === keysOf(right).length &&
      keys.every((key) => hasKey(right, key) && deepEqual(getKey(left, key), getKey(right, key), depth + 1))
    );
  }
  return (left ?? null) === (right ?? null);
}
