// Upper and lower case and spaces by Go's rules, which go character by character.
import { toBytes } from '../bytes';

/** Go's unicode.IsSpace, for a character class. */
export const SPACES = '\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const SPACE = new RegExp(`^[${SPACES}]$`, 'u');
const UPPER = /^\p{Lu}$/u;
const LOWER = /^\p{Ll}$/u;
const TITLE = /^\p{Lt}$/u;

export function isSpace(character: string): boolean {
  return SPACE.test(character);
}

export function isUpper(character: string): boolean {
  return UPPER.test(character);
}

/** One character for one character: Go does not make SS of ß. */
export function upperOne(character: string): string {
  const result = character.toUpperCase();
  return [...result].length === 1 ? result : character;
}

export function lowerOne(character: string): string {
  if (character === '\u0130') return 'i';
  const result = character.toLowerCase();
  return [...result].length === 1 ? result : character;
}

export function upper(text: string): string {
  return Array.from(text, upperOne).join('');
}

export function lower(text: string): string {
  return Array.from(text, lowerOne).join('');
}

/** Go's strings.Title: a letter after anything that is not a letter, digit, underscore or mark. */
export function capitals(text: string): string {
  let result = '';
  let before = ' ';
  for (const character of text) {
    result += isSeparator(before) ? upperOne(character) : character;
    before = character;
  }
  return result;
}

function isSeparator(character: string): boolean {
  if (character < '\x80') return !/[A-Za-z0-9_]/.test(character);
  return /^[\p{L}\p{Nd}]$/u.test(character) ? false : isSpace(character);
}

/** The first letter of each word in lower case. */
export function uncapitalize(text: string): string {
  let isStart = true;
  return Array.from(text, (character) => {
    if (isSpace(character)) {
      isStart = true;
      return character;
    }
    const result = isStart ? lowerOne(character) : character;
    isStart = false;
    return result;
  }).join('');
}

/** goutils.SwapCase: a lower case letter after a space becomes a title. */
export function swapCase(text: string): string {
  let afterSpace = true;
  return Array.from(text, (character) => {
    if (UPPER.test(character) || TITLE.test(character)) {
      afterSpace = false;
      return lowerOne(character);
    }
    if (LOWER.test(character)) {
      afterSpace = false;
      return upperOne(character);
    }
    afterSpace = afterSpace ? isSpace(character) : isSpace(character);
    return character;
  }).join('');
}

/** goutils.DeleteWhiteSpace, which takes each byte for a character as soon as there is a space. */
export function withoutSpace(text: string): string {
  const characters = Array.from(toBytes(text), (byte) => String.fromCharCode(byte));
  const kept = characters.filter((character) => !isSpace(character));
  return kept.length === characters.length ? text : kept.join('');
}

/** goutils.Initials, which takes each byte for a character. */
export function initials(text: string): string {
  let isStart = true;
  let result = '';
  for (const byte of toBytes(text)) {
    const character = String.fromCharCode(byte);
    if (isSpace(character)) isStart = true;
    else if (isStart) {
      result += character;
      isStart = false;
    }
  }
  return result;
}
