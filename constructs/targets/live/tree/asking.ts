// Other ways to ask for a value in conditions: where nothing, or an empty text, decides otherwise than was thought.
import { isDeepStrictEqual } from 'node:util';
import type { Condition, Container, Member, Node, Switch, Test } from './model';
import { isContainer } from './skeleton';

/**
 * What becomes of a switch: another test in its place, or another one beside it. With `and`, what does not pass is not as the switch
 * says; with `or`, it is.
 */
export interface Way {
  readonly kind: 'instead' | 'and' | 'or';
  readonly test: Test;
}

/** How many switches of a value there are. */
export function countOfSwitches(tree: Container, leaf: number): number {
  let count = 0;
  asked(tree, leaf, () => {
    count++;
    return undefined;
  });
  return count;
}

/**
 * The tree with some switches of a value asked in another way; what has none of them stays the same node.
 * @param chosen their numbers, in order
 */
export function askedIn(tree: Container, leaf: number, way: Way, chosen: ReadonlySet<number>): Container {
  let count = 0;
  return asked(tree, leaf, () => (chosen.has(count++) ? way : undefined));
}

function asked(tree: Container, leaf: number, wayOf: () => Way | undefined): Container {
  const condition = (when: Condition): Condition => {
    let isSame = true;
    const unless: (readonly Switch[])[] = [];
    const changed = (one: Switch, isInGroup: boolean): readonly Switch[] => {
      const way = one.leaf === leaf ? wayOf() : undefined;
      if (!way || isDeepStrictEqual(one.test, way.test) || (isInGroup && way.kind === 'or')) return [one];
      isSame = false;
      const beside: Switch = { leaf, on: true, test: way.test };
      if (way.kind === 'instead') return [{ ...one, test: way.test }];
      if (way.kind === 'and') return [one, beside];
      unless.push([{ ...one, on: !one.on }, beside]);
      return [];
    };
    const all = when.all.flatMap((one) => changed(one, false));
    const groups = (when.unless ?? []).map((group) => group.flatMap((one) => changed(one, true)));
    if (isSame) return when;
    const others = [...unless, ...groups];
    return { all, ...(others.length ? { unless: others } : {}) };
  };
  const member = (one: Member): Member => {
    const when = one.when && condition(one.when);
    const value = run(one.value);
    return when === one.when && value === one.value ? one : { ...one, value, ...(when ? { when } : {}) };
  };
  const run = (node: Node): Node => {
    if (node.t === 'choice') {
      const [when, yes, no] = [condition(node.when), run(node.yes), run(node.no)];
      return when === node.when && yes === node.yes && no === node.no ? node : { ...node, when, yes, no };
    }
    if (!isContainer(node)) return node;
    const members = node.members.map(member);
    return members.every((one, at) => one === node.members[at]) ? node : { ...node, members };
  };
  return run(tree) as Container;
}

/**
 * The tree with another member at a place of what it prints; undefined where there is no such place.
 * @param path of an evaluated tree: keys of maps, and places of items in lists
 * @param change undefined where it is not to be changed
 */
export function changedAt(
  tree: Container,
  path: readonly string[],
  present: (members: readonly Member[]) => readonly Member[],
  change: (member: Member) => Member | undefined,
  keyOf: (member: Member) => string | undefined,
  chosenOf: (node: Node & { readonly t: 'choice' }) => boolean,
): Container | undefined {
  const within = (node: Node, [first, ...rest]: readonly string[]): Node | undefined => {
    if (first === undefined) return undefined;
    if (node.t === 'choice') {
      const isYes = chosenOf(node);
      const own = within(isYes ? node.yes : node.no, [first, ...rest]);
      return own && (isYes ? { ...node, yes: own } : { ...node, no: own });
    }
    if (node.t !== 'map' && node.t !== 'list') return undefined;
    const there = present(node.members);
    // Where items of another list are among them, their places are not known.
    if (node.t === 'list' && there.some(({ value }) => value.t === 'spread' || value.t === 'each')) return undefined;
    const one = node.t === 'map' ? there.find((member) => keyOf(member) === first) : there[Number(first)];
    if (!one) return undefined;
    const inner = rest.length ? within(one.value, rest) : undefined;
    const other = rest.length ? inner && { ...one, value: inner } : change(one);
    return other && { ...node, members: node.members.map((member) => (member === one ? other : member)) };
  };
  return within(tree, path) as Container | undefined;
}
