// What parts of an object are known by from one render to the next.
import type { Container, Member, Node } from './model';
import { isContainer, leavesIn, shown } from './skeleton';

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
  const blocks = new Blocks(node);
  let place = 0;
  return node.members.map((member, at) => {
    // How many items come from a value tells nothing of those behind them.
    const index = member.value.t === 'spread' || member.value.t === 'each' ? place : place++;
    const base =
      node.t === 'each'
        ? 'item'
        : node.t === 'map'
          ? shown(member.key ?? (member.value.t === 'each' ? (member.value.members[0]?.key ?? member.value) : member.value))
          : node.t === 'lines'
            ? blocks.place(at)
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

/** What a line says, as far as it is the same whatever the values in it are. */
function lineOf(node: Node): string {
  const [first = ''] = node.t === 'pieces' ? node.parts : [node.t === 'literal' ? String(node.value) : ''];
  return typeof first === 'string' ? first : 'x';
}

const indentOf = (line: string): number => line.search(/\S/);

/** Lines by the blocks they stand in, as their indentation tells. */
class Blocks {
  private readonly above: { readonly indent: number; readonly id: string }[] = [];
  private readonly members: readonly Member[];
  private readonly repeated: ReadonlySet<string>;

  constructor(node: Container) {
    this.members = node.members;
    this.repeated = new Set(node.t === 'lines' ? node.repeated : []);
  }

  /** @param at number of the line */
  place(at: number): string {
    const node = this.members[at]?.value;
    if (!node) throw new Error('there is no such line');
    const line = lineOf(node);
    if (line.trim() === '') return shown(node);
    const indent = indentOf(line);
    const isEnd = /^\s*([}\])]|end|done|fi|esac)/.test(line);
    let before = '';
    for (let last = this.above.at(-1); last && last.indent >= indent; last = this.above.at(-1)) {
      if (last.indent === indent) before = last.id;
      this.above.pop();
    }
    const own = [this.above.at(-1)?.id ?? '', isEnd ? before : '', settingOf(shown(node)) ?? shown(node)].join('>');
    const id = this.repeated.has(own) ? `${own} ${this.firstIn(at, indent)}` : own;
    this.above.push({ indent, id });
    return id;
  }

  /** The first value in a block. */
  private firstIn(at: number, indent: number): string {
    for (const { value } of this.members.slice(at + 1)) {
      if (value.t !== 'each' && indentOf(lineOf(value)) <= indent) break;
      const [leaf] = leavesIn(value);
      if (leaf !== undefined) return String(leaf);
    }
    return '';
  }
}

/** Beginnings of blocks that are in one text several times. */
export function repeatedBlocks(node: Node, into = new Set<string>()): ReadonlySet<string> {
  if (!isContainer(node)) return into;
  for (const { id, member } of identified(node)) {
    const [, own] = node.t === 'lines' ? (/^(.*)#\d+$/s.exec(id) ?? []) : [];
    if (own !== undefined && member.value.t === 'literal' && /[{[(]$/.test(String(member.value.value))) into.add(own);
    repeatedBlocks(member.value, into);
  }
  return into;
}

/** Beginnings of blocks that are told apart by what is in them, anywhere in a node. */
export function toldApartIn(node: Node, into = new Set<string>()): ReadonlySet<string> {
  if (node.t === 'choice') [node.yes, node.no].forEach((one) => toldApartIn(one, into));
  if (!isContainer(node)) return into;
  if (node.t !== 'each') for (const start of node.repeated ?? []) into.add(start);
  for (const { value } of node.members) toldApartIn(value, into);
  return into;
}
