// Runs the pods of Jobs in this process: the code of a build's pod, on an engine whose steps the test decides.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { runBuildPod } from '../../../worker/build';
import { ORDER_KEY, type BuildOrder } from '../../../worker/cluster/order';
import { JOB_LABEL, type BuildResult } from '../../../worker/cluster/pod';
import { readConfig } from '../../../worker/config';
import { Interruption } from '../../../worker/errors';
import type { FakeApi, Stored } from './fake-api';
import { PodAddress } from './pod-address';
import type { FakeEngine } from './fakes';

interface Running {
  readonly abort: AbortController;
  readonly order: BuildOrder;
  done: Promise<void>;
}

interface JobSpec {
  readonly spec: { readonly suspend?: boolean; readonly template: { readonly metadata: Stored['metadata']; readonly spec: object } };
}

export class FakeKubelet {
  readonly pods = new Map<string, Running>();
  /** Orders that pods were given, in turn. */
  readonly orders: BuildOrder[] = [];
  peak = 0;
  /** Pods whose build is over. */
  stopping = 0;
  /** What has been printed, by Job. */
  readonly printed = new Map<string, string>();
  /** A pod whose processes are gone: its last state, whatever the build was at. */
  readonly #killed = new Set<string>();
  readonly #addresses = new Map<string, PodAddress>();
  readonly #folder = mkdtempSync(join(tmpdir(), 'worker-pods-'));

  constructor(
    private readonly fake: FakeApi,
    private readonly engine: FakeEngine,
  ) {
    fake.onDelete = (kind, name) => {
      if (kind !== 'pods') return true;
      this.delete(name);
      return false;
    };
    fake.logOf = (name) => this.printed.get(name);
    const { onChange } = fake;
    fake.onChange = (type, kind, object) => {
      onChange(type, kind, object);
      if (kind !== 'jobs') return;
      const { name } = object.metadata;
      const isSuspended = (object as unknown as JobSpec).spec.suspend === true;
      if (type !== 'DELETED' && !isSuspended && !this.pods.has(name) && fake.get('pods', name) === undefined) this.#start(object);
    };
  }

  #start(job: Stored): void {
    const { name, uid } = job.metadata;
    const { template } = (job as unknown as JobSpec).spec;
    const labels = { ...template.metadata.labels, [JOB_LABEL]: name };
    const secret = this.fake.get('secrets', name) as unknown as { stringData: Record<string, string> };
    const order = JSON.parse(secret.stringData[ORDER_KEY] ?? '') as BuildOrder;
    this.orders.push(order);
    const running: Running = { abort: new AbortController(), order, done: Promise.resolve() };
    this.pods.set(name, running);
    this.peak = Math.max(this.peak, this.pods.size + this.stopping);
    const metadata = { name, labels, ownerReferences: [{ kind: 'Job', name, uid }] };
    this.fake.put('pods', { metadata, spec: template.spec, status: { phase: 'Pending' } });
    running.done = this.#run(name, running, metadata).catch((error: unknown) => {
      throw new Error(`the pod ${name} failed: ${String(error)}`);
    });
  }

  async #run(name: string, { order, abort }: Running, metadata: Stored['metadata']): Promise<void> {
    const update = (status: object): void => {
      const pod = this.fake.get('pods', name);
      if (pod !== undefined && !this.#killed.has(name))
        this.fake.put('pods', { ...pod, metadata: { ...pod.metadata, ...metadata }, status });
    };
    let message: BuildResult | undefined;
    await runBuildPod({
      order,
      config: readConfig({ ...order.environment, DATA_DIR: join(this.#folder, name) }),
      engine: this.engine,
      port: 0,
      signal: abort.signal,
      lastWordsMs: 300,
      show: new Writable({
        write: (chunk, _encoding, done) => {
          this.printed.set(name, (this.printed.get(name) ?? '') + String(chunk));
          done();
        },
      }),
      listening: (port) => {
        const address = new PodAddress(port, (own) =>
          update({ phase: 'Running', podIP: `127.0.0.1:${own}`, containerStatuses: [{ name: 'build', state: { running: {} } }] }),
        );
        this.#addresses.set(name, address);
      },
      ended: (result) => (message = result),
    });
    this.pods.delete(name);
    this.#addresses.get(name)?.close();
    const terminated = { exitCode: message?.state === 'succeeded' ? 0 : 1, message: JSON.stringify(message) };
    // The engine takes a while to end.
    this.stopping += 1;
    this.peak = Math.max(this.peak, this.pods.size + this.stopping);
    update({ phase: 'Running', containerStatuses: [{ name: 'build', state: { terminated } }] });
    await new Promise((resolve) => setTimeout(resolve, 30));
    this.stopping -= 1;
    const isWell = message?.state === 'succeeded';
    update({ phase: isWell ? 'Succeeded' : 'Failed', containerStatuses: [{ name: 'build', state: { terminated } }] });
    this.#endJob(name, isWell ? 'Complete' : 'Failed');
    if (this.fake.get('pods', name)?.metadata.deletionTimestamp !== undefined) this.fake.delete('pods', name);
  }

  /** As `kubectl delete pod`: it gets its word, and time for its last ones. */
  delete(name: string): void {
    const pod = this.fake.get('pods', name);
    const running = this.pods.get(name);
    if (pod === undefined) return;
    if (running === undefined) return this.fake.delete('pods', name);
    this.fake.put('pods', { ...pod, metadata: { ...pod.metadata, deletionTimestamp: new Date().toISOString() } });
    running.abort.abort(new Interruption('stop'));
  }

  /** As with its node, or its memory: no word from it. The pod has the state that is given, or is gone. */
  kill(name: string, status?: object): void {
    this.#killed.add(name);
    this.#addresses.get(name)?.close();
    const pod = this.fake.get('pods', name);
    this.pods.get(name)?.abort.abort(new Interruption('stop'));
    this.pods.delete(name);
    if (pod === undefined) return;
    if (status === undefined) this.fake.delete('pods', name);
    else {
      this.fake.put('pods', { ...pod, status });
      this.#endJob(name, 'Failed');
    }
  }

  /** First lines of what a pod was asked so far. */
  requests(name: string): readonly string[] {
    return this.#addresses.get(name)?.requests ?? [];
  }

  /** Cuts the connections to a pod whose request begins so, and gives how many there were. */
  cut(name: string, request: string): number {
    return this.#addresses.get(name)?.cut(request) ?? 0;
  }

  /** As the Job's controller. */
  #endJob(name: string, type: 'Complete' | 'Failed'): void {
    const job = this.fake.get('jobs', name);
    if (job !== undefined) this.fake.put('jobs', { ...job, status: { conditions: [{ type, status: 'True' }] } });
  }

  async close(): Promise<void> {
    const running = [...this.pods.values()];
    for (const { abort } of running) abort.abort(new Interruption('stop'));
    await Promise.allSettled(running.map(({ done }) => done));
    for (const address of this.#addresses.values()) address.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
