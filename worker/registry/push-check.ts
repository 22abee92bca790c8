// Asks the registry, before anything is built, whether the image may be pushed: an upload is begun and taken back.
import type { IncomingMessage } from 'node:http';
import { EgressRefused, type EgressPolicy } from '../egress/policy';
import { discard, sendRequest } from '../egress/request';
import { BuildFailure, messageOf } from '../errors';
import type { RegistryLogin } from './login';

const IDLE_MS = 5000;

export interface PushCheck {
  readonly policy: EgressPolicy;
  readonly host: string;
  /** Path below the host. */
  readonly repository: string;
  readonly insecure: boolean;
  readonly login: RegistryLogin | undefined;
  readonly signal: AbortSignal;
}

/**
 * Resolves with what kept the check from being made, or `undefined` when the push will be let in or the registry is the engine's business
 * alone.
 * @throws BuildFailure when the registry refuses.
 */
export async function checkPush(check: PushCheck): Promise<string | undefined> {
  // Docker Hub's API lives elsewhere; its login is checked through the engine.
  if (check.host === 'docker.io') return 'Docker Hub is not asked';
  const uploads = new URL(`${check.insecure ? 'http' : 'https'}://${check.host}/v2/${check.repository}/blobs/uploads/`);
  try {
    let headers = basic(check.login);
    let answer = await post(check, uploads, headers);
    if (answer.statusCode === 401) {
      const token = await fetchToken(check, answer.headers['www-authenticate']);
      if (token !== undefined) {
        headers = { authorization: `Bearer ${token}` };
        answer = await post(check, uploads, headers);
      }
    }
    const status = answer.statusCode ?? 0;
    if (status === 401 || status === 403)
      throw new BuildFailure(`${check.host} refuses pushes to ${check.repository} (${status}); check gm_registry_auth`);
    if (status !== 202) return `the registry answers ${status}`;
    const { location } = answer.headers;
    if (location !== undefined && URL.canParse(location, uploads.href)) await withdraw(check, uploads, new URL(location, uploads), headers);
    return undefined;
  } catch (error) {
    if (error instanceof BuildFailure || check.signal.aborted) throw error;
    // The engine, not the worker, connects to registries: what is refused by default
    // (loopback) does not hold for them, what the operator denies does.
    if (error instanceof EgressRefused) {
      if (error.denied) throw new BuildFailure(`the registry ${error.message}`, { cause: error });
      return undefined;
    }
    return messageOf(error);
  }
}

/** The login as Basic authentication; nothing without one. */
export function basic(login: RegistryLogin | undefined): Record<string, string> {
  if (login?.username === undefined || login.username === '') return {};
  return { authorization: `Basic ${Buffer.from(`${login.username}:${login.password ?? ''}`).toString('base64')}` };
}

async function post({ policy, signal }: PushCheck, url: URL, headers: Record<string, string>): Promise<IncomingMessage> {
  const answer = await sendRequest(policy, {
    url,
    method: 'POST',
    headers: { ...headers, 'content-length': '0' },
    idleMs: IDLE_MS,
    signal,
  });
  discard(answer);
  return answer;
}

/** With the header that opened the upload, and to the registry itself only: elsewhere it would tell others the login. */
async function withdraw(check: PushCheck, uploads: URL, upload: URL, headers: Record<string, string>): Promise<void> {
  // Registries that forward uploads or take no DELETE forget unfinished ones by themselves.
  if (upload.origin !== uploads.origin) return;
  const answer = await sendRequest(check.policy, { url: upload, method: 'DELETE', headers, idleMs: IDLE_MS, signal: check.signal }).catch(
    () => undefined,
  );
  if (answer !== undefined) discard(answer);
}

/** With the login as Basic authentication, or a refresh token as OAuth has it. */
function askForToken({ policy, login, signal }: PushCheck, url: URL, question: Readonly<Record<string, string>>): Promise<IncomingMessage> {
  const refresh = login?.identitytoken;
  if (refresh === undefined) {
    for (const [name, value] of Object.entries(question)) url.searchParams.set(name, value);
    return sendRequest(policy, { url, headers: basic(login), idleMs: IDLE_MS, signal });
  }
  const form = new URLSearchParams({ ...question, grant_type: 'refresh_token', refresh_token: refresh, client_id: 'build-worker' });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return sendRequest(policy, { url, method: 'POST', headers, body: form.toString(), idleMs: IDLE_MS, signal });
}

/** The token dance of the distribution specification. */
export async function fetchToken(check: PushCheck, challenge: string | undefined): Promise<string | undefined> {
  const fields = new Map([...(challenge ?? '').matchAll(/(?<!\w)(\w+)="([^"]*)"/g)].map((match) => [match[1] ?? '', match[2] ?? '']));
  const realm = fields.get('realm');
  if (challenge === undefined || !/^bearer /i.test(challenge) || realm === undefined || !URL.canParse(realm)) return undefined;
  const answer = await askForToken(check, new URL(realm), {
    ...(fields.has('service') ? { service: fields.get('service') ?? '' } : {}),
    scope: `repository:${check.repository}:pull,push`,
  });
  let text = '';
  for await (const chunk of answer) {
    text += Buffer.from(chunk).toString('utf8');
    if (text.length > 1024 ** 2) throw new Error('the token is too long');
  }
  if (answer.statusCode === 401 || answer.statusCode === 403)
    throw new BuildFailure(`${new URL(realm).host} refuses the login for ${check.host} (${answer.statusCode}); check gm_registry_auth`);
  const parsed: unknown = answer.statusCode === 200 ? JSON.parse(text) : undefined;
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  if ('token' in parsed && typeof parsed.token === 'string') return parsed.token;
  return 'access_token' in parsed && typeof parsed.access_token === 'string' ? parsed.access_token : undefined;
}
