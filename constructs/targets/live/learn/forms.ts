// What texts become that are given as numbers or flags.
import { ValuesError } from '../../../../helm/check';
import { isTrue } from '../../../../helm/print';
import { dataOf } from '../tree/data';
import { FORMS, type Container, type Form, type Hole, type Node } from '../tree/model';
import { withCounts } from '../tree/counts';
import { filesIn, withFiles } from '../tree/files';
import { isContainer } from '../tree/skeleton';
import { withForms } from '../tree/specialize';
import { trace } from '../tree/walk';
import { isAt } from '../values/leaves';
import { TEXTS, type Limit } from '../values/marks';
import { Called } from './called';

/** What a text becomes that is given as a number; `bare` is seen beforehand. */
const KINDS: readonly Form[] = ['json', 'text', 'digits'];

/** Samples that are looked at for texts that have not been seen. */
const SAMPLES = 20;

/** Texts with lines that begin, end and are quoted in several ways. */
const FILES = ['a: 1', 'a: "1"\n  b: \'\\\'\n\n\tc # d\n', '\n- x  \n: y\n\n'] as const;

export class Forms extends Called {
  /** What texts become that are given as numbers or flags. */
  protected formed(tree: Container): Container {
    const holes = new Map<Node, Set<Form>>();
    const texts = this.candidates.filter(({ index }) => TEXTS.includes(this.shapeOf(index)));
    const seen = (given: ReadonlyMap<number, unknown>, open: ReadonlySet<number>, kinds: readonly Form[], limit?: Limit): void => {
      trace(tree, dataOf(this.again(given, false)), this.lookup(given), (node, found, lookup) => {
        if (node.t !== 'hole' || !open.has(node.leaf)) return;
        const forms = holes.get(node) ?? new Set<Form>(node.form ? [node.form] : kinds);
        const left = [...forms].filter((form) => FORMS[form](lookup(node.leaf)) === found);
        if (left.length) holes.set(node, new Set(left));
        else if (limit) this.limit(node.leaf, limit);
      });
    };
    /** The same, with small numbers where large ones become something else, such as texts with an exponent. */
    const seenOrSmall: typeof seen = (given, open, kinds, limit) => {
      seen(given, open, kinds, limit);
      if (limit !== 'number') return;
      const small = [...open].filter((leaf) => this.isLimited(leaf, limit) && !this.isLimited(leaf, 'large'));
      if (!small.length) return;
      for (const leaf of small) this.exchange(leaf, limit, 'large');
      const others = new Map([...given, ...small.map((leaf) => [leaf, this.numberFor(leaf)] as const)]);
      try {
        seen(others, new Set(small), kinds, limit);
      } catch (error) {
        if (!(error instanceof ValuesError)) throw error;
        for (const leaf of small) this.limit(leaf, limit);
      }
      for (const leaf of small) if (this.isLimited(leaf, limit)) this.exchange(leaf, 'large', limit);
    };
    // What is a number by default shows what becomes of numbers, also where other values bring it to light.
    const numbers = new Set(texts.filter(({ base }) => isTrue(base) && typeof base !== 'string').map(({ index }) => index));
    if (numbers.size) seen(new Map(), numbers, [...KINDS, 'bare']);
    const kinds: readonly {
      readonly limit?: Limit;
      readonly isFor?: (leaf: number) => boolean;
      readonly value: (leaf: number) => unknown;
    }[] = [
      { value: (leaf) => this.leaves[leaf]?.base, isFor: (leaf) => numbers.has(leaf) },
      { value: (leaf) => this.numberFor(leaf), limit: 'number' },
      { value: () => true, limit: 'flag' },
      { value: (leaf) => String(this.numberFor(leaf)), limit: 'typed', isFor: (leaf) => this.shapeOf(leaf) !== 'name' },
    ];
    for (const { limit, isFor = () => true, value } of kinds) {
      const open = new Set(texts.map(({ index }) => index).filter((index) => isFor(index) && !this.isLimited(index, limit)));
      for (let tries = 0; tries < 12 && open.size; tries++) {
        const { size } = open;
        const given = new Map(this.allMarks().map(([leaf, mark]) => [leaf, open.has(leaf) && isTrue(mark) ? value(leaf) : mark]));
        try {
          seenOrSmall(given, open, limit ? KINDS : [...KINDS, 'bare'], limit);
          break;
        } catch (error) {
          if (!(error instanceof ValuesError)) throw error;
          for (const { path } of error.issues)
            for (const leaf of this.candidates)
              if (isAt(leaf, path) && open.delete(leaf.index))
                if (limit && limit !== 'typed' && typeof leaf.base !== typeof value(0)) this.limit(leaf.index, limit);
          // It would be refused once more.
          if (open.size === size) break;
        }
      }
    }
    // What stands where another value takes its place is brought to light by other samples.
    for (let count = 0; count < SAMPLES; count++) {
      const hidden = new Set(holesIn(tree).flatMap((node) => (node.form || holes.has(node) ? [] : [node.leaf])));
      const open = texts.filter(({ index }) => hidden.has(index));
      if (!open.length) break;
      const on = this.repaired(this.shuffled(count), this.random);
      for (const { limit, isFor = () => true, value } of kinds) {
        const tried = new Set(open.flatMap(({ index }) => (on[index] && isFor(index) && !this.isLimited(index, limit) ? [index] : [])));
        if (!tried.size) continue;
        const given = new Map(
          this.candidates.map((leaf) => [leaf.index, tried.has(leaf.index) ? value(leaf.index) : this.mark(leaf, on[leaf.index] ?? 0)]),
        );
        try {
          seenOrSmall(given, tried, limit ? KINDS : [...KINDS, 'bare'], limit);
        } catch (error) {
          if (!(error instanceof ValuesError)) throw error;
        }
      }
    }
    const found = withForms(tree, new Map([...holes].flatMap(([node, [form]]) => (form ? [[node, form]] : []))));
    return this.withFiles(withCounts(found, (leaf) => this.shapeOf(leaf) === 'count'));
  }

  /** The tree with texts that may have any lines, where the release takes them. */
  private withFiles(learned: Container): Container {
    let tree = learned;
    for (const leaf of filesIn(learned)) {
      if (!TEXTS.includes(this.shapeOf(leaf))) continue;
      const other = withFiles(tree, leaf);
      const around = this.around().filter((given) => FILES.every((file) => !this.refusalOf(new Map([...given, [leaf, file]]), false)));
      const isRight = (given: ReadonlyMap<number, unknown>): boolean => FILES.every((file) => !this.differs(other, given, leaf, file));
      if (around.length && around.every(isRight)) tree = other;
    }
    return tree;
  }

  private exchange(leaf: number, limit: Limit, other: Limit): void {
    this.limits.get(leaf)?.delete(limit);
    this.limit(leaf, other);
  }

  private isLimited(leaf: number, limit: Limit | undefined): boolean {
    return limit !== undefined && (this.limits.get(leaf)?.has(limit) ?? false);
  }
}

/** Values that stand as they are. */
function holesIn(node: Node): Hole[] {
  if (node.t === 'hole') return [node];
  if (node.t === 'choice') return [...holesIn(node.yes), ...holesIn(node.no)];
  return isContainer(node) ? node.members.flatMap(({ value }) => holesIn(value)) : [];
}
