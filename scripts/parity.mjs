// `npm run parity`: the cases beside this checkout, each rendered by our command line and compared with what Helm printed.
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
  const folders = readdirSync(parityFolder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return folders.filter((chart) => spawnSync(process.execPath, [commandLine, 'show', 'values', chart], { stdio: 'ignore' }).status === 0);
}

/** The cases as they are, but for Ingresses of removed versions. */
function copyCases(from, to) {
  cpSync(from, to, { recursive: true });
  for (const name of readdirSync(to)) {
    const file = join(to, name, 'expected.yaml');
    if (existsSync(file)) writeFileSync(file, withServedIngresses(readFileSync(file, 'utf8')));
  }
}

/** compare.mjs walks one folder: it gets one that holds just those charts. */
function compareAll(charts) {
  const cases = mkdtempSync(join(tmpdir(), 'parity-'));
  try {
    for (const chart of charts) copyCases(join(parityFolder, chart), join(cases, chart));
    const args = [compareScript, 'run', '--only', flags.only, '--max', flags.max, cases, '--', process.execPath, commandLine, 'template'];
    return spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'inherit'] }).stdout;
  } finally {
    rmSync(cases, { recursive: true });
  }
}

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
  const output = compareAll(charts);
  process.stdout.write(output);
  const count = (pattern) => output.match(pattern)?.length ?? 0;
  const passed = count(/^ok /gm);
  const failed = count(/^FAIL /gm);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

process.exitCode = main();
