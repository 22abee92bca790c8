// Values that are found again wherever they go: what a release is rendered with, to see which of its values are carried and where to.
import { isTable } from '../../../helm/yaml/values';
import type { Rule } from './rules';

/** In a text; names of objects, labels and paths may hold one. */
export const MARK = /zq(\d{4})q/;
/** Numbers that stand for values, alone or as an amount or hours: ports, too, take them. */
export const NUMBERS = /(?<![\d.])3[1-3]\d{3}(?:Mi|h)?(?![\d.])/;
const FIRST_NUMBER = 31_000;

export type Shape =
  'text' | 'amount' | 'hours' | 'digits' | 'name' | 'yaml' | 'number' | 'map' | 'names' | 'texts' | 'flag' | 'switch' | 'word' | 'count';

/**
 * What a live value must not be: a number or a flag in place of a text, empty, nothing; `typed` a text that YAML reads as another
 * kind, `inRelease` one that the name of the release contains, `large` a number beyond those that are told apart, a
 * rule a text that it has not.
 */
export type Limit = 'number' | 'flag' | 'empty' | 'null' | 'typed' | 'inRelease' | 'large' | Rule;

const textMark = (leaf: number): string => `zq${String(leaf).padStart(4, '0')}q`;

/** Texts, whatever they must look like; not those that hold a list as YAML. */
export const TEXTS: readonly Shape[] = ['text', 'amount', 'hours', 'digits', 'name'];

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

/** Finds the leaf behind a mark. */
export class Marks {
  /** Lists and maps of which a part stands somewhere else. */
  readonly apart = new Set<number>();
  /** Whether texts are looked for in base64, too. */
  mayBeEncoded = false;

  constructor(private readonly shapes: readonly (Shape | undefined)[]) {}

  private leaf(digits: string | undefined, ...shapes: readonly Shape[]): number | undefined {
    if (digits === undefined) return undefined;
    const leaf = Number(digits);
    const shape = this.shapes[leaf];
    return shape !== undefined && shapes.includes(shape) ? leaf : undefined;
  }

  /** Takes note of a mark that is in a text though it is none of a text. */
  see(text: string): void {
    const leaf = this.leaf(MARK.exec(text)?.[1], 'map', 'names', 'texts', 'yaml');
    if (leaf !== undefined) this.apart.add(leaf);
  }

  /** Whether the value is a text itself. */
  isText(leaf: number): boolean {
    const shape = this.shapes[leaf];
    return shape !== undefined && TEXTS.includes(shape);
  }

  leafOfText(text: string): number | undefined {
    if (text.startsWith('zq')) return this.leaf(MARK.exec(text)?.[1], 'text', 'name');
    const shape = text.endsWith('Mi') ? 'amount' : text.endsWith('h') ? 'hours' : undefined;
    const digits = String(Number.parseInt(text, 10) - FIRST_NUMBER);
    return shape ? this.leaf(digits, shape) : this.leaf(digits, 'number', 'digits');
  }

  leafOfNumber(value: number): number | undefined {
    return Number.isInteger(value) && value >= FIRST_NUMBER ? this.leaf(String(value - FIRST_NUMBER), 'number', 'digits') : undefined;
  }

  leafOfEntry(key: string, value: unknown): number | undefined {
    const leaf = key.length === 8 && key.endsWith('k') ? this.leaf(MARK.exec(key)?.[1], 'map') : undefined;
    return leaf !== undefined && value === textMark(leaf) ? leaf : undefined;
  }

  leafOfItem(item: unknown): number | undefined {
    if (typeof item === 'string') return item.length === 7 ? this.leaf(MARK.exec(item)?.[1], 'texts') : undefined;
    if (!isTable(item)) return undefined;
    const keys = Object.keys(item);
    const { name } = item;
    return keys.length === 1 && typeof name === 'string' && name.length === 7
      ? this.leaf(MARK.exec(name)?.[1], 'names', 'yaml')
      : undefined;
  }
}
