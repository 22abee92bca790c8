// What samples that differ in one value alone tell: which values decide over a place.
import { identified, isLone, labelOf, ONLY } from '../tree/identity';
import type { Container, Node } from '../tree/model';
import { isContainer, shown } from '../tree/skeleton';

/** A render: which of the values were on, and what came of it. */
export interface Sample {
  readonly on: Uint8Array;
  readonly root: Container;
  /** Differs from this one in one value alone. @default in many */
  readonly beside?: Sample;
}

/** Ids of members on the way to a place, as one key. */
const keyOf = (path: readonly string[]): string => path.join('\u0001');

export class Evidence {
  private readonly deciding = new Map<string, Set<number>>();
  private readonly read = new Set<Sample>();

  /** Takes note of samples that were not there before. */
  take(samples: readonly Sample[]): void {
    for (const sample of samples) {
      if (this.read.has(sample)) continue;
      this.read.add(sample);
      if (sample.beside) this.compare(sample.root, sample.beside.root, [], differing(sample.on, sample.beside.on));
    }
  }

  /** The values, by their numbers, one of which was seen to change by itself what is at a place. */
  at(path: readonly string[]): ReadonlySet<number> | undefined {
    return this.deciding.get(keyOf(path));
  }

  private compare(one: Node, other: Node, path: readonly string[], leaves: readonly number[]): void {
    if (shown(one) === shown(other)) return;
    if (labelOf(one) !== labelOf(other) || !isContainer(one) || !isContainer(other)) {
      this.note(path, leaves);
      return;
    }
    if (isLone(one) && isLone(other)) {
      const [first, last] = [one, other].map(({ members }) => members[0]?.value);
      if (first && last) this.compare(first, last, [...path, ONLY], leaves);
      else this.note([...path, ONLY], leaves);
    }
    const second = new Map(identified(other).map(({ id, member }) => [id, member]));
    for (const { id, member } of identified(one)) {
      const there = second.get(id);
      second.delete(id);
      if (there) this.compare(member.value, there.value, [...path, id], leaves);
      else this.note([...path, id], leaves);
    }
    for (const id of second.keys()) this.note([...path, id], leaves);
  }

  private note(path: readonly string[], leaves: readonly number[]): void {
    const key = keyOf(path);
    const known = this.deciding.get(key) ?? new Set();
    for (const leaf of leaves) known.add(leaf);
    this.deciding.set(key, known);
  }
}

const differing = (one: Uint8Array, other: Uint8Array): readonly number[] => [...one.keys()].filter((index) => one[index] !== other[index]);
