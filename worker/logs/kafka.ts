// Log lines to Kafka, one message a line as buildshuttle sends them: best effort, and never in the way of a build.
import { connect as tcpConnect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as tlsConnect } from 'node:tls';
import { Kafka, logLevel, type ISocketFactory, type Producer } from 'kafkajs';
import type { EgressPolicy } from '../egress/policy';
import { messageOf, isError } from '../errors';

/** What waits while the broker is slow or away; lines above it are dropped and counted. */
const MOST_WAITING = 20_000;
const MOST_WAITING_BYTES = 16 * 1024 ** 2;
const BATCH_LINES = 500;
/** Half of what a broker takes at its default of message.max.bytes. */
const BATCH_BYTES = 512 * 1024;
const LEAST_BATCH_BYTES = 256;
const END_MS = 5000;
const PAUSE_MS = 1000;
const CUT = ' … [cut: the broker takes no longer messages]';
const LAST_LINE = 'Build finished';

export interface KafkaLogOptions {
  /** host:port, separated by commas */
  readonly hosts: string;
  readonly topic: string;
  readonly app: string;
  readonly space: string;
  /** As the payload has it, number or text. */
  readonly buildNumber: number | string;
  readonly policy: EgressPolicy;
  readonly onTrouble: (message: string) => void;
  /** @default 5,000 ms */
  readonly endMs?: number;
}

/** Brokers announce further addresses themselves: each is checked when it is connected to. */
function socketFactory(policy: EgressPolicy): ISocketFactory {
  return ({ host, port, ssl, onConnect }) => {
    const target = { host, port, lookup: policy.lookup };
    try {
      policy.checkHost(host);
    } catch (error) {
      const refused: Socket = tcpConnect({
        ...target,
        host: 'refused.invalid',
        lookup: (_name, _lookup, callback) => callback(isError(error) ? error : new Error(String(error)), ''),
      });
      return refused;
    }
    return ssl ? tlsConnect({ ...target, ...ssl }, onConnect) : tcpConnect(target, onConnect);
  };
}

/** The broker takes no message, or no batch, of this size. */
function isTooLarge(error: unknown): boolean {
  for (let at: unknown = error, depth = 0; isError(at) && depth < 5; at = at.cause, depth += 1) {
    if ('type' in at && (at.type === 'MESSAGE_TOO_LARGE' || at.type === 'RECORD_LIST_TOO_LARGE')) return true;
  }
  return false;
}

/** As JSON of at most `most` bytes where the line leaves room for that; a longer line is cut, and says so. */
function fitted(encode: (line: string) => string, line: string, most: number): string {
  const whole = encode(line);
  if (Buffer.byteLength(whole) <= most) return whole;
  let kept = line.slice(0, most);
  while (kept !== '' && Buffer.byteLength(encode(kept + CUT)) > most) kept = kept.slice(0, kept.length / 2);
  return encode(kept + CUT);
}

export class KafkaLog {
  readonly #producer: Producer;
  readonly #waiting: string[] = [];
  #waitingBytes = 0;
  #dropped = 0;
  #ending = false;
  #told = false;
  #wake: (() => void) | undefined;
  readonly #done: Promise<void>;
  readonly #giveUp = new AbortController();
  #batchBytes = BATCH_BYTES;

  constructor(private readonly options: KafkaLogOptions) {
    const kafka = new Kafka({
      clientId: 'build-worker',
      brokers: options.hosts
        .split(',')
        .map((host) => host.trim())
        .filter((host) => host !== ''),
      logLevel: logLevel.NOTHING,
      connectionTimeout: 3000,
      requestTimeout: 10_000,
      retry: { retries: 1, initialRetryTime: 200 },
      socketFactory: socketFactory(options.policy),
    });
    this.#producer = kafka.producer({ allowAutoTopicCreation: true, retry: { retries: 1, initialRetryTime: 200 } });
    this.#done = this.#run();
  }

  /** Takes a line and returns at once. */
  send(line: string): void {
    if (this.#ending) return;
    const bytes = Buffer.byteLength(line);
    if (this.#waiting.length >= MOST_WAITING || this.#waitingBytes + bytes > MOST_WAITING_BYTES) this.#dropped += 1;
    else this.#add(line, bytes);
    this.#wake?.();
  }

  #add(line: string, bytes: number): void {
    this.#waiting.push(line);
    this.#waitingBytes += bytes;
  }

  #take(count: number): void {
    for (const line of this.#waiting.splice(0, count)) this.#waitingBytes -= Buffer.byteLength(line);
  }

  /** The next messages, as many as one batch takes; one at least. */
  #batch(): string[] {
    const messages: string[] = [];
    let bytes = 0;
    for (const line of this.#waiting.slice(0, BATCH_LINES)) {
      const message = fitted((text) => this.#message(text), line, this.#batchBytes);
      bytes += Buffer.byteLength(message);
      if (messages.length > 0 && bytes > this.#batchBytes) break;
      messages.push(message);
    }
    return messages;
  }

  async #run(): Promise<void> {
    const { topic, onTrouble, app, space, buildNumber } = this.options;
    const { signal } = this.#giveUp;
    // One key a build: its lines stay in order however many partitions the topic has.
    const key = `${app}-${space}/${buildNumber}`;
    let connected = false;
    let troubled = false;
    while (!signal.aborted) {
      if (this.#waiting.length === 0) {
        if (this.#ending) break;
        await new Promise<void>((resolve) => (this.#wake = resolve));
        continue;
      }
      const messages = this.#batch();
      try {
        if (!connected) {
          await this.#producer.connect();
          connected = true;
        }
        await this.#producer.send({ topic, acks: 1, messages: messages.map((value) => ({ key, value })) });
        this.#take(messages.length);
      } catch (error) {
        if (!troubled) onTrouble(messageOf(error));
        troubled = true;
        if (isTooLarge(error) && this.#batchBytes > LEAST_BATCH_BYTES) this.#batchBytes /= 2;
        else await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
      }
    }
    this.#tellLost();
    await this.#producer.disconnect().catch(() => undefined);
  }

  /** Once: at the end of all, or where nobody waits for that any more. */
  #tellLost(): void {
    const lost = this.#dropped + this.#waiting.length;
    if (lost > 0 && !this.#told) this.options.onTrouble(`${lost} log lines did not reach Kafka`);
    this.#told = true;
  }

  #message(message: string): string {
    const { app, space, buildNumber } = this.options;
    return JSON.stringify({ metadata: `${app}-${space}`, build: buildNumber, job: String(buildNumber), message });
  }

  /** Sends what waits, and the closing line where the build has ended; given up after 5 s, whatever the broker does. */
  async end(finished: boolean): Promise<void> {
    if (!this.#ending) {
      // The end is told even where lines were dropped.
      if (finished) this.#add(LAST_LINE, LAST_LINE.length);
      this.#ending = true;
      this.#wake?.();
    }
    const timer = new AbortController();
    const late = sleep(this.options.endMs ?? END_MS, undefined, { signal: timer.signal }).then(
      () => {
        this.#giveUp.abort();
        this.#tellLost();
      },
      () => undefined,
    );
    // What a broker that hangs has been sent goes on without anybody waiting for it.
    await Promise.race([this.#done, late]);
    timer.abort();
  }
}
