// What a sample is to look like by what is known already: its places are compared, and only those that are others are learned anew.
import { base64 } from '../../../../kubernetes/encode';
import {
  evaluate,
  holds,
  type Condition,
  type Container,
  type Hole,
  type Lookup,
  type Member,
  type Node,
  type Part,
  type Pieces,
} from '../tree/model';
import { identified, isLone, ONLY, toldApartIn } from '../tree/identity';
import { Marks } from '../values/found';
import type { Seen } from './seen';
import { Extents, Numbers } from '../tree/evaluation';
import { asLines } from '../tree/files';
import { isContainer, shown, skeleton } from '../tree/skeleton';
import { joined, nodeOf } from '../tree/specialize';

/** The values of a sample. */
export interface State {
  /** Whether a value is there as its mark. */
  readonly isOn: (leaf: number) => boolean;
  /** What stands in for a value that is empty. */
  readonly standIn: (leaf: number) => Node | undefined;
  /** What the others are. */
  readonly valueOf: Lookup;
}

/** A member of what is expected. */
interface Expected extends Member {
  /** The member of the description that it is there for. */
  readonly origin: Member;
}

/** A description, and what each of several samples is to look like by it, in their order. */
export class Expectation {
  readonly roots: Node[] = [];
  private readonly states: State[] = [];
  private readonly extents = new Extents();
  private readonly numbers = new Numbers();
  /** What nodes of the description are, by the values that they depend on: from one sample to the next, most of it is the same. */
  private readonly known = new Map<Node, Map<string, Node>>();
  private readonly noMarks: Marks;

  constructor(readonly tree: Container) {
    this.noMarks = new Marks([], new Map(), [...toldApartIn(tree)]);
  }

  /** Takes one more sample. */
  add(state: State): void {
    this.states.push(state);
    this.roots.push(this.resolved(this.tree, state));
  }

  /** Whether a condition holds in a sample. */
  holds(condition: Condition, sample: number): boolean {
    const state = this.states[sample];
    return state !== undefined && holds(condition, lookupOf(state));
  }

  private resolved(node: Node, state: State): Node {
    const { isOn, standIn } = state;
    const lookup = lookupOf(state);
    const numbers: string[] = [];
    const numberOf = (leaf: number): string => (numbers[leaf] ??= this.numberOf(leaf, state, run));
    const run = (one: Node): Node => {
      const all = this.known.get(one) ?? new Map<string, Node>();
      const key = this.extents.of(one).leaves.map(numberOf).join();
      const before = all.get(key);
      if (before) return before;
      const made = make(one);
      this.known.set(one, all.set(key, made));
      return made;
    };
    const make = (one: Node): Node => {
      switch (one.t) {
        case 'literal':
          // A text that is the same always is one literal, whatever lines it has.
          return typeof one.value === 'string' ? skeleton(one.value, this.noMarks) : one;
        case 'pieces':
          return this.text(one, run, state, lookup);
        case 'choice':
          return run(holds(one.when, lookup) ? one.yes : one.no);
        case 'hole': {
          const other = isOn(one.leaf) ? one : standIn(one.leaf);
          return other === one ? (one.form === 'file' ? asLines(one) : one) : other ? run(other) : this.plain(one, lookup);
        }
        case 'spread':
        case 'yaml':
          return isOn(one.leaf) ? one : nodeOf(evaluate(one, lookup));
        default:
          return { ...one, members: one.members.filter(({ when }) => !when || holds(when, lookup)).flatMap((member) => here(member)) };
      }
    };
    const here = (member: Member): readonly Expected[] => {
      const { key, value } = member;
      if ((value.t === 'spread' || value.t === 'each') && !isOn(value.leaf)) return [];
      return [{ ...(key ? { key: run(key) as typeof key } : {}), value: run(value), origin: member }];
    };
    // The whole is hardly ever the same as in another sample.
    return make(node);
  }

  /** What stands for a value that has no mark. */
  private plain(hole: Hole, lookup: Lookup): Node {
    const value = evaluate(hole, lookup);
    return hole.form === 'file' ? skeleton(String(value), this.noMarks) : nodeOf(value);
  }

  /** Tells what a value is in a sample. */
  private numberOf(leaf: number, { isOn, standIn, valueOf }: State, run: (node: Node) => Node): string {
    if (isOn(leaf)) return 'on';
    const other = standIn(leaf);
    return other ? `for ${this.numbers.of(shown(run(other)))}` : String(this.numbers.of(valueOf(leaf)));
  }

  private text({ parts, encoded }: Pieces, run: (node: Node) => Node, state: State, lookup: Lookup): Node {
    const { isOn, standIn } = state;
    const all = joined(
      parts.flatMap((part): readonly Part[] => {
        if (typeof part !== 'string' && part.t === 'pieces') {
          const inner = this.text(part, run, state, lookup);
          return inner.t === 'pieces' ? [inner] : partsOf(inner);
        }
        if (typeof part === 'string' || isOn(part.leaf)) return [part];
        const other = part.t === 'hole' ? standIn(part.leaf) : undefined;
        return other ? partsOf(run(other)) : [String(evaluate({ t: 'pieces', parts: [part] }, lookup))];
      }),
    );
    if (all.some((part) => typeof part !== 'string')) return { t: 'pieces', parts: all, ...(encoded ? { encoded } : {}) };
    const text = all.join('');
    return { t: 'literal', value: encoded ? base64(text) : text };
  }
}

const lookupOf =
  ({ isOn, standIn, valueOf }: State): Lookup =>
  (leaf) =>
    isOn(leaf) || standIn(leaf) !== undefined || valueOf(leaf);

const partsOf = (node: Node): readonly Part[] =>
  node.t === 'pieces' ? node.parts : node.t === 'hole' ? [node] : node.t === 'literal' ? [String(node.value)] : [];

/** Whether two skeletons are the same, but for how values are written. */
export const isAsExpected = (one: Node, other: Node): boolean => textOf(one) === textOf(other);

const texts = new WeakMap<Node, string>();
function textOf(node: Node): string {
  const before = texts.get(node);
  if (before !== undefined) return before;
  const text = written(node);
  texts.set(node, text);
  return text;
}

function written(node: Node): string {
  switch (node.t) {
    case 'literal':
      return node.value === null ? '' : `${typeof node.value} ${node.value}`;
    case 'hole':
    case 'spread':
      return `<${node.leaf}>`;
    case 'yaml':
      return `yaml<${node.leaf}>${node.indent}`;
    case 'pieces':
      return node.parts.length === 1 ? partOf(node.parts[0] ?? '') : `${node.encoded ? 'b' : ''}[${node.parts.map(partOf).join('')}]`;
    case 'choice':
      return `(${textOf(node.yes)} ${textOf(node.no)})`;
    default: {
      const members = node.members.map(({ key, value }) => `${key ? textOf(key) : ''}:${textOf(value)}`);
      // Nothing and null are the same in a map, in whatever order its keys are.
      const own = node.t === 'map' ? members.filter((member) => !member.endsWith(':')).toSorted() : members;
      const [only] = node.members;
      if (node.members.length === 1 && only?.value.t === 'spread') return textOf(only.value);
      return `${node.t}${node.t === 'each' ? node.leaf : ''}{${own.join()}}`;
    }
  }
}

const partOf = (part: Part): string =>
  typeof part === 'string'
    ? part
    : part.t === 'pieces'
      ? textOf(part)
      : part.t === 'hole'
        ? `<${part.leaf}>`
        : `<${part.leaf}*${part.separator}>`;

/** The members that a place is known to have, by what they are known by in samples. */
export class KnownMembers {
  /** Those that samples have and that are not expected, or the other way round. */
  readonly unexpected = new Set<string>();
  private readonly ids = new Map<Member, string>();
  private readonly members = new Map<string, Member>();
  private readonly all = new Map<Node | undefined, ReadonlyMap<string, Node>>();

  /**
   * @param before what the place is known to be. @default nothing is known
   * @param areLone whether each sample has one item alone there
   */
  constructor(
    private readonly before: Node | undefined,
    seen: readonly Seen[],
    areLone: boolean,
  ) {
    // Where two of them are not told apart, the last sample counts.
    for (const { expected } of seen.toSorted((one, other) => (one.samples.at(-1) ?? 0) - (other.samples.at(-1) ?? 0)))
      this.all.set(expected, this.find(expected, areLone));
  }

  /** What a sample is to have there, by what it is known by. @param node what was expected of the place as a whole */
  expected(node: Node | undefined): ReadonlyMap<string, Node> {
    return this.all.get(node) ?? new Map();
  }

  private find(node: Node | undefined, areLone: boolean): ReadonlyMap<string, Node> {
    const found = this.before && node && isContainer(node) ? identified(node) : [];
    const all = node && areLone && isLone(node) ? found.map((one) => ({ ...one, id: ONLY })) : found;
    for (const { id, member } of all) {
      const { origin } = member as Partial<Expected>;
      if (!origin) continue;
      const [other, own] = [this.members.get(id), this.ids.get(origin)];
      // One that samples know by several names, or two that they know by one, are to be learned anew.
      if ((other && other !== origin) || (own !== undefined && own !== id)) [id, own ?? id].forEach((one) => this.unexpected.add(one));
      this.members.set(id, origin);
      this.ids.set(origin, id);
    }
    return new Map(all.map(({ id, member }) => [id, member.value]));
  }

  /** All of them, in their order; those that no sample is to have by their place. */
  order(): string[] {
    if (!this.before || !isContainer(this.before)) return [];
    return this.before.members.map((member, place) => {
      const id = this.ids.get(member) ?? `not seen: ${place}`;
      this.members.set(id, member);
      return id;
    });
  }

  at(id: string): Member | undefined {
    return this.members.get(id);
  }
}
