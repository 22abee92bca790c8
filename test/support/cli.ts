// Runs the built command line as a user does.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { requireBuild } from './build';

export const ROOT = join(__dirname, '..', '..');
const BIN = join(ROOT, 'bin', 'cdk8s-estafette');
const MAIN = join(ROOT, 'lib', 'cli', 'main.js');

/** What answers at once, from its flags and files alone. */
const IMMEDIATE = ['template', 'diff', 'show', 'synth'];

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
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  return { status, stdout, stderr };
}

/** Evaluates lib/cli/main.js, which dispatches; commands that it loads are kept for the next call. */
function cliHere(args: readonly string[], cwd: string): CliResult {
  const main = new Function('require', '__dirname', readFileSync(MAIN, 'utf8')) as (load: NodeJS.Require, folder: string) => void;
  const printed = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') => ({
    on: () => undefined,
    write: (text: string) => {
      printed[name] += text;
      return true;
    },
  });
  const changed = { argv: [process.execPath, BIN, ...args], stdout: stream('stdout'), stderr: stream('stderr'), exitCode: undefined };
  const from = process.cwd();
  const saved = Object.keys(changed).map((key) => [key, Object.getOwnPropertyDescriptor(process, key)] as const);
  process.chdir(cwd);
  try {
    for (const [key, value] of Object.entries(changed)) Object.defineProperty(process, key, { value, writable: true, configurable: true });
    main(require, dirname(MAIN));
    return { status: Number(process.exitCode ?? 0), ...printed };
  } finally {
    process.chdir(from);
    for (const [key, descriptor] of saved) {
      delete (process as unknown as Record<string, unknown>)[key];
      if (descriptor) Object.defineProperty(process, key, descriptor);
    }
  }
}
