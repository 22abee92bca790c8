// Names that begin with that of the release: Helm's usual ones are the release's alone where it has the rest of them in it.
import { RELEASE_NAME } from '../values/leaves';
import type { Node, Part, Piece, Pieces } from './model';
import { isContainer } from './skeleton';

/** What stands behind the name of the release, as far as it is part of the same name. */
const NAME = /^-[-a-z0-9]*/;

/**
 * The node with `RELEASE` in place of `RELEASE-REST` where the name of the release contains the rest.
 * @param rest a word, or a value
 * @param isLong whether a name stays as it is, by what stands behind the name of the release. @default none does
 */
export function withShortNames<N extends Node>(node: N, rest: Piece, isLong: (name: string) => boolean = () => false): N {
  const run = (one: Node): Node => {
    if (one.t === 'pieces') {
      const parts = shortened(one.parts, rest, isLong);
      if (!parts) return one;
      const [only, ...others] = parts;
      const yes: Piece = typeof only === 'object' && only.t === 'hole' && !others.length && !one.encoded ? only : { ...one, parts };
      return { t: 'choice', when: { all: [{ leaf: RELEASE_NAME, on: true, test: { contains: rest } }] }, yes, no: one };
    }
    // What was found before holds for longer words, too.
    if (one.t === 'choice') return { ...one, yes: run(one.yes), no: run(one.no) };
    if (isContainer(one)) return { ...one, members: one.members.map((member) => ({ ...member, value: run(member.value) })) };
    return one;
  };
  return run(node) as N;
}

/** Names that begin with that of the release, without it. */
export function namesIn(nodes: Iterable<Node>): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: Node): void => {
    if (node.t === 'choice') [node.yes, node.no].forEach(visit);
    if (isContainer(node)) for (const { key, value } of node.members) [...(key ? [key] : []), value].forEach(visit);
    if (node.t !== 'pieces') return;
    for (const [index, part] of node.parts.entries()) {
      const name = typeof part === 'string' && isReleaseName(node.parts[index - 1]) ? NAME.exec(part)?.[0] : undefined;
      if (name !== undefined) names.add(name);
    }
  };
  for (const node of nodes) visit(node);
  return names;
}

/** Undefined where the rest does not follow the name of the release. */
function shortened(parts: Pieces['parts'], rest: Piece, isLong: (name: string) => boolean): Pieces['parts'] | undefined {
  const out: Part[] = [];
  let isFound = false;
  for (let at = 0; at < parts.length; at++) {
    const part = parts[at] as Part;
    out.push(part);
    const next = parts[at + 1];
    if (!isReleaseName(part) || typeof next !== 'string' || isLong(NAME.exec(next)?.[0] ?? '')) continue;
    const after = rest.t === 'literal' ? afterWord(next, String(rest.value)) : next === '-' && isSame(parts[at + 2], rest) ? '' : undefined;
    if (after === undefined) continue;
    isFound = true;
    at += rest.t === 'literal' ? 1 : 2;
    if (after !== '') out.push(after);
  }
  return isFound ? out : undefined;
}

/** What follows `-WORD`, where the word ends there. */
function afterWord(text: string, word: string): string | undefined {
  const after = text.startsWith(`-${word}`) ? text.slice(word.length + 1) : undefined;
  return after === undefined || /^[A-Za-z0-9_]/.test(after) ? undefined : after;
}

const isReleaseName = (part: Part | undefined): boolean => typeof part === 'object' && part.t === 'hole' && part.leaf === RELEASE_NAME;

const isSame = (part: Part | undefined, rest: Piece): boolean =>
  typeof part === 'object' && part.t === 'hole' && rest.t === 'hole' && part.leaf === rest.leaf;
