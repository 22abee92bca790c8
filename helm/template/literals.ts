// Go's literals: quoted strings, characters and numbers.
import { Buffer } from 'node:buffer';
import type { NumberLiteral } from './ast';
import { fromBytes } from './bytes';
import { Failure } from './errors';

const ESCAPES: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\' };
const ESCAPE = /\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|[abfnrtv\\'"])/y;

/** The value of a quoted string or character, given with its quotes. */
export function unquote(source: string): string {
  const quote = source[0] ?? '';
  const inner = source.slice(1, -1);
  if (quote === '`') return inner.replaceAll('\r', '');
  if (!inner.includes('\\')) return inner;
  // Escapes such as \xff name bytes, so the text is put together from bytes.
  const parts: Buffer[] = [];
  for (let index = 0; index < inner.length;) {
    const next = inner.indexOf('\\', index);
    if (next !== index) {
      const end = next < 0 ? inner.length : next;
      parts.push(Buffer.from(inner.slice(index, end), 'utf8'));
      index = end;
      continue;
    }
    ESCAPE.lastIndex = index;
    const escape = ESCAPE.exec(inner)?.[0];
    if (escape === undefined || (escape.length === 2 && `'"`.includes(escape.charAt(1)) && escape.charAt(1) !== quote)) {
      throw new Failure(`${source} holds an escape that Go does not know`, 'write a backslash as \\\\');
    }
    parts.push(escapeBytes(escape, source));
    index += escape.length;
  }
  return fromBytes(Buffer.concat(parts));
}

function escapeBytes(escape: string, source: string): Buffer {
  const kind = escape.charAt(1);
  if (kind === 'x') return Buffer.from([Number.parseInt(escape.slice(2), 16)]);
  if (kind === 'u' || kind === 'U') {
    const code = Number.parseInt(escape.slice(2), 16);
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) throw new Failure(`${source} holds an escape that is not a character`);
    return Buffer.from(String.fromCodePoint(code), 'utf8');
  }
  if (/[0-7]/.test(kind)) {
    const code = Number.parseInt(escape.slice(1), 8);
    if (code > 0xff) throw new Failure(`${source} holds an escape that is not a byte`);
    return Buffer.from([code]);
  }
  return Buffer.from(ESCAPES[kind] ?? kind, 'utf8');
}

const INTEGER = /^[+-]?(?:0|[1-9](?:_?[0-9])*|0[xX](?:_?[0-9a-fA-F])+|0[oO]?(?:_?[0-7])+|0[bB](?:_?[01])+)$/;
const DIGITS = '[0-9](?:_?[0-9])*';
const DECIMAL = new RegExp(`^[+-]?(?:${DIGITS}\\.?(?:${DIGITS})?|\\.${DIGITS})(?:[eE][+-]?${DIGITS})?$`);
const HEX_FLOAT = /^([+-]?)0[xX](_?[0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?[0-9]+)$/;

/** An integer in Go's notation with any prefix (strconv.ParseInt with base 0); undefined when it is none. */
export function parseInteger(source: string): bigint | undefined {
  if (!INTEGER.test(source)) return undefined;
  const digits = source.replace(/^[+-]/, '').replaceAll('_', '');
  const value = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  return source.startsWith('-') ? -value : value;
}

/** A float in Go's notation (strconv.ParseFloat); undefined when it is none or too large. */
export function parseFloat64(source: string): number | undefined {
  if (DECIMAL.test(source)) {
    const value = Number(source.replaceAll('_', ''));
    return Number.isFinite(value) ? value : undefined;
  }
  const hex = HEX_FLOAT.exec(source);
  if (hex !== null) {
    const [, sign = '', whole = '', fraction = '', exponent = '0'] = hex;
    if (whole + fraction === '') return undefined;
    const value = Number(BigInt(`0x${(whole + fraction).replaceAll('_', '')}`)) * 2 ** (Number(exponent) - 4 * fraction.length);
    return sign === '-' ? -value : value;
  }
  if (/^[+-]?inf(?:inity)?$/i.test(source)) return source.startsWith('-') ? -Infinity : Infinity;
  return /^nan$/i.test(source) ? Number.NaN : undefined;
}

export const MAX_INT = 2n ** 63n - 1n;
export const MIN_INT = -(2n ** 63n);

/** A number of a template; character constants are numbers too. */
export function numberLiteral(source: string, position: number): NumberLiteral {
  if (source.startsWith("'")) {
    const character = unquote(source);
    const code = character.codePointAt(0);
    if (code === undefined || character.length !== String.fromCodePoint(code).length) {
      throw new Failure(`malformed character constant: ${source}`, 'put texts in double quotes');
    }
    // An escape such as '\xff' is the number of the byte, which bytes.ts keeps as a surrogate.
    const value = code >= 0xdc80 && code <= 0xdcff ? code - 0xdc00 : code;
    return { kind: 'number', source, integer: BigInt(value), float: value, isFloat: false, position };
  }
  const integer = parseInteger(source);
  if (integer !== undefined) {
    if (integer > MAX_INT || integer < MIN_INT) throw new Failure(`integer overflow: ${source}`);
    return { kind: 'number', source, integer, float: Number(integer), isFloat: false, position };
  }
  const startsWithZero = /^[+-]?0[0-9_]+$/.test(source);
  if (startsWithZero) throw new Failure(`illegal number syntax: ${source}`, 'an integer that starts with 0 is octal; leave the 0 out');
  const float = /^[+-]?[0-9._xXpPeE+\-a-fA-F]+$/.test(source) ? parseFloat64(source) : undefined;
  if (float === undefined) throw new Failure(`illegal number syntax: ${source}`);
  const isWhole = Number.isInteger(float) && Math.abs(float) < 2 ** 63;
  return { kind: 'number', source, integer: isWhole ? BigInt(float) : undefined, float, isFloat: true, position };
}
