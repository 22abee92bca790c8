// Samples of a release with marked values, and what is learned of them.
import { ValuesError } from '../../../../helm/check';
import type { Entry } from '../../../common/entry';
import { compared } from '../tree/compare';
import { settled } from '../tree/data';
import { identified } from '../tree/identity';
import { Evidence, type Sample } from './evidence';
import { Learner, type Knowledge, type Riddle } from './learn';
import { isAt, NAMESPACE, type Leaf } from '../values/leaves';
import type { Marks } from '../values/found';
import { markOf } from '../values/marks';
import { evaluate, type Container, type Member, type Node } from '../tree/model';
import { Skeletons } from './skeletons';
import { chanceOf, Tangled } from './renders';
import { scoped } from '../tree/scope';
import { Settling } from './settling';
import { Tests } from '../tree/tests';
import { shown, skeleton } from '../tree/skeleton';
import { outcome, placeOf, switchesIn } from '../tree/walk';

const SAMPLES = 40;
/** Of each hundred values, how many are not as in the release in a sample that is like it. */
const FLIPPED = 20;
/** Of each hundred parts of items, how many are there: they decide over little. */
const PARTS_ON = 85;
/** Most that are not as in the release in a sample that has few of them. */
const FEW = 4;
/** Of each hundred numbers that decide over objects, how many are as in the release where most values are on. */
const AS_RELEASED = 67;
/** How often what was learned is held against other samples, and learned again with those that refute it. */
const REFINED = 40;
/** Samples that it is held against each time; and when none of them refutes it. */
const CHECKS = 40;
const LAST_CHECKS = 1000;
/** Refuting samples that are taken before it is learned again. */
const ENOUGH = 40;
/** Refuting samples by which it is weighed which value to fix. */
const WEIGHED = 8;
/** Samples that are taken beside a refuting one. */
const BESIDE = 12;

export class Sampling extends Settling {
  /** Samples beyond the usual number. */
  protected more = 0;
  private readonly skeletons = new Skeletons();
  /** Nodes of what was learned, each of which stands at one place alone. */
  protected readonly placed = new WeakSet<Node>();

  /** Undefined when values had to be fixed: then all is to be done again without them. */
  protected learned(): Container | undefined {
    const samples: Sample[] = [];
    const evidence = new Evidence();
    const take = (on: Uint8Array, beside?: Sample, kept?: number): Sample | undefined => {
      const sample = this.sample(on, beside, kept);
      if (sample) samples.push(sample);
      return sample;
    };
    const most = take(this.all(1));
    take(this.all(0));
    take(this.empty());
    const own = take(this.like());
    for (let count = 0; count < SAMPLES + this.more; count++) take(this.shuffled(count));
    // Each value by itself, turned over: what people change is most often one. Where these did not tell, in what has most, too.
    for (const { index } of this.candidates) {
      if (this.alwaysOn.has(index)) continue;
      for (let state = 1; state < this.statesOf(index); state++) {
        if (this.items.has(index)) {
          // Parts of items are seen where there are some: what is beside that is the same.
          for (const on of [this.like(), this.all(1)]) take(this.turned(on, index, state), take(this.within(on, index)));
          continue;
        }
        take(this.turned(this.like(), index, state), own, index);
        if (this.more) take(this.turned(this.all(1), index, state), most, index);
      }
    }
    if (this.settleApart()) return undefined;
    let known: ReadonlyMap<string, Member> = new Map();
    for (let round = 0; ; round++) {
      const tests = this.tests();
      const learner = this.learner(samples, tests, { known, evidence });
      const tree = this.treeOf(learner, tests);
      if (this.settleApart()) return undefined;
      if (learner.riddles.length) {
        const before = this.fixed.size;
        for (const riddle of learner.riddles) this.solve(riddle, samples);
        return this.fixed.size === before ? tree : undefined;
      }
      const refuting = this.refuting(tree);
      if (!refuting.length) return tree;
      if (round === REFINED) {
        this.settleRefuting(tree, refuting);
        return undefined;
      }
      samples.push(...refuting);
      const refuted = new Set(refuting.flatMap((sample) => [...this.refutedBy(tree, sample)]));
      known = new Map(identified(tree).flatMap(({ id, member }) => (refuted.has(id) ? [] : [[id, member]])));
    }
  }

  protected learner(samples: readonly Sample[], tests: Tests, knowledge: Knowledge): Learner {
    return new Learner(
      samples,
      tests.of(this.candidates.map(({ index }) => index)),
      (one, other) => this.nearness(tests.leafOf(one), tests.leafOf(other)),
      { decidingIn: (id) => tests.of(this.decidingIn(id)), listOf: (leaf) => this.items.get(tests.leafOf(leaf))?.list, ...knowledge },
    );
  }

  /** What is learned, with conditions on parts of items in the loops through them. */
  protected treeOf(learner: Learner, tests: Tests): Container {
    const strays = new Set<number>();
    const tree = scoped(tests.told(learner.learn(), this.placed), this.items, strays);
    for (const leaf of strays) this.apart.add(leaf);
    return tree;
  }

  /** Some with most of the release on, some of any kind, some nearly what it is, some with few values more or less than it. */
  protected shuffled(count: number): Uint8Array {
    const kind = count % 5;
    const on = kind < 2 ? this.all(1) : kind < 4 ? this.like() : this.empty();
    const open = this.candidates.filter(({ index }) => !this.alwaysOn.has(index));
    if (kind > 2) {
      for (let flips = 1 + this.random(FEW); flips > 0 && open.length; flips--) {
        const { index } = open[this.random(open.length)] as Leaf;
        on.set(this.turned(on, index));
      }
      return on;
    }
    if (kind === 1) {
      // Some have few switches and much else, some the other way round.
      const [flags, others] = [this.random(100), this.random(100)];
      for (const { index, declared, item } of open)
        on[index] = this.random(100) < (item ? PARTS_ON : declared?.kind === 'flag' ? flags : others) ? this.anyState(index) : 0;
      return on;
    }
    for (const { index, path, declared, item } of open)
      if (item) on[index] = this.random(100) < PARTS_ON ? this.anyState(index) : 0;
      else if (kind === 0) on[index] = this.random(100) < chanceOf(path.at(-1) ?? '', declared?.kind === 'flag') ? this.anyState(index) : 0;
      else if (this.random(100) < FLIPPED) on.set(this.turned(on, index));
    return on;
  }

  /**
   * @param beside a sample of which it differs in one value, unless another one is refused then
   * @param kept a value that is to be as it is
   */
  protected sample(given: Uint8Array, beside?: Sample, kept?: number): Sample | undefined {
    const on = this.repaired(given, this.random, kept);
    const root = this.sampled(on);
    if (!root) return undefined;
    const isBeside = beside && this.candidates.filter(({ index }) => on[index] !== beside.on[index]).length === 1;
    return { on: this.tests().on(on), root, ...(isBeside ? { beside } : {}) };
  }

  /** How near two values are to each other, by their paths. */
  protected nearness(one: number, other: number): number {
    const [path = [], second = []] = [this.leaves[one]?.path, this.leaves[other]?.path];
    const apart = path.findIndex((key, index) => key !== second[index]);
    return apart < 0 ? path.length : apart;
  }

  /** Samples that are not what was learned, each with those beside it in which one of the values that were thought to decide is another. */
  protected refuting(tree: Container, { checks = CHECKS, last = LAST_CHECKS, beside = BESIDE } = {}): Sample[] {
    const found: Sample[] = [];
    for (let count = 0; count < (found.length ? checks : last) && found.length < ENOUGH; count++) {
      const sample = this.sample(this.shuffled(count));
      const wrong = sample && this.refutedBy(tree, sample);
      if (!sample || !wrong?.size) continue;
      found.push(sample);
      const deciding = new Set(
        identified(tree).flatMap(({ id, member: { value, when } }) =>
          wrong.has(id) ? [...switchesIn({ t: 'map', members: [{ value, ...(when ? { when } : {}) }] })] : [],
        ),
      );
      for (const leaf of this.some([...deciding], beside)) {
        const other = this.alwaysOn.has(leaf) ? undefined : this.sample(this.turned(sample.on, leaf), sample);
        if (other) found.push(other);
      }
    }
    return found;
  }

  /** As many of all, by chance. */
  private some(all: readonly number[], most: number): readonly number[] {
    const left = [...all];
    while (left.length > most) left.splice(this.random(left.length), 1);
    return left;
  }

  /** The same with items in the list that a value is a part of: of these, something is seen where there are some. */
  private within(on: Uint8Array, leaf: number): Uint8Array {
    const other = Uint8Array.from(on);
    for (let item = this.items.get(leaf); item; item = this.items.get(item.list)) other[item.list] = 1;
    return other;
  }

  /** @param by how many states further on. @default one of the others */
  private turned(on: Uint8Array, leaf: number, by = 0): Uint8Array {
    const other = this.within(on, leaf);
    const count = this.statesOf(leaf);
    other[leaf] = ((on[leaf] ?? 0) + (by || (count > 2 ? 1 + this.random(count - 1) : 1))) % count;
    return other;
  }

  /** On; of a word, any; of a number, mostly the one that it is in the release: others leave out much of it. */
  private anyState(leaf: number): number {
    const count = this.statesOf(leaf);
    if (this.shapeOf(leaf) === 'count' && this.random(100) < AS_RELEASED) return 0;
    return count > 2 ? this.random(count) : 1;
  }

  protected tests(): Tests {
    return new Tests(
      this.leaves,
      (leaf) => this.shapeOf(leaf),
      (leaf) => !this.fixed.has(leaf),
    );
  }

  /** Fixes the values that make objects others than what was learned, one for each of them: the one without which most of it is right. */
  protected settleRefuting(tree: Container, samples: readonly Sample[]): void {
    const base = this.like();
    const ids = new Set(samples.flatMap(({ on }) => [...this.refuted(tree, on)]));
    const before = this.fixed.size;
    for (const id of ids) {
      const refuting = samples.filter(({ on }) => this.refuted(tree, on).has(id)).slice(0, WEIGHED);
      const isRefuted = (on: Uint8Array): boolean => this.refuted(tree, on).has(id);
      if (isRefuted(base)) continue;
      const open = this.candidates.filter(({ index }) => !this.fixed.has(index) && refuting.some(({ on }) => on[index] !== base[index]));
      let fewest = Infinity;
      let culprit: number | undefined;
      for (const { index, path } of open) {
        const left = refuting.filter(({ on }) => {
          const other = Uint8Array.from(on);
          other[index] = base[index] ?? 0;
          return isRefuted(other);
        }).length;
        // Of two that are the same, the switch of a part: what is in it stays live.
        const weight = left - (path.at(-1) === 'enabled' ? 0.5 : 0);
        if (weight < fewest) [fewest, culprit] = [weight, index];
      }
      if (culprit !== undefined) this.fixed.set(culprit, 'what it decides follows others, too');
    }
    if (this.fixed.size === before) throw new Tangled('its values act on each other in too many ways');
  }

  private refuted(tree: Container, on: Uint8Array): ReadonlySet<string> {
    const sample = this.sample(Uint8Array.from(on));
    return sample ? this.refutedBy(tree, sample) : new Set();
  }

  /** The value that, turned over beside others on the way from one to the other, makes something true. */
  private turning(from: Uint8Array, to: Uint8Array, isTrueOf: (on: Uint8Array) => boolean): number | undefined {
    const base = Uint8Array.from(from);
    let left = this.candidates.map(({ index }) => index).filter((index) => base[index] !== to[index]);
    while (left.length > 1) {
      const half = left.slice(0, left.length >> 1);
      const tried = Uint8Array.from(base);
      for (const index of half) tried[index] = to[index] ?? 0;
      if (isTrueOf(tried)) left = half;
      else {
        base.set(tried);
        left = left.slice(left.length >> 1);
      }
    }
    return left[0];
  }

  /** The marks of a sample, by the numbers of the values. */
  protected marksOf(on: Uint8Array): Map<number, unknown> {
    return new Map(
      this.leaves
        .filter(({ index }) => !this.fixed.has(index) && this.isThere(index))
        .map((leaf) => [leaf.index, leaf.declared ? this.mark(leaf, on[leaf.index] ?? 0) : markOf(leaf.index, 'text', true)]),
    );
  }

  /** The objects of a sample that are others than those of a tree, by what they are known by. */
  protected refutedBy(tree: Container, { on, root }: Sample): ReadonlySet<string> {
    const marks = this.marksOf(on);
    const lookup = this.lookup(marks);
    const ids = new Map(
      [tree, root].flatMap((one) => identified(one).map(({ id, member: { key } }) => [String(key && evaluate(key, lookup)), id])),
    );
    return new Set(compared(this.printed(tree, marks), this.printed(root, marks)).map(({ path: [key = ''] }) => ids.get(key) ?? ''));
  }

  /** An object is decided by values of its own part, by what is for all, and by switches. */
  protected decidingIn(id: string): readonly number[] {
    const [own] = this.owners.get(id) ?? [];
    const parts = new Set(this.leaves.flatMap(({ path }) => (path.length > 1 ? [path[0]] : [])));
    if (own === undefined || !parts.has(own)) return this.candidates.map(({ index }) => index);
    return this.candidates
      .filter(({ path }) => path[0] === own || path[0] === 'global' || path.length === 1 || path.at(-1) === 'enabled')
      .map(({ index }) => index);
  }

  protected sampled(on: Uint8Array): Container | undefined {
    for (let tries = 0; tries < 6; tries++) {
      try {
        return this.rootOf(this.marked(on));
      } catch (error) {
        if (!(error instanceof ValuesError)) return undefined;
        const given = new Map(this.candidates.map((leaf) => [leaf.index, this.mark(leaf, on[leaf.index] ?? 0)]));
        if (this.explainedAll(given, error)) {
          on.set(this.repaired(on, this.random));
          continue;
        }
        for (const { path } of error.issues)
          for (const leaf of this.candidates) if (isAt(leaf, path)) on[leaf.index] = on[leaf.index] ? 0 : 1;
      }
    }
    return undefined;
  }

  protected rootOf(entries: readonly Entry[]): Container {
    const marks = this.marks();
    const base = this.lookup(new Map());
    const root: Container = {
      t: 'map',
      members: entries.map((entry) => {
        const key = skeleton(entry.key, marks);
        if (key.t !== 'literal' && key.t !== 'pieces') throw new Error(`${entry.key} is not a name`);
        if (!this.owners.has(shown(key))) {
          this.owners.set(shown(key), entry.owner);
          this.entries.set(String(evaluate(key, base)), entry);
        }
        return { key, value: this.nodeOf(entry, marks) };
      }),
    };
    for (const leaf of marks.apart) this.apart.add(leaf);
    return root;
  }

  private nodeOf(entry: Entry, marks: Marks): Node {
    marks.mayBeEncoded = entry.object.kind === 'Secret';
    return this.skeletons.of(settled(entry), marks);
  }

  /** Finds the value that decides something in a way that is more than on and off. */
  protected solve({ path, samples: differing, leaves }: Riddle, samples: readonly Sample[]): void {
    const before = this.fixed.size;
    this.solveBySwitch(path, differing, samples);
    if (this.fixed.size > before) return;
    for (const leaf of leaves) if (leaf > NAMESPACE) this.fixed.set(leaf, `it is computed with in ${placeOf(path)}`);
  }

  private solveBySwitch(path: readonly string[], differing: readonly number[], samples: readonly Sample[]): void {
    const [one, other] = differing.map((index) => samples[index]);
    if (!one || !other) return;
    const label = (root: Container | undefined): string => (root ? outcome(root, path) : '');
    const before = label(one.root);
    const culprit = this.turning(one.on, other.on, (on) => label(this.sampled(Uint8Array.from(on))) !== before);
    if (culprit !== undefined && !this.fixed.has(culprit)) this.fixed.set(culprit, `it decides ${placeOf(path)} together with others`);
  }
}
