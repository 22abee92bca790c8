// What a rendered object shows of the values that it was rendered with: data with holes where marks stand.
import { fromBase64 } from '../../../../kubernetes/encode';
import type { Condition, Container, Each, Hole, Literal, Member, Node, Part, Piece, Pieces, Switch } from './model';
import { MARK, NUMBERS, YAML_LINE } from '../values/marks';
import type { Marks } from '../values/found';
import { STRAY } from '../values/twins';

/** A part of a text that may be in base64. */
const ENCODED = /([A-Za-z0-9+/]{8,}={0,2})/;

const hole = (leaf: number): Hole => ({ t: 'hole', leaf });
const literal = (value: Literal['value']): Literal => ({ t: 'literal', value });

/**
 * Data with holes.
 * @param below the same of data in it. @default the same function
 */
export function skeleton(data: unknown, marks: Marks, below: Below = (inner) => skeleton(inner, marks)): Node {
  if (typeof data === 'string') return longSkeleton(data, marks);
  if (typeof data === 'number') {
    const leaf = marks.leafOfNumber(data);
    if (leaf === undefined) return literal(data);
    return marks.isText(leaf) ? { ...hole(leaf), form: 'bare' } : hole(leaf);
  }
  if (Array.isArray(data)) return listSkeleton(data, marks, below);
  if (typeof data === 'object' && data !== null) return mapSkeleton(data as Record<string, unknown>, marks, below);
  return literal(data as Literal['value']);
}

type Below = (data: unknown) => Node;

/** A member once for each item of the list that its marks are of. */
function each(leaf: number, marks: Marks, member: () => Member): Member {
  const value: Each = { t: 'each', leaf, fields: marks.fieldsOf(leaf), members: [marks.inside(leaf, member)] };
  return { value };
}

/** Parts of which two that follow each other, but for their marks the same, stand for all items of a list. */
function inItems<T>(parts: readonly T[], marks: Marks, member: (part: T) => Member): Member[] {
  const out: Member[] = [];
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index] as T;
    const list = marks.listIn(part);
    if (list !== undefined && index + 1 < parts.length && marks.isTwin(part, parts[index + 1], list)) {
      out.push(each(list, marks, () => member(part)));
      index++;
    } else out.push(member(part));
  }
  return out;
}

function listSkeleton(list: readonly unknown[], marks: Marks, below: Below): Node {
  const members = inItems(list, marks, (item): Member => {
    const leaf = marks.leafOfItem(item);
    return { value: leaf === undefined ? below(item) : { t: 'spread', leaf } };
  });
  const only = members.length === 1 ? members[0]?.value : undefined;
  return only?.t === 'spread' ? hole(only.leaf) : { t: 'list', members };
}

function mapSkeleton(map: Readonly<Record<string, unknown>>, marks: Marks, below: Below): Node {
  const entries = Object.entries(map).filter(([, value]) => value !== undefined && value !== null);
  const members = withItems(entries, marks, (key, value): Member => {
    const leaf = marks.leafOfEntry(key, value);
    return leaf === undefined ? { key: textSkeleton(key, marks), value: below(value) } : { value: { t: 'spread', leaf } };
  });
  const only = members.length === 1 ? members[0]?.value : undefined;
  return only?.t === 'spread' ? hole(only.leaf) : { t: 'map', members };
}

/** Entries of which two, but for their marks the same, stand for all items of a list; in a map they are anywhere. */
export function withItems<T>(
  entries: readonly (readonly [string, T])[],
  marks: Marks,
  member: (key: string, value: T) => Member,
): Member[] {
  const values = new Map(entries);
  const done = new Set<string>();
  return entries.flatMap(([key, value]): Member[] => {
    if (done.has(key)) return [];
    const list = marks.listIn(key);
    const twin = list === undefined ? undefined : String(marks.twinOf(key, list));
    if (list === undefined || twin === undefined || !values.has(twin) || !marks.isTwin(value, values.get(twin), list))
      return [member(key, value)];
    done.add(twin);
    return [each(list, marks, () => member(key, value))];
  });
}

/** A text of several lines, or of many flags, has lines and flags that come and go. */
function longSkeleton(text: string, marks: Marks): Node {
  const kind = text.includes('\n') ? 'lines' : text.split(' --').length > 3 ? 'words' : undefined;
  if (!kind) return textSkeleton(text, marks);
  const member = (part: string): Member => {
    const value = (kind === 'lines' ? yamlSkeleton(part, marks) : undefined) ?? textSkeleton(part, marks);
    return { value: value.t === 'hole' ? { t: 'pieces', parts: [value] } : value };
  };
  if (kind === 'words') return { t: kind, members: text.split(/ (?=--)/).map(member) };
  return { t: kind, members: inItems(text.split('\n'), marks, member), ...(marks.repeated.length ? { repeated: marks.repeated } : {}) };
}

/** A line that is a list or a map as YAML. */
function yamlSkeleton(line: string, marks: Marks): Node | undefined {
  const [, pad = '', text = ''] = YAML_LINE.exec(line) ?? [];
  const leaf = text === '' ? undefined : marks.leafOfYaml(text);
  return leaf === undefined ? undefined : { t: 'yaml', leaf, indent: pad.length };
}

function textSkeleton(text: string, marks: Marks): Piece {
  if (MARK.test(text) || NUMBERS.test(text) || STRAY.test(text)) {
    const parts = split(text, marks);
    const [only] = parts;
    if (parts.length === 1 && typeof only === 'object' && only.t === 'hole')
      return marks.isText(only.leaf) ? only : { t: 'pieces', parts: [only] };
    if (parts.some((part) => typeof part === 'object')) return { t: 'pieces', parts };
  }
  if (marks.mayBeEncoded && text.length >= 8 && text.length % 4 === 0) {
    const decoded = fromBase64(text);
    const parts =
      decoded === undefined ? [] : split(decoded, marks).flatMap((part) => (typeof part === 'string' ? inner(part, marks) : [part]));
    if (parts.some((part) => typeof part === 'object')) return { t: 'pieces', parts, encoded: true };
  }
  return literal(text);
}

/** The text cut at what is in base64 in it, as a login is in the configuration of a registry. */
function inner(text: string, marks: Marks): readonly Part[] {
  return text.split(ENCODED).map((part) => {
    const decoded = part.length % 4 === 0 && part.length >= 8 ? fromBase64(part) : undefined;
    const parts = decoded === undefined ? [] : split(decoded, marks);
    return parts.some((one) => typeof one === 'object') ? { t: 'pieces', parts, encoded: true } : part;
  });
}

/** The text cut at its marks. */
function split(text: string, marks: Marks): Pieces['parts'] {
  const parts: Part[] = [];
  let from = 0;
  for (const match of text.matchAll(new RegExp(`${MARK.source}|${NUMBERS.source}`, 'g'))) {
    if (match.index < from) continue;
    const joined = marks.joinedAt(text, match[0], match.index);
    if (joined) {
      if (match.index > from) parts.push(text.slice(from, match.index));
      parts.push(joined.part);
      from = joined.end;
      continue;
    }
    const leaf = marks.leafOfText(match[0]);
    if (leaf === undefined) {
      marks.see(match[0]);
      continue;
    }
    if (match.index > from) parts.push(text.slice(from, match.index));
    parts.push(hole(leaf));
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push(text.slice(from));
  for (const part of parts) if (typeof part === 'string' && STRAY.test(part)) marks.seeStray(part);
  return parts;
}

const known = new WeakMap<Node, string>();
/** Equal for equal nodes. */
export function shown(node: Node): string {
  const before = known.get(node);
  if (before !== undefined) return before;
  const text = textOf(node);
  known.set(node, text);
  return text;
}

/** The same, not remembered: for nodes that are gone soon. */
export function textOf(node: Node): string {
  switch (node.t) {
    case 'literal':
      return typeof node.value === 'bigint' ? `${node.value}n` : JSON.stringify(node.value);
    case 'hole':
      return `<${node.leaf}${node.form === 'bare' ? '!' : node.form === 'file' ? '|' : ''}>`;
    case 'spread':
      return `...<${node.leaf}>`;
    case 'pieces':
      return `${node.encoded ? 'b' : ''}[${node.parts.map(partText).join('')}]`;
    case 'yaml':
      return `yaml<${node.leaf}>${node.indent}`;
    case 'choice':
      return `(${JSON.stringify(node.when)} ${shown(node.yes)} ${shown(node.no)})`;
    default:
      return `${node.t}${node.t === 'each' ? `<${node.leaf}>` : ''}{${node.members.map(memberText).join()}}`;
  }
}

const memberText = ({ key, value, when }: Member): string => `${when ? JSON.stringify(when) : ''}${key ? shown(key) : ''}:${shown(value)}`;

const partText = (part: Part): string =>
  typeof part === 'string'
    ? JSON.stringify(part)
    : part.t === 'pieces'
      ? textOf(part)
      : part.t === 'hole'
        ? `<${part.leaf}>`
        : `<${part.leaf}*${JSON.stringify(part.separator)}>`;

export const switchesOf = ({ all, unless = [] }: Condition): readonly Switch[] => [...all, ...unless.flat()];

/**
 * All leaves that stand in a node.
 * @param isDeep whether those of nodes in it count, too. @default true
 */
export function leavesIn(node: Node, into = new Set<number>(), isDeep = true): Set<number> {
  switch (node.t) {
    case 'literal':
      break;
    case 'hole':
    case 'spread':
    case 'yaml':
      into.add(node.leaf);
      break;
    case 'pieces':
      for (const part of node.parts)
        if (typeof part === 'object') {
          if (part.t === 'pieces') leavesIn(part, into);
          else into.add(part.leaf);
        }
      break;
    case 'choice':
      switchesOf(node.when).forEach(({ leaf }) => into.add(leaf));
      if (!isDeep) break;
      leavesIn(node.yes, into);
      leavesIn(node.no, into);
      break;
    default:
      if (node.t === 'each') into.add(node.leaf);
      for (const { key, value, when } of node.members) {
        if (key) leavesIn(key, into);
        if (when) switchesOf(when).forEach(({ leaf }) => into.add(leaf));
        if (isDeep) leavesIn(value, into);
      }
  }
  return into;
}

/** Leaves that stand in the texts of a node, not only in its conditions. */
export function textsIn(node: Node): ReadonlySet<number> {
  if (node.t === 'choice') return new Set([...textsIn(node.yes), ...textsIn(node.no)]);
  if (node.t === 'each') return new Set([node.leaf, ...node.members.flatMap(({ value }) => [...textsIn(value)])]);
  return isContainer(node) ? new Set(node.members.flatMap(({ value }) => [...textsIn(value)])) : leavesIn(node);
}

export const isContainer = (node: Node): node is Container => 'members' in node;

/** Whether a node is the same, whatever the values are. */
export const isConstant = (node: Node): boolean =>
  node.t === 'literal' ||
  (isContainer(node) &&
    node.t !== 'each' &&
    node.members.every(({ key, value, when }) => !when && (!key || key.t === 'literal') && isConstant(value)));
