// Namespaces of their own for programs that start others, mount, and make networks: the kernel clears all of it when their first process ends.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { launch, type ProgramOptions, type Running } from './program';
import { forget, processName, register } from './reaper';

export interface Sandbox extends Running {
  /** Id, out here, of the first process inside; entering its namespaces goes by it. */
  readonly init: number;
}

/** Waits, without giving up the thread, for the process that unshare forks: nothing else is worth doing before. */
function firstChild(pid: number): number {
  const deadline = Date.now() + 5000;
  while (Date.now() < deadline) {
    try {
      const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
      if (child) return Number(child);
    } catch {
      return 0;
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
  }
  return 0;
}

/**
 * Runs a program as the first process of new process and mount namespaces, and of further ones on demand. The end of the
 * outer process, or of this one, ends the first process inside, and that ends everything started in there. Runs as root.
 */
export function sandbox(options: ProgramOptions & { readonly network?: boolean; readonly hostname?: boolean }): Sandbox {
  const namespaces = ['--pid', '--mount', ...(options.network ? ['--net'] : []), ...(options.hostname ? ['--uts'] : [])];
  const outer = launch({
    ...options,
    name: options.name,
    program: 'unshare',
    args: ['--fork', '--kill-child=SIGKILL', '--mount-proc', ...namespaces, '--', options.program, ...options.args],
    // The one outside ignores SIGTERM, by its design.
    grace: 0,
  });
  const init = firstChild(outer.pid);
  const name = processName(init);
  const resource = register('process', name);
  return {
    pid: outer.pid,
    log: outer.log,
    init,
    get ended() {
      return outer.ended;
    },
    async stop() {
      await outer.stop();
      // The first process is gone from here once all the others are.
      for (const deadline = Date.now() + 20_000; processName(init) === name && Date.now() < deadline;) await sleep(20);
      forget(resource);
    },
  };
}
