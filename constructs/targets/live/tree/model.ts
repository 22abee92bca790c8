// What a live chart is made of: objects whose parts are carried from values, and conditions under which parts are there.
import { integer, isTrue, plain, text, yamlScalar } from '../../../../helm/print';
import { toGoYaml } from '../../../../helm/yaml/go';
import { getKey, isTable, setKey } from '../../../../helm/yaml/values';
import { base64 } from '../../../../kubernetes/encode';

function fileOf(written: string): string {
  const content = written.replace(/\n+$/, '');
  return content === '' ? '' : `${content}\n`;
}

/** How a scalar of the values stands in an object. */
export const FORMS = {
  /** As it is. */
  json: (value: unknown) => value ?? null,
  /** As a text: `quote`. */
  text: (value: unknown) => (value === null || value === undefined ? null : text(value)),
  /** As a text, whole numbers without an exponent. */
  digits: (value: unknown) => (value === null || value === undefined ? null : yamlScalar(value)),
  /** As a text: an empty one for nothing. */
  blank: (value: unknown) => text(value ?? ''),
  /** As the text of a file, which has one line end behind it, or is empty. */
  file: (value: unknown) => fileOf(text(value)),
  /** As a whole number: 0 for nothing, and for what is none. */
  whole: (value: unknown) => integer(value),
  /** Without quotes: a text of digits is a number. */
  bare: (value: unknown) => plain(value) ?? null,
} as const satisfies Readonly<Record<string, (value: unknown) => unknown>>;
export type Form = keyof typeof FORMS;

/** A place that a value is carried to; `leaf` is the number of the value. */
export interface Hole {
  readonly t: 'hole';
  readonly leaf: number;
  /** @default 'json': as it is */
  readonly form?: Form;
  /** What stands there while the value is off. @default the value itself */
  readonly otherwise?: string | number | boolean;
}
/** The texts of a list with something between them. */
export interface Joined {
  readonly t: 'joined';
  readonly leaf: number;
  readonly separator: string;
}
/** A text made of pieces. */
export interface Pieces {
  readonly t: 'pieces';
  readonly parts: readonly Part[];
  /** Whether the whole text is in base64. */
  readonly encoded?: boolean;
}
/** A part of pieces that are in base64 may be in base64 once more. */
export type Part = string | Hole | Joined | Pieces;
export interface Literal {
  readonly t: 'literal';
  readonly value: string | number | boolean | bigint | null;
}
/** The entries of a map, or the items of a list, that a value stands for, among others. */
export interface Spread {
  readonly t: 'spread';
  readonly leaf: number;
}

/** True when each of the switches is as said, and of each of the other groups at least one is not. */
export interface Condition {
  readonly all: readonly Switch[];
  readonly unless?: readonly (readonly Switch[])[];
}
export interface Switch {
  readonly leaf: number;
  readonly on: boolean;
  /**
   * What is asked of the value: whether it is a word, is at least a number, is given at all, is more than an empty text, is 0, has its key
   * there, be it with null, or is a text that has another one in it.
   * @default whether it is not empty, as 0 and false are
   */
  readonly test?: Test;
}
export type Test =
  | { readonly is: string }
  | { readonly least: number }
  | { readonly given: true }
  | { readonly filled: true }
  | { readonly nought: true }
  | { readonly there: true }
  | { readonly contains: Piece };

/** Whether a value passes a test. @param lookup of what it is to contain. @default nothing is known of other values */
export function passes(value: unknown, test: Test | undefined, lookup: Lookup = () => undefined): boolean {
  if (!test) return isTrue(value);
  if ('given' in test) return value !== undefined && value !== null;
  if ('there' in test) return value !== undefined;
  if ('nought' in test) return value === 0 || value === '0';
  if ('filled' in test) return value !== undefined && value !== null && value !== '';
  if ('contains' in test) return typeof value === 'string' && value.includes(text(evaluate(test.contains, lookup)));
  return 'is' in test ? value === test.is : Number(value ?? 0) >= test.least;
}

export interface Member {
  /** Of a map's entry: its key. */
  readonly key?: Piece;
  readonly value: Node;
  readonly when?: Condition;
}
export type Piece = Literal | Hole | Pieces;
export interface Holder {
  /** `lines` and `words` are one text: its members joined with line ends, or with spaces. */
  readonly t: 'map' | 'list' | 'lines' | 'words';
  readonly members: readonly Member[];
  /** Of lines: beginnings of blocks that are there several times, and are told apart by what is in them. @default there are none */
  readonly repeated?: readonly string[];
}
/** Its member once for each item of a list, or for each entry of a map. */
export interface Each {
  readonly t: 'each';
  readonly leaf: number;
  /** What in an item has a number of its own, and where it is in there. */
  readonly fields: readonly Field[];
  readonly members: readonly Member[];
}
export interface Field {
  readonly leaf: number;
  /** Keys on the way; of an entry, the first is `key` or `value`. */
  readonly at: readonly string[];
}
export type Container = Holder | Each;
/** A list or a map as YAML, in a text of several lines. */
export interface Yaml {
  readonly t: 'yaml';
  readonly leaf: number;
  /** How far its lines are indented. */
  readonly indent: number;
}
export interface Choice {
  readonly t: 'choice';
  readonly when: Condition;
  readonly yes: Node;
  readonly no: Node;
}
export type Node = Piece | Spread | Container | Choice | Yaml;

/** The value of a leaf as templates see it. */
export type Lookup = (leaf: number) => unknown;

export function holds({ all, unless }: Condition, lookup: Lookup): boolean {
  return are(all, lookup) && !unless?.some((switches) => are(switches, lookup));
}

const are = (switches: readonly Switch[], lookup: Lookup): boolean =>
  switches.every(({ leaf, on, test }) => passes(lookup(leaf), test, lookup) === on);

/** Items of a list, or entries of a map in the order in which templates go through them; null takes an entry away. */
export function itemsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return isTable(value)
    ? Object.keys(value)
        .toSorted()
        .map((key) => ({ key, value: getKey(value, key) }))
        .filter((entry) => entry.value !== null)
    : [];
}

export const fieldOf = (item: unknown, at: readonly string[]): unknown =>
  at.reduce<unknown>((value, key) => (isTable(value) ? getKey(value, key) : undefined), item);

/** What templates see inside of an item. */
export function inItem({ fields }: Each, item: unknown, lookup: Lookup): Lookup {
  const own = new Map(fields.map(({ leaf, at }) => [leaf, at]));
  return (leaf) => {
    const at = own.get(leaf);
    return at ? fieldOf(item, at) : lookup(leaf);
  };
}

function joinedText(parts: Pieces['parts'], lookup: Lookup): string {
  let out = '';
  for (const part of parts)
    if (typeof part === 'string') out += part;
    else if (part.t === 'hole') out += text(held(part, lookup));
    else if (part.t === 'pieces') out += text(evaluate(part, lookup));
    else out += itemsOf(lookup(part.leaf)).map(text).join(part.separator);
  return out;
}

/** Visits the members that are there, each with what it sees: of a list's items, one for each. */
export function eachPresent(members: readonly Member[], lookup: Lookup, visit: (member: Member, lookup: Lookup) => void): void {
  for (const member of members) {
    const { value, when } = member;
    if (when && !holds(when, lookup)) continue;
    if (value.t !== 'each') visit(member, lookup);
    else for (const item of itemsOf(lookup(value.leaf))) eachPresent(value.members, inItem(value, item, lookup), visit);
  }
}

function held({ leaf, otherwise }: Hole, lookup: Lookup): unknown {
  const value = lookup(leaf);
  return otherwise !== undefined && !isTrue(value) ? otherwise : value;
}

/**
 * What the templates of a node print.
 * @param below what those of a node in it print. @default the same function
 */
export function evaluate(node: Node, lookup: Lookup, below: (node: Node, lookup: Lookup) => unknown = evaluate): unknown {
  switch (node.t) {
    case 'literal':
      return node.value;
    case 'hole':
      return FORMS[node.form ?? 'json'](held(node, lookup));
    case 'spread':
      return lookup(node.leaf);
    case 'yaml':
      return toGoYaml(lookup(node.leaf)).replaceAll(/^(?=.)/gm, ' '.repeat(node.indent));
    case 'each':
      throw new Error('items stand in a list, a map or a text');
    case 'lines':
    case 'words': {
      const lines: string[] = [];
      eachPresent(node.members, lookup, ({ value }, own) => lines.push(text(below(value, own))));
      return lines.join(node.t === 'lines' ? '\n' : ' ');
    }
    case 'pieces': {
      const joined = joinedText(node.parts, lookup);
      return node.encoded ? base64(joined) : joined;
    }
    case 'choice':
      return below(holds(node.when, lookup) ? node.yes : node.no, lookup);
    case 'list': {
      const out: unknown[] = [];
      eachPresent(node.members, lookup, ({ value }, own) => {
        const item = below(value, own);
        if (value.t !== 'spread') out.push(item);
        else if (Array.isArray(item)) out.push(...(item as unknown[]));
      });
      return out;
    }
    case 'map': {
      const out: Record<string, unknown> = {};
      eachPresent(node.members, lookup, ({ key, value }, own) => {
        const item = below(value, own);
        if (value.t === 'spread') {
          if (typeof item === 'object' && item !== null) for (const [name, one] of Object.entries(item)) setKey(out, name, one);
        } else if (key) setKey(out, key.t === 'literal' ? String(key.value) : String(evaluate(key, own)), item);
      });
      return out;
    }
  }
}
