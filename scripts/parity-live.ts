// `npm run parity:live`: charts whose values live, rendered by Helm with other values, against our own render of those values.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { renderRelease, type RenderOptions } from '../cli/render';
import { chartOf } from '../constructs/charts';
import type { Entry } from '../constructs/common/entry';
import { isGroup } from '../helm/schema';
import { generator } from '../constructs/targets/live/random';
import { writeFiles } from '../constructs/release/files';
import type { ValueStanding } from '../constructs/targets/target';
import { liveReleases, type LiveRelease } from './parity-live/releases';
import { changesOf, partsOn } from './parity-live/changes';
import { effective } from './parity-live/effect';
import { findHelm } from './support/helm';
import { compareScript, root } from './support/places';
import type { Compare } from './parity-values/types';

interface Trial {
  readonly shown: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** Whether Helm is to refuse it. */
  readonly isFixed: boolean;
  /** @default the release that the chart was written for */
  readonly release?: string;
}

/** Of a bounded run, what to give for all single values. */
const ALL = 'all';

type Outcome = 'equal' | 'different' | 'narrower' | 'wider' | 'refused';

async function main(): Promise<number> {
  const { values: flags } = parseArgs({
    options: {
      only: { type: 'string' },
      random: { type: 'string', default: '40' },
      singles: { type: 'string', default: '120' },
      seed: { type: 'string', default: '1' },
      path: { type: 'string' },
      jobs: { type: 'string', default: '2' },
      share: { type: 'boolean', default: false },
    },
  });
  const helm = findHelm();
  if (!helm) return say('parity:live needs Helm: scripts/parts install helm', 2);
  if (!existsSync(compareScript)) return say(`parity:live skipped: ${compareScript} is not here`, 0);
  process.chdir(root); // compare.mjs takes its yaml package from here
  const { compare } = (await import(compareScript)) as { compare: Compare };
  const folder = mkdtempSync(join(tmpdir(), 'parity-live-'));
  let passed = 0;
  let failed = 0;
  try {
    for (const one of liveReleases().filter(({ name }) => !flags.only || flags.only.split(',').includes(name))) {
      const began = Date.now();
      const options: RenderOptions = { ...one.options, target: 'helm', live: one.live };
      const chart = join(folder, one.name);
      const rendered = renderRelease(options);
      writeFiles(chart, below(one.options.release, rendered.files));
      const written = (Date.now() - began) / 1000;
      const { standings } = rendered;
      const seed = Number(flags.seed);
      const all = singles(one, standings).filter(({ shown }) => !flags.path || shown.includes(flags.path));
      const trials: Trial[] = [
        { shown: 'no other values', values: {}, isFixed: false },
        ...(flags.path ? [] : otherNames(one)),
        ...(flags.singles === ALL || flags.path ? all : some(all, Number(flags.singles), seed)),
        ...(flags.path ? [] : combinations(one, standings, Number(flags.random), seed)),
      ];
      const outcomes: Outcome[] = [];
      const told: string[] = [];
      let next = 0;
      const worker = async (): Promise<void> => {
        for (let index = next++; index < trials.length; index = next++) {
          const trial = trials[index];
          if (!trial) return;
          const { outcome, detail } = await judged(helm, chart, one, trial, compare, join(folder, `values-${index}.json`));
          outcomes.push(outcome);
          const isBase = !Object.keys(trial.values).length && trial.release === undefined;
          const isRefused = outcome === 'narrower' || outcome === 'refused';
          const isWrong = outcome === 'different' || (trial.isFixed && !isRefused) || (isBase && outcome !== 'equal');
          if (isWrong) failed++;
          else passed++;
          if (isWrong || (outcome === 'narrower') !== trial.isFixed || outcome === 'wider')
            told.push(`  ${isWrong ? 'WRONG' : outcome} ${trial.shown}: ${detail}`);
        }
      };
      await Promise.all(Array.from({ length: Number(flags.jobs) }, worker));
      report(one, standings, outcomes, written);
      if (flags.share) reportShare(one, standings);
      console.log(
        told
          .filter((line) => !line.startsWith('  refused'))
          .slice(0, 40)
          .join('\n'),
      );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed ? 1 : 0;
}

function report({ name }: LiveRelease, standings: readonly ValueStanding[], outcomes: readonly Outcome[], seconds: number): void {
  const count = (standing: ValueStanding['standing']): number => standings.filter((one) => one.standing === standing).length;
  const [live, fixed, idle] = [count('live'), count('fixed'), count('idle')];
  console.log(`== ${name}: ${live} live, ${fixed} fixed, ${idle} without effect; written in ${seconds.toFixed(1)} s`);
  const reasons = new Map<string, number>();
  for (const { reason } of standings) if (reason !== undefined) reasons.set(short(reason), (reasons.get(short(reason)) ?? 0) + 1);
  for (const [reason, number] of [...reasons].toSorted(([, a], [, b]) => b - a)) console.log(`   ${number} fixed: ${reason}`);
  const kinds = ['equal', 'different', 'narrower', 'wider', 'refused'] as const;
  console.log(`   ${kinds.map((kind) => `${outcomes.filter((one) => one === kind).length} ${kind}`).join(', ')}`);
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

/** Each value by itself; one of a part that is off with its part on, too. */
function singles({ options }: LiveRelease, standings: readonly ValueStanding[]): Trial[] {
  const { values: schema } = chartOf(options.chart);
  return standings.flatMap(({ path, standing }) => {
    const on = standing === 'fixed' ? undefined : partsOn(schema, path, options);
    return changesOf(schema, path, options)
      .flatMap(({ kind, values }) => [{ kind, values }, ...(on ? [{ kind, values: merged(on, values) }] : [])])
      .map(({ kind, values }) => ({
        shown: `${path} (${kind}) = ${JSON.stringify(values).slice(0, 120)}`,
        values,
        isFixed: standing === 'fixed' && kind === 'other',
      }))
      .filter(({ isFixed }) => standing !== 'fixed' || isFixed);
  });
}

/** Names of the release that the chart follows or refuses: others, long ones, and those that hold words of objects' names. */
function otherNames({ options }: LiveRelease): Trial[] {
  const parts = Object.entries(chartOf(options.chart).values.fields).flatMap(([key, field]) => (isGroup(field) ? [`my-${key}`] : []));
  const names = [
    'other',
    `my-${options.release}`,
    ...[30, 40, 53].map((length) => 'n'.repeat(length)),
    ...parts.map((name) => name.toLowerCase()),
  ];
  return names.map((release) => ({ shown: `as ${release}`, values: {}, isFixed: false, release }));
}

/** As many of all, by the seed. */
function some<T>(all: readonly T[], count: number, seed: number): readonly T[] {
  const pick = generator(seed);
  const left = [...all];
  while (left.length > count) left.splice(pick(left.length), 1);
  return left;
}

/** Several live values at a time, each second time with the parts on that they are in. */
function combinations({ options }: LiveRelease, standings: readonly ValueStanding[], count: number, seed: number): Trial[] {
  const { values: schema } = chartOf(options.chart);
  const pick = generator(seed);
  const all = standings
    .filter(({ standing }) => standing === 'live')
    .flatMap(({ path }) => changesOf(schema, path, options).map(({ values }) => ({ values, on: partsOn(schema, path, options) ?? {} })));
  if (!all.length) return [];
  return Array.from({ length: count }, (_, index) => {
    const chosen = Array.from({ length: 2 + pick(6) }, () => all[pick(all.length)]).filter((one) => one !== undefined);
    const on = index % 2 ? chosen.map((one) => one.on) : [];
    const values = [...on, ...chosen.map((one) => one.values)].reduce<Record<string, unknown>>(merged, {});
    return { shown: `#${index + 1} ${JSON.stringify(values).slice(0, 300)}`, values, isFixed: false };
  });
}

function merged(one: Readonly<Record<string, unknown>>, other: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const out: Record<string, unknown> = { ...one };
  for (const [key, value] of Object.entries(other)) {
    const before = out[key];
    out[key] = isMap(before) && isMap(value) ? merged(before, value) : value;
  }
  return out;
}
const isMap = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

async function judged(
  helm: string,
  chart: string,
  { options }: LiveRelease,
  { values, release = options.release }: Trial,
  compare: Compare,
  file: string,
): Promise<{ readonly outcome: Outcome; readonly detail: string }> {
  const { namespace = 'default' } = options;
  writeFileSync(file, JSON.stringify(values));
  const theirs = await output(helm, ['template', release, chart, '--namespace', namespace, '-f', file]);
  rmSync(file);
  let ours: string | undefined;
  let refusal = '';
  try {
    const all = [...(options.values ?? []), values];
    // As Helm has them: other targets put a hash into the names of Jobs, for which long ones are cut.
    const { plan } = renderRelease({ ...options, release, target: 'helm', fix: ['.'], values: all });
    ours = renderedText(plan.filter(isPrinted).map(({ object }) => object));
  } catch (error) {
    refusal = (error as Error).message.split('\n')[0] ?? '';
  }
  if (theirs.status !== 0)
    return ours === undefined
      ? { outcome: 'refused', detail: refusal }
      : { outcome: 'narrower', detail: theirs.text.trim().split('\n').at(-1) ?? '' };
  if (ours === undefined) return { outcome: 'wider', detail: refusal };
  const { open, byLedger } = compare(theirs.text, ours, { namespace, chart: options.chart }) as ReturnType<Compare> & { byLedger: object };
  const [first] = open;
  if (first || Object.keys(byLedger).length) return { outcome: 'different', detail: JSON.stringify(first ?? byLedger).slice(0, 400) };
  return { outcome: 'equal', detail: '' };
}

/** What a controller writes, and what runs for tests and at uninstall, are left out by the comparison. */
const isPrinted = ({ lifecycle: { writtenByController, hook } }: Entry): boolean =>
  !writtenByController && (!hook || hook.events.some((event) => /install|upgrade/.test(event)));

const renderedText = (objects: readonly unknown[]): string => objects.map((object) => JSON.stringify(object)).join('\n---\n');

function output(program: string, args: readonly string[]): Promise<{ readonly status: number | null; readonly text: string }> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { env: { ...process.env, GOGC: 'off' } });
    let text = '';
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.on('close', (status) => resolve({ status, text: status === 0 ? text : errors }));
  });
}

const below = (release: string, files: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([file, text]) => [file.slice(release.length + 1), text]));

function say(text: string, code: number): number {
  console.log(text);
  return code;
}

void main().then((code) => {
  process.exitCode = code;
});
