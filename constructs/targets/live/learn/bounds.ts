// What was learned of a release, held against a render with other values; and what values must not be for it to be right.
import { ValuesError } from '../../../../helm/check';
import type { Entry } from '../../../common/entry';
import { compared, type Difference } from '../tree/compare';
import { dataOf } from '../tree/data';
import type { Given } from './changes';
import { leastFailing } from './least';
import { isAt, type Leaf } from '../values/leaves';
import { markOf, TEXTS, type Limit } from '../values/marks';
import type { Container, Node } from '../tree/model';
import { Amounts } from './amounts';
import { laterVersions, ruleOf, SUSPECT } from '../values/rules';
import { specialized } from '../tree/specialize';
import { BEYOND } from '../tree/tests';
import { filledIn } from '../tree/walk';

const BOUND_ROUNDS = 3;
/** Of a text that is filled by them, too. */
const NOUGHTS: readonly (readonly [Limit, unknown])[] = [
  ['number', 0],
  ['flag', false],
];
/** Samples around which it is looked at what values must not be. */
const AROUND = 3;

export const isSamePath = (one: readonly string[], other: readonly string[]): boolean => one.join('\0') === other.join('\0');

export class Bounds extends Amounts {
  protected withFixed(tree: Container): Container {
    const base = this.lookup(new Map());
    return specialized(tree, (leaf) => this.fixed.has(leaf) && !this.followsOthers(leaf), base);
  }

  /** What stands in for empty values, with what is fixed in it. */
  protected openFallbacks(): ReadonlyMap<number, Node> {
    const open = (node: Node): Node => this.withFixed({ t: 'list', members: [{ value: node }] }).members[0]?.value ?? node;
    return new Map([...this.fallbacks].map(([leaf, node]) => [leaf, open(node)]));
  }

  /** Undefined for values that are refused, though it is not known why. */
  protected differences(tree: Container, given: ReadonlyMap<number, unknown>): readonly Difference[] | undefined {
    let entries: readonly Entry[];
    try {
      entries = this.again(given, false);
    } catch (error) {
      if (!(error instanceof ValuesError)) throw error;
      // Templates refuse it, too.
      return this.isKnownRefusal(given) ? [] : undefined;
    }
    return compared(this.printed(tree, given), dataOf(entries));
  }

  protected culprits(tree: Container, given: ReadonlyMap<number, unknown>, { path }: Difference): readonly number[] {
    const differs = (part: ReadonlyMap<number, unknown>): boolean =>
      this.differences(tree, part)?.some((one) => isSamePath(one.path, path)) ?? false;
    // Values that are taken together only stand beside each other in the schema, and are left out together.
    const all = [...given].toSorted(([one], [other]) => one - other);
    const known = this.mayDiffer(tree, path, given);
    // What only all parts together make is seen in none of them.
    const found = known?.(given) ? leastFailing(all, (part) => known(new Map(part))) : all;
    const least = found !== all && differs(new Map(found)) ? found : leastFailing(all, (part) => differs(new Map(part)));
    return least.map(([leaf]) => leaf);
  }

  /**
   * Tells in less time where it is not another place than the tree says.
   * @param values with which it is another one
   * @default undefined: there is no such way
   */
  protected mayDiffer(_tree: Container, _path: readonly string[], _values: Given): ((given: Given) => boolean) | undefined {
    return undefined;
  }

  /** What each value must not be: nothing, or empty, where that is refused or comes out in another way. */
  protected bounded(learned: Container): Container {
    let tree = learned;
    this.refuseThere();
    for (const limit of ['null', 'empty'] as const) {
      // By itself first: many together hide what one of them does.
      this.boundAlone(tree, this.candidates, limit);
      for (let round = 0; round < BOUND_ROUNDS; round++) {
        const open = this.candidates.filter(
          ({ index, declared }) =>
            !this.limits.get(index)?.has(limit) && !(limit === 'empty' && (declared?.kind === 'flag' || !this.mayBeEmpty(index))),
        );
        // Each value is in every second round.
        const chosen = open.filter((_, place) => ((place >> round) & 1) === round % 2);
        const given = new Map(chosen.map((leaf) => [leaf.index, limit === 'null' ? null : this.mark(leaf, false)]));
        this.clear(given);
        for (let tries = 0; tries < 40 && given.size; tries++) {
          const found = this.boundedBy(tree, given);
          if (!found.length) break;
          for (const leaf of found) {
            this.limit(leaf, limit);
            given.delete(leaf);
          }
        }
      }
    }
    this.boundAround(tree);
    this.openAgain(tree);
    this.ruled(tree);
    this.noughtsBounded(tree);
    this.boundCounts(tree);
    for (const { index } of this.candidates)
      if (this.shapeOf(index) === 'yaml') for (const limit of ['number', 'flag'] as const) this.limit(index, limit);
    tree = this.withFixed(tree);
    return tree;
  }

  /** Numbers beyond those that are told apart, which come to something else than these. */
  protected boundCounts(tree: Container): void {
    const isOther = (leaf: number): boolean => BEYOND.some((value) => this.differences(tree, new Map([[leaf, value]]))?.length !== 0);
    for (const { index } of this.candidates) if (this.shapeOf(index) === 'count' && isOther(index)) this.limit(index, 'large');
  }

  /** The same of each value by itself. */
  protected boundAlone(tree: Container, leaves: readonly Leaf[], limit: 'null' | 'empty'): void {
    for (const leaf of leaves) {
      if (
        this.limits.get(leaf.index)?.has(limit) ||
        (limit === 'empty' && (leaf.declared?.kind === 'flag' || !this.mayBeEmpty(leaf.index)))
      )
        continue;
      const given = new Map([[leaf.index, limit === 'null' ? null : this.mark(leaf, false)]]);
      if (this.boundedBy(tree, given).length) this.limit(leaf.index, limit);
    }
  }

  /** Texts of which each takes 0, given 0 together: what is refused of several is known then, or one of them takes none. */
  private noughtsBounded(tree: Container): void {
    const filled = filledIn(tree);
    const open = this.candidates.filter(({ index }) => filled.has(index) && !this.limits.get(index)?.has('nought'));
    const given = new Map(open.map(({ index }) => [index, 0]));
    for (let tries = open.length; tries > 0 && this.refusalOf(given, false); tries--) {
      if (this.explainedRefusal(given)) this.clear(given);
      else
        for (const leaf of this.boundedBy(tree, given)) {
          this.limit(leaf, 'nought');
          given.delete(leaf);
        }
    }
  }

  /** What a text must look like, where the release refuses others, or would beside more of it. */
  private ruled(tree: Container): void {
    const isRefused = (given: ReadonlyMap<number, unknown>): boolean => this.refusalOf(given, false) !== undefined;
    const on = this.all(1);
    const most = new Map(this.candidates.map((leaf) => [leaf.index, this.mark(leaf, on[leaf.index] ?? 0)]));
    const surroundings = [new Map<number, unknown>(), most].filter((one) => !isRefused(one));
    for (const leaf of this.candidates) {
      const { index, declared } = leaf;
      const shape = this.shapeOf(index);
      if (!TEXTS.includes(shape) || shape === 'name' || declared?.choices) continue;
      const own = surroundings.filter((around) => !isRefused(new Map([...around, [index, markOf(index, shape, true)]])));
      const isRefusedSomewhere = (text: string): boolean => own.some((around) => isRefused(new Map([...around, [index, text]])));
      const around = own.find((one) => SUSPECT.some((text) => isRefused(new Map([...one, [index, text]]))));
      const rule = ruleOf(isRefusedSomewhere) ?? (around && this.comparedRule(leaf, around));
      if (!rule) continue;
      // An older version may be taken, and do without what newer ones have.
      const versions = laterVersions(declared?.default);
      const isRight = (text: string): boolean => own.every((around) => !this.differs(tree, around, index, text));
      this.limit(index, versions?.every(isRight) ? 'later' : rule);
    }
  }

  /** Whether a value is refused, or brings something else than the tree says. */
  protected differs(tree: Container, around: ReadonlyMap<number, unknown>, leaf: number, value: unknown): boolean {
    const known = new Set(this.differences(tree, around)?.map(({ path }) => path.join('\0')));
    const found = this.differences(tree, new Map([...around, [leaf, value]]));
    return !found || found.some(({ path }) => !known.has(path.join('\0')));
  }

  /** The same beside other values that most of the release is there with: what is switched off shows nothing. */
  private boundAround(tree: Container): void {
    const filled = filledIn(tree);
    for (const around of this.rightAround(tree))
      for (const leaf of this.candidates)
        for (const [limit, value] of [...this.boundsOf(leaf), ...(filled.has(leaf.index) ? NOUGHTS : [])])
          if (!this.limits.get(leaf.index)?.has(limit) && this.differences(tree, new Map([...around, [leaf.index, value]]))?.length !== 0)
            this.limit(leaf.index, limit);
  }

  /** What is not there by default may be empty, too, where that is the same as nothing. */
  private openAgain(tree: Container): void {
    const around = [new Map<number, unknown>(), ...this.rightAround(tree)];
    for (const { index } of this.candidates.filter((leaf) => this.neverEmpty.has(leaf.index))) {
      const empty = markOf(index, this.shapeOf(index), false);
      if (around.every((given) => this.differences(tree, new Map([...given, [index, empty]]))?.length === 0))
        this.limits.get(index)?.delete('empty');
    }
  }

  /** Other values that most of the release is there with, and with which the tree is right. */
  protected rightAround(tree: Container): readonly ReadonlyMap<number, unknown>[] {
    return [this.all(1), this.empty(), ...Array.from({ length: AROUND }, () => this.shuffled(0))]
      .map((on) => new Map(this.candidates.map((leaf) => [leaf.index, this.mark(leaf, on[leaf.index] ?? 0)])))
      .filter((around) => this.differences(tree, around)?.length === 0);
  }

  private boundsOf({ index }: Leaf): readonly (readonly [Limit, unknown])[] {
    const isText = TEXTS.includes(this.shapeOf(index));
    // Of a switch, null is what true is: it may be refused beside others, as true may.
    const isSwitch = this.shapeOf(index) === 'switch';
    return [
      ...(isSwitch ? [] : ([['null', null]] as const)),
      ...(isText
        ? ([
            ['number', this.numberFor(index)],
            ['flag', true],
          ] as const)
        : []),
    ];
  }

  /** Values that are refused, or come out in another way. */
  protected boundedBy(tree: Container, given: ReadonlyMap<number, unknown>): readonly number[] {
    try {
      const [first] = compared(this.printed(tree, given), dataOf(this.again(given, false)));
      return first ? this.culprits(tree, given, first) : [];
    } catch (error) {
      if (!(error instanceof ValuesError)) throw error;
      if (this.isKnownRefusal(given)) return [];
      const named = [...given.keys()].filter((leaf) => error.issues.some(({ path }) => isAt(this.leaves[leaf] as Leaf, path)));
      if (named.length) return named;
      const isRefused = (part: readonly number[]): boolean => {
        try {
          this.again(new Map(part.map((leaf) => [leaf, given.get(leaf)])), false);
          return false;
        } catch {
          return true;
        }
      };
      return leastFailing([...given.keys()], isRefused);
    }
  }
}
