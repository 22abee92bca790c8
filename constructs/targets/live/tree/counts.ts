// Numbers that decide something in one place, and stand as they are in another one.
import { evaluate, type Node } from './model';
import { isContainer, switchesOf } from './skeleton';
import { MOST } from './tests';

/** Nothing, and each number that is told apart from others, with what stands for it. */
const STATES: readonly (readonly [value: unknown, whole: number])[] = [
  [undefined, 0],
  ...Array.from({ length: MOST + 1 }, (_, number) => [number, number] as const),
];

/** The node with such numbers themselves where a number stood for each of them. @param isCount of the number of a value */
export function withCounts<N extends Node>(node: N, isCount: (leaf: number) => boolean): N {
  const run = (one: Node): Node => {
    if (one.t === 'choice') {
      const leaf = countIn(one);
      const isIt = leaf !== undefined && isCount(leaf) && STATES.every(([value, whole]) => evaluate(one, () => value) === whole);
      return isIt ? { t: 'hole', leaf, form: 'whole' } : { ...one, yes: run(one.yes), no: run(one.no) };
    }
    return isContainer(one) ? { ...one, members: one.members.map((member) => ({ ...member, value: run(member.value) })) } : one;
  };
  return run(node) as N;
}

/** The one value that literals are chosen by. @returns undefined where there is more to it */
function countIn(node: Node): number | undefined {
  const leaves = new Set<number>();
  const isPlain = (one: Node): boolean => {
    if (one.t === 'literal') return true;
    if (one.t !== 'choice') return false;
    for (const { leaf } of switchesOf(one.when)) leaves.add(leaf);
    return isPlain(one.yes) && isPlain(one.no);
  };
  const [only, ...others] = isPlain(node) ? leaves : [];
  return others.length ? undefined : only;
}
