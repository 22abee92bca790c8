// Requests to the Docker engine's API: errors sorted into the build's, the engine's and interruptions.
import { IncomingMessage } from 'node:http';
import { Duplex, type Readable } from 'node:stream';
import type { DialOptions } from 'docker-modem';
import Docker from 'dockerode';
import { BuildFailure, codeOf, EngineUnavailable, interruptionOf, messageOf, isError } from '../../errors';
import { plainHost, type RegistryLogin, type RegistryLogins } from '../../registry/login';
import { queryText, type Query } from './query';

export interface EngineRequest {
  readonly method: 'GET' | 'POST' | 'DELETE' | 'HEAD';
  readonly path: string;
  readonly query?: Query;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: Readable | object;
  readonly login?: RegistryLogin | undefined;
  readonly logins?: RegistryLogins;
  readonly signal?: AbortSignal;
  /** Time for the whole answer; streams have none. @default the client's */
  readonly timeoutMs?: number;
}

/** The engine, or the registry that it asks, took too long. */
export class EngineTimeout extends EngineUnavailable {
  override name = 'EngineTimeout';
}

/** The engine answered with an error status. */
export class EngineError extends Error {
  override name = 'EngineError';
  constructor(
    readonly status: number,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** No answer but a stream takes this long. */
const TIMEOUT_MS = 30_000;
const OK = { 101: true, 200: true, 201: true, 204: true } as const;

export class EngineClient {
  readonly #docker: Docker;
  readonly address: string;

  constructor(
    settings: Docker.DockerOptions,
    private readonly timeoutMs = TIMEOUT_MS,
  ) {
    this.#docker = new Docker(settings);
    this.address =
      settings.host === undefined
        ? `unix://${settings.socketPath ?? '/var/run/docker.sock'}`
        : `${settings.protocol ?? 'http'}://${settings.host}:${settings.port ?? 2375}`;
  }

  /** The answer's JSON. */
  json(request: EngineRequest): Promise<unknown> {
    return this.#dial(request, {});
  }

  /** The answer as a stream. */
  async stream(request: EngineRequest): Promise<IncomingMessage> {
    const response = await this.#dial(request, { isStream: true });
    if (!(response instanceof IncomingMessage)) throw new EngineUnavailable('the Docker engine answered without a body');
    return response;
  }

  /** The connection itself, upgraded. */
  async upgrade(request: EngineRequest): Promise<Duplex> {
    const socket = await this.#dial(request, { hijack: true });
    if (!(socket instanceof Duplex)) throw new EngineUnavailable('the Docker engine did not upgrade the connection');
    return socket;
  }

  #dial(
    { method, path, query = {}, headers, body, login, logins, signal, timeoutMs = this.timeoutMs }: EngineRequest,
    kind: { isStream?: boolean; hijack?: boolean },
  ): Promise<unknown> {
    const stream = body !== undefined && 'pipe' in body ? body : undefined;
    // Not AbortSignal.timeout: it would cut an upgraded connection later on.
    const ended = new AbortController();
    return new Promise((resolve, reject) => {
      const fail = (error: unknown) => {
        clearTimeout(timer);
        // Nobody reads it any more; left open it would keep the sources' file open.
        stream?.destroy();
        reject(this.#sorted(error, signal));
      };
      const interrupt = () => {
        fail(signal?.reason);
        ended.abort();
      };
      const timer =
        kind.isStream === true
          ? undefined
          : setTimeout(() => {
              fail(new EngineTimeout(`the Docker engine at ${this.address} did not answer ${method} ${path} within ${timeoutMs / 1000} s`));
              ended.abort();
            }, timeoutMs);
      if (signal?.aborted === true) return interrupt();
      signal?.addEventListener('abort', interrupt, { once: true });
      this.#docker.modem.dial(
        {
          method,
          path: `${path}?${queryText(query)}&`,
          headers: {
            ...headers,
            ...(login === undefined ? {} : { 'X-Registry-Auth': encode(login) }),
            ...(logins === undefined ? {} : { 'X-Registry-Config': encode(registryConfig(logins)) }),
          },
          statusCodes: OK,
          ...kind,
          abortSignal: ended.signal,
          ...(stream === undefined ? { options: { _query: {}, _body: body ?? {} } } : { file: stream }),
        } satisfies DialOptions,
        (error: unknown, result: unknown) => {
          if (kind.isStream !== true && kind.hijack !== true) signal?.removeEventListener('abort', interrupt);
          if (error !== null && error !== undefined) return fail(error);
          clearTimeout(timer);
          resolve(result);
        },
      );
    });
  }

  #sorted(error: unknown, signal: AbortSignal | undefined): unknown {
    const interruption = signal === undefined ? undefined : interruptionOf(signal);
    if (interruption !== undefined) return interruption;
    if (error instanceof BuildFailure || error instanceof EngineTimeout) return error;
    if (isError(error) && 'statusCode' in error && typeof error.statusCode === 'number') {
      const text = error.message.replace(/^\(HTTP code \d+\) [a-z ]*- /, '').trim();
      return new EngineError(error.statusCode, text, { cause: error });
    }
    if (isError(error) && 'cause' in error && error.cause instanceof BuildFailure) return error.cause;
    return new EngineUnavailable(
      `the Docker engine at ${this.address} cannot be reached (${codeOf(error) ?? messageOf(error)}); ` +
        `start it or set DOCKER_BUILD_SETTINGS`,
      { cause: error },
    );
  }
}

/** The engine knows Docker Hub by this name only, whatever else people call it. */
function registryConfig(logins: RegistryLogins): RegistryLogins {
  return Object.fromEntries(
    Object.entries(logins).map(([name, login]) => [plainHost(name) === 'docker.io' ? 'https://index.docker.io/v1/' : name, login]),
  );
}

/** base64 for URLs, padded: engines read a header without its padding as no login at all. */
function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}
