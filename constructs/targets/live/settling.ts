// Marks that a release takes: of each value the shape in which it is not refused. What is refused in any shape is fixed.
import { showPath, ValuesError } from '../../../helm/check';
import { isTrue } from '../../../helm/print';
import type { Entry } from '../../common/entry';
import { compared } from './compare';
import { dataOf } from './data';
import { leastFailing } from './least';
import { NAMESPACE, RELEASE_NAME, type Leaf } from './leaves';
import { markOf } from './marks';
import { Renders, Tangled } from './renders';
import { leavesIn, skeleton } from './skeleton';

export class Settling extends Renders {
  /** Whether objects follow the name and the namespace in their names alone. */
  protected settleRelease(): void {
    const base = this.again(new Map(), false).map(({ key }) => key);
    for (const leaf of [RELEASE_NAME, NAMESPACE]) {
      const mark = String(markOf(leaf, 'text', true));
      const own = String(this.leaves[leaf]?.base);
      const there = this.again(new Map(), true).map(({ key }) => key);
      const other = String(markOf(leaf === NAMESPACE ? RELEASE_NAME : NAMESPACE, 'text', true));
      const back = new Set(there.map((key) => key.replaceAll(mark, own)));
      if (there.some((key) => key.includes(other)) && leaf === RELEASE_NAME) {
        const otherOwn = String(this.leaves[NAMESPACE]?.base);
        if (!base.every((key) => back.has(key) || [...back].some((one) => one.replaceAll(other, otherOwn) === key)))
          this.fixed.set(leaf, 'names of objects do not only begin with it');
      } else if (!base.every((key) => back.has(key))) this.fixed.set(leaf, 'objects are others in another one');
    }
  }

  /** Values that are not there by default: where an empty one means something else, such as that its map is there, they are fixed. */
  protected settleAbsent(): void {
    const base = dataOf(this.again(new Map(), false));
    const groups = new Map<string, Leaf[]>();
    for (const leaf of this.candidates.filter(({ index, base: own }) => own === undefined && !this.alwaysOn.has(index))) {
      const group = showPath(leaf.path.slice(0, -1));
      groups.set(group, [...(groups.get(group) ?? []), leaf]);
    }
    const isSame = (absent: readonly Leaf[]): boolean => {
      try {
        return !compared(base, dataOf(this.again(new Map(absent.map((leaf) => [leaf.index, this.mark(leaf, false)])), false))).length;
      } catch (error) {
        if (!(error instanceof ValuesError)) throw error;
        return false;
      }
    };
    if (isSame([...groups.values()].flat())) return;
    for (const absent of groups.values())
      if (!isSame(absent)) for (const { index } of absent) this.fixed.set(index, 'an empty value is not the same as none');
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
        const unknown = error.issues.filter(({ path, message }) => !this.settleOne(path.map(String), message, state));
        const [first] = unknown;
        if (first && unknown.length === error.issues.length)
          this.settleOthers(on, (other) => other instanceof ValuesError && other.issues.some(({ message }) => message === first.message));
      }
    }
    throw new Tangled('the values of this release cannot be marked');
  }

  protected settleOne(path: readonly string[], message: string, state: 0 | 1): boolean {
    if (!path.length) return false;
    const own = this.candidates.filter((leaf) => leaf.path.every((key, index) => path[index] === key));
    const named = this.candidates.filter(({ index }) => message.includes(String(markOf(index, this.shapeOf(index), true))));
    const siblings = this.candidates.filter(
      ({ path: other }) => path.length > 2 && other.length === path.length && other.slice(0, -1).every((key, index) => key === path[index]),
    );
    const near = own.length ? own : named.length ? named : siblings;
    for (const { index, declared, base } of near) {
      const shapes = this.shapes[index] ?? [];
      if (own.length && state === 0 && !this.alwaysOn.has(index) && declared?.kind !== 'flag' && isTrue(base)) {
        this.alwaysOn.add(index);
        this.limit(index, 'empty');
      } else if (own.length && state === 1 && shapes.length > 1) this.shapes[index] = shapes.slice(1);
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
        this.again(new Map(leaves.map((leaf) => [leaf.index, this.mark(leaf, on[leaf.index] === 1)])), true);
        return false;
      } catch (error) {
        return isSame(error);
      }
    });
    for (const { index } of least) {
      const shapes = this.shapes[index] ?? [];
      if (on[index] === 1 && shapes.length > 1) this.shapes[index] = shapes.slice(1);
      else this.fixed.set(index, 'it is read in parts');
    }
  }

  /** A part of an object's name is always there: without it, objects would be others. */
  private settleName(leaf: number): void {
    if (this.alwaysOn.has(leaf) || this.fixed.has(leaf)) return;
    if (isTrue(this.leaves[leaf]?.base)) {
      this.alwaysOn.add(leaf);
      this.limit(leaf, 'empty');
    } else this.fixed.set(leaf, 'names of objects are made with it');
  }

  /** Lists and maps must arrive as they are. */
  protected settleParts(): void {
    for (let tries = 0; tries < 8; tries++) {
      const root = this.marked(this.all(1));
      const marks = this.marks();
      for (const { key, object, lifecycle } of root) {
        skeleton(object, marks);
        for (const leaf of leavesIn(skeleton(key, marks))) this.settleName(leaf);
        // What tells one Job from another must be told by its name.
        if (lifecycle.identity !== undefined)
          for (const leaf of leavesIn(skeleton(lifecycle.identity, marks)))
            if (leaf > NAMESPACE) this.fixed.set(leaf, 'a Job runs again when it changes');
      }
      const apart = [...marks.apart].filter((leaf) => !this.fixed.has(leaf));
      const isPrinted = (entries: readonly Entry[]): boolean =>
        JSON.stringify(entries.map(({ object }) => object)).includes('[object Object]');
      if (isPrinted(root)) {
        const names = this.candidates.filter(({ index }) => this.shapeOf(index) === 'names' || this.shapeOf(index) === 'map');
        const others = this.candidates.filter((leaf) => !names.includes(leaf));
        const least = leastFailing(names, (part) => {
          try {
            return isPrinted(this.again(new Map([...others, ...part].map((leaf) => [leaf.index, this.mark(leaf, true)])), true));
          } catch {
            return false;
          }
        });
        if (least.length < names.length) apart.push(...least.map(({ index }) => index));
      }
      if (!apart.length) return;
      for (const leaf of apart) {
        const shapes = this.shapes[leaf] ?? [];
        if (shapes.length > 1) this.shapes[leaf] = shapes.slice(1);
        else this.fixed.set(leaf, 'it is read in parts');
      }
    }
  }
}
