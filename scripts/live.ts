// `npm run live`: learns how the objects of charts follow their values, for charts whose values live, and keeps it, of each chart and of
// its variants, which are named like parts.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { format } from 'prettier';
import { CHART_NAMES, chartOf, type ChartName } from '../constructs/charts';
import { SECRET_MODES, type SecretMode } from '../constructs/common/secret-settings';
import { inputsOf } from '../constructs/release/inputs';
import { render } from '../constructs/release/render';
import { knownOf } from '../constructs/targets/live/known';
import { kept, withMore, type Kept } from '../constructs/targets/live/reuse/learned-file';
import { Reused } from '../constructs/targets/live/reuse/reuse';
import { leavesOf, RELEASE_NAME } from '../constructs/targets/live/values/leaves';
import { showPath } from '../helm/check';
import type { Learned } from '../constructs/targets/live/described';
import { describe, describePart } from '../constructs/targets/live/probe';
import type { Subject } from '../constructs/targets/live/learn/renders';
import { flagsOf, wrongCall } from './support/flags';
import { root } from './support/places';
import { valuesOf, variantsOf } from './live/variants';

const FOLDER = join('constructs', 'targets', 'live', 'learned');
const LINE = 132;
/** Renders with other values that what was learned is held against, all parts together. */
const PROOFS = 1500;
/** The same for releases without secrets, of which most is what it is in others. */
const FEWER_PROOFS = 200;
const WISHES = { live: ['.'], fix: [] };

const USAGE = `usage: npm run live [-- CHART[/PART]... [--limits | --modes | --open PATH...]]
  CHART      ${CHART_NAMES.join('|')} (default all)
  PART       a part of the chart, or a variant of it (default all)
  --limits   look once more at what values must not be
  --modes    learn what is other in releases without secrets
  --open     follow a value of the part that was fixed`;

const { values: flags, positionals } = flagsOf(USAGE, {
  options: {
    limits: { type: 'boolean', default: false },
    modes: { type: 'boolean', default: false },
    open: { type: 'string', multiple: true, default: [] as string[] },
  },
  allowPositionals: true,
});
const { open } = flags;

/** A name of a release that has nothing of the chart's. */
const OTHER_NAME = 'ci';

/** A chart with the values of one of its variants. */
interface Learnt {
  readonly name: ChartName;
  /** @default the one with default values */
  readonly variant?: string;
}

/**
 * What is kept of a chart: under its usual name; where the objects of other releases are called otherwise, under another one; and
 * under both where neither holds for the other.
 */
function allKeptOf(one: Learnt, parts: readonly string[]): Kept[] {
  const usualName = chartOf(one.name).takesOver?.name ?? one.name;
  const before = knownOf(one.name).filter(({ variant }) => variant === one.variant);
  if (parts.length && before.length && !before.some(({ part, variant }) => parts.includes(part ?? variant ?? ''))) return before;
  const usual = keptOf(one, usualName, parts);
  if (!usual.some(({ fixed }) => fixed.some(([leaf]) => leaf === RELEASE_NAME))) return usual;
  const other = keptOf(one, OTHER_NAME, []);
  return describe(subjectOf(one, usualName), WISHES, other).fixed.has(RELEASE_NAME) ? [...usual, ...other] : other;
}

/** What of it is other in a release without secrets, which would be found out each time that a chart of one is written. */
function keptIn(mode: SecretMode, one: Learnt, all: readonly Kept[]): readonly Kept[] {
  if (mode === 'inline') return all;
  const { name } = one;
  const subject = subjectOf(one, all[0]?.release.name ?? name, SECRETS[mode]);
  const learned = all.map((known) => {
    const own: Subject = known.part === undefined ? subject : { ...subject, part: known.part };
    const found = new Reused(own, WISHES, known).described();
    if (!found) throw new Error(`${name}/${known.part ?? ''}: what is other with secrets.mode ${mode} was not found out`);
    return { own, known: keptAs(one, own, found) };
  });
  const known = learned.map((each) => each.known);
  const described = describe(subject, WISHES, known, FEWER_PROOFS);
  return learned.map((each) => withMore(each.known, each.own, described));
}

const SECRETS: Readonly<Record<SecretMode, object>> = {
  inline: {},
  omit: { secrets: { mode: 'omit' } },
  externalSecrets: { secrets: { mode: 'externalSecrets', externalSecrets: { store: { name: 'vault' } } } },
};

/** @param given other values than those of the variant. @default none */
function subjectOf({ name, variant }: Learnt, release: string, given: object = {}): Subject {
  const chart = chartOf(name);
  const values = { ...valuesOf(name, variant), ...given };
  const rendered = render(chart, inputsOf(chart, release, { namespace: release, target: 'helm', values }));
  return { ...rendered.source(), release: rendered.release };
}

const keptAs = ({ variant }: Learnt, subject: Subject, learned: Learned): Kept => ({
  ...(variant === undefined ? {} : { variant }),
  ...kept(subject, learned),
});

/** @param parts the parts to learn anew. @default all */
function keptOf(one: Learnt, release: string, parts: readonly string[]): Kept[] {
  const subject = subjectOf(one, release);
  const known = knownOf(one.name).filter(({ variant }) => variant === one.variant);
  const all = (subject.parts.length ? subject.parts : [undefined]).map((part) => {
    const before = parts.length && !parts.includes(part ?? one.variant ?? '') && known.find((each) => each.part === part);
    if (before) return before;
    const own: Subject = part === undefined ? subject : { ...subject, part };
    return limitedAnew(one, own, known) ?? keptAs(one, own, describePart(own, WISHES));
  });
  const described = describe(subject, WISHES, all, PROOFS);
  return all.map((each) => withMore(each, each.part === undefined ? subject : { ...subject, part: each.part }, described));
}

/** What is known already, with its limits looked at once more. @returns undefined where that is not asked for, or nothing is known */
function limitedAnew(one: Learnt, subject: Subject, all: readonly Kept[]): Kept | undefined {
  const { part, release } = subject;
  const known = flags.limits || open.length ? all.find((each) => each.part === part && each.release.name === release.name) : undefined;
  const learned = known && new Reused(subject, WISHES, known).limitedAnew(open);
  if (!learned) return undefined;
  if (open.length) return keptAs(one, subject, learned);
  const { tree, limits, refusals = [], words = [] } = keptAs(one, subject, learned);
  return { ...known, tree, limits, ...(refusals.length ? { refusals } : {}), ...(words.length ? { words } : {}) };
}

/** Ends where something is asked for that is not there: it would be left out without a word. */
function checkAsked(asked: readonly (readonly string[])[]): void {
  for (const [name = '', part] of asked) {
    const chart = CHART_NAMES.find((one) => one === name);
    if (!chart) return wrongCall(`there is no chart "${name}"`, USAGE);
    const { parts, schema, values, release } = subjectOf({ name: chart }, name);
    if (part !== undefined && ![...parts, ...variantsOf(chart)].includes(part)) wrongCall(`${name} has no part "${part}"`, USAGE);
    const paths = leavesOf(schema, values, release).map(({ path }) => showPath(path));
    const unknown = open.find((path) => !paths.includes(path));
    if (unknown !== undefined) wrongCall(`${name} has no value ${unknown}`, USAGE);
  }
  const areParts = asked.length > 0 && asked.every(([, part]) => part !== undefined);
  if (open.length && !areParts) wrongCall('--open is for a part: give CHART/PART', USAGE);
}

async function main(): Promise<void> {
  const asked = positionals.map((one) => one.split('/'));
  checkAsked(asked);
  for (const name of CHART_NAMES.filter((one) => !asked.length || asked.some(([chart]) => chart === one))) {
    const parts = asked.flatMap(([chart, part]) => (chart === name && part !== undefined ? [part] : []));
    const variants = variantsOf(name).map((variant) => {
      const one = { name, variant };
      const all = flags.modes ? knownOf(name).filter((each) => each.variant === variant) : allKeptOf(one, parts);
      return (mode: SecretMode): readonly Kept[] => keptIn(mode, one, all);
    });
    const text = brotliCompressSync(SECRET_MODES.map((mode) => JSON.stringify(variants.flatMap((keptBy) => keptBy(mode)))).join('\n'), {
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
