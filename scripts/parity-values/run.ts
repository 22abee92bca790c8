// `npm run parity:values`: changes every value of the published chart, one at a time, renders with Helm and with ours, and compares.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { casesOf } from './cases';
import { componentsOf, devstatsComponent } from './components';
import { applyKnown, isKnown, readKnown } from './known-differences';
import { runJobs } from './pool';
import { randomCases } from './random';
import { differences, summary, unreached } from './report';
import { flagsOf } from '../support/flags';
import { findHelm, helmVersion } from '../support/helm';
import type { Component, Result, Setup, Trial } from './types';
import { chartArchive, compareScript, root, unpackedChart } from '../support/places';

const USAGE = `usage: npm run parity:values -- [flags]
  --component NAME   values of these components only (again for more)
  --only TEXT        values whose path contains the text
  --context NAME     in this context only
  --max N            list at most N differences (default 200)
  --unreached        render with Helm only, and list the values that have no effect in any context
  --json FILE        write every verdict to a file
  --random N         N random combinations of changes in place of single ones
  --seed S           start of the random numbers (default 1)`;

async function main(): Promise<number> {
  const { values: flags } = flagsOf(USAGE, {
    options: {
      component: { type: 'string', multiple: true },
      only: { type: 'string' },
      context: { type: 'string' },
      max: { type: 'string', default: '200' },
      unreached: { type: 'boolean' },
      json: { type: 'string' },
      random: { type: 'string' },
      seed: { type: 'string', default: '1' },
    },
  });
  const missing = [chartArchive, compareScript].find((file) => !existsSync(file));
  if (missing) return say(`parity:values skipped: ${missing} is not here`, 0);
  const helm = findHelm();
  if (!helm) return say('parity:values needs Helm: scripts/parts install helm', 2);
  if (!flags.unreached && !existsSync(join(root, 'lib', 'cli', 'render.js')))
    return say('parity:values needs the built library: npm run build', 2);
  process.chdir(root); // compare.mjs takes its yaml package from here

  const started = Date.now();
  const charts: Setup['charts'] = { 'estafette-ci': unpackedChart('estafette-ci'), devstats: unpackedChart('devstats') };
  const known = readKnown(join(__dirname, 'known.json'));
  const components = [...componentsOf(charts['estafette-ci'].folder), devstatsComponent(charts.devstats.folder)].filter(
    ({ name }) => !flags.component || flags.component.includes(name),
  );
  if (!components.length) return say(`there is no such component: ${flags.component?.join(', ')}`, 2);
  const cases: Trial[] = flags.random
    ? randomCases(
        components.flatMap(casesOf).filter((item) => !isKnown(item, known)),
        components,
        { count: Number(flags.random), seed: Number(flags.seed) },
      )
    : withBases(components).filter(
        (item) => (!flags.only || item.shown.includes(flags.only)) && (!flags.context || item.context.name === flags.context),
      );

  const results: Result[] = [];
  await runJobs(
    cases.map(({ context, values }, id) => ({ id, context, values })),
    { helm, version: helmVersion(helm), charts, helmOnly: flags.unreached },
    ({ id, ...verdict }) => {
      const trial = cases[id];
      if (trial) results[id] = { ...trial, context: trial.context.name, ...verdict };
      if (process.stderr.isTTY && id % 20 === 0) process.stderr.write(`\r${id} of ${cases.length}`);
    },
  );
  if (process.stderr.isTTY) process.stderr.write('\r');

  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  const rendered = results.filter((result) => !result.cached).length;
  const closing =
    `\n${results.length} renders in ${seconds} s; Helm ran for ${rendered}, the others were kept from before; ` +
    `Ingresses of removed versions were read in the served form`;
  if (flags.unreached) return say(`${unreached(results).join('\n')}\n${closing}`, 0);
  const { stale } = applyKnown(results, known);
  const isWhole = !flags.only && !flags.context && !flags.random;
  const open = differences(results, Number(flags.max));
  console.log(summary(results));
  if (open.length) console.log(`\ndifferent:\n${open.join('\n')}`);
  if (isWhole && stale.length)
    console.log(`\nknown.json lists what no longer differs:\n${stale.map(({ path, kind }) => `  ${path} [${kind}]`).join('\n')}`);
  if (flags.json) writeFileSync(flags.json, JSON.stringify(results, undefined, 1));
  console.log(closing);
  const failed = results.filter(({ status }) => status === 'different').length + (isWhole ? stale.length : 0);
  console.log(`${results.length - failed} passed, ${failed} failed`);
  return open.length || (isWhole && stale.length) ? 1 : 0;
}

/** Each context by itself first, then every change in it. */
function withBases(components: readonly Component[]): Trial[] {
  return components.flatMap((component) => {
    const contexts = new Map(component.contexts.map((context) => [context.name, context]));
    const bases = component.contexts.map((context): Trial => ({
      component: component.name,
      shown: `(${component.name} ${context.name})`,
      kind: 'base',
      context,
    }));
    const changes = casesOf(component).flatMap((item): Trial[] => {
      const context = contexts.get(item.context);
      return context ? [{ ...item, context }] : [];
    });
    return [...bases, ...changes];
  });
}

function say(text: string, code: number): number {
  console.log(text);
  return code;
}

void main().then((code) => {
  process.exitCode = code;
});
