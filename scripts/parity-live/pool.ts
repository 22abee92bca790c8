// Hands releases to threads, each with a process of Helm's: rendering with Helm takes about as long as all else.
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

/** Which trials are made of each release. */
export interface Wanted {
  /** At most so many; Infinity for all of them. */
  readonly singles: number;
  readonly hostile: number;
  readonly random: number;
  /** Releases of each chart with values by chance. */
  readonly chance: number;
  readonly seed: number;
  /** Only those of a value whose path has this in it, and all of them. @default all values */
  readonly path?: string;
  /** How many trials are told that are not as they should be. */
  readonly told: number;
  /** Whether it is counted how many of the values that have an effect are live. */
  readonly share: boolean;
}

export interface Setup {
  /** Paths of Helm's own program, and of that which runs many of its commands. */
  readonly helm: string;
  readonly many: string;
  /** Where charts are written. */
  readonly folder: string;
  readonly wanted: Wanted;
}

/** What came of a release. */
export interface Told {
  /** To be printed. */
  readonly lines: readonly string[];
  /** Numbers of trials. */
  readonly passed: number;
  readonly failed: number;
}

/**
 * @param names of releases
 * @param jobs how many threads there are
 * @param onTold called in the order of the names, as soon as all before one are done
 */
export async function runReleases(names: readonly string[], jobs: number, workerData: Setup, onTold: (told: Told) => void): Promise<void> {
  const done: Told[] = [];
  let [next, printed] = [0, 0];
  const lane = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(join(__dirname, 'worker.ts'), { workerData });
      let current = -1;
      const send = (): void => {
        if (next === names.length) return void worker.terminate().then(() => resolve(), reject);
        current = next++;
        worker.postMessage(names[current]);
      };
      worker.on('message', (told: Told) => {
        done[current] = told;
        for (let one = done[printed]; one; one = done[++printed]) onTold(one);
        send();
      });
      worker.on('error', reject);
      send();
    });
  await Promise.all(Array.from({ length: Math.min(jobs, names.length) }, lane));
}
