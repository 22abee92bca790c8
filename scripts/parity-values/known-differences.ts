// Differences that are meant: known.json names them, each with its reason, and each must still be there.
import { readFileSync } from 'node:fs';
import type { Result } from './types';

export interface Known {
  /** `*` stands for any text, `|` stands between paths. */
  readonly path: string;
  /** base, other, null or empty; `|` stands between them. */
  readonly kind: string;
  /** In any context by default. */
  readonly context?: string;
  /** What each line of the difference must contain. */
  readonly says?: string;
  readonly reason: string;
}

/** What of a result is looked at. */
export type Differing = Pick<Result, 'shown' | 'kind' | 'context' | 'details'> & { status: Result['status'] };

/** @throws Error that names the entry and what it lacks */
export function readKnown(file: string): Known[] {
  const entries = JSON.parse(readFileSync(file, 'utf8')) as Known[];
  for (const [i, entry] of entries.entries()) {
    for (const key of ['path', 'kind', 'reason'] as const)
      if (typeof entry[key] !== 'string' || entry[key] === '')
        throw new Error(
          `known.json, entry ${i + 1}: "${key}" is missing; each entry has a path, a kind (base, other, null or empty) and a reason`,
        );
  }
  return entries;
}

const fits = (patterns: string, path: string): boolean => patterns.split('|').some((pattern) => fitsOne(pattern, path));

const fitsOne = (pattern: string, path: string): boolean =>
  new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replaceAll(/[\\^$.|?+()[\]{}]/g, String.raw`\$&`))
      .join('.*')}$`,
  ).test(path);

const matches = (entry: Known, { shown, kind, context }: Pick<Result, 'shown' | 'kind' | 'context'>): boolean =>
  fits(entry.path, shown) && entry.kind.split('|').includes(kind) && (entry.context === undefined || entry.context === context);

/** Whether a change is one that is meant to differ. */
export const isKnown = (change: Pick<Result, 'shown' | 'kind' | 'context'>, entries: readonly Known[]): boolean =>
  entries.some((entry) => matches(entry, change));

/** Splits what differs into meant and open; `stale` are entries that were tried and no longer differ. */
export function applyKnown(results: readonly Differing[], entries: readonly Known[]): { stale: Known[] } {
  const isMeant = ({ says }: Known, { status, details }: Differing): boolean =>
    status === 'different' && (says === undefined || details.every((line) => line.includes(says)));
  const used = new Set<Known>();
  const tried = new Set<Known>();
  for (const result of results) {
    for (const entry of entries.filter((candidate) => matches(candidate, result))) {
      tried.add(entry);
      if (!isMeant(entry, result)) continue;
      used.add(entry);
      result.status = 'known';
    }
  }
  return { stale: entries.filter((entry) => tried.has(entry) && !used.has(entry)) };
}
