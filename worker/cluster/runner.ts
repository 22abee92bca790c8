// A build's attempt as a Job: its pod is given what it needs, its log collected, its result read, and nothing of it left running.
import { setTimeout as sleep } from 'node:timers/promises';
import { orInterrupted } from '../builds/interrupted';
import type { LatestTag } from '../builds/latest';
import { targetLogin } from '../builds/logins';
import { moveLatest, type PlacedContext, type RunContext } from '../builds/run';
import type { EgressPolicy } from '../egress/policy';
import { BuildFailure, EngineUnavailable, Interruption, interruptionOf, messageOf, RequestError } from '../errors';
import { digestOf, tagManifest, type Registry } from '../registry/manifests';
import { targetOf } from '../state/payload';
import type { BuildRecord } from '../state/record';
import { ApiUnavailable, hasStatus, type KubeObject } from './api';
import { Conversation, type ConversationOptions } from './conversation';
import { jobOf, secretOf, type JobOptions } from './job';
import { jobName, OPEN_LABEL, STATE_LABEL, stateLabel } from './names';
import { ORDER_KEY, type BuildOrder } from './order';
import type { BuildResult, Job } from './pod';
import { JOBS, PODS } from './view';

/** A pod that is told to end has this long: it asks the registry, and says how far the build came. */
const GRACE_SECONDS = 5;
const STOP_MS = 8000;
/** The engine beside a build that has ended is told to end as well. */
const END_MS = 30_000;
const AGAIN_MS = 500;
const LATEST_ATTEMPTS = 4;

export interface RunnerOptions extends Omit<JobOptions, 'ownerUid' | 'timeoutMs'>, ConversationOptions {
  readonly latest: LatestTag;
  readonly policy: EgressPolicy;
  /** `BUILD_VARIABLES` of the worker. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** No fault of the build's. */
const isAway = (error: unknown): boolean => error instanceof ApiUnavailable || error instanceof RequestError;

export class JobRunner {
  constructor(private readonly options: RunnerOptions) {}

  /** The Job of a build that waits. */
  async ensure(record: BuildRecord): Promise<Job | undefined> {
    const { api, records } = this.options;
    const name = this.#name(record, record.state === 'queued' ? record.attempts + 1 : record.attempts);
    const ownerUid = records.uid(record.key);
    if (ownerUid === undefined) return undefined;
    const body = jobOf(name, record, { ...this.options, ownerUid, timeoutMs: this.#left(record) });
    try {
      return await api.json<Job>(api.path(JOBS), { method: 'POST', body });
    } catch (error) {
      if (!hasStatus(error, 409)) throw error;
      return api.json<Job>(api.path(JOBS, name));
    }
  }

  #name({ key, attempts }: BuildRecord, attempt = attempts): string {
    return jobName(this.options.worker, key, attempt);
  }

  #left({ ranMs = 0 }: BuildRecord): number {
    return Math.max(1, this.options.timeoutMs - ranMs);
  }

  async run(context: PlacedContext): Promise<void> {
    const { record, signal } = context;
    if (record.digest !== undefined) return this.#latest(context, record.digest, signal);
    const name = this.#name(record);
    const conversation = new Conversation(this.options, name, context);
    let result: BuildResult;
    try {
      await this.#start(context);
      result = await this.#attend(name, context, conversation);
    } catch (error) {
      await this.#unlessClosing();
      const interruption = interruptionOf(signal);
      const ended = await this.#stop(name, record);
      if (ended !== undefined) await conversation.complete(ended);
      // It may have come too late: the registry has the image.
      if (interruption !== undefined && ended?.digest !== undefined) result = ended;
      else throw interruption ?? (isAway(error) ? new EngineUnavailable(messageOf(error), { cause: error }) : error);
    } finally {
      await conversation.end();
      await context.log.flush().catch(() => undefined);
    }
    await this.#unlessClosing();
    await this.#settle(name, context, result);
  }

  /** Nothing is decided any more by a process that ends: the next leader goes on. */
  async #unlessClosing(): Promise<void> {
    if (this.options.closing.aborted) await new Promise<never>(() => undefined);
  }

  async #settle(name: string, context: RunContext, result: BuildResult): Promise<void> {
    const { records } = this.options;
    const { record, pushed } = context;
    const { state, digest, insecure, reason = 'no reason was given' } = result;
    if (digest !== undefined) {
      // Before the digest: who goes on from there must know.
      if (insecure !== undefined) await records.transition(record.key, { insecure });
      const signal = await pushed(digest);
      await this.#finish(name, record, 'succeeded');
      return this.#latest(context, digest, signal);
    }
    if (state === 'failed' || state === 'succeeded') {
      await this.#finish(name, record, 'failed');
      throw new BuildFailure(state === 'failed' ? reason : 'the pod told no digest');
    }
    if (state === 'timed out') {
      await this.#finish(name, record, 'timed out');
      throw new Interruption('timeout');
    }
    await this.#stop(name, record);
    throw new EngineUnavailable(reason);
  }

  /** Goes on where a leader before this one was lost, whatever it had done. */
  async #start({ record, payload, signal }: RunContext): Promise<void> {
    const { api, environment, token, worker } = this.options;
    for (;;) {
      try {
        const job = await this.ensure(record);
        if (job === undefined) throw new Error('the build is gone');
        if (job.spec?.suspend !== true) return;
        const { name } = job.metadata;
        const order: BuildOrder = { record, payload, environment, token: token(name), timeoutMs: this.#left(record) };
        await this.#secret(job, secretOf(job, worker, { [ORDER_KEY]: JSON.stringify(order) }));
        await api.json(api.path(JOBS, name), { method: 'PATCH', body: { spec: { suspend: false } } });
        return;
      } catch (error) {
        if (hasStatus(error, 413) || hasStatus(error, 422) || hasStatus(error, 403))
          throw new BuildFailure(`the cluster does not take the build: ${messageOf(error)}`, { cause: error });
        await this.#again(record, error, signal);
      }
    }
  }

  async #secret(job: KubeObject, body: object): Promise<void> {
    const { api } = this.options;
    const { name, uid } = job.metadata;
    try {
      await api.json(api.path('secrets'), { method: 'POST', body });
    } catch (error) {
      if (!hasStatus(error, 409)) throw error;
      const present = await api.json<KubeObject>(api.path('secrets', name));
      if (present.metadata.ownerReferences?.some((owner) => (owner as { uid?: string }).uid === uid) === true) return;
      // Of a Job by the same name that is gone: it would go as well.
      await this.#delete('secrets', name);
      throw new Error('the Secret belongs to another Job', { cause: error });
    }
  }

  /** Waits for the result, from the pod itself or of its end, and collects the log meanwhile. */
  async #attend(name: string, context: PlacedContext, conversation: Conversation): Promise<BuildResult> {
    const { signal } = context;
    const until = conversation.open;
    const ended = this.options.view.result(name, until);
    const told = conversation.result();
    for (const each of [ended, told]) each.catch(() => undefined);
    const first = await orInterrupted(signal, Promise.race([told, ended]));
    // Its place is taken by another build when nothing of its pod runs any more, the engine included.
    const late = AbortSignal.any([until, AbortSignal.timeout(END_MS)]);
    if (!this.options.view.isLost(name)) {
      const over = this.options.view.ended(name, late).then(context.vacated, () => this.#removePod(name, until));
      await orInterrupted(signal, over);
    }
    // A pod that did not end by itself does not know why.
    const unsure = first.state === 'interrupted' || first.state === 'lost';
    const result = unsure ? await this.options.view.result(name, late).catch(() => first) : first;
    await conversation.complete(result);
    return result;
  }

  /** A pod that never began, such as one whose image is not to be had, must not begin after the build's end. */
  async #removePod(name: string, until: AbortSignal): Promise<void> {
    const pod = this.options.view.podOf(name);
    if (pod !== undefined && !until.aborted) await this.#delete(PODS, pod.metadata.name, { gracePeriodSeconds: GRACE_SECONDS });
  }

  /** The Job stays as history, closed; its Secret goes. */
  async #finish(name: string, record: BuildRecord, state: BuildRecord['state']): Promise<void> {
    const { api } = this.options;
    const body = { metadata: { labels: { [STATE_LABEL]: stateLabel(state), [OPEN_LABEL]: null } } };
    await this.#delete('secrets', name);
    await this.#tried(record, () => api.json(api.path(JOBS, name), { method: 'PATCH', body }));
    this.options.view.forget(name);
  }

  /** Nothing of it is left when this resolves. Gives the pod's last words. */
  async #stop(name: string, record: BuildRecord): Promise<BuildResult | undefined> {
    const { view } = this.options;
    const late = AbortSignal.timeout(STOP_MS);
    const pod = view.podOf(name);
    if (pod !== undefined) await this.#delete(PODS, pod.metadata.name, { gracePeriodSeconds: GRACE_SECONDS });
    const words = pod === undefined ? undefined : await view.result(name, late).catch(() => undefined);
    await this.#delete(JOBS, name, { propagationPolicy: 'Background' });
    await this.#delete('secrets', name);
    await view.ended(name, late).catch(async () => {
      const left = view.podOf(name);
      if (left !== undefined) await this.#delete(PODS, left.metadata.name, { gracePeriodSeconds: 0 });
      this.options.trouble(record.key, 'the pod did not end in time, and was removed by force');
    });
    view.forget(name);
    return words;
  }

  /** Removes the Job of a build that has ended without its turn. */
  async withdraw(record: BuildRecord): Promise<void> {
    const name = this.#name(record, record.attempts + 1);
    if (this.options.view.jobs.some(({ metadata, spec }) => metadata.name === name && spec?.suspend === true))
      await this.#delete(JOBS, name, { propagationPolicy: 'Background' });
  }

  /** Removes what a leader that was lost has not got to: Jobs that are open, of builds that are not. Before anything runs. */
  async sweep(): Promise<void> {
    const { view, records } = this.options;
    const open = new Set(
      records.open().map((record) => this.#name(record, record.state === 'queued' ? record.attempts + 1 : record.attempts)),
    );
    for (const { metadata } of view.jobs)
      if (!open.has(metadata.name)) await this.#delete(JOBS, metadata.name, { propagationPolicy: 'Background' });
  }

  async #delete(kind: string, name: string, body: object = {}): Promise<void> {
    const { api } = this.options;
    await this.#tried({ key: name }, () => api.json(api.path(kind, name), { method: 'DELETE', body }));
  }

  /**
   * What is not there any more needs nothing. An API server that is away is waited
   * for: a leader that cannot reach it does not lead for long.
   */
  async #tried(record: Pick<BuildRecord, 'key'>, work: () => Promise<unknown>): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await work();
        return;
      } catch (error) {
        if (hasStatus(error, 404)) return;
        if (attempt >= 20) return this.options.trouble(record.key, messageOf(error));
        await sleep(AGAIN_MS);
      }
    }
  }

  async #again({ key }: BuildRecord, error: unknown, signal: AbortSignal): Promise<void> {
    if (signal.aborted || error instanceof BuildFailure) throw error;
    this.options.trouble(key, messageOf(error));
    await sleep(AGAIN_MS, undefined, { signal });
  }

  /** The pod has pushed the image; its second name is a matter of the registry alone. */
  #latest(context: RunContext, digest: string, signal: AbortSignal): Promise<void> {
    const { policy, latest, records } = this.options;
    const { payload, log, record } = context;
    const { host, path } = targetOf(payload);
    const registry: Registry = {
      policy,
      host,
      repository: path,
      insecure: records.get(record.key)?.insecure ?? false,
      login: targetLogin(payload),
      signal,
    };
    const push = async () => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          await tagManifest(registry, digest, 'latest');
          return digest;
        } catch (error) {
          if (error instanceof BuildFailure || attempt >= LATEST_ATTEMPTS) throw error;
          await sleep(AGAIN_MS * 2 ** attempt, undefined, { signal });
        }
      }
    };
    const engine = { digest: () => digestOf(registry, 'latest'), push };
    const work = { signal, output: (text: string | Buffer) => log.write(text) };
    return moveLatest({ engine, latest }, context, work, digest, async () => undefined);
  }
}
