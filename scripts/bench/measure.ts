// Runs a program and says how long it took and how much memory it held at its peak.
import { execFileSync, spawnSync, type SpawnSyncOptions } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const scratch = mkdtempSync(join(tmpdir(), 'bench-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
/** What a measurement was to show. */
export interface Goal {
  what: string;
  /** In words. */
  goal: string;
  /** To what it is compared with. */
  ratio: number;
  met: boolean;
}

/** Program and arguments. */
export type Command = readonly [string, ...string[]];
type Options = Pick<SpawnSyncOptions, 'cwd'>;

const notes = join(scratch, 'peak');

// Node tells nothing of a child's memory. GNU time does; Python's rusage is as good (KiB on Linux).
const PYTHON = `import os,resource,subprocess,sys
code = subprocess.call(sys.argv[2:])
open(sys.argv[1], 'w').write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(code)`;

function wrapper(): Command | undefined {
  if (existsSync('/usr/bin/time') && spawnSync('/usr/bin/time', ['-f', '%M', '-o', notes, 'true']).status === 0)
    return ['/usr/bin/time', '-f', '%M', '-o', notes];
  if (spawnSync('python3', ['-c', '']).status === 0) return ['python3', '-c', PYTHON, notes];
  return undefined;
}
const around = wrapper();

/** Output goes to a file, as it does for people who keep their manifests. */
function run(command: string, args: readonly string[], options: Options = {}): number {
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
export const wall = ([command, ...args]: Command, options?: Options): number => run(command, args, options);

/** Peak resident memory in MiB; undefined where neither GNU time nor Python is there to tell it. */
export function peak([command, ...args]: Command, options?: Options): number | undefined {
  if (!around) return undefined;
  run(around[0], [...around.slice(1), command, ...args], options);
  return Number(readFileSync(notes, 'utf8').trim().split('\n').at(-1)) / 1024;
}

export const median = (numbers: readonly number[]): number => {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
};

/** Undefined when one of them is. */
export const medianOfAll = (numbers: readonly (number | undefined)[]): number | undefined => {
  const known = numbers.filter((number) => number !== undefined);
  return known.length === numbers.length ? median(known) : undefined;
};

export const nodeVersion = (node: string): string => execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
