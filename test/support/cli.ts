// Runs the built command line as a user does.
import { spawnSync } from 'node:child_process';
import fs, { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { requireBuild } from './build';

export const ROOT = join(__dirname, '..', '..');
const BIN = join(ROOT, 'bin', 'cdk8s-estafette');
const MAIN = join(ROOT, 'lib', 'cli', 'main.js');

/** What answers at once, from its flags and files alone. */
const IMMEDIATE = ['template', 'diff', 'show', 'synth', 'completion'];

export interface CliResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  /** Text on stdin. @default none */
  readonly input?: string;
  /** Folder to run in. @default the project's */
  readonly cwd?: string;
  /** Folders to look for programs in, in place of the usual ones: for a process of its own. @default the usual ones */
  readonly path?: string;
}

let isBuilt = false;

/** Runs the command, in this process where that makes no difference: a process of its own costs five times the time of most commands. */
export function cli(args: readonly string[], options: CliOptions = {}): CliResult {
  if (!isBuilt) requireBuild(ROOT);
  isBuilt = true;
  const needsProcess = options.input !== undefined || !IMMEDIATE.includes(args[0] ?? '') || args.includes('-') || args.includes('--live');
  return needsProcess ? cliProcess(args, options) : cliHere(args, options.cwd ?? ROOT);
}

/** The same in a process of its own. */
export function cliProcess(args: readonly string[], options: CliOptions = {}): CliResult {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], {
    cwd: options.cwd ?? ROOT,
    input: options.input ?? '',
    env: options.path === undefined ? process.env : { ...process.env, PATH: options.path },
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  return { status, stdout, stderr };
}

/** Evaluates lib/cli/main.js, which dispatches; commands that it loads are kept for the next call. Its stdin is empty. */
function cliHere(args: readonly string[], cwd: string): CliResult {
  const main = new Function('require', '__dirname', readFileSync(MAIN, 'utf8')) as (load: NodeJS.Require, folder: string) => void;
  const printed: [Uint8Array[], Uint8Array[]] = [[], []];
  const { argv, exitCode } = process;
  const from = process.cwd();
  const { writeSync, readFileSync: readFileOf } = fs;
  const write = (descriptor: number, bytes: Uint8Array, ...rest: []): number => {
    if (descriptor !== 1 && descriptor !== 2) return writeSync(descriptor, bytes, ...rest);
    printed[descriptor - 1]?.push(bytes.slice(...rest));
    return bytes.length;
  };
  const read = (path: number | string, ...rest: []): unknown => (path === 0 ? Buffer.alloc(0) : readFileOf(path, ...rest));
  try {
    Object.assign(fs, { writeSync: write, readFileSync: read });
    process.argv = [process.execPath, BIN, ...args];
    process.exitCode = undefined;
    process.chdir(cwd);
    main(require, dirname(MAIN));
    const [stdout, stderr] = printed.map((chunks) => Buffer.concat(chunks).toString('utf8'));
    return { status: Number(process.exitCode ?? 0), stdout: stdout ?? '', stderr: stderr ?? '' };
  } finally {
    Object.assign(fs, { writeSync, readFileSync: readFileOf });
    process.chdir(from);
    Object.assign(process, { argv, exitCode });
  }
}
