// YAML text into documents of nodes, with the places of what is in it.
import type { Fail } from './cursor';
import { NESTED_TOO_DEEPLY, YamlError } from './error';
import type { YamlNode } from './nodes';
import { Parser } from './parser';
import { HALF_CHARACTER_REASON, indexOfHalfCharacter } from './unicode';

/** Line and column, from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface Documents extends Iterable<YamlNode> {
  /** Of an offset in the text. */
  readonly position: (offset: number) => Position;
  readonly fail: (offset: number, reason: string, cause?: unknown) => never;
}

// What Helm's reader refuses wherever it stands.
// oxlint-disable-next-line no-control-regex
const UNREADABLE = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]/;

/**
 * The documents of a text, one after the other: what is behind the last one that is asked for is not read. Nothing is parsed yet.
 * @param lineBefore lines of the file that stand before the text
 * @throws YamlError for a character that cannot be; taking a document throws one for a mistake in it
 */
export function documentsOf(text: string, source: string, lineBefore = 0): Documents {
  const position = positions(text, lineBefore);
  const fail = (offset: number, reason: string, cause?: unknown): never => {
    const { line, column } = position(offset);
    throw new YamlError(source, line, column, reason, { cause });
  };
  const unreadable = UNREADABLE.exec(text);
  if (unreadable) {
    const code = text.charCodeAt(unreadable.index).toString(16).toUpperCase().padStart(4, '0');
    fail(unreadable.index, `the character U+${code} is not allowed; write it as an escape in double quotes`);
  }
  const half = indexOfHalfCharacter(text);
  if (half !== -1) fail(half, HALF_CHARACTER_REASON);
  return { position, fail, [Symbol.iterator]: () => iterate(text, fail, (offset) => position(offset).line) };
}

function* iterate(text: string, fail: Fail, lineOf: (offset: number) => number): Generator<YamlNode, undefined> {
  const parser = new Parser(text, fail, lineOf);
  for (;;) {
    let node: YamlNode | undefined;
    try {
      node = parser.document();
    } catch (error) {
      if (error instanceof RangeError) return fail(0, NESTED_TOO_DEEPLY);
      throw error;
    }
    if (!node) return undefined;
    yield node;
  }
}

/** Where lines start is looked up when the first place is asked for. */
function positions(text: string, lineBefore: number): (offset: number) => Position {
  let starts: number[] | undefined;
  return (offset) => {
    starts ??= [0, ...[...text.matchAll(/\r\n?|\n/g)].map((found) => found.index + found[0].length)];
    let low = 0;
    for (let high = starts.length - 1; low < high;) {
      const middle = Math.ceil((low + high) / 2);
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    const isMarked = low === 0 && text.startsWith('\ufeff');
    return { line: lineBefore + low + 1, column: Math.max(offset - starts[low]! + (isMarked ? 0 : 1), 1) };
  };
}
