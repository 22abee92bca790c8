// A graph as a Mermaid flow chart, which GitHub and GitLab draw: stages from left to right, in each its components.
import { STAGES } from '../../constructs/common/stages';
import type { Graph, GraphNode } from './graph';

/** GitHub draws no chart that is longer, in characters, or has more arrows. */
export const LIMITS = { characters: 50_000, edges: 500 };

const SHAPES: Readonly<Record<GraphNode['shape'], readonly [string, string]>> = {
  workload: ['[', ']'],
  service: ['([', '])'],
  entrance: ['{{', '}}'],
  data: ['[(', ')]'],
  other: ['[', ']'],
};

/** Text between quotes: Mermaid has entities of its own, and reads Markdown. */
const quoted = (text: string): string => `"${text.replaceAll(/[&"<>#;`*_]/g, (sign) => `#${sign.codePointAt(0)};`)}"`;

const nodeText = ({ id, lines, shape }: GraphNode): string => {
  const [open, close] = SHAPES[shape];
  return `${id}${open}${quoted(lines.join('\0')).replaceAll('\0', '<br>')}${close}`;
};

/** How a node stands out: dark text, since GitHub draws on dark ground, too. */
const MARKS = {
  added: 'fill:#aceebb,stroke:#1a7f37,color:#000',
  changed: 'fill:#fae17d,stroke:#9a6700,color:#000',
  removed: 'fill:#ffcecb,stroke:#d1242f,color:#000,stroke-dasharray:5 5',
} as const;
export type Mark = keyof typeof MARKS;

/** @param marks by the node's id. @default none stands out */
export function mermaid({ nodes, edges }: Graph, marks: ReadonlyMap<string, Mark> = new Map()): string {
  const stages = STAGES.filter((stage) => nodes.some((node) => node.stage === stage));
  const body = stages.flatMap((stage) => {
    const own = nodes.filter((node) => node.stage === stage);
    const components = [...new Set(own.map(({ component }) => component))];
    return [
      `  subgraph ${stage}`,
      ...components.flatMap((component, index) => {
        const lines = own.filter((node) => node.component === component).map((node) => `${component ? '      ' : '    '}${nodeText(node)}`);
        return component ? [`    subgraph ${stage}-${index}[${quoted(component)}]`, ...lines, '    end'] : lines;
      }),
      '  end',
    ];
  });
  const outside = nodes.filter((node) => node.stage === undefined);
  return [
    'flowchart LR',
    ...body,
    ...(outside.length ? ['  subgraph outside["not in the manifests"]', ...outside.map((node) => `    ${nodeText(node)}`), '  end'] : []),
    ...(stages.length > 1 ? [`  ${stages.join(' ==> ')}`] : []),
    ...edges.map(({ from, label, to }) => `  ${from} ${label === 'calls' ? '-.->' : '-->'}|${label}| ${to}`),
    ...(Object.keys(MARKS) as Mark[]).flatMap((mark) => {
      const ids = [...marks].filter(([, given]) => given === mark).map(([id]) => id);
      return ids.length ? [`  classDef ${mark} ${MARKS[mark]}`, `  class ${ids.join(',')} ${mark}`] : [];
    }),
    '',
  ].join('\n');
}

/** Why a chart would not be drawn; undefined when it is. */
export function tooLarge(text: string, { edges }: Graph): string | undefined {
  if (edges.length > LIMITS.edges) return `${edges.length} arrows, and GitHub draws at most ${LIMITS.edges}`;
  return text.length > LIMITS.characters ? `${text.length} characters, and GitHub draws at most ${LIMITS.characters}` : undefined;
}
