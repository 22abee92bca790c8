// The second of two items that a list is rendered with: the same as the first one, but for its marks.
import { isDeepStrictEqual } from 'node:util';
import { base64, fromBase64 } from '../../../../kubernetes/encode';
import { isTable } from '../../../../helm/yaml/values';
import { FIRST_NUMBER } from './marks';

/** Of a list, and of one inside of its items: what the second letter of a mark becomes. */
const LETTERS: readonly ReadonlyMap<string, string>[] = [
  new Map([
    ['q', 'w'],
    ['x', 'y'],
  ]),
  new Map([
    ['q', 'x'],
    ['w', 'y'],
  ]),
];
/** Lists in lists that are told apart. */
export const DEEPEST = LETTERS.length;
const ANY_MARK = /z([qwxy])(\d{4}q)/g;
const NUMBERS_OF_MARKS = /(?<![\d.])3[1-3]\d{3}(?:Mi|h)?(?![\d.])/g;
const NUMBERS_APART = 5000;

/** A mark of another item than the first. */
export const STRAY = /z[wxy](\d{4})q/;

/**
 * @param depth of the list, 0 of one that is in no other
 * @param isOwn whether a value, by its number, is part of the list's items
 */
export function twinOf(value: unknown, depth: number, isOwn: (leaf: number) => boolean): unknown {
  const letters = LETTERS[depth];
  if (!letters) throw new Error('too many lists in lists');
  const inText = (text: string): string =>
    text
      .replaceAll(ANY_MARK, (mark, letter: string, rest: string) =>
        letters.has(letter) && isOwn(Number.parseInt(rest, 10)) ? `z${letters.get(letter) ?? ''}${rest}` : mark,
      )
      .replaceAll(NUMBERS_OF_MARKS, (number) =>
        number.replace(/^\d+/, (digits) => (isOwn(Number(digits) - FIRST_NUMBER) ? String(Number(digits) + NUMBERS_APART) : digits)),
      );
  const run = (one: unknown): unknown => {
    if (typeof one === 'number') return Number(inText(String(one)));
    if (typeof one === 'string') {
      const other = inText(one);
      const decoded = other === one ? fromBase64(one) : undefined;
      return decoded !== undefined && decoded !== inText(decoded) && base64(decoded) === one ? base64(inText(decoded)) : other;
    }
    if (Array.isArray(one)) return one.map(run);
    return isTable(one) ? Object.fromEntries(Object.entries(one).map(([key, below]) => [run(key), run(below)])) : one;
  };
  return run(value);
}

/** Whether the second is what the first is in the second item. */
export const isTwin = (first: unknown, second: unknown, depth: number, isOwn: (leaf: number) => boolean): boolean =>
  depth < DEEPEST && isDeepStrictEqual(twinOf(first, depth, isOwn), second);
