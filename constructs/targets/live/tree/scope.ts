// Conditions on parts of a list's items stand in the loop through the list: outside of it there is no item.
import { isPartOf, type ItemLeaf } from '../values/found';
import type { Condition, Container, Each, Member, Node, Switch } from './model';
import { isContainer, switchesOf } from './skeleton';

type Items = ReadonlyMap<number, ItemLeaf>;

/**
 * The tree with such conditions moved into their loops; what has none of them stays the same node.
 * @param strays lists of whose items a part is asked for outside of the loop are added to it
 */
export function scoped<N extends Node>(tree: N, items: Items, strays: Set<number>): N {
  const run = (node: Node, entered: readonly number[]): Node => {
    if (node.t === 'choice') {
      switchesOf(node.when).forEach((one) => check(one, entered, items, strays));
      const [yes, no] = [run(node.yes, entered), run(node.no, entered)];
      return yes === node.yes && no === node.no ? node : { ...node, yes, no };
    }
    if (!isContainer(node)) return node;
    const inside = node.t === 'each' ? [...entered, node.leaf] : entered;
    const members = node.members.map((given): Member => {
      const member = given.value.t === 'each' ? moved(given, given.value, items) : given;
      if (member.when) switchesOf(member.when).forEach((one) => check(one, inside, items, strays));
      const value = run(member.value, inside);
      return value === member.value ? member : { ...member, value };
    });
    return members.every((member, index) => member === node.members[index]) ? node : ({ ...node, members } satisfies Container);
  };
  return run(tree, []) as N;
}

function check({ leaf }: Switch, entered: readonly number[], items: Items, strays: Set<number>): void {
  const list = items.get(leaf)?.list;
  if (list !== undefined && !entered.includes(list)) strays.add(list);
}

/** A loop whose condition asks for parts of its items, with these in it. */
function moved(member: Member, each: Each, items: Items): Member {
  const { when } = member;
  const [item, ...others] = each.members;
  if (!when || !item || others.length) return member;
  const isInner = ({ leaf }: Switch): boolean => isPartOf(items, leaf, each.leaf);
  // A loop through nothing prints nothing.
  const outer = when.all.filter((one) => !isInner(one) && !(one.leaf === each.leaf && one.on && !one.test));
  const inner = when.all.filter(isInner);
  const [outside, inside] = [false, true].map((is) => (when.unless ?? []).filter((group) => group.some(isInner) === is));
  const own = condition(outer, outside ?? []);
  const more = condition(inner, inside ?? []);
  if (own && !more && outer.length === when.all.length) return member;
  return {
    ...(member.key ? { key: member.key } : {}),
    value: { ...each, members: [more ? { ...item, when: item.when ? both(more, item.when) : more } : item] },
    ...(own ? { when: own } : {}),
  };
}

const condition = (all: readonly Switch[], unless: readonly (readonly Switch[])[]): Condition | undefined =>
  all.length || unless.length ? { all, ...(unless.length ? { unless } : {}) } : undefined;

const both = (one: Condition, other: Condition): Condition => ({
  all: [...one.all, ...other.all],
  ...(one.unless || other.unless ? { unless: [...(one.unless ?? []), ...(other.unless ?? [])] } : {}),
});
