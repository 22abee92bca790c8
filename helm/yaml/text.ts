// How a string is written so that every YAML reader, 1.1 or 1.2, reads the same string: plain, as a block, or in quotes.

import { hasHalfCharacter } from './unicode';

// Most texts of a manifest: words, paths, image names. They need one look more, for reserved words.
const SIMPLE = /^[A-Za-z_/][A-Za-z0-9_./-]*$/;
const RESERVED = new Set(['y', 'n', 'yes', 'no', 'on', 'off', 'true', 'false', 'null']);
const LONGEST_RESERVED = 5;

// May stand bare: printable ASCII that begins with no indicator.
const PLAIN = /^[A-Za-z0-9_./$(+<=^~;)\\-][\x20-\x7e]*$/;
// Ends the scalar, begins a comment, or is a document marker, an item or lost white space.
const NOT_PLAIN = /:(?: |$)| #| $|^(?:---|\.\.\.|- |-$|[=~]$|<<$)/;
const NUMERIC = new RegExp(
  [
    '[-+]?0b[-+]?[01_]*',
    '[-+]?0o[0-7_]*',
    '[-+]?0x[0-9a-f_]*', // bases
    '[-+]?(?:[0-9][0-9_]*)?(?:\\.[0-9_]*)?(?:e[-+]?[0-9]*)?',
    '[-+]?\\.(?:inf|nan)', // decimals
    '[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\\.[0-9_]*)?', // base 60
    '\\d{4}-\\d\\d?-\\d\\d?.*', // dates
  ]
    .map((part) => `^${part}$`)
    .join('|'),
  'i',
);

// A block keeps these as they are only in some readers, or not at all.
// oxlint-disable-next-line no-control-regex
const NOT_BLOCK = /[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|^[\n\t ]|\n[\t ]+\n*$/;
// Raw in a JSON string, not printable in YAML, or a line break to YAML 1.1.
// oxlint-disable-next-line no-control-regex
const ESCAPED = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** A string as a value; block lines begin with `pad`. Undefined for a string with half a surrogate pair. */
export function writeText(text: string, pad: string): string | undefined {
  if (isPlain(text)) return text;
  return text.includes('\n') ? (blockText(text, pad) ?? quoteText(text)) : quoteText(text);
}

/** Keys of manifests come again and again. */
const keys = new Map<string, string | undefined>();
const KNOWN_KEYS = 2000;
const LONGEST_KNOWN = 100;

/** A string as a key, without the colon. Undefined for a string with half a surrogate pair. */
export function writeKey(key: string): string | undefined {
  if (keys.has(key)) return keys.get(key);
  const text = isPlain(key) ? key : quoteText(key);
  if (keys.size < KNOWN_KEYS && key.length <= LONGEST_KNOWN) keys.set(key, text);
  return text;
}

/** In double quotes, on one line. Undefined for a string with half a surrogate pair. */
export function quoteText(text: string): string | undefined {
  if (hasHalfCharacter(text)) return undefined;
  return JSON.stringify(text).replace(ESCAPED, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function isPlain(text: string): boolean {
  if (SIMPLE.test(text)) return text.length > LONGEST_RESERVED || !RESERVED.has(text.toLowerCase());
  return PLAIN.test(text) && !NOT_PLAIN.test(text) && !isNumeric(text);
}

/** Readers leave underscores out wherever they stand in a number: `0_x1f` is 31. */
const isNumeric = (text: string): boolean => NUMERIC.test(text) || (text.includes('_') && NUMERIC.test(text.replaceAll('_', '')));

/** A literal block; undefined when a reader would not give the same string back. */
function blockText(text: string, pad: string): string | undefined {
  if (NOT_BLOCK.test(text) || hasHalfCharacter(text)) return undefined;
  const chomping = !text.endsWith('\n') ? '-' : text.endsWith('\n\n') ? '+' : '';
  const lines = (chomping === '-' ? text : text.slice(0, -1)).split('\n');
  let out = `|${chomping}`;
  for (const line of lines) out += line === '' ? '\n' : `\n${pad}${line}`;
  return out;
}
