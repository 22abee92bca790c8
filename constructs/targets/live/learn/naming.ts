// Values that names of objects are made with: what stands in for one that is empty, such as RELEASE-web for fullnameOverride.
import { ValuesError } from '../../../../helm/check';
import { isTrue } from '../../../../helm/print';
import { isTable } from '../../../../helm/yaml/values';
import type { Entry } from '../../../common/entry';
import type { Sample } from './evidence';
import { Learner } from './learn';
import { NAMESPACE } from '../values/leaves';
import { markOf, TEXTS } from '../values/marks';
import type { Node } from '../tree/model';
import { Rounds } from './rounds';
import { leavesIn, skeleton, textsIn } from '../tree/skeleton';

const SAMPLES = 40;
/** Samples that must tell what stands in, and how many are tried until they do: many are refused while it is not known what is. */
const LEAST = 3;
const MOST = 400;
const MADE_WITH = 'names of objects are made with it';

export class Naming extends Rounds {
  /** Finds out what stands in for the values of names that are empty in the release. @returns whether nothing had to be fixed */
  protected settleNames(): boolean {
    const before = this.fixed.size;
    for (const leaf of [...this.naming].filter((one) => !this.fixed.has(one) && !this.fallbacks.has(one))) {
      const found = this.standingIn(leaf);
      if (!found) this.fixed.set(leaf, MADE_WITH);
      else {
        this.fallbacks.set(leaf, found);
        for (const part of textsIn(found)) if (part > NAMESPACE && TEXTS.includes(this.shapeOf(part))) this.shapes[part] = ['name'];
      }
    }
    return this.fixed.size === before;
  }

  private standingIn(leaf: number): Node | undefined {
    const samples: Sample[] = [];
    const marks = this.marks();
    const tests = this.tests();
    const base = [this.all(1), this.like(), this.empty(), this.all(0)];
    const isEnough = (count: number): boolean => count >= (samples.length < LEAST ? MOST : SAMPLES + base.length);
    for (let count = 0; !isEnough(count); count++) {
      const on = this.repaired(base[count] ?? this.shuffled(count), this.random);
      const text = this.textWithout(leaf, on);
      if (text === undefined) continue;
      const value = skeleton(text, marks);
      if (leavesIn(value).has(leaf)) return undefined;
      samples.push({ on: tests.on(on), root: { t: 'map', members: [{ key: { t: 'literal', value: 'text' }, value }] } });
    }
    if (samples.length < LEAST) return undefined;
    const deciding = tests.of(this.candidates.map(({ index }) => index).filter((index) => index !== leaf));
    const learner = new Learner(samples, deciding, (one, other) => this.nearness(tests.leafOf(one), tests.leafOf(other)));
    const { members } = tests.told(learner.learn());
    return learner.riddles.length ? undefined : members[0]?.value;
  }

  /** What stands where the mark of a value would; undefined where it shows nothing, or more than the text is another one. */
  private textWithout(leaf: number, on: Uint8Array): string | undefined {
    try {
      const marked = new Map(this.candidates.map((one) => [one.index, this.mark(one, on[one.index] ?? 0)]));
      const there = this.again(marked, true);
      marked.set(leaf, this.leaves[leaf]?.base);
      return replacement(String(markOf(leaf, 'name', true)), there, this.again(marked, true));
    } catch (error) {
      if (!(error instanceof ValuesError)) throw error;
      return undefined;
    }
  }

  /** Whether a value may be empty in a sample. */
  protected mayBeEmpty(leaf: number): boolean {
    return !this.alwaysOn.has(leaf) || this.fallbacks.has(leaf);
  }

  /** Whether another value stands in for one that is fixed: then its places follow that one. */
  protected followsOthers(leaf: number): boolean {
    return this.fallbacks.has(leaf) && !isTrue(this.leaves[leaf]?.base);
  }
}

/** The text in the objects of one render at the places where those of the other have the mark. */
function replacement(mark: string, marked: readonly Entry[], plain: readonly Entry[]): string | undefined {
  const keys = plain
    .map(({ key }) => key)
    .toSorted()
    .join('\n');
  const isRight = (text: string): boolean =>
    marked
      .map(({ key }) => key.replaceAll(mark, text))
      .toSorted()
      .join('\n') === keys;
  const named = marked.filter(({ key }) => key.includes(mark));
  for (const { key, object } of named)
    for (const other of plain) {
      const text = other.object.kind === object.kind ? between(mark, key, other.key) : undefined;
      if (text !== undefined && isRight(text)) return text;
    }
  if (named.length) return undefined;
  const there = new Map(plain.map(({ key, object }) => [key, object]));
  for (const { key, object } of marked) {
    const text = inside(mark, object, there.get(key));
    if (text !== undefined && isRight(text)) return text;
  }
  return undefined;
}

/** What a text has where the other one has the mark. */
function between(mark: string, marked: string, plain: string): string | undefined {
  const at = marked.indexOf(mark);
  const after = marked.slice(at + mark.length).split(mark)[0] ?? '';
  const end = after === '' ? plain.length : plain.indexOf(after, at);
  if (at < 0 || end < at || !plain.startsWith(marked.slice(0, at))) return undefined;
  const text = plain.slice(at, end);
  return marked.replaceAll(mark, text) === plain ? text : undefined;
}

function inside(mark: string, marked: unknown, plain: unknown): string | undefined {
  if (typeof marked === 'string') return typeof plain === 'string' && marked.includes(mark) ? between(mark, marked, plain) : undefined;
  const below = (all: unknown): [string, unknown][] => (isTable(all) || Array.isArray(all) ? Object.entries(all) : []);
  const others = new Map(below(plain));
  for (const [key, value] of below(marked)) {
    const text = inside(mark, value, others.get(key));
    if (text !== undefined) return text;
  }
  return undefined;
}
