// Objects that would be the same one to a server when values make their names equal: a chart refuses these, as the release does.
import { showPath } from '../../../../helm/check';
import { isTrue, text } from '../../../../helm/print';
import { ownLookup, type Described } from '../described';
import { evaluate, type Literal, type Member, type Part, type Piece } from '../tree/model';
import { leavesIn } from '../tree/skeleton';
import { NAMESPACE, RELEASE_NAME } from '../values/leaves';
import { inBlocks } from './blocks';
import type { Printer } from './print';

type Parts = readonly Part[];

interface Named {
  readonly kind: string;
  readonly namespace: Parts;
  readonly name: Parts;
  readonly member: Member;
}

/** Lines of templates. */
interface Calls {
  /** Those that are asked for in any case. */
  readonly always: readonly string[];
  /** Whether the others must be, as an expression. @default there are none */
  readonly test?: string;
  /** All of them. */
  readonly all: readonly string[];
}

/**
 * Calls of the named template `once` for objects that another one may be the same as. By their names in the release, no two are: where
 * its own name and the values that decide over names are as they are there, nothing is asked.
 */
export function onceEach(described: Described, printer: Printer): Calls {
  const { tree, entries, leaves, fixed, fallbacks } = described;
  const lookup = ownLookup(described);
  const all = tree.members.flatMap((member) => named(member));
  const nameIn = ({ namespace, name }: Named): string =>
    [namespace, name].map((parts) => String(evaluate({ t: 'pieces', parts }, lookup))).join('/');
  const isSameKind = (one: Named, other: Named): boolean => other !== one && other.kind === one.kind;
  const open = all.filter((one) =>
    all.some((other) => isSameKind(one, other) && mayBeSame(one.name, other.name) && mayBeSame(one.namespace, other.namespace)),
  );
  // What is not there in the release may have the name of another one.
  const always = open.filter((one) => open.some((other) => isSameKind(one, other) && nameIn(one) === nameIn(other)));
  const lines = (objects: readonly Named[]): string[] =>
    inBlocks(
      objects.map(({ kind, namespace, name, member: { key, when } }) => {
        const owner = showPath((key && entries.get(String(evaluate(key, lookup)))?.owner) ?? []) || 'the release';
        const words = [owner, kind].map((text) => JSON.stringify(text)).join(' ');
        const place = [namespace, name].map((parts) => textOf(parts, printer)).join(' ');
        const line = `{{- template "once" (list $objects ${words} ${place}) }}`;
        return { clauses: when ? printer.clauses(when) : [], lines: [line] };
      }),
      { pad: '', isCompact: false },
    );
  const deciding = new Set(open.flatMap(({ namespace, name }) => [...namespace, ...name]).flatMap((part) => leavesOf(part)));
  for (const leaf of deciding) leavesIn(fallbacks.get(leaf) ?? NOTHING).forEach((other) => deciding.add(other));
  const others = [...deciding].flatMap((leaf) => {
    if (leaf === NAMESPACE || fixed.has(leaf)) return [];
    const base = leaves[leaf]?.base;
    const given = leaf === RELEASE_NAME ? printer.expression(leaf) : printer.given(leaf);
    return [isTrue(base) ? `(ne (toString ${given}) ${JSON.stringify(text(base))})` : given];
  });
  return {
    always: lines(always),
    ...(others.length
      ? { test: `or false ${others.join(' ')}`, all: lines([...always, ...open.filter((one) => !always.includes(one))]) }
      : { all: [] }),
  };
}

const NOTHING: Literal = { t: 'literal', value: null };

const leavesOf = (part: Part): number[] => (typeof part === 'object' ? [...leavesIn(part.t === 'joined' ? NOTHING : part)] : []);

const textOf = (parts: Parts, printer: Printer): string => {
  const [only = '', ...more] = parts;
  return printer.textExpression(
    more.length
      ? { t: 'pieces', parts }
      : typeof only === 'object' && only.t !== 'joined'
        ? only
        : { t: 'literal', value: typeof only === 'string' ? only : '' },
  );
};

/** What an object is known by, of those whose name a value may change. Whoever asks for a Namespace again gets the same one. */
function named(member: Member): Named[] {
  const [, kind, namespace, name] = segments(partsOf(member.key));
  if (!kind || !namespace || !name || kind.join('') === 'Namespace') return [];
  return [{ kind: kind.join(''), namespace, name, member }];
}

const partsOf = (key: Piece | undefined): Parts =>
  key?.t === 'pieces' ? key.parts : key?.t === 'hole' ? [key] : key ? [String(key.value)] : [];

/** The parts of a key between its separators. */
function segments(parts: Parts): Part[][] {
  const out: Part[][] = [[]];
  for (const part of parts)
    if (typeof part === 'string')
      part.split('\0').forEach((text, at) => {
        if (at) out.push([]);
        if (text !== '') out.at(-1)?.push(text);
      });
    else out.at(-1)?.push(part);
  return out;
}

/** Whether two texts are equal for some values, as far as what they begin and end with tells. */
export function mayBeSame(one: Parts, other: Parts): boolean {
  const areTexts = [...one, ...other].every((part) => typeof part === 'string');
  if (areTexts) return one.join('') === other.join('');
  return [false, true].every((isBackwards) => {
    const [left, right] = unlike(one, other, isBackwards);
    const [first, second] = [left[0], right[0]];
    // One that ends is the same if nothing comes behind it in the other one.
    if (first === undefined || second === undefined) return ![...left, ...right].some((part) => typeof part === 'string');
    return typeof first === 'object' || typeof second === 'object';
  });
}

/** What is left of two behind what they have in common. @param isBackwards reads them from the end */
function unlike(one: Parts, other: Parts, isBackwards: boolean): readonly [Parts, Parts] {
  const [left, right] = [one, other].map((parts) => (isBackwards ? parts.toReversed() : [...parts])) as [Part[], Part[]];
  const without = (text: string, size: number): string => (isBackwards ? text.slice(0, text.length - size) : text.slice(size));
  const edge = (text: string, size: number): string => (isBackwards ? text.slice(text.length - size) : text.slice(0, size));
  for (;;) {
    const [first, second] = [left[0], right[0]];
    if (first === undefined || second === undefined) return [left, right];
    const size = typeof first === 'string' && typeof second === 'string' ? Math.min(first.length, second.length) : 0;
    const isLike =
      typeof first === 'string' && typeof second === 'string'
        ? edge(first, size) === edge(second, size)
        : JSON.stringify(first) === JSON.stringify(second);
    if (!isLike) return [left, right];
    for (const parts of [left, right]) {
      const [part] = parts;
      const rest = typeof part === 'string' ? without(part, size) : '';
      parts.splice(0, 1, ...(rest === '' ? [] : [rest]));
    }
  }
}
