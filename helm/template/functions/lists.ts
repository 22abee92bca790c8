// List functions. None changes the list it is given.
import { compareText } from '../bytes';
import { Failure } from '../errors';
import { checkListSize } from '../limits';
import { print } from '../print';
import { deepEqual, int, isList, isTrue, nilList, typeOf, withType } from '../values';
import { listOf, toInt64, toStrings } from './basics';
import { define, type FunctionTable, type TemplateFunction } from './define';

const first = define('a', (list) => listOf(list, 'find first on')[0] ?? null);
const last = define('a', (list) => listOf(list, 'find last on').at(-1) ?? null);
const rest = define('a', (list) => someOf(listOf(list, 'find rest on'), (elements) => elements.slice(1)));
const initial = define('a', (list) => someOf(listOf(list, 'find initial on'), (elements) => elements.slice(0, -1)));
const append = define('aa', (list, value) => [...listOf(list, 'push on'), value]);
const prepend = define('aa', (list, value) => [value, ...listOf(list, 'prepend on')]);
const reverse = define('a', (list) => listOf(list, 'reverse').toReversed());
const compact = define('a', (list) => listOf(list, 'compact').filter(isTrue));
const uniq = define('a', (list) => {
  const found: unknown[] = [];
  const texts = new Set<unknown>();
  for (const element of listOf(list, 'find uniq on')) {
    const isKnown = typeof element === 'string' ? texts.has(element) : found.some((each) => deepEqual(each, element));
    if (isKnown) continue;
    texts.add(element);
    found.push(element);
  }
  return found;
});
const without = define('aa*', (list, ...omitted) =>
  listOf(list, 'find without on').filter((element) => !omitted.some((each) => deepEqual(each, element))),
);
const has = define('aa', (needle, list) => list !== null && listOf(list, 'find has on').some((each) => deepEqual(each, needle)));
const slice = define('aa*', (value, ...indices) => {
  const list = listOf(value, 'slice');
  if (list.length === 0) return null;
  const start = indices.length > 0 ? Number(toInt64(indices[0])) : 0;
  const end = indices.length > 1 ? Number(toInt64(indices[1])) : list.length;
  if (start < 0 || end < start || end > list.length) {
    throw new Failure(`slice index out of bounds: ${start} to ${end} of a list of ${list.length}`);
  }
  return withType(list.slice(start, end), typeOf(list));
});
const chunk: TemplateFunction = define('ia', (size, value) => {
  const list = listOf(value, 'chunk');
  if (size < 1) throw new Failure(`the size of a chunk must be at least 1, not ${size}`);
  const chunks: unknown[][] = [];
  for (let index = 0; index < list.length; index += size) chunks.push(list.slice(index, index + size));
  return withType(chunks, '[][]interface {}');
});

export const lists: FunctionTable = {
  list: define('a*', (...values) => values),
  tuple: define('a*', (...values) => values),
  first,
  mustFirst: first,
  last,
  mustLast: last,
  rest,
  mustRest: rest,
  initial,
  mustInitial: initial,
  append,
  mustAppend: append,
  push: append,
  mustPush: append,
  prepend,
  mustPrepend: prepend,
  concat: define('a*', (...lists) => {
    const all = lists.map((each) => listOf(each, 'concat'));
    checkListSize(all.reduce((size, each) => size + each.length, 0));
    const result = all.flat();
    return result.length === 0 ? nilList() : result;
  }),
  reverse,
  mustReverse: reverse,
  uniq,
  mustUniq: uniq,
  without,
  mustWithout: without,
  has,
  mustHas: has,
  compact,
  mustCompact: compact,
  slice,
  mustSlice: slice,
  chunk,
  mustChunk: chunk,
  sortAlpha: define('a', (value) => {
    const texts = isList(value) ? toStrings(value) : [print(value)];
    return withType(texts.sort(compareText), '[]string');
  }),
  until: define('i', (count) => integers(0, count, count < 0 ? -1 : 1)),
  untilStep: define('iii', integers),
  seq: define('i*', (...parameters) => sequence(parameters)),
};

function someOf(list: readonly unknown[], take: (list: readonly unknown[]) => unknown[]): unknown[] {
  return list.length === 0 ? nilList() : take(list);
}

function range(start: number, stop: number, step: number): number[] {
  const isEmpty = stop < start ? step >= 0 : step <= 0;
  if (isEmpty) return [];
  const count = Math.ceil((stop - start) / step);
  checkListSize(count);
  return Array.from({ length: count }, (_, index) => start + index * step);
}

function integers(start: number, stop: number, step: number): unknown {
  return withType(range(start, stop, step).map(int), '[]int');
}

/** `seq LAST`, `seq FIRST LAST`, `seq FIRST STEP LAST`: the numbers as a text, both ends included. */
function sequence(parameters: readonly number[]): string {
  if (parameters.length === 0 || parameters.length > 3) return '';
  const start = parameters.length === 1 ? 1 : (parameters[0] ?? 0);
  const end = parameters.at(-1) ?? 0;
  const direction = end < start ? -1 : 1;
  const step = parameters.length === 3 ? (parameters[1] ?? 0) : direction;
  if (parameters.length === 3 && end < start && step > 0) return '';
  return range(start, end + direction, step).join(' ');
}
