// Values that are found again wherever they go: what a release is rendered with, to see which of its values are carried and where to.
import type { Rule } from './rules';

/** In a text; names of objects, labels and paths may hold one. */
export const MARK = /zq(\d{4})q/;
/** Numbers that stand for values, alone or as an amount or hours, or a thousand times as much: ports, too, take them. Or digests. */
export const NUMBERS = /(?<![\d.])3[1-3]\d{3}(?:Mi|h)?(?=(?:000)?(?![\d.]))|sha256:\d{4}e{60}/;
export const FIRST_NUMBER = 31_000;
/** A line that is the mark of a map, or of a list, as YAML. */
export const YAML_LINE = /^( *)((?:- name: zq\d{4}q)|(?:zq\d{4}qk: zq\d{4}q))$/;

export type Shape =
  | 'text'
  | 'amount'
  | 'hours'
  | 'digits'
  | 'digest'
  | 'name'
  | 'yaml'
  | 'number'
  | 'map'
  | 'names'
  | 'texts'
  | 'each'
  | 'flag'
  | 'switch'
  | 'word'
  | 'count';

/**
 * What a live value must not be: a number or a flag in place of a text, 0 in place of one, empty, nothing; `typed` a text that YAML
 * reads as another kind, `inRelease` one that the name of the release contains, `large` a number beyond those that are told apart, or
 * one that is written with an exponent, a rule a text that it has not; of numbers, the rest of `LimitOfNumber` and so on.
 */
export type Limit =
  | ('number' | 'nought' | 'flag' | 'empty' | 'null' | 'typed' | 'inRelease' | 'large' | Rule)
  // Of a text: one that begins or ends with a blank or a line end, and one with more letters. The first is said of texts in a map, too.
  | ('trimmed' | `letters ${number}`)
  // Of a number: an empty text, a fraction, one below and one above.
  | ('blank' | 'whole' | `least ${number}` | `most ${number}`)
  // Of a map: lists and maps in it, numbers and flags in it, what is no label, and keys that are none of an annotation.
  | ('scalars' | 'quoted' | 'labels' | 'keys')
  // Of a list of maps: items without a name, two of one name, and ones of this name. A rule is about the names. Of a map: this key.
  | ('named' | 'distinct' | `not ${string}`)
  // Of an amount: one below so many thousandths.
  | `from ${number}`;

export const textMark = (leaf: number): string => `zq${String(leaf).padStart(4, '0')}q`;

const digestOf = (leaf: number, letter: string): string => `sha256:${String(leaf).padStart(4, '0')}${letter.repeat(60)}`;

/** Stands for two items with a mark in each of their fields. */
export const ITEMS: object = Object.freeze({});

/** Texts, whatever they must look like; not those that hold a list as YAML. */
export const TEXTS: readonly Shape[] = ['text', 'amount', 'hours', 'digits', 'digest', 'name'];

/** A `switch` is on unless it is false: null is on, too. */
export const FLAGS: readonly Shape[] = ['flag', 'switch'];

/** What stands for a value of the shape, and what is none of it. */
export function markOf(leaf: number, shape: Shape, on: boolean): unknown {
  switch (shape) {
    case 'text':
    case 'name':
      return on ? textMark(leaf) : '';
    case 'amount':
      return on ? `${FIRST_NUMBER + leaf}Mi` : '';
    case 'hours':
      return on ? `${FIRST_NUMBER + leaf}h` : '';
    case 'digits':
      return on ? String(FIRST_NUMBER + leaf) : '';
    case 'digest':
      return on ? digestOf(leaf, 'e') : '';
    case 'yaml':
      return on ? `- name: ${textMark(leaf)}` : '';
    case 'number':
      return on ? FIRST_NUMBER + leaf : 0;
    case 'map':
      return on ? { [`${textMark(leaf)}k`]: textMark(leaf) } : {};
    case 'names':
      return on ? [{ name: textMark(leaf) }] : [];
    case 'texts':
      return on ? [textMark(leaf)] : [];
    case 'each':
      return on ? ITEMS : [];
    default:
      return on;
  }
}

/** Another value of the shape: what is the same with a mark and with this is hardly computed. */
export function otherOf(leaf: number, shape: Shape): unknown {
  switch (shape) {
    case 'text':
      return `Other.${leaf}-value`;
    case 'name':
      return `other-${leaf}`;
    case 'amount':
      return `${leaf + 3}Gi`;
    case 'hours':
      return `${leaf + 700}h`;
    case 'digits':
      return String(8000 + leaf);
    case 'digest':
      return digestOf(leaf, 'a');
    case 'yaml':
      return `- name: one-${leaf}\n- name: two-${leaf}`;
    case 'number':
      return 2 + (leaf % 89);
    case 'map':
      return { first: `one-${leaf}`, second: `two-${leaf}` };
    case 'names':
      return [{ name: `one-${leaf}` }, { name: `two-${leaf}` }];
    case 'texts':
      return [`one-${leaf}`, `two-${leaf}`];
    default:
      return true;
  }
}
