// What was learned of a chart, and of what others added to it, as of one.
import { nameOf } from '../../../kubernetes/object';
import { mentions } from '../helm-namespace';
import type { Source } from '../target';
import { refusedByAny, type Described } from './described';
import { NAMESPACE, RELEASE_NAME } from './values/leaves';
import { markOf } from './values/marks';
import type { Condition, Container, Hole, Node, Piece, Pieces, Switch } from './tree/model';
import { describe } from './probe';

interface Release {
  readonly name: string;
  readonly namespace: string;
}

/** What was added to a release: all values that its objects refer to are to be live. */
export function describeAdded(source: Source, release: Release): Described {
  const described = describe({ ...source, release }, { live: ['.'], fix: [] });
  const fixed = new Map(described.fixed);
  // Where an object has the name of the release as a word of its own, it would be another's under another name.
  const [name, namespace] = [RELEASE_NAME, NAMESPACE].map((leaf) => String(markOf(leaf, 'text', true))) as [string, string];
  for (const { object } of source.again({ name, namespace, values: {} }))
    for (const [leaf, word] of [
      [RELEASE_NAME, release.name],
      [NAMESPACE, release.namespace],
    ] as const) {
      const [place] = mentions(object, word, leaf === RELEASE_NAME);
      if (place !== undefined && !fixed.has(leaf)) fixed.set(leaf, `${nameOf(object)}${place} names it`);
    }
  return { ...described, fixed };
}

/** Both, with the values of what was added behind those of the chart. */
export function together(chart: Described, added: Described): Described {
  const moved = (leaf: number): number => (leaf <= NAMESPACE ? leaf : chart.leaves.length + leaf - NAMESPACE - 1);
  const renumbered = <T>(all: Iterable<readonly [number, T]>): (readonly [number, T])[] =>
    [...all].map(([leaf, one]) => [moved(leaf), one]);
  const own = added.leaves
    .slice(NAMESPACE + 1)
    .map((leaf) => ({ ...leaf, index: moved(leaf.index), ...(leaf.item ? { item: { ...leaf.item, list: moved(leaf.item.list) } } : {}) }));
  const tree = withLeaves(added.tree, moved) as Container;
  return {
    leaves: [...chart.leaves, ...own],
    fixed: new Map([...renumbered(added.fixed), ...chart.fixed]),
    shapes: [...chart.shapes, ...added.shapes.slice(NAMESPACE + 1)],
    fallbacks: new Map([...chart.fallbacks, ...renumbered([...added.fallbacks].map(([leaf, node]) => [leaf, withLeaves(node, moved)]))]),
    limits: new Map([...renumbered(added.limits), ...chart.limits]),
    refusals: [
      ...chart.refusals,
      ...added.refusals.map((one) => ({ ...one, all: one.all.map((item) => ({ ...item, leaf: moved(item.leaf) })) })),
    ],
    entries: new Map([...chart.entries, ...added.entries]),
    tree: { t: 'map', members: [...chart.tree.members, ...tree.members] },
    refusedNames: refusedByAny([chart.refusedNames, { ...added.refusedNames, together: renumbered(added.refusedNames.together ?? []) }]),
    renders: chart.renders + added.renders,
  };
}

/** The same node with other numbers for its values. */
function withLeaves(node: Node, moved: (leaf: number) => number): Node {
  const numbered = <T extends Hole | Switch>(one: T): T => ({ ...one, leaf: moved(one.leaf) });
  const asked = ({ test, ...one }: Switch): Switch => ({
    ...numbered(one),
    ...(test ? { test: 'contains' in test ? { contains: withLeaves(test.contains, moved) as Piece } : test } : {}),
  });
  const condition = ({ all, unless }: Condition): Condition => ({
    all: all.map(asked),
    ...(unless ? { unless: unless.map((switches) => switches.map(asked)) } : {}),
  });
  switch (node.t) {
    case 'literal':
      return node;
    case 'hole':
      return numbered(node);
    case 'spread':
    case 'yaml':
      return { ...node, leaf: moved(node.leaf) };
    case 'pieces':
      return {
        ...node,
        parts: node.parts.map((part) =>
          typeof part === 'string'
            ? part
            : part.t === 'joined'
              ? { ...part, leaf: moved(part.leaf) }
              : (withLeaves(part, moved) as Hole | Pieces),
        ),
      };
    case 'choice':
      return { ...node, when: condition(node.when), yes: withLeaves(node.yes, moved), no: withLeaves(node.no, moved) };
    default:
      return {
        ...node,
        ...(node.t === 'each' ? { leaf: moved(node.leaf), fields: node.fields.map(({ leaf, at }) => ({ leaf: moved(leaf), at })) } : {}),
        members: node.members.map(({ key, value, when }) => ({
          ...(key ? { key: withLeaves(key, moved) as typeof key } : {}),
          value: withLeaves(value, moved),
          ...(when ? { when: condition(when) } : {}),
        })),
      };
  }
}
