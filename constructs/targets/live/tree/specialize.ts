// A description of a release with some of its values fixed: what they decide is decided, what they fill in is filled in.
import { base64 } from '../../../../kubernetes/encode';
import { isTable } from '../../../../helm/yaml/values';
import {
  evaluate,
  FORMS,
  inItem,
  itemsOf,
  passes,
  type Condition,
  type Container,
  type Form,
  type Holder,
  type Literal,
  type Lookup,
  type Member,
  type Node,
  type Part,
  type Switch,
} from './model';
import { leavesIn, shown } from './skeleton';

/** Plain data as a node. */
export function nodeOf(data: unknown): Node {
  if (Array.isArray(data)) return { t: 'list', members: data.map((item) => ({ value: nodeOf(item) })) };
  if (isTable(data))
    return { t: 'map', members: Object.entries(data).map(([key, value]) => ({ key: { t: 'literal', value: key }, value: nodeOf(value) })) };
  return { t: 'literal', value: (data ?? null) as Literal['value'] };
}

type Verdict = Condition | boolean;

function decided(when: Condition, isFixed: (leaf: number) => boolean, lookup: Lookup): Verdict {
  const { all, unless = [] } = when;
  const isDecided = ({ leaf, test }: Switch): boolean =>
    isFixed(leaf) && !(test && 'contains' in test && [...leavesIn(test.contains)].some((one) => !isFixed(one)));
  const asked = (one: Switch): Switch => {
    if (!one.test || !('contains' in one.test)) return one;
    const contains = specialized(one.test.contains, isFixed, lookup);
    return contains === one.test.contains ? one : { ...one, test: { contains } };
  };
  const open = (switches: readonly Switch[]): readonly Switch[] => switches.filter((one) => !isDecided(one)).map(asked);
  const isFalse = (switches: readonly Switch[]): boolean =>
    switches.some((one) => isDecided(one) && passes(lookup(one.leaf), one.test, lookup) !== one.on);
  if (isFalse(all)) return false;
  const others = unless.filter((switches) => !isFalse(switches)).map(open);
  if (others.some((switches) => !switches.length)) return false;
  const rest = open(all);
  const isSame = areSame(rest, all) && others.length === unless.length && others.every((one, at) => areSame(one, unless[at] ?? []));
  if (isSame && (rest.length || others.length)) return when;
  return rest.length || others.length ? { all: rest, ...(others.length ? { unless: others } : {}) } : true;
}

/**
 * What nothing is fixed of stays the same node.
 * @param lookup the values of what is fixed
 */
export function specialized<N extends Node>(node: N, isFixed: (leaf: number) => boolean, lookup: Lookup): N {
  const run = (one: Node): Node => {
    switch (one.t) {
      case 'literal':
        return one;
      case 'hole':
        return isFixed(one.leaf) ? nodeOf(FORMS[one.form ?? 'json'](lookup(one.leaf))) : one;
      case 'spread':
        return one;
      case 'yaml':
        return isFixed(one.leaf) ? { t: 'literal', value: String(evaluate(one, lookup)) } : one;
      case 'pieces': {
        const filled = (part: Part): Part => {
          if (typeof part === 'string') return part;
          if (part.t !== 'pieces') return isFixed(part.leaf) ? String(evaluate({ t: 'pieces', parts: [part] }, lookup)) : part;
          const inner = run(part);
          return inner.t === 'pieces' ? inner : String(evaluate(inner, lookup));
        };
        const parts = joined(one.parts.map(filled));
        const plain = parts.every((part) => typeof part === 'string') ? parts.join('') : undefined;
        if (plain === undefined && areSame(parts, one.parts)) return one;
        return plain === undefined ? { ...one, parts } : { t: 'literal', value: one.encoded ? base64(plain) : plain };
      }
      case 'choice': {
        const when = decided(one.when, isFixed, lookup);
        if (typeof when === 'boolean') return run(when ? one.yes : one.no);
        const [yes, no] = [run(one.yes), run(one.no)];
        if (shown(yes) === shown(no)) return yes;
        return when === one.when && yes === one.yes && no === one.no ? one : { ...one, when, yes, no };
      }
      default: {
        const members = one.members.flatMap((member): Member[] => {
          const { value: items } = member;
          if (items.t === 'each' && isFixed(items.leaf))
            return itemsOf(lookup(items.leaf)).flatMap((item) => {
              const own = inItem(items, item, lookup);
              // As a list: a text that is the same always would be one literal.
              return specialized<Holder>({ t: 'list', members: items.members }, isFixed, own).members;
            });
          const when = member.when && decided(member.when, isFixed, lookup);
          if (when === false) return [];
          const kept = typeof when === 'object' ? { when } : {};
          const { value } = member;
          if (value.t === 'spread' && isFixed(value.leaf)) {
            const filled = nodeOf(lookup(value.leaf));
            return 'members' in filled ? filled.members.map((inner) => ({ ...inner, ...kept })) : [];
          }
          const key = member.key && (run(member.key) as Member['key']);
          const inner = run(value);
          if (key === member.key && inner === value && when === member.when) return [member];
          return [{ ...(key ? { key } : {}), value: inner, ...kept }];
        });
        if ((one.t === 'lines' || one.t === 'words') && members.every(({ value, when }) => value.t === 'literal' && !when))
          return { t: 'literal', value: String(evaluate({ ...one, members }, lookup)) };
        return areSame(members, one.members) ? one : { ...one, members };
      }
    }
  };
  return run(node) as N;
}

const areSame = <T>(one: readonly T[], other: readonly T[]): boolean =>
  one.length === other.length && one.every((item, index) => item === other[index]);

/** Texts that follow each other are one. */
export function joined(parts: readonly Part[]): Part[] {
  const out: Part[] = [];
  for (const part of parts) {
    const last = out.at(-1);
    if (typeof part === 'string' && typeof last === 'string') out[out.length - 1] = last + part;
    else if (part !== '') out.push(part);
  }
  return out;
}

/** The same with another form in some holes; what has none of them stays the same node. */
export function withForms(tree: Container, forms: ReadonlyMap<Node, Form>): Container {
  const run = (one: Node): Node => {
    if (one.t === 'choice') {
      const [yes, no] = [run(one.yes), run(one.no)];
      return yes === one.yes && no === one.no ? one : { ...one, yes, no };
    }
    if ('members' in one) {
      const members = one.members.map((member) => {
        const value = run(member.value);
        return value === member.value ? member : { ...member, value };
      });
      return areSame(members, one.members) ? one : { ...one, members };
    }
    const form = forms.get(one);
    return one.t === 'hole' && form ? { ...one, form } : one;
  };
  return run(tree) as Container;
}
