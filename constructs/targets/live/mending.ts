// A description that was learned with other values than those of the release: only what is not the same any more is learned anew.
import { isDeepStrictEqual } from 'node:util';
import { withoutNulls } from './data';
import type { Sample } from './evidence';
import { Expectation } from './expected';
import { identified } from './identity';
import { READ_IN_PARTS, Tangled } from './renders';
import type { Container, Node } from './model';
import { isContainer, switchesOf } from './skeleton';
import { Proof } from './proof';
import { scoped } from './scope';
import { switchesIn } from './walk';

/** Samples that are taken before what is known is held against them. */
const FIRST = 12;
/** How often what was learned anew is held against other samples, and against how many. */
const ROUNDS = 8;
const CHECKS = 16;
/** Each time with more values fixed. */
const ATTEMPTS = 12;

export class Mending extends Proof {
  /**
   * The tree with what is different in the release.
   * @param known what was learned with other values
   * @throws Tangled when it is not found out what is different
   */
  protected mended(known: Container): Container {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const tree = this.withFixed(known);
      const samples = this.firstSamples();
      let [learned, refuting] = [tree, [] as readonly Sample[]];
      for (let round = 0; round < ROUNDS; round++) {
        const anew = this.learnedAnew(tree, samples);
        if (!anew) break;
        learned = anew;
        refuting = this.refutingFew(learned);
        if (!refuting.length) return isDeepStrictEqual(learned, tree) ? tree : this.turnedOver(this.formed(learned), tree);
        samples.push(...refuting);
      }
      // Where values were fixed, it is tried again without them.
      if (refuting.length) this.settleRefuting(learned, refuting);
    }
    throw new Tangled('what is different in this release was not found out');
  }

  private firstSamples(): Sample[] {
    const states = [
      this.all(1),
      this.like(),
      this.empty(),
      this.all(0),
      ...Array.from({ length: FIRST }, (_, count) => this.shuffled(count)),
    ];
    return states.flatMap((on) => this.sample(on) ?? []);
  }

  /** Undefined when values had to be fixed. */
  private learnedAnew(known: Container, samples: readonly Sample[]): Container | undefined {
    if (this.fixApart()) return undefined;
    const tests = this.tests();
    const before = new Expectation(
      known,
      samples.map(({ on }) => this.stateOf(on)),
    );
    const learner = this.learner(samples, tests, { before });
    const strays = new Set<number>();
    const tree = scoped(tests.told(learner.learn()), this.items, strays);
    for (const leaf of strays) this.apart.add(leaf);
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

  private stateOf(on: Uint8Array): ConstructorParameters<typeof Expectation>[1][number] {
    const marks = this.marksOf(on);
    const isOn = (leaf: number): boolean => marks.has(leaf) && !this.isTested(leaf) && (on[leaf] !== 0 || !this.leaves[leaf]?.declared);
    return {
      isOn,
      standIn: (leaf) => (isOn(leaf) ? undefined : this.fallbacks.get(leaf)),
      valueOf: (leaf) => withoutNulls(marks.get(leaf)),
    };
  }

  private refutingFew(tree: Container): Sample[] {
    const found: Sample[] = [];
    for (let count = 0; count < CHECKS; count++) {
      const sample = this.sample(this.shuffled(count));
      if (sample && this.refutedBy(tree, sample).size) found.push(sample);
    }
    return found;
  }

  /** The tree with each switch of what is new turned over by itself, and without what the release refuses beside its other values. */
  private turnedOver(tree: Container, before: Container): Container {
    return this.allowed(this.switched(tree, newSwitches(tree, before)));
  }
}

/** The values that decide something in places that are others than before. */
function newSwitches(node: Node, before: Node | undefined, into = new Set<number>()): ReadonlySet<number> {
  if (isDeepStrictEqual(node, before)) return into;
  if (!isContainer(node) || !before || !isContainer(before)) return switchesIn(node, into);
  const members = new Map(identified(before).map(({ id, member }) => [id, member]));
  for (const { id, member } of identified(node)) {
    const own = members.get(id);
    if (member.when && !isDeepStrictEqual(member.when, own?.when)) switchesOf(member.when).forEach(({ leaf }) => into.add(leaf));
    newSwitches(member.value, own?.value, into);
  }
  return into;
}
