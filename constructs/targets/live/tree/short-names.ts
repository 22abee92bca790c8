// Names that begin with that of the release: Helm's usual ones are the release's alone where it has the rest of them in it.
import { RELEASE_NAME } from '../values/leaves';
import type { Node, Part, Piece, Pieces } from './model';
import { isContainer } from './skeleton';

/**
 * The node with `RELEASE` in place of `RELEASE-REST` where the name of the release contains the rest.
 * @param rest a word, or a value
 */
export function withShortNames<N extends Node>(node: N, rest: Piece): N {
  const run = (one: Node): Node => {
    if (one.t === 'pieces') {
      const parts = shortened(one.parts, rest);
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

/** Undefined where the rest does not follow the name of the release. */
function shortened(parts: Pieces['parts'], rest: Piece): Pieces['parts'] | undefined {
  const out: Part[] = [];
  let isFound = false;
  for (let at = 0; at < parts.length; at++) {
    const part = parts[at] as Part;
    out.push(part);
    const next = parts[at + 1];
    if (typeof part !== 'object' || part.t !== 'hole' || part.leaf !== RELEASE_NAME || typeof next !== 'string') continue;
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

const isSame = (part: Part | undefined, rest: Piece): boolean =>
  typeof part === 'object' && part.t === 'hole' && rest.t === 'hole' && part.leaf === rest.leaf;
