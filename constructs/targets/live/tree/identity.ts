// What parts of an object are known by from one render to the next.
import type { Container, Member, Node } from './model';
import { isContainer, shown } from './skeleton';

/** What is at a place, as far as samples are told apart by it: of a container that it is one. */
export const labelOf = (node: Node): string => (isContainer(node) ? node.t : shown(node));

/** What the item is known by of lists that never have more than one. */
export const ONLY = 'only';

/** Whether a list has no more than one item, which is known by its place alone. */
export const isLone = (node: Node): boolean =>
  node.t === 'list' &&
  node.members.length < 2 &&
  node.members.every(({ value }) => value.t === 'map' && identityOf(value, 0).startsWith('0:'));

interface Identified {
  readonly id: string;
  readonly member: Member;
}

const known = new WeakMap<Container, readonly Identified[]>();

/** The members of a container, each with what it is known by among them. */
export function identified(node: Container): readonly Identified[] {
  const before = known.get(node);
  if (before) return before;
  const found = identify(node);
  known.set(node, found);
  return found;
}

function identify(node: Container): readonly Identified[] {
  const counts = new Map<string, number>();
  const blocks = new Blocks();
  let place = 0;
  return node.members.map((member) => {
    // How many items come from a value tells nothing of those behind them.
    const index = member.value.t === 'spread' || member.value.t === 'each' ? place : place++;
    const base =
      node.t === 'each'
        ? 'item'
        : node.t === 'map'
          ? shown(member.key ?? (member.value.t === 'each' ? (member.value.members[0]?.key ?? member.value) : member.value))
          : node.t === 'lines'
            ? blocks.place(member.value)
            : identityOf(member.value, index);
    const count = (counts.get(base) ?? 0) + 1;
    counts.set(base, count);
    return { id: count > 1 ? `${base}#${count}` : base, member };
  });
}

/** What of a name is the same whatever the values in it are; all of it where that tells nothing. */
function constantOf(value: Node): string {
  const parts = value.t === 'pieces' ? value.parts : value.t === 'literal' ? [String(value.value)] : [];
  const text = parts.filter((part) => typeof part === 'string').join('');
  return text === '' ? shown(value) : text;
}

/** What an item of a list is known by, wherever it stands. */
function identityOf(node: Node, index: number): string {
  // Two loops through a list differ in what they print.
  if (node.t === 'each') return `each ${node.leaf} ${node.members.map(({ value }) => identityOf(value, 0)).join(' ')}`;
  // A long text is the same one, whatever is in it.
  if (node.t === 'words' || node.t === 'lines') return node.t;
  if (node.t !== 'map') return flagOf(shown(node)) ?? shown(node);
  for (const name of ['"name"', '"mountPath"', '"host"', '"key"', '"ip"'])
    for (const { key, value } of node.members)
      if (key && shown(key) === name && shown(value) !== '""') return `${name}=${constantOf(value)}`;
  // What an item may have comes before what it must.
  const last = node.members.at(-1);
  return `${index}:${last?.key ? shown(last.key) : ''}`;
}

/** `--name=` of a flag, which is the same one whatever it is set to. */
const flagOf = (text: string): string | undefined => /^\[?"(--?[\w.-]+=)/.exec(text)?.[1];

/** The key of a line such as `key: value`, which is the same one whatever it is set to. */
const settingOf = (text: string): string | undefined => /^\[?"(\s*\w+ ?[:=])(?! ?[[{(])/.exec(text)?.[1];

/** Lines by the blocks they stand in, as their indentation tells. */
class Blocks {
  private readonly above: { readonly indent: number; readonly id: string }[] = [];

  place(node: Node): string {
    const [first = ''] = node.t === 'pieces' ? node.parts : [node.t === 'literal' ? String(node.value) : ''];
    const line = typeof first === 'string' ? first : 'x';
    if (line.trim() === '') return shown(node);
    const indent = line.search(/\S/);
    const isEnd = /^\s*([}\])]|end|done|fi|esac)/.test(line);
    let before = '';
    for (let last = this.above.at(-1); last && last.indent >= indent; last = this.above.at(-1)) {
      if (last.indent === indent) before = last.id;
      this.above.pop();
    }
    const id = [this.above.at(-1)?.id ?? '', isEnd ? before : '', settingOf(shown(node)) ?? shown(node)].join('>');
    this.above.push({ indent, id });
    return id;
  }
}
