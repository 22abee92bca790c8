// Evaluates trees again and again with values of which most are as before: what is made of the same values is not made anew.
import { evaluate, type Lookup, type Member, type Node } from './model';
import { isContainer, leavesIn, switchesOf } from './skeleton';

/** How many results are kept of a node, the last ones. */
const KEPT = 8;
/** Nodes that a part of a tree has for its results to be kept: fewer are evaluated sooner than looked up. */
const LEAST_NODES = 8;

interface Result {
  /** Numbers of the values that it was made of. */
  readonly made: readonly number[];
  readonly data: unknown;
}

interface Known {
  readonly results: Result[];
  /** Place of the result that is replaced by the next one. */
  next: number;
}

export class Evaluation {
  private readonly extents = new Extents();
  private readonly numbers = new Numbers();
  private readonly known = new Map<Node, Known>();

  /** What `evaluate` gives. Parts of it may be data that was given before: it must not be changed. */
  evaluate(node: Node, lookup: Lookup): unknown {
    const values: unknown[] = [];
    const numbers: number[] = [];
    const numberOf = (leaf: number): number => {
      const before = numbers[leaf];
      if (before !== undefined) return before;
      values[leaf] = lookup(leaf);
      return (numbers[leaf] = this.numbers.of(values[leaf]));
    };
    const own: Lookup = (leaf) => (numberOf(leaf), values[leaf]);
    const run = (one: Node, at: Lookup): unknown => {
      const extent = at === own && (isContainer(one) || one.t === 'choice') ? this.extents.of(one) : undefined;
      if (!extent || extent.size < LEAST_NODES) return evaluate(one, at, run);
      const known = this.known.get(one) ?? { results: [], next: 0 };
      const made = extent.leaves.map(numberOf);
      const before = known.results.find((result) => areSame(result.made, made));
      if (before) return before.data;
      const data = evaluate(one, at, run);
      known.results[known.next] = { made, data };
      known.next = (known.next + 1) % KEPT;
      this.known.set(one, known);
      return data;
    };
    // A whole tree is hardly ever the same as before.
    return evaluate(node, own, run);
  }
}

function areSame(one: readonly number[], other: readonly number[]): boolean {
  for (let index = 0; index < one.length; index++) if (one[index] !== other[index]) return false;
  return true;
}

/** Equal values have the same number. */
export class Numbers {
  private readonly scalars = new Map<unknown, number>();
  /** Of lists and maps, by their text. */
  private readonly texts = new Map<string, number>();

  of(value: unknown): number {
    if (typeof value !== 'object' || value === null) return this.numbered(this.scalars, value);
    return this.numbered(this.texts, JSON.stringify(value, toldApart));
  }

  private numbered<K>(all: Map<K, number>, key: K): number {
    const before = all.get(key);
    if (before !== undefined) return before;
    const next = this.scalars.size + this.texts.size;
    all.set(key, next);
    return next;
  }
}

/** What JSON does not tell apart from something else. */
const toldApart = (_: string, value: unknown): unknown =>
  typeof value === 'bigint' ? { bigint: String(value) } : value === undefined ? { undefined: true } : value;

export interface Extent {
  /** The values that a node depends on. */
  readonly leaves: readonly number[];
  /** How many nodes it consists of. */
  readonly size: number;
}

const NO_LEAVES: readonly number[] = [];
const ALWAYS_SAME: Extent = { leaves: NO_LEAVES, size: 1 };

/** How large nodes are, each looked at once. */
export class Extents {
  private readonly known = new Map<Node, Extent>();

  of(node: Node): Extent {
    if (node.t === 'literal') return ALWAYS_SAME;
    const before = this.known.get(node);
    if (before) return before;
    const extent = this.find(node);
    this.known.set(node, extent);
    return extent;
  }

  private find(node: Node): Extent {
    const below: readonly Member[] = isContainer(node)
      ? node.members
      : node.t === 'choice'
        ? [{ value: node.yes }, { value: node.no }]
        : [];
    const own = leavesIn(node, new Set(), false);
    for (const when of node.t === 'choice' ? [node.when] : below.map((member) => member.when))
      for (const { test } of when ? switchesOf(when) : []) if (test && 'contains' in test) leavesIn(test.contains, own);
    let size = 1;
    let leaves: readonly number[] = [...own];
    for (const { value } of below) {
      const inner = this.of(value);
      size += inner.size;
      leaves = united(leaves, inner.leaves);
    }
    return { leaves, size };
  }
}

/** Both; one of them where it has all of the other. */
function united(one: readonly number[], other: readonly number[]): readonly number[] {
  if (!one.length) return other;
  if (!other.length) return one;
  const all = new Set(one);
  for (const leaf of other) all.add(leaf);
  return all.size > one.length ? [...all] : one;
}
