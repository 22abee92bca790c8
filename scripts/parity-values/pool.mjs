// Hands cases to worker threads, one a core; a case that takes forever is a verdict too.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

const LIMIT_MS = 60_000;

/**
 * @param {{ id: number }[]} jobs
 * @param {object} workerData
 * @param {(result: object) => void} onResult called as each job is done
 */
export function runJobs(jobs, workerData, onResult) {
  const queue = [...jobs];
  const lane = () =>
    new Promise((resolve, reject) => {
      let worker;
      let timer;
      let current;
      const next = () => {
        clearTimeout(timer);
        current = queue.shift();
        if (!current) {
          worker.terminate();
          return resolve();
        }
        timer = setTimeout(() => {
          worker.removeAllListeners();
          worker.terminate();
          onResult({ id: current.id, status: 'different', reached: true, details: [`no answer within ${LIMIT_MS / 1000} s`] });
          start();
        }, LIMIT_MS);
        worker.postMessage(current);
      };
      const start = () => {
        worker = new Worker(new URL('worker.mjs', import.meta.url), { workerData });
        worker.on('message', (message) => {
          if (!message.ready) onResult(message);
          next();
        });
        worker.on('error', reject);
      };
      start();
    });
  return Promise.all(Array.from({ length: Math.min(availableParallelism(), Math.max(1, jobs.length)) }, lane));
}
