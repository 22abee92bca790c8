// A description that was learned with other values than those of the release: only what is not the same any more is learned anew.
import { isDeepStrictEqual } from 'node:util';
import { ValuesError } from '../../../../helm/check';
import type { Entry } from '../../../common/entry';
import { dataOf, withoutNulls } from '../tree/data';
import { Evidence, type Sample } from '../learn/evidence';
import { Expectation, type State } from '../learn/expected';
import type { Knowledge } from '../learn/learn';
import { identified } from '../tree/identity';
import { isAt, type Leaf } from '../values/leaves';
import { FLAGS, TEXTS } from '../values/marks';
import { READ_IN_PARTS, Tangled } from '../learn/renders';
import type { Container, Member, Node } from '../tree/model';
import { isContainer, leavesIn, switchesOf } from '../tree/skeleton';
import { Reopening } from '../learn/reopening';
import { statesOf } from '../tree/tests';
import { BESIDE, ENOUGH } from '../learn/sampling';
import { switchesIn } from '../tree/walk';

/** Samples that are taken before what is known is held against them. */
const FIRST = 12;
/** The same where it may take longer than to write a chart; and those with any words and numbers of values that are followed now. */
const MANY = 120;
const OF_OPENED = 6000;
/** How often what was learned anew is held against other samples, and against how many. */
const ROUNDS = 16;
const FEW = { checks: 24, last: 16, beside: 3 };
/** How often values are fixed whose marks are refused. */
const TRIES = 20;
/** After so many, it is not tried again with more values fixed. */
const MOST_RENDERS = 600;

export class Mending extends Reopening {
  /** The objects of samples, as the release has them. */
  private readonly data = new WeakMap<Sample, Record<string, unknown>>();
  /** Which objects of samples were others than those of a tree. */
  private readonly wrongIn = new WeakMap<Sample, { readonly tree: Container; readonly ids: ReadonlySet<string> }>();
  /** Values that are followed, though they were fixed. */
  protected opened: readonly Leaf[] = [];
  /** What was learned until values had to be fixed that are none of it. */
  private reached: Container | undefined;

  /**
   * The tree with what is different in the release.
   * @param known what was learned with other values
   * @param areSame whether fixed values are the same as then: what is different is not by them
   * @param from what was found out already, with fewer values fixed. @default nothing is
   * @throws Tangled when it is not found out what is different
   */
  protected mended(known: Container, areSame: boolean, from?: Container): Container {
    this.reached = from;
    for (const most = this.renders + MOST_RENDERS; this.renders < most;) {
      const tree = this.learnedBeside(this.withFixed(known), areSame);
      if (tree) return tree;
    }
    throw new Tangled('what is different in this release was not found out');
  }

  /** Undefined when values had to be fixed. */
  private learnedBeside(known: Container, areSame: boolean): Container | undefined {
    const told = this.tests().told(known, this.placed);
    const tree = this.reached ? this.withFixed(this.reached) : told;
    const isKnown = areSame && tree === told;
    let more = this.firstSamples();
    if (!more.length) throw new Tangled('marks are refused in this release');
    const wrong = new Set(more.flatMap((sample) => [...this.refutedBy(tree, sample)]));
    if (!wrong.size) return isKnown ? tree : this.heldAgainst(this.formed(tree), told);
    const before = new Expectation(tree);
    const samples: Sample[] = [];
    const evidence = new Evidence();
    let same = membersBut(tree, wrong);
    for (let round = 0; ; round++) {
      samples.push(...more);
      for (const { on } of more) before.add(this.stateOf(on));
      const learned = this.learnedAnew(samples, { before, known: same, evidence });
      if (!learned) return undefined;
      more = this.opened.length ? this.refutingWithOpened(learned) : this.refuting(learned, FEW);
      if (!more.length) return isKnown && isDeepStrictEqual(learned, tree) ? tree : this.heldAgainst(this.formed(learned), told);
      if (round === ROUNDS) {
        this.settleRefuting(learned, more);
        this.reached = learned;
        return undefined;
      }
      same = membersBut(learned, new Set(more.flatMap((sample) => [...this.refutedBy(learned, sample)])));
    }
  }

  private firstSamples(): Sample[] {
    const states = [
      this.all(1),
      this.like(),
      this.empty(),
      this.all(0),
      ...Array.from({ length: this.opened.length ? MANY : FIRST }, (_, count) => this.shuffled(count)),
      ...this.ofOpened(),
    ];
    return states.flatMap((on) => this.sample(on) ?? this.sampleWithout(on) ?? []);
  }

  /** Samples with each word and number of values that are followed now, though they were fixed: chance would leave some of them out. */
  private ofOpened(): Uint8Array[] {
    return this.opened.flatMap((leaf) =>
      statesOf(leaf, this.shapeOf(leaf.index)).flatMap((_, state) =>
        [this.all(1), this.like(), this.shuffled(0)].map((on) => on.fill(state, leaf.index, leaf.index + 1)),
      ),
    );
  }

  private refutingWithOpened(tree: Container): Sample[] {
    const found = this.refuting(tree);
    for (let count = 0; count < OF_OPENED && found.length < ENOUGH; count++) {
      const on = this.shuffled(count);
      for (const { index } of this.opened) on[index] = this.random(this.statesOf(index));
      const sample = this.sample(on);
      if (sample) found.push(...this.withBeside(tree, sample, BESIDE));
    }
    return found;
  }

  /** Where they are as is known, they are held against that as they are: where marks stand in them is not looked for. */
  protected override sampleOf(sample: Omit<Sample, 'root'>, entries: readonly Entry[]): Sample {
    const marks = this.marks();
    let root: Container | undefined;
    const rootOf = (): Container => (root ??= this.rootOf(entries, marks));
    const made = {
      ...sample,
      get root() {
        return rootOf();
      },
    };
    this.data.set(made, dataOf(entries));
    return made;
  }

  protected override refutedBy(tree: Container, sample: Sample): ReadonlySet<string> {
    const before = this.wrongIn.get(sample);
    if (before?.tree === tree) return before.ids;
    const ids = super.refutedBy(tree, sample);
    this.wrongIn.set(sample, { tree, ids });
    return ids;
  }

  protected override dataIn(sample: Sample, marks: ReadonlyMap<number, unknown>): unknown {
    return this.data.get(sample) ?? super.dataIn(sample, marks);
  }

  /** The same with values fixed whose marks are refused in this release. */
  private sampleWithout(on: Uint8Array): Sample | undefined {
    for (let tries = 0; tries < TRIES; tries++) {
      const refused = this.refusedIn(on);
      if (!refused.length) break;
      for (const leaf of refused) this.fix(leaf, 'it is checked');
    }
    return this.sample(on);
  }

  private refusedIn(on: Uint8Array): readonly number[] {
    try {
      this.marked(on);
      return [];
    } catch (error) {
      if (!(error instanceof ValuesError)) throw error;
      return this.candidates.filter((leaf) => error.issues.some(({ path }) => isAt(leaf, path))).map(({ index }) => index);
    }
  }

  /** Undefined when values had to be fixed. */
  private learnedAnew(samples: readonly Sample[], knowledge: Knowledge): Container | undefined {
    if (this.fixApart()) return undefined;
    const tests = this.tests();
    const learner = this.learner(samples, tests, knowledge);
    const tree = this.treeOf(learner, tests);
    if (this.fixApart()) return undefined;
    const count = this.fixed.size;
    for (const riddle of learner.riddles) this.solve(riddle, samples);
    return this.fixed.size === count ? tree : undefined;
  }

  /** Lists and maps that are read in parts are fixed: to see what of them is read would be to learn all of it anew. */
  private fixApart(): boolean {
    const apart = [...this.apart].filter((leaf) => !this.fixed.has(leaf));
    this.apart.clear();
    for (const leaf of apart) this.fix(leaf, READ_IN_PARTS);
    return apart.length > 0;
  }

  private stateOf(on: Uint8Array): State {
    const marks = this.marksOf(on);
    const isOn = (leaf: number): boolean => marks.has(leaf) && !this.isTested(leaf) && (on[leaf] !== 0 || !this.leaves[leaf]?.declared);
    return {
      isOn,
      standIn: (leaf) => (isOn(leaf) ? undefined : this.fallbacks.get(leaf)),
      valueOf: (leaf) => withoutNulls(marks.get(leaf)),
    };
  }

  /** What is new, held against each of its values by itself: turned over, nothing, and empty. What the release refuses is fixed. */
  private heldAgainst(tree: Container, before: Container): Container {
    // What is not right for the release itself tells nothing of other values.
    if (this.differences(tree, new Map())?.length !== 0) return tree;
    const { switches, leaves } = newIn(tree, before);
    const held = this.allowed(this.switched(tree, switches), this.doubtful());
    const open = this.candidates.filter(({ index, item }) => leaves.has(index) && !item);
    for (const limit of ['null', 'empty'] as const) this.boundAlone(held, open, limit);
    for (const { index } of open)
      if (TEXTS.includes(this.shapeOf(index)) && this.boundedBy(held, new Map([[index, 0]])).length) this.limit(index, 'nought');
    return held;
  }

  /**
   * Values that the release may refuse by themselves. Those of which many are taken together are none; what decides something may hide
   * what is refused of others, and is looked at by itself.
   */
  private doubtful(): readonly Leaf[] {
    const isPlain = (leaf: Leaf): boolean =>
      !FLAGS.includes(this.shapeOf(leaf.index)) && !this.isTested(leaf.index) && !leaf.declared?.choices;
    const open = this.candidates.filter((leaf) => isPlain(leaf) && this.othersAlone(leaf).length);
    const count = Math.ceil(Math.sqrt(open.length));
    const taken = new Set<number>();
    for (let group = 0; group < count; group++) {
      // Values beside each other are in different groups.
      const given = new Map(open.filter((_, place) => place % count === group).map((leaf) => [leaf.index, this.othersAlone(leaf)[0]]));
      this.clear(given);
      if (!this.refusalOf(given, false)) for (const leaf of given.keys()) taken.add(leaf);
    }
    return this.candidates.filter(({ index }) => !taken.has(index));
  }
}

/** The members of a tree but for some, by what they are known by. */
const membersBut = (tree: Container, some: ReadonlySet<string>): ReadonlyMap<string, Member> =>
  new Map(identified(tree).flatMap(({ id, member }) => (some.has(id) ? [] : [[id, member]])));

interface New {
  /** Values that decide something there. */
  readonly switches: Set<number>;
  /** All values of these places. */
  readonly leaves: Set<number>;
}

/** Values of the places that are others than before. */
function newIn(node: Node, before: Node | undefined, into: New = { switches: new Set(), leaves: new Set() }): New {
  if (isDeepStrictEqual(node, before)) return into;
  if (!isContainer(node) || !before || !isContainer(before)) {
    switchesIn(node, into.switches);
    leavesIn(node, into.leaves);
    return into;
  }
  const members = new Map(identified(before).map(({ id, member }) => [id, member]));
  for (const { id, member } of identified(node)) {
    const own = members.get(id);
    if (member.when && !isDeepStrictEqual(member, own))
      for (const { leaf } of switchesOf(member.when)) [into.switches, into.leaves].forEach((all) => all.add(leaf));
    newIn(member.value, own?.value, into);
  }
  return into;
}
