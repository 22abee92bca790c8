// Values that programs give: what no values file can hold is told with its path, or becomes what it stands for.
import { runInNewContext } from 'node:vm';
import { Lazy } from 'cdk8s';
import { plainValues } from '../../../constructs/common/plain-values';
import { ValuesError } from '../../../helm/check';

const errorOf = (given: unknown): string => {
  try {
    plainValues(given);
  } catch (error) {
    if (error instanceof ValuesError) return error.message;
    throw error;
  }
  return 'none';
};
class Mine {
  readonly a = 1;
}
class Token {
  resolve(): string {
    return 'x';
  }
}
class IntOrString {
  constructor(readonly value: number | string) {}
}
const itself: Record<string, unknown> = {};
itself['again'] = [itself];
const deep = JSON.parse(`${'{"a":'.repeat(300)}1${'}'.repeat(300)}`) as unknown;

describe('values of programs', () => {
  it.each<readonly [string, unknown, string]>([
    ['a function', { a: [() => 1] }, 'a[0]: must be plain data, not a function: call it'],
    ['a symbol', { a: Symbol('x') }, 'a: must be plain data, not a symbol'],
    ['a symbol as a key', { a: { [Symbol('x')]: 1 } }, 'a: has a symbol as a key: keys are text'],
    ['NaN', { a: { b: Number.NaN } }, 'a.b: must be a number that JSON has, not NaN'],
    ['an infinity', { a: -Infinity }, 'a: must be a number that JSON has, not -Infinity'],
    ['a large integer', { a: 2n ** 64n }, 'a: is too large for an integer: give it as text'],
    ['a date', { a: new Date(0) }, 'a: must be plain data, not an object of the class Date: write it as text (toISOString())'],
    ['a Map', { a: new Map() }, 'a: must be plain data, not an object of the class Map: make it one with Object.fromEntries'],
    ['a Set', { a: new Set() }, 'a: must be plain data, not an object of the class Set: make it a list with [...set]'],
    ['a promise', { a: Promise.resolve(1) }, 'a: must be plain data, not an object of the class Promise: await it'],
    ['an instance', { a: new Mine() }, 'a: must be plain data, not an object of the class Mine'],
    ['a regular expression', { a: /x/ }, 'a: must be plain data, not an object of the class RegExp'],
    ['what holds itself', itself, 'again[0]: holds itself'],
    ['what is deep', deep, `${'a.'.repeat(9)}a: holds more than 200 lists and maps inside each other`],
    ['undefined in a list', { a: [1, undefined] }, 'a[1]: must not be undefined: take the item away'],
    // eslint-disable-next-line no-sparse-arrays -- what is tested
    ['a hole in a list', { a: [1, , 2] }, 'a[1]: must not be undefined: take the item away'],
    ['half a character', { a: '\ud800' }, 'a: holds half a character (a lone surrogate), which no text can'],
  ])('cannot hold %s', (_title, given, message) => {
    expect(errorOf(given)).toBe(message);
  });

  it('all mistakes are told at once', () => {
    expect(errorOf({ a: Number.NaN, b: [() => 1, new Date(0)] }).split('\n')).toHaveLength(3);
  });

  it.each<readonly [string, unknown, unknown]>([
    ['undefined members are not given', { a: undefined, b: { c: undefined, d: [{ e: undefined }] } }, { b: { d: [{}] } }],
    ['null stays', { a: null, b: [null] }, { a: null, b: [null] }],
    ['a Lazy is what it produces', { a: Lazy.any({ produce: () => ({ b: Lazy.any({ produce: () => 1 }) }) }) }, { a: { b: 1 } }],
    ['a Lazy that produces nothing is not given', { a: Lazy.any({ produce: () => undefined }) }, {}],
    ['a token is what it resolves to', { a: new Token() }, { a: 'x' }],
    ['a union of cdk8s is its value', { port: new IntOrString(80), size: new IntOrString('1Gi') }, { port: 80, size: '1Gi' }],
    ['bytes of text are this text', { a: Buffer.from('é'), b: new Uint8Array([104, 105]) }, { a: 'é', b: 'hi' }],
    ['an integer stays one', { a: 5n }, { a: 5n }],
    ['objects of other realms are plain', runInNewContext('({ a: [{ b: 1 }] })'), { a: [{ b: 1 }] }],
    ['objects without a prototype are plain', Object.assign(Object.create(null) as object, { a: 1 }), { a: 1 }],
  ])('%s', (_title, given, data) => {
    expect(plainValues(given).data).toStrictEqual(data);
  });

  it('a part of bytes is that part', () => {
    expect(plainValues(Buffer.from('abc').subarray(1, 2)).data).toBe('b');
  });

  it('what stands in many places is read once', () => {
    let shared: unknown = { a: 1 };
    for (let level = 0; level < 100; level += 1) shared = { left: shared, right: shared };
    expect(plainValues(shared).data).toHaveProperty('left.right.left.right');
  });

  it('a key of any name is a key', () => {
    const { data } = plainValues(JSON.parse('{"__proto__": {"a": 1}}'));
    expect(Object.keys(data as object)).toEqual(['__proto__']);
    expect(({} as { a?: unknown }).a).toBeUndefined();
  });
});
