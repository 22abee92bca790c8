// Regular expressions, in RE2's syntax and by its rules.
import { checkListSize, checkTextSize } from '../limits';
import { Program, type Match } from '../regex/match';
import { parseRegex, WrongExpression } from '../regex/parse';
import { nilList, withType } from '../values';
import { define, type FunctionTable } from './define';

interface Compiled {
  readonly program: Program;
  readonly groups: readonly string[];
}

const mustMatch = define('ss', (pattern, text) => matches(pattern, text));
const find = define('ss', (pattern, text) => {
  const characters = [...text];
  const match = compile(pattern).program.exec(characters, 0);
  return match === undefined ? '' : between(characters, match[0], match[1]);
});
const findAll = define('ssi', (pattern, text, count) => {
  const characters = [...text];
  const found = all(compile(pattern), characters, count).map((match) => between(characters, match[0], match[1]));
  return found.length === 0 ? nilList('[]string') : withType(found, '[]string');
});
const replace = define('sss', (pattern, text, replacement) => {
  const regex = compile(pattern);
  return replaceAll(regex, [...text], (characters, match) => expand(replacement, regex.groups, characters, match));
});
const replaceLiteral = define('sss', (pattern, text, replacement) => replaceAll(compile(pattern), [...text], () => replacement));
const split = define('ssi', (pattern, text, count) => {
  if (count === 0) return nilList('[]string');
  if (pattern !== '' && text === '') return withType([''], '[]string');
  const characters = [...text];
  const parts: string[] = [];
  let [start, end] = [0, 0];
  for (const match of all(compile(pattern), characters, count)) {
    if (count > 0 && parts.length === count - 1) break;
    end = match[0] ?? 0;
    if (match[1] !== 0) parts.push(between(characters, start, end));
    start = match[1] ?? 0;
  }
  if (end !== characters.length) parts.push(between(characters, start, characters.length));
  return withType(parts, '[]string');
});

export const regex: FunctionTable = {
  // Helm takes a wrong expression for one that does not match.
  regexMatch: define('ss', (pattern, text) => {
    try {
      return matches(pattern, text);
    } catch (error) {
      if (error instanceof WrongExpression) return false;
      throw error;
    }
  }),
  mustRegexMatch: mustMatch,
  regexFind: find,
  mustRegexFind: find,
  regexFindAll: findAll,
  mustRegexFindAll: findAll,
  regexReplaceAll: replace,
  mustRegexReplaceAll: replace,
  regexReplaceAllLiteral: replaceLiteral,
  mustRegexReplaceAllLiteral: replaceLiteral,
  regexSplit: split,
  mustRegexSplit: split,
  regexQuoteMeta: define('s', (text) => text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&')),
};

function compile(pattern: string): Compiled {
  const parsed = parseRegex(pattern);
  return { program: new Program(parsed), groups: parsed.groups };
}

function matches(pattern: string, text: string): boolean {
  return compile(pattern).program.exec([...text], 0) !== undefined;
}

function between(characters: readonly string[], start = 0, end = 0): string {
  return characters.slice(start, end).join('');
}

/** Go's FindAll: an empty match right after another one does not count. */
function all({ program }: Compiled, characters: readonly string[], count: number): Match[] {
  const found: Match[] = [];
  const most = count < 0 ? Infinity : count;
  let previousEnd = -1;
  for (let position = 0; found.length < most && position <= characters.length;) {
    const match = program.exec(characters, position);
    const [start, end] = [match?.[0], match?.[1]];
    if (match === undefined || start === undefined || end === undefined) break;
    const isAccepted = end !== position || start !== previousEnd;
    position = end === position ? position + 1 : end;
    previousEnd = end;
    if (isAccepted) found.push(match);
    checkListSize(found.length);
  }
  return found;
}

/** Go's ReplaceAll. */
function replaceAll(
  { program }: Compiled,
  characters: readonly string[],
  replacement: (characters: readonly string[], match: Match) => string,
): string {
  let result = '';
  let done = 0;
  for (let position = 0; position <= characters.length;) {
    const match = program.exec(characters, position);
    const [start, end] = [match?.[0], match?.[1]];
    if (match === undefined || start === undefined || end === undefined) break;
    result += between(characters, done, start);
    if (end > done || start === 0) result += replacement(characters, match);
    checkTextSize(result.length);
    done = end;
    position = Math.max(position + 1, end);
  }
  return result + between(characters, done, characters.length);
}

/** `$1`, `$name` and `${name}` in a replacement; `$$` is a dollar. */
function expand(template: string, groups: readonly string[], characters: readonly string[], match: Match): string {
  return template.replace(/\$(?:\$|([A-Za-z0-9_]+)|\{([A-Za-z0-9_]+)\})/g, (written, name?: string, braced?: string) => {
    if (written === '$$') return '$';
    const wanted = name ?? braced ?? '';
    const isNumber = /^\d+$/.test(wanted);
    // Of several groups of one name the first that took part counts.
    const index = isNumber ? Number(wanted) : groups.findIndex((group, each) => group === wanted && match[each * 2] !== undefined);
    const [start, end] = [match[index * 2], match[index * 2 + 1]];
    return start === undefined || end === undefined ? '' : between(characters, start, end);
  });
}
