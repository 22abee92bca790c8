// Starts parts in a process of their own, ends that process in the middle, and looks at what is left.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT } from '../cli';
import { FOLDER_PREFIX } from './folder';
import { leftovers } from './leftovers';

/**
 * @param args of Node.js: a script that prints a line once its parts run, and goes on
 * @returns how many parts had a folder, and what is left of it 20 s later at the latest
 */
export async function interrupt(
  args: readonly string[],
  signal: NodeJS.Signals,
): Promise<{ readonly started: number; readonly left: readonly string[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'interrupted-'));
  const child = spawn(process.execPath, args, { cwd: ROOT, env: { ...process.env, TMPDIR: folder }, stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (data: Buffer) => {
    errors += data.toString();
  });
  const gone = new Promise((resolve) => {
    child.once('exit', resolve);
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('exit', () => reject(new Error(`it ended by itself: ${errors}`)));
  });
  const names = readdirSync(folder);
  child.kill(signal);
  await gone;
  let left = leftovers(folder, names);
  for (const deadline = Date.now() + 20_000; left.length && Date.now() < deadline; left = leftovers(folder, names)) await sleep(200);
  rmSync(folder, { recursive: true, force: true });
  return { started: names.filter((name) => name.startsWith(FOLDER_PREFIX)).length, left };
}

/** Arguments of Node.js that start parts by an expression over the tests' parts, such as `parts.s3()`. */
export const startingParts = (...expressions: readonly string[]): string[] => [
  '--require',
  join(ROOT, 'scripts', 'support', 'typescript.cjs'),
  '--eval',
  `const parts = require('${join(ROOT, 'test', 'support', 'parts', 'index.ts')}');
    setInterval(() => {}, 1000);
    Promise.all([${expressions.join(', ')}]).then(() => process.stdout.write('started\\n'), (error) => { process.stderr.write(error.message); process.exit(1); });`,
];
