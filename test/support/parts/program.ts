// Starts a program that dies with its test, waits until it answers, and ends it by its process id.
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { forget, processName, register } from './reaper';

export interface ProgramOptions {
  readonly program: string;
  readonly args: readonly string[];
  /** Where its log goes: NAME.log. */
  readonly folder: string;
  /** The name of its log; the program's by default. */
  readonly name?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds from SIGTERM to SIGKILL; 5,000 by default, 0 kills at once. */
  readonly grace?: number;
}

export interface Running {
  readonly pid: number;
  readonly log: string;
  readonly ended: boolean;
  stop(): Promise<void>;
}

/** The end of a log, for the error of a part that does not come up. */
export function endOf(log: string, lines = 25): string {
  try {
    return readFileSync(log, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } catch {
    return '(no log)';
  }
}

const exited = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

/** The kernel kills the program when this process dies, before any of our own clearing up can be late. */
export function launch({ program, args, folder, name = basename(program), env = {}, grace = 5000 }: ProgramOptions): Running {
  const log = join(folder, `${name}.log`);
  const output = openSync(log, 'a');
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', program, ...args], {
    env: { ...process.env, ...env },
    cwd: folder,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const { pid } = child;
  const end = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  if (pid === undefined) throw new Error(`cannot run setpriv ${program}`);
  const resource = register('process', processName(pid));
  void end.then(() => forget(resource));
  child.unref();
  return {
    pid,
    log,
    get ended() {
      return exited(child);
    },
    async stop() {
      if (exited(child)) return;
      child.ref();
      if (grace) {
        child.kill('SIGTERM');
        await Promise.race([end, sleep(grace, undefined, { ref: false })]);
      }
      if (!exited(child)) child.kill('SIGKILL');
      await end;
    },
  };
}

/**
 * Waits until the part answers.
 * @param answers throws or gives false while it does not
 * @throws Error with the end of its log when the program ends or the time is over (30 s by default)
 */
export async function untilReady(part: string, running: Running, answers: () => Promise<boolean>, milliseconds = 30_000): Promise<void> {
  const began = Date.now();
  let reason = 'no answer';
  while (Date.now() - began < milliseconds) {
    if (running.ended) throw new Error(`${part} ended before it was ready; the end of ${running.log}:\n${endOf(running.log)}`);
    try {
      if (await answers()) return;
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
    await sleep(50);
  }
  throw new Error(`${part} is not ready after ${milliseconds / 1000} s (${reason}); the end of ${running.log}:\n${endOf(running.log)}`);
}

/** Whether a URL answers with a status that is not an error; any status when `any` is set. */
export async function responds(url: string, { any = false } = {}): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
  await response.body?.cancel();
  return any || response.ok;
}
