// `npm run parity`: the cases beside this checkout as they are given, each rendered by our command line and compared with what Helm printed.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { withServedIngresses } from './support/ingress.mjs';
import { commandLine, compareScript, parityFolder, root } from './support/places.mjs';

const { values: flags } = parseArgs({ options: { only: { type: 'string', default: '' }, max: { type: 'string', default: '12' } } });

/** Folders of cases whose chart the product has. */
function chartsToCompare() {
  const folders = readdirSync(parityFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  return folders.filter((chart) => spawnSync(process.execPath, [commandLine, 'show', 'values', chart], { stdio: 'ignore' }).status === 0);
}

/** The expected Ingresses of removed versions, in the served form. */
function serveIngresses(folder) {
  for (const name of readdirSync(folder)) {
    const file = join(folder, name, 'expected.yaml');
    if (existsSync(file)) writeFileSync(file, withServedIngresses(readFileSync(file, 'utf8')));
  }
}

/** compare.mjs walks one folder: it gets one that holds just those charts. */
function compareAll(charts, change = () => undefined) {
  const cases = mkdtempSync(join(tmpdir(), 'parity-'));
  try {
    for (const chart of charts) {
      cpSync(join(parityFolder, chart), join(cases, chart), { recursive: true });
      change(join(cases, chart));
    }
    const args = [compareScript, 'run', '--only', flags.only, '--max', flags.max, cases, '--', process.execPath, commandLine, 'template'];
    return spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'inherit'] })
      .stdout;
  } finally {
    rmSync(cases, { recursive: true });
  }
}

const names = (output, verdict) => [...output.matchAll(new RegExp(`^${verdict} +(\\S+):`, 'gm'))].map(([, name]) => name);
/** Whether all that is told of a case are rules of Ingresses. */
const onlyRules = (output, name) => {
  const [, told = ''] = output.split(`FAIL ${name}:`);
  const lines = told
    .split(/^(?:ok|FAIL) |^\d+ of /m)[0]
    .split('\n')
    .slice(1)
    .filter(Boolean);
  return lines.length > 0 && lines.every((line) => /^ +Ingress\.\S+ \S+ \/spec\/rules\//.test(line));
};

function main() {
  if (!existsSync(parityFolder)) {
    console.log(`parity skipped: ${parityFolder} is not here`);
    return 0;
  }
  const charts = chartsToCompare();
  if (!charts.length) {
    console.log('parity: the command line knows none of the charts; is lib/ built? (npm run build)');
    return 1;
  }
  const given = compareAll(charts);
  process.stdout.write(given);
  const equal = names(given, 'ok');
  const different = names(given, 'FAIL');
  // The comparer marks the rules of removed versions and takes them as a set: no served Ingress can equal one of those.
  const served = different.length ? new Set(names(compareAll(charts, serveIngresses), 'ok')) : new Set();
  const unequable = different.filter((name) => served.has(name) && onlyRules(given, name));
  if (unequable.length)
    console.log(
      `${unequable.length} differ in the rules of an Ingress of a removed API version only, and are equal when it is read in the served form; not counted as passed: ${unequable.join(', ')}`,
    );
  const failed = different.length - unequable.length;
  console.log(`${equal.length} passed, ${failed} failed`);
  return failed === 0 && equal.length > 0 ? 0 : 1;
}

process.exitCode = main();
