// Logs as any replica reads them: from the pod while the build runs, from the store before and afterwards.
import { Readable } from 'node:stream';
import type { LogReader, LogText } from '../logs/logs';
import { logObject } from '../state/payload';
import { isFinal, type BuildRecord } from '../state/record';
import type { Records } from '../state/records';
import type { StoredObject } from '../stores/store';
import { jobName } from './names';
import { podLog, type PodAddress } from './pod-client';

/** A pod that does not answer, or an end that is not written down yet, is looked at again. */
const AGAIN_MS = 200;

export interface ClusterLogsOptions {
  readonly records: Records;
  readonly worker: string;
  readonly stored: (object: string) => Promise<StoredObject | undefined>;
  /** What a pod asks of whoever talks to it. */
  readonly token: (job: string) => string;
}

export class ClusterLogs implements LogReader {
  constructor(private readonly options: ClusterLogsOptions) {}

  #pod(record: BuildRecord): PodAddress | undefined {
    if (record.address === undefined || isFinal(record.state) || record.state === 'queued') return undefined;
    return { address: record.address, token: this.options.token(jobName(this.options.worker, record.key, record.attempts)) };
  }

  async read(record: BuildRecord): Promise<LogText | undefined> {
    const object = logObject(record.appId, record.number);
    if (isFinal(record.state)) return this.options.stored(object);
    const [before, pod] = [record.logBytes ?? 0, this.#pod(record)];
    if (before === 0 && pod === undefined) return undefined;
    return { body: Readable.from(this.#now(object, before, pod), { objectMode: false }) };
  }

  async *#now(object: string, before: number, pod: PodAddress | undefined): AsyncGenerator<Buffer> {
    if (before > 0) yield* this.#stored(object, 0, before);
    if (pod === undefined) return;
    const body = await podLog(pod, 0, false, AbortSignal.timeout(60_000));
    for await (const chunk of body) yield Buffer.from(chunk);
  }

  /** Bytes of the store's log. */
  async *#stored(object: string, from: number, to: number): AsyncGenerator<Buffer> {
    const stored = await this.options.stored(object);
    let at = 0;
    for await (const piece of stored?.body ?? []) {
      const bytes = Buffer.from(piece);
      const part = bytes.subarray(Math.max(0, from - at), Math.max(0, to - at));
      at += bytes.length;
      if (part.length > 0) yield part;
      if (at >= to) break;
    }
    stored?.body.destroy();
  }

  /** As the one on one machine: from `offset` to the build's end, over attempts, and over replicas of which one is asked anew. */
  async *follow(key: string, offset: number, signal: AbortSignal): AsyncGenerator<Buffer> {
    let at = offset;
    while (!signal.aborted) {
      const record = this.options.records.get(key);
      if (record === undefined) return;
      const object = logObject(record.appId, record.number);
      if (isFinal(record.state)) return yield* this.#stored(object, at, Number.POSITIVE_INFINITY);
      const before = record.logBytes ?? 0;
      const pod = this.#pod(record);
      try {
        if (at < before) {
          for await (const chunk of this.#stored(object, at, before)) {
            at += chunk.length;
            yield chunk;
          }
        }
        if (pod !== undefined)
          for await (const chunk of await podLog(pod, at - before, true, signal)) {
            const bytes = Buffer.from(chunk);
            at += bytes.length;
            yield bytes;
          }
      } catch {
        // The pod is gone, or not reached: what the record says next is followed.
      }
      await this.#changed(record, signal);
    }
  }

  /** Resolves when the build is another than it was, or it is time to look again. */
  async #changed(record: BuildRecord, signal: AbortSignal): Promise<void> {
    const until = performance.now() + AGAIN_MS;
    while (!signal.aborted && performance.now() < until && this.options.records.get(record.key) === record)
      await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
