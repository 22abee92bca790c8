// What is printed of a release.
import type { ValueStanding } from '../../constructs/targets/target';
import { effective } from './effect';
import { isTold, isWrong, OUTCOMES, type Judged } from './judge';
import type { LiveRelease } from './releases';

/** Seconds that something took. */
export interface Times {
  readonly written: number;
  readonly all: number;
}

/** Numbers of values and of trials by what came of them, a line each. */
export function report(
  { name }: LiveRelease,
  standings: readonly ValueStanding[],
  judged: readonly Judged[],
  { written, all }: Times,
): string[] {
  const count = (standing: ValueStanding['standing']): number => standings.filter((one) => one.standing === standing).length;
  const [live, fixed, idle] = [count('live'), count('fixed'), count('idle')];
  const reasons = new Map<string, number>();
  for (const { reason } of standings) if (reason !== undefined) reasons.set(short(reason), (reasons.get(short(reason)) ?? 0) + 1);
  return [
    `== ${name}: ${live} live, ${fixed} fixed, ${idle} without effect; written in ${written.toFixed(1)} s, ${all.toFixed(0)} s in all`,
    ...[...reasons].toSorted(([, a], [, b]) => b - a).map(([reason, number]) => `   ${number} fixed: ${reason}`),
    ...KINDS.flatMap(([kind, what]) => {
      const own = judged.filter(({ trial }) => trial.kind === kind);
      const counts = OUTCOMES.map((outcome) => `${own.filter((one) => one.outcome === outcome).length} ${outcome}`);
      return own.length ? [`   ${own.length} ${what}: ${counts.join(', ')}`] : [];
    }),
  ];
}

const KINDS = [
  ['name', 'other names'],
  ['single', 'single values'],
  ['hostile', 'hostile values'],
  ['combination', 'combinations'],
] as const;

/** Of the values whose change is seen in some object, how many are live. */
export function shareOf(one: LiveRelease, standings: readonly ValueStanding[]): string {
  const seen = effective(
    one,
    standings.map(({ path }) => path),
  );
  const live = standings.filter(({ path, standing }) => standing === 'live' && seen.has(path)).length;
  return `   ${live} of ${seen.size} values with an effect of their own are live: ${((100 * live) / seen.size).toFixed(1)} %`;
}

/** What is wrong, and then which values are narrower. @param most how many of them are told */
export const told = (judged: readonly Judged[], most: number): string[] =>
  judged
    .filter((item) => isWrong(item) || isTold(item))
    .toSorted((a, b) => Number(isWrong(b)) - Number(isWrong(a)))
    .slice(0, most)
    .map((item) => `  ${isWrong(item) ? `WRONG, ${item.outcome}` : item.outcome} ${item.trial.shown}: ${item.detail}`);

const short = (reason: string): string => reason.replace(/( in |: | together).*$/, '');
