// Samples of a release with marked values.
import { ValuesError } from '../../../../helm/check';
import type { Entry } from '../../../common/entry';
import { compared } from '../tree/compare';
import { settled } from '../tree/data';
import { identified } from '../tree/identity';
import type { Sample } from './evidence';
import { isAt, type Leaf } from '../values/leaves';
import type { Marks } from '../values/found';
import { markOf } from '../values/marks';
import { evaluate, type Container, type Node } from '../tree/model';
import { Skeletons } from './skeletons';
import { Settling } from './settling';
import { Tests } from '../tree/tests';
import { shown, skeleton } from '../tree/skeleton';
import { switchesIn } from '../tree/walk';

/** Of each hundred values, how many are not as in the release in a sample that is like it. */
const FLIPPED = 20;
/** Of each hundred parts of items, how many are there: they decide over little. */
const PARTS_ON = 85;
/** Most that are not as in the release in a sample that has few of them. */
const FEW = 4;
/** Of each hundred numbers that decide over objects, how many are as in the release where most values are on. */
const AS_RELEASED = 67;
/** Samples that what was learned is held against each time; and when none of them refutes it. */
export const CHECKS = 40;
const LAST_CHECKS = 1000;
/** Refuting samples that are taken before it is learned again. */
export const ENOUGH = 40;
/** Samples that are taken beside a refuting one. */
export const BESIDE = 12;

export class Sampling extends Settling {
  protected readonly skeletons = new Skeletons();
  /** Nodes of what was learned, each of which stands at one place alone. */
  protected readonly placed = new WeakSet<Node>();

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
    for (const { index, item } of open)
      if (item) on[index] = this.random(100) < PARTS_ON ? this.anyState(index) : 0;
      else if (kind === 0) on[index] = this.random(100) < this.chanceOf(index) ? this.anyState(index) : 0;
      else if (this.random(100) < FLIPPED) on.set(this.turned(on, index));
    return on;
  }

  /**
   * @param beside a sample of which it differs in one value, unless another one is refused then
   * @param kept a value that is to be as it is
   */
  protected sample(given: Uint8Array, beside?: Sample, kept?: number): Sample | undefined {
    const on = this.repaired(given, this.random, kept);
    const entries = this.entriesOf(on);
    if (!entries) return undefined;
    const isBeside = beside && this.candidates.filter(({ index }) => on[index] !== beside.on[index]).length === 1;
    return this.sampleOf({ on: this.tests().on(on), ...(isBeside ? { beside } : {}) }, entries);
  }

  protected sampleOf(sample: Omit<Sample, 'root'>, entries: readonly Entry[]): Sample {
    return { ...sample, root: this.rootOf(entries) };
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
    let end = last;
    for (let count = 0; count < end && found.length < ENOUGH; count++) {
      const sample = this.sample(this.shuffled(count));
      const own = sample ? this.withBeside(tree, sample, beside) : [];
      if (own.length && !found.length) end = Math.min(last, count + checks);
      found.push(...own);
    }
    return found;
  }

  /** A sample that refutes a tree, with those beside it; none where it does not. */
  protected withBeside(tree: Container, sample: Sample, most: number): readonly Sample[] {
    const wrong = this.refutedBy(tree, sample);
    if (!wrong.size) return [];
    const deciding = new Set(
      identified(tree).flatMap(({ id, member: { value, when } }) =>
        wrong.has(id) ? [...switchesIn({ t: 'map', members: [{ value, ...(when ? { when } : {}) }] })] : [],
      ),
    );
    return [
      sample,
      ...this.some([...deciding], most).flatMap((leaf) =>
        this.alwaysOn.has(leaf) ? [] : (this.sample(this.turned(sample.on, leaf), sample) ?? []),
      ),
    ];
  }

  /** As many of all, by chance. */
  private some(all: readonly number[], most: number): readonly number[] {
    const left = [...all];
    while (left.length > most) left.splice(this.random(left.length), 1);
    return left;
  }

  /** The same with items in the list that a value is a part of: of these, something is seen where there are some. */
  protected within(on: Uint8Array, leaf: number): Uint8Array {
    const other = Uint8Array.from(on);
    for (let item = this.items.get(leaf); item; item = this.items.get(item.list)) other[item.list] = 1;
    return other;
  }

  /** @param by how many states further on. @default one of the others */
  protected turned(on: Uint8Array, leaf: number, by = 0): Uint8Array {
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

  /** The marks of a sample, by the numbers of the values. */
  protected marksOf(on: Uint8Array): Map<number, unknown> {
    return new Map(
      this.leaves
        .filter(({ index }) => !this.fixed.has(index) && this.isThere(index))
        .map((leaf) => [leaf.index, leaf.declared ? this.mark(leaf, on[leaf.index] ?? 0) : markOf(leaf.index, 'text', true)]),
    );
  }

  /** The objects of a sample that are others than those of a tree, by what they are known by. */
  protected refutedBy(tree: Container, sample: Sample): ReadonlySet<string> {
    const marks = this.marksOf(sample.on);
    const differences = compared(this.printed(tree, marks), this.dataIn(sample, marks));
    if (!differences.length) return new Set();
    const lookup = this.lookup(marks);
    const ids = new Map(
      [tree, sample.root].flatMap((one) => identified(one).map(({ id, member: { key } }) => [String(key && evaluate(key, lookup)), id])),
    );
    return new Set(differences.map(({ path: [key = ''] }) => ids.get(key) ?? ''));
  }

  /** The objects of a sample, as they are with its marks. */
  protected dataIn({ root }: Sample, marks: ReadonlyMap<number, unknown>): unknown {
    return this.printed(root, marks);
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
    const entries = this.entriesOf(on);
    return entries && this.rootOf(entries);
  }

  /** What a release is with marks; values that are refused are turned over. */
  private entriesOf(on: Uint8Array): readonly Entry[] | undefined {
    for (let tries = 0; tries < 6; tries++) {
      try {
        return this.marked(on);
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

  protected rootOf(entries: readonly Entry[], marks: Marks = this.marks()): Container {
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
}
