// Values as programs give them, made plain data as a values file would hold it.
import { ValuesError, type Issue } from '../../helm/check';
import { fromBytes } from '../../helm/template/bytes';
import { hasHalfCharacter } from '../../helm/yaml/unicode';
import { setKey } from '../../helm/yaml/values';
import { isLiveToken } from './live-token';

type Path = Issue['path'];

/** Levels of lists and maps inside each other: more than any manifest has, fewer than the stack holds. */
const DEEPEST = 200;
const LARGEST_INTEGER = 2n ** 63n - 1n;

/** Bytes that are not text, and where they stand. */
export interface Bytes {
  readonly path: Path;
  readonly text: string;
}

export interface PlainValues {
  readonly data: unknown;
  readonly bytes: readonly Bytes[];
}

/**
 * A copy as plain data. A member that is undefined is not given. A Lazy, a token and a union of cdk8s become what they stand for, a Buffer
 * or Uint8Array the bytes that it holds, as `--set-file` reads them.
 * @param at where the values stand, for errors. @default at the top
 * @throws ValuesError for all that no values file can hold: functions, NaN, dates, instances of classes, what holds itself
 */
export function plainValues(given: unknown, at: Path = []): PlainValues {
  const reading = new Reading();
  const data = reading.read(given, at, []);
  if (reading.issues.length) throw new ValuesError(reading.issues);
  return { data, bytes: reading.bytes };
}

class Reading {
  readonly issues: Issue[] = [];
  readonly bytes: Bytes[] = [];
  /** Copies of what was read: what stands in several places is read once. */
  private readonly copies = new Map<object, unknown>();

  read(value: unknown, path: Path, above: readonly unknown[]): unknown {
    switch (typeof value) {
      case 'string':
        return hasHalfCharacter(value) ? this.refuse(path, 'holds half a character (a lone surrogate), which no text can') : value;
      case 'number':
        return Number.isFinite(value) ? value : this.refuse(path, `must be a number that JSON has, not ${String(value)}`);
      case 'bigint':
        return value <= LARGEST_INTEGER && value >= -LARGEST_INTEGER
          ? value
          : this.refuse(path, 'is too large for an integer: give it as text');
      case 'undefined':
      case 'boolean':
        return value;
      case 'object':
        return value === null ? null : this.object(value, path, above);
      default:
        return this.refuse(path, `must be plain data, not a ${typeof value}${typeof value === 'function' ? ': call it' : ''}`);
    }
  }

  private object(value: object, path: Path, above: readonly unknown[]): unknown {
    if (above.includes(value)) return this.refuse(path, 'holds itself');
    if (above.length >= DEEPEST) return this.refuse(path.slice(0, 10), `holds more than ${DEEPEST} lists and maps inside each other`);
    if (this.copies.has(value)) return this.copies.get(value);
    const copy = this.copyOf(value, path, [...above, value]);
    this.copies.set(value, copy);
    return copy;
  }

  private copyOf(value: object, path: Path, above: readonly unknown[]): unknown {
    if (Array.isArray(value)) return this.list(value, path, above);
    if (isPlainObject(value)) return this.map(value, path, above);
    if (value instanceof Uint8Array) return this.bytesOf(value, path);
    if (isLiveToken(value))
      return this.refuse(path, 'must be known, not a live value of your own: those are for objects that are added to the release');
    const stand = standFor(value);
    if (stand) return this.read(stand(), path, above);
    const name = nameOf(value);
    return this.refuse(path, `must be plain data, not an object of the class ${name}${MENDS[name] ?? ''}`);
  }

  private list(value: readonly unknown[], path: Path, above: readonly unknown[]): unknown[] {
    // Leaving it out would move what stands behind it: an argument to another flag.
    const hole = value.findIndex((item) => item === undefined);
    if (hole >= 0) {
      this.refuse([...path, hole], 'must not be undefined: take the item away');
      return [];
    }
    return value.map((item, index) => this.read(item, [...path, index], above));
  }

  private map(value: object, path: Path, above: readonly unknown[]): Record<string, unknown> {
    if (Object.getOwnPropertySymbols(value).length) this.refuse(path, 'has a symbol as a key: keys are text');
    const out: Record<string, unknown> = {};
    for (const [key, item] of Object.entries(value)) {
      if (item === undefined) continue;
      if (hasHalfCharacter(key)) this.refuse(path, 'has a key with half a character (a lone surrogate), which no text can have');
      const read = this.read(item, [...path, key], above);
      if (read !== undefined) setKey(out, key, read);
    }
    return out;
  }

  private bytesOf(value: Uint8Array, path: Path): string {
    const text = fromBytes(Buffer.from(value.buffer, value.byteOffset, value.byteLength));
    if (hasHalfCharacter(text)) this.bytes.push({ path, text });
    return text;
  }

  private refuse(path: Path, message: string): undefined {
    this.issues.push({ path, message });
    return undefined;
  }
}

const MENDS: Readonly<Record<string, string>> = {
  Date: ': write it as text (toISOString())',
  Map: ': make it one with Object.fromEntries',
  Set: ': make it a list with [...set]',
  Promise: ': await it',
};

/** What the resolvers of cdk8s know: its Lazy, tokens, and unions such as IntOrString. It may be of another copy of cdk8s. */
function standFor(value: object): (() => unknown) | undefined {
  const given = value as { produce?: unknown; resolve?: unknown; value?: unknown };
  if (nameOf(value) === 'Lazy' && typeof given.produce === 'function') return () => (given.produce as () => unknown).call(value);
  if (typeof given.resolve === 'function') return () => (given.resolve as () => unknown).call(value);
  if (Object.hasOwn(value, 'value') && (typeof given.value === 'number' || typeof given.value === 'string')) return () => given.value;
  return undefined;
}

/** Objects of another realm (node:vm) are plain too. */
function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, 'isPrototypeOf'));
}

function nameOf(value: object): string {
  const { constructor: maker } = value as { constructor?: unknown };
  return typeof maker === 'function' && maker.name !== '' ? maker.name : 'unknown';
}

/**
 * Bytes that are not text may be values of Secrets, which are encoded, and nothing else.
 * @throws ValuesError with the value that they came from
 */
export function refuseBytes(
  bytes: readonly Bytes[],
  objects: readonly { readonly kind: string; readonly metadata: { readonly name: string } }[],
): void {
  if (!bytes.length) return;
  const issues: Issue[] = [];
  for (const object of objects)
    for (const text of textsOf(object).filter((found) => hasHalfCharacter(found))) {
      const from = bytes.find((found) => text.includes(found.text));
      issues.push({
        path: from?.path ?? [],
        message:
          `holds bytes that are not UTF-8 text and would be printed as they are, in ` +
          `${object.kind}/${object.metadata.name}: only values of Secrets can hold them`,
      });
    }
  if (issues.length) throw new ValuesError(issues);
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [key, ...textsOf(item)]);
}
