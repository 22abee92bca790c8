// How Go's YAML library writes a string (go.yaml.in/yaml/v2, emitterc.go): which style, which escapes, where lines break.

export type Style = 'plain' | 'single' | 'double' | 'literal';

/** Where a scalar begins, and how far lines after the first are indented. */
export interface Layout {
  readonly indent: number;
  readonly column: number;
  readonly canFold: boolean;
}

const WIDTH = 80;
// Neither astral characters nor tabs count as printable here.
// oxlint-disable-next-line no-control-regex
const UNPRINTABLE = /[^\n\x20-\x7e\xa0-\ufefe\uff00-\ufffd]|[\ud800-\udfff]/;
const BREAK = '[\\r\\n\\x85\\u2028\\u2029]';
const BREAKS = new RegExp(BREAK);
const BREAK_SPACE = new RegExp(`${BREAK} `);
const SPACE_BREAK = new RegExp(` ${BREAK}`);
const OUTER_BREAK = new RegExp(`^${BREAK}|${BREAK}$`);
// Indicators that a plain scalar must not begin with or hold; blanks and the end count as white space.
const INDICATORS = /^(?:---|\.\.\.|[#,[\]{}&*!|>'"%@`]|[?:-](?:[ \t]|$))|:(?:[ \t]|$)|[ \t\r\n\x85\u2028\u2029]#/;
const BASE_60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;

/** Letters and what may stand between them: text but for the words that mean something else. */
export const isWord = (text: string): boolean => /^[A-Za-z_][A-Za-z0-9_/-]*$/.test(text);

/** Whether no line can break: nothing in the text does, and its last space is in front of the place where one may be folded. */
const staysOnLine = (text: string, column: number, { canFold }: Layout): boolean =>
  (!canFold || column + text.lastIndexOf(' ') <= WIDTH) && !BREAKS.test(text);

/** `readsAsText`: a YAML 1.1 reader takes the bare text as a string. */
export function styleOf(text: string, readsAsText: boolean, isKey: boolean): Style {
  const isUnprintable = UNPRINTABLE.test(text);
  const breaksAfterSpace = SPACE_BREAK.test(text);
  if (text.includes('\n')) return isUnprintable || breaksAfterSpace || text.endsWith(' ') || isKey ? 'double' : 'literal';
  if (!readsAsText || BASE_60.test(text)) return 'double';
  if (isUnprintable || breaksAfterSpace || BREAK_SPACE.test(text)) return 'double';
  const isPlain = !BREAKS.test(text) && !/^ | $/.test(text) && !OUTER_BREAK.test(text) && !INDICATORS.test(text);
  return isPlain ? 'plain' : 'single';
}

/** Lines break at a space behind column 80, when no other space follows. */
export function plainOrSingle(text: string, layout: Layout, isSingle: boolean): string {
  // A single quote becomes two.
  const quoted = isSingle ? text.replaceAll("'", "''") : text;
  if (staysOnLine(quoted, layout.column + (isSingle ? 1 : 0), layout)) return isSingle ? `'${quoted}'` : text;
  const characters = [...text];
  const pad = ' '.repeat(layout.indent);
  let out = isSingle ? "'" : '';
  let column = layout.column + out.length;
  let afterSpace = false;
  let afterBreak = false;
  characters.forEach((character, index) => {
    if (character === ' ') {
      const isInside = !isSingle || (index > 0 && index < characters.length - 1);
      if (layout.canFold && !afterSpace && column > WIDTH && isInside && characters[index + 1] !== ' ') {
        out += `\n${pad}`;
        column = layout.indent;
      } else {
        out += ' ';
        column++;
      }
      afterSpace = true;
    } else if (BREAKS.test(character)) {
      out += character;
      column = 0;
      afterBreak = true;
    } else {
      if (afterBreak) {
        out += pad;
        column = layout.indent;
      }
      const written = isSingle && character === "'" ? "''" : character;
      out += written;
      column += written.length > 1 && written === "''" ? 2 : 1;
      afterSpace = afterBreak = false;
    }
  });
  return isSingle ? `${out}'` : out;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\0': '0',
  '\x07': 'a',
  '\b': 'b',
  '\t': 't',
  '\n': 'n',
  '\v': 'v',
  '\f': 'f',
  '\r': 'r',
  '\x1b': 'e',
  '"': '"',
  '\\': '\\',
  '\x85': 'N',
  '\xa0': '_',
  '\u2028': 'L',
  '\u2029': 'P',
};

const NOTHING_ESCAPED = /^[ !#-[\]-~]*$/;

export function doubleQuoted(text: string, layout: Layout): string {
  if (NOTHING_ESCAPED.test(text) && staysOnLine(text, layout.column + 1, layout)) return `"${text}"`;
  const characters = [...text];
  // The library looks for a byte order mark at the start of the text wherever it is: then everything is escaped.
  const escapesAll = text.startsWith('\ufeff');
  let out = '"';
  let column = layout.column + 1;
  let afterSpace = false;
  characters.forEach((character, index) => {
    if (escapesAll || character === '"' || character === '\\' || UNPRINTABLE.test(character) || BREAKS.test(character)) {
      const written = escape(character);
      out += written;
      column += written.length;
      afterSpace = false;
    } else if (character === ' ') {
      if (layout.canFold && !afterSpace && column > WIDTH && index > 0 && index < characters.length - 1) {
        out += `\n${' '.repeat(layout.indent)}`;
        column = layout.indent;
        if (characters[index + 1] === ' ') {
          out += '\\';
          column++;
        }
      } else {
        out += ' ';
        column++;
      }
      afterSpace = true;
    } else {
      out += character;
      column++;
      afterSpace = false;
    }
  });
  return `${out}"`;
}

function escape(character: string): string {
  const short = ESCAPES[character];
  if (short !== undefined) return `\\${short}`;
  const code = character.codePointAt(0)!;
  const hex = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

/** A literal block, with its hints and without the newline after its last line unless the text has it. */
export function literal(text: string, layout: Layout): string {
  const isBreak = (index: number): boolean => BREAKS.test(text.charAt(index));
  const hint = text.startsWith(' ') || isBreak(0) ? '2' : '';
  const last = text.length - 1;
  const chomping = !isBreak(last) ? '-' : last === 0 || isBreak(last - 1) ? '+' : '';
  const pad = ' '.repeat(layout.indent);
  let out = `|${hint}${chomping}\n`;
  let atStart = true;
  for (const character of text) {
    if (BREAKS.test(character)) {
      out += character;
      atStart = true;
    } else {
      out += atStart ? pad + character : character;
      atStart = false;
    }
  }
  return out;
}
