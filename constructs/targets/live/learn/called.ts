// Names that the release may be given when the chart is installed: what is learned holds for other names than its own.
import { ValuesError } from '../../../../helm/check';
import { jsonOf } from '../../../common/narrow';
import { Odd } from './odd';
import { compared, type Difference } from '../tree/compare';
import { dataOf } from '../tree/data';
import { NAMESPACE, RELEASE_NAME } from '../values/leaves';
import { FLAGS, markOf } from '../values/marks';
import { evaluate, holds, type Condition, type Container, type Lookup, type Member, type Node, type Piece } from '../tree/model';
import { NAME_LENGTH } from '../print/rules-file';
import { namesIn, withShortNames } from '../tree/short-names';
import { isContainer } from '../tree/skeleton';
import type { RefusedNames } from '../described';

/** In JSON, what stands for other letters. */
const ESCAPED = /\\(u[0-9a-f]{4}|.)/g;
/** Helm takes no longer one. */
const LONGEST = 53;

export class Called extends Odd {
  /**
   * The tree without what is there under any name of the release but this one: as an address that is the default under one name.
   * @param own the name
   */
  protected besideName(learned: Container, own: string): Container {
    const wrong = (tree: Container): number =>
      this.differencesUnder(tree, own, new Map())?.reduce((sum, one) => sum + extent(one), 0) ?? Infinity;
    let least = wrong(learned);
    if (this.fixed.has(RELEASE_NAME) || !least || least === Infinity || !this.isRightElsewhere(learned)) return learned;
    let tree = learned;
    for (const { path } of this.differencesUnder(learned, own, new Map()) ?? [])
      for (const member of this.membersAt(tree, path, own)) {
        const other = changed(tree, member, { ...member, when: butUnder(own, member) });
        const left = wrong(other);
        if (left < least) [tree, least] = [other, left];
      }
    return least ? learned : tree;
  }

  /** Whether a tree is right under names that nobody knows. */
  protected isRightElsewhere(tree: Container): boolean {
    const marked = new Map([RELEASE_NAME, NAMESPACE].filter((one) => !this.fixed.has(one)).map((one) => [one, markOf(one, 'text', true)]));
    return !compared(this.printed(tree, marked), dataOf(this.again(new Map(), true))).length;
  }

  /** Names under which objects are others than the tree says. */
  protected refusedNames(tree: Container): RefusedNames {
    if (this.fixed.has(RELEASE_NAME)) return { words: [] };
    const around = this.aroundNames(tree);
    const longest = this.longestUnder(tree, around);
    const together = this.candidates.flatMap(({ index }) => {
      if (this.shapeOf(index) !== 'name') return [];
      const letters = this.longestUnder(tree, [new Map([[index, 'n'.repeat(NAME_LENGTH)]])]);
      return letters < longest ? [[index, letters + NAME_LENGTH] as const] : [];
    });
    const words = this.wordsOf(tree).filter((word) => !this.isRightUnder(tree, namesWith(word, longest), around));
    return {
      ...(longest < LONGEST ? { longest } : {}),
      ...(together.length ? { together } : {}),
      // A longer one is refused with a shorter one in it.
      words: words.filter((word) => !words.some((one) => one !== word && word.includes(one))),
    };
  }

  /**
   * The tree with names that are the release's alone where it has the rest of them in it, a word or a value; what stands in for names
   * becomes that, too.
   */
  protected withShortNames(learned: Container): Container {
    if (this.fixed.has(RELEASE_NAME)) return learned;
    let tree = learned;
    const around = this.aroundNames(learned);
    const longest = this.longestUnder(learned, around);
    const settle = (rest: Piece, isRight: (tree: Container) => boolean, isLong?: (name: string) => boolean): boolean => {
      const before = new Map(this.fallbacks);
      for (const [leaf, node] of before) this.fallbacks.set(leaf, withShortNames(node, rest, isLong));
      const found = [tree, withShortNames(tree, rest, isLong)].find(isRight);
      if (!found) for (const [leaf, node] of before) this.fallbacks.set(leaf, node);
      tree = found ?? tree;
      return found !== undefined;
    };
    for (const word of this.wordsOf(tree)) {
      const isRight = (one: Container): boolean => this.isRightUnder(one, namesWith(word, longest), around);
      const rest = { t: 'literal', value: word } as const;
      if (isRight(tree) || settle(rest, isRight)) continue;
      // Other parts of names may begin with the same word.
      const long = this.longNames(tree, word, around);
      settle(rest, isRight, (name) => long.has(name));
    }
    for (const { index } of this.candidates) {
      if (!this.limits.get(index)?.has('inRelease')) continue;
      const all = around.map((given) => new Map([...given, [index, 'rest']]));
      if (settle({ t: 'hole', leaf: index }, (one) => this.isRightUnder(one, namesWith('rest', longest), all)))
        this.limits.get(index)?.delete('inRelease');
    }
    return tree;
  }

  /** Values beside which names are looked at: the release as it is, and with more of it on. */
  private aroundNames(tree: Container): readonly ReadonlyMap<number, unknown>[] {
    const on = this.all(1);
    const flags = this.candidates.filter(({ index }) => FLAGS.includes(this.shapeOf(index)));
    // Values that names are made with hide what is made of the name of the release.
    const parts = new Map(flags.map((leaf) => [leaf.index, this.mark(leaf, on[leaf.index] ?? 0)]));
    return [...this.around(), parts].filter((given) => this.differencesUnder(tree, this.subject.release.name, given)?.length === 0);
  }

  private longestUnder(tree: Container, around: readonly ReadonlyMap<number, unknown>[]): number {
    let [low, high] = [Math.min(this.subject.release.name.length, LONGEST), LONGEST + 1];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.isRightUnder(tree, ['n'.repeat(middle)], around)) low = middle;
      else high = middle;
    }
    return low;
  }

  private isRightUnder(tree: Container, names: readonly string[], around: readonly ReadonlyMap<number, unknown>[]): boolean {
    return names.every((name) => around.every((given) => this.differencesUnder(tree, name, given)?.length === 0));
  }

  /** What follows the name of the release in a text, word by word; the shortest come first. */
  private wordsOf(tree: Container): readonly string[] {
    const words = new Set<string>();
    for (const name of namesIn([tree, ...this.fallbacks.values()])) {
      const all = name.split('-').filter((word) => word !== '');
      all.forEach((_, at) => words.add(all.slice(0, at + 1).join('-')));
    }
    return [...words].toSorted((a, b) => a.length - b.length);
  }

  /** Of the names in a tree, those that the release has behind its own one also where that contains a word that they begin with. */
  private longNames(tree: Container, word: string, around: readonly ReadonlyMap<number, unknown>[]): ReadonlySet<string> {
    const release = `n-${word}-n`;
    const all = jsonOf(around.map((given) => this.dataUnder(release, given))).replaceAll(ESCAPED, ' ');
    const isThere = (name: string): boolean => new RegExp(`(?<![-a-z0-9])${release}${name}(?![-a-z0-9])`).test(all);
    return new Set([...namesIn([tree, ...this.fallbacks.values()])].filter(isThere));
  }

  /** Undefined for values that are refused. */
  private differencesUnder(tree: Container, name: string, given: ReadonlyMap<number, unknown>): readonly Difference[] | undefined {
    const data = this.dataUnder(name, given);
    return data && compared(this.printed(tree, new Map([...given, [RELEASE_NAME, name]])), data);
  }

  /** Undefined for values that are refused. */
  private dataUnder(name: string, given: ReadonlyMap<number, unknown>): Record<string, unknown> | undefined {
    try {
      return dataOf(this.again(given, false, name));
    } catch (error) {
      if (!(error instanceof ValuesError)) throw error;
      return undefined;
    }
  }

  /** The members of what is at a place, as far as a path leads. */
  private membersAt(tree: Container, path: readonly string[], name: string): readonly Member[] {
    const lookup = this.lookup(new Map([[RELEASE_NAME, name]]));
    const resolved = (node: Node): Node => (node.t === 'choice' ? resolved(holds(node.when, lookup) ? node.yes : node.no) : node);
    let at: Node = tree;
    let last: Member | undefined;
    for (const step of path) {
      const there: Member | undefined = isContainer(at) ? memberAt(at, step, lookup) : undefined;
      if (!there) break;
      last = there;
      at = resolved(there.value);
    }
    return [...(isContainer(at) && at !== tree ? at.members : []), ...(last ? [last] : [])];
  }
}

/** @param step a key, or a number in a list */
function memberAt({ t, members }: Container, step: string, lookup: Lookup): Member | undefined {
  const there = members.filter(({ when }) => !when || holds(when, lookup));
  if (t === 'map') return there.find(({ key }) => key && String(evaluate(key, lookup)) === step);
  let index = 0;
  for (const member of there) {
    const list = evaluate({ t: 'list', members: [{ value: member.value }] }, lookup);
    index += Array.isArray(list) ? list.length : 1;
    if (Number(step) < index) return member;
  }
  return undefined;
}

/** Names of a release that have a word in them, and are no longer than names may be. */
const namesWith = (word: string, longest: number): readonly string[] =>
  [word, `n${word}n`, `n-${word}-n`].filter((name) => name.length <= longest);

const butUnder = (name: string, { when }: Member): Condition => ({
  all: [...(when?.all ?? []), { leaf: RELEASE_NAME, on: false, test: { is: name } }],
  ...(when?.unless ? { unless: when.unless } : {}),
});

/** How many lines of a text, or items of a list, are others. */
function extent({ expected, actual }: Difference): number {
  const [one, other] = [expected, actual].map((value) =>
    typeof value === 'string' ? value.split('\n') : Array.isArray(value) ? value.map(jsonOf) : undefined,
  );
  return one && other ? one.length + other.length - 2 * shared(one, other) : 1;
}

/** The length of the longest row of lines that both have in this order. */
function shared(one: readonly string[], other: readonly string[]): number {
  let above = [0, ...other.map(() => 0)];
  for (const line of one) {
    const row = [0];
    other.forEach((second, index) => {
      row.push(line === second ? (above[index] ?? 0) + 1 : Math.max(above[index + 1] ?? 0, row[index] ?? 0));
    });
    above = row;
  }
  return above.at(-1) ?? 0;
}

/** The tree with another member in place of one; all others are the same ones. */
function changed(tree: Container, member: Member, other: Member): Container {
  const run = (node: Node): Node => {
    if (node.t === 'choice') {
      const [yes, no] = [run(node.yes), run(node.no)];
      return yes === node.yes && no === node.no ? node : { ...node, yes, no };
    }
    if (!isContainer(node)) return node;
    let isSame = true;
    const members = node.members.map((one) => {
      const value = run(one.value);
      if (one !== member && value === one.value) return one;
      isSame = false;
      return one === member ? other : { ...one, value };
    });
    return isSame ? node : { ...node, members };
  };
  return run(tree) as Container;
}
