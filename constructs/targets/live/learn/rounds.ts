// What is learned of samples, held against more of them, and learned again with those that refute it, until none does.
import { isTrue } from '../../../../helm/print';
import { NAMESPACE, type Leaf } from '../values/leaves';
import type { Container, Member } from '../tree/model';
import { identified } from '../tree/identity';
import { scoped } from '../tree/scope';
import { statesOf, type Tests } from '../tree/tests';
import { outcome, placeOf } from '../tree/walk';
import { Evidence, type Sample } from './evidence';
import { Learner, type Knowledge, type Riddle } from './learn';
import { Tangled } from './renders';
import { BESIDE, CHECKS, Sampling } from './sampling';

const SAMPLES = 40;
/** How often what was learned is held against other samples, and learned again with those that refute it. */
const REFINED = 40;
/** Rounds after which few samples refute it: to find several, it is held against more of them. */
const EARLY = 5;
const LATE_CHECKS = 250;
/** Refuting samples by which it is weighed which value to fix. */
const WEIGHED = 8;
/** How often it is learned again with what refutes it beside other values. */
const MOST_REFUTED = 40;

interface Learnings {
  /** What the marks in them depend on. */
  readonly of: string;
  readonly samples: Sample[];
  readonly evidence: Evidence;
}

export class Rounds extends Sampling {
  /** Samples beyond the usual number. */
  protected more = 0;
  private learnedWith: Learnings | undefined;
  private refutedOften = 0;
  /** Samples that refute what was learned last. */
  private readonly refutations: Sample[] = [];

  /** What the marks of samples depend on. */
  private marking(): string {
    return JSON.stringify([this.more, [...this.fixed.keys()], this.shapes.map(([shape]) => shape), [...this.repeated]]);
  }

  /** Samples to begin with. */
  private beginnings(): Learnings {
    this.refutations.length = 0;
    const samples: Sample[] = [];
    const take = (on: Uint8Array, beside?: Sample, kept?: number): Sample | undefined => {
      const sample = this.sample(on, beside, kept);
      if (sample) samples.push(sample);
      return sample;
    };
    const most = take(this.all(1));
    take(this.all(0));
    const empty = take(this.empty());
    const own = take(this.like());
    for (let count = 0; count < SAMPLES + this.more; count++) take(this.shuffled(count));
    // Each value by itself, turned over: what people change is most often one. And where all parts are on: in the release, some show
    // nothing. Where these did not tell, in what has most, too.
    for (const { index } of this.candidates) {
      if (this.alwaysOn.has(index)) continue;
      for (let state = 1; state < this.statesOf(index); state++) {
        if (this.items.has(index)) {
          // Parts of items are seen where there are some: what is beside that is the same.
          for (const on of [this.like(), this.all(1)]) take(this.turned(on, index, state), take(this.within(on, index)));
          continue;
        }
        take(this.turned(this.like(), index, state), own, index);
        take(this.turned(this.empty(), index, state), empty, index);
        if (this.more) take(this.turned(this.all(1), index, state), most, index);
      }
    }
    this.learnedWith = { of: this.marking(), samples, evidence: new Evidence() };
    return this.learnedWith;
  }

  /** Undefined when values had to be fixed: then all is to be done again without them. */
  protected learned(): Container | undefined {
    const before = this.learnedWith;
    const { samples, evidence } = before?.of === this.marking() ? before : this.beginnings();
    samples.push(...this.refutations.splice(0));
    if (this.settleApart() || this.settleRepeated() || this.hasOtherShapes) return undefined;
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
      const refuting = this.refuting(tree, { checks: round < EARLY ? CHECKS : LATE_CHECKS });
      if (this.hasOtherShapes) return undefined;
      if (!refuting.length) return tree;
      if (round === REFINED) {
        this.settleRefuting(tree, refuting);
        return undefined;
      }
      if (this.settleRepeated()) return undefined;
      samples.push(...refuting);
      const refuted = new Set(refuting.flatMap((sample) => [...this.refutedBy(tree, sample)]));
      known = new Map(identified(tree).flatMap(({ id, member }) => (refuted.has(id) ? [] : [[id, member]])));
    }
  }

  /** Blocks of lines that were seen several times in a text are told apart from now on. @returns whether there were any */
  private settleRepeated(): boolean {
    const found = [...this.skeletons.repeated].filter((start) => !this.repeated.has(start));
    for (const start of found) this.repeated.add(start);
    this.skeletons.repeated.clear();
    return found.length > 0;
  }

  protected learner(samples: readonly Sample[], tests: Tests, knowledge: Knowledge): Learner {
    return new Learner(
      samples,
      tests.of(this.candidates.map(({ index }) => index)),
      (one, other) => this.nearness(tests.leafOf(one), tests.leafOf(other)),
      { decidingIn: (id) => tests.of(this.decidingIn(id)), listOf: (leaf) => this.items.get(tests.leafOf(leaf))?.list, ...knowledge },
    );
  }

  /**
   * Whether values refute a tree also where they are there as marks: then it is to be learned again.
   * @param given the values that make a difference, beside the release
   */
  protected isRefutedWith(tree: Container, given: ReadonlyMap<number, unknown>): boolean {
    if (this.refutedOften++ >= MOST_REFUTED) return false;
    const on = this.like();
    for (const [leaf, value] of given) {
      const states = statesOf(this.leaves[leaf] as Leaf, this.shapeOf(leaf));
      on[leaf] = states.length ? Math.max(0, states.indexOf(value)) : isTrue(value) ? 1 : 0;
    }
    const sample = this.sample(on);
    this.refutations.push(...(sample ? this.withBeside(tree, sample, BESIDE) : []));
    return this.refutations.length > 0;
  }

  /** What is learned, with conditions on parts of items in the loops through them. */
  protected treeOf(learner: Learner, tests: Tests): Container {
    const strays = new Set<number>();
    const tree = scoped(tests.told(learner.learn(), this.placed), this.items, strays);
    for (const leaf of strays) this.apart.add(leaf);
    return tree;
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
