// Places in a tree.
import { isTable } from '../../../../helm/yaml/values';
import { eachPresent, evaluate, holds, type Condition, type Container, type Lookup, type Member, type Node, type Switch } from './model';
import { identified, labelOf, ONLY } from './identity';
import { isContainer, leavesIn, switchesOf, textsIn } from './skeleton';

/** `KIND/NAME` of an object in a tree, with … for values in its name. @param path the first of it is the label of the object's key */
export const placeOf = ([label = '']: readonly string[]): string => {
  // A key that holds values is labelled as a list of texts and values: `["text"<1>"text"]`.
  const key = label.replace(/^b?\[|\]$/g, '').replaceAll(/"((?:[^"\\]|\\.)*)"|<\d+!?>/g, (_, text?: string) => text ?? '…');
  const [, kind = '', , name = ''] = key.split(/\\u0000|\0/);
  return `${kind}/${name}`;
};

/** What is at a place of a sample. @param path what the members are known by */
export function outcome(root: Container, path: readonly string[]): string {
  let at: Node = root;
  for (const id of path) {
    if (!isContainer(at)) return '';
    const found: Member | undefined = id === ONLY ? at.members[0] : identified(at).find((one) => one.id === id)?.member;
    if (!found) return '';
    at = found.value;
  }
  return labelOf(at);
}

/** Walks a tree beside the data that it stands for. */
export function trace(node: Node, data: unknown, lookup: Lookup, visit: (node: Node, data: unknown, lookup: Lookup) => void): void {
  visit(node, data, lookup);
  if (node.t === 'choice') {
    const { when, yes, no } = node;
    const isOn = holds(when, lookup);
    trace(isOn ? yes : no, data, lookup, visit);
  } else if (node.t === 'map' && isTable(data)) {
    eachPresent(node.members, lookup, ({ key, value }, own) => {
      if (!key) return;
      const name = String(evaluate(key, own));
      if (Object.hasOwn(data, name)) trace(value, data[name], own, visit);
    });
  } else if (node.t === 'list' && Array.isArray(data)) {
    let index = 0;
    eachPresent(node.members, lookup, ({ value }, own) => {
      if (value.t === 'spread') index += (evaluate({ t: 'list', members: [{ value }] }, own) as unknown[]).length;
      else trace(value, data[index++], own, visit);
    });
  }
}

/** The values that stand at a place, or decide what is there. @param path of an evaluated tree */
export function leavesAt(tree: Container, path: readonly string[], lookup: Lookup): ReadonlySet<number> {
  const found = new Set<number>();
  let at: Node = tree;
  for (const name of path) {
    if (at.t !== 'map') break;
    const member: Member | undefined = at.members.find(({ key }) => key && String(evaluate(key, lookup)) === name);
    if (!member) break;
    if (member.when) switchesOf(member.when).forEach(({ leaf }) => found.add(leaf));
    at = member.value;
  }
  return at === tree ? found : leavesIn(at, found);
}

/** The values that stand at a place: of a list or a map on the way, all that is in it. @param path of an evaluated tree */
export function textsAt(tree: Container, path: readonly string[], lookup: Lookup): ReadonlySet<number> {
  let at: Node = tree;
  for (const name of path) {
    while (at.t === 'choice') at = holds(at.when, lookup) ? at.yes : at.no;
    if (at.t !== 'map') break;
    const member: Member | undefined = at.members.find(({ key }) => key && String(evaluate(key, lookup)) === name);
    if (!member) break;
    at = member.value;
  }
  return textsIn(at);
}

/** The values that decide something anywhere. */
export function switchesIn(node: Node, into = new Set<number>()): ReadonlySet<number> {
  if (node.t === 'choice') {
    switchesOf(node.when).forEach(({ leaf }) => into.add(leaf));
    switchesIn(node.yes, into);
    switchesIn(node.no, into);
  } else if ('members' in node)
    for (const { value, when } of node.members) {
      if (when) switchesOf(when).forEach(({ leaf }) => into.add(leaf));
      switchesIn(value, into);
    }
  return into;
}

/** The tree with another switch in place of each. @param change told what the switch decides over, too */
export function withSwitches(tree: Container, change: (one: Switch, over: Node) => Switch): Container {
  const condition = ({ all, unless }: Condition, over: Node): Condition => {
    const changed = (switches: readonly Switch[]): readonly Switch[] => switches.map((one) => change(one, over));
    return { all: changed(all), ...(unless ? { unless: unless.map(changed) } : {}) };
  };
  const run = (node: Node): Node => {
    if (node.t === 'choice') return { ...node, when: condition(node.when, node), yes: run(node.yes), no: run(node.no) };
    if (!isContainer(node)) return node;
    const members = node.members.map((member) => ({
      ...member,
      value: run(member.value),
      ...(member.when ? { when: condition(member.when, member.value) } : {}),
    }));
    return { ...node, members };
  };
  return run(tree) as Container;
}

/** Values that 0 is given to as a text is: what decides is whether they are filled, or given at all. */
export function filledIn(tree: Container): ReadonlySet<number> {
  const [filled, others] = [new Set<number>(), new Set<number>()];
  withSwitches(tree, (one) => {
    const isFilled = one.test && ('filled' in one.test || 'there' in one.test || 'given' in one.test);
    (isFilled ? filled : others).add(one.leaf);
    return one;
  });
  return new Set([...filled].filter((leaf) => !others.has(leaf)));
}

/** Values of which it counts that their key is there. */
export function thereIn(tree: Container, refusals: readonly { readonly all: readonly Switch[] }[]): ReadonlySet<number> {
  const found = new Set<number>();
  const see = (one: Switch): Switch => {
    if (one.test && 'there' in one.test) found.add(one.leaf);
    return one;
  };
  withSwitches(tree, see);
  for (const { all } of refusals) all.forEach(see);
  return found;
}

/** Maps among whose own keys in the release is one that stands beside them anyway: a template would print it twice. */
export function doubled(node: Node, lookup: Lookup, into = new Set<number>()): ReadonlySet<number> {
  if (node.t === 'choice') [node.yes, node.no].forEach((one) => doubled(one, lookup, into));
  if (!('members' in node)) return into;
  const beside = new Set(node.members.flatMap(({ key }) => (key ? [String(evaluate(key, lookup))] : [])));
  for (const { value } of node.members) {
    const own = value.t === 'spread' && node.t === 'map' ? lookup(value.leaf) : undefined;
    if (value.t === 'spread' && isTable(own) && Object.keys(own).some((key) => beside.has(key))) into.add(value.leaf);
    doubled(value, lookup, into);
  }
  return into;
}

/** Whether two paths lead to the same place of an object, which may have another name. */
export function samePlace([one = '', ...path]: readonly string[], [other = '', ...second]: readonly string[]): boolean {
  const kind = (key: string): string => (path.length ? key.split('\0').slice(0, 2).join('\0') : key);
  return kind(one) === kind(other) && path.join('\0') === second.join('\0');
}
