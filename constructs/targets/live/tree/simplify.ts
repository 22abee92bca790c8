// The same description of an object in fewer words: what is one thing with a value, and the same without it, is written once.
import { isDeepStrictEqual } from 'node:util';
import { text } from '../../../../helm/print';
import type { Condition, Container, Hole, Literal, Member, Node, Part, Piece, Pieces, Switch } from './model';
import { isContainer } from './skeleton';
import { switchesIn } from './walk';

/** What is known of values. */
export interface Kinds {
  /** A text that is never a number or a flag. */
  isText(leaf: number): boolean;
  /** A text that may be a number, but neither 0 nor `false`. */
  isNeverNought(leaf: number): boolean;
}
const UNKNOWN: Kinds = { isText: () => false, isNeverNought: () => false };

/** Prints the same for all values. @param kinds what these are. @default nothing is known of them */
export const simplified = <N extends Node>(node: N, kinds: Kinds = UNKNOWN): N => new Simplifier(kinds).simpler(node) as N;

class Simplifier {
  constructor(private readonly kinds: Kinds) {}

  simpler(node: Node): Node {
    if (node.t === 'choice') {
      const [yes, no] = [this.simpler(node.yes), this.simpler(node.no)];
      const only = onlySwitch(node.when);
      return (only && this.united(only, yes, no)) ?? { ...node, yes, no };
    }
    if (!isContainer(node)) return node;
    const members: Member[] = [];
    const all = node.members.flatMap(apart);
    for (const [index, given] of all.entries()) {
      const member: Member = { ...given, value: this.simpler(given.value) };
      const last = members.at(-1);
      const both = last && this.together(last, member, [members.at(-2), all[index + 1]]);
      if (both) members[members.length - 1] = both;
      else members.push(member);
    }
    return { ...node, members: this.inPairs(members) };
  }

  /** Runs of members that are there while a value is on, each of which is like one behind them that is there while it is off. */
  private inPairs(members: readonly Member[]): readonly Member[] {
    for (const [at, { when }] of members.entries())
      for (const own of when?.all ?? []) {
        const end = endOf(members, at, own);
        const count = end - at;
        if (count < 2 || endOf(members, end, { ...own, on: !own.on }) - end !== count) continue;
        const pairs = members.slice(at, end).map((member, index) => this.together(member, members[end + index] as Member, []));
        if (pairs.every((pair) => pair !== undefined))
          return this.inPairs([...members.slice(0, at), ...pairs, ...members.slice(end + count)]);
      }
    return members;
  }

  /**
   * Two members, of which always one is there, as one that is always there.
   * @param beside the members before and after them
   */
  private together(first: Member, second: Member, beside: readonly (Member | undefined)[]): Member | undefined {
    if (!first.when || !second.when || JSON.stringify(first.key) !== JSON.stringify(second.key)) return undefined;
    const [one, other] = [first.when, second.when];
    const same = isDeepStrictEqual;
    const [own, ...more] = one.all.filter((item) => !other.all.some((there) => same(there, item)));
    const [opposite, ...others] = other.all.filter((item) => !one.all.some((there) => same(there, item)));
    if (!own || !opposite || more.length || others.length || !same({ ...own, on: !own.on }, opposite)) return undefined;
    if (JSON.stringify(one.unless) !== JSON.stringify(other.unless)) return undefined;
    const [yes, no] = own.on ? [first.value, second.value] : [second.value, first.value];
    const isShort = !own.test && isPiece(yes) && isPiece(no) && !beside.some((member) => isDecidedBy(member, own.leaf));
    const value =
      this.united({ ...own, on: true }, yes, no) ??
      (isShort ? ({ t: 'choice', when: { all: [{ leaf: own.leaf, on: true }] }, yes, no } as const) : undefined);
    if (!value) return undefined;
    const all = one.all.filter((item) => item !== own);
    const { unless } = one;
    return {
      ...(first.key ? { key: first.key } : {}),
      value,
      ...(all.length || unless ? { when: { all, ...(unless ? { unless } : {}) } } : {}),
    };
  }

  /** What is `yes` while a value passes and `no` while it does not, as one node; undefined where they differ in more than the value. */
  private united({ leaf, on, test }: Switch, first: Node, second: Node): Node | undefined {
    const [yes, no] = on ? [first, second] : [second, first];
    const plain = this.plain(no);
    if (isDeepStrictEqual(this.plain(yes), plain)) return withBlanks(yes, no);
    if (switchesIn(yes).has(leaf)) return undefined;
    if (!test) {
      for (const otherwise of candidates(yes, no, leaf))
        if (isDeepStrictEqual(this.plain(filled(yes, leaf, otherwise)), this.plain(filled(no, leaf, otherwise))))
          return withBlanks(withOtherwise(yes, leaf, otherwise), no);
      return undefined;
    }
    if (!('filled' in test) || !this.areTexts(yes, leaf)) return undefined;
    const none = changed(yes, leaf, () => ({ t: 'literal', value: '' }));
    return [none, this.simpler(none)].some((one) => isDeepStrictEqual(this.plain(one), plain))
      ? withBlanks(
          changed(yes, leaf, (hole) => ({ ...hole, form: 'blank' })),
          no,
        )
      : undefined;
  }

  /** The same for all that print the same: a text where it is no number, and beside others, where nothing is an empty one. */
  private plain(node: Node): Node {
    const { isText, isNeverNought } = this.kinds;
    return changed(node, undefined, ({ form = 'json', otherwise, ...hole }, isPart) => ({
      ...hole,
      form: isPart || ((form === 'json' || form === 'text') && isText(hole.leaf)) ? 'text' : form,
      ...(otherwise === undefined || (isPart && otherwise === '' && isNeverNought(hole.leaf)) ? {} : { otherwise }),
    }));
  }

  /** Whether a value stands as a text wherever it does. */
  private areTexts(node: Node, leaf: number): boolean {
    const holes: Hole[] = [];
    changed(this.plain(node), leaf, (hole) => {
      holes.push(hole);
      return hole;
    });
    return holes.every(
      ({ form, otherwise }) => otherwise === undefined && (form === 'text' || form === 'blank' || this.kinds.isText(leaf)),
    );
  }
}

const endOf = (members: readonly Member[], from: number, own: Switch): number => {
  let end = from;
  while (members[end]?.when?.all.some((item) => isDeepStrictEqual(item, own))) end++;
  return end;
};

/** The one value that decides: by being on, or by being more than an empty text. */
const onlySwitch = ({ all: [only, ...others], unless }: Condition): Switch | undefined =>
  only && !others.length && !unless && (!only.test || 'filled' in only.test) ? only : undefined;

/** A member that is there while one of several values is on, and another one for the first of them, as two. */
function apart(member: Member): readonly Member[] {
  const { value, when } = member;
  const own = value.t === 'choice' && onlySwitch(value.when);
  if (value.t !== 'choice' || !own || own.test || !when?.unless) return [member];
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

/** A text or another scalar. (A value that is a map or a list stands on lines of its own.) */
const isPiece = ({ t }: Node): boolean => t === 'literal' || t === 'pieces';

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

/** The node with this said of the values of which it is said in another one, which is the same in all else. */
function withBlanks(node: Node, other: Node): Node {
  const blank = new Set<number>();
  changed(other, undefined, (hole, isPart) => {
    if (isPart && hole.form === 'blank') blank.add(hole.leaf);
    return hole;
  });
  if (!blank.size) return node;
  return changed(node, undefined, (hole, isPart) => (isPart && blank.has(hole.leaf) ? { ...hole, form: 'blank' } : hole));
}

type Change = (hole: Hole, isPart: boolean) => Hole | Literal;

/** The node with something else in the holes of a value. @param leaf all values, if it is undefined */
function changed(node: Node, leaf: number | undefined, change: Change): Node {
  const isMeant = (hole: Hole): boolean => leaf === undefined || hole.leaf === leaf;
  switch (node.t) {
    case 'hole':
      return isMeant(node) ? change(node, false) : node;
    case 'pieces': {
      const parts: Part[] = [];
      for (const part of node.parts) {
        const other =
          typeof part === 'object' && part.t === 'pieces'
            ? (changed(part, leaf, change) as Pieces)
            : typeof part === 'object' && part.t === 'hole' && isMeant(part)
              ? change({ ...part, form: part.form === 'blank' ? 'blank' : 'text' }, true)
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
