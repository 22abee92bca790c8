// The grammar of --set and its kin: `name=value,list[0].name=value,other={a,b}`.
import { getKey, isTable, setKey, type Values } from '../yaml/values';
import { replaceHalfCharacters } from '../yaml/unicode';
import { SetError } from './error';
import { leadingJson } from '../json';
import { ExpressionReader, type Piece } from './reader';

const MAX_INDEX = 65_536;
const MAX_LEVEL = 30;

/** What a flag makes of the text of a value; `--set-json` reads JSON instead, `--set-literal` takes all that follows the "=". */
export type ReadValue = ((text: string) => unknown) | 'json' | 'literal';

/** The expression ended early in a way that Helm takes for its regular end. */
const ENDED = Symbol('ended');
type Outcome = typeof ENDED | undefined;

/** Sets values in a tree of its own; the caller hands it a copy. */
export class SetParser {
  private readonly reader: ExpressionReader;

  constructor(
    private readonly flag: string,
    private readonly expression: string,
    private readonly readValue: ReadValue,
  ) {
    this.reader = new ExpressionReader(expression);
  }

  parseInto(values: Values): void {
    while (this.key(values, 0, []) !== ENDED);
  }

  private key(target: Values, level: number, path: readonly string[]): Outcome {
    const { text, stop } = this.until('=[,.', '=[.');
    const at = [...path, text];
    switch (stop) {
      case undefined:
        return text === '' ? ENDED : this.fail(`the key "${at.join('.')}" has no value; write ${at.join('.')}=VALUE`);
      case ',':
        return this.fail(
          `the key "${at.join('.')}" has no value before the comma; write ${at.join('.')}=VALUE, or "\\," for ` +
            `a comma that belongs to the value before`,
        );
      case '=':
        // An expression that ends here sets "" and is over; Helm then leaves out a list's item that is new.
        return this.setValue(target, text);
      case '[':
        return this.list(target, text, level, at);
      default:
        return this.map(target, text, level + 1, at);
    }
  }

  private setValue(target: Values, key: string): Outcome {
    const isOver = this.reader.atEnd && typeof this.readValue === 'function';
    this.put(target, key, this.value());
    return isOver ? ENDED : undefined;
  }

  /** Helm sets nothing for an empty key. */
  private put(target: Values, key: string, value: unknown): Outcome {
    if (key !== '') setKey(target, key, value);
    return undefined;
  }

  private map(target: Values, key: string, level: number, path: readonly string[]): Outcome {
    if (level > MAX_LEVEL) this.fail(`a key has more than ${MAX_LEVEL} levels; use a values file`);
    const inner = Object.hasOwn(target, key) ? getKey(target, key) : {};
    if (!isTable(inner)) {
      return this.fail(
        `"${path.join('.')}" is ${describe(inner)}, not a map, so no key can be set in it; write "\\." for a dot inside a ` +
          `key, or replace it with --set-json '${path.at(-1)}={…}'`,
      );
    }
    const outcome = this.key(inner, level, path);
    const isEmpty = Object.keys(inner).length === 0;
    if (outcome !== ENDED && isEmpty)
      this.fail(`the key "${path.join('.')}." ends in a dot; name the key below it, or write "\\." for a dot inside a key`);
    if (!isEmpty) this.put(target, key, inner);
    return outcome;
  }

  private list(target: Values, key: string, level: number, path: readonly string[]): Outcome {
    const index = this.index();
    if (index === ENDED) return ENDED;
    const list = Object.hasOwn(target, key) ? getKey(target, key) : [];
    if (!Array.isArray(list))
      return this.fail(
        `"${path.join('.')}" is ${describe(list)}, not a list, so it has no item [${index}]; set the whole list: ${path.join('.')}={a,b}`,
      );
    const outcome = this.item(list, index, level, path);
    this.put(target, key, list);
    return outcome;
  }

  /** The number between "[" and "]". */
  private index(): number | typeof ENDED {
    const { text, stop } = this.until(']');
    if (stop === undefined) return ENDED;
    const index = /^[-+]?[0-9]+$/.test(text) ? Number(text) : NaN;
    if (!Number.isSafeInteger(index))
      this.fail(`"[${text}]" is not an index; write a number from 0 to ${MAX_INDEX}, or "\\[" for a bracket inside a key`);
    if (index < 0) this.fail(`the index [${text}] is negative; the first item is [0]`);
    return index;
  }

  private item(list: unknown[], index: number, level: number, path: readonly string[]): Outcome {
    const { text, stop } = this.until('[.=');
    if (text !== '') this.fail(`after the index [${index}] comes "=", "." or "[", not "${text}"`);
    switch (stop) {
      case undefined:
        return ENDED;
      case '=':
        return this.setItem(list, index, this.value());
      case '[': {
        const next = this.index();
        if (next === ENDED) return ENDED;
        const inner = list[index] ?? [];
        if (!Array.isArray(inner)) return this.fail(`the item [${index}] of "${path.join('.')}" is ${describe(inner)}, not a list`);
        return this.item(inner, next, level, path) ?? this.setItem(list, index, inner);
      }
      default: {
        // What is not a map there is replaced by one.
        const existing = list[index];
        const inner = isTable(existing) ? existing : {};
        if (index < list.length) list[index] = inner;
        return this.key(inner, level, [...path.slice(0, -1), `${path.at(-1)}[${index}]`]) ?? this.setItem(list, index, inner);
      }
    }
  }

  private setItem(list: unknown[], index: number, value: unknown): Outcome {
    if (index > MAX_INDEX) this.fail(`the index [${index}] is greater than ${MAX_INDEX}; use a values file`);
    while (list.length < index) list.push(null);
    list[index] = value;
    return undefined;
  }

  private value(): unknown {
    if (this.readValue === 'json') return this.json();
    if (this.readValue === 'literal') return this.reader.until('', false).text;
    if (this.reader.atEnd) return '';
    if (this.reader.take('{')) return this.valueList(this.readValue);
    return this.readValue(this.reader.until(',').text);
  }

  private valueList(read: (text: string) => unknown): unknown[] {
    const list: unknown[] = [];
    for (;;) {
      const { text, stop } = this.reader.until(',}');
      if (stop === undefined)
        return this.fail('the list begins with "{" and does not end; add "}", or write "\\{" for a brace that belongs to the value');
      list.push(read(text));
      if (stop === '}') {
        this.reader.take(',');
        return list;
      }
    }
  }

  private json(): unknown {
    if (this.reader.skipEmpty()) return null;
    try {
      const text = leadingJson(this.reader.rest);
      const value = wellFormed(JSON.parse(text));
      this.reader.skip(text);
      this.reader.skipEmpty();
      return value;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return this.fail(`the value is not JSON: ${error.message}; text needs double quotes`, error);
    }
  }

  private until(stops: string, literalStops = stops): Piece {
    return this.readValue === 'literal' ? this.reader.until(literalStops, false) : this.reader.until(stops);
  }

  private fail(reason: string, cause?: unknown): never {
    throw new SetError(this.flag, this.expression, reason, cause === undefined ? undefined : { cause });
  }
}

/** Go has no halves of surrogate pairs, and no numbers beyond a float64. */
export function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return replaceHalfCharacters(value);
  if (typeof value === 'number' && !Number.isFinite(value)) throw new SyntaxError('a number is too large');
  if (Array.isArray(value)) return value.map(wellFormed);
  if (!isTable(value)) return value;
  const out: Values = {};
  for (const key of Object.keys(value)) setKey(out, replaceHalfCharacters(key), wellFormed(value[key]));
  return out;
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return isTable(value)
    ? 'a map'
    : `the ${typeof value === 'string' ? 'text' : typeof value} ${typeof value === 'string' ? JSON.stringify(value) : String(value)}`;
}
