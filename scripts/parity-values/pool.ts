// Hands cases to worker threads, one a core; a case that takes forever is a verdict too.
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Job, Setup, Verdict } from './types';

const LIMIT_MS = 60_000;

/** What a worker thread answers. */
export type Answer = Verdict & { readonly id: number; readonly cached?: boolean };

/** @param onResult called as each job is done */
export async function runJobs(jobs: readonly Job[], workerData: Setup, onResult: (result: Answer) => void): Promise<void> {
  const queue = [...jobs];
  const lane = (): Promise<void> =>
    new Promise((resolve, reject) => {
      let worker: Worker;
      let timer: NodeJS.Timeout | undefined;
      const next = (): void => {
        clearTimeout(timer);
        const current = queue.shift();
        if (!current) {
          void worker.terminate();
          return resolve();
        }
        timer = setTimeout(() => {
          worker.removeAllListeners();
          void worker.terminate();
          onResult({ id: current.id, status: 'different', reached: true, details: [`no answer within ${LIMIT_MS / 1000} s`] });
          start();
        }, LIMIT_MS);
        worker.postMessage(current);
      };
      const start = (): void => {
        worker = new Worker(join(__dirname, 'worker.ts'), { workerData });
        worker.on('message', (message: Answer | { ready: true }) => {
          if (!('ready' in message)) onResult(message);
          next();
        });
        worker.on('error', reject);
      };
      start();
    });
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), Math.max(1, jobs.length)) }, lane));
}
