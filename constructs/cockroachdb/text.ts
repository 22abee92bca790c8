// How this chart prints values, where the general ways do not fit.
import { filled, text } from '../../helm/print';
import { listOf } from '../common/lists';

export const isGiven = <T>(value: T | null | undefined): value is T => value !== undefined && value !== null;

/** `{{ x | quote }}`: text, the empty one too; nothing for nil. */
export const quotedOrNone = (value: unknown): string | undefined => (isGiven(value) ? text(value) : undefined);

/** A value as people know it from their file: text in quotes. */
export const shown = (value: unknown): string => (typeof value === 'string' ? JSON.stringify(value) : text(value));

/** The texts of a list, as `join` takes them: nothing for nil. */
export const texts = (list: readonly unknown[] | null | undefined): string[] => listOf(list).filter(isGiven).map(text);

/** A copy of a list that holds anything; undefined for an empty one. */
export const copyOf = <T>(list: readonly T[] | undefined): T[] | undefined => {
  const some = filled(list);
  return Array.isArray(some) ? [...some] : undefined;
};

/** What a folded YAML text (`>-`) makes of these lines: spaces between them, and line breaks for empty ones. */
export function folded(lines: readonly string[]): string {
  let out = '';
  let breaks = 0;
  for (const line of lines) {
    if (line === '') {
      breaks += 1;
      continue;
    }
    out += `${out === '' ? '' : breaks ? '\n'.repeat(breaks) : ' '}${line}`;
    breaks = 0;
  }
  return out;
}
