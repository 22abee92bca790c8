// Sets of characters: Perl's and POSIX's classes, Unicode properties, ranges, and case folding.
import { lowerOne, upperOne } from '../functions/letters';
import type { CharacterTest } from './syntax';

export type Range = readonly [number, number];

const code = (character: string): number => character.codePointAt(0) ?? 0;
const ranges = (text: string): Range[] => (text.match(/[\s\S]-[\s\S]|[\s\S]/gu) ?? []).map((part) => [code(part), code(part.slice(-1))]);

/** `alnum` and the like; `d`, `s` and `w` are Perl's. All are ASCII only. */
const CLASSES: Readonly<Record<string, readonly Range[]>> = {
  alnum: ranges('0-9A-Za-z'),
  alpha: ranges('A-Za-z'),
  ascii: [[0, 0x7f]],
  blank: ranges('\t '),
  cntrl: [
    [0, 0x1f],
    [0x7f, 0x7f],
  ],
  digit: ranges('0-9'),
  graph: [[0x21, 0x7e]],
  lower: ranges('a-z'),
  print: [[0x20, 0x7e]],
  punct: [
    [0x21, 0x2f],
    [0x3a, 0x40],
    [0x5b, 0x60],
    [0x7b, 0x7e],
  ],
  space: ranges('\t-\r '),
  upper: ranges('A-Z'),
  word: ranges('0-9A-Za-z_'),
  xdigit: ranges('0-9A-Fa-f'),
  d: ranges('0-9'),
  s: ranges('\t\n\f\r '),
  w: ranges('0-9A-Za-z_'),
};

export function inRanges(list: readonly Range[]): CharacterTest {
  return (each) => list.some(([from, to]) => each >= from && each <= to);
}

export function negated(test: CharacterTest): CharacterTest {
  return (each) => !test(each);
}

/** `\d`, `\S` and their kin. */
export function perlClass(letter: string): CharacterTest {
  const test = inRanges(CLASSES[letter.toLowerCase()] ?? []);
  return letter === letter.toLowerCase() ? test : negated(test);
}

/** `alpha` or `^alpha`, as inside `[[:alpha:]]`; undefined for a class there is not. */
export function posixClass(name: string): CharacterTest | undefined {
  const known = name.length > 2 ? CLASSES[name.replace(/^\^/, '')] : undefined;
  if (known === undefined) return undefined;
  return name.startsWith('^') ? negated(inRanges(known)) : inRanges(known);
}

/** `L`, `Greek` or `^L`, as inside `\p{L}`; undefined for a class there is not. */
export function unicodeClass(name: string): CharacterTest | undefined {
  const pattern = unicodePattern(name.replace(/^\^/, ''));
  if (pattern === undefined) return undefined;
  const test: CharacterTest = (each) => pattern.test(String.fromCodePoint(each));
  return name.startsWith('^') ? negated(test) : test;
}

function unicodePattern(name: string): RegExp | undefined {
  if (name === 'Any') return /^[\s\S]$/u;
  if (/^[A-Za-z_]+$/.test(name)) {
    for (const property of [`General_Category=${name}`, `Script=${name}`]) {
      try {
        return new RegExp(`^\\p{${property}}$`, 'u');
      } catch {
        // JavaScript does not know it as this property; it may be the other.
      }
    }
  }
  return undefined;
}

/** The sets of characters that are equal but for case and that toUpperCase and toLowerCase do not lead to. */
const FOLDS: Readonly<Record<string, string>> = { k: '\u212a', s: '\u017f', '\u00e5': '\u212b' };

/** The test without regard to case. */
export function folded(test: CharacterTest): CharacterTest {
  return (each) => {
    if (test(each)) return true;
    const character = String.fromCodePoint(each);
    const low = lowerOne(character);
    return [low, upperOne(low), FOLDS[low] ?? low].some((variant) => test(code(variant)));
  };
}
