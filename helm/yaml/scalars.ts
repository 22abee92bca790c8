// Scalars as libyaml takes them: plain, in quotes, and blocks; where they end, and how their lines are joined.
import { endsWord, isBlank, isBreak, isSpace, isTab, type Cursor } from './cursor';

const COMMENT = 0x23;
const SINGLE = 0x27;
const DOUBLE = 0x22;
const BACKSLASH = 0x5c;
/** What ends a plain scalar inside brackets, wherever it stands: , ? [ ] { } */
const FLOW_ENDS = new Set([0x2c, 0x3f, 0x5b, 0x5d, 0x7b, 0x7d]);

export const TAB_REASON = 'tabs are not allowed as indentation; use spaces';

/** One line break is a space, several are one less; a separator of lines stays. */
const fold = (first: string, others: string): string => (first === '\n' ? others || ' ' : first + others);

/**
 * A scalar without quotes.
 * @param indent least column of its further lines
 * @returns its text, and whether the lines break behind it, so that a key may follow
 */
export function plain(cursor: Cursor, indent: number, inFlow: boolean): { text: string; isBeforeBreak: boolean } {
  const { text } = cursor;
  const start = cursor.at;
  let done = '';
  let from = start;
  let to = start;
  let first = '';
  let others = '';
  let isAfterBreak = false;
  while (!cursor.isDocumentMark() && cursor.code() !== COMMENT) {
    const word = cursor.at;
    for (let code = cursor.code(); !endsWord(code); code = cursor.code()) {
      if ((code === 0x3a && endsWord(cursor.code(1))) || (inFlow && FLOW_ENDS.has(code))) break;
      cursor.at++;
    }
    if (cursor.at > word) {
      if (isAfterBreak) {
        done += text.slice(from, to) + fold(first, others);
        from = word;
        first = others = '';
        isAfterBreak = false;
      }
      to = cursor.at;
    }
    if (cursor.atEnd || !endsWord(cursor.code())) break;
    for (let code = cursor.code(); isBlank(code) || isBreak(code); code = cursor.code()) {
      if (isBlank(code)) {
        if (isAfterBreak && isTab(code) && cursor.column < indent) cursor.fail(cursor.at, TAB_REASON);
        cursor.at++;
      } else if (isAfterBreak) {
        others += cursor.takeBreak();
      } else {
        first = cursor.takeBreak();
        isAfterBreak = true;
      }
    }
    if (!inFlow && cursor.column < indent) break;
  }
  return { text: done + text.slice(from, to), isBeforeBreak: isAfterBreak };
}

const ESCAPES = new Map<string, string>(
  Object.entries({
    '0': '\0',
    a: '\x07',
    b: '\b',
    t: '\t',
    '\t': '\t',
    n: '\n',
    v: '\v',
    f: '\f',
    r: '\r',
    e: '\x1b',
    ' ': ' ',
    '"': '"',
    "'": "'",
    '\\': '\\',
    N: '\x85',
    _: '\xa0',
    L: '\u2028',
    P: '\u2029',
  }),
);
const HEX_LENGTH = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
]);

/** A scalar in quotes, from the first quote to behind the last. */
export function quoted(cursor: Cursor): string {
  const { text } = cursor;
  const start = cursor.at;
  const quote = cursor.code();
  const mark = quote === DOUBLE ? '"' : "'";
  let done = '';
  cursor.at++;
  let from = cursor.at;
  for (;;) {
    if (cursor.isDocumentMark() || cursor.atEnd) cursor.fail(start, `the text that begins with ${mark} here has no ${mark} at its end`);
    let isAfterBreak = false;
    for (let code = cursor.code(); !endsWord(code); code = cursor.code()) {
      if (code === quote) {
        if (quote === DOUBLE || cursor.code(1) !== SINGLE) {
          done += text.slice(from, cursor.at++);
          return done;
        }
        done += text.slice(from, cursor.at + 1);
        from = cursor.at += 2;
      } else if (code === BACKSLASH && quote === DOUBLE) {
        done += text.slice(from, cursor.at++);
        isAfterBreak = isBreak(cursor.code());
        if (isAfterBreak) cursor.takeBreak();
        else done += escaped(cursor);
        from = cursor.at;
        if (isAfterBreak) break;
      } else {
        cursor.at++;
      }
    }
    const wordEnd = cursor.at;
    let first = '';
    let others = '';
    for (let code = cursor.code(); isBlank(code) || isBreak(code); code = cursor.code()) {
      if (isBlank(code)) {
        cursor.at++;
      } else if (isAfterBreak) {
        others += cursor.takeBreak();
      } else {
        done += text.slice(from, wordEnd);
        first = cursor.takeBreak();
        isAfterBreak = true;
      }
    }
    if (isAfterBreak) {
      done += fold(first, others);
      from = cursor.at;
    }
  }
}

/** The character that an escape stands for; the backslash is taken. */
function escaped(cursor: Cursor): string {
  const offset = cursor.at - 1;
  const name = cursor.text.charAt(cursor.at);
  const character = ESCAPES.get(name);
  if (character !== undefined) {
    cursor.at++;
    return character;
  }
  const length = HEX_LENGTH.get(name);
  if (length === undefined)
    cursor.fail(
      offset,
      `"\\${name}" is not an escape; write ${name === '/' ? '"/"' : 'a backslash as "\\\\", or the text in single quotes'}`,
    );
  const digits = cursor.text.slice(cursor.at + 1, cursor.at + 1 + length!);
  if (digits.length !== length || !/^[0-9a-fA-F]+$/.test(digits))
    cursor.fail(offset, `after "\\${name}" come ${length} hexadecimal digits`);
  const code = Number.parseInt(digits, 16);
  if (code >= 0xd800 && code <= 0xdfff)
    cursor.fail(offset, 'half of a surrogate pair is not a character; write the character itself, or \\U and eight digits');
  if (code > 0x10ffff) cursor.fail(offset, 'there is no character of this number');
  cursor.at += 1 + digits.length;
  return String.fromCodePoint(code);
}

/**
 * A block, from its "|" or ">" to the start of the line behind it.
 * @param parent column of the map or list that it stands in, -1 for none
 */
export function block(cursor: Cursor, parent: number): string {
  const isLiteral = cursor.code() === 0x7c;
  cursor.at++;
  const { chomping, increment } = header(cursor);
  const parts: string[] = [];
  let lineBreak = '';
  let wasBlank = false;
  let { breaks, indent } = blockBreaks(cursor, increment === 0 ? 0 : Math.max(parent, 0) + increment, parent);
  while (cursor.column === indent && !cursor.atEnd) {
    const startsBlank = isBlank(cursor.code());
    const isFolded = !isLiteral && !wasBlank && !startsBlank && lineBreak === '\n';
    if (!isFolded) parts.push(lineBreak);
    else if (breaks === '') parts.push(' ');
    if (breaks !== '') parts.push(breaks);
    wasBlank = startsBlank;
    const from = cursor.at;
    cursor.skipLine();
    parts.push(cursor.text.slice(from, cursor.at));
    lineBreak = cursor.atEnd ? '' : cursor.takeBreak();
    ({ breaks, indent } = blockBreaks(cursor, indent, parent));
  }
  if (chomping !== '-') parts.push(lineBreak);
  if (chomping === '+') parts.push(breaks);
  return parts.join('');
}

/** "+" or "-" and the indentation, in any order; then nothing but a comment. */
function header(cursor: Cursor): { readonly chomping: string; readonly increment: number } {
  const written = cursor.match(/[-+][0-9]?|[0-9][-+]?/y) ?? '';
  if (written.includes('0')) cursor.fail(cursor.at, 'the indentation of a block is a number from 1 to 9');
  cursor.at += written.length;
  cursor.skipBlanks();
  if (cursor.code() === COMMENT) cursor.skipLine();
  if (!cursor.atEnd) {
    if (!isBreak(cursor.code()))
      cursor.fail(cursor.at, 'the text of a block begins on the line after "|" or ">"; put a text that begins so in quotes');
    cursor.takeBreak();
  }
  return { chomping: /[-+]/.exec(written)?.[0] ?? '', increment: Number(/[0-9]/.exec(written)?.[0] ?? 0) };
}

/** Takes empty lines and the indentation of the next one. Indentation 0 is not known yet: then it is that of the first line with text. */
function blockBreaks(cursor: Cursor, known: number, parent: number): { readonly breaks: string; readonly indent: number } {
  let breaks = '';
  let widest = 0;
  for (;;) {
    while ((known === 0 || cursor.column < known) && isSpace(cursor.code())) cursor.at++;
    widest = Math.max(widest, cursor.column);
    if ((known === 0 || cursor.column < known) && isTab(cursor.code())) cursor.fail(cursor.at, TAB_REASON);
    if (!isBreak(cursor.code())) break;
    breaks += cursor.takeBreak();
  }
  return { breaks, indent: known || Math.max(widest, parent + 1, 1) };
}
