// What has to be on for a value to be seen.
import { passes, type Container, type Lookup, type Member, type Node, type Switch } from './model';
import { isContainer, leavesIn } from './skeleton';

/** Places of a value that are looked at. */
const MOST = 2;

/**
 * For each value that stands somewhere, the switches over some places of it where these are off.
 * @param lookup of the values of the release
 */
export function switchesOver(tree: Container, lookup: Lookup): ReadonlyMap<number, readonly (readonly Switch[])[]> {
  const found = new Map<number, (readonly Switch[])[]>();
  const take = (leaves: Iterable<number>, over: readonly Switch[]): void => {
    const off = over.filter(({ leaf, on, test }) => passes(lookup(leaf), test, lookup) !== on);
    if (!off.length) return;
    for (const leaf of leaves) {
      const before = found.get(leaf) ?? [];
      const isNew = !before.some((one) => one.length === off.length && one.every((item) => off.includes(item)));
      if (isNew && before.length < MOST) found.set(leaf, [...before, off]);
    }
  };
  const visit = (node: Node, over: readonly Switch[]): void => {
    if (node.t === 'choice') {
      const [only, ...others] = node.when.all;
      visit(node.yes, [...over, ...node.when.all]);
      visit(node.no, only && !others.length ? [...over, { ...only, on: !only.on }] : over);
    } else if (!isContainer(node)) take(leavesIn(node), over);
    else for (const member of node.members) visitMember(member, over);
  };
  const visitMember = ({ key, value, when }: Member, over: readonly Switch[]): void => {
    const all = [...over, ...(when?.all ?? [])];
    if (key) take(leavesIn(key), all);
    visit(value, all);
  };
  visit(tree, []);
  return found;
}
