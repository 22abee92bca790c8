// Tags in a registry, without an engine: which digest a tag has, and another tag for a manifest that is there.
import type { IncomingMessage } from 'node:http';
import type { EgressPolicy } from '../egress/policy';
import { discard, sendRequest } from '../egress/request';
import { BuildFailure } from '../errors';
import type { RegistryLogin } from './login';
import { basic, fetchToken } from './push-check';

const IDLE_MS = 15_000;
const MOST_BYTES = 4 * 1024 ** 2;
const TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

export interface Registry {
  readonly policy: EgressPolicy;
  readonly host: string;
  /** Path below the host. */
  readonly repository: string;
  readonly insecure: boolean;
  readonly login: RegistryLogin | undefined;
  readonly signal: AbortSignal;
}

interface Asked {
  readonly method: string;
  readonly reference: string;
  readonly type?: string;
  readonly body?: string;
}

async function ask(registry: Registry, { method, reference, type, body }: Asked): Promise<IncomingMessage> {
  const { policy, host, repository, insecure, login, signal } = registry;
  // Where the API of Docker Hub lives.
  const server = host === 'docker.io' ? 'registry-1.docker.io' : host;
  const url = new URL(`${insecure ? 'http' : 'https'}://${server}/v2/${repository}/manifests/${reference}`);
  const send = (authorization: Record<string, string>) =>
    sendRequest(policy, {
      url,
      method,
      headers: { accept: TYPES.join(', '), ...(type === undefined ? {} : { 'content-type': type }), ...authorization },
      idleMs: IDLE_MS,
      signal,
      ...(body === undefined ? {} : { body }),
    });
  const first = await send(basic(login));
  if (first.statusCode !== 401) return first;
  discard(first);
  const token = await fetchToken(registry, first.headers['www-authenticate']);
  return token === undefined ? first : send({ authorization: `Bearer ${token}` });
}

function refused(registry: Registry, reference: string, status: number): Error {
  const text = `${registry.host} answers ${status} for ${registry.repository}:${reference}`;
  return status === 401 || status === 403 || status === 400 || status === 405 ? new BuildFailure(text) : new Error(text);
}

/** The digest of a tag; `undefined` when there is no such tag. @throws when the registry does not tell. */
export async function digestOf(registry: Registry, tag: string): Promise<string | undefined> {
  const answer = await ask(registry, { method: 'HEAD', reference: tag });
  discard(answer);
  const { statusCode = 0, headers } = answer;
  if (statusCode === 404) return undefined;
  const digest = headers['docker-content-digest'];
  if (statusCode !== 200 || typeof digest !== 'string') throw refused(registry, tag, statusCode);
  return digest;
}

/** Gives a manifest another tag. @throws BuildFailure when the registry refuses */
export async function tagManifest(registry: Registry, digest: string, tag: string): Promise<void> {
  const found = await ask(registry, { method: 'GET', reference: digest });
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of found) {
    chunks.push(Buffer.from(chunk));
    if ((size += chunk.length) > MOST_BYTES) throw new Error(`the manifest ${digest} is larger than ${MOST_BYTES} bytes`);
  }
  if (found.statusCode !== 200) throw refused(registry, digest, found.statusCode ?? 0);
  const type = found.headers['content-type'] ?? TYPES[1] ?? '';
  const answer = await ask(registry, { method: 'PUT', reference: tag, type, body: Buffer.concat(chunks).toString('utf8') });
  discard(answer);
  if ((answer.statusCode ?? 0) >= 300) throw refused(registry, tag, answer.statusCode ?? 0);
  const confirmed = await digestOf(registry, tag);
  if (confirmed !== digest) throw new Error(`the registry has ${confirmed ?? 'nothing'} under ${tag} instead of ${digest}`);
}
