// Requests to the cluster's API server, with the account of the pod.
import { readFileSync } from 'node:fs';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { messageOf } from '../errors';

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
/** For one request. A leader that gets no answer must know so before another one takes its place. */
const REQUEST_MS = 5000;

/** A server that has just started knows of no rights yet, and says this; a quota, which is a refusal as well, it words differently. */
const NO_RIGHT = /User "[^"]*" cannot /;

/** What all objects have. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly deletionTimestamp?: string;
    readonly deletionGracePeriodSeconds?: number;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly object[];
  };
}

export interface ApiAccess {
  readonly server: string;
  readonly namespace: string;
  /** Read for every request: a pod's token changes. */
  readonly token: () => string;
  /** Certificate of the authority. */
  readonly authority?: string;
}

/** The API server answers with an error. */
export class ApiError extends Error {
  override name = 'ApiError';
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** It does not answer, or says that it cannot now. */
export class ApiUnavailable extends Error {
  override name = 'ApiUnavailable';
}

/** @throws where this is not a pod that has an account. */
export function podAccess(variables: Readonly<Record<string, string | undefined>>): ApiAccess {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = variables;
  try {
    if (host === undefined) throw new Error('KUBERNETES_SERVICE_HOST is not set');
    return {
      server: `https://${host.includes(':') ? `[${host}]` : host}:${port ?? '443'}`,
      namespace: readFileSync(join(ACCOUNT, 'namespace'), 'utf8').trim(),
      token: () => readFileSync(join(ACCOUNT, 'token'), 'utf8').trim(),
      authority: readFileSync(join(ACCOUNT, 'ca.crt'), 'utf8'),
    };
  } catch (cause) {
    throw new Error(
      `USE_KUBERNETES: the API server cannot be asked (${messageOf(cause)}); run the worker in a pod with a ` +
        `service account, as the chart's mode kubernetes does`,
      { cause },
    );
  }
}

export type Query = Readonly<Record<string, string | number | undefined>>;

export interface ApiRequest {
  /** @default GET */
  readonly method?: string;
  readonly query?: Query;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

export class Api {
  readonly #agent: HttpAgent;

  constructor(private readonly access: ApiAccess) {
    const { server, authority } = access;
    this.#agent = server.startsWith('https:')
      ? new HttpsAgent({ keepAlive: true, ...(authority === undefined ? {} : { ca: authority }) })
      : new HttpAgent({ keepAlive: true });
  }

  get namespace(): string {
    return this.access.namespace;
  }

  /** `configmaps` or `batch/v1/jobs`: the path of a kind in the namespace, and of an object. */
  path(kind: string, name?: string): string {
    const at = kind.lastIndexOf('/');
    const base = at < 0 ? '/api/v1' : `/apis/${kind.slice(0, at)}`;
    return `${base}/namespaces/${this.access.namespace}/${kind.slice(at + 1)}${name === undefined ? '' : `/${name}`}`;
  }

  /** @throws ApiError, ApiUnavailable */
  async json<T>(path: string, request: ApiRequest = {}): Promise<T> {
    const response = await this.#send(path, request, REQUEST_MS);
    const text = await textOf(response);
    return check(response, text) as T;
  }

  /** An answer that goes on: a watch, a log. It fails when nothing comes for `idleMs`. @throws ApiError, ApiUnavailable */
  async stream(path: string, query: Query, signal: AbortSignal, idleMs: number): Promise<IncomingMessage> {
    const response = await this.#send(path, { query, signal }, idleMs);
    if ((response.statusCode ?? 500) >= 300) check(response, await textOf(response));
    return response;
  }

  #send(path: string, { method = 'GET', query = {}, body, signal }: ApiRequest, timeout: number): Promise<IncomingMessage> {
    const url = new URL(path, this.access.server);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value));
    const text = body === undefined ? undefined : JSON.stringify(body);
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    return new Promise((resolve, reject) => {
      const fail = (error: unknown) => reject(new ApiUnavailable(`the API server cannot be asked: ${messageOf(error)}`, { cause: error }));
      const outgoing = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, {
        method,
        agent: this.#agent,
        timeout,
        headers: {
          authorization: `Bearer ${this.access.token()}`,
          accept: 'application/json',
          ...(text === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(text) }),
        },
        ...(signal === undefined ? {} : { signal }),
      });
      let answer: IncomingMessage | undefined;
      outgoing.on('timeout', () => {
        const late = new Error(`no answer within ${timeout} ms`);
        answer?.destroy(late);
        outgoing.destroy(late);
      });
      outgoing.on('response', (response) => {
        answer = response;
        resolve(response);
      });
      outgoing.on('error', fail);
      outgoing.end(text);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of response) chunks.push(Buffer.from(chunk));
  } catch (cause) {
    throw new ApiUnavailable(`the API server broke off: ${messageOf(cause)}`, { cause });
  }
  return Buffer.concat(chunks).toString('utf8');
}

function check({ statusCode = 500 }: IncomingMessage, text: string): unknown {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    parsed = undefined;
  }
  if (statusCode < 300 && parsed !== undefined) return parsed;
  const message =
    typeof parsed === 'object' && parsed !== null && 'message' in parsed ? String(parsed.message) : `it answers ${statusCode}`;
  const unknown = statusCode === 401 || (statusCode === 403 && NO_RIGHT.test(message));
  if (statusCode >= 500 || statusCode === 429 || statusCode < 300 || unknown)
    throw new ApiUnavailable(`the API server is not able to: ${message}`);
  throw new ApiError(statusCode, message);
}

export const hasStatus = (error: unknown, status: number): boolean => error instanceof ApiError && error.status === status;
