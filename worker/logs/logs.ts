// The logs of all builds: spooled while they run, in the store afterwards, and found wherever they are.
import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Uploads } from '../stores/uploads';
import type { BuildRecord } from '../state/record';
import { logObject, type Payload } from '../state/payload';
import { isFinal } from '../state/record';
import { handOverOf, type HandOver, type Records } from '../state/records';
import type { KafkaLog } from './kafka';
import { Secrets } from './mask';
import { secretValues } from './secret-values';
import { SpooledLog } from './spool';

export interface BuildLog {
  readonly spool: SpooledLog;
  /** Ends the spool; the line-by-line sinks follow on their own. Resolves with what hands it to the store. */
  end(): Promise<HandOver>;
}

/** A log as it is now; one that still grows has no size. */
export interface LogText {
  readonly size?: number;
  readonly body: Readable;
}

/** What the routes read. */
export interface LogReader {
  read(record: BuildRecord): Promise<LogText | undefined>;
  follow(key: string, offset: number, signal: AbortSignal): AsyncGenerator<Buffer>;
}

export interface LogsOptions {
  readonly folder: string;
  readonly maxBytes: number;
  readonly records: Records;
  readonly uploads: Uploads;
  /** Brings what earlier attempts have left to the file, before it is opened. @default it is there */
  readonly prepare?: (record: BuildRecord, file: string) => Promise<void>;
  /** What is written is a copy of what was masked elsewhere. @default false */
  readonly copies?: boolean;
  /** Build args that every build gets; their values are secrets, as those of the builds' own are. */
  readonly operatorArgs?: Readonly<Record<string, string>>;
  /** A sink for the lines of one build besides the spool. */
  readonly openKafka: (record: BuildRecord, hosts: string, buildNumber: number | string) => KafkaLog;
  /** Every line of every build, when SHOW_BUILD_LOGS is set. */
  readonly show?: ((record: BuildRecord, line: string) => void) | undefined;
}

export class Logs extends EventEmitter implements LogReader {
  #open = new Map<string, SpooledLog>();
  readonly #sinks = new Map<string, KafkaLog>();
  readonly #ending = new Set<Promise<void>>();
  readonly #secrets = new WeakMap<Payload, Secrets>();

  constructor(private readonly options: LogsOptions) {
    super();
    this.setMaxListeners(0);
  }

  /** What must not be read in this build's log and reason. */
  secrets(payload: Payload | undefined): Secrets {
    if (payload === undefined) return new Secrets([]);
    let secrets = this.#secrets.get(payload);
    if (secrets === undefined) {
      secrets = new Secrets(secretValues(payload, this.options.operatorArgs ?? {}));
      this.#secrets.set(payload, secrets);
    }
    return secrets;
  }

  async open(record: BuildRecord, payload: Payload | undefined): Promise<BuildLog> {
    const { folder, maxBytes, openKafka, show, prepare, copies = false } = this.options;
    const object = logObject(record.appId, record.number);
    await prepare?.(record, join(folder, object));
    const hosts = payload?.kafka_hosts;
    const kafka =
      payload === undefined || hosts === undefined || hosts === null || hosts.trim() === ''
        ? undefined
        : openKafka(record, hosts, payload.build_number);
    const spool = await SpooledLog.open({
      file: join(folder, object),
      maxBytes,
      ...(copies ? {} : { secrets: this.secrets(payload) }),
      // Lines are looked for only where somebody wants them.
      ...(kafka === undefined && show === undefined
        ? {}
        : {
            onLine: (line: string) => {
              kafka?.send(line);
              show?.(record, line);
            },
          }),
    });
    this.#open.set(record.key, spool);
    if (kafka !== undefined) this.#sinks.set(record.key, kafka);
    this.emit('opened', record.key);
    return {
      spool,
      end: async () => {
        await spool.end();
        this.#closeSink(record.key, true);
        return handOverOf(object, spool.file);
      },
    };
  }

  #closeSink(key: string, finished: boolean): void {
    const kafka = this.#sinks.get(key);
    if (kafka === undefined) return;
    this.#sinks.delete(key);
    const end = kafka.end(finished).finally(() => this.#ending.delete(end));
    this.#ending.add(end);
  }

  /** The disk is full: no log takes what is left of it. */
  fail(error: Error): void {
    for (const spool of this.#open.values()) spool.fail(error);
  }

  /** After the state that follows the log's end is on disk. A build that goes back to the queue opens its sink anew. */
  forget(key: string): void {
    this.#closeSink(key, false);
    this.#open.delete(key);
    this.emit('ended', key);
  }

  /** What there is of a log now. */
  async read(record: BuildRecord): Promise<LogText | undefined> {
    const spool = this.#open.get(record.key);
    if (spool === undefined) return this.options.uploads.get(logObject(record.appId, record.number));
    await spool.flush();
    return { body: Readable.from(spool.now(0), { objectMode: false }) };
  }

  /** The log from `offset` to the build's end, waiting for a queued build to begin and for one handed back to go on. */
  async *follow(key: string, offset: number, signal: AbortSignal): AsyncGenerator<Buffer> {
    let at = offset;
    while (!signal.aborted) {
      const spool = this.#open.get(key);
      if (spool !== undefined) {
        for await (const chunk of spool.follow(at, signal)) {
          at += chunk.length;
          yield chunk;
        }
        await this.#until(signal, () => this.#open.get(key) !== spool);
        continue;
      }
      const record = this.options.records.get(key);
      if (record === undefined) return;
      if (!isFinal(record.state)) {
        await this.#until(signal, () => this.#open.has(key) || isFinal(this.options.records.get(key)?.state ?? 'failed'));
        continue;
      }
      const stored = await this.options.uploads.get(logObject(record.appId, record.number));
      if (stored === undefined) return;
      let skip = at;
      for await (const piece of stored.body) {
        const chunk = Buffer.from(piece);
        if (skip >= chunk.length) skip -= chunk.length;
        else {
          yield chunk.subarray(skip);
          skip = 0;
        }
      }
      return;
    }
  }

  async #until(signal: AbortSignal, condition: () => boolean): Promise<void> {
    if (condition() || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const check = () => {
        if (!condition() && !signal.aborted) return;
        this.off('opened', check);
        this.off('ended', check);
        signal.removeEventListener('abort', check);
        resolve();
      };
      this.on('opened', check);
      this.on('ended', check);
      signal.addEventListener('abort', check);
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#ending);
  }
}
