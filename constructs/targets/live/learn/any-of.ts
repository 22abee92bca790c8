// One condition in place of several of which any may hold.
import type { Condition, Switch } from '../tree/model';

/** Groups of switches that are gone through before it is given up. */
const MOST_GROUPS = 64;

type Group = readonly Switch[];

/** @returns undefined where one of them always holds, or it would be too long */
export function anyOf(conditions: readonly (Condition | undefined)[]): Condition | undefined {
  let groups: readonly Group[] = [[]];
  for (const condition of conditions) {
    if (!condition) return undefined;
    // None holds: of each, some switch is another one, or one of its other groups holds.
    const not: readonly Group[] = [...condition.all.map((one): Group => [{ ...one, on: !one.on }]), ...(condition.unless ?? [])];
    groups = withoutLonger(groups.flatMap((group) => not.flatMap((other) => joined(group, other))));
    if (groups.length > MOST_GROUPS) return undefined;
  }
  return groups.length && groups.every((group) => group.length) ? { all: [], unless: groups } : undefined;
}

const keyOf = ({ leaf, test }: Switch): string => JSON.stringify([leaf, test]);

/** Both groups as one; none where a switch would be on and off. */
function joined(one: Group, other: Group): Group[] {
  const all = new Map(one.map((item) => [keyOf(item), item]));
  for (const item of other) {
    const before = all.get(keyOf(item));
    if (before && before.on !== item.on) return [];
    all.set(keyOf(item), item);
  }
  return [[...all.values()]];
}

/** Without groups that hold only where a shorter one does, too. */
function withoutLonger(groups: readonly Group[]): Group[] {
  const kept: Group[] = [];
  for (const group of groups.toSorted((one, other) => one.length - other.length)) {
    const has = (item: Switch): boolean => group.some((one) => keyOf(one) === keyOf(item) && one.on === item.on);
    if (!kept.some((shorter) => shorter.every(has))) kept.push(group);
  }
  return kept;
}
