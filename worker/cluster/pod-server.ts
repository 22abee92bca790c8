// What a build's pod answers to the worker: it takes the sources, and gives the log and the phases while they come.
import { timingSafeEqual } from 'node:crypto';
import { once, EventEmitter } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { SpooledLog } from '../logs/spool';
import type { RunningState } from '../state/record';
import type { BuildResult } from './pod';

/** One line of `GET /phases`. */
export interface Told {
  /** The sources are not here yet. */
  readonly wantsSources?: boolean;
  readonly state?: RunningState;
  readonly result?: BuildResult;
}

export interface PodServerOptions {
  readonly token: string;
  readonly port: number;
  readonly log: SpooledLog;
  /** Where the sources go. */
  readonly sources: string;
}

export class PodServer {
  readonly #events = new EventEmitter();
  readonly #told: Told[] = [];
  readonly #server = createServer((request, response) => {
    this.#answer(request, response).catch(() => response.destroy());
  });
  #hasSources = false;
  #collected = false;

  constructor(private readonly options: PodServerOptions) {
    this.#events.setMaxListeners(0);
  }

  async listen(): Promise<number> {
    this.#server.listen(this.options.port);
    await once(this.#server, 'listening');
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  tell(told: Told): void {
    this.#told.push(told);
    this.#events.emit('told');
  }

  /** Resolves when the sources are there, whole. */
  async sources(signal: AbortSignal): Promise<void> {
    if (this.#hasSources) return;
    this.tell({ wantsSources: true });
    await once(this.#events, 'sources', { signal });
  }

  /** Resolves when the worker has all of the log. */
  async collected(signal: AbortSignal): Promise<void> {
    if (!this.#collected) await once(this.#events, 'collected', { signal });
  }

  #isAllowed({ headers }: IncomingMessage): boolean {
    const [given, wanted] = [headers.authorization ?? '', `Bearer ${this.options.token}`].map((text) => Buffer.from(text)) as [
      Buffer,
      Buffer,
    ];
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://pod');
    if (!this.#isAllowed(request)) return void response.writeHead(401).end();
    switch (`${request.method} ${url.pathname}`) {
      case 'PUT /sources': {
        const part = `${this.options.sources}.part`;
        await pipeline(request, createWriteStream(part, { mode: 0o600 }));
        await rename(part, this.options.sources);
        this.#hasSources = true;
        this.#events.emit('sources');
        return void response.end();
      }
      case 'GET /log': {
        const closed = closing(response);
        const from = Number(url.searchParams.get('from') ?? 0);
        response.writeHead(200, { 'content-type': 'application/octet-stream' });
        response.flushHeaders();
        await this.options.log.flush().catch(() => undefined);
        const log = url.searchParams.get('follow') === 'false' ? this.options.log.now(from) : this.options.log.follow(from, closed);
        return pipeline(Readable.from(log, { objectMode: false }), response);
      }
      case 'GET /phases':
        response.writeHead(200, { 'content-type': 'application/x-ndjson' });
        return pipeline(Readable.from(this.#lines(closing(response)), { objectMode: false }), response);
      case 'POST /collected':
        this.#collected = true;
        this.#events.emit('collected');
        return void response.end();
      default:
        return void response.writeHead(404).end();
    }
  }

  /** All that was told, then what is told until the result. */
  async *#lines(signal: AbortSignal): AsyncGenerator<string> {
    for (let at = 0; !signal.aborted; at += 1) {
      while (at >= this.#told.length) await once(this.#events, 'told', { signal });
      const told = this.#told[at] ?? {};
      yield `${JSON.stringify(told)}\n`;
      if (told.result !== undefined) return;
    }
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

function closing(response: ServerResponse): AbortSignal {
  const closed = new AbortController();
  response.once('close', () => closed.abort());
  return closed.signal;
}
