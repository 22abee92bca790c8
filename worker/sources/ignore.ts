// .dockerignore: Docker's patterns, matched in time that grows with pattern and name only, whatever the pattern.
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { posix } from 'node:path';
import { BuildFailure } from '../errors';

/** Far above what people write; every name is held against every pattern. */
const MOST_PATTERNS = 10_000;
/** No path is longer. */
const MOST_PATTERN_LENGTH = 4096;
/** Work between two looks at the clock of others. */
const TURN_MS = 10;

/** One character, of a set or any but the slash; `*`, the same any number of times; or what stands for folders. */
type Token =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'set'; readonly negated: boolean; readonly ranges: readonly (readonly [string, string])[] }
  | { readonly kind: 'star' }
  /** `**` before more: nothing, or anything that ends with a slash. */
  | { readonly kind: 'folders' }
  /** `**` at the end: everything. */
  | { readonly kind: 'rest' };

interface Pattern {
  readonly negated: boolean;
  readonly tokens: readonly Token[];
}

function wrong(line: number, problem: string): BuildFailure {
  return new BuildFailure(`.dockerignore, line ${line}: ${problem}`);
}

/** @throws BuildFailure for what Docker calls a syntax error. */
function parseSet(characters: readonly string[], start: number, line: number): { readonly token: Token; readonly next: number } {
  let at = start;
  const negated = characters[at] === '^';
  if (negated) at += 1;
  const ranges: [string, string][] = [];
  const one = (): string => {
    if (characters[at] === '\\') at += 1;
    const character = characters[at];
    if (character === undefined) throw wrong(line, 'the [ is never closed; write \\[ for the character');
    at += 1;
    return character;
  };
  while (characters[at] !== ']' || ranges.length === 0) {
    if (characters[at] === ']' || characters[at] === '-') throw wrong(line, 'the [] holds no character; write \\[ for the character');
    const low = one();
    if (characters[at] === '-') {
      at += 1;
      ranges.push([low, one()]);
    } else {
      ranges.push([low, low]);
    }
  }
  return { token: { kind: 'set', negated, ranges }, next: at + 1 };
}

function parseTokens(pattern: string, line: number): Token[] {
  const characters = [...pattern];
  const tokens: Token[] = [];
  for (let at = 0; at < characters.length;) {
    const character = characters[at] ?? '';
    at += 1;
    if (character === '*') {
      const double = characters[at] === '*';
      while (characters[at] === '*') at += 1;
      if (!double) {
        tokens.push({ kind: 'star' });
      } else {
        if (characters[at] === '/') at += 1;
        const kind = at === characters.length ? 'rest' : 'folders';
        // One after the other they mean what one of them means.
        if (tokens.at(-1)?.kind === 'folders') tokens.pop();
        tokens.push({ kind });
      }
    } else if (character === '?') {
      tokens.push({ kind: 'any' });
    } else if (character === '[') {
      const { token, next } = parseSet(characters, at, line);
      tokens.push(token);
      at = next;
    } else if (character === '\\') {
      const escaped = characters[at];
      if (escaped === undefined) throw wrong(line, 'the pattern ends with a \\; write \\\\ for the character');
      at += 1;
      tokens.push({ kind: 'text', text: escaped });
    } else {
      tokens.push({ kind: 'text', text: character });
    }
  }
  return tokens;
}

/** @throws BuildFailure with the line that is wrong. */
function parse(text: string): Pattern[] {
  const patterns: Pattern[] = [];
  for (const [index, raw] of text
    .replace(/^\ufeff/, '')
    .split('\n')
    .entries()) {
    const line = index + 1;
    const trimmed = raw.trim();
    if (raw.startsWith('#') || trimmed === '') continue;
    const negated = trimmed.startsWith('!');
    const bare = negated ? trimmed.slice(1).trim() : trimmed;
    if (bare === '') throw wrong(line, 'the ! has no pattern');
    if (bare.length > MOST_PATTERN_LENGTH) throw wrong(line, `the pattern is longer than ${MOST_PATTERN_LENGTH} characters`);
    const clean = posix
      .normalize(bare)
      .replace(/(?<=.)\/$/, '')
      .replace(/^\/(?=.)/, '');
    patterns.push({ negated, tokens: parseTokens(clean, line) });
    if (patterns.length > MOST_PATTERNS)
      throw new BuildFailure(`.dockerignore has more than ${MOST_PATTERNS} patterns; write fewer, wider ones`);
  }
  return patterns;
}

function fits(token: Token, character: string): boolean {
  if (token.kind === 'text') return token.text === character;
  if (character === '/') return false;
  if (token.kind === 'set') return token.ranges.some(([low, high]) => low <= character && character <= high) !== token.negated;
  return token.kind === 'any';
}

/** Adds a place in the pattern, and those that are reached from it without a character. */
function reach(places: Set<number>, tokens: readonly Token[], start: number): void {
  for (let at = start; !places.has(at); at += 1) {
    places.add(at);
    const kind = tokens[at]?.kind;
    if (kind !== 'star' && kind !== 'folders' && kind !== 'rest') return;
  }
}

/**
 * Whether the pattern matches the name or a folder above it. All ways to read the pattern are followed side by side, one character of the name at a time:
 * no way is tried twice, so no pattern is slow.
 */
function matches(tokens: readonly Token[], name: readonly string[]): boolean {
  let places = new Set<number>();
  // Inside what a `**` in front of more stands for; left behind each slash.
  let deep = new Set<number>();
  reach(places, tokens, 0);
  for (const character of name) {
    // A folder above: everything in it goes with it.
    if (character === '/' && places.has(tokens.length)) return true;
    const next = new Set<number>();
    const nextDeep = new Set(deep);
    for (const place of places) {
      const token = tokens[place];
      if (token === undefined) continue;
      if (token.kind === 'folders') nextDeep.add(place);
      else if (token.kind === 'rest' || (token.kind === 'star' && character !== '/')) reach(next, tokens, place);
      else if (token.kind !== 'star' && fits(token, character)) reach(next, tokens, place + 1);
    }
    if (character === '/') for (const place of nextDeep) reach(next, tokens, place + 1);
    if (next.size === 0 && nextDeep.size === 0) return false;
    places = next;
    deep = nextDeep;
  }
  return places.has(tokens.length);
}

/**
 * Tells what a .dockerignore leaves out. Resolves with `true` for a name that is ignored, itself or with a folder above it; the last pattern that matches decides.
 * Lets others work in between, and rejects with the signal's reason.
 * @throws BuildFailure when a pattern is wrong or there are too many.
 */
export function readIgnore(text: string): (name: string, signal: AbortSignal) => Promise<boolean> {
  const patterns = parse(text);
  let turn = Date.now();
  return async (name, signal) => {
    const characters = [...name];
    let ignored = false;
    for (const { negated, tokens } of patterns) {
      // Only a pattern that would change the answer is looked at.
      if (negated === ignored && matches(tokens, characters)) ignored = !negated;
      if (Date.now() - turn < TURN_MS) continue;
      await yieldToOthers();
      signal.throwIfAborted();
      turn = Date.now();
    }
    return ignored;
  };
}
