// HTTP requests that leave the worker: the address checked, time bounded, redirects left to the caller.
import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { EgressPolicy } from './policy';

export interface OutgoingRequest {
  readonly url: URL;
  /** @default GET */
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
  /** Milliseconds without a byte, the connection included, after which the request fails. */
  readonly idleMs: number;
  readonly signal?: AbortSignal;
}

/** Resolves with the response once its headers are there; its body is a stream that the caller must read or destroy. */
export function sendRequest(
  policy: EgressPolicy,
  { url, method = 'GET', headers, body, idleMs, signal }: OutgoingRequest,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new Error(`${url.protocol}// cannot be requested; use http or https`);
    policy.checkHost(url.hostname);
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const bytes = body === undefined ? undefined : Buffer.from(body);
    // No shared agent: a kept connection would skip the check of the address.
    const outgoing = send(url, {
      method,
      agent: false,
      lookup: policy.lookup,
      headers: { ...headers, ...(bytes === undefined ? {} : { 'content-length': bytes.length }) },
      timeout: idleMs,
      ...(signal === undefined ? {} : { signal }),
    });
    let answer: IncomingMessage | undefined;
    outgoing.on('timeout', () => {
      const late = new Error(`no answer from ${url.host} within ${idleMs} ms`);
      answer?.destroy(late);
      outgoing.destroy(late);
    });
    outgoing.on('response', (response) => {
      answer = response;
      response.on('error', () => response.destroy());
      resolve(response);
    });
    outgoing.on('error', reject);
    outgoing.end(bytes);
  });
}

/** Of an answer whose status says all: what is read of its body, so that the other side may end it. */
const MOST_DISCARDED_BYTES = 64 * 1024;
const DISCARD_MS = 5000;

/** Lets an answer end, as long as it does so soon. */
export function discard(response: IncomingMessage): void {
  let bytes = 0;
  const late = setTimeout(() => response.destroy(), DISCARD_MS).unref();
  response.once('close', () => clearTimeout(late));
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MOST_DISCARDED_BYTES) response.destroy();
  });
}
