// Trials of one release: our objects with other values, held against what Helm prints of its chart.
import { rmSync, writeFileSync } from 'node:fs';
import { renderRelease } from '../../cli/render';
import type { Entry } from '../../constructs/common/entry';
import { ValuesError } from '../../helm/check';
import type { Comparison } from './comparison';
import { runOnce, type Answer, type HelmProcess } from './helm';
import type { LiveRelease } from './releases';
import { withoutRefused, type Trial } from './trials';

/** Of so many renders, Helm's own program is asked for one, too: one process for all of them has to answer the same. */
const CHECKED = 200;
/** Trials at a time: while Helm renders one, our objects of the next are made. */
const LANES = 2;

export const OUTCOMES = ['equal', 'different', 'narrower', 'wider', 'refused'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface Judged {
  readonly trial: Trial;
  readonly outcome: Outcome;
  readonly detail: string;
}

/** With what trials are held against each other. */
export interface Means {
  /** Path of Helm's own program. */
  readonly helm: string;
  readonly many: HelmProcess;
  readonly comparison: Comparison;
}

/** @param chart the folder of the chart; files are written beside it. @returns in the order of the trials */
export async function allJudged(
  one: LiveRelease,
  trials: readonly Trial[],
  chart: string,
  { helm, many, comparison }: Means,
): Promise<readonly Judged[]> {
  const { release: own, namespace = 'default' } = one.options;
  const judged: Judged[] = [];
  const refused = new Map<Trial['values'], boolean>();
  const isRefused = (values: Trial['values']): boolean => {
    const before = refused.get(values) ?? typeof ownObjects(one, values) === 'string';
    refused.set(values, before);
    return before;
  };
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < trials.length; index = next++) {
      const { trial, ours } = withOurs(one, trials[index] as Trial, isRefused);
      const file = `${chart}-${index}.json`;
      writeFileSync(file, asciiJson(trial.values));
      const args = ['template', trial.release ?? own, chart, '--namespace', namespace, '-f', file];
      const answer = await many.run(args);
      if (index % CHECKED === 0 && !isSame(answer, runOnce(helm, args))) throw new Error(`helm itself answers otherwise at ${trial.shown}`);
      rmSync(file);
      judged[index] = { trial, ...outcomeOf(comparison, answer, ours) };
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return judged;
}

/** YAML takes some letters beyond ASCII for line ends, or refuses them, where they are not escaped. */
const asciiJson = (values: Trial['values']): string =>
  JSON.stringify(values).replaceAll(/[\u007f-\uffff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** What helm-many says of an error has no more than what Helm says. */
const isSame = (one: Answer, other: Answer): boolean => one.isRefused === other.isRefused && (one.isRefused || one.text === other.text);

/** Our objects with the values of a trial. Of a combination that is refused, those values are left out that are refused by themselves. */
function withOurs(
  one: LiveRelease,
  asked: Trial,
  isRefused: (values: Trial['values']) => boolean,
): { readonly trial: Trial; readonly ours: readonly Entry[] | string } {
  const ours = ownObjects(one, asked.values, asked.release);
  const trial = typeof ours === 'string' ? withoutRefused(asked, isRefused) : asked;
  return { trial, ours: trial === asked ? ours : ownObjects(one, trial.values) };
}

/** Our objects, or why they are refused. */
export function ownObjects({ options }: LiveRelease, values: Trial['values'], release = options.release): readonly Entry[] | string {
  try {
    const all = [...(options.values ?? []), values];
    // As Helm has them: other targets put a hash into the names of Jobs, for which long ones are cut.
    return renderRelease({ ...options, release, target: 'helm', fix: ['.'], values: all }).plan.filter(isPrinted);
  } catch (error) {
    if (!(error instanceof ValuesError)) throw error;
    return error.message.split('\n')[0] ?? '';
  }
}

/** What a controller writes, and what runs for tests and at uninstall, are left out by the comparison. */
const isPrinted = ({ lifecycle: { writtenByController, hook } }: Entry): boolean =>
  !writtenByController && (!hook || hook.events.some((event) => /install|upgrade/.test(event)));

function outcomeOf(
  comparison: Comparison,
  { isRefused, text }: Answer,
  ours: readonly Entry[] | string,
): { readonly outcome: Outcome; readonly detail: string } {
  if (isRefused) return typeof ours === 'string' ? { outcome: 'refused', detail: ours } : { outcome: 'narrower', detail: reasonIn(text) };
  if (typeof ours === 'string') return { outcome: 'wider', detail: ours };
  const difference = comparison.difference(
    text,
    ours.map(({ object }) => object),
  );
  return difference ? { outcome: 'different', detail: JSON.stringify(difference).slice(0, 400) } : { outcome: 'equal', detail: '' };
}

/** What Helm says, or the first thing that is wrong with values. */
function reasonIn(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('Use --debug'));
  return lines.length > 1 && lines[0]?.includes('this chart does not take') ? (lines[1] ?? '') : (lines.at(-1) ?? '');
}

/** A chart may be narrower than we are, but takes nothing that we refuse. */
export const isWrong = ({ trial: { kind, isFixed }, outcome }: Judged): boolean =>
  outcome === 'different' ||
  outcome === 'wider' ||
  (isFixed && outcome !== 'narrower' && outcome !== 'refused') ||
  (kind === 'base' && outcome !== 'equal');

/** A combination is narrower where one of its values is: that one is told. */
export const isTold = ({ trial: { kind, isFixed }, outcome }: Judged): boolean =>
  outcome === 'narrower' && !isFixed && kind !== 'combination' && kind !== 'hostile';
