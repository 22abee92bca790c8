// Runs the built command line as a user does.
import { spawnSync } from 'node:child_process';
import fs, { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
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
  /** Further variables of the environment: for a process of its own. @default none */
  readonly environment?: Readonly<Record<string, string>>;
}

let isBuilt = false;

/** Writes files, so that a second run of it finds other ones. */
const writes = (args: readonly string[]): boolean => args[0] === 'synth' || args.some((arg) => /^--output-dir\b/.test(arg));

/**
 * Ours, compared with the program that COMPARED_WITH names, where it does: the same bytes and exit code. What writes files is run by
 * that program alone, whose files the test then looks at.
 */
function compared(ours: typeof cliOurs, args: readonly string[], options: CliOptions): CliResult {
  const other = process.env['COMPARED_WITH'];
  if (!other) return ours(args, options);
  const theirs = run(other, args, options);
  if (!writes(args)) expect({ args, ...theirs }).toEqual({ args, ...ours(args, options) });
  return theirs;
}

/** Runs the command, in this process where that makes no difference: a process of its own costs five times the time of most commands. */
export const cli = (args: readonly string[], options: CliOptions = {}): CliResult => compared(cliOurs, args, options);

/** The same in a process of its own. */
export const cliProcess = (args: readonly string[], options: CliOptions = {}): CliResult =>
  compared((given, around) => run(process.execPath, [BIN, ...given], around), args, options);

function cliOurs(args: readonly string[], options: CliOptions): CliResult {
  if (!isBuilt) requireBuild(ROOT);
  isBuilt = true;
  const needsProcess = options.input !== undefined || !IMMEDIATE.includes(args[0] ?? '') || args.includes('-') || args.includes('--live');
  return needsProcess ? run(process.execPath, [BIN, ...args], options) : cliHere(args, options.cwd ?? ROOT);
}

function run(program: string, args: readonly string[], options: CliOptions): CliResult {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: options.cwd ?? ROOT,
    input: options.input ?? '',
    env: { ...process.env, ...(options.path === undefined ? {} : { PATH: options.path }), ...options.environment },
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  return { status, stdout, stderr };
}

/** Evaluates lib/cli/main.js, which dispatches; commands that it loads are kept for the next call. Its stdin is empty. */
function cliHere(args: readonly string[], cwd: string): CliResult {
  const main = new Function('require', readFileSync(MAIN, 'utf8')) as (load: NodeJS.Require) => void;
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
    main(createRequire(MAIN));
    const [stdout, stderr] = printed.map((chunks) => Buffer.concat(chunks).toString('utf8'));
    return { status: Number(process.exitCode ?? 0), stdout: stdout ?? '', stderr: stderr ?? '' };
  } finally {
    Object.assign(fs, { writeSync, readFileSync: readFileOf });
    process.chdir(from);
    Object.assign(process, { argv, exitCode });
  }
}
