// What is learned of a release whose values live, or of a part of it.
import { isTrue } from '../../../helm/print';
import { readYaml } from '../../../helm/yaml/read';
import type { Entry } from '../../common/entry';
import { hasTemplate, type Leaf } from './values/leaves';
import { TEXTS, type Limit, type Shape } from './values/marks';
import { evaluate, type Container, type Lookup, type Node, type Switch } from './tree/model';
import { isContainer } from './tree/skeleton';

/** Names of the release that a chart cannot follow. */
export interface RefusedNames {
  /** Letters that a name may have. @default as many as Helm allows */
  readonly longest?: number;
  /** Letters that a name may have together with a value that names of objects are made with. @default no bound of its own */
  readonly together?: readonly (readonly [leaf: number, letters: number])[];
  /** Texts that a name must not contain: names of objects do not begin with the name of the release then. */
  readonly words: readonly string[];
}

/** Values that are refused together: some that are on, and some that are not. */
export interface Refusal {
  readonly all: readonly Switch[];
  /** Two amounts, of which the first is less than the second. @default nothing more is asked */
  readonly less?: readonly [leaf: number, than: number];
  /** What the release says, with the place in front. @default it is said which values these are */
  readonly message?: string;
}

export interface Described {
  readonly leaves: readonly Leaf[];
  /** Values that are fixed, with the reason. */
  readonly fixed: ReadonlyMap<number, string>;
  /** The objects by key, with the live values in them. */
  readonly tree: Container;
  /** What stands in for values that are empty, by their numbers. */
  readonly fallbacks: ReadonlyMap<number, Node>;
  /** What is known of an object beside its data, by its key in the release. */
  readonly entries: ReadonlyMap<string, Entry>;
  /** Shapes that values may have, by their numbers, the one that they have first. */
  readonly shapes: readonly (readonly Shape[])[];
  /** Values that cannot be all that the schema allows. */
  readonly limits: ReadonlyMap<number, ReadonlySet<Limit>>;
  /** What is refused of values that are each taken by themselves. */
  readonly refusals: readonly Refusal[];
  readonly refusedNames: RefusedNames;
  /** How often the release was made. */
  readonly renders: number;
}

/** What was learned of a part, to be held against the whole. */
export interface Learned extends Described {
  readonly alwaysOn: ReadonlySet<number>;
  readonly neverEmpty: ReadonlySet<number>;
}

/** Names that any of several parts refuses. */
export function refusedByAny(all: readonly RefusedNames[]): RefusedNames {
  const lengths = all.flatMap(({ longest }) => longest ?? []);
  const together = all.flatMap((one) => one.together ?? []);
  return {
    ...(lengths.length ? { longest: Math.min(...lengths) } : {}),
    ...(together.length ? { together } : {}),
    words: [...new Set(all.flatMap(({ words }) => words))],
  };
}

/** The values of the release, as templates see them. */
export function ownLookup({ leaves, shapes, fallbacks }: Pick<Described, 'leaves' | 'shapes' | 'fallbacks'>): Lookup {
  return lookupWith({ shapes, fallbacks }, (leaf) => leaves[leaf]?.base);
}

/** Values as templates see them. @param given as a values file has them */
export function lookupWith({ shapes, fallbacks }: Pick<Described, 'shapes' | 'fallbacks'>, given: Lookup): Lookup {
  const lookup: Lookup = (leaf) => {
    const value = given(leaf);
    const fallback = fallbacks.get(leaf);
    if (fallback && !isTrue(value)) return evaluate(fallback, lookup);
    const shape = shapes[leaf]?.[0];
    return shape === 'yaml' ? yamlItems(value) : shape === 'switch' ? (value ?? true) : value;
  };
  return lookup;
}

/** The list that a text holds as YAML: null for an empty text, and undefined for a Go template, which is none before it is filled in. */
const yamlItems = (text: unknown): unknown =>
  isTrue(text) ? (hasTemplate(text) ? undefined : readYaml(String(text), 'a list')) : text === undefined ? undefined : null;

/** The same, without numbers and flags for texts that stand somewhere where none was seen with one. */
export function withUnseen(described: Described): Described {
  const { tree, shapes } = described;
  const limits = new Map([...described.limits].map(([leaf, all]) => [leaf, new Set(all)]));
  const visit = (node: Node): void => {
    if (node.t === 'hole' && node.form === undefined && TEXTS.includes(shapes[node.leaf]?.[0] ?? 'map'))
      limits.set(node.leaf, new Set([...(limits.get(node.leaf) ?? []), 'number', 'flag']));
    if (node.t === 'choice') [node.yes, node.no].forEach(visit);
    if (node.t === 'pieces') for (const part of node.parts) if (typeof part === 'object' && part.t === 'joined') joined.add(part.leaf);
    if (isContainer(node)) node.members.forEach(({ value }) => visit(value));
  };
  const joined = new Set<number>();
  visit(tree);
  // Texts that are joined are texts.
  for (const { index, item } of described.leaves)
    if (item && joined.has(item.list)) limits.set(index, new Set([...(limits.get(index) ?? []), 'number', 'flag', 'null']));
  return { ...described, limits };
}
