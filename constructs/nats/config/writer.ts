// A small writer of NATS's configuration language: settings, blocks and lists, one to a line.
import { isTrue } from '../../../helm/print';
import { print } from '../../../helm/template/print';
import { quote } from '../../../helm/template/quote';

/** A line, lines between brackets, or nothing. */
export type Entry = string | Nested | undefined;

interface Nested {
  readonly open: string;
  readonly entries: readonly Entry[];
  readonly close: string;
}

const isNil = (value: unknown): value is undefined | null => value === undefined || value === null;
const printed = (value: unknown): string => (isNil(value) ? '' : print(value));

/** `name: value`; the value may be missing, as where a template prints one that is not set. */
export const setting = (name: string, value: unknown): string => `${name}: ${printed(value)}`.trimEnd();

/** `name: "value"`. */
export const quotedSetting = (name: string, value: unknown): string => setting(name, isNil(value) ? undefined : quote(print(value)));

/** `name: [1,2]`: lists and maps as JSON, which the language includes. */
export const jsonSetting = (name: string, value: unknown): string => setting(name, json(value));

/** What `write` makes of a value that is set; nothing for an empty one. */
export const optional = (write: (name: string, value: unknown) => string, name: string, value: unknown): Entry =>
  isTrue(value) ? write(name, value) : undefined;

export const include = (file: string): string => `include "${file}"`;

/** `open`, the entries one level deeper, `close`. */
export const nested = (open: string, entries: readonly Entry[], close: string): Nested => ({ open, entries, close });

/** `name { … }`. */
export const block = (name: string, entries: readonly Entry[]): Nested => nested(`${name} {`, entries, '}');

/** `name: { … }`. */
export const map = (name: string, entries: readonly Entry[]): Nested => nested(`${name}: {`, entries, '}');

/** `name: [ … ]`. */
export const listSetting = (name: string, entries: readonly Entry[]): Nested => nested(`${name}: [`, entries, ']');

/** Each value as JSON on a line of its own. */
export const jsonItems = (values: readonly unknown[]): string[] => values.map((value) => `${json(value)},`);

/** Compact JSON with sorted keys, as Go writes maps. */
export function json(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(json).join(',')}]`;
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const pairs = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${pairs.map(([key, item]) => `${JSON.stringify(key)}:${json(item)}`).join(',')}}`;
}

export const write = (entries: readonly Entry[], indent = ''): string =>
  entries
    .map((entry) => {
      if (entry === undefined) return '';
      if (typeof entry === 'string') return `${indent}${entry}\n`;
      return `${indent}${entry.open}\n${write(entry.entries, `${indent}  `)}${indent}${entry.close}\n`;
    })
    .join('');
