// Marks that a release takes: of each value the shape in which it is not refused. What is refused in any shape is fixed.
import { ValuesError, type Issue } from '../../../../helm/check';
import { isTrue } from '../../../../helm/print';
import type { Entry } from '../../../common/entry';
import { jsonOf } from '../../../common/narrow';
import { compared } from '../tree/compare';
import { dataOf, settled } from '../tree/data';
import { openOf } from '../refused';
import { leastFailing } from './least';
import { isAt, NAMESPACE, RELEASE_NAME, type Leaf } from '../values/leaves';
import { FLAGS, markOf, TEXTS } from '../values/marks';
import { Refusals } from './refusals';
import { READ_IN_PARTS, Tangled } from './renders';
import { leavesIn, skeleton } from '../tree/skeleton';

/** Numbers by which it is seen whether one decides which objects there are. */
const COUNTS = [1, 2, 3];

/** A number that is written with an exponent by some. */
const LARGE_NUMBER = 1_500_000;

const smallNumber = (leaf: number): number => 12 + (leaf % 80);

export class Settling extends Refusals {
  /** Lists and maps of which parts were seen alone. */
  protected readonly apart = new Set<number>();
  /** Values of which it was seen whether each of their words decides something. */
  private readonly words = new Set<number>();

  /** Whether the names of objects follow those of the release and of its namespace; what they follow in another way is fixed. */
  protected settleRelease(): void {
    const base = this.again(new Map(), false).map(({ key }) => key);
    const marks = [RELEASE_NAME, NAMESPACE].map((leaf) => [String(markOf(leaf, 'text', true)), String(this.leaves[leaf]?.base)] as const);
    const follows = (): boolean => {
      const there = this.again(new Map(), true).map(({ key }) => marks.reduce((text, [mark, own]) => text.replaceAll(mark, own), key));
      const back = new Set(there);
      return base.every((key) => back.has(key));
    };
    if (follows()) return;
    this.fixed.set(NAMESPACE, 'objects are others in another one');
    if (follows()) return;
    this.fixed.set(RELEASE_NAME, 'names of objects do not only begin with it');
    this.fixed.delete(NAMESPACE);
    if (!follows()) this.fixed.set(NAMESPACE, 'objects are others in another one');
  }

  /** Values that are not there by default are never empty: that may mean that their map is there. Switches may be, where it does not. */
  protected settleAbsent(): void {
    const base = dataOf(this.again(new Map(), false));
    const absent = this.candidates.filter(({ index, base: own, item }) => own === undefined && !item && !this.alwaysOn.has(index));
    const never = ({ index }: Leaf): void => {
      this.neverEmpty.add(index);
      this.limit(index, 'empty');
    };
    absent.filter(({ declared }) => declared?.kind !== 'flag').forEach(never);
    const isSame = (part: readonly Leaf[]): boolean => {
      try {
        return !compared(base, dataOf(this.again(new Map(part.map(({ index }) => [index, false])), false))).length;
      } catch (error) {
        if (!(error instanceof ValuesError)) throw error;
        return false;
      }
    };
    const settle = (part: readonly Leaf[]): void => {
      if (!part.length || isSame(part)) return;
      const [only, ...others] = part;
      if (only && !others.length) never(only);
      else for (const half of [part.slice(0, part.length >> 1), part.slice(part.length >> 1)]) settle(half);
    };
    settle(absent.filter(({ declared }) => declared?.kind === 'flag'));
  }

  /**
   * Numbers that decide which objects there are, or which items their lists have: each number is a case of its own.
   * @param on marks beside which it is looked for. @default none: the release as it is
   * @param leaves values that are looked at. @default all
   */
  protected settleCounts(on?: Uint8Array, leaves = this.candidates): void {
    const around = this.besideMarks(on);
    for (const { index, declared, item } of leaves) {
      if (declared?.kind !== 'number' || item || this.shapeOf(index) === 'count') continue;
      const [first, ...others] = COUNTS.map((value) => this.dataWith(index, value, around));
      const all = others.flatMap((one, at) =>
        first && one ? compared(first, one).map((found) => ({ ...found, other: COUNTS[at + 1] })) : [],
      );
      // Beside them, it may stand somewhere itself.
      const differences = all.filter(({ expected, actual, other }) => expected !== COUNTS[0] || actual !== other);
      const isObject = differences.some(({ path }) => path.length === 1);
      const areItems = differences.length > 0 && differences.every((one) => Array.isArray(one.expected) && Array.isArray(one.actual));
      if (isObject || areItems) this.shapes[index] = ['count'];
    }
  }

  /** Texts that take numbers, but not those that are written with an exponent. */
  protected settleNumbers(): void {
    for (const { index, item } of this.candidates) {
      if (item || !TEXTS.includes(this.shapeOf(index)) || this.dataWith(index, this.numberFor(index))) continue;
      if (this.dataWith(index, smallNumber(index))) this.limit(index, 'large');
    }
  }

  /** A number in place of a text. */
  protected numberFor(leaf: number): number {
    return this.limits.get(leaf)?.has('large') ? smallNumber(leaf) : LARGE_NUMBER + leaf;
  }

  /**
   * Words of which each decides something of its own; others are carried.
   * @param on marks beside which it is looked for. @default none: the release as it is
   * @param leaves values that are looked at. @default all
   */
  protected settleWords(on?: Uint8Array, leaves = this.candidates): void {
    const around = this.besideMarks(on);
    for (const { index, base, declared, item } of leaves) {
      if (item || typeof base !== 'string' || !declared?.choices || this.words.has(index)) continue;
      const choices = declared.choices.filter((choice) => choice !== base && choice !== '').map(String);
      const own = this.dataWith(index, base, around);
      const others = choices.map((choice) => this.dataWith(index, choice, around));
      // What the release refuses by itself is fixed in the end, and would have brought much with it.
      if (!on && others.includes(undefined)) this.words.add(index);
      const decides = others.some((other, at) =>
        (own && other ? compared(own, other) : []).some(
          ({ expected, actual }) => actual !== (typeof expected === 'string' && expected.replaceAll(base, choices[at] ?? '')),
        ),
      );
      if (!decides || this.words.has(index)) continue;
      this.shapes[index] = ['word'];
      this.alwaysOn.delete(index);
      this.words.add(index);
    }
  }

  private besideMarks(on: Uint8Array | undefined): ReadonlyMap<number, unknown> {
    return new Map(on ? this.candidates.map((leaf) => [leaf.index, this.mark(leaf, on[leaf.index] ?? 0)]) : []);
  }

  /** The objects when one value is another, beside others; undefined when it is refused. */
  private dataWith(
    leaf: number,
    value: unknown,
    around: ReadonlyMap<number, unknown> = new Map<number, unknown>(),
  ): Record<string, unknown> | undefined {
    try {
      return dataOf(this.again(new Map([...around, [leaf, value]]), false));
    } catch (error) {
      if (!(error instanceof ValuesError)) throw error;
      return undefined;
    }
  }

  /** Finds the shape of each value in which all together are taken; what is taken in none is fixed. */
  protected settle(state: 0 | 1, chosen: () => Uint8Array = () => this.all(state)): void {
    for (let tries = 0; tries < 60; tries++) {
      const on = chosen();
      try {
        this.marked(on);
        return;
      } catch (error) {
        if (!(error instanceof ValuesError)) {
          this.settleOthers(on, (other) => !(other instanceof ValuesError));
          continue;
        }
        const given = new Map(this.candidates.map((leaf) => [leaf.index, this.mark(leaf, on[leaf.index] ?? 0)]));
        if (error.issues.some((issue) => !this.isRefusedAlone(given, issue) && this.explained(given, issue))) continue;
        const unknown = error.issues.filter((issue) => !this.settleOne(given, issue, state));
        const [first] = unknown;
        if (first && unknown.length === error.issues.length)
          this.settleOthers(on, (other) => other instanceof ValuesError && other.issues.some(({ message }) => message === first.message));
      }
    }
    throw new Tangled('the values of this release cannot be marked');
  }

  /** @returns whether it is known which values it is about */
  private settleOne(given: ReadonlyMap<number, unknown>, issue: Issue, state: 0 | 1): boolean {
    const { path, message } = issue;
    if (!path.length) return false;
    const all = this.candidates.filter((leaf) => isAt(leaf, path));
    // What is said of a part of an item is nothing that the list is.
    const parts = all.filter(({ item }) => item);
    const own = parts.length ? parts : all;
    // A flag's mark is the word true, which many a message has.
    const named = this.candidates.filter(
      ({ index }) =>
        !FLAGS.includes(this.shapeOf(index)) && !this.isTested(index) && message.includes(String(markOf(index, this.shapeOf(index), true))),
    );
    const near = own.length ? own : named;
    for (const { index, declared, base } of near) {
      const shapes = this.shapes[index] ?? [];
      if (own.length && state === 0 && !this.alwaysOn.has(index) && declared?.kind !== 'flag' && isTrue(base)) {
        this.alwaysOn.add(index);
        this.limit(index, 'empty');
      } else if (declared?.choices && shapes[0] !== 'word') this.shapes[index] = ['word'];
      else if (own.length && (state === 1 || this.alwaysOn.has(index)) && shapes.length > 1)
        this.shapes[index] = /\bYAML\b/.test(message) ? ['yaml'] : shapes.slice(1);
      else if (this.explained(given, issue)) {
        if (this.shapes[index] === shapes) this.shapes[index] = this.leaves[index]?.shapes ?? [];
      }
      // What is said of a mark tells people nothing.
      else
        this.fixed.set(
          index,
          message.includes(String(markOf(index, shapes[0] ?? 'text', true))) ? 'it is checked' : `it is checked: ${message}`,
        );
    }
    return near.length > 0;
  }

  /** What is refused without a word on the value, by the least number of values that do it. */
  protected settleOthers(on: Uint8Array, isSame: (error: unknown) => boolean): void {
    const least = leastFailing(this.candidates, (leaves) => {
      try {
        this.again(new Map(leaves.map((leaf) => [leaf.index, this.mark(leaf, on[leaf.index] ?? 0)])), true);
        return false;
      } catch (error) {
        return isSame(error);
      }
    });
    for (const { index } of least) {
      const shapes = this.shapes[index] ?? [];
      if (on[index] === 1 && shapes.length > 1) this.shapes[index] = shapes.slice(1);
      else this.fixed.set(index, 'it is checked together with others');
    }
  }

  /** A part of an object's name is always there: without it, objects would be others. */
  private settleName(leaf: number): void {
    if (this.alwaysOn.has(leaf) || this.fixed.has(leaf)) return;
    if (isTrue(this.leaves[leaf]?.base)) {
      this.alwaysOn.add(leaf);
      this.limit(leaf, 'empty');
    } else {
      this.alwaysOn.add(leaf);
      this.naming.add(leaf);
      this.shapes[leaf] = ['name'];
    }
  }

  /** Lists and maps must arrive as they are. */
  protected settleParts(): void {
    for (let tries = 0; tries < 8; tries++) {
      const root = this.marked(this.all(1));
      const marks = this.marks();
      for (const entry of root) {
        skeleton(settled(entry), marks);
        for (const leaf of leavesIn(skeleton(entry.key, marks))) this.settleName(leaf);
      }
      const apart = [...marks.apart].filter((leaf) => !this.fixed.has(leaf));
      const isPrinted = (entries: readonly Entry[]): boolean =>
        /\[object Object\]|map\[name:zq/.test(jsonOf(entries.map(({ object }) => object)));
      if (isPrinted(root)) {
        const names = this.candidates.filter(({ index }) => this.shapeOf(index) === 'names' || this.shapeOf(index) === 'map');
        const others = this.candidates.filter((leaf) => !names.includes(leaf));
        const isPrintedWith = (part: readonly Leaf[]): boolean | undefined => {
          try {
            return isPrinted(this.again(new Map([...others, ...part].map((leaf) => [leaf.index, this.mark(leaf, true)])), true));
          } catch {
            return undefined;
          }
        };
        if (isPrintedWith([]) === false && isPrintedWith(names))
          apart.push(...leastFailing(names, (part) => isPrintedWith(part) ?? false).map(({ index }) => index));
      }
      for (const leaf of apart) this.apart.add(leaf);
      if (!this.settleApart()) return;
      // What has another shape now may be refused in it.
      this.settle(1);
    }
  }

  /** Another shape for lists and maps that were seen in parts; without one they are fixed. @returns whether there were any */
  protected settleApart(): boolean {
    const apart = [...this.apart].filter((leaf) => !this.fixed.has(leaf));
    this.apart.clear();
    for (const part of apart) {
      const leaf = this.wholeOf(part);
      const shapes = this.shapes[leaf] ?? [];
      if (shapes.length > 1) this.shapes[leaf] = shapes.slice(1);
      else this.fixed.set(leaf, READ_IN_PARTS);
    }
    return apart.length > 0;
  }

  /** Fixes what is refused in any case, since all else that it depends on is fixed. */
  protected settleLone(): void {
    for (let lone = this.lone(); lone; lone = this.lone())
      this.fixed.set(
        lone.leaf,
        lone.message === undefined ? 'it is refused beside the other values of the release' : `it is checked: ${lone.message}`,
      );
  }

  private lone(): { readonly leaf: number; readonly message?: string } | undefined {
    for (const { all, less, ...said } of openOf(this.refusals, this.fixed, this.leaves)) {
      const [only, ...others] = all;
      if (
        only &&
        !others.length &&
        !less &&
        (!only.test || 'there' in only.test) &&
        (only.on || this.leaves[only.leaf]?.declared?.kind === 'flag')
      )
        return { leaf: only.leaf, ...said };
    }
    return undefined;
  }
}
