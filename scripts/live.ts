// `npm run live [-- CHART[/PART]... [--limits]]`: learns how the objects of charts follow their values, for charts whose values live, and
// keeps it. With `--limits`, only what values must not be is looked at once more; with `--modes`, only what is other in releases without
// secrets.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { brotliCompressSync, constants } from 'node:zlib';
import { format } from 'prettier';
import { CHART_NAMES, chartOf, type ChartName } from '../constructs/charts';
import { SECRET_MODES, type SecretMode } from '../constructs/common/secret-settings';
import { inputsOf } from '../constructs/release/inputs';
import { render } from '../constructs/release/render';
import { knownOf } from '../constructs/targets/live/known';
import { kept, withMore, type Kept } from '../constructs/targets/live/reuse/learned-file';
import { Reused } from '../constructs/targets/live/reuse/reuse';
import { RELEASE_NAME } from '../constructs/targets/live/values/leaves';
import { describe, describePart } from '../constructs/targets/live/probe';
import type { Subject } from '../constructs/targets/live/learn/renders';
import { DEVSTATS_SECRETS } from './support/devstats-secrets';
import { root } from './support/places';

const FOLDER = join('constructs', 'targets', 'live', 'learned');
const LINE = 132;
/** Renders with other values that what was learned is held against, all parts together. */
const PROOFS = 1500;
/** The same for releases without secrets, of which most is what it is in others. */
const FEWER_PROOFS = 200;
const WISHES = { live: ['.'], fix: [] };

const { values: flags, positionals } = parseArgs({
  options: { limits: { type: 'boolean', default: false }, modes: { type: 'boolean', default: false } },
  allowPositionals: true,
});

/** A name of a release that has nothing of the chart's. */
const OTHER_NAME = 'ci';

/**
 * What is kept of a chart: under its usual name; where the objects of other releases are called otherwise, under another one; and
 * under both where neither holds for the other.
 */
function allKeptOf(name: ChartName, parts: readonly string[]): Kept[] {
  const usualName = chartOf(name).takesOver?.name ?? name;
  const usual = keptOf(name, usualName, parts);
  if (!usual.some(({ fixed }) => fixed.some(([leaf]) => leaf === RELEASE_NAME))) return usual;
  const other = keptOf(name, OTHER_NAME, []);
  return describe(subjectOf(name, usualName), WISHES, other).fixed.has(RELEASE_NAME) ? [...usual, ...other] : other;
}

/** What of it is other in a release without secrets, which would be found out each time that a chart of one is written. */
function keptIn(mode: SecretMode, name: ChartName, all: readonly Kept[]): readonly Kept[] {
  if (mode === 'inline') return all;
  const subject = subjectOf(name, all[0]?.release.name ?? name, SECRETS[mode]);
  const learned = all.map((known) => {
    const own: Subject = known.part === undefined ? subject : { ...subject, part: known.part };
    const found = new Reused(own, WISHES, known).described();
    if (!found) throw new Error(`${name}/${known.part ?? ''}: what is other with secrets.mode ${mode} was not found out`);
    return { own, known: kept(own, found) };
  });
  const known = learned.map((one) => one.known);
  const described = describe(subject, WISHES, known, FEWER_PROOFS);
  return learned.map((one) => withMore(one.known, one.own, described));
}

const SECRETS: Readonly<Record<SecretMode, object>> = {
  inline: {},
  omit: { secrets: { mode: 'omit' } },
  externalSecrets: { secrets: { mode: 'externalSecrets', externalSecrets: { store: { name: 'vault' } } } },
};

/** @param given other values than by default. @default none */
function subjectOf(name: ChartName, release: string, given: object = {}): Subject {
  const chart = chartOf(name);
  const values = { ...(name === 'devstats' ? DEVSTATS_SECRETS : {}), ...given };
  const rendered = render(chart, inputsOf(chart, release, { namespace: release, target: 'helm', values }));
  return { ...rendered.source(), release: rendered.release };
}

/** @param parts the parts to learn anew. @default all */
function keptOf(name: ChartName, release: string, parts: readonly string[]): Kept[] {
  const subject = subjectOf(name, release);
  const all = (subject.parts.length ? subject.parts : [undefined]).map((part) => {
    const before = parts.length && !parts.includes(part ?? '') && knownOf(name).find((one) => one.part === part);
    if (before) return before;
    const own: Subject = part === undefined ? subject : { ...subject, part };
    return limitedAnew(name, own) ?? kept(own, describePart(own, WISHES));
  });
  const described = describe(subject, WISHES, all, PROOFS);
  return all.map((known) => withMore(known, known.part === undefined ? subject : { ...subject, part: known.part }, described));
}

/** What is known already, with its limits looked at once more. @returns undefined where that is not asked for, or nothing is known */
function limitedAnew(name: ChartName, subject: Subject): Kept | undefined {
  const { part, release } = subject;
  const known = (flags.limits ? knownOf(name) : []).find((one) => one.part === part && one.release.name === release.name);
  const learned = known && new Reused(subject, WISHES, known).limitedAnew();
  return learned && known && { ...known, limits: kept(subject, learned).limits };
}

async function main(): Promise<void> {
  const asked = positionals.map((one) => one.split('/'));
  for (const name of CHART_NAMES.filter((one) => !asked.length || asked.some(([chart]) => chart === one))) {
    const parts = asked.flatMap(([chart, part]) => (chart === name && part !== undefined ? [part] : []));
    const all = flags.modes ? knownOf(name) : allKeptOf(name, parts);
    const text = brotliCompressSync(SECRET_MODES.map((mode) => JSON.stringify(keptIn(mode, name, all))).join('\n'), {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
        [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      },
    }).toString('base64');
    const lines = text.match(new RegExp(`.{1,${LINE}}`, 'g')) ?? [];
    const source =
      `// Generated by \`npm run live\`: what becomes of the values of ${name} in a Helm chart, as brotli in base64.\n` +
      `export const LEARNED: string = [\n${lines.map((line) => `  '${line}',\n`).join('')}].join('');\n`;
    const file = join(FOLDER, `${name}.ts`);
    mkdirSync(join(root, FOLDER), { recursive: true });
    writeFileSync(join(root, file), await format(source, { parser: 'typescript', singleQuote: true, printWidth: 140 }));
    console.log(`${file}: ${text.length} characters`);
  }
}

void main();
