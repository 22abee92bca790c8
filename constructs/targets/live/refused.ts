// Whether values are refused, by what is known of a release.
import { quantity } from '../../../kubernetes/quantity';
import type { Refusal } from './described';
import type { Leaf } from './values/leaves';
import { holds, passes, type Lookup } from './tree/model';

export const isRefusedBy = ({ all, less }: Refusal, lookup: Lookup): boolean =>
  holds({ all }, lookup) && (!less || isLess(lookup(less[0]), lookup(less[1])));

/** Whether both are amounts, and the first is less. */
export function isLess(one: unknown, other: unknown): boolean {
  const [first, second] = [quantity(one), quantity(other)];
  return first !== undefined && second !== undefined && first < second;
}

/** What is refused of values that are not fixed; what fixed ones decide is decided. */
export function openOf(refusals: readonly Refusal[], fixed: ReadonlyMap<number, string>, leaves: readonly Leaf[]): readonly Refusal[] {
  return refusals.flatMap((refusal) => {
    const isMet = refusal.all.every(({ leaf, on, test }) => !fixed.has(leaf) || passes(leaves[leaf]?.base, test) === on);
    const all = refusal.all.filter(({ leaf }) => !fixed.has(leaf));
    return isMet && all.length ? [{ ...refusal, all }] : [];
  });
}
