// Go's quoted strings (strconv.Quote), as `quote` and `%q` print them.

const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;
const SHORT: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
};

export function isPrintable(character: string): boolean {
  return PRINTABLE.test(character);
}

/** The text between quotes, everything that cannot be printed escaped. */
export function quote(text: string, quoteMark = '"', asciiOnly = false): string {
  let result = quoteMark;
  for (const character of text) {
    if (character === quoteMark) result += `\\${quoteMark}`;
    else result += SHORT[character] ?? (isPlain(character, asciiOnly) ? character : escaped(character));
  }
  return result + quoteMark;
}

function isPlain(character: string, asciiOnly: boolean): boolean {
  return isPrintable(character) && (!asciiOnly || character < '\x80');
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  // A lone surrogate stands for a byte that is not UTF-8, see bytes.ts.
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${hex(code - 0xdc00, 2)}`;
  if (code < 0x20 || code === 0x7f) return `\\x${hex(code, 2)}`;
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

function hex(code: number, width: number): string {
  return code.toString(16).padStart(width, '0');
}
