// A build's place in the queue, as far as it can be told before: apps take turns, within an app the order of acceptance holds.
import type { BuildRecord } from '../state/record';

/**
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
