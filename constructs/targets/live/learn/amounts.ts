// Amounts that a release compares: a limit that is less than a request is refused, whatever both look like.
import { isLess } from '../refused';
import { isAt, type Leaf } from '../values/leaves';
import { markOf, TEXTS } from '../values/marks';
import { ruleOf, type Rule } from '../values/rules';
import { escaped } from './changes';
import { Nulls } from './nulls';

/** Of two units, larger and smaller ones beside each other. */
const AMOUNTS = ['1m', '700m', '1', '3', '1Ki', '2Mi', '1Gi'] as const;
/** A text that is no amount, and nearly the least one. */
const LEAST = '1m';

export class Amounts extends Nulls {
  /**
   * Finds the value that an amount is compared with, where texts are refused that have any pattern: what is refused of both is known then.
   * @param around what is given, too
   * @returns the pattern that the texts have; undefined where it is not compared with any
   */
  protected comparedRule(leaf: Leaf, around: ReadonlyMap<number, unknown>): Rule | undefined {
    const refusal = this.refusalOf(new Map([...around, [leaf.index, LEAST]]), false);
    const issue = refusal?.issues.find(({ path }) => isAt(leaf, path));
    if (!issue) return undefined;
    const named = this.candidates.filter(
      ({ index, path, item }) =>
        index !== leaf.index &&
        !item &&
        TEXTS.includes(this.shapeOf(index)) &&
        new RegExp(`(^|[^\\w])${escaped(path.at(-1) ?? '')}([^\\w]|$)`).test(issue.message),
    );
    for (const other of named) {
      const isRefused = (own: unknown, others: unknown): boolean =>
        this.refusalOf(new Map([...around, [leaf.index, own], [other.index, others]]), false) !== undefined;
      const rule = ruleOf((text) => isRefused(text, markOf(other.index, this.shapeOf(other.index), false)));
      const isCompared = (): boolean => AMOUNTS.every((one) => AMOUNTS.every((second) => isRefused(one, second) === isLess(one, second)));
      if (!rule || !isCompared()) continue;
      this.refuseLess(
        [
          { leaf, value: '1' },
          { leaf: other, value: '3' },
        ],
        issue,
      );
      return rule;
    }
    return undefined;
  }
}
