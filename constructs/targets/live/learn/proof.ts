// What was learned of a release, held against renders with other values. What does not come out the same is fixed.
import { ValuesError } from '../../../../helm/check';
import { isTrue } from '../../../../helm/print';
import { compared, type Difference } from '../tree/compare';
import { dataOf } from '../tree/data';
import { leastFailing } from './least';
import { asValues, isAt, NAMESPACE, RELEASE_NAME, type Leaf } from '../values/leaves';
import { FLAGS, markOf, otherOf, TEXTS } from '../values/marks';
import type { Container } from '../tree/model';
import { Tangled, type MapEntry } from './renders';
import { isTable } from '../../../../helm/yaml/values';
import { Forms } from './forms';
import { NAME_LENGTH } from '../print/rules-file';
import { statesOf } from '../tree/tests';
import { leavesIn } from '../tree/skeleton';
import { TRIALS, TYPED, WORDS } from '../values/words';
import { doubled, leavesAt, placeOf, samePlace, switchesIn, textsAt } from '../tree/walk';

const TRIES = 40;
/** Renders that are added when something was taken for what it is not. */
const MORE = 16;
const MOST = 32;

/** Texts that are others in each item. */
const suffixed = (value: unknown, suffix: string): unknown =>
  typeof value === 'string' && suffix !== '' && !/^\d/.test(value) ? `${value}${suffix}` : value;

export class Proof extends Forms {
  /** Renders with other values that the tree is held against. */
  protected readonly proofs: number = 40;

  /** The tree with everything fixed that does not come out the same. */
  protected proven(learned: Container): Container | undefined {
    for (const leaf of doubled(this.withFixed(learned), this.lookup(new Map()))) this.fixed.set(leaf, 'a key of it stands there already');
    let tree = this.besideName(this.withFixed(learned), this.subject.release.name);
    let isOther = false;
    const settle = (leaf: number, reason: string): void => {
      this.fixed.set(leaf, reason);
      tree = this.withFixed(tree);
      // Of a map that is computed with, it is not known what becomes of its own keys.
      if (typeof this.leaves[leaf]?.base === 'object' && isTrue(this.leaves[leaf].base)) isOther = true;
    };
    for (let count = 0; count <= this.proofs; count++) {
      const isBase = count === 0;
      const given = isBase ? new Map<number, unknown>() : this.others();
      for (let tries = 0; tries < 30; tries++) {
        const differences = this.differences(tree, given);
        if (!differences && this.canLearnAgain) this.explainedRefusal(given);
        if (this.hasOtherShapes) return undefined;
        if (!differences) break;
        if (isBase && differences.length) {
          const found = new Set<number>();
          const before = this.candidates;
          if (differences.some((difference) => this.isMissing(tree, difference, before, new Set()))) {
            if (this.followsRelease(tree)) return undefined;
            if (this.more >= MOST) this.fixInside(tree, differences);
            else this.more += MORE;
            return undefined;
          }
          for (const difference of differences) {
            if (
              found.size &&
              !this.isMissing(tree, difference, before, new Set(before.filter(({ index }) => !found.has(index)).map(({ index }) => index)))
            )
              continue;
            const culprits = this.missing(tree, difference, before);
            if (!culprits.length) throw new Tangled(`${placeOf(difference.path)} differs: ${JSON.stringify(difference)}`);
            for (const leaf of culprits) {
              found.add(leaf);
              this.fix(leaf, `it is not the same in ${placeOf(difference.path)} when it is left out`);
            }
          }
          return undefined;
        }
        const [first] = differences;
        if (!first) break;
        const culprits = this.culprits(tree, given, first);
        if (!culprits.length) throw new Tangled(`${placeOf(first.path)} differs: ${JSON.stringify(first)}`);
        // What only one of them must not be says nothing of the others.
        const bound = culprits.filter((leaf) => this.isBound(leaf, given.get(leaf)));
        const own = new Map(culprits.map((leaf) => [leaf, given.get(leaf)]));
        if (!bound.length && this.canLearnAgain && this.isRefutedWith(tree, own)) return undefined;
        if (!bound.length)
          settle(this.standing(tree, given, first) ?? this.likeliest(culprits), `it is computed with in ${placeOf(first.path)}`);
        for (const leaf of culprits) given.delete(leaf);
        if (isOther && this.canLearnAgain) return undefined;
      }
    }
    return tree;
  }

  /** Another shape for lists and maps that decide by what is in them in the release, or they are fixed. @returns whether there were any */
  protected settleChoosing(tree: Container): boolean {
    const filled = this.candidates.filter(({ index, base }) => isTrue(base) && typeof base === 'object' && !this.isTested(index));
    for (const { index, base } of filled)
      for (const on of [this.all(1), this.like(), this.empty(), this.shuffled(0), this.shuffled(0)]) {
        on[index] = 1;
        // What is refused beside others is turned over.
        if (!this.sampled(on) || !on[index]) continue;
        const around = new Map(this.candidates.map((leaf) => [leaf.index, this.mark(leaf, on[leaf.index] ?? 0)]));
        const before = this.differences(tree, around);
        const known = new Set(before?.map(({ path }) => path.join('\0')));
        const more = before && this.differences(tree, new Map([...around, [index, base]]));
        if (!more?.some(({ path }) => !known.has(path.join('\0')))) continue;
        this.apart.add(index);
        break;
      }
    return this.settleApart();
  }

  /** Each switch by itself, turned over: what many together hide is seen then. */
  protected switched(learned: Container, switches = switchesIn(learned)): Container {
    let tree = learned;
    for (const leaf of this.candidates.filter(({ index }) => switches.has(index))) {
      const { index, declared } = leaf;
      const isOn = this.isOn(leaf);
      const shape = this.shapeOf(index);
      const values = leaf.item
        ? [...(this.alwaysOn.has(index) ? [] : [undefined]), this.other(leaf)]
        : this.isTested(index)
          ? statesOf(leaf, shape).slice(1)
          : isOn
            ? [this.mark(leaf, false)]
            : FLAGS.includes(shape)
              ? [true]
              : [this.mark(leaf, true), this.other(leaf)];
      for (const value of values) {
        const [first] = this.differences(tree, new Map([[index, value]])) ?? [];
        if (!first) continue;
        if (isOn && declared?.kind !== 'flag' && !this.isTested(index)) this.limit(index, 'empty');
        else this.fixed.set(this.standing(tree, new Map(), first) ?? index, `it is computed with in ${placeOf(first.path)}`);
        tree = this.withFixed(tree);
        break;
      }
    }
    return tree;
  }

  /** What the release refuses beside its other values would be taken by a template: it is fixed. */
  protected allowed(learned: Container, leaves = this.candidates): Container {
    let tree = learned;
    for (const leaf of leaves) {
      if (this.fixed.has(leaf.index)) continue;
      const { index, declared } = leaf;
      const values = declared?.choices ?? this.othersAlone(leaf);
      const isTaken = (given: ReadonlyMap<number, unknown>): boolean =>
        this.wasTaken(given) || this.refusalOf(given, false) === undefined || this.isKnownRefusal(given) || this.explainedRefusal(given);
      if (values.every((value) => isTaken(new Map([[index, value]])))) continue;
      this.fixed.set(index, 'it is refused beside the other values of the release');
      tree = this.withFixed(tree);
    }
    return tree;
  }

  /** What a value is looked at with by itself: another one than in the release. */
  protected othersAlone(leaf: Leaf): readonly unknown[] {
    if (!isTrue(leaf.base)) return [this.mark(leaf, true)];
    return FLAGS.includes(this.shapeOf(leaf.index)) ? [false] : [];
  }

  /** What is more than a mark: the words that a text may be, and lists with more in their items. What comes out differently is fixed. */
  protected tried(learned: Container): Container {
    let tree = learned;
    const isTaken = (leaf: Leaf): boolean => !this.fixed.has(leaf.index);
    const on = this.all(1);
    const marked = (): (readonly [number, unknown])[] => this.candidates.map((leaf) => [leaf.index, this.mark(leaf, on[leaf.index] ?? 0)]);
    for (const around of [() => [], marked]) {
      for (const leaf of this.candidates)
        for (const choice of leaf.declared?.choices ?? [])
          if (isTaken(leaf) && this.differences(tree, new Map([...around(), [leaf.index, choice]]))?.length) {
            this.fix(leaf.index, `it chooses among ${leaf.declared?.choices?.map((one) => String(one) || '""').join(', ')}`);
            if (isTaken(leaf)) return tree;
            tree = this.withFixed(tree);
          }
      for (const trial of TRIALS) {
        const given = new Map<number, unknown>();
        for (const leaf of this.candidates) {
          const value = leaf.declared?.choices ? undefined : trial(leaf, this.shapeOf(leaf.index));
          if (value !== undefined) given.set(leaf.index, value);
        }
        this.clear(given, new Map(around()));
        for (let tries = 0; tries < TRIES && given.size; tries++) {
          const all = new Map([...around(), ...given]);
          const differences = this.differences(tree, all);
          const found = this.boundedBy(tree, all).filter((leaf) => given.has(leaf));
          if (!found.length) break;
          for (const leaf of found) {
            if (differences && given.get(leaf) === TYPED) this.limit(leaf, 'typed');
            else if (differences) this.fix(leaf, 'it chooses by the word, or the items, that it is');
            given.delete(leaf);
          }
          tree = this.withFixed(tree);
        }
      }
    }
    return tree;
  }

  /** Of values that make a difference together, the one without which most of the others stay live: one that is not there, or a switch. */
  private likeliest(culprits: readonly number[]): number {
    const rank = (leaf: number): number => {
      const { declared, base, path = [] } = this.leaves[leaf] ?? {};
      if (declared?.kind === 'flag') return path.at(-1) === 'enabled' ? 2 : 0;
      return isTrue(base) ? 3 : 1;
    };
    return culprits.toSorted((a, b) => rank(a) - rank(b))[0] ?? 0;
  }

  /** The only value that stands where there is a difference: others only bring it to light, unless they decide whether it is there. */
  private standing(tree: Container, given: ReadonlyMap<number, unknown>, { path, expected, actual }: Difference): number | undefined {
    const [leaf, ...others] = [...textsAt(tree, path, this.lookup(given))].filter((one) => one > NAMESPACE);
    if (leaf === undefined || others.length || this.fixed.has(leaf)) return undefined;
    return given.has(leaf) && (expected === undefined || actual === undefined) ? undefined : leaf;
  }

  /** Whether a value is taken, but for this one. */
  private isBound(leaf: number, value: unknown): boolean {
    const shape = this.shapeOf(leaf);
    const isNumber = TEXTS.includes(shape) && typeof value === 'number';
    // What may be learned again may tell what decides there.
    const isEmpty = !this.canLearnAgain && !FLAGS.includes(shape) && !this.isTested(leaf) && !isTrue(value);
    const limit = value === null ? 'null' : isNumber ? 'number' : isEmpty && isTrue(this.leaves[leaf]?.base) ? 'empty' : undefined;
    if (limit) this.limit(leaf, limit);
    return limit !== undefined;
  }

  /** Values that seem to be without effect since the release refused their marks: beside the switches above them, they are not. */
  protected fixUnseen(tree: Container): void {
    const seen = leavesIn(tree);
    for (const leaf of this.candidates) {
      if (seen.has(leaf.index) || leaf.item || FLAGS.includes(this.shapeOf(leaf.index))) continue;
      const above = this.candidates.filter(
        ({ index, path, declared }) =>
          index !== leaf.index &&
          declared?.kind === 'flag' &&
          path.at(-1) === 'enabled' &&
          path.slice(0, -1).every((key, at) => leaf.path[at] === key),
      );
      const around = above.map(({ index }) => [index, true] as const);
      const found = [this.mark(leaf, true), this.other(leaf)].map((value) =>
        this.differences(tree, new Map([...around, [leaf.index, value]])),
      );
      if (found.some((one) => one?.length)) this.fixed.set(leaf.index, 'it is computed with');
      else if (found.every((one) => !one)) this.fixed.set(leaf.index, 'it is checked');
    }
  }

  /** Names that are as long as they may be, and those that the name of the release contains. */
  protected named(learned: Container): Container {
    let tree = learned;
    const isWrong = (leaf: number, name: string): boolean => this.differences(tree, new Map([[leaf, name]]))?.length !== 0;
    for (const { index } of this.candidates.filter((leaf) => this.shapeOf(leaf.index) === 'name')) {
      if (isWrong(index, 'n'.repeat(NAME_LENGTH))) {
        this.fixed.set(index, 'a longer name would be cut');
        tree = this.withFixed(tree);
        continue;
      }
      if (isWrong(index, this.subject.release.name)) this.limit(index, 'inRelease');
      if (isWrong(index, TYPED)) this.limit(index, 'typed');
      if (!WORDS.some((word) => this.differences(tree, new Map([[index, word]]))?.length)) continue;
      this.fixed.set(index, 'it chooses by the word that it is');
      tree = this.withFixed(tree);
    }
    return tree;
  }

  /** Fixes what stands where more samples did not help. */
  private fixInside(tree: Container, differences: readonly Difference[]): void {
    const before = this.fixed.size;
    for (const { path } of differences)
      for (const leaf of leavesAt(tree, path, this.lookup(new Map())))
        if (leaf > NAMESPACE) this.fixed.set(leaf, `it is computed with in ${placeOf(path)}`);
    if (this.fixed.size === before)
      throw new Tangled(`${placeOf(differences[0]?.path ?? [])} follows values in a way that was not found out`);
  }

  /** Fixes the name of the release, or its namespace, when the tree is right for any other. */
  protected followsRelease(tree: Container): boolean {
    const leaf = [RELEASE_NAME, NAMESPACE].find((one) => !this.fixed.has(one));
    if (leaf === undefined) return false;
    const isRight = this.isRightElsewhere(tree);
    if (isRight) this.fixed.set(leaf, 'objects are others under another one');
    return isRight;
  }

  /** Values that must be given for the tree to be right. */
  protected missing(tree: Container, difference: Difference, candidates: readonly Leaf[]): readonly number[] {
    return leastFailing(candidates, (left) => this.isMissing(tree, difference, candidates, new Set(left.map(({ index }) => index)))).map(
      ({ index }) => index,
    );
  }

  /** Whether there is the difference when these are left out. */
  protected isMissing(tree: Container, { path }: Difference, candidates: readonly Leaf[], out: ReadonlySet<number>): boolean {
    const given = new Map(
      candidates
        .filter(({ index }) => !out.has(index))
        .map((leaf) => [leaf.index, this.mark(leaf, this.isOn(leaf) && !this.isTested(leaf.index))]),
    );
    for (let tries = 0; tries < 10; tries++) {
      try {
        const found = compared(this.printed(tree, given), dataOf(this.again(given, false)));
        return found.some((one) => samePlace(one.path, path));
      } catch (error) {
        if (!(error instanceof ValuesError)) throw error;
        // What is refused beside others is left as it is.
        for (const { path: wrong, message } of error.issues)
          for (const leaf of candidates)
            if (
              isAt(leaf, wrong) ||
              (!this.isTested(leaf.index) && message.includes(String(markOf(leaf.index, this.shapeOf(leaf.index), true))))
            )
              given.delete(leaf.index);
      }
    }
    return false;
  }

  /** Another value than a mark; of a list that is looked at item by item, some with few fields. */
  private other(leaf: Leaf, suffix = ''): unknown {
    const { index, base } = leaf;
    const shape = this.shapeOf(index);
    const fields = this.fields.get(index) ?? [];
    if (shape !== 'each') return suffixed(otherOf(index, shape), suffix);
    const isNeeded = (field: Leaf): boolean => this.alwaysOn.has(field.index) || (this.limits.get(field.index)?.has('null') ?? false);
    const all = ['a', 'b', 'c'].map((letter): unknown => {
      const own = fields.filter((field) => isNeeded(field) || this.random(3) > 0);
      const values = own.map((field) => [field.item?.at ?? [], this.other(field, `${suffix}${letter}`)] as const);
      const [only] = values;
      return only && !only[0].length ? only[1] : asValues(values);
    });
    if (!fields.some(({ item }) => item?.at[0] === 'key')) return all;
    // Entries that must not be null stay.
    const mayGo = !fields.some((field) => this.limits.get(field.index)?.has('null'));
    const nothing = isTable(base) && mayGo ? Object.keys(base).map((key) => [key, null] as const) : [];
    return Object.fromEntries([...nothing, ...all.map((one) => [String((one as MapEntry).key), (one as MapEntry).value] as const)]);
  }

  /** Other values, some of each kind. */
  protected others(): Map<number, unknown> {
    const given = new Map<number, unknown>();
    for (const leaf of this.candidates) {
      if (leaf.item || this.random(100) < 55) continue;
      const kind = this.random(10);
      const shape = this.shapeOf(leaf.index);
      const limits = this.limits.get(leaf.index);
      if (kind < 2 && this.mayBeEmpty(leaf.index)) given.set(leaf.index, this.mark(leaf, false));
      else if (kind === 2 && !limits?.has('null')) given.set(leaf.index, null);
      else if (kind === 3 && TEXTS.includes(shape) && !limits?.has('number')) given.set(leaf.index, this.numberFor(leaf.index));
      else if (this.isTested(leaf.index)) given.set(leaf.index, this.mark(leaf, this.random(this.statesOf(leaf.index))));
      else given.set(leaf.index, kind < 8 && !FLAGS.includes(shape) ? this.other(leaf) : this.mark(leaf, true));
    }
    this.mend(given, (leaf) => this.other(leaf));
    return given;
  }
}
