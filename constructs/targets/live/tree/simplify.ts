// The same description of an object in fewer words: what is one thing with a value, and the same without it, is written once.
import { isDeepStrictEqual } from 'node:util';
import { text } from '../../../../helm/print';
import type { Condition, Container, Hole, Literal, Member, Node, Part, Piece, Pieces, Switch } from './model';
import { isContainer } from './skeleton';
import { switchesIn } from './walk';

/** Prints the same for all values. */
export function simplified<N extends Node>(node: N): N {
  return simpler(node) as N;
}

function simpler(node: Node): Node {
  if (node.t === 'choice') {
    const [yes, no] = [simpler(node.yes), simpler(node.no)];
    const only = onlySwitch(node.when);
    const one = only && (only.on ? united(yes, no, only.leaf) : united(no, yes, only.leaf));
    return one ?? { ...node, yes, no };
  }
  if (!isContainer(node)) return node;
  const members: Member[] = [];
  const all = node.members.flatMap(apart);
  for (const [index, given] of all.entries()) {
    const member: Member = { ...given, value: simpler(given.value) };
    const last = members.at(-1);
    const both = last && together(last, member, [members.at(-2), all[index + 1]]);
    if (both) members[members.length - 1] = both;
    else members.push(member);
  }
  return { ...node, members };
}

const onlySwitch = ({ all, unless }: Condition): Switch | undefined => (all.length === 1 && !unless && !all[0]?.test ? all[0] : undefined);

/** A member that is there while one of several values is on, and another one for the first of them, as two. */
function apart(member: Member): readonly Member[] {
  const { value, when } = member;
  const own = value.t === 'choice' && onlySwitch(value.when);
  if (value.t !== 'choice' || !own || !when?.unless) return [member];
  const group = when.unless.find((switches) => switches.some(({ leaf, on }) => leaf === own.leaf && on !== own.on));
  const rest = group?.filter(({ leaf }) => leaf !== own.leaf) ?? [];
  if (!group || !rest.length) return [member];
  const others = when.unless.filter((one) => one !== group);
  const unless = (groups: readonly (readonly Switch[])[]): Partial<Condition> => (groups.length ? { unless: groups } : {});
  const [only] = rest;
  const isOne = rest.length === 1 && only;
  const no: Condition = {
    all: [...when.all, { ...own, on: !own.on }, ...(isOne ? [{ ...only, on: !only.on }] : [])],
    ...unless(isOne ? others : [...others, rest]),
  };
  return [
    { ...member, value: value.yes, when: { all: [...when.all, own], ...unless(others) } },
    ...apart({ ...member, value: value.no, when: no }),
  ];
}

/** Whether a value decides over a member, too: then it stays with those in one block. */
export const isDecidedBy = (member: Member | undefined, leaf: number): boolean =>
  member?.when?.all.some((item) => item.leaf === leaf) ?? false;

/**
 * Two members, of which always one is there, as one that is always there.
 * @param beside the members before and after them
 */
function together(first: Member, second: Member, beside: readonly (Member | undefined)[]): Member | undefined {
  if (!first.when || !second.when || JSON.stringify(first.key) !== JSON.stringify(second.key)) return undefined;
  const [one, other] = [first.when, second.when];
  const same = isDeepStrictEqual;
  const [own, ...more] = one.all.filter((item) => !other.all.some((there) => same(there, item)));
  const [opposite, ...others] = other.all.filter((item) => !one.all.some((there) => same(there, item)));
  if (!own || !opposite || more.length || others.length || own.leaf !== opposite.leaf || own.test || opposite.test) return undefined;
  if (JSON.stringify(one.unless) !== JSON.stringify(other.unless)) return undefined;
  const [yes, no] = own.on ? [first.value, second.value] : [second.value, first.value];
  const isShort = isPiece(yes) && isPiece(no) && !beside.some((member) => isDecidedBy(member, own.leaf));
  const value =
    united(yes, no, own.leaf) ?? (isShort ? ({ t: 'choice', when: { all: [{ leaf: own.leaf, on: true }] }, yes, no } as const) : undefined);
  if (!value) return undefined;
  const all = one.all.filter((item) => item !== own);
  const { unless } = one;
  return {
    ...(first.key ? { key: first.key } : {}),
    value,
    ...(all.length || unless ? { when: { all, ...(unless ? { unless } : {}) } } : {}),
  };
}

/** A text or another scalar. (A value that is a map or a list stands on lines of its own.) */
const isPiece = ({ t }: Node): boolean => t === 'literal' || t === 'pieces';

/** What is `yes` while the value is on and `no` while it is off, as one node; undefined where they differ in more than the value. */
function united(yes: Node, no: Node, leaf: number): Node | undefined {
  if (isDeepStrictEqual(yes, no)) return yes;
  if (switchesIn(yes).has(leaf)) return undefined;
  for (const otherwise of candidates(yes, no, leaf))
    if (isDeepStrictEqual(filled(yes, leaf, otherwise), filled(no, leaf, otherwise))) return withOtherwise(yes, leaf, otherwise);
  return undefined;
}

const isScalar = (value: Literal['value']): value is Scalar => value !== null && typeof value !== 'bigint';

type Scalar = NonNullable<Hole['otherwise']>;

/** What may stand in place of the value while it is off. */
function candidates(yes: Node, no: Node, leaf: number, into: Set<Scalar> = new Set()): ReadonlySet<Scalar> {
  if (yes.t === 'hole' && yes.leaf === leaf && no.t === 'literal') {
    if (isScalar(no.value)) into.add(no.value);
  }
  if (yes.t === 'pieces') {
    const parts = no.t === 'pieces' ? no.parts : no.t === 'literal' ? [String(no.value)] : [];
    const middle = between(yes.parts, parts, leaf);
    if (middle !== undefined) into.add(middle);
  }
  if (isContainer(yes) && isContainer(no) && yes.members.length === no.members.length)
    yes.members.forEach((member, index) => {
      const other = no.members[index];
      if (other) candidates(member.value, other.value, leaf, into);
    });
  if (yes.t === 'choice' && no.t === 'choice') {
    candidates(yes.yes, no.yes, leaf, into);
    candidates(yes.no, no.no, leaf, into);
  }
  return into;
}

/** The text that stands where the other has the value for the first time. */
function between(yes: Pieces['parts'], no: Pieces['parts'], leaf: number): string | undefined {
  const at = yes.findIndex((part) => typeof part === 'object' && part.t === 'hole' && part.leaf === leaf);
  if (at < 0) return undefined;
  const before = yes[at - 1];
  const after = yes[at + 1];
  const offset = typeof before === 'string' ? at - 1 : at;
  const there = no[offset] ?? '';
  const [start, end] = [typeof before === 'string' ? before : '', typeof after === 'string' ? after : ''];
  if (typeof there !== 'string' || !there.startsWith(start) || !there.endsWith(end) || there.length < start.length + end.length)
    return typeof before === 'string' || typeof there === 'string' ? undefined : '';
  return there.slice(start.length, there.length - end.length);
}

/** The node with a scalar in place of a value. */
function filled(node: Node, leaf: number, scalar: Scalar): Node {
  return changed(node, leaf, (hole) => ({ t: 'literal', value: hole.form === undefined || hole.form === 'json' ? scalar : text(scalar) }));
}

const withOtherwise = (node: Node, leaf: number, scalar: Scalar): Node =>
  changed(node, leaf, (hole) => ({ ...hole, otherwise: hole.form === undefined || hole.form === 'json' ? scalar : text(scalar) }));

/** The node with something else in the holes of a value. */
function changed(node: Node, leaf: number, change: (hole: Hole) => Hole | Literal): Node {
  switch (node.t) {
    case 'hole':
      return node.leaf === leaf ? change(node) : node;
    case 'pieces': {
      const parts: Part[] = [];
      for (const part of node.parts) {
        const other =
          typeof part === 'object' && part.t === 'pieces'
            ? (changed(part, leaf, change) as Pieces)
            : typeof part === 'object' && part.t === 'hole' && part.leaf === leaf
              ? change({ ...part, form: 'text' })
              : part;
        const next = typeof other === 'object' && other.t === 'literal' ? String(other.value) : other;
        const last = parts.at(-1);
        if (typeof next === 'string' && typeof last === 'string') parts[parts.length - 1] = last + next;
        else if (next !== '') parts.push(next);
      }
      return parts.every((part) => typeof part === 'string') && !node.encoded
        ? { t: 'literal', value: parts.join('') }
        : { ...node, parts };
    }
    case 'choice': {
      const asked = (one: Switch): Switch =>
        one.test && 'contains' in one.test ? { ...one, test: { contains: changed(one.test.contains, leaf, change) as Piece } } : one;
      const { all, unless } = node.when;
      const when = { all: all.map(asked), ...(unless ? { unless: unless.map((switches) => switches.map(asked)) } : {}) };
      return { ...node, when, yes: changed(node.yes, leaf, change), no: changed(node.no, leaf, change) };
    }
    case 'literal':
    case 'spread':
    case 'yaml':
      return node;
    default:
      return {
        ...(node as Container),
        members: (node as Container).members.map((member) => ({
          ...member,
          ...(member.key ? { key: changed(member.key, leaf, change) as Member['key'] & object } : {}),
          value: changed(member.value, leaf, change),
        })),
      };
  }
}
