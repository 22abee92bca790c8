// Text functions. Like Go's they count bytes, except where Sprig counts characters.
import { byteLength, fromBytes, sliceBytes, toBytes } from '../bytes';
import { Failure } from '../errors';
import { checkListSize, checkTextSize } from '../limits';
import { print } from '../print';
import { quote } from '../quote';
import { newDict, setKey, withType, type Dict } from '../values';
import { toStrings } from './basics';
import { capitals, initials, lower, SPACES, swapCase, uncapitalize, upper, withoutSpace } from './letters';
import { define, type FunctionTable } from './define';
import { camelCase, lowerCaseWords } from './words';

const SPACE_ENDS = new RegExp(`^[${SPACES}]+|[${SPACES}]+$`, 'gu');

export const strings: FunctionTable = {
  trim: define('s', (text) => text.replace(SPACE_ENDS, '')),
  trimAll: define('ss', trimAll),
  trimall: define('ss', trimAll),
  trimPrefix: define('ss', (prefix, text) => (text.startsWith(prefix) ? text.slice(prefix.length) : text)),
  trimSuffix: define('ss', (suffix, text) => (text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text)),
  upper: define('s', upper),
  lower: define('s', lower),
  title: define('s', capitals),
  untitle: define('s', uncapitalize),
  swapcase: define('s', swapCase),
  repeat: define('is', (count, text) => {
    if (count < 0) throw new Failure(`the count must not be negative, it is ${count}`);
    checkTextSize(count * text.length);
    return text.repeat(count);
  }),
  substr: define('iis', (start, end, text) => {
    if (start < 0) return cut(text, 0, end);
    return end < 0 || end > byteLength(text) ? cut(text, start, byteLength(text)) : cut(text, start, end);
  }),
  trunc: define('is', (count, text) => {
    const length = byteLength(text);
    if (count < 0) return length + count > 0 ? sliceBytes(text, length + count) : text;
    return length > count ? sliceBytes(text, 0, count) : text;
  }),
  abbrev: define('is', (width, text) => (width < 4 ? text : abbreviate(text, 0, width))),
  abbrevboth: define('iis', (left, right, text) => (right < 4 || (left > 0 && right < 7) ? text : abbreviate(text, left, right))),
  nospace: define('s', withoutSpace),
  initials: define('s', initials),
  contains: define('ss', (part, text) => text.includes(part)),
  hasPrefix: define('ss', (prefix, text) => text.startsWith(prefix)),
  hasSuffix: define('ss', (suffix, text) => text.endsWith(suffix)),
  quote: define('a*', (...values) =>
    present(values)
      .map((value) => quote(print(value)))
      .join(' '),
  ),
  squote: define('a*', (...values) =>
    present(values)
      .map((value) => `'${print(value)}'`)
      .join(' '),
  ),
  cat: define('a*', (...values) =>
    present(values)
      .map((value) => print(value))
      .join(' '),
  ),
  indent: define('is', indent),
  nindent: define('is', (spaces, text) => `\n${indent(spaces, text)}`),
  replace: define('sss', replaceAll),
  plural: define('ssi', (one, many, count) => (count === 1 ? one : many)),
  join: define('sa', (separator, value) => {
    const parts = toStrings(value);
    checkTextSize(parts.reduce((length, part) => length + part.length + separator.length, 0));
    return parts.join(separator);
  }),
  split: define('ss', (separator, text) => numbered(splitText(text, separator))),
  splitn: define('sis', (separator, count, text) => numbered(splitText(text, separator, count))),
  splitList: define('ss', (separator, text) => withType(splitText(text, separator), '[]string')),
  wrap: define('is', (width, text) => wrapLines(text, width, '\n', false)),
  wrapWith: define('iss', (width, lineEnd, text) => wrapLines(text, width, lineEnd === '' ? '\n' : lineEnd, true)),
  camelcase: define('s', camelCase),
  snakecase: define('s', (text) => lowerCaseWords(text, '_')),
  kebabcase: define('s', (text) => lowerCaseWords(text, '-')),
};

function present(values: readonly unknown[]): unknown[] {
  return values.filter((value) => value !== null && value !== undefined);
}

function trimAll(characters: string, text: string): string {
  const set = new Set(characters);
  const letters = [...text];
  let [start, end] = [0, letters.length];
  while (start < end && set.has(letters[start] ?? '')) start += 1;
  while (end > start && set.has(letters[end - 1] ?? '')) end -= 1;
  return letters.slice(start, end).join('');
}

function cut(text: string, start: number, end: number): string {
  const length = byteLength(text);
  if (start < 0 || end < start || end > length) {
    throw new Failure(`slice bounds out of range: ${start} to ${end} of a text of ${length} bytes`);
  }
  return sliceBytes(text, start, end);
}

function indent(spaces: number, text: string): string {
  if (spaces < 0) throw new Failure(`the number of spaces must not be negative, it is ${spaces}`);
  checkTextSize(text.length + text.split('\n').length * spaces);
  const padding = ' '.repeat(spaces);
  return padding + text.replaceAll('\n', `\n${padding}`);
}

function replaceAll(from: string, to: string, text: string): string {
  // An empty text is found before every character and at the end.
  const parts = from === '' ? ['', ...text, ''] : text.split(from);
  checkTextSize(text.length + (parts.length - 1) * to.length);
  if (from === '' && text === '') return to;
  return parts.join(to);
}

/** Go's strings.SplitN; an empty separator takes the text apart into characters. */
function splitText(text: string, separator: string, count = -1): string[] {
  if (count === 0) return [];
  const parts = separator === '' ? [...text] : text.split(separator);
  checkListSize(parts.length);
  if (count < 0 || parts.length <= count) return parts;
  return [...parts.slice(0, count - 1), parts.slice(count - 1).join(separator)];
}

function numbered(parts: readonly string[]): Dict {
  const result = newDict();
  parts.forEach((part, index) => setKey(result, `_${index}`, part));
  return withType(result, 'map[string]string');
}

/** goutils.AbbreviateFull. */
function abbreviate(text: string, offset: number, width: number): string {
  const length = byteLength(text);
  if (length <= width) return text;
  const start = Math.min(Math.max(offset, 0), length);
  const from = length - start < width - 3 ? length - (width - 3) : start;
  if (from <= 4) return `${sliceBytes(text, 0, width - 3)}...`;
  if (from + width - 3 < length) return `...${abbreviate(sliceBytes(text, from), 0, width - 3)}`;
  return `...${sliceBytes(text, length - (width - 3))}`;
}

/** goutils.WrapCustom. */
function wrapLines(text: string, wanted: number, lineEnd: string, splitsWords: boolean): string {
  const bytes = toBytes(text).toString('latin1');
  const width = Math.max(wanted, 1);
  const lines: string[] = [];
  let offset = 0;
  while (bytes.length - offset > width) {
    if (bytes[offset] === ' ') {
      offset += 1;
      continue;
    }
    const space = bytes.lastIndexOf(' ', offset + width);
    const nextSpace = splitsWords ? -1 : bytes.indexOf(' ', offset + width);
    if (space >= offset) {
      lines.push(bytes.slice(offset, space));
      offset = space + 1;
    } else if (splitsWords) {
      lines.push(bytes.slice(offset, offset + width));
      offset += width;
    } else if (nextSpace < 0) {
      break;
    } else {
      lines.push(bytes.slice(offset, nextSpace));
      offset = nextSpace + 1;
    }
  }
  checkTextSize(bytes.length + lines.length * lineEnd.length);
  const end = toBytes(lineEnd).toString('latin1');
  return fromBytes(Buffer.from([...lines, bytes.slice(offset)].join(end), 'latin1'));
}
