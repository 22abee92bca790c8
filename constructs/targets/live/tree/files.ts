// Texts that are files: whatever lines they have, they end with one line end.
import type { Container, Hole, Member, Node } from './model';
import { isContainer } from './skeleton';

/** What a sample shows of a file with one line. */
export const asLines = ({ leaf }: Hole): Container => ({
  t: 'lines',
  members: [{ value: { t: 'pieces', parts: [{ t: 'hole', leaf }] } }, { value: { t: 'literal', value: '' } }],
});

/** The value that is all of such a text. @returns undefined for any other node */
function fileIn(node: Node): number | undefined {
  if (node.t !== 'lines' || node.members.length !== 2 || node.members.some(({ when }) => when)) return undefined;
  const [first, last] = node.members as [Member, Member];
  if (first.value.t !== 'pieces' || first.value.encoded || last.value.t !== 'literal' || last.value.value !== '') return undefined;
  const [only, ...others] = first.value.parts;
  return typeof only === 'object' && only.t === 'hole' && !others.length && only.otherwise === undefined ? only.leaf : undefined;
}

/** Values that may be files. */
export function filesIn(node: Node, into = new Set<number>()): ReadonlySet<number> {
  const leaf = fileIn(node);
  if (leaf !== undefined) into.add(leaf);
  else if (node.t === 'choice') [node.yes, node.no].forEach((one) => filesIn(one, into));
  else if (isContainer(node)) node.members.forEach(({ value }) => filesIn(value, into));
  return into;
}

/** The node with one of them as files. */
export function withFiles<N extends Node>(node: N, leaf: number): N {
  const run = (one: Node): Node => {
    if (fileIn(one) === leaf) return { t: 'hole', leaf, form: 'file' };
    if (one.t === 'choice') return { ...one, yes: run(one.yes), no: run(one.no) };
    return isContainer(one) ? { ...one, members: one.members.map((member) => ({ ...member, value: run(member.value) })) } : one;
  };
  return run(node) as N;
}
