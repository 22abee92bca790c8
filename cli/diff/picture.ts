// The part of a release that changes, as a picture: objects that do, and what is linked to them.
import { stageOf } from '../../constructs/common/stages';
import type { Entry } from '../../constructs/common/entry';
import { graphOf, type Graph } from '../show/graph';
import { mermaid, tooLarge, type Mark } from '../show/mermaid';
import type { Comparison } from './comparison';
import { keyOf, titleOf, type Reference, type Thing } from './objects';

/** Mermaid's text; undefined where no object changes, and where GitHub would not draw it. */
export function pictureOf({ report, plan, before }: Pick<Comparison, 'report' | 'plan' | 'before'>): string | undefined {
  if (report.equal) return undefined;
  const marks = new Map(report.objects.map((change): [string, Mark] => [titleOf(change), change.change]));
  const gone = before.ours.filter((object) => marks.get(titleOf(referenceOf(object))) === 'removed');
  const graph = graphOf([...plan, ...gone.map(entryOf)]);
  const marked = new Map(
    graph.nodes.flatMap(({ id, objects = [] }): [string, Mark][] => {
      const found = new Set(objects.flatMap((object) => marks.get(titleOf(referenceOf(object))) ?? []));
      const [mark] = found;
      // Of several objects some change.
      return mark === undefined ? [] : [[id, found.size > 1 || objects.length > 1 ? 'changed' : mark]];
    }),
  );
  const part = partOf(graph, marked);
  const text = mermaid(part, marked);
  return tooLarge(text, part) === undefined ? text : undefined;
}

const referenceOf = ({ apiVersion, kind, metadata: { name, namespace } }: Entry['object']): Reference => ({
  apiVersion,
  kind,
  ...(namespace ? { namespace } : {}),
  name,
});

/** What the release no longer has: nobody knows which component made it. */
const entryOf = (object: Thing): Entry => ({ key: keyOf(object), object, owner: [], lifecycle: {}, stage: stageOf(object, {}, 'apps') });

function partOf({ nodes, edges }: Graph, marked: ReadonlyMap<string, Mark>): Graph {
  const links = edges.filter(({ from, to }) => marked.has(from) || marked.has(to));
  const near = new Set([...marked.keys(), ...links.flatMap(({ from, to }) => [from, to])]);
  return { nodes: nodes.filter(({ id }) => near.has(id)), edges: links };
}
