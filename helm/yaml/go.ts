// YAML as Helm's `toYaml` prints it: sigs.k8s.io/yaml over go.yaml.in/yaml/v2, oddities included.
import { formatFloat } from '../template/float';
import { compareKeys } from './go-order';
import { isTimestamp, resolveScalar, MAX_INT64, MIN_INT64, WORDS } from './resolve';
import { doubleQuoted, isWord, literal, plainOrSingle, styleOf } from './go-scalar';
import { replaceHalfCharacters } from './unicode';
import { isShared, isTable } from './values';

/** Go turns a value into JSON and that into YAML; what the second step refuses makes `toYaml` print nothing at all. */
class Refused extends Error {}

// A key of more than 1024 characters, quotes included, is not a key to the reader of that JSON.
const LONGEST_KEY = 1024;
/** Longer keys stand behind a "?"; counted in bytes. */
const LONGEST_SIMPLE_KEY = 128;
// What a JSON string keeps raw and YAML refuses.
// oxlint-disable-next-line no-control-regex
const REFUSED = /[\x7f-\x84\x86-\x9f\ufffe\uffff]/;

/**
 * What `{{ toYaml value }}` prints; no newline at the end. Keys come in the library's order (digits by their number),
 * lines break after 80 characters. Nothing ("") for what Helm cannot print: NaN, infinities, control characters.
 */
export function toGoYaml(value: unknown): string {
  if (!isShared(value)) return printed(value);
  let known = printedOnce.get(value);
  if (known === undefined) printedOnce.set(value, (known = printed(value)));
  return known;
}

/** Texts of defaults, which come again for every release. */
const printedOnce = new WeakMap<object, string>();

function printed(value: unknown): string {
  try {
    const printer = new Printer();
    printer.node(value, -1, 'root');
    return printer.out.endsWith('\n') ? printer.out.slice(0, -1) : printer.out;
  } catch (error) {
    if (error instanceof Refused) return '';
    throw error;
  }
}

const PRINTABLE = /^[\n\x20-\x7e]*$/;
const SURROGATE = /[\ud800-\udfff]/;
const BREAK = /[\r\n\x85\u2028\u2029]/;

/** Where a node stands: alone, after "-", after "key:", or after ":" of a key written with "?". */
type Place = 'root' | 'item' | 'member' | 'explicit';

class Printer {
  out = '';
  private column = 0;

  node(value: unknown, indent: number, place: Place): void {
    if (Array.isArray(value)) this.list(value, indent, place);
    else if (isTable(value)) this.map(value, indent, place);
    else if (typeof value === 'string') this.put(this.text(value, indent + 2, place === 'root' ? 0 : 1, false), place);
    else this.put(scalar(value), place);
  }

  private list(list: readonly unknown[], indent: number, place: Place): void {
    if (!list.length) return this.put('[]', place);
    // Lists are not indented under their key.
    const inner = indent < 0 ? 0 : place === 'member' ? indent : indent + 2;
    for (const [index, item] of list.entries()) {
      this.startLine(inner, index === 0 && (place === 'item' || place === 'explicit'));
      this.write('-');
      this.node(item ?? null, inner, 'item');
    }
  }

  private map(map: Record<string, unknown>, indent: number, place: Place): void {
    const keys = Object.keys(map).filter((key) => map[key] !== undefined);
    if (!keys.length) return this.put('{}', place);
    const inner = indent < 0 ? 0 : indent + 2;
    const names = new Map(keys.map((key) => [readBack(key, true), map[key]]));
    [...names.keys()].toSorted(compareKeys).forEach((key, index) => {
      this.startLine(inner, index === 0 && (place === 'item' || place === 'explicit'));
      this.member(key, names.get(key), inner);
    });
  }

  private member(key: string, value: unknown, indent: number): void {
    const isSimple = !BREAK.test(key) && Buffer.byteLength(key) <= LONGEST_SIMPLE_KEY;
    if (isSimple) {
      this.write(`${this.text(key, indent + 2, 0, true)}:`);
    } else {
      this.write('?');
      this.put(this.text(key, indent + 2, 1, false), 'item');
      this.startLine(indent, false);
      this.write(':');
    }
    this.node(value ?? null, indent, isSimple ? 'member' : 'explicit');
  }

  /** A string's text, folded and indented; `gap` is the space still to come in front of it. */
  private text(value: string, indent: number, gap: number, isKey: boolean): string {
    const text = isKey ? value : readBack(value, false);
    if (isWord(text)) return WORDS.has(text) ? `"${text}"` : text;
    const readsAsText = resolveScalar(text, true, undefined).kind === 'str' && !isTimestamp(text);
    const style = styleOf(text, readsAsText, isKey);
    const layout = { indent: indent < 2 ? 2 : indent, column: this.column + gap, canFold: !isKey };
    switch (style) {
      case 'literal':
        return literal(text, layout);
      case 'double':
        return doubleQuoted(text, layout);
      default:
        return plainOrSingle(text, layout, style === 'single');
    }
  }

  private put(text: string, place: Place): void {
    this.write(place === 'root' ? text : ` ${text}`);
  }

  private write(text: string): void {
    const newline = text.lastIndexOf('\n');
    const last = newline < 0 ? text : text.slice(newline + 1);
    // Characters, not UTF-16 units.
    const length = SURROGATE.test(last) ? [...last].length : last.length;
    this.column = newline < 0 ? this.column + length : length;
    this.out += text;
  }

  /** Begins an entry: on a line of its own, or after the "- " in front of it. */
  private startLine(indent: number, continues: boolean): void {
    if (continues) return this.write(' ');
    if (this.out !== '' && !BREAK.test(this.out.charAt(this.out.length - 1))) this.write('\n');
    this.write(' '.repeat(indent));
  }
}

function scalar(value: unknown): string {
  switch (typeof value) {
    case 'number':
      return numberText(value);
    case 'bigint':
      return String(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      return 'null';
    default:
      throw new Refused();
  }
}

/** The JSON text read back: whole numbers up to 64 bits are printed as integers, others as floats. */
function numberText(value: number): string {
  if (!Number.isFinite(value)) throw new Refused();
  const text = String(value);
  if (/^-?[0-9]+$/.test(text)) {
    const integer = BigInt(text);
    if (integer >= MIN_INT64 && integer <= (value < 0 ? MAX_INT64 : 2n ** 64n - 1n)) return text;
  }
  return formatFloat(value, 'g');
}

/** What a string is once it has been through JSON and the YAML reader. */
function readBack(text: string, isKey: boolean): string {
  if (text.length < LONGEST_KEY / 6 && PRINTABLE.test(text)) return text;
  const whole = replaceHalfCharacters(text);
  if (REFUSED.test(whole)) throw new Refused();
  if (isKey && (whole.includes('\x85') || jsonLength(whole) > LONGEST_KEY)) throw new Refused();
  // NEL is a line break to the reader: not allowed in a key, and folded with the spaces around it.
  return whole.replace(/ *\x85(?: *\x85)* */g, (found) => '\n'.repeat(found.replaceAll(' ', '').length - 1) || ' ');
}

/** Go's JSON escapes `<`, `>`, `&` and the line separators too. */
function jsonLength(text: string): number {
  return [...JSON.stringify(text).replace(/[<>&\u2028\u2029]/g, '\\u0000')].length;
}
