// Runs a program and says how long it took and how much memory it held at its peak.
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const scratch = mkdtempSync(join(tmpdir(), 'bench-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
const notes = join(scratch, 'peak');

// Node tells nothing of a child's memory. GNU time does; Python's rusage is as good (KiB on Linux).
const PYTHON = `import os,resource,subprocess,sys
code = subprocess.call(sys.argv[2:])
open(sys.argv[1], 'w').write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(code)`;

function wrapper() {
  if (existsSync('/usr/bin/time') && spawnSync('/usr/bin/time', ['-f', '%M', '-o', notes, 'true']).status === 0)
    return ['/usr/bin/time', '-f', '%M', '-o', notes];
  if (spawnSync('python3', ['-c', '']).status === 0) return ['python3', '-c', PYTHON, notes];
  return undefined;
}
const around = wrapper();

/** Output goes to a file, as it does for people who keep their manifests. */
function run(command, args, options = {}) {
  const out = openSync(join(scratch, 'out'), 'w');
  const started = process.hrtime.bigint();
  const { status, error, stderr } = spawnSync(command, args, { ...options, stdio: ['ignore', out, 'pipe'], encoding: 'utf8' });
  const ms = Number(process.hrtime.bigint() - started) / 1e6;
  closeSync(out);
  if (status !== 0)
    throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr.trim().split('\n').slice(-3).join(' ')}`, { cause: error });
  return ms;
}

/** Wall time without anything around the program, in milliseconds. */
export const wall = ([command, ...args], options) => run(command, args, options);

/** Peak resident memory in MiB; undefined where neither GNU time nor Python is there to tell it. */
export function peak([command, ...args], options) {
  if (!around) return undefined;
  run(around[0], [...around.slice(1), command, ...args], options);
  return Number(readFileSync(notes, 'utf8').trim().split('\n').at(-1)) / 1024;
}

export const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

export const nodeVersion = (node) => execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
