// Renders a release with marked values until it is known which of them are carried, where to, and what switches what.
import type { Entry } from '../../common/entry';
import type { LiveWishes } from '../target';
import type { Leaf } from './leaves';
import type { Container } from './model';
import { Proof } from './proof';
import type { Limit, Subject } from './renders';

export interface Described {
  readonly leaves: readonly Leaf[];
  /** Values that are fixed, with the reason. */
  readonly fixed: ReadonlyMap<number, string>;
  /** The objects by key, with the live values in them. */
  readonly tree: Container;
  /** What is known of an object beside its data, by its key in the tree. */
  readonly entries: ReadonlyMap<string, Entry>;
  /** Values that cannot be all that the schema allows. */
  readonly limits: ReadonlyMap<number, ReadonlySet<Limit>>;
  /** How often the release was made. */
  readonly renders: number;
}
const ROUNDS = 12;

export function describe(subject: Subject, wishes: LiveWishes): Described {
  return new Probe(subject, wishes).describe();
}

class Probe extends Proof {
  describe(): Described {
    this.settleRelease();
    let tree: Container | undefined;
    for (let round = 0; round < ROUNDS && !tree; round++) {
      this.settle(1);
      this.settle(0);
      this.settle(0, () => this.empty());
      this.settle(1, () => this.like());
      this.settleParts();
      const learned = this.learned();
      tree = learned && this.proven(this.formed(learned));
      if (tree) tree = this.bounded(this.switched(tree));
    }
    if (!tree) throw new Error('its values act on each other in too many ways');
    const { leaves, fixed, entries, limits, renders } = this;
    return { leaves, fixed, tree, entries, limits, renders };
  }
}
