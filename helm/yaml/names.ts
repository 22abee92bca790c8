// What begins with "&", "*", "!" or "%": anchors, aliases, tags and directives.
import { endsWord, isBreak, type Cursor } from './cursor';
import { token, type KeyCandidate, type Token } from './tokens';

const WORD = /[A-Za-z0-9_-]*/y;
const HANDLE = /![A-Za-z0-9_-]*!?/y;
const URI = /[A-Za-z0-9_;/?:@&=+$,.!~*'()[\]%-]*/y;
const URI_ESCAPE = /%[0-9a-fA-F]{2}/g;
const VERSION = /[0-9]{1,2}\.[0-9]{1,2}(?![0-9])/y;
/** What may stand right behind the name of an anchor, beside white space. */
const AFTER_NAME = '?:,]}%@`';

/** `&name` or `*name`. */
export function anchor(cursor: Cursor, type: 'anchor' | 'alias', key: KeyCandidate | undefined): Token {
  const offset = cursor.at++;
  const name = take(cursor, WORD);
  if (name === '' || !(endsWord(cursor.code()) || AFTER_NAME.includes(cursor.text.charAt(cursor.at)))) {
    const mark = type === 'anchor' ? '&' : '*';
    cursor.fail(
      offset,
      `"${mark}" begins the name of an anchor, which may have letters, digits, "-" and "_" only; put a ` +
        `text that begins with "${mark}" in quotes`,
    );
  }
  return token(type, offset, name, key);
}

/** `!suffix`, `!handle!suffix`, `!<uri>` or `!` alone. */
export function tag(cursor: Cursor, key: KeyCandidate | undefined): Token {
  const offset = cursor.at;
  let handle = '';
  let suffix: string;
  if (cursor.code(1) === 0x3c) {
    cursor.at += 2;
    suffix = uri(cursor, offset);
    if (suffix === '' || cursor.code() !== 0x3e) cursor.fail(offset, 'the tag that begins with "!<" has no ">"');
    cursor.at++;
  } else {
    handle = take(cursor, HANDLE);
    if (handle.length > 1 && handle.endsWith('!')) {
      suffix = uri(cursor, offset);
      if (suffix === '') cursor.fail(offset, 'the tag ends behind its handle');
    } else {
      suffix = handle.slice(1) + uri(cursor, offset);
      handle = '!';
      if (suffix === '') [handle, suffix] = ['', '!'];
    }
  }
  if (!endsWord(cursor.code()))
    cursor.fail(offset, '"!" begins a tag, and a space must follow the tag; put a text that begins with "!" in quotes');
  return token('tag', offset, handle, key, suffix);
}

/** A line that begins with "%". */
export function directive(cursor: Cursor): Token {
  const offset = cursor.at++;
  const name = take(cursor, WORD);
  if (!endsWord(cursor.code()) || (name !== 'YAML' && name !== 'TAG'))
    cursor.fail(offset, 'a text must not begin with "%"; put it in quotes');
  cursor.skipBlanks();
  let found: Token;
  if (name === 'YAML') {
    const version = take(cursor, VERSION);
    if (version === '') cursor.fail(offset, 'after %YAML comes a version');
    found = token('version', offset, version);
  } else {
    const handle = take(cursor, HANDLE);
    const isHandle = handle === '!' || (handle.length > 1 && handle.endsWith('!'));
    const hasSpace = cursor.match(/[ \t]/y) !== undefined;
    cursor.skipBlanks();
    const prefix = isHandle && hasSpace ? uri(cursor, offset) : '';
    if (prefix === '' || !endsWord(cursor.code())) cursor.fail(offset, 'after %TAG come a handle such as "!x!" and a prefix');
    found = token('tag-directive', offset, handle, undefined, prefix);
  }
  cursor.skipBlanks();
  if (cursor.code() === 0x23) cursor.skipLine();
  if (!cursor.atEnd && !isBreak(cursor.code())) cursor.fail(cursor.at, 'a directive must stand on a line of its own');
  return found;
}

function take(cursor: Cursor, pattern: RegExp): string {
  const found = cursor.match(pattern) ?? '';
  cursor.at += found.length;
  return found;
}

function uri(cursor: Cursor, offset: number): string {
  const written = take(cursor, URI);
  if (!written.includes('%')) return written;
  if (written.replace(URI_ESCAPE, '').includes('%')) cursor.fail(offset, '"%" in a tag must be followed by two hexadecimal digits');
  try {
    return decodeURIComponent(written);
  } catch {
    return cursor.fail(offset, 'what is escaped in a tag is not UTF-8');
  }
}
