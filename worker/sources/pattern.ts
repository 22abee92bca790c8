// One pattern of .dockerignore, as Docker reads it: which names it matches, in time that grows with pattern and name only.
import { RE2JS } from 're2js';

/** Says what is wrong with a pattern and how to write it. */
export class PatternError extends Error {
  override name = 'PatternError';
}

type Test = (character: string) => boolean;

/** The tests of a piece without stars, one for each character of a name. @throws PatternError for what Go calls a bad pattern. */
function readPiece(characters: readonly string[]): readonly Test[] {
  const tests: Test[] = [];
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at];
    if (character === '[') {
      const set = readSet(characters, at + 1);
      tests.push(set.test);
      at = set.end;
    } else if (character === '?') {
      tests.push((other) => other !== '/');
    } else {
      if (character === '\\') at += 1;
      const literal = characters[at];
      if (literal === undefined) throw new PatternError('the pattern ends with a \\; write \\\\ for the character');
      tests.push((other) => other === literal);
    }
  }
  return tests;
}

/** `end` is the place of the `]`. */
function readSet(characters: readonly string[], start: number): { readonly test: Test; readonly end: number } {
  const negated = characters[start] === '^';
  let at = negated ? start + 1 : start;
  const ranges: (readonly [string, string])[] = [];
  const one = (): string => {
    if (characters[at] === ']' || characters[at] === '-') throw new PatternError('the [] holds no character; write \\[ for the character');
    if (characters[at] === '\\') at += 1;
    const character = characters[at];
    at += 1;
    if (character === undefined || at >= characters.length) throw new PatternError('the [ is never closed; write \\[ for the character');
    return character;
  };
  while (characters[at] !== ']' || ranges.length === 0) {
    const low = one();
    if (characters[at] === '-') {
      at += 1;
      ranges.push([low, one()]);
    } else {
      ranges.push([low, low]);
    }
  }
  return { test: (other) => ranges.some(([low, high]) => low <= other && other <= high) !== negated, end: at };
}

/** The next piece without stars outside of sets, and whether stars stand before it. */
function nextPiece(characters: readonly string[]): {
  readonly star: boolean;
  readonly piece: readonly string[];
  readonly rest: readonly string[];
} {
  const start = characters.findIndex((character) => character !== '*');
  const star = characters[0] === '*';
  if (start < 0) return { star, piece: [], rest: [] };
  let inSet = false;
  for (let at = start; at < characters.length; at += 1) {
    const character = characters[at];
    if (character === '\\') at += 1;
    else if (character === '[') inSet = true;
    else if (character === ']') inSet = false;
    else if (character === '*' && !inSet) return { star, piece: characters.slice(start, at), rest: characters.slice(at) };
  }
  return { star, piece: characters.slice(start), rest: [] };
}

/**
 * Docker checks a pattern by matching it with the name `.`, which stops at the first piece that does not match. What stands after it may
 * be wrong.
 * @throws PatternError
 */
function checkSyntax(pattern: readonly string[]): void {
  let name = ['.'];
  for (let left = pattern; left.length > 0;) {
    const { star, piece, rest } = nextPiece(left);
    const tests = readPiece(piece);
    const fits = (at: number) =>
      (rest.length > 0 || at + tests.length === name.length) &&
      tests.every((test, index) => at + index < name.length && test(name[at + index] ?? ''));
    let at = 0;
    while (at <= name.length && !fits(at)) at = star ? at + 1 : Number.POSITIVE_INFINITY;
    if (at > name.length) return;
    name = name.slice(at + tests.length);
    left = rest;
  }
}

/** What stands for itself in a pattern, but not in a regular expression. Docker means to escape more than these, and does not. */
const ESCAPED = /^[.+()$]$/;

interface Matching {
  readonly kind: 'exact' | 'prefix' | 'suffix' | 'expression';
  /** The expression, without its ends. */
  readonly text: string;
}

/** Docker makes regular expressions of patterns, but for the simplest ones. */
function toExpression(characters: readonly string[]): Matching {
  let kind: Matching['kind'] = 'exact';
  let text = '';
  for (let at = 0, step = 0; at < characters.length; step += 1) {
    const character = characters[at] ?? '';
    at += 1;
    if (character === '*' && characters[at] === '*') {
      at += 1;
      if (characters[at] === '/') at += 1;
      const last = at === characters.length;
      if (last && kind === 'exact') {
        kind = 'prefix';
      } else {
        text += last ? '.*' : '(.*/)?';
        kind = 'expression';
      }
      if (step === 0) kind = 'suffix';
    } else if (character === '*' || character === '?') {
      text += character === '*' ? '[^/]*' : '[^/]';
      kind = 'expression';
    } else if (character === '\\') {
      text += '\\';
      if (at === characters.length) continue;
      text += characters[at];
      at += 1;
      kind = 'expression';
    } else {
      text += ESCAPED.test(character) ? `\\${character}` : character;
      if (character === '[' || character === ']') kind = 'expression';
    }
  }
  return { kind, text };
}

function* selfAndFolders(name: string): Generator<string> {
  for (let slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) yield name.slice(0, slash);
  yield name;
}

/** Escaped letters, alternatives, which Docker does not escape, and a `\\` at the end would take in what is put behind the expression. */
const OPEN = /\\[A-Za-z0-9]|\||\\$/;

const plain = (matches: CompiledPattern['matches']): CompiledPattern => ({ matches, size: 0 });

/** What stands behind a brace is repeated, as Docker has it by mistake. */
const REPEATED = /\{(\d{1,9})(?:,(\d{0,9}))?\}/g;
const MOST_REPEATED = 5000;

export interface CompiledPattern {
  /** Whether it matches a name or a folder above it. */
  readonly matches: (name: string) => boolean;
  /** Steps of its expression, about; 0 without one. */
  readonly size: number;
}

/**
 * @param path the pattern, as short as it can be written
 * @throws PatternError
 */
export function compilePattern(path: string): CompiledPattern {
  const characters = [...path];
  checkSyntax(characters);
  const matching = toExpression(characters);
  if (matching.kind === 'exact') return plain((name) => name === path || name.startsWith(`${path}/`));
  if (matching.kind === 'prefix') {
    const prefix = path.slice(0, -2);
    return plain((name) => name.startsWith(prefix));
  }
  if (matching.kind === 'suffix') {
    const suffix = path.slice(2);
    const whole = suffix.startsWith('/') ? suffix.slice(1) : undefined;
    return plain(
      (name) =>
        name.endsWith(suffix) || name.includes(`${suffix}/`) || (whole !== undefined && (name === whole || name.startsWith(`${whole}/`))),
    );
  }
  const repeated = [...matching.text.matchAll(REPEATED)].reduce(
    (sum, [, least, most]) => sum + Math.max(Number(least), Number(most ?? 0)),
    0,
  );
  if (repeated > MOST_REPEATED)
    throw new PatternError(`the pattern repeats characters more than ${MOST_REPEATED} times; write \\{ for the character`);
  const size = matching.text.length + repeated;
  try {
    if (OPEN.test(matching.text)) {
      const expression = RE2JS.compile(`^${matching.text}$`);
      return { matches: (name) => [...selfAndFolders(name)].some((part) => expression.test(part)), size };
    }
    const expression = RE2JS.compile(`^(?:${matching.text})(?:/(?s:.*))?$`);
    return { matches: (name) => expression.test(name), size };
  } catch (cause) {
    throw new PatternError(`the pattern ${JSON.stringify(path)} cannot be read; write \\ only in front of one of *?[]\\^`, { cause });
  }
}
