// What was learned with one list of maps, for another list: objects and parts of objects that stand for a row, once for each of its rows.
import { isDeepStrictEqual } from 'node:util';
import { text } from '../../../../helm/print';
import { isTable } from '../../../../helm/yaml/values';
import type { Member, Piece } from '../tree/model';
import { isContainer } from '../tree/skeleton';
import type { Limit } from '../values/marks';
import type { Kept } from './learned-file';

/** A map of a list. */
type Row = Readonly<Record<string, unknown>>;

/**
 * What is known, with the lists of a release.
 * @param baseOf what a value is in the release
 * @returns what is known then, and the numbers of the lists that are others than those that it was learned with
 */
export function inLists(known: Kept, baseOf: (leaf: number) => unknown): { readonly known: Kept; readonly lists: readonly number[] } {
  let own = known;
  const lists: number[] = [];
  for (const [leaf, base] of known.bases) {
    const from = rowsOf(base);
    const to = rowsOf(baseOf(leaf));
    const keys = from && to && !isDeepStrictEqual(from, to) ? keysOf(from) : undefined;
    if (!from || !to || !keys) continue;
    const rows = new Rows(keys, from, to);
    const made = rows.made(own.tree.members.map((member, at) => ({ member, beside: own.objects[at] })));
    if (!made) continue;
    lists.push(leaf);
    own = {
      ...own,
      tree: { ...own.tree, members: made.map(({ member }) => member) },
      objects: made.flatMap(({ beside }) => beside ?? []),
      limits: own.limits.map(([index, limits]) => [index, limits.map((limit) => withFewer(limit, rows.longer.get(index) ?? 0))]),
      // Others than plain texts may come to something else, which is found out like that of any other value.
      bases: arePlain(keys, to) ? own.bases.map((one) => (one[0] === leaf ? [leaf, to] : one)) : own.bases,
    };
  }
  return { known: own, lists };
}

/** What is called after a value and a row has fewer letters left for the value when the row has more. */
function withFewer(limit: Limit, longer: number): Limit {
  const [, letters] = /^letters (\d+)$/.exec(limit) ?? [];
  return letters === undefined ? limit : `letters ${Math.max(1, Number(letters) - longer)}`;
}

const rowsOf = (value: unknown): readonly Row[] | undefined =>
  Array.isArray(value) && value.every(isTable) ? (value as readonly Row[]) : undefined;

/**
 * What a list that is learned with must be: two rows or more with the same keys, whose texts say which row and which key they are of.
 * @returns the keys; undefined where it is none
 */
function keysOf(rows: readonly Row[]): readonly string[] | undefined {
  const keys = Object.keys(rows[0] ?? {});
  const texts = rows.flatMap((row) => keys.map((key) => row[key]));
  const areApart = texts.every(
    (one, at) => typeof one === 'string' && one !== '' && texts.every((other, place) => place === at || !String(other).includes(one)),
  );
  return rows.length > 1 && rows.every((row) => Object.keys(row).length === keys.length) && areApart ? keys : undefined;
}

/** Whether each row has texts for all keys. */
const arePlain = (keys: readonly string[], rows: readonly Row[]): boolean =>
  rows.every((row) => keys.every((key) => typeof row[key] === 'string' && row[key] !== ''));

/** A member, with what is known beside it. */
interface Beside<T> {
  readonly member: Member;
  readonly beside: T;
}

class Rows {
  private readonly texts: readonly (readonly string[])[];
  /** Texts of the first row. */
  private readonly pattern: RegExp;
  /** By how many letters the names of objects are longer than with the rows that are known, by the values that are part of them. */
  readonly longer = new Map<number, number>();

  constructor(
    private readonly keys: readonly string[],
    private readonly from: readonly Row[],
    private readonly to: readonly Row[],
  ) {
    this.texts = from.map((row) => keys.map((key) => String(row[key])));
    this.pattern = new RegExp(this.texts[0]?.map((one) => one.replaceAll(/[^\w ]/g, String.raw`\$&`)).join('|') ?? '', 'g');
  }

  /** The same with the members that are of rows once for each of the other rows, where those of the first row were. */
  made<T>(members: readonly Beside<T>[]): readonly Beside<T>[] | undefined {
    const out: Beside<T>[] = [];
    for (let at = 0; at < members.length;) {
      const own = members[at] as Beside<T>;
      const rows = this.rowsIn(own.member);
      if (rows.length === 1) {
        const end = members.findIndex(({ member }, place) => place > at && this.rowsIn(member).length !== 1);
        const run = members.slice(at, end < 0 ? members.length : end);
        const made = this.repeated(run);
        if (!made) return undefined;
        out.push(...made);
        at += run.length;
      } else {
        const member = rows.length ? this.within(own.member) : own.member;
        if (!member) return undefined;
        out.push({ ...own, member });
        at++;
      }
    }
    return out;
  }

  /** A member that has several rows in it. */
  private within(member: Member): Member | undefined {
    const { value, ...others } = member;
    if (!isContainer(value) || this.rowsIn(others).length) return undefined;
    const made = this.made(value.members.map((one) => ({ member: one, beside: undefined })));
    return made && { ...member, value: { ...value, members: made.map((one) => one.member) } };
  }

  /** The rows whose texts are in something. */
  private rowsIn(value: unknown): number[] {
    const json = JSON.stringify(value);
    return this.texts.flatMap((texts, row) => (texts.some((one) => json.includes(JSON.stringify(one).slice(1, -1))) ? [row] : []));
  }

  /** Members each of which is of one row, of all other rows in turn. */
  private repeated<T>(run: readonly Beside<T>[]): readonly Beside<T>[] | undefined {
    const [first = [], ...others] = this.from.map((_, row) => run.filter(({ member }) => this.rowsIn(member)[0] === row).map(inOrder));
    if (others.some((all) => all.length !== first.length)) return undefined;
    const made: (readonly Beside<T>[])[] = [];
    for (const own of first) {
      const all = [own, ...others.flatMap((members, at) => members.find((other) => this.areSame(own, other, at + 1)) ?? [])];
      const numbers = all.length === this.from.length ? countingIn(all.map(leastIn)) : undefined;
      if (!numbers) return undefined;
      const ofRows = this.to.map((row, index) => this.inRow(own, row, (at) => numbers[at]?.(index) ?? 0));
      for (const { member } of ofRows) this.measure(own.member.key, member.key);
      made.push(ofRows);
    }
    return this.to.flatMap((_, index) => made.flatMap((all) => all[index] ?? []));
  }

  /** Takes note of how much longer the name of an object is than the one that is known. */
  private measure(known: Piece | undefined, key: Piece | undefined): void {
    if (known?.t !== 'pieces' || key?.t !== 'pieces') return;
    const [before, now] = [known, key].map(({ parts }) =>
      parts.reduce((sum, part) => sum + (typeof part === 'string' ? part.length : 0), 0),
    );
    const longer = (now ?? 0) - (before ?? 0);
    for (const part of key.parts)
      if (typeof part === 'object' && part.t === 'hole') this.longer.set(part.leaf, Math.max(longer, this.longer.get(part.leaf) ?? 0));
  }

  /** Whether a member of the first row, with the texts of another row, is what that row has; but for numbers. */
  private areSame(own: unknown, other: unknown, row: number): boolean {
    const numbers = leastIn(other);
    return isDeepStrictEqual(
      this.inRow(own, this.from[row] ?? {}, (at) => numbers[at] ?? 0),
      other,
    );
  }

  /** What is of the first row, with the texts of another one. @param leastAt the numbers of another one, by their place */
  private inRow<T>(value: T, row: Row, leastAt: (at: number) => number): T {
    const textFor = (one: string): string => text(row[this.keys[this.texts[0]?.indexOf(one) ?? -1] ?? ''] ?? '');
    return mapped(value, (one) => one.replaceAll(this.pattern, textFor), leastAt);
  }
}

/**
 * What numbers are in a row with another place: the same as in all rows, or one more with each row.
 * @param rows the numbers of each row
 */
function countingIn(rows: readonly (readonly number[])[]): readonly ((row: number) => number)[] | undefined {
  const made = rows[0]?.map((first, at) => {
    if (rows.every((numbers) => numbers[at] === first)) return () => first;
    return rows.every((numbers, row) => numbers[at] === first + row) ? (row: number) => first + row : undefined;
  });
  return made?.includes(undefined) ? undefined : (made as ((row: number) => number)[] | undefined);
}

/** A copy with other texts, and with other numbers that values are asked to be at least. @param leastOf the n-th of these */
function mapped<T>(value: T, textOf: (text: string) => string, leastOf: (at: number, number: number) => number): T {
  let count = 0;
  const copy = (one: unknown, key?: string): unknown => {
    if (typeof one === 'string') return textOf(one);
    if (key === 'least') return leastOf(count++, Number(one));
    if (Array.isArray(one)) return one.map((item) => copy(item));
    if (typeof one !== 'object' || one === null) return one;
    return Object.fromEntries(Object.entries(one).map(([name, item]) => [name, copy(item, name)]));
  };
  return copy(value) as T;
}

/** Numbers that values are asked to be at least, in their order. */
function leastIn(value: unknown): number[] {
  const found: number[] = [];
  mapped(
    value,
    (one) => one,
    (_, number) => found.push(number),
  );
  return found;
}

/** With the operands of conditions in an order that numbers have no part in: their order says nothing. */
function inOrder<T>(value: T): T {
  const ordered = (one: unknown, key?: string): unknown => {
    if (Array.isArray(one)) {
      const all = one.map((item) => ordered(item, key === 'unless' ? 'all' : undefined));
      if (key !== 'all' && key !== 'unless') return all;
      const places = new Map(all.map((item) => [item, withoutNumbers(item)]));
      return all.toSorted((first, second) => ((places.get(first) ?? '') < (places.get(second) ?? '') ? -1 : 1));
    }
    if (typeof one !== 'object' || one === null) return one;
    return Object.fromEntries(Object.entries(one).map(([name, item]) => [name, ordered(item, name)]));
  };
  return ordered(value) as T;
}

const withoutNumbers = (value: unknown): string =>
  JSON.stringify(
    mapped(
      value,
      (one) => one,
      () => 0,
    ),
  );
