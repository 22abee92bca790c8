// Builds on Kubernetes against bare Jobs of the same pod, on a cluster of its own: how long until the first line, and how many a minute.
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { BUILDS_PARTS, buildsCluster, LITTLE, type BuildsCluster, type BuildsRelease } from '../../test/support/builds-cluster';
import { findRootParts, succeed } from '../../test/support/parts';
import type { PodTemplate } from '../../worker/cluster/job';
import { bareBuild, type BareBuild } from './bare-build';
import { median } from './measure';

const NAMESPACE = 'bench';
const LIMIT = 4;
/** What the worker may take longer than the bare Job until its first line. */
const MOST_SECONDS = 1.5;
/** Of the builds that bare Jobs come to in a minute. */
const LEAST_SHARE = 0.8;
/** Numbers of the first part and of the second one. */
const [SINGLE, MANY] = [100, 1000];

export interface KubernetesOptions {
  /** Archive of the sources. */
  readonly tar: string;
  /** Builds of each kind for the first line. */
  readonly times: number;
  /** Builds of each kind for the throughput. */
  readonly builds: number;
  readonly goal: (name: string, met: boolean, text: string) => void;
}

/** Serves the sources, and hears of the first line of bare builds. */
async function machineSide(host: string, tar: string) {
  const heard = new Map<string, () => void>();
  const server = createServer((request, response) => {
    const [, what, job = ''] = (request.url ?? '').split('/');
    if (what === 'first-line') heard.get(job)?.();
    response.end(what === 'sources.tar' ? readFileSync(tar) : undefined);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, host, resolve);
  });
  const url = `http://${host}:${(server.address() as AddressInfo).port}`;
  return {
    sources: `${url}/sources.tar`,
    told: (job: string) => `${url}/first-line/${job}`,
    firstLine: (job: string) => new Promise<void>((resolve) => heard.set(job, resolve)),
    stop: () => void server.close(),
  };
}
type MachineSide = Awaited<ReturnType<typeof machineSide>>;

/** The pod that builds have, but for the container that drives them. */
function bareJob(name: string, { metadata, spec }: PodTemplate, image: string, build: BareBuild): object {
  const containers = spec.containers.map((each) => ({ ...each, image, command: ['node', '--eval', bareBuild(build)] }));
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace: NAMESPACE },
    spec: {
      backoffLimit: 0,
      template: { metadata, spec: { ...spec, restartPolicy: 'Never', automountServiceAccountToken: false, containers } },
    },
  };
}

class Bench {
  #template: PodTemplate | undefined;

  constructor(
    private readonly cluster: BuildsCluster,
    private readonly release: BuildsRelease,
    private readonly machine: MachineSide,
  ) {}

  async #job(name: string, number: number): Promise<void> {
    this.#template ??= JSON.parse(
      await this.release.kubectl('get', 'configmap', 'buildshuttle-pod', '-o', 'jsonpath={.data.pod\\.json}'),
    ) as PodTemplate;
    const build = {
      sources: this.machine.sources,
      told: this.machine.told(name),
      repository: `${this.cluster.registry.address}/bench/bare`,
      number,
    };
    const job = bareJob(name, this.#template, 'build-worker:0.1.0', build);
    await succeed(this.cluster.cluster.kubectl(['create', '-f', '-'], JSON.stringify(job)));
  }

  /** Resolves when the Job is Complete. */
  async #completed(name: string): Promise<void> {
    await this.release.kubectl('wait', `job/${name}`, '--for=condition=Complete', '--timeout=300s');
  }

  /** Seconds until the first line of a bare Job, which then builds to its end. */
  async bareFirstLine(number: number): Promise<number> {
    const name = `bare-${number}`;
    const line = this.machine.firstLine(name);
    const begun = performance.now();
    await this.#job(name, number);
    await line;
    const seconds = (performance.now() - begun) / 1000;
    await this.#completed(name);
    return seconds;
  }

  /** Seconds from POST to what a follower of the log first sees. */
  async firstLine(number: number): Promise<number> {
    const { client } = this.release;
    const begun = performance.now();
    await client.post(number, this.machine.sources);
    const live = await client.ask(`/${client.id}/${number}/logs?follow=true`);
    const reader = live.body?.getReader();
    if (reader === undefined) throw new Error('the log has no body');
    await reader.read();
    const seconds = (performance.now() - begun) / 1000;
    await reader.cancel();
    await this.#succeeded(number);
    return seconds;
  }

  async #succeeded(number: number): Promise<void> {
    const { status, reason } = await this.release.client.ended(number, 300);
    if (status !== 'succeeded') throw new Error(`build ${number}: ${status}: ${reason}`);
  }

  /** Seconds of so many bare Jobs, `LIMIT` at a time. */
  async bareMany(count: number): Promise<number> {
    const begun = performance.now();
    let next = 0;
    const hand = async (): Promise<void> => {
      while (next < count) {
        const number = MANY + (next += 1);
        await this.#job(`bare-${number}`, number);
        await this.#completed(`bare-${number}`);
      }
    };
    await Promise.all(Array.from({ length: LIMIT }, hand));
    return (performance.now() - begun) / 1000;
  }

  /** Seconds of so many builds that are posted at once. */
  async many(count: number): Promise<number> {
    const numbers = Array.from({ length: count }, (_, index) => MANY + 1 + index);
    const begun = performance.now();
    await Promise.all(numbers.map((number) => this.release.client.post(number, this.machine.sources)));
    await Promise.all(numbers.map((number) => this.#succeeded(number)));
    return (performance.now() - begun) / 1000;
  }
}

/** @returns whether it could be measured here */
export async function kubernetes({ tar, times, builds, goal }: KubernetesOptions): Promise<boolean> {
  const parts = findRootParts(...BUILDS_PARTS);
  if (!parts) return false;
  const cluster = await buildsCluster(parts);
  const { machine: host } = cluster.cluster.addresses;
  const machine = await machineSide(host, tar);
  try {
    const release = await cluster.release(NAMESPACE, {
      builds: { parallel: LIMIT, noCache: true, resources: LITTLE },
      egress: { allow: [`${host}/32`] },
    });
    const bench = new Bench(cluster, release, machine);
    const [bare, ours]: [number[], number[]] = [[], []];
    for (let time = 0; time <= times; time += 1) {
      const a = await bench.bareFirstLine(SINGLE + time);
      const b = await bench.firstLine(SINGLE + time);
      // The first turn fills caches.
      if (time > 0) {
        bare.push(a);
        ours.push(b);
      }
    }
    const [a, b] = [median(bare), median(ours)];
    goal(
      'POST to the first line, on Kubernetes',
      b <= a + MOST_SECONDS,
      `bare Job ${a.toFixed(2)} s, worker ${b.toFixed(2)} s (at most ${MOST_SECONDS} s more), medians of ${times}, load ${load()}`,
    );
    // Pods of the first part are on their way out.
    await sleep(5000);
    const bareMinute = (60 * builds) / (await bench.bareMany(builds));
    const minute = (60 * builds) / (await bench.many(builds));
    goal(
      `builds a minute at limit ${LIMIT}, on Kubernetes`,
      minute >= bareMinute * LEAST_SHARE,
      `bare Jobs ${bareMinute.toFixed(1)}, worker ${minute.toFixed(1)} ` +
        `(${(minute / bareMinute).toFixed(2)} of it, at least ${LEAST_SHARE}), ` +
        `${builds} of each, load ${load()}`,
    );
    return true;
  } finally {
    machine.stop();
    await cluster.stop();
  }
}

/** Of the last minute: what else runs on this machine is in the figures. */
const load = (): string => (loadavg()[0] ?? 0).toFixed(1);
