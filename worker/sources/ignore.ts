// .dockerignore: what Docker makes of its lines, matched by an engine whose time grows with pattern and name only, whatever the pattern.
import { posix } from 'node:path';
import { BuildFailure, messageOf } from '../errors';
import { compilePattern, PatternError } from './pattern';
import { Turns } from './turns';

/** Far above what people write; every name is held against every pattern. */
const MOST_PATTERNS = 10_000;
/** No path is longer. */
const MOST_PATTERN_LENGTH = 4096;
/** Steps of all expressions together: they are kept in memory. */
const MOST_SIZE = 256 * 1024;

export interface Ignore {
  /** Some line begins with `!`. */
  readonly hasExceptions: boolean;
  /**
   * Whether the name is left out, itself or with a folder above it; the last pattern that matches decides.
   * Lets others work in between, and rejects with the signal's reason.
   */
  ignores(name: string, signal: AbortSignal): Promise<boolean>;
}

interface Pattern {
  readonly negated: boolean;
  /** Whether it matches the name or a folder above it. */
  readonly matches: (name: string) => boolean;
}

/** Docker's white space is Unicode's, without the byte order mark that JavaScript takes for it. */
const SPACE = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/** Character by character: an expression for the end would look at a row of spaces again from each of them. */
function trim(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && SPACE.test(text.charAt(start))) start += 1;
  while (end > start && SPACE.test(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/** The shortest way to write a path; '' is the folder itself. */
function clean(path: string): string {
  return posix.normalize(path).replace(/(?<=.)\/$/s, '');
}

/** One line as Docker stores it, or `undefined` for one that says nothing. */
function lineToPattern(raw: string): { readonly negated: boolean; readonly path: string } | undefined {
  const trimmed = trim(raw);
  if (raw.startsWith('#') || trimmed === '') return undefined;
  const negated = trimmed.startsWith('!');
  const bare = negated ? trim(trimmed.slice(1)) : trimmed;
  if (bare.length > MOST_PATTERN_LENGTH) throw new PatternError(`the pattern is longer than ${MOST_PATTERN_LENGTH} characters`);
  const relative = bare === '' ? '' : clean(bare).replace(/^\/(?=.)/s, '');
  // Read once more, as Docker does: what is left of `/!x` is an exception too.
  const again = clean(trim(negated ? `!${relative}` : relative));
  if (again === '!') throw new PatternError('the ! has no pattern');
  return again.startsWith('!') ? { negated: true, path: again.slice(1) } : { negated: false, path: again };
}

/**
 * Lets others work in between, and rejects with the signal's reason.
 * @param name of the file, for errors
 * @throws BuildFailure when a pattern is wrong or there are too many.
 */
export async function readIgnore(text: string, signal: AbortSignal, name = '.dockerignore'): Promise<Ignore> {
  const patterns: Pattern[] = [];
  const reading = new Turns(signal);
  let left = MOST_SIZE;
  for (const [index, raw] of text
    .replace(/^\ufeff/, '')
    .split('\n')
    .entries()) {
    try {
      const pattern = lineToPattern(raw.replace(/\r$/, ''));
      if (pattern !== undefined) {
        const { matches, size } = compilePattern(pattern.path);
        patterns.push({ negated: pattern.negated, matches });
        left -= size;
      }
    } catch (cause) {
      if (!(cause instanceof PatternError)) throw cause;
      throw new BuildFailure(`${name}, line ${index + 1}: ${messageOf(cause)}`, { cause });
    }
    if (patterns.length > MOST_PATTERNS) throw new BuildFailure(`${name} has more than ${MOST_PATTERNS} patterns; write fewer, wider ones`);
    if (left < 0)
      throw new BuildFailure(`${name} has more than ${MOST_SIZE} characters in patterns with wildcards; write fewer, shorter ones`);
    if (reading.due) await reading.pass();
  }
  let turns: Turns | undefined;
  return {
    hasExceptions: patterns.some(({ negated }) => negated),
    async ignores(path, signal) {
      turns ??= new Turns(signal);
      let ignored = false;
      for (const { negated, matches } of patterns) {
        // Only a pattern that would change the answer is looked at.
        if (negated === ignored && matches(path)) ignored = !negated;
        if (turns.due) await turns.pass();
      }
      return ignored;
    },
  };
}
