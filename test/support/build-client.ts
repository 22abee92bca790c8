// A client of the build worker, as Akkeris' controller-api is one: a URL with a login, builds posted, logs followed, callbacks taken.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connected } from './connected';
import { eventually } from './parts';

const FINAL = ['succeeded', 'failed', 'stopped', 'timed out'];

export interface Callback {
  readonly authorization: string | undefined;
  readonly body: { readonly id: number; readonly status: string; readonly event_id?: string; readonly digest?: string };
}

export interface CallbackReceiver {
  readonly url: string;
  /** Those that told the end of a build, the same event told again left out. */
  finals(path: string, number: number): Callback[];
  stop(): void;
}

/** Takes callbacks at an address of this machine; each build's client has a path of its own. */
export async function callbackReceiver(host: string): Promise<CallbackReceiver> {
  const calls: (Callback & { readonly path: string })[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (data: Buffer) => (body += data.toString()));
    request.on('end', () => {
      calls.push({ path: request.url ?? '', authorization: request.headers.authorization, body: JSON.parse(body) as Callback['body'] });
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, host, resolve);
  });
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    finals: (path, number) => {
      const own = calls.filter((call) => call.path === path && call.body.id === number && call.body.status !== 'pending');
      return [...new Map(own.map((call) => [JSON.stringify(call), call])).values()];
    },
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A data URI of a build that runs a shell's line, on nothing but busybox. */
export function sourcesOf(busybox: string, line: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'sources-'));
  mkdirSync(join(folder, 'app'));
  cpSync(busybox, join(folder, 'app', 'busybox'), { dereference: true });
  const run = JSON.stringify(['/bin/busybox', 'sh', '-c', line]);
  writeFileSync(join(folder, 'app', 'Dockerfile'), `FROM scratch\nCOPY busybox /bin/busybox\nRUN ${run}\n`);
  const archive = execFileSync('tar', ['--create', '--gzip', '--directory', folder, 'app'], { maxBuffer: 1 << 28 });
  rmSync(folder, { recursive: true });
  return `data:application/gzip;base64,${archive.toString('base64')}`;
}

export interface BuildStatus {
  readonly status: string;
  readonly digest: string | null;
  readonly attempts: number;
  readonly reason: string | null;
}

export interface BuildClientOptions {
  /** The worker's URL, without the login. */
  readonly url: string;
  readonly token: string;
  readonly app: string;
  readonly callback: string;
  /** Registry that images are pushed to, `host:port`. */
  readonly registry: string;
}

export type BuildClient = ReturnType<typeof buildClient>;

/** Builds of one app, numbered by the caller. */
export function buildClient({ url, token, app, callback, registry }: BuildClientOptions) {
  const appUuid = '11111111-1111-4111-8111-111111111111';
  const id = `${app}-${appUuid}`;
  const headers = { authorization: `Basic ${Buffer.from(`worker:${token}`).toString('base64')}`, 'content-type': 'application/json' };
  const ask = (path: string, more: RequestInit = {}): Promise<Response> =>
    connected(() => fetch(`${url}${path}`, { headers, signal: AbortSignal.timeout(60_000), ...more }));
  const status = async (number: number): Promise<BuildStatus> =>
    (await (await ask(`/${id}/${number}`, { signal: AbortSignal.timeout(5000) })).json()) as BuildStatus;
  const uuid = (number: number): string => `${String(22222220 + number).padStart(8, '0')}-1111-4111-8111-111111111111`;
  return {
    url,
    id,
    image: `builds/${id}`,
    uuid,
    status,
    ask,
    /** Posts a build, and gives what the worker answers. */
    async post(number: number, sources: string): Promise<[number, unknown]> {
      const body = JSON.stringify({
        ...{ sha: 'abc', app, space: 'default', branch: 'main', repo: 'repo', org: 'org', kafka_hosts: '' },
        ...{ callback: `${callback}/${app}`, callback_auth: 'hmac', build_uuid: uuid(number), app_uuid: appUuid, sources },
        ...{ gm_registry_host: registry, gm_registry_repo: 'builds', build_number: number, build_args: { AKKERIS_GIT_SHA1: 'abc' } },
      });
      const answer = await ask('/', { method: 'POST', body });
      return [answer.status, await answer.json()];
    },
    async log(number: number, follow = false): Promise<string> {
      return (await ask(`/${id}/${number}/logs${follow ? '?follow=true' : ''}`)).text();
    },
    ended: (number: number, seconds = 150): Promise<BuildStatus> =>
      eventually(
        () => status(number),
        (answer) => FINAL.includes(answer.status),
        seconds,
      ),
  };
}
