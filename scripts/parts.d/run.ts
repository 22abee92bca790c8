// Runs the commands that install a part: output to a log, a line of progress, the end of the log when it fails.
import { spawn, spawnSync, type SpawnOptions } from 'node:child_process';
import { createWriteStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { folder } from './cache';

/**
 * @param part its name, for the log and for errors
 * @param command program and arguments
 * @throws Error that says which part, what was tried and where the log is
 */
export async function run(part: string, command: readonly string[], options: Omit<SpawnOptions, 'stdio'> = {}): Promise<void> {
  const log = join(folder('logs'), `${part}.log`);
  const stream = createWriteStream(log, { flags: 'a' });
  await new Promise((resolve) => stream.once('open', resolve));
  const started = Date.now();
  process.stderr.write(`${part}: ${command.join(' ')}\n`);
  const [program = '', ...args] = command;
  const code = await new Promise<number | null>((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', stream, stream] });
    const tick = setInterval(() => process.stderr.write(`${part}: ${Math.round((Date.now() - started) / 1000)} s\n`), 30_000);
    child.once('error', (error) => {
      clearInterval(tick);
      reject(new Error(`${part}: cannot run ${program}: ${error.message}`, { cause: error }));
    });
    child.once('exit', (exit) => {
      clearInterval(tick);
      resolve(exit);
    });
  });
  stream.end();
  if (code !== 0) {
    const tail = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
    throw new Error(`${part}: "${command.join(' ')}" failed with exit code ${code}; the log is ${log}, its end:\n${tail}`);
  }
}

/** All that a program prints; nothing when it cannot run. */
export const output = (program: string, ...args: string[]): string =>
  spawnSync(program, args, { encoding: 'utf8', timeout: 20_000 }).stdout ?? '';

/** First line that a program prints, or undefined when it cannot run. */
export function firstLine(program: string, ...args: string[]): string | undefined {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', timeout: 20_000 });
  return status === 0 ? `${stdout}${stderr}`.split('\n')[0] : undefined;
}
