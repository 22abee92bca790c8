// Which replica leads: a Lease in the cluster, renewed while its holder can, taken over when it was not.
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../errors';
import { hasStatus, type Api, type KubeObject } from './api';

const KIND = 'coordination.k8s.io/v1/leases';
/** A Lease that nobody has renewed for so long is free. */
const HELD_MS = 14_000;
/** A leader that could not renew for so long stops: its last request is over before another one begins. */
const DEADLINE_MS = 8000;
const TURN_MS = 2000;

interface LeaseObject extends KubeObject {
  readonly spec: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly acquireTime?: string;
    readonly renewTime?: string;
    readonly leaseTransitions?: number;
  };
}

export interface LeaseOptions {
  readonly api: Api;
  readonly name: string;
  readonly trouble: (message: string) => void;
  readonly leads: () => void;
  /** It cannot be renewed: whatever is done from now on is somebody else's to do. */
  readonly lost: () => void;
  /** @default 14, 8 and 2 s */
  readonly times?: { readonly heldMs: number; readonly deadlineMs: number; readonly turnMs: number };
}

export class Lease {
  readonly #identity = `${hostname()}_${randomUUID().slice(0, 8)}`;
  readonly #closing = new AbortController();
  /** The Lease as it was seen last, and when that was first seen: the clocks of other machines say nothing. */
  #seen: { readonly version: string; readonly at: number } | undefined;
  #renewedAt: number | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(private readonly options: LeaseOptions) {}

  get leads(): boolean {
    return this.#renewedAt !== undefined;
  }

  start(): void {
    this.#work = this.#run();
  }

  async #run(): Promise<void> {
    const { trouble, lost, times = { heldMs: HELD_MS, deadlineMs: DEADLINE_MS, turnMs: TURN_MS } } = this.options;
    while (!this.#closing.signal.aborted) {
      const begun = performance.now();
      try {
        // An answer that comes after the deadline is none.
        const late = this.#renewedAt === undefined ? times.deadlineMs : Math.max(1, this.#renewedAt + times.deadlineMs - begun);
        await this.#turn(times.heldMs, begun, AbortSignal.timeout(Math.ceil(late)));
      } catch (error) {
        if (!this.#closing.signal.aborted) trouble(messageOf(error));
      }
      if (this.#renewedAt !== undefined && performance.now() - this.#renewedAt >= times.deadlineMs) {
        this.#renewedAt = undefined;
        return lost();
      }
      await sleep(times.turnMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
    }
  }

  async #turn(heldMs: number, begun: number, signal: AbortSignal): Promise<void> {
    const { api, name, leads } = this.options;
    let lease: LeaseObject | undefined;
    try {
      lease = await api.json<LeaseObject>(api.path(KIND, name), { signal });
    } catch (error) {
      if (!hasStatus(error, 404)) throw error;
    }
    const { holderIdentity: holder = '', leaseTransitions = 0, acquireTime } = lease?.spec ?? {};
    const mine = holder === this.#identity;
    const version = lease?.metadata.resourceVersion ?? '';
    if (this.#seen?.version !== version) this.#seen = { version, at: begun };
    if (this.leads && !mine) {
      // Taken over: not renewed in time, whatever was thought here.
      this.#renewedAt = Number.NEGATIVE_INFINITY;
      return;
    }
    if (!mine && holder !== '' && begun - this.#seen.at < heldMs) return;
    const now = new Date().toISOString().replace('Z', '000Z');
    const spec = {
      holderIdentity: this.#identity,
      leaseDurationSeconds: Math.ceil(heldMs / 1000),
      acquireTime: mine && acquireTime !== undefined ? acquireTime : now,
      renewTime: now,
      leaseTransitions: mine ? leaseTransitions : leaseTransitions + 1,
    };
    await this.#write(lease, spec, signal);
    const first = !this.leads;
    this.#renewedAt = begun;
    // What is given back at once is not taken.
    if (first && !this.#closing.signal.aborted) leads();
  }

  async #write(lease: LeaseObject | undefined, spec: LeaseObject['spec'], signal: AbortSignal): Promise<void> {
    const { api, name } = this.options;
    const resourceVersion = lease?.metadata.resourceVersion;
    const metadata = { name, ...(resourceVersion === undefined ? {} : { resourceVersion }) };
    const body = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec };
    if (lease === undefined) await api.json(api.path(KIND), { method: 'POST', body, signal });
    else await api.json(api.path(KIND, name), { method: 'PUT', body, signal });
  }

  /** Lets another replica lead at once. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#work;
    if (!this.leads) return;
    this.#renewedAt = undefined;
    const { api, name } = this.options;
    const signal = AbortSignal.timeout(2000);
    try {
      const lease = await api.json<LeaseObject>(api.path(KIND, name), { signal });
      if (lease.spec.holderIdentity === this.#identity) await this.#write(lease, { ...lease.spec, holderIdentity: '' }, signal);
    } catch {
      // It runs out by itself.
    }
  }
}
