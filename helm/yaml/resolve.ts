// What a scalar means to Helm: the YAML 1.1 readings of the Go library go.yaml.in/yaml/v2 (resolve.go), then JSON's.

/** The scalar's tag does not fit its text, or JSON has no such value. */
export class ScalarError extends Error {}

const TAG = 'tag:yaml.org,2002:';
/** Bare words that are no text. */
export const WORDS: ReadonlyMap<string, boolean | null> = new Map<string, boolean | null>([
  ...cases(['y', 'yes', 'true', 'on'], true),
  ...cases(['n', 'no', 'false', 'off'], false),
  ...cases(['~', 'null'], null),
  ['', null],
]);
const NOT_FINITE = /^[-+]?\.(inf|Inf|INF)$|^\.(nan|NaN|NAN)$/;
const DECIMAL_FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const POINT_FIRST = /^\.[0-9]+(_[0-9]+)*([eE][-+]?[0-9]+(_[0-9]+)*)?$/;
const INTEGER = /^([-+]?)(0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|0[0-7]*|[1-9][0-9]*)$/;
// The library hands what follows "0b" to a parser that takes a sign of its own.
const SIGNED_BINARY = /^0b([-+])([01]+)$/;
export const MAX_INT64 = 2n ** 63n - 1n;
export const MIN_INT64 = -(2n ** 63n);
const MAX_UINT64 = 2n ** 64n - 1n;
const TIMESTAMP =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?(?:Z|[-+](\d\d):(\d\d))| (\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?))?$/;

/** A value with Go's type kept apart: keys print floats otherwise than integers, and integers exactly. */
export type Scalar =
  | { kind: 'null'; value: null }
  | { kind: 'bool'; value: boolean }
  | { kind: 'str'; value: string }
  | { kind: 'int'; value: number; exact: bigint }
  | { kind: 'float'; value: number };

/**
 * Reads a scalar. `isPlain` is false for quoted and block scalars, which are strings unless a tag says otherwise.
 * @throws ScalarError for a tag that the text does not fit
 */
export function resolveScalar(text: string, isPlain: boolean, tag: string | undefined): Scalar {
  if (tag === undefined || tag === '') return isPlain ? guess(text) : { kind: 'str', value: text };
  const wanted = tag.startsWith(TAG) ? tag.slice(TAG.length) : tag;
  switch (wanted) {
    case 'str':
      return { kind: 'str', value: text };
    case 'binary':
      return { kind: 'str', value: decodeBase64(text) };
    case 'timestamp':
      if (isTimestamp(text)) return { kind: 'str', value: text };
      break;
    case 'float': {
      const found = guess(text);
      if (found.kind === 'float') return found;
      // What only fits an unsigned 64-bit integer is refused by the library.
      if (found.kind === 'int' && found.exact <= MAX_INT64) return { kind: 'float', value: found.value };
      break;
    }
    case 'int':
    case 'bool':
    case 'null': {
      const found = guess(text);
      if (found.kind === wanted) return found;
      break;
    }
    default:
      return { kind: 'str', value: text };
  }
  throw new ScalarError(`the text is not a !!${wanted}`);
}

/** A date that exists, with or without a time: text to Helm, but printed in quotes. */
export function isTimestamp(text: string): boolean {
  const match = TIMESTAMP.exec(text);
  if (!match) return false;
  const [year = 0, month = 0, day = 0, h1 = 0, m1 = 0, s1 = 0, zoneHour = 0, zoneMinute = 0, h2 = 0, m2 = 0, s2 = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  return day >= 1 && day <= days && h1 + h2 < 24 && m1 + m2 < 60 && s1 + s2 < 60 && zoneHour <= 24 && zoneMinute <= 60;
}

function guess(text: string): Scalar {
  const first = text.charCodeAt(0);
  // Digits, signs and a point begin numbers; everything else is a word or text.
  if (!((first >= 0x30 && first <= 0x39) || first === 0x2b || first === 0x2d || first === 0x2e)) {
    const word = text.length <= 5 ? WORDS.get(text) : undefined;
    if (word === undefined) return { kind: 'str', value: text };
    return word === null ? { kind: 'null', value: null } : { kind: 'bool', value: word };
  }
  if (NOT_FINITE.test(text)) return { kind: 'float', value: /nan/i.test(text) ? NaN : text.startsWith('-') ? -Infinity : Infinity };
  const isFraction = first === 0x2e;
  // Underscores may stand anywhere, but in what begins with a point only between digits.
  if (isFraction && !POINT_FIRST.test(text)) return { kind: 'str', value: text };
  const digits = text.includes('_') ? text.replaceAll('_', '') : text;
  const integer = isFraction ? undefined : readInteger(digits);
  if (integer !== undefined) return { kind: 'int', value: Number(integer), exact: integer };
  if (DECIMAL_FLOAT.test(digits)) {
    const number = Number(digits);
    if (Number.isFinite(number)) return { kind: 'float', value: number };
  }
  return { kind: 'str', value: text };
}

/** A 64-bit integer, signed or unsigned. */
function readInteger(text: string): bigint | undefined {
  const binary = SIGNED_BINARY.exec(text);
  const match = binary ? [text, binary[1], `0b${binary[2]}`] : INTEGER.exec(text);
  if (!match) return undefined;
  const [, sign = '', body = ''] = match;
  const isOctal = body.length > 1 && body.startsWith('0') && /^[0-7]/.test(body.slice(1));
  const magnitude = BigInt(isOctal ? `0o${body.slice(1)}` : body);
  const value = sign === '-' ? -magnitude : magnitude;
  const isUnsigned = sign === '' && value <= MAX_UINT64;
  return (value >= MIN_INT64 && value <= MAX_INT64) || isUnsigned ? value : undefined;
}

function decodeBase64(text: string): string {
  const compact = text.replace(/[\r\n]/g, '');
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(compact))
    throw new ScalarError('the !!binary value is not base64');
  return Buffer.from(compact, 'base64').toString('utf8');
}

function cases<T>(words: readonly string[], value: T): [string, T][] {
  return words.flatMap((word): [string, T][] => [
    [word, value],
    [word[0]!.toUpperCase() + word.slice(1), value],
    [word.toUpperCase(), value],
  ]);
}
