// Values in the shapes that Kubernetes takes.
import { plainText, text } from '../../../helm/print';
import type { Table } from '../../../helm/schema';
import { listOf } from '../../common/lists';

/** A text that is printed bare. It may only be missing where the values say so; the API server then asks for it. */
export const bare = (value: unknown): string => plainText(value) as string;

/** A number that is printed bare; undefined for none. */
export function numeric(value: number | string | undefined): number | undefined {
  return value === undefined || String(value).trim() === '' ? undefined : Number(value);
}

/** A number or a percentage that is printed bare. */
export function portion(value: unknown): number | string | undefined {
  const printed = plainText(value);
  return printed !== undefined && /^-?\d+$/.test(printed) ? Number(printed) : printed;
}

/** Items that are printed bare; empty ones are left out. */
export const texts = (value: readonly unknown[] | undefined): string[] => listOf(value).flatMap((item) => plainText(item) ?? []);

/** What `range` goes over: a map's pairs in Go's order. */
export const sortedEntries = <T>(map: Table<T> | undefined): [string, T][] =>
  Object.entries(map ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));

/** Arguments of a program, one a pair of the map. */
export const flags = (map: Table | undefined): string[] => sortedEntries(map).map(([key, value]) => `--${key}=${text(value)}`);

/** A map of bare texts, as templates print it that go over its pairs: what is empty is left out. */
export function bareTexts(map: Table | undefined): Record<string, string> {
  return Object.fromEntries(
    sortedEntries(map).flatMap(([key, value]) => {
      const printed = plainText(value);
      return printed === undefined ? [] : [[key, printed]];
    }),
  );
}

export const isMap = (value: unknown): value is Table => typeof value === 'object' && value !== null && !Array.isArray(value);
