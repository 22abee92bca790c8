// What becomes of each value in a Helm chart whose values live: a table for people, JSON for programs.
import type { ValueStanding } from '../../constructs/targets/target';

const WORDS = { live: 'live', fixed: 'fixed', idle: 'no effect' } as const satisfies Record<ValueStanding['standing'], string>;

/** A line for each value, and the sums. */
export function standingsText(standings: readonly ValueStanding[]): string {
  const width = Math.max(0, ...standings.map(({ path }) => path.length));
  const lines = standings.map(({ path, standing, reason }) =>
    `${path.padEnd(width)}  ${WORDS[standing].padEnd(WORDS.idle.length)}  ${reason ?? ''}`.trimEnd(),
  );
  const count = (word: ValueStanding['standing']): number => standings.filter(({ standing }) => standing === word).length;
  return [...lines, '', `${count('live')} live, ${count('fixed')} fixed, ${count('idle')} without effect`, ''].join('\n');
}

export const standingsJson = (standings: readonly ValueStanding[]): string => `${JSON.stringify(standings, undefined, 2)}\n`;
