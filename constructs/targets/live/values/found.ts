// Finds values by their marks, in what a release prints.
import { isTable } from '../../../../helm/yaml/values';
import { fromBase64 } from '../../../../kubernetes/encode';
import { FIRST_NUMBER, MARK, NUMBERS, textMark, TEXTS, type Shape } from './marks';
import type { Field, Joined } from '../tree/model';
import { isTwin, STRAY, twinOf } from './twins';

const ANY_MARK = new RegExp(`${MARK.source}|${NUMBERS.source}`, 'g');

/** What is known of values that are parts of the items of a list. */
export interface ItemLeaf {
  /** The list, or the map. */
  readonly list: number;
  /** Keys on the way in an item; of an entry, the first is `key` or `value`. */
  readonly at: readonly string[];
}

/** Finds the leaf behind a mark. */
export class Marks {
  /** Lists and maps of which a part stands somewhere else. */
  readonly apart = new Set<number>();
  /** Whether texts are looked for in base64, too. */
  mayBeEncoded = false;
  /** Lists in whose items we are. */
  private readonly entered: number[] = [];
  /** Data without a mark of an item. */
  private readonly plain = new WeakSet<object>();

  /**
   * @param shapes undefined of a value that is not marked
   * @param items values that are parts of the items of a list, by their numbers
   */
  constructor(
    readonly shapes: readonly (Shape | undefined)[],
    private readonly items: ReadonlyMap<number, ItemLeaf> = new Map(),
    /** Beginnings of blocks of lines that are told apart by what is in them. */
    readonly repeated: readonly string[] = [],
  ) {}

  private leaf(digits: string | undefined, ...shapes: readonly Shape[]): number | undefined {
    if (digits === undefined) return undefined;
    const leaf = Number(digits);
    const shape = this.shapes[leaf];
    if (shape === undefined || !shapes.includes(shape)) return undefined;
    const list = this.items.get(leaf)?.list;
    if (list === undefined || this.entered.includes(list)) return leaf;
    this.seeApart(leaf);
    return undefined;
  }

  /** Takes note of a mark that is in a text though it is none of a text. */
  see(text: string): void {
    const leaf = this.leaf(MARK.exec(text)?.[1], 'map', 'names', 'texts', 'yaml');
    if (leaf !== undefined) this.seeApart(leaf);
  }

  /** Takes note of a list by a part of it. */
  private seeApart(leaf: number): void {
    let list = leaf;
    for (let above = this.items.get(list); above; above = this.items.get(list)) list = above.list;
    this.apart.add(list);
  }

  /** Takes note of marks of second items that are alone. */
  seeStray(text: string): void {
    for (const [, digits] of text.matchAll(new RegExp(STRAY.source, 'g')))
      if (this.shapes[Number(digits)] !== undefined) this.seeApart(Number(digits));
  }

  /** How many lists we are in. */
  get depth(): number {
    return this.entered.length;
  }

  /** What a function sees in the items of a list. */
  inside<T>(list: number, see: () => T): T {
    this.entered.push(list);
    try {
      return see();
    } finally {
      this.entered.pop();
    }
  }

  fieldsOf(list: number): Field[] {
    return [...this.items]
      .filter(([leaf, item]) => item.list === list && this.shapes[leaf] !== undefined)
      .map(([leaf, { at }]) => ({ leaf, at }));
  }

  /** The list whose items have a mark that is somewhere in data, of those that we are not in. */
  listIn(data: unknown): number | undefined {
    if (typeof data === 'string' || typeof data === 'number') return this.items.size ? this.listOf(String(data)) : undefined;
    if (!this.items.size || typeof data !== 'object' || data === null || this.plain.has(data)) return undefined;
    const found = Array.isArray(data)
      ? firstOf(data, (item) => this.listIn(item))
      : firstOf(Object.entries(data), ([key, value]) => this.listIn(key) ?? this.listIn(value));
    // In the items of a list, its own marks are not looked for.
    if (found === undefined && !this.entered.length) this.plain.add(data);
    return found;
  }

  private listOf(text: string): number | undefined {
    const all = this.mayBeEncoded && !MARK.test(text) ? (fromBase64(text) ?? text) : text;
    for (const match of all.matchAll(ANY_MARK)) {
      let leaf = match[1] === undefined ? Number.parseInt(match[0], 10) - FIRST_NUMBER : Number(match[1]);
      if (this.shapes[leaf] === undefined) continue;
      let found: number | undefined;
      for (let item = this.items.get(leaf); item && !this.entered.includes(item.list); item = this.items.get(leaf))
        found = leaf = item.list;
      if (found !== undefined) return found;
    }
    return undefined;
  }

  private ownOf(list: number): (leaf: number) => boolean {
    return (leaf) => isPartOf(this.items, leaf, list);
  }

  twinOf(data: unknown, list: number): unknown {
    return twinOf(data, this.depth, this.ownOf(list));
  }

  isTwin(first: unknown, second: unknown, list: number): boolean {
    return isTwin(first, second, this.depth, this.ownOf(list));
  }

  /** The texts of a list, joined. */
  joinedAt(text: string, mark: string, from: number): { readonly part: Joined; readonly end: number } | undefined {
    const leaf = Number(MARK.exec(mark)?.[1] ?? -1);
    const item = this.items.get(leaf);
    if (!item || item.at.length || this.shapes[leaf] === undefined || this.entered.includes(item.list)) return undefined;
    const second = String(this.twinOf(mark, item.list));
    const start = from + mark.length;
    const next = text.indexOf(second, start);
    const separator = text.slice(start, next);
    if (next < 0 || MARK.test(separator) || STRAY.test(separator)) return undefined;
    return { part: { t: 'joined', leaf: item.list, separator }, end: next + second.length };
  }

  /** Whether the value is a text itself. */
  isText(leaf: number): boolean {
    const shape = this.shapes[leaf];
    return shape !== undefined && TEXTS.includes(shape);
  }

  leafOfText(text: string): number | undefined {
    if (text.startsWith('zq')) return this.leaf(MARK.exec(text)?.[1], 'text', 'name');
    if (text.startsWith('sha256:')) return this.leaf(text.slice('sha256:'.length).slice(0, 4), 'digest');
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

  /** @param text as `YAML_LINE` finds it */
  leafOfYaml(text: string): number | undefined {
    const shape = text.startsWith('-') ? 'names' : 'map';
    const [digits, ...others] = [...text.matchAll(new RegExp(MARK.source, 'g'))].map(([, found]) => found);
    return others.every((one) => one === digits) ? this.leaf(digits, shape) : undefined;
  }
}

/** Whether a value is a part of the items of a list, or of lists in those. */
export function isPartOf(items: ReadonlyMap<number, ItemLeaf>, leaf: number, list: number): boolean {
  for (let item = items.get(leaf); item; item = items.get(item.list)) if (item.list === list) return true;
  return false;
}

function firstOf<T, R>(all: readonly T[], find: (one: T) => R | undefined): R | undefined {
  for (const one of all) {
    const found = find(one);
    if (found !== undefined) return found;
  }
  return undefined;
}
