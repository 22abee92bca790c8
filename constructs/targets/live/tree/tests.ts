// Values that decide by the word that they are, or by how large they are: each word and each number is a switch of its own.
import type { Leaf } from '../values/leaves';
import type { Shape } from '../values/marks';
import { passes, type Condition, type Container, type Node, type Switch, type Test } from './model';
import { isContainer } from './skeleton';

/** Largest number that is told apart from others. */
export const MOST = 7;
/** Numbers beyond it, which are to be the same as it; the last is the largest that such a value takes. */
export const BEYOND = [8, 9, 10, 20, 50, 100, 1000] as const;
export const LARGEST = 1000;

/** All that a value of such a shape may be; the first is what it is in the release. */
export function statesOf({ base, declared }: Leaf, shape: Shape | undefined): readonly unknown[] {
  const all = shape === 'word' ? (declared?.choices ?? []).filter((choice) => choice !== '') : shape === 'count' ? NUMBERS : [];
  return all.length ? [base, ...all.filter((one) => one !== base)] : [];
}
const NUMBERS: readonly unknown[] = Array.from({ length: MOST + 1 }, (_, number) => number);

interface Tested {
  readonly leaf: number;
  readonly test: Test;
  /** Which of the value's states pass it. */
  readonly passing: readonly boolean[];
}

/** Switches beyond those that values are by themselves, with numbers behind theirs. */
export class Tests {
  private readonly all: readonly Tested[];

  constructor(
    private readonly leaves: readonly Leaf[],
    shapeOf: (leaf: number) => Shape,
    isOpen: (leaf: number) => boolean,
  ) {
    this.all = leaves
      .filter(({ index }) => isOpen(index))
      .flatMap((leaf) => {
        const shape = shapeOf(leaf.index);
        const states = statesOf(leaf, shape);
        const tests = states.flatMap((state): Test[] =>
          shape === 'word' ? [{ is: String(state) }] : typeof state !== 'number' ? [{ given: true }] : state > 0 ? [{ least: state }] : [],
        );
        return tests.map((test) => ({ leaf: leaf.index, test, passing: states.map((state) => passes(state, test)) }));
      });
  }

  /** The value behind a switch. */
  leafOf(index: number): number {
    return this.all[index - this.leaves.length]?.leaf ?? index;
  }

  /** Switches in place of values. */
  of(leaves: readonly number[]): readonly number[] {
    const tested = new Set(this.all.map(({ leaf }) => leaf));
    const chosen = new Set(leaves);
    const more = this.all.flatMap(({ leaf }, index) => (chosen.has(leaf) ? [this.leaves.length + index] : []));
    return [...leaves.filter((leaf) => !tested.has(leaf)), ...more];
  }

  /** A sample's states, with those of the switches behind them. */
  on(states: Uint8Array): Uint8Array {
    const out = new Uint8Array(this.leaves.length + this.all.length);
    out.set(states.subarray(0, this.leaves.length));
    this.all.forEach(({ leaf, passing }, index) => {
      out[this.leaves.length + index] = passing[states[leaf] ?? 0] ? 1 : 0;
    });
    return out;
  }

  /**
   * What was learned with numbers of switches, with what they test; each place with a node of its own.
   * @param placed nodes that are so already, each at one place alone; those that are made are added to it. @default none
   */
  told<N extends Node>(node: N, placed: WeakSet<Node> = new WeakSet()): N {
    const one = (item: Switch): Switch => {
      const tested = this.all[item.leaf - this.leaves.length];
      return tested ? { ...item, leaf: tested.leaf, test: tested.test } : item;
    };
    const condition = ({ all, unless }: Condition): Condition => ({
      all: all.map(one),
      ...(unless ? { unless: unless.map((switches) => switches.map(one)) } : {}),
    });
    const run = (at: Node): Node => {
      if (placed.has(at)) return at;
      const made = copied(at);
      placed.add(made);
      return made;
    };
    const copied = (at: Node): Node => {
      if (at.t === 'choice') return { ...at, when: condition(at.when), yes: run(at.yes), no: run(at.no) };
      if (!isContainer(at)) return { ...at };
      const members = at.members.map((member) => ({
        ...member,
        value: run(member.value),
        ...(member.when ? { when: condition(member.when) } : {}),
      }));
      return { ...at, members } satisfies Container;
    };
    return run(node) as N;
  }
}
