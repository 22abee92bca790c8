// What values must not be, looked at once more when all else is known: nothing, an empty text, or 0 may be right asked in another way.
import { isTable } from '../../../../helm/yaml/values';
import { compared, type Difference } from '../tree/compare';
import { dataOf } from '../tree/data';
import { askedIn, changedAt, countOfSwitches, type Way } from '../tree/asking';
import { evaluate, holds, itemsOf, type Condition, type Container, type Lookup, type Member, type Node, type Switch } from '../tree/model';
import { switchesOver } from '../tree/over';
import { leavesIn, skeleton } from '../tree/skeleton';
import { NAMESPACE, RELEASE_NAME, type Leaf } from '../values/leaves';
import { FLAGS, markOf, TEXTS } from '../values/marks';
import type { Given } from './changes';
import { leastFailing } from './least';
import { Proof } from './proof';

/** Samples beside what most of the release is there with. */
const SHUFFLED = 6;
/** Places of one value that are changed. */
const MOST_PLACES = 12;

/** A value that is refused by the rules, and what there is to do where it need not be. */
interface Closed {
  readonly value: unknown;
  readonly open: () => void;
}

/** What one value is beside others. */
interface Beside {
  readonly around: Given;
  readonly value: unknown;
}

export class Reopening extends Proof {
  /** The tree in which values may be nothing, empty or 0 where the release takes them; what the others are refused beside is known then. */
  protected reopened(learned: Container): Container {
    let tree = learned;
    const surroundings = this.surroundings(tree);
    const over = switchesOver(tree, this.lookup(new Map()));
    for (const leaf of this.candidates.filter(({ item }) => !item)) {
      const seen = (over.get(leaf.index) ?? []).map((switches) => this.switchedAs(switches.filter((one) => one.leaf !== leaf.index)));
      const own = [...surroundings, ...seen].filter((around) => this.isRight(tree, around));
      for (const closed of this.closedOf(leaf)) {
        const other = this.explainedBeside(leaf, closed, own) ? this.rightWith(tree, leaf, closed.value, own) : undefined;
        if (!other) continue;
        closed.open();
        tree = other;
      }
    }
    return tree;
  }

  /** Values of one group that may each be nothing, but not all of them: a release may ask whether the group is empty. */
  protected boundTogether(tree: Container): void {
    const groups = new Map<string, Leaf[]>();
    for (const leaf of this.candidates) {
      if (leaf.item || leaf.path.length < 2) continue;
      const group = leaf.path.slice(0, -1).join('\0');
      groups.set(group, [...(groups.get(group) ?? []), leaf]);
    }
    const surroundings = this.surroundings(tree);
    for (const leaves of groups.values())
      for (const around of surroundings) {
        const open = leaves.filter(({ index }) => !this.limits.get(index)?.has('null'));
        const isWrong = (part: readonly Leaf[]): boolean =>
          this.differences(tree, new Map([...around, ...part.map(({ index }) => [index, null] as const)]))?.length !== 0;
        if (open.length < 2 || !isWrong(open)) continue;
        const [first] = leastFailing(open, isWrong);
        if (first) this.limit(first.index, 'null');
      }
  }

  /** The release as it is, with its parts on, with marks of most of it, and with those of some of it. */
  private surroundings(tree: Container): readonly Given[] {
    const marked = (on: Uint8Array): Given =>
      new Map(this.candidates.map((leaf) => [leaf.index, this.mark(leaf, on[leaf.index] ?? 0)] as const));
    const parts = this.candidates.filter(({ path, declared }) => declared?.kind === 'flag' && path.at(-1) === 'enabled');
    const withParts = new Map<number, unknown>(parts.map(({ index }) => [index, true] as const));
    this.clear(withParts);
    const states = [this.all(1), this.empty(), ...Array.from({ length: SHUFFLED }, (_, count) => this.repaired(this.shuffled(count)))];
    return [new Map<number, unknown>(), withParts, ...states.map(marked)].filter((around) => this.isRight(tree, around));
  }

  private isRight(tree: Container, given: Given): boolean {
    return this.refusalOf(given, false) === undefined && this.differences(tree, given)?.length === 0;
  }

  private closedOf({ index, base, declared }: Leaf): Closed[] {
    const limits = this.limits.get(index);
    const shape = this.shapeOf(index);
    const isText = TEXTS.includes(shape) && shape !== 'name';
    const closed: Closed[] = [];
    if (limits?.has('empty') && !FLAGS.includes(shape))
      closed.push({ value: markOf(index, shape, false), open: () => limits.delete('empty') });
    if (limits?.has('null')) closed.push({ value: null, open: () => limits.delete('null') });
    if (isText && typeof base === 'number' && !limits?.has('nought')) closed.push({ value: 0, open: () => undefined });
    if (shape === 'word' && declared?.choices && !declared.choices.includes(''))
      closed.push({ value: '', open: () => this.setChoices(index, [...(declared.choices ?? []).map(String), '']) });
    return closed;
  }

  /** Whether a value is taken in the release as it is, and it is known beside what it is refused. */
  private explainedBeside({ index }: Leaf, { value }: Closed, own: readonly Given[]): boolean {
    if (this.refusalOf(new Map([[index, value]]), false)) return false;
    const all = own.map((around) => new Map([...around, [index, value]]));
    const before = this.refusals.length;
    for (const given of all) {
      if (this.isKnownRefusal(given) || !this.refusalOf(given, false)) continue;
      const isFound = this.withNothing(() => this.explainedRefusal(given));
      if (isFound && this.isKnownRefusal(given) && !own.some((around) => this.isKnownRefusal(around))) continue;
      this.refusals.length = before;
      return false;
    }
    return true;
  }

  /** The tree that is right with a value, too; undefined where none was found. */
  private rightWith(tree: Container, leaf: Leaf, value: unknown, own: readonly Given[]): Container | undefined {
    const { index } = leaf;
    const values = [value, this.mark(leaf, true), this.mark(leaf, false), leaf.base, null, markOf(index, this.shapeOf(index), false)];
    const seen = own.flatMap((around) => [{ around, value }]);
    const others = own.flatMap((around) => values.map((one) => ({ around, value: one })));
    const before = others.filter((one) => this.wrongAt(tree, index, one) === 0);
    const isAsBefore = (one: Container): boolean => before.every((beside) => this.wrongAt(one, index, beside) === 0);
    let found = tree;
    let least = this.wrongBeside(found, index, seen);
    /** Takes another tree that is right in more places, and in all that were right. @param most how much may be wrong in it */
    const attempt = (other: Container | undefined, most = least - 1): boolean => {
      const wrong = other && other !== found && least ? this.wrongBeside(other, index, seen) : least;
      if (!other || wrong > most || !isAsBefore(other)) return false;
      [found, least] = [other, wrong];
      return true;
    };
    for (const way of waysOf(leaf)) {
      const places = Array.from({ length: least ? countOfSwitches(found, index) : 0 }, (_, place) => place);
      // From the last one: those before it stay where they are.
      if (!attempt(askedIn(found, index, way, new Set(places)), 0))
        for (const place of places.toReversed()) attempt(askedIn(found, index, way, new Set([place])));
    }
    const test = value === null ? ({ given: true } as const) : value === '' ? ({ filled: true } as const) : undefined;
    if (test)
      for (const { around } of seen)
        for (
          let count = 0;
          least && count < MOST_PLACES && attempt(this.changedIn(found, { leaf: index, on: true, test }, value, around));
          count++
        );
    return least ? undefined : found;
  }

  private wrongBeside(tree: Container, leaf: number, seen: readonly Beside[]): number {
    return seen.reduce((sum, one) => sum + this.wrongAt(tree, leaf, one), 0);
  }

  /** How much is other than the tree says; nothing where the release refuses it. */
  private wrongAt(tree: Container, leaf: number, { around, value }: Beside): number {
    const found = this.differences(tree, new Map([...around, [leaf, value]])) ?? [];
    return found.reduce((sum, difference) => sum + sizeOf(difference), 0);
  }

  /** The tree with what the release has at the first place that is another one. @param asked what does not hold of the value */
  private changedIn(tree: Container, asked: Switch, value: unknown, around: Given): Container | undefined {
    const names = [RELEASE_NAME, NAMESPACE]
      .filter((leaf) => !this.fixed.has(leaf))
      .map((leaf) => [leaf, markOf(leaf, 'text', true)] as const);
    const given = new Map([...around, [asked.leaf, value]]);
    const lookup = this.lookup(new Map([...given, ...names]));
    for (const difference of compared(evaluate(tree, lookup), dataOf(this.again(given, true)))) {
      const other = this.changedFor(tree, asked, difference, lookup);
      if (other) return other;
    }
    return undefined;
  }

  private changedFor(tree: Container, asked: Switch, { path, expected, actual }: Difference, lookup: Lookup): Container | undefined {
    const { leaf } = asked;
    const given: Condition = { all: [asked] };
    const marks = this.marks();
    const isThere = ({ when }: Member): boolean => !when || holds(when, lookup);
    /** The node with what the release has in place of what is there, as far down as the value is in it. */
    const chosen = (node: Node, other: unknown): Node => {
      const isYes = node.t === 'choice' && holds(node.when, lookup);
      const branch = node.t === 'choice' && (isYes ? node.yes : node.no);
      if (!branch || !leavesIn(branch).has(leaf)) return { t: 'choice', when: given, yes: node, no: skeleton(other ?? null, marks) };
      return { ...node, ...(isYes ? { yes: chosen(branch, other) } : { no: chosen(branch, other) }) };
    };
    const change = (member: Member): Member | undefined => {
      const { value, when } = member;
      if (!leavesIn(value).has(leaf) || isTable(actual) || Array.isArray(actual)) return undefined;
      if ((actual === undefined || actual === null) && value.t !== 'choice')
        return { ...member, when: { all: [...(when?.all ?? []), ...given.all], ...(when?.unless ? { unless: when.unless } : {}) } };
      if (value.t !== 'lines') return { ...member, value: chosen(value, actual) };
      const [before, after] = [String(expected).split('\n'), String(actual).split('\n')];
      const there = value.members.filter((one) => isThere(one) && (one.value.t !== 'each' || itemsOf(lookup(one.value.leaf)).length));
      if (before.length !== after.length || there.length !== after.length) return undefined;
      const members = new Map(
        there.flatMap((one, at) =>
          before[at] === after[at] || !leavesIn(one.value).has(leaf)
            ? []
            : [[one, { ...one, value: chosen(one.value, after[at]) }] as const],
        ),
      );
      return members.size ? { ...member, value: { ...value, members: value.members.map((one) => members.get(one) ?? one) } } : undefined;
    };
    return changedAt(
      tree,
      path,
      (members) => members.filter(isThere),
      change,
      ({ key }) => (key ? String(evaluate(key, lookup)) : undefined),
      ({ when }) => holds(when, lookup),
    );
  }
}

/** Of texts, how many lines are there in one of them alone; of lists, how many items. */
function sizeOf({ expected, actual }: Difference): number {
  const partsOf = (value: unknown): readonly string[] =>
    typeof value === 'string' ? value.split('\n') : Array.isArray(value) ? value.map((item) => JSON.stringify(item)) : [];
  const [one, other] = [partsOf(expected), partsOf(actual)];
  return Math.max(1, one.filter((part) => !other.includes(part)).length + other.filter((part) => !one.includes(part)).length);
}

/** Other ways to ask for a value, the plainest first. */
function waysOf({ base, declared }: Leaf): Way[] {
  const tests = [
    base === undefined ? ({ there: true } as const) : ({ given: true } as const),
    ...(declared?.kind === 'text' ? [{ filled: true } as const] : []),
  ];
  return (['instead', 'and', 'or'] as const).flatMap((kind) => tests.map((test) => ({ kind, test })));
}
