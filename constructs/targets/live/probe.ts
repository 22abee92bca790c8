// Renders a release with marked values until it is known which of them are carried, where to, and what switches what.
import type { Entry } from '../../common/entry';
import type { LiveWishes } from '../target';
import type { Leaf } from './leaves';
import type { Container } from './model';
import { Proof } from './proof';
import { Tangled, type Limit, type Subject } from './renders';

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
const ROUNDS = 12;
const TANGLED = 'it acts on others in too many ways';

/** What was learned of a part, to be held against the whole. */
export interface Learned extends Described {
  readonly shapes: Proof['shapes'];
  readonly alwaysOn: ReadonlySet<number>;
}

/** @throws ValuesError when the release itself is wrong */
export function describe(subject: Subject, wishes: LiveWishes): Described {
  if (!subject.parts.length) return new Probe(subject, wishes).describe();
  const parts = subject.parts.map((part) => describePart({ ...subject, part }, wishes));
  return new Whole(subject, wishes, parts).describe();
}

/** A part whose values act on each other in too many ways keeps those that are carried; or none. */
function describePart(subject: Subject, wishes: LiveWishes): Learned {
  const attempts = [
    (): Learned => new Probe(subject, wishes).describe(),
    (): Learned => new Probe(subject, wishes).withoutFlags().describe(),
  ];
  for (const attempt of attempts) {
    try {
      return attempt();
    } catch (error) {
      if (!(error instanceof Tangled)) throw error;
    }
  }
  return new Probe(subject, wishes).frozen();
}

class Probe extends Proof {
  describe(): Learned {
    this.settleRelease();
    this.settleAbsent();
    let tree: Container | undefined;
    for (let round = 0; round < ROUNDS && !tree; round++) {
      this.settle(1);
      this.settle(0);
      this.settle(0, () => this.empty());
      this.settle(1, () => this.like());
      this.settleParts();
      const learned = this.learned();
      tree = learned && this.proven(this.formed(learned));
      if (tree) tree = this.bounded(this.tried(this.allowed(this.switched(tree))));
    }
    if (!tree) throw new Tangled('its values act on each other in too many ways');
    return this.told(tree);
  }

  /** Fixes what most often decides something. */
  withoutFlags(): this {
    for (const { index, declared } of this.candidates) if (declared?.kind === 'flag') this.fixed.set(index, TANGLED);
    return this;
  }

  frozen(): Learned {
    this.settleRelease();
    for (const { index } of this.candidates) this.fixed.set(index, TANGLED);
    return this.told(this.rootOf(this.again(new Map(), true)));
  }

  private told(tree: Container): Learned {
    const { leaves, fixed, entries, limits, renders, shapes, alwaysOn } = this;
    return { leaves, fixed, tree, entries, limits, renders, shapes, alwaysOn };
  }
}

/** All parts together, and what is of none. */
class Whole extends Proof {
  constructor(
    subject: Subject,
    wishes: LiveWishes,
    private readonly parts: readonly Learned[],
  ) {
    super(subject, wishes);
    const places = new Map(subject.parts.map((part, index) => [part, parts[index]]));
    for (const leaf of this.leaves.keys()) {
      const learned = places.get(this.leaves[leaf]?.path[0] ?? '');
      const reason = learned ? learned.fixed.get(leaf) : parts.map(({ fixed }) => fixed.get(leaf)).find((one) => one !== undefined);
      if (learned) this.shapes[leaf] = learned.shapes[leaf] ?? [];
      if (reason !== undefined && !this.fixed.has(leaf)) this.fixed.set(leaf, reason);
      for (const limit of learned?.limits.get(leaf) ?? []) this.limit(leaf, limit);
      if (learned?.alwaysOn.has(leaf)) this.alwaysOn.add(leaf);
      this.renders = 0;
    }
    for (const { entries } of parts) for (const [key, entry] of entries) this.entries.set(key, entry);
  }

  describe(): Described {
    const members = this.parts.flatMap(({ tree }) => tree.members);
    const own = this.again(new Map(), true).filter(({ owner, isAdded }) => isAdded || !this.subject.parts.includes(owner[0] ?? ''));
    const tree = this.proven({ t: 'map', members: [...members, ...this.rootOf(own).members] });
    if (!tree) throw new Tangled('its parts are others when they are together');
    const { leaves, fixed, entries, limits } = this;
    return { leaves, fixed, tree, entries, limits, renders: this.renders };
  }
}
