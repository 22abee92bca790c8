// What the leader knows of Jobs and pods: those of builds that have not ended, through one watch each.
import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../errors';
import { hasStatus, type Api } from './api';
import { follow } from './follow';
import { OPEN_LABEL, WORKER_LABEL } from './names';
import { addressOf, isLost, JOB_LABEL, resultOf, resultOfJob, type BuildResult, type Job, type Pod } from './pod';

export const JOBS = 'batch/v1/jobs';
export const PODS = 'pods';
const AGAIN_MS = 500;
/** A Job that was deleted while its pod could be anywhere. */
const DELETED: BuildResult = { state: 'lost', reason: 'the Job was deleted' };

interface Seen {
  readonly pod: Pod;
  readonly at: number;
  readonly gone: boolean;
}

export interface ViewOptions {
  readonly api: Api;
  readonly worker: string;
  readonly trouble: (message: string) => void;
  /** Ends it, also before it is open. */
  readonly signal: AbortSignal;
}

/** Emits the name of a Job when something about it has changed. */
export class ClusterView extends EventEmitter {
  readonly #jobs = new Map<string, Job>();
  readonly #deletedJobs = new Set<string>();
  readonly #pods = new Map<string, Seen>();
  /** Jobs that somebody attends to: only of those is known what is gone. */
  readonly #attended = new Set<string>();
  /** Jobs whose pod was looked for, and those for which it is. */
  readonly #lookedFor = new Set<string>();
  readonly #looking = new Set<string>();

  private constructor(private readonly options: ViewOptions) {
    super();
    this.setMaxListeners(0);
  }

  static async open(options: ViewOptions): Promise<ClusterView> {
    const view = new ClusterView(options);
    const { api, worker, trouble } = options;
    const common = { api, trouble, signal: options.signal };
    await Promise.all([
      follow<Job>({
        ...common,
        kind: JOBS,
        labels: `${WORKER_LABEL}=${worker},${OPEN_LABEL}=true`,
        listed: (jobs) => {
          const names = new Set(jobs.map(({ metadata }) => metadata.name));
          for (const [name] of view.#jobs) if (!names.has(name)) view.#jobDeleted(name);
          for (const job of jobs) view.#jobChanged(job);
        },
        changed: (job) => view.#jobChanged(job),
        removed: ({ metadata: { name } }) => view.#jobDeleted(name),
      }),
      follow<Pod>({
        ...common,
        kind: PODS,
        labels: `${WORKER_LABEL}=${worker}`,
        // One that ends leaves the watch as if it were deleted, and with the state before its end.
        fields: 'status.phase!=Succeeded,status.phase!=Failed',
        listed: (pods) => {
          const names = new Set(pods.map(({ metadata }) => metadata.name));
          for (const { pod, gone } of view.#pods.values()) if (!gone && !names.has(pod.metadata.name)) void view.#lookFor(pod);
          for (const pod of pods) view.#podChanged(pod, false);
        },
        changed: (pod) => view.#podChanged(pod, false),
        removed: (pod) => void view.#lookFor(pod),
      }),
    ]);
    return view;
  }

  /** Jobs of builds that have not ended, as far as they are not deleted. */
  get jobs(): readonly Job[] {
    return [...this.#jobs.values()];
  }

  #jobChanged(job: Job): void {
    this.#jobs.set(job.metadata.name, job);
    this.#deletedJobs.delete(job.metadata.name);
    this.emit('changed', job.metadata.name);
  }

  #jobDeleted(name: string): void {
    this.#jobs.delete(name);
    if (this.#attended.has(name)) this.#deletedJobs.add(name);
    this.emit('changed', name);
  }

  #podChanged(pod: Pod, gone: boolean): void {
    const name = pod.metadata.labels?.[JOB_LABEL];
    if (name === undefined) return;
    if (gone && !this.#attended.has(name)) this.#pods.delete(name);
    else this.#pods.set(name, { pod, gone, at: this.#pods.get(name)?.at ?? Date.now() });
    this.emit('changed', name);
  }

  /** It has ended, or is no more: how it ended, only the API server knows. */
  async #lookFor(pod: Pod): Promise<void> {
    const { api, trouble, signal } = this.options;
    const job = pod.metadata.labels?.[JOB_LABEL] ?? '';
    if (!this.#attended.has(job)) return this.#podChanged(pod, true);
    while (!signal.aborted) {
      try {
        return this.#podChanged(await api.json<Pod>(api.path(PODS, pod.metadata.name), { signal }), true);
      } catch (error) {
        if (hasStatus(error, 404)) return this.#podChanged(this.podOf(job) ?? pod, true);
        trouble(`the pod ${pod.metadata.name} is not known any more: ${messageOf(error)}`);
        await sleep(AGAIN_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** It ended before the watch began, or between two: the Job has ended, and its pod knows how. */
  async #findPod(name: string): Promise<void> {
    if (this.#looking.has(name)) return;
    this.#looking.add(name);
    const { api, trouble, signal } = this.options;
    try {
      const { items } = await api.json<{ readonly items: readonly Pod[] }>(api.path(PODS), {
        query: { labelSelector: `${JOB_LABEL}=${name}` },
        signal,
      });
      this.#lookedFor.add(name);
      for (const pod of items) this.#podChanged(pod, true);
    } catch (error) {
      trouble(`the pod of the Job ${name} cannot be looked for: ${messageOf(error)}`);
      await sleep(AGAIN_MS, undefined, { signal }).catch(() => undefined);
    } finally {
      this.#looking.delete(name);
      this.emit('changed', name);
    }
  }

  podOf(job: string): Pod | undefined {
    return this.#pods.get(job)?.pod;
  }

  /** How the Job ended; resolves when it has. Rejects with the signal's reason. */
  result(name: string, signal: AbortSignal): Promise<BuildResult> {
    this.#attended.add(name);
    return this.#until(name, signal, () => {
      const seen = this.#pods.get(name);
      if (seen === undefined) {
        const job = this.#jobs.get(name);
        const ended = job === undefined ? undefined : resultOfJob(job);
        if (ended === undefined) return this.#deletedJobs.has(name) ? DELETED : undefined;
        if (this.#lookedFor.has(name)) return ended;
        void this.#findPod(name);
        return undefined;
      }
      const found = resultOf(seen.pod, Date.now(), seen.at);
      if (found !== undefined && 'result' in found) return found.result;
      if (seen.gone) return { state: 'lost', reason: 'the pod was deleted' };
      if (found !== undefined) setTimeout(() => this.emit('changed', name), found.lookAgainAt - Date.now() + 10).unref();
      return undefined;
    });
  }

  /** Where the pod answers. */
  address(name: string, signal: AbortSignal): Promise<string> {
    return this.#until(name, signal, () => {
      const seen = this.#pods.get(name);
      return seen === undefined || seen.gone ? undefined : addressOf(seen.pod);
    });
  }

  /** Resolves when no pod of the Job is there any more, or has ended. */
  async ended(name: string, signal: AbortSignal): Promise<void> {
    this.#attended.add(name);
    await this.#until(name, signal, () => {
      const seen = this.#pods.get(name);
      return seen === undefined || seen.gone || ['Succeeded', 'Failed'].includes(seen.pod.status?.phase ?? '') ? true : undefined;
    });
  }

  #until<T>(name: string, signal: AbortSignal, look: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const end = () => {
        this.off('changed', check);
        signal.removeEventListener('abort', aborted);
      };
      const aborted = () => {
        end();
        reject(signal.reason as Error);
      };
      const check = (changed: string) => {
        if (changed !== name) return;
        const found = look();
        if (found === undefined) return;
        end();
        resolve(found);
      };
      if (signal.aborted) return aborted();
      this.on('changed', check);
      signal.addEventListener('abort', aborted);
      check(name);
    });
  }

  /** Whether its pod ends no more by itself. */
  isLost(name: string): boolean {
    const pod = this.podOf(name);
    return pod !== undefined && isLost(pod, Date.now());
  }

  /** Nobody attends to the Job any more. */
  forget(name: string): void {
    this.#attended.delete(name);
    this.#deletedJobs.delete(name);
    this.#lookedFor.delete(name);
    const seen = this.#pods.get(name);
    if (seen !== undefined && (seen.gone || resultOf(seen.pod, Date.now(), seen.at) !== undefined)) this.#pods.delete(name);
  }
}
