// What many samples have at one place. Mostly it is the same in nearly all of them, and is looked at once.
import type { Node } from '../tree/model';

export interface Seen {
  /** Numbers of the samples that have it there, in order. */
  readonly samples: readonly number[];
  /** One for all that are equal where the nodes of samples come from one pool. */
  readonly node: Node;
  /** What is there by what is known already. @default nothing is known */
  readonly expected?: Node | undefined;
}

/** Puts together what is the same, in the order of its first samples. */
export class Gathering {
  private readonly known = new Map<Node, Seen[]>();
  private readonly all: (Seen & { readonly samples: number[] })[] = [];
  private isSorted = true;

  /** Takes what is there in more samples. What is in earlier ones comes first. */
  add({ samples, node, expected }: Seen): void {
    const same = this.known.get(node);
    const before = same?.find((one) => one.expected === expected) as (typeof this.all)[number] | undefined;
    if (before) {
      before.samples.push(...samples);
      this.isSorted = false;
      return;
    }
    const one = { samples: [...samples], node, expected };
    this.all.push(one);
    if (same) same.push(one);
    else this.known.set(node, [one]);
  }

  get seen(): readonly Seen[] {
    if (!this.isSorted) for (const { samples } of this.all) samples.sort((a, b) => a - b);
    this.isSorted = true;
    return this.all;
  }
}

export const countOf = (seen: readonly Seen[]): number => seen.reduce((sum, { samples }) => sum + samples.length, 0);

export const samplesOf = (seen: readonly Seen[]): number[] => seen.flatMap(({ samples }) => samples);

/** What some of the samples have. */
export function inThose(seen: readonly Seen[], isOf: (sample: number) => boolean): Seen[] {
  const some = seen.flatMap((one): Seen[] => {
    const samples = one.samples.filter(isOf);
    return samples.length === one.samples.length ? [one] : samples.length ? [{ ...one, samples }] : [];
  });
  return inOrder(some);
}

/** In the order of the first samples. */
export const inOrder = (seen: readonly Seen[]): Seen[] => seen.toSorted((one, other) => firstOf(one) - firstOf(other));

export const firstOf = ({ samples: [first = 0] }: Seen): number => first;
