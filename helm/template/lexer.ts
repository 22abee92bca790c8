// Cuts a template into tokens.
import { templateError } from './errors';

export type TokenKind =
  | 'text'
  | 'open'
  | 'close'
  | 'space'
  | 'keyword'
  | 'function'
  | 'field'
  | 'variable'
  | 'dot'
  | 'bool'
  | 'nil'
  | 'string'
  | 'number'
  | 'declare'
  | 'assign'
  | 'pipe'
  | 'paren'
  | 'parenEnd'
  | 'comma'
  | 'end of text';

export interface Token {
  readonly kind: TokenKind;
  readonly source: string;
  readonly position: number;
}

const KEYWORDS = new Set(['block', 'break', 'continue', 'define', 'else', 'end', 'if', 'range', 'template', 'with']);
const SPACE = /[ \t\r\n]+/y;
const WORD = /[\p{L}\p{Nd}_]+/uy;
const NUMBER =
  /[+-]?(?:0[xX][0-9a-fA-F_]*\.?[0-9a-fA-F_]*(?:[pP][+-]?[0-9_]*)?|0[oO][0-7_]*|0[bB][01_]*|[0-9_]*\.?[0-9_]*(?:[eE][+-]?[0-9_]*)?)/y;
const QUOTED = /"(?:\\[^\n]|[^"\\\n])*"/y;
const CHARACTER = /'(?:\\[^\n]|[^'\\\n])*'/y;
const RAW = /`[^`]*`/y;

/** Reads one token after the other; text outside of actions is one token, already trimmed. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let position = 0;
  let trimNext = false;
  while (position < text.length) {
    const open = text.indexOf('{{', position);
    const trimsBefore = open >= 0 && /^-[ \t\r\n]/.test(text.slice(open + 2, open + 4));
    pushText(tokens, text, position, open < 0 ? text.length : open, trimNext, trimsBefore);
    if (open < 0) break;
    const start = open + (trimsBefore ? 4 : 2);
    // The marker's own space belongs to it, so a comment may follow right after.
    const comment = text.startsWith('/*', trimsBefore ? open + 4 : open + 2);
    const end = comment ? skipComment(text, open, start) : tokenizeAction(tokens, text, open, start);
    position = end.position;
    trimNext = end.trims;
  }
  tokens.push({ kind: 'end of text', source: '', position: text.length });
  return tokens;
}

function pushText(tokens: Token[], text: string, from: number, to: number, trimStart: boolean, trimEnd: boolean): void {
  let [start, end] = [from, to];
  const isSpace = (index: number): boolean => ' \t\r\n'.includes(text.charAt(index));
  if (trimStart) while (start < end && isSpace(start)) start += 1;
  if (trimEnd) while (end > start && isSpace(end - 1)) end -= 1;
  if (end > start) tokens.push({ kind: 'text', source: text.slice(start, end), position: start });
}

interface ActionEnd {
  readonly position: number;
  readonly trims: boolean;
}

/** The end of an action when it is here. */
function actionEnd(text: string, position: number): ActionEnd | undefined {
  if (text.startsWith('}}', position)) return { position: position + 2, trims: false };
  return /^[ \t\r\n]-\}\}$/.test(text.slice(position, position + 4)) ? { position: position + 4, trims: true } : undefined;
}

function skipComment(text: string, open: number, start: number): ActionEnd {
  const close = text.indexOf('*/', start + 2);
  if (close < 0) throw templateError(text, open, 'the comment is not closed', { mend: 'end it with */}}' });
  const end = actionEnd(text, close + 2);
  if (end === undefined) {
    throw templateError(text, close, 'the comment ends before its action', { mend: 'put nothing between */ and }}' });
  }
  return end;
}

function tokenizeAction(tokens: Token[], text: string, open: number, start: number): ActionEnd {
  tokens.push({ kind: 'open', source: '{{', position: open });
  let position = start;
  let depth = 0;
  for (;;) {
    const end = actionEnd(text, position);
    if (end !== undefined) {
      if (depth > 0) throw templateError(text, position, 'a left parenthesis is not closed');
      tokens.push({ kind: 'close', source: '}}', position });
      return end;
    }
    if (position >= text.length) throw templateError(text, open, 'the action is not closed', { mend: 'end it with }}' });
    const token = actionToken(text, position);
    if (token.kind === 'paren') depth += 1;
    if (token.kind === 'parenEnd') depth -= 1;
    if (depth < 0) throw templateError(text, position, 'unexpected right parenthesis');
    tokens.push(token);
    position += token.source.length;
  }
}

const SIGNS: Readonly<Record<string, TokenKind>> = { '|': 'pipe', '(': 'paren', ')': 'parenEnd', ',': 'comma', '=': 'assign' };

function actionToken(text: string, position: number): Token {
  const character = text.charAt(position);
  const token = (kind: TokenKind, source: string): Token => ({ kind, source, position });
  if (' \t\r\n'.includes(character)) return token('space', spaces(text, position));
  const sign = SIGNS[character];
  if (sign !== undefined) return token(sign, character);
  switch (character) {
    case ':':
      if (text.charAt(position + 1) === '=') return token('declare', ':=');
      throw templateError(text, position, 'expected := after the variable');
    case '"':
      return token('string', quoted(QUOTED, text, position, 'string'));
    case '`':
      return token('string', quoted(RAW, text, position, 'raw string'));
    case "'":
      return token('number', quoted(CHARACTER, text, position, 'character constant'));
    case '$':
      return token('variable', `$${word(text, position + 1)}`);
    case '.':
      if (/[0-9]/.test(text.charAt(position + 1))) return token('number', number(text, position));
      return fieldOrDot(text, position);
    default:
      if (/[0-9+-]/.test(character)) return token('number', number(text, position));
      return identifier(text, position);
  }
}

/** A run of spaces, but not the one that belongs to the trim marker ` -}}`. */
function spaces(text: string, position: number): string {
  const run = match(SPACE, text, position) ?? '';
  const marked = run.length > 1 && actionEnd(text, position + run.length - 1)?.trims === true;
  return marked ? run.slice(0, -1) : run;
}

function fieldOrDot(text: string, position: number): Token {
  const name = word(text, position + 1);
  return name === '' ? { kind: 'dot', source: '.', position } : { kind: 'field', source: `.${name}`, position };
}

function identifier(text: string, position: number): Token {
  const name = word(text, position);
  if (name === '') {
    const character = String.fromCodePoint(text.codePointAt(position) ?? 0);
    throw templateError(text, position, `unexpected ${JSON.stringify(character)} in an action`);
  }
  const kind = KEYWORDS.has(name) ? 'keyword' : name === 'true' || name === 'false' ? 'bool' : name === 'nil' ? 'nil' : 'function';
  return { kind, source: name, position };
}

/** A name; what follows it must be able to. */
function word(text: string, position: number): string {
  const name = match(WORD, text, position) ?? '';
  const after = text.charAt(position + name.length);
  if (after !== '' && !' \t\r\n.,|:)('.includes(after) && !text.startsWith('}}', position + name.length)) {
    if (name === '' && !'.$'.includes(text.charAt(position - 1))) return '';
    throw templateError(text, position + name.length, `unexpected ${JSON.stringify(after)} after a name`, {
      mend: 'put a space or a parenthesis between them',
    });
  }
  return name;
}

function number(text: string, position: number): string {
  const source = match(NUMBER, text, position) ?? '';
  const after = String.fromCodePoint(text.codePointAt(position + source.length) ?? 32);
  if (source === '' || /[\p{L}\p{Nd}_]/u.test(after)) {
    throw templateError(text, position, `bad number syntax: ${JSON.stringify(source + after)}`, { mend: 'put texts in quotes' });
  }
  return source;
}

function quoted(pattern: RegExp, text: string, position: number, what: string): string {
  const source = match(pattern, text, position);
  if (source === undefined) throw templateError(text, position, `the ${what} is not closed`);
  return source;
}

function match(pattern: RegExp, text: string, position: number): string | undefined {
  pattern.lastIndex = position;
  return pattern.exec(text)?.[0];
}
