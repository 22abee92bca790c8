// Places that were seen with a value and with what it is while it is off, such as 0: they may be the value itself.
import { isDeepStrictEqual } from 'node:util';
import type { Condition, Container, Member, Node, Switch } from '../tree/model';
import { isContainer, shown, textsIn } from '../tree/skeleton';
import { specialized } from '../tree/specialize';

/** What a value is while it is off; undefined for one that is not asked about. */
export type OffOf = (leaf: number) => unknown;

/** How many such places there are of each value. */
export function placesIn(tree: Container, offOf: OffOf): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  carriedWhere(tree, offOf, (leaf) => {
    counts.set(leaf, (counts.get(leaf) ?? 0) + 1);
    return false;
  });
  return counts;
}

/** The tree with the value itself in some of these places. @param chosen their numbers, in order */
export function carriedIn(tree: Container, leaf: number, off: unknown, chosen: ReadonlySet<number>): Container {
  let count = 0;
  return carriedWhere(
    tree,
    (one) => (one === leaf ? off : undefined),
    () => chosen.has(count++),
  );
}

function carriedWhere(tree: Container, offOf: OffOf, isChosen: (leaf: number) => boolean): Container {
  const run = (node: Node): Node => {
    if (node.t === 'choice') {
      const [only, ...others] = node.when.all;
      const [yes, no] = only?.on ? [node.yes, node.no] : [node.no, node.yes];
      const found = only && !others.length && !node.when.unless ? carried(only, yes, no, offOf) : undefined;
      return only && found && isChosen(only.leaf) ? run(found) : { ...node, yes: run(node.yes), no: run(node.no) };
    }
    if (!isContainer(node)) return node;
    const members: Member[] = [];
    for (let at = 0; at < node.members.length; at++) {
      const [one, other] = [node.members[at] as Member, node.members[at + 1]];
      const found = other && both(one, other, offOf);
      if (found && isChosen(found.leaf)) {
        members.push({ ...found.member, value: run(found.member.value) });
        at++;
      } else members.push({ ...one, value: run(one.value) });
    }
    return { ...node, members };
  };
  return run(tree) as Container;
}

/** The node that is the one while a value is on, and the other while it is off. */
function carried({ leaf, test }: Switch, yes: Node, no: Node, offOf: OffOf): Node | undefined {
  const off = test ? undefined : offOf(leaf);
  if (off === undefined) return undefined;
  if (yes.t === 'literal' && yes.value === true && no.t === 'literal' && no.value === false && off === false) return { t: 'hole', leaf };
  if (!textsIn(yes).has(leaf)) return undefined;
  const [one, other] = [yes, no].map((node) =>
    shown(
      specialized(
        node,
        (index) => index === leaf,
        () => off,
      ),
    ),
  );
  return one === other ? yes : undefined;
}

/** Two members, of which always one is there, as one. */
function both(one: Member, other: Member, offOf: OffOf): { readonly leaf: number; readonly member: Member } | undefined {
  if (!one.when || !other.when || !isDeepStrictEqual(one.key, other.key) || !isDeepStrictEqual(one.when.unless, other.when.unless))
    return undefined;
  const own = difference(one.when, other.when);
  const opposite = difference(other.when, one.when);
  if (!own || !opposite || own.leaf !== opposite.leaf || own.on === opposite.on || own.test || opposite.test) return undefined;
  const [yes, no] = own.on ? [one, other] : [other, one];
  const value = carried(own, yes.value, no.value, offOf);
  const { all, unless } = one.when;
  const rest = all.filter((item) => item !== own);
  const when = rest.length || unless ? { when: { all: rest, ...(unless ? { unless } : {}) } } : {};
  return value && { leaf: own.leaf, member: { ...(one.key ? { key: one.key } : {}), value, ...when } };
}

/** The only switch that one condition has and the other has not. */
function difference({ all }: Condition, other: Condition): Switch | undefined {
  const [only, ...more] = all.filter((item) => !other.all.some((there) => isDeepStrictEqual(there, item)));
  return more.length ? undefined : only;
}
