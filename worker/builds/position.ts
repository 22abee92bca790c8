// The order of the queue: apps take turns, within an app the order of acceptance holds.
import type { BuildRecord } from '../state/record';

/**
 * The build whose turn it is; or how long it takes until one may begin, when all that wait have a pause.
 * @param turnOf when an app had its last turn; 0 for never
 * @param longestPauseMs a longer one means that the clock was set back meanwhile, and counts as none
 */
export function nextOf(
  waiting: readonly BuildRecord[],
  turnOf: (appId: string) => number,
  longestPauseMs: number,
): { readonly record?: BuildRecord; readonly inMs?: number } {
  const now = Date.now();
  let next: BuildRecord | undefined;
  let soonest: number | undefined;
  for (const record of waiting) {
    const wait = (record.notBefore ?? 0) - now;
    if (wait > 0 && wait <= longestPauseMs) soonest = Math.min(soonest ?? wait, wait);
    else if (next === undefined || comesBefore(record, next, turnOf)) next = record;
  }
  if (next !== undefined) return { record: next };
  return soonest === undefined ? {} : { inMs: soonest };
}

function comesBefore(one: BuildRecord, other: BuildRecord, turnOf: (appId: string) => number): boolean {
  const turns = turnOf(one.appId) - turnOf(other.appId);
  return turns < 0 || (turns === 0 && one.sequence < other.sequence);
}

/**
 * A build's place, as far as it can be told before.
 * @param waiting builds that wait, in any order
 * @param turnOf when an app had its last turn; 0 for never
 * @returns 1 for the build that begins next; `undefined` for one that does not wait
 */
export function positionOf(key: string, waiting: readonly BuildRecord[], turnOf: (appId: string) => number): number | undefined {
  const record = waiting.find((candidate) => candidate.key === key);
  if (record === undefined) return undefined;
  const apps = new Map<string, number[]>();
  for (const { appId, sequence } of waiting) {
    const sequences = apps.get(appId);
    if (sequences === undefined) apps.set(appId, [sequence]);
    else sequences.push(sequence);
  }
  const own = apps.get(record.appId) ?? [];
  const first = (sequences: readonly number[]) => sequences.reduce((least, sequence) => Math.min(least, sequence));
  const before = own.filter((sequence) => sequence < record.sequence).length;
  let position = before + 1;
  for (const [appId, sequences] of apps) {
    if (appId === record.appId) continue;
    const turns = turnOf(appId) - turnOf(record.appId) || first(sequences) - first(own);
    // One build of every other app for each of the own ones; one more of those whose turn is before.
    position += Math.min(sequences.length, before + (turns < 0 ? 1 : 0));
  }
  return position;
}
