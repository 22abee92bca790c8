// `npm run parity:live`: charts whose values live, rendered by Helm with other values, against our own render of those values.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { renderRelease } from '../cli/render';
import type { Entry } from '../constructs/common/entry';
import { writeFiles } from '../constructs/release/files';
import { ValuesError } from '../helm/check';
import type { ValueStanding } from '../constructs/targets/target';
import { Comparison } from './parity-live/comparison';
import { effective } from './parity-live/effect';
import { HelmProcess, runOnce, type Answer } from './parity-live/helm';
import { liveReleases, type LiveRelease } from './parity-live/releases';
import { hostile } from './parity-live/hostile';
import { BASE, combinations, groups, otherNames, singles, some, withoutRefused, type Trial } from './parity-live/trials';
import type { Compare } from './parity-values/types';
import { helmMany } from './parts.d/helm-many';
import { findHelm } from './support/helm';
import { compareScript, root } from './support/places';

/** In place of a number of single values: all of them. */
const ALL = 'all';
/** Of so many renders, Helm's own program is asked for one, too: one process for all of them has to answer the same. */
const CHECKED = 200;
/** Lines about values that are not as they should be. */
const MOST_TOLD = 40;

const OUTCOMES = ['equal', 'different', 'narrower', 'wider', 'refused'] as const;
type Outcome = (typeof OUTCOMES)[number];

interface Judged {
  readonly trial: Trial;
  readonly outcome: Outcome;
  readonly detail: string;
}

async function main(): Promise<number> {
  const { values: flags } = parseArgs({
    options: {
      only: { type: 'string' },
      random: { type: 'string', default: '1000' },
      singles: { type: 'string', default: '120' },
      hostile: { type: 'string', default: '60' },
      told: { type: 'string', default: String(MOST_TOLD) },
      seed: { type: 'string', default: '1' },
      path: { type: 'string' },
      jobs: { type: 'string', default: '2' },
      share: { type: 'boolean', default: false },
    },
  });
  const [helm, many] = [findHelm(), helmMany.find()];
  if (!helm || !many) return say('parity:live needs Helm: scripts/parts install helm helm-many', 2);
  if (!existsSync(compareScript)) return say(`parity:live skipped: ${compareScript} is not here`, 0);
  process.chdir(root); // compare.mjs takes its yaml package from here
  const { compare } = (await import(compareScript)) as { compare: Compare };
  const folder = mkdtempSync(join(tmpdir(), 'parity-live-'));
  const processes = Array.from({ length: Number(flags.jobs) }, () => new HelmProcess(many));
  let passed = 0;
  let failed = 0;
  try {
    for (const one of liveReleases().filter(({ name }) => !flags.only || flags.only.split(',').includes(name))) {
      const began = Date.now();
      const chart = join(folder, one.name);
      const rendered = renderRelease({ ...one.options, target: 'helm', live: one.live });
      writeFiles(chart, below(one.options.release, rendered.files));
      const written = (Date.now() - began) / 1000;
      const { standings } = rendered;
      const seed = Number(flags.seed);
      const all = singles(one, standings).filter(({ shown }) => !flags.path || shown.includes(flags.path));
      const { share = 1, most = Infinity } = one;
      const hostileOnes = hostile(one, standings).filter(({ shown }) => !flags.path || shown.includes(flags.path));
      const trials: Trial[] = [
        BASE,
        ...(flags.path || one.most ? [] : otherNames(one)),
        ...(flags.singles === ALL || flags.path ? all : some(all, Math.min(Number(flags.singles), most), seed)),
        ...(one.most ? [] : groups(one, standings, (values) => typeof ownObjects(one, values) === 'string', seed)).filter(
          ({ shown }) => !flags.path || shown.includes(flags.path),
        ),
        ...some(hostileOnes, flags.hostile === ALL || flags.path ? Infinity : Math.min(Number(flags.hostile), most), seed),
        ...(flags.path ? [] : combinations(one, standings, Math.min(Math.round(Number(flags.random) * share), most), seed)),
      ];
      const judged = await allJudged(one, trials, chart, helm, processes, compare);
      const wrong = judged.filter(isWrong);
      failed += wrong.length;
      passed += judged.length - wrong.length;
      report(one, standings, judged, written, (Date.now() - began) / 1000);
      if (flags.share) reportShare(one, standings);
      console.log(
        judged
          .filter((item) => isWrong(item) || isTold(item))
          .toSorted((a, b) => Number(isWrong(b)) - Number(isWrong(a)))
          .slice(0, Number(flags.told))
          .map((item) => `  ${isWrong(item) ? 'WRONG' : item.outcome} ${item.trial.shown}: ${item.detail}`)
          .join('\n'),
      );
    }
  } finally {
    for (const one of processes) one.stop();
    rmSync(folder, { recursive: true });
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed ? 1 : 0;
}

/** In the order of the trials. */
async function allJudged(
  one: LiveRelease,
  trials: readonly Trial[],
  chart: string,
  helm: string,
  processes: readonly HelmProcess[],
  compare: Compare,
): Promise<readonly Judged[]> {
  const { release: own, chart: name, namespace = 'default' } = one.options;
  const comparison = new Comparison(compare, { namespace, chart: name });
  const judged: Judged[] = [];
  const refused = new Map<Trial['values'], boolean>();
  const isRefused = (values: Trial['values']): boolean => {
    const before = refused.get(values) ?? typeof ownObjects(one, values) === 'string';
    refused.set(values, before);
    return before;
  };
  let next = 0;
  await Promise.all(
    processes.map(async (process) => {
      for (let index = next++; index < trials.length; index = next++) {
        const { trial, ours } = withOurs(one, trials[index] as Trial, isRefused);
        const file = `${chart}-${index}.json`;
        writeFileSync(file, asciiJson(trial.values));
        const args = ['template', trial.release ?? own, chart, '--namespace', namespace, '-f', file];
        const answer = await process.run(args);
        if (index % CHECKED === 0 && !isSame(answer, runOnce(helm, args)))
          throw new Error(`helm itself answers otherwise at ${trial.shown}`);
        rmSync(file);
        judged[index] = { trial, ...outcomeOf(comparison, answer, ours) };
      }
    }),
  );
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
function ownObjects({ options }: LiveRelease, values: Trial['values'], release = options.release): readonly Entry[] | string {
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

const isWrong = ({ trial: { kind, isFixed }, outcome }: Judged): boolean =>
  outcome === 'different' || (isFixed && outcome !== 'narrower' && outcome !== 'refused') || (kind === 'base' && outcome !== 'equal');

/** A combination is narrower where one of its values is: that one is told. */
const isTold = ({ trial: { kind, isFixed }, outcome }: Judged): boolean =>
  outcome === 'wider' || (outcome === 'narrower' && !isFixed && kind !== 'combination' && kind !== 'hostile');

function report(
  { name }: LiveRelease,
  standings: readonly ValueStanding[],
  judged: readonly Judged[],
  written: number,
  seconds: number,
): void {
  const count = (standing: ValueStanding['standing']): number => standings.filter((one) => one.standing === standing).length;
  const [live, fixed, idle] = [count('live'), count('fixed'), count('idle')];
  console.log(
    `== ${name}: ${live} live, ${fixed} fixed, ${idle} without effect; written in ${written.toFixed(1)} s, ${seconds.toFixed(0)} s in all`,
  );
  const reasons = new Map<string, number>();
  for (const { reason } of standings) if (reason !== undefined) reasons.set(short(reason), (reasons.get(short(reason)) ?? 0) + 1);
  for (const [reason, number] of [...reasons].toSorted(([, a], [, b]) => b - a)) console.log(`   ${number} fixed: ${reason}`);
  for (const [kind, what] of [
    ['name', 'other names'],
    ['single', 'single values'],
    ['hostile', 'hostile values'],
    ['combination', 'combinations'],
  ] as const) {
    const own = judged.filter(({ trial }) => trial.kind === kind);
    const counts = OUTCOMES.map((outcome) => `${own.filter((one) => one.outcome === outcome).length} ${outcome}`);
    if (own.length) console.log(`   ${own.length} ${what}: ${counts.join(', ')}`);
  }
}

/** Of the values whose change is seen in some object, how many are live. */
function reportShare(one: LiveRelease, standings: readonly ValueStanding[]): void {
  const seen = effective(
    one,
    standings.map(({ path }) => path),
  );
  const live = standings.filter(({ path, standing }) => standing === 'live' && seen.has(path)).length;
  console.log(`   ${live} of ${seen.size} values with an effect of their own are live: ${((100 * live) / seen.size).toFixed(1)} %`);
}

const short = (reason: string): string => reason.replace(/( in |: | together).*$/, '');

const below = (release: string, files: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([file, text]) => [file.slice(release.length + 1), text]));

function say(text: string, code: number): number {
  console.log(text);
  return code;
}

void main().then((code) => {
  process.exitCode = code;
});
