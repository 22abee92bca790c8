// What a leader and the pod of a build's attempt say to each other: sources, phases, and a log that is written down once.
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunContext } from '../builds/run';
import type { SourceFetches } from '../builds/source-fetches';
import { BuildFailure, messageOf } from '../errors';
import type { BuildRecord } from '../state/record';
import type { Api } from './api';
import { STATE_LABEL, stateLabel } from './names';
import { BUILD_CONTAINER, type BuildResult } from './pod';
import { podLog, podPhases, putSources, tellCollected, type PodAddress } from './pod-client';
import type { ClusterRecords } from './records';
import { JOBS, PODS, type ClusterView } from './view';

/** A pod whose build is about to begin is asked often; from then on, each so many times it is told that it does not answer. */
const ASK_MS = 100;
const ASK_AGAIN_MS = 500;
const TELL_EVERY = 100;
/** A log that is asked of the kubelet. */
const LOG_IDLE_MS = 10_000;

export interface ConversationOptions {
  readonly api: Api;
  readonly records: ClusterRecords;
  readonly view: ClusterView;
  readonly fetches: SourceFetches;
  /** What a pod asks of whoever talks to it. */
  readonly token: (job: string) => string;
  /** Aborted when the process ends: what runs goes on without it. */
  readonly closing: AbortSignal;
  readonly trouble: (build: string, message: string) => void;
}

export class Conversation {
  readonly #over = new AbortController();
  /** Until the conversation has ended. */
  readonly open: AbortSignal;
  /** Of the log, written down so far. */
  #bytes = 0;
  #talk: Promise<unknown> = Promise.resolve();

  /** @param name of the Job */
  constructor(
    private readonly options: ConversationOptions,
    private readonly name: string,
    private readonly context: RunContext,
  ) {
    this.open = AbortSignal.any([this.#over.signal, options.closing]);
  }

  /** Talks to the pod until it tells its result. */
  result(): Promise<BuildResult> {
    const talk = this.#converse();
    this.#talk = talk;
    return talk;
  }

  /** Resolves when nobody writes to the log any more. */
  async end(): Promise<void> {
    this.#over.abort(new Error('the build has ended'));
    await this.#talk.catch(() => undefined);
  }

  /** A pod that does not answer is asked again: whether it is still there, others say. */
  async #converse(): Promise<BuildResult> {
    const { view, records, token, trouble } = this.options;
    const { key } = this.context.record;
    for (let failures = 0; ;) {
      const address = await view.address(this.name, this.open);
      if (records.get(key)?.address !== address) await records.transition(key, { address });
      const pod: PodAddress = { address, token: token(this.name) };
      try {
        const result = await this.#once(pod);
        if (result !== undefined && this.#bytes >= (result.logBytes ?? 0)) {
          await tellCollected(pod, this.open).catch(() => undefined);
          return result;
        }
      } catch (error) {
        if (this.open.aborted || error instanceof BuildFailure) throw error;
        if ((failures += 1) % TELL_EVERY === 0) trouble(key, `its pod is not reached at ${address}: ${messageOf(error)}`);
      }
      await sleep(failures < TELL_EVERY ? ASK_MS : ASK_AGAIN_MS, undefined, { signal: this.open });
    }
  }

  /** Phases and log side by side. One that is cut off ends the other: asked anew beside it, the log would be written twice. */
  async #once(pod: PodAddress): Promise<BuildResult | undefined> {
    const cut = new AbortController();
    const signal = AbortSignal.any([this.open, cut.signal]);
    const both = [this.#phases(pod, signal), this.#collect(pod, signal)] as const;
    for (const each of both) each.catch((error: unknown) => cut.abort(error));
    await Promise.allSettled(both);
    return (await Promise.all(both))[0];
  }

  async #phases(pod: PodAddress, signal: AbortSignal): Promise<BuildResult | undefined> {
    const { fetches } = this.options;
    const { record, payload, phase, signal: going } = this.context;
    for await (const { wantsSources, state, result } of podPhases(pod, signal)) {
      if (wantsSources === true) {
        await fetches.obtain({ record, payload, signal: AbortSignal.any([signal, going]), line: async () => undefined });
        await putSources(pod, fetches.file(record), signal);
      }
      if (state !== undefined && !going.aborted) {
        await phase(state);
        await this.#show(state);
      }
      if (result !== undefined) return result;
    }
    return undefined;
  }

  async #collect(pod: PodAddress, signal: AbortSignal): Promise<void> {
    const body = await podLog(pod, this.#bytes, true, signal);
    try {
      for await (const chunk of body) await this.#write(Buffer.from(chunk));
    } finally {
      body.destroy();
    }
  }

  async #write(bytes: Buffer): Promise<void> {
    await this.context.log.write(bytes);
    this.#bytes += bytes.length;
  }

  /**
   * Ends the conversation. What the pod printed and did not live to tell is asked
   * of its kubelet; the log says what nobody has any more.
   */
  async complete({ logBytes, state }: BuildResult): Promise<void> {
    await this.end();
    if (logBytes !== undefined && this.#bytes >= logBytes) return;
    const { api, view } = this.options;
    const pod = view.podOf(this.name);
    try {
      if (pod === undefined) throw new Error('it is gone');
      const signal = AbortSignal.timeout(LOG_IDLE_MS);
      const body = await api.stream(`${api.path(PODS, pod.metadata.name)}/log`, { container: BUILD_CONTAINER }, signal, LOG_IDLE_MS);
      let skip = this.#bytes;
      for await (const chunk of body) {
        const bytes = Buffer.from(chunk).subarray(Math.min(skip, chunk.length));
        skip -= chunk.length - bytes.length;
        await this.#write(bytes);
      }
      if (logBytes !== undefined && this.#bytes < logBytes) throw new Error('its kubelet has only part of it');
    } catch (error) {
      const missing =
        logBytes === undefined
          ? state === 'lost'
            ? 'what it printed last may be'
            : 'an unknown part is'
          : `${logBytes - this.#bytes} bytes are`;
      await this.context.log.line(`The log of the pod could not be read to its end (${messageOf(error)}): ${missing} missing here.`);
    }
  }

  /** The state as a column of `kubectl get jobs`. Whoever takes a build over hears of its states again, from the first one on. */
  async #show(state: BuildRecord['state']): Promise<void> {
    const { api, records } = this.options;
    if (records.get(this.context.record.key)?.state !== state) return;
    // Nobody but people reads it: the record has it.
    await api
      .json(api.path(JOBS, this.name), { method: 'PATCH', body: { metadata: { labels: { [STATE_LABEL]: stateLabel(state) } } } })
      .catch(() => undefined);
  }
}
