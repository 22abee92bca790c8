// The kubelet of a real API server: runs the pods of Jobs in this process, as the code of a build's
// pod on an engine whose steps the test decides.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { runBuildPod } from '../../../worker/build';
import { hasStatus, type Api } from '../../../worker/cluster/api';
import { follow } from '../../../worker/cluster/follow';
import { WORKER_LABEL } from '../../../worker/cluster/names';
import { ORDER_KEY, POD_PORT, type BuildOrder } from '../../../worker/cluster/order';
import { JOB_LABEL, type BuildResult, type Pod } from '../../../worker/cluster/pod';
import { PODS } from '../../../worker/cluster/view';
import { readConfig } from '../../../worker/config';
import { Interruption } from '../../../worker/errors';
import type { FakeEngine } from './fakes';
import { PodAddress } from './pod-address';

interface Running {
  readonly abort: AbortController;
  readonly pod: string;
  /** Nothing of it is told any more: it ended without a word. */
  silent: boolean;
  address?: PodAddress;
}

const ENGINE = { name: 'dind', image: '', imageID: '', ready: true, restartCount: 0 };
const BUILD = { ...ENGINE, name: 'build' };
/** The engine takes a while to end. */
const ENGINE_END_MS = 30;

export class ServerKubelet {
  /** By Job: pods that run. */
  readonly running = new Map<string, Running>();
  /** Orders that pods were given, in turn. */
  readonly orders: BuildOrder[] = [];
  peak = 0;
  /** The node is gone: nothing that it runs says anything, and nothing ends as it is told. */
  lost = false;
  #stopping = 0;
  #addresses = 0;
  readonly #seen = new Set<string>();
  readonly #done = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  readonly #folder = mkdtempSync(join(tmpdir(), 'worker-pods-'));

  constructor(
    /** Of an administrator. */
    private readonly api: Api,
    private readonly engine: FakeEngine,
    /** The first half of its pods' addresses, which all have the same port. */
    private readonly network: string,
  ) {}

  /** Resolves when it sees pods. */
  start(): Promise<void> {
    return follow<Pod>({
      api: this.api,
      kind: PODS,
      labels: WORKER_LABEL,
      signal: this.#closing.signal,
      trouble: () => undefined,
      listed: (pods) => pods.forEach((pod) => this.#changed(pod)),
      changed: (pod) => this.#changed(pod),
      removed: ({ metadata }) => this.#end(metadata.labels?.[JOB_LABEL] ?? ''),
    });
  }

  #changed({ metadata }: Pod): void {
    const job = metadata.labels?.[JOB_LABEL] ?? '';
    const running = this.running.get(job);
    if (metadata.deletionTimestamp !== undefined) {
      if (this.lost) return;
      if (running !== undefined) running.abort.abort(new Interruption('stop'));
      else if (this.#stopping === 0 || !this.#seen.has(metadata.uid ?? '')) void this.#remove(metadata.name);
    } else if (!this.#seen.has(metadata.uid ?? '')) {
      this.#seen.add(metadata.uid ?? '');
      const done = this.#run(job, metadata.name).catch((error: unknown) => {
        if (!this.#closing.signal.aborted) throw error;
      });
      this.#done.add(done);
    }
  }

  #end(job: string): void {
    this.running.get(job)?.abort.abort(new Interruption('stop'));
  }

  async #remove(pod: string): Promise<void> {
    await this.#tried(() => this.api.json(this.api.path(PODS, pod), { method: 'DELETE', body: { gracePeriodSeconds: 0 } }));
  }

  /** A pod that is gone, or a server that is away for a moment, is no fault of the kubelet's. */
  async #tried(work: () => Promise<unknown>): Promise<void> {
    for (let attempt = 1; attempt <= 100; attempt += 1) {
      try {
        await work();
        return;
      } catch (error) {
        if (hasStatus(error, 404) || hasStatus(error, 409) || this.#closing.signal.aborted) return;
        if (attempt === 100) throw error;
        await sleep(100);
      }
    }
  }

  /** What the kubelet says of a pod. */
  async status(pod: string, status: object): Promise<void> {
    await this.#tried(() => this.api.json(`${this.api.path(PODS, pod)}/status`, { method: 'PATCH', body: { status } }));
  }

  async #run(job: string, pod: string): Promise<void> {
    const { api, engine } = this;
    const binding = {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: pod },
      target: { apiVersion: 'v1', kind: 'Node', name: 'node' },
    };
    await this.#tried(() => api.json(`${api.path(PODS, pod)}/binding`, { method: 'POST', body: binding }));
    const { data } = await api.json<{ data: Record<string, string> }>(api.path('secrets', job));
    const order = JSON.parse(Buffer.from(data[ORDER_KEY] ?? '', 'base64').toString()) as BuildOrder;
    const running: Running = { abort: new AbortController(), pod, silent: false };
    this.orders.push(order);
    this.running.set(job, running);
    this.#count();
    let result: BuildResult | undefined;
    const host = `${this.network}.${Math.floor((this.#addresses += 1) / 250)}.${1 + (this.#addresses % 250)}`;
    await runBuildPod({
      order,
      config: readConfig({ ...order.environment, DATA_DIR: join(this.#folder, pod) }),
      engine,
      port: 0,
      signal: running.abort.signal,
      lastWordsMs: 300,
      show: new Writable({ write: (_chunk, _encoding, done) => done() }),
      listening: (port) => {
        const listens = () => {
          if (running.silent) return;
          const containers = {
            containerStatuses: [{ ...BUILD, state: { running: {} } }],
            initContainerStatuses: [{ ...ENGINE, state: { running: {} } }],
          };
          void this.status(pod, { phase: 'Running', podIP: host, podIPs: [{ ip: host }], ...containers });
        };
        running.address = new PodAddress(port, listens, { host, port: POD_PORT });
      },
      ended: (told) => (result = told),
    });
    running.address?.close();
    this.running.delete(job);
    if (running.silent) return;
    this.#stopping += 1;
    const exitCode = result?.state === 'succeeded' ? 0 : 1;
    const build = { ...BUILD, ready: false, state: { terminated: { exitCode, message: JSON.stringify(result) } } };
    await this.status(pod, { containerStatuses: [build] });
    await sleep(ENGINE_END_MS);
    const engineEnded = { ...ENGINE, ready: false, state: { terminated: { exitCode: 0 } } };
    await this.status(pod, {
      phase: exitCode === 0 ? 'Succeeded' : 'Failed',
      containerStatuses: [build],
      initContainerStatuses: [engineEnded],
    });
    this.#stopping -= 1;
    if (running.abort.signal.aborted) await this.#remove(pod);
  }

  #count(): void {
    this.peak = Math.max(this.peak, this.running.size + this.#stopping);
  }

  /** As with its node, or its memory: no word from it. The pod has the state that is given; without one, nobody says anything. */
  async kill(job: string, status?: object): Promise<void> {
    const running = this.running.get(job);
    if (running === undefined) throw new Error(`no pod of ${job} runs`);
    running.silent = true;
    running.address?.close();
    this.running.delete(job);
    running.abort.abort(new Interruption('stop'));
    if (status !== undefined) await this.status(running.pod, status);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    for (const { abort } of this.running.values()) abort.abort(new Interruption('stop'));
    await Promise.allSettled(this.#done);
    this.api.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
