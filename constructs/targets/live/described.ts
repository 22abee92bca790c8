// What is learned of a release whose values live, or of a part of it.
import type { Entry } from '../../common/entry';
import type { Leaf } from './leaves';
import type { Shape } from './marks';
import type { Container } from './model';
import type { Limit } from './renders';

export interface Described {
  readonly leaves: readonly Leaf[];
  /** Values that are fixed, with the reason. */
  readonly fixed: ReadonlyMap<number, string>;
  /** The objects by key, with the live values in them. */
  readonly tree: Container;
  /** What is known of an object beside its data, by its key in the release. */
  readonly entries: ReadonlyMap<string, Entry>;
  /** Values that cannot be all that the schema allows. */
  readonly limits: ReadonlyMap<number, ReadonlySet<Limit>>;
  /** How often the release was made. */
  readonly renders: number;
}

/** What was learned of a part, to be held against the whole. */
export interface Learned extends Described {
  readonly shapes: readonly (readonly Shape[])[];
  readonly alwaysOn: ReadonlySet<number>;
  readonly neverEmpty: ReadonlySet<number>;
}
