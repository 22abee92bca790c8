// Values that are others than in the release.
import type { Leaf } from '../values/leaves';

/** Other values, by their numbers. */
export type Given = ReadonlyMap<number, unknown>;

/** One value as it is not in the release. */
export interface Change {
  readonly leaf: Leaf;
  readonly value: unknown;
}

export const givenBy = (changes: readonly Change[]): Map<number, unknown> => new Map(changes.map(({ leaf, value }) => [leaf.index, value]));

/** The first change of each value. */
export const oneEach = (changes: readonly Change[]): readonly Change[] =>
  changes.filter(({ leaf }, index) => changes.findIndex((other) => other.leaf === leaf) === index);

/** A text as part of a pattern. */
export const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
