// Functions of Go's own text/template: comparison, index, len, print and escapes. `and` and `or` are the evaluator's.
import { byteLength, compareText, toBytes } from '../bytes';
import { Failure } from '../errors';
import { sprint, sprintln } from '../print';
import { sprintf } from '../printf';
import { isPrintable } from '../quote';
import { getKey, hasKey, Int, integerOf, isDict, isInteger, isList, isNil, isTrue, keysOf, staticTypeOf, typeOf } from '../values';
import { define, type FunctionTable } from './define';

const HTML: Readonly<Record<string, string>> = { '\0': '\ufffd', '"': '&#34;', "'": '&#39;', '&': '&amp;', '<': '&lt;', '>': '&gt;' };

export const builtins: FunctionTable = {
  not: define('a', (value) => !isTrue(value)),
  eq: define('aa*', (value, ...others) => {
    if (others.length === 0) throw new Failure('missing argument for comparison');
    return others.some((other) => equal(value, other));
  }),
  ne: define('aa', (left, right) => !equal(left, right)),
  lt: define('aa', (left, right) => less(left, right)),
  le: define('aa', (left, right) => less(left, right) || equal(left, right)),
  gt: define('aa', (left, right) => !less(left, right) && !equal(left, right)),
  ge: define('aa', (left, right) => !less(left, right)),
  index: define('aa*', (value, ...keys) => {
    if (value === null) throw new Failure('index of untyped nil', 'the value is missing or null; set it, or guard it with if');
    return keys.reduce(indexOne, value);
  }),
  len: define('a', (value) => {
    if (typeof value === 'string') return new Int(BigInt(byteLength(value)));
    if (isList(value)) return new Int(BigInt(value.length));
    if (isDict(value)) return new Int(BigInt(keysOf(value).length));
    if (value === null) throw new Failure('len of nil pointer', 'the value is missing or null; set it, or guard it with if');
    throw new Failure(`len of type ${typeOf(value)}`);
  }),
  print: define('a*', (...values) => sprint(values)),
  println: define('a*', (...values) => sprintln(values)),
  printf: define('sa*', (format, ...values) => sprintf(format, values)),
  html: define('a*', (...values) => text(values).replace(/[\0"'&<>]/g, (character) => HTML[character] ?? character)),
  js: define('a*', (...values) => escapeScript(text(values))),
  urlquery: define('a*', (...values) => escapeQuery(text(values))),
};

function text(values: readonly unknown[]): string {
  return sprint(values.map((value) => value ?? '<no value>'));
}

/** The kind that Go compares by; undefined for what it does not compare. */
function basicKind(value: unknown): string | undefined {
  if (value instanceof Int && value.type !== 'int') return 'uint';
  if (isInteger(value)) return 'int';
  const type = typeof value;
  return type === 'string' || type === 'number' || type === 'boolean' ? type : undefined;
}

function incompatible(left: unknown, right: unknown): Failure {
  const mend = 'numbers of values files are float64: compare them with 1.0, or make them integers with int';
  const isAboutNumbers = [left, right].every((value) => typeof value === 'number' || isInteger(value));
  return new Failure(`incompatible types for comparison: ${typeOf(left)} and ${typeOf(right)}`, isAboutNumbers ? mend : undefined);
}

function equal(left: unknown, right: unknown): boolean {
  const [leftKind, rightKind] = [basicKind(left), basicKind(right)];
  if (isInteger(left) && isInteger(right)) return integerOf(left) === integerOf(right);
  if (leftKind !== rightKind) {
    if (left !== null && right !== null) throw incompatible(left, right);
    return false;
  }
  if (leftKind !== undefined) return left === right;
  if (left === null || right === null) return isNil(left) === isNil(right);
  if (isList(left) !== isList(right) || isDict(left) !== isDict(right)) {
    throw new Failure(`non-comparable types ${typeOf(left)} and ${typeOf(right)}`, 'compare them with deepEqual');
  }
  if (isNil(left) || isNil(right)) return isNil(left) === isNil(right);
  if (isList(left) || isDict(left)) {
    throw new Failure(`non-comparable type ${typeOf(right)}`, 'compare lists and maps with deepEqual');
  }
  return left === right;
}

function less(left: unknown, right: unknown): boolean {
  const [leftKind, rightKind] = [basicKind(left), basicKind(right)];
  if (leftKind === undefined || rightKind === undefined) {
    const wrong = leftKind === undefined ? left : right;
    const mend = wrong === null ? 'the value is missing or null; give it a default' : undefined;
    throw new Failure(`invalid type for comparison: ${staticTypeOf(wrong)}`, mend);
  }
  if (isInteger(left) && isInteger(right)) return integerOf(left) < integerOf(right);
  if (leftKind !== rightKind) throw incompatible(left, right);
  if (typeof left === 'number' && typeof right === 'number') return left < right;
  if (typeof left === 'string' && typeof right === 'string') return compareText(left, right) < 0;
  throw new Failure(`invalid type for comparison: ${typeOf(left)}`);
}

function indexOne(value: unknown, key: unknown): unknown {
  if (value === null || value === undefined) {
    throw new Failure('index of nil pointer', 'a value on the way is missing or null; set it, or guard it with if');
  }
  if (isDict(value)) {
    if (typeof key !== 'string') {
      throw new Failure(key === null ? 'value is nil; should be of type string' : `value has type ${typeOf(key)}; should be string`);
    }
    return hasKey(value, key) ? getKey(value, key) : typeOf(value) === 'map[string]string' ? '' : null;
  }
  if (!isList(value) && typeof value !== 'string') throw new Failure(`can't index item of type ${typeOf(value)}`);
  if (key === null) throw new Failure('cannot index slice/array with nil');
  if (!isInteger(key)) {
    throw new Failure(`cannot index slice/array with type ${typeOf(key)}`, 'make it an integer with int');
  }
  const place = Number(integerOf(key));
  const items = typeof value === 'string' ? toBytes(value) : value;
  if (place < 0 || place >= items.length) throw new Failure(`index out of range: ${place}`);
  return typeof value === 'string' ? new Int(BigInt(toBytes(value)[place] ?? 0), 'uint8') : (value[place] ?? null);
}

const SCRIPT: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '<': '\\u003C',
  '>': '\\u003E',
  '&': '\\u0026',
  '=': '\\u003D',
};

function escapeScript(value: string): string {
  return value.replace(/[\\'"<>&=\0-\x1f]|[^\0-\x7f]/gu, (character) => {
    const known = SCRIPT[character];
    if (known !== undefined) return known;
    if (character >= '\x80' && isPrintable(character)) return character;
    return `\\u${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  });
}

/** Go's url.QueryEscape. */
export function escapeQuery(value: string): string {
  return [...toBytes(value)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      if (/[A-Za-z0-9_.~-]/.test(character)) return character;
      return byte === 0x20 ? '+' : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}
