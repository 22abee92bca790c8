// What `range` goes through.
import { Failure } from './errors';
import { print } from './print';
import { getKey, Int, integerOf, isDict, isInteger, isList, keysOf, typeOf } from './values';

/** The keys and elements of a value; an integer gives the integers below it, without keys. */
export function rangeEntries(value: unknown, variables: number): Iterable<readonly [unknown, unknown]> {
  if (value === undefined || value === null) return [];
  if (isList(value)) return listEntries(value);
  if (isInteger(value)) {
    if (variables > 1) throw new Failure(`can't use ${integerOf(value)} to iterate over more than one variable`);
    return integerEntries(value);
  }
  if (isDict(value)) return keysOf(value).map((key) => [key, getKey(value, key)] as const);
  const mend = typeof value === 'number' ? 'make it an integer with int' : undefined;
  throw new Failure(`range can't iterate over ${print(value)} of type ${typeOf(value)}`, mend);
}

function* listEntries(list: readonly unknown[]): Iterable<readonly [unknown, unknown]> {
  for (let index = 0; index < list.length; index += 1) yield [new Int(BigInt(index)), list[index] ?? null];
}

function* integerEntries(count: bigint | Int): Iterable<readonly [unknown, unknown]> {
  for (let index = 0n; index < integerOf(count); index += 1n) {
    yield [undefined, count instanceof Int ? new Int(index, count.type) : index];
  }
}
