// Go's fmt.Sprintf over the values that templates have.
import { toBytes } from './bytes';
import { Failure } from './errors';
import { formatFloat } from './float';
import { visitData, checkTextSize } from './limits';
import { print } from './print';
import { isPrintable, quote } from './quote';
import { SemanticVersion } from './semver';
import { getKey, integerOf, isDict, isInteger, isList, isStruct, keysOf, typeOf } from './values';

/** `%[2]-08.3d`: flags, an argument's number, width, precision, verb. */
const VERB = /([#0+\- ]*)(\[[^\]]*\])?(\*|\d+)?(?:\.(\[[^\]]*\])?(\*|\d*))?(\[[^\]]*\])?([\s\S])?/uy;
/** Go reads no greater width or precision. */
const LARGEST = 1_000_000;

interface Spec {
  readonly verb: string;
  readonly minus: boolean;
  readonly plus: boolean;
  readonly sharp: boolean;
  readonly space: boolean;
  readonly zero: boolean;
  readonly width: number | undefined;
  readonly precision: number | undefined;
}

/** The arguments and which of them is next. */
interface Arguments {
  readonly values: readonly unknown[];
  next: number;
  reordered: boolean;
  isGood: boolean;
}

export function sprintf(format: string, values: readonly unknown[]): string {
  const args: Arguments = { values, next: 0, reordered: false, isGood: true };
  let result = '';
  for (let index = 0; index < format.length;) {
    const percent = format.indexOf('%', index);
    if (percent < 0) {
      result += format.slice(index);
      break;
    }
    result += format.slice(index, percent);
    VERB.lastIndex = percent + 1;
    const match = VERB.exec(format);
    result += match === null ? '' : formatVerb(match, args);
    index = match === null ? format.length : VERB.lastIndex;
    checkTextSize(result.length);
  }
  return result + extra(args);
}

function formatVerb(match: RegExpExecArray, args: Arguments): string {
  const [, flags = '', index, width, precisionIndex, precision, lastIndex, verb] = match;
  args.isGood = true;
  select(args, index);
  let notes = '';
  const wide = size(args, width);
  if (width === '*' && wide === undefined) notes += '%!(BADWIDTH)';
  if (index !== undefined && width !== undefined && width !== '*') args.isGood = false;
  if (precision !== undefined && index !== undefined && width !== '*') args.isGood = false;
  select(args, precisionIndex);
  const precise = precision === undefined ? undefined : precision === '' ? 0 : size(args, precision);
  if (precision === '*' && precise === undefined) notes += '%!(BADPREC)';
  select(args, lastIndex);
  if (verb === '[') throw new Failure('a [ in the format is not closed');
  if (verb === undefined) return `${notes}%!(NOVERB)`;
  if (verb === '%') return `${notes}%`;
  if (!args.isGood) return `${notes}%!${verb}(BADINDEX)`;
  if (args.next >= args.values.length) return `${notes}%!${verb}(MISSING)`;
  const spec: Spec = {
    verb,
    minus: flags.includes('-') || (wide !== undefined && wide < 0),
    plus: flags.includes('+'),
    sharp: flags.includes('#'),
    space: flags.includes(' '),
    zero: flags.includes('0') && !(wide !== undefined && wide < 0),
    width: wide === undefined ? undefined : Math.abs(wide),
    precision: precise !== undefined && precise < 0 ? undefined : precise,
  };
  const value = args.values[args.next];
  args.next += 1;
  return notes + format(value, spec);
}

/** Takes the argument with the number in brackets as the next one. */
function select(args: Arguments, index: string | undefined): void {
  if (index === undefined) return;
  args.reordered = true;
  const number = /^\[\d{1,6}\]$/.test(index) ? Number(index.slice(1, -1)) : 0;
  if (number >= 1 && number <= args.values.length) args.next = number - 1;
  else args.isGood = false;
}

/** A width or precision; `*` takes it from the arguments. */
function size(args: Arguments, written: string | undefined): number | undefined {
  if (written === undefined) return undefined;
  if (written !== '*') {
    if (Number(written) > LARGEST) throw new Failure(`a width or precision is larger than ${LARGEST}`);
    return Number(written);
  }
  const value = args.values[args.next];
  args.next += 1;
  if (!isInteger(value)) return undefined;
  const number = Number(integerOf(value));
  return Math.abs(number) > LARGEST ? undefined : number;
}

/** What Go appends when arguments are left over. */
function extra(args: Arguments): string {
  if (args.reordered || args.next >= args.values.length) return '';
  const left = args.values.slice(args.next).map((value) => (isNil(value) ? '<nil>' : `${typeOf(value)}=${print(value)}`));
  return `%!(EXTRA ${left.join(', ')})`;
}

function isNil(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

function format(value: unknown, spec: Spec, depth = 0): string {
  visitData(depth);
  if (spec.verb === 'T') return pad(typeOf(value), { ...spec, zero: false });
  if (isNil(value) && depth > 0) return spec.verb === 'v' && spec.sharp ? 'interface {}(nil)' : '<nil>';
  if (isNil(value)) return spec.verb === 'v' ? pad('<nil>', spec) : `%!${spec.verb}(<nil>)`;
  if (typeof value === 'string') return formatText(value, spec);
  if (typeof value === 'boolean') return 'tv'.includes(spec.verb) ? pad(String(value), spec) : bad(value, spec);
  if (typeof value === 'number') return formatFloatVerb(value, spec);
  if (isInteger(value)) return formatInteger(integerOf(value), value, spec);
  if (value instanceof SemanticVersion) return 'vsxXq'.includes(spec.verb) ? formatText(value.toString(), spec) : bad(value, spec);
  return formatCollection(value, spec, depth);
}

function formatCollection(value: unknown, spec: Spec, depth: number): string {
  const each = (element: unknown): string => format(element, spec, depth + 1);
  if (isList(value)) {
    if (spec.verb === 'v' && spec.sharp) return `${typeOf(value)}{${value.map(each).join(', ')}}`;
    return `[${value.map(each).join(' ')}]`;
  }
  if (!isDict(value)) return bad(value, spec);
  if (isStruct(value) && 'vsxXq'.includes(spec.verb)) return formatText(print(value), spec);
  const isSource = spec.verb === 'v' && spec.sharp;
  const entries = keysOf(value).map((key) => `${each(key)}:${each(getKey(value, key))}`);
  return isSource ? `${typeOf(value)}{${entries.join(', ')}}` : `map[${entries.join(' ')}]`;
}

/** What Go prints for a verb that the value does not have; width and precision hold for the value in it. */
function bad(value: unknown, spec: Spec): string {
  return `%!${spec.verb}(${typeOf(value)}=${format(value, { ...spec, verb: 'v' })})`;
}

function formatText(text: string, spec: Spec): string {
  const cut = spec.precision === undefined ? text : [...text].slice(0, spec.precision).join('');
  switch (spec.verb) {
    case 'v':
      return pad(spec.sharp ? quote(text) : cut, spec);
    case 's':
      return pad(cut, spec);
    case 'q':
      if (spec.sharp && !/[\0-\x08\x0a-\x1f\x7f`\ufeff]/.test(cut)) return pad(`\`${cut}\``, spec);
      return pad(quote(cut, '"', spec.plus), spec);
    case 'x':
    case 'X':
      return pad(hexText(text, spec), spec);
    default:
      return bad(text, spec);
  }
}

function hexText(text: string, spec: Spec): string {
  const bytes = [...toBytes(text).subarray(0, spec.precision)].map((byte) => byte.toString(16).padStart(2, '0'));
  const prefix = spec.sharp && bytes.length > 0 ? '0x' : '';
  const hex = spec.space ? bytes.map((byte) => prefix + byte).join(' ') : prefix + bytes.join('');
  return spec.verb === 'X' ? hex.toUpperCase() : hex;
}

const BASES: Readonly<Record<string, number>> = { v: 10, d: 10, b: 2, o: 8, O: 8, x: 16, X: 16 };
const PREFIXES: Readonly<Record<string, string>> = { b: '0b', o: '0', x: '0x', X: '0X' };

function formatInteger(integer: bigint, value: unknown, spec: Spec): string {
  const { verb, precision } = spec;
  const base = BASES[verb];
  if (base === undefined) return formatCharacter(integer, value, spec);
  if (precision === 0 && integer === 0n) return pad('', { ...spec, zero: false });
  const sign = integer < 0n ? '-' : spec.plus && verb !== 'v' ? '+' : spec.space ? ' ' : '';
  let digits = (integer < 0n ? -integer : integer).toString(base);
  if (verb === 'X') digits = digits.toUpperCase();
  const filled = precision ?? (spec.zero && !spec.minus && spec.width !== undefined ? spec.width - sign.length : 0);
  digits = digits.padStart(filled, '0');
  const needsPrefix = spec.sharp && !(verb === 'o' && digits.startsWith('0'));
  const prefix = verb === 'O' ? '0o' : needsPrefix ? (PREFIXES[verb] ?? '') : '';
  return pad(sign + prefix + digits, { ...spec, zero: false });
}

function formatCharacter(integer: bigint, value: unknown, spec: Spec): string {
  const code = Number(BigInt.asUintN(64, integer));
  const isCharacter = code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  const character = isCharacter ? String.fromCodePoint(code) : '\ufffd';
  switch (spec.verb) {
    case 'c':
      return pad(character, spec);
    case 'q':
      return pad(quote(character, "'", spec.plus), spec);
    case 'U': {
      const hex = BigInt.asUintN(64, integer)
        .toString(16)
        .toUpperCase()
        .padStart(Math.max(4, spec.precision ?? 4), '0');
      const shown = spec.sharp && isCharacter && isPrintable(character) ? ` '${character}'` : '';
      return pad(`U+${hex}${shown}`, { ...spec, zero: false });
    }
    default:
      return bad(value, spec);
  }
}

function formatFloatVerb(value: number, spec: Spec): string {
  const verb = spec.verb === 'v' ? 'g' : spec.verb === 'F' ? 'f' : spec.verb;
  const lower = verb.toLowerCase();
  if ('xXb'.includes(verb)) throw new Failure(`%${verb} of a float is not supported`, 'use %f, %e or %g');
  if (spec.sharp && spec.verb !== 'v') throw new Failure(`%#${verb} of a float is not supported`, 'leave the # out');
  if (!'efgEG'.includes(verb) || (lower !== 'e' && lower !== 'f' && lower !== 'g')) return bad(value, spec);
  let text = formatFloat(value, lower, spec.precision ?? (lower === 'g' ? undefined : 6));
  if (verb !== lower) text = text.toUpperCase();
  const sign = /^[+-]/.exec(text)?.[0] ?? '+';
  const digits = text.replace(/^[+-]/, '');
  const shownSign = sign === '-' || (spec.plus && spec.verb !== 'v') ? sign : spec.space ? ' ' : '';
  if (!Number.isFinite(value)) {
    const plus = value === Infinity && shownSign === '' ? '+' : shownSign;
    return pad(plus + digits, { ...spec, zero: false });
  }
  if (spec.zero && !spec.minus && spec.width !== undefined) {
    return shownSign + digits.padStart(spec.width - shownSign.length, '0');
  }
  return pad(shownSign + digits, spec);
}

function pad(text: string, spec: Spec): string {
  if (spec.width === undefined) return text;
  const missing = spec.width - [...text].length;
  if (missing <= 0) return text;
  if (spec.minus) return text + ' '.repeat(missing);
  return (spec.zero ? '0' : ' ').repeat(missing) + text;
}
