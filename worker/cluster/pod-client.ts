// Talks to a build's pod, from any replica.
import { createReadStream } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { isIPv6 } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { POD_PORT } from './order';
import type { Told } from './pod-server';

const CONNECT_MS = 5000;

export interface PodAddress {
  /** An address of a pod, or address and port. */
  readonly address: string;
  readonly token: string;
}

function send({ address, token }: PodAddress, method: string, path: string, signal: AbortSignal, file?: string): Promise<IncomingMessage> {
  const host = isIPv6(address) ? `[${address}]:${POD_PORT}` : address.includes(':') ? address : `${address}:${POD_PORT}`;
  return new Promise((resolve, reject) => {
    const outgoing = request(`http://${host}${path}`, { method, agent: false, signal, headers: { authorization: `Bearer ${token}` } });
    // Until it is connected; then the pod may be silent for as long as the build is.
    const late = setTimeout(() => outgoing.destroy(new Error(`no connection to the pod within ${CONNECT_MS} ms`)), CONNECT_MS);
    outgoing.on('socket', (socket) => {
      socket.setKeepAlive(true, 5000);
      socket.once('connect', () => clearTimeout(late));
    });
    outgoing.on('close', () => clearTimeout(late));
    outgoing.on('response', (response) => {
      if ((response.statusCode ?? 500) < 300) return resolve(response);
      response.resume();
      reject(new Error(`the pod answers ${response.statusCode}`));
    });
    outgoing.on('error', reject);
    if (file === undefined) outgoing.end();
    else pipeline(createReadStream(file), outgoing).catch(reject);
  });
}

/** The log of the pod from an offset: to the build's end, or what there is now. */
export const podLog = (pod: PodAddress, from: number, follow: boolean, signal: AbortSignal): Promise<IncomingMessage> =>
  send(pod, 'GET', `/log?from=${from}&follow=${String(follow)}`, signal);

/** What the pod tells, to the result. */
export async function* podPhases(pod: PodAddress, signal: AbortSignal): AsyncGenerator<Told> {
  const response = await send(pod, 'GET', '/phases', signal);
  try {
    for await (const line of createInterface({ input: response })) yield JSON.parse(line) as Told;
  } finally {
    response.destroy();
  }
}

export async function putSources(pod: PodAddress, file: string, signal: AbortSignal): Promise<void> {
  (await send(pod, 'PUT', '/sources', signal, file)).resume();
}

/** Nothing more is wanted of the pod. */
export async function tellCollected(pod: PodAddress, signal: AbortSignal): Promise<void> {
  (await send(pod, 'POST', '/collected', signal)).resume();
}
