// Makes the program as one file, for tests that run it.
import { spawnSync } from 'node:child_process';
import { ROOT } from './cli';

/** @throws Error with what the script says */
export function buildExecutable(output: string, ...flags: readonly string[]): void {
  const script = ['--require', './scripts/support/typescript.cjs', 'scripts/build-executable.ts', '--output', output, ...flags];
  const { status, stderr } = spawnSync(process.execPath, script, { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0 || stderr !== '') throw new Error(`scripts/build-executable.ts: ${stderr}`);
}
