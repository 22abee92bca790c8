// What a release says of other values, and whether it is about the shape of one of them.
import { isDeepStrictEqual } from 'node:util';
import { showPath, ValuesError, type Issue } from '../../../../helm/check';
import { isTrue } from '../../../../helm/print';
import { jsonOf } from '../../../common/narrow';
import { dataOf } from '../tree/data';
import { isAt, type Leaf } from '../values/leaves';
import { ITEMS } from '../values/marks';
import { givenBy, type Change, type Given } from './changes';
import { Renders, Tangled } from './renders';

export class Answers extends Renders {
  /** Whether all may be learned anew where something had to be fixed, or has another shape. */
  protected readonly canLearnAgain: boolean = false;
  /** Whether a value has another shape than samples were taken with: what is learned of them is of no use. */
  protected hasOtherShapes = false;

  /** What the release says of other values; undefined where it takes them. @param isMarked whether its name and namespace are marks */
  protected refusalOf(given: Given, isMarked = true): ValuesError | undefined {
    try {
      this.again(given, isMarked);
      return undefined;
    } catch (error) {
      if (!(error instanceof ValuesError)) throw error;
      return error;
    }
  }

  /** The complaint about a place when values are others; none where they are taken, or something else is wrong with them. */
  protected issueAt(changes: readonly Change[], place: string): Issue | undefined {
    return this.refusalOf(givenBy(changes))?.issues.find(({ path }) => showPath(path) === place);
  }

  protected areTaken(changes: readonly Change[]): boolean {
    try {
      this.again(givenBy(changes), true);
      return true;
    } catch (error) {
      if (error instanceof Tangled) throw error;
      return false;
    }
  }

  /**
   * Whether a value has the wrong shape where some are refused together: in another one it is taken beside the same values. It has that
   * one from now on.
   * @param changes those without each of which nothing is refused
   * @param path what is complained of
   */
  protected isReshaped(changes: readonly Change[], path: Issue['path']): boolean {
    if (!this.canLearnAgain) return false;
    const given = changes.filter(({ value }) => isTrue(value) || value === ITEMS).map(({ leaf }) => leaf);
    const parts = this.candidates.filter(
      (leaf) => leaf.item && isAt(leaf, path) && given.some(({ index }) => index === this.wholeOf(leaf.index)),
    );
    return [...parts, ...given].some((leaf) => this.hasTakenShape(leaf, changes));
  }

  /** Whether another shape of a value, or of a part of the items of one, is taken: nothing is said that is not said without it. */
  private hasTakenShape(leaf: Leaf, changes: readonly Change[]): boolean {
    const { index, declared } = leaf;
    const before = this.shapes[index] ?? [];
    if (before.length < 2 || this.isTested(index) || declared?.choices) return false;
    const whole = this.wholeOf(index);
    const without = this.issuesOf(changes.filter((one) => one.leaf.index !== whole));
    for (let at = 1; at < before.length; at++) {
      this.shapes[index] = before.slice(at);
      const all = changes.map((one) => (one.leaf.index === whole ? { ...one, value: this.mark(one.leaf, true) } : one));
      const issues = this.issuesOf(all);
      if (issues?.every((issue) => without?.some((other) => isDeepStrictEqual(other, issue)))) {
        this.hasOtherShapes = true;
        return true;
      }
    }
    this.shapes[index] = before;
    return false;
  }

  /** Whether a value is taken, and makes a difference, beside others. */
  protected isTakenAndSeen({ leaf: { index }, value }: Change, around: Given): boolean {
    const [own, other] = [value, this.leaves[index]?.base].map((one) => {
      try {
        return jsonOf(dataOf(this.again(new Map([...around, [index, one]]), true)));
      } catch (error) {
        if (error instanceof Tangled) throw error;
        return undefined;
      }
    });
    return own !== undefined && other !== undefined && own !== other;
  }

  /** The list that a value is a part of, or the value. */
  protected wholeOf(leaf: number): number {
    const list = this.items.get(leaf)?.list;
    return list === undefined ? leaf : this.wholeOf(list);
  }

  /** Undefined where values of such shapes cannot be read. */
  private issuesOf(changes: readonly Change[]): readonly Issue[] | undefined {
    try {
      return this.refusalOf(givenBy(changes))?.issues ?? [];
    } catch (error) {
      if (error instanceof Tangled) throw error;
      return undefined;
    }
  }
}
