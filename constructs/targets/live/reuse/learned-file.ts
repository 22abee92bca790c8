// What was learned of the charts with their default values, as it is kept: `npm run live` writes it, and nobody learns it again.
import { isDeepStrictEqual } from 'node:util';
import type { Stage, Lifecycle } from '../../../common/stages';
import type { Leaf } from '../values/leaves';
import type { Limit, Shape } from '../values/marks';
import { evaluate, type Container, type Node } from '../tree/model';
import { ownLookup, type Learned, type RefusedNames, type Refusal } from '../described';
import type { Subject } from '../learn/renders';

/** What is kept of a part, or of a chart that has none. */
export interface Kept {
  /** @default the chart */
  readonly part?: string;
  /** Of which other releases it was learned. @default of those with default values */
  readonly variant?: string;
  readonly release: { readonly name: string; readonly namespace: string };
  /** @default none */
  readonly refusedNames?: RefusedNames;
  /** How many values the chart has, to see that it is the same. */
  readonly leaves: number;
  readonly tree: Container;
  /** @default nothing stands in for another value */
  readonly fallbacks?: readonly (readonly [leaf: number, fallback: Node])[];
  readonly fixed: readonly (readonly [leaf: number, reason: string])[];
  /** What a fixed value was, and one that is of no part. */
  readonly bases: readonly (readonly [leaf: number, base: unknown])[];
  readonly shapes: readonly (readonly [leaf: number, shapes: readonly Shape[]])[];
  /** Words that a text chooses by, where its schema does not tell of them. @default none */
  readonly words?: readonly (readonly [leaf: number, words: readonly string[]])[];
  readonly alwaysOn: readonly number[];
  readonly neverEmpty: readonly number[];
  readonly limits: readonly (readonly [leaf: number, limits: readonly Limit[]])[];
  /** @default nothing is refused of values that are each taken by themselves */
  readonly refusals?: readonly Refusal[];
  /** Of each object, in the order of the tree. */
  readonly objects: readonly { readonly stage: Stage; readonly lifecycle: Lifecycle; readonly owner: readonly string[] }[];
}

/** Whether the objects of a part depend on a value. */
export const concerns = ({ parts, part }: Pick<Subject, 'parts' | 'part'>, { path: [first = ''], declared }: Leaf): boolean =>
  declared !== undefined && (part === undefined || first === part || !parts.includes(first));

export function kept(subject: Subject, learned: Learned): Kept {
  const { leaves, fixed, tree, fallbacks, entries, limits, shapes, alwaysOn, neverEmpty, refusedNames, refusals } = learned;
  const lookup = ownLookup(learned);
  const own = leaves.filter((leaf) => !leaf.item && concerns(subject, leaf));
  const concerned = new Set(own.map(({ index }) => index));
  const words = own.flatMap(({ index, declared, isByWord }) => (isByWord ? [[index, declared?.choices ?? []] as const] : []));
  // Parts of items are known where their list is looked at item by item.
  const isThere = (leaf: number): boolean => {
    const list = leaves[leaf]?.item?.list;
    return list === undefined || (!fixed.has(list) && shapes[list]?.[0] === 'each' && isThere(list));
  };
  return {
    ...(subject.part === undefined ? {} : { part: subject.part }),
    release: subject.release,
    ...(isDeepStrictEqual(refusedNames, { words: [] }) ? {} : { refusedNames }),
    leaves: leaves.length,
    tree,
    ...(fallbacks.size ? { fallbacks: [...fallbacks] } : {}),
    fixed: [...fixed].filter(([leaf]) => concerned.has(leaf) || !leaves[leaf]?.declared),
    bases: own.filter(({ index, base }) => fixed.has(index) && base !== undefined).map(({ index, base }) => [index, base]),
    shapes: [...own, ...leaves.filter(({ index, item }) => item && isThere(index))].flatMap(({ index, shapes: all }) =>
      shapes[index]?.join() === all.join() ? [] : [[index, shapes[index] ?? []] as const],
    ),
    ...(words.length ? { words } : {}),
    ...(refusals.length ? { refusals } : {}),
    alwaysOn: [...alwaysOn].filter(isThere),
    neverEmpty: [...neverEmpty].filter(isThere),
    limits: [...limits].filter(([leaf]) => isThere(leaf)).map(([leaf, all]) => [leaf, [...all]]),
    objects: tree.members.map(({ key }) => {
      const id = String(key && evaluate(key, lookup));
      const entry = entries.get(id);
      if (!entry) throw new Error(`nothing is known of the object ${id}`);
      return { stage: entry.stage, lifecycle: entry.lifecycle, owner: entry.owner };
    }),
  };
}

/** The same with what was found out beside the other parts. */
export function withMore(known: Kept, subject: Subject, { leaves, fixed, limits }: Pick<Learned, 'leaves' | 'fixed' | 'limits'>): Kept {
  const before = new Set(known.fixed.map(([leaf]) => leaf));
  const there = new Set(known.limits.map(([leaf]) => leaf));
  const isKnown = (leaf: number): boolean => !leaves[leaf]?.item || there.has(leaf);
  const more = leaves.filter((leaf) => !leaf.item && concerns(subject, leaf) && fixed.has(leaf.index) && !before.has(leaf.index));
  return {
    ...known,
    fixed: [...known.fixed, ...more.map(({ index }) => [index, fixed.get(index) ?? ''] as const)],
    bases: [...known.bases, ...more.flatMap(({ index, base }) => (base === undefined ? [] : [[index, base] as const]))],
    limits: [...limits]
      .filter(([leaf]) => leaves[leaf] && concerns(subject, leaves[leaf]) && isKnown(leaf))
      .map(([leaf, all]) => [leaf, [...all]]),
  };
}
