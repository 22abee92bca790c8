// Log lines to Kafka, one message a line as buildshuttle sends them: best effort, and never in the way of a build.
import { connect as tcpConnect, type Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import { Kafka, logLevel, type Producer } from 'kafkajs';
import type { EgressPolicy } from '../egress/policy';
import { messageOf, isError } from '../errors';

const MOST_WAITING = 20_000;
const BATCH = 500;
const END_MS = 5000;
const PAUSE_MS = 1000;

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
}

export class KafkaLog {
  readonly #producer: Producer;
  #waiting: string[] = [];
  #dropped = 0;
  #ending = false;
  #wake: (() => void) | undefined;
  readonly #done: Promise<void>;
  readonly #giveUp = new AbortController();

  constructor(private readonly options: KafkaLogOptions) {
    const { policy } = options;
    const kafka = new Kafka({
      clientId: 'build-worker',
      brokers: options.hosts.split(',').map((host) => host.trim()).filter((host) => host !== ''),
      logLevel: logLevel.NOTHING,
      connectionTimeout: 3000,
      requestTimeout: 10_000,
      retry: { retries: 1, initialRetryTime: 200 },
      // Brokers announce further addresses themselves: each is checked when it is connected to.
      socketFactory: ({ host, port, ssl, onConnect }) => {
        const target = { host, port, lookup: policy.lookup };
        try {
          policy.checkHost(host);
        } catch (error) {
          const refused: Socket = tcpConnect({ ...target, host: 'refused.invalid', lookup: (_name, _lookup, callback) => callback(isError(error) ? error : new Error(String(error)), '') });
          return refused;
        }
        return ssl ? tlsConnect({ ...target, ...ssl }, onConnect) : tcpConnect(target, onConnect);
      },
    });
    this.#producer = kafka.producer({ allowAutoTopicCreation: true, retry: { retries: 1, initialRetryTime: 200 } });
    this.#done = this.#run();
  }

  send(line: string): void {
    if (this.#ending) return;
    if (this.#waiting.length >= MOST_WAITING) this.#dropped += 1;
    else this.#waiting.push(line);
    this.#wake?.();
  }

  async #run(): Promise<void> {
    let connected = false;
    let troubled = false;
    while (!this.#giveUp.signal.aborted) {
      if (this.#waiting.length === 0) {
        if (this.#ending) break;
        await new Promise<void>((resolve) => (this.#wake = resolve));
        continue;
      }
      const batch = this.#waiting.slice(0, BATCH);
      try {
        if (!connected) {
          await this.#producer.connect();
          connected = true;
        }
        await this.#producer.send({ topic: this.options.topic, acks: 1, messages: batch.map((message) => ({ value: this.#message(message) })) });
        this.#waiting.splice(0, batch.length);
      } catch (error) {
        if (!troubled) this.options.onTrouble(messageOf(error));
        troubled = true;
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    }
    const lost = this.#dropped + this.#waiting.length;
    if (lost > 0) this.options.onTrouble(`${lost} log lines did not reach Kafka`);
    await this.#producer.disconnect().catch(() => undefined);
  }

  #message(message: string): string {
    const { app, space, buildNumber } = this.options;
    return JSON.stringify({ metadata: `${app}-${space}`, build: buildNumber, job: String(buildNumber), message });
  }

  /** Sends the closing line; gives up after 5 s. */
  async end(): Promise<void> {
    if (!this.#ending) {
      // The end is told even where lines were dropped.
      this.#waiting.push('Build finished');
      this.#ending = true;
      this.#wake?.();
    }
    const timer = setTimeout(() => this.#giveUp.abort(), END_MS);
    await this.#done.finally(() => clearTimeout(timer));
  }
}
