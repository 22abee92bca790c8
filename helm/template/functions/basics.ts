// Defaults, types and conversions, and how a template ends with an error.
import { Failure } from '../errors';
import { parseFloat64, parseInteger, MAX_INT, MIN_INT } from '../literals';
import { print } from '../print';
import { deepEqual, Int, integerOf, isDict, isInteger, isList, isTrue, kindOf, newDict, typeOf, withType } from '../values';
import { define, type FunctionTable } from './define';

export const basics: FunctionTable = {
  required: define('sa', (message, value) => {
    if (value === null || value === '') throw new Failure(message, undefined, { isMessage: true });
    return value;
  }),
  fail: define('s', (message) => {
    throw new Failure(message, undefined, { isMessage: true });
  }),
  // As `helm template` without a cluster has it.
  lookup: define('ssss', () => newDict()),
  default: define('aa*', (fallback, ...given) => (isTrue(given[0]) ? given[0] : fallback)),
  empty: define('a', (value) => !isTrue(value)),
  coalesce: define('a*', (...values) => values.find(isTrue) ?? null),
  all: define('a*', (...values) => values.every(isTrue)),
  any: define('a*', (...values) => values.some(isTrue)),
  ternary: define('aab', (whenTrue, whenFalse, condition) => (condition ? whenTrue : whenFalse)),
  typeOf: define('a', typeOf),
  typeIs: define('sa', (type, value) => type === typeOf(value)),
  typeIsLike: define('sa', (type, value) => type === typeOf(value) || `*${type}` === typeOf(value)),
  kindOf: define('a', kindOf),
  kindIs: define('sa', (kind, value) => kind === kindOf(value)),
  deepEqual: define('aa', (left, right) => deepEqual(left, right)),
  toString: define('a', print),
  toStrings: define('a', (value) => withType(toStrings(value), '[]string')),
  int: define('a', (value) => new Int(toInt64(value))),
  int64: define('a', toInt64),
  float64: define('a', toFloat64),
  atoi: define('s', (text) => new Int(/^[+-]?[0-9]+$/.test(text) ? clamp(BigInt(text.replace(/^\+/, ''))) : 0n)),
  toDecimal: define('a', (value) => {
    const text = print(value);
    if (!/^[+-]?[0-7]+$/.test(text)) return 0n;
    const octal = BigInt(`0o${text.replace(/^[+-]/, '')}`);
    return clampToZero(text.startsWith('-') ? -octal : octal);
  }),
  hello: define('', () => 'Hello!'),
};

/** Go's Atoi gives the nearest integer for what does not fit, and Sprig takes it. */
function clamp(value: bigint): bigint {
  return value > MAX_INT ? MAX_INT : value < MIN_INT ? MIN_INT : value;
}

/** The other converters give 0 for what does not fit. */
function clampToZero(value: bigint): bigint {
  return value > MAX_INT || value < MIN_INT ? 0n : value;
}

/** An integer as Sprig reads any value; 0 for what is none. */
export function toInt64(value: unknown): bigint {
  if (isInteger(value)) return BigInt.asIntN(64, integerOf(value));
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'number') {
    // On the machines that Helm runs on, a float out of range becomes the least integer.
    return Number.isFinite(value) && Math.abs(value) < 2 ** 63 ? BigInt(Math.trunc(value)) : MIN_INT;
  }
  if (typeof value !== 'string') return 0n;
  return clampToZero(parseInteger(value.replace(/\.0+$/, '')) ?? 0n);
}

/** A float as Sprig reads any value; 0 for what is none. */
export function toFloat64(value: unknown): number {
  if (typeof value === 'number') return value;
  if (isInteger(value)) return Number(integerOf(value));
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'string' ? (parseFloat64(value) ?? 0) : 0;
}

/** Any value as a list of texts; nils are left out. */
export function toStrings(value: unknown): string[] {
  if (value === null || value === undefined) return [];
  if (isList(value)) return value.filter((element) => element !== null && element !== undefined).map((element) => print(element));
  return [print(value)];
}

/** Refuses what a list function cannot take. */
export function listOf(value: unknown, doing: string): readonly unknown[] {
  if (isList(value)) return value;
  if (value === null) throw new Failure(`cannot ${doing} nil`, 'the value is missing or null; give it a default such as (list)');
  throw new Failure(`cannot ${doing} type ${isDict(value) ? 'map' : kindOf(value)}`);
}
