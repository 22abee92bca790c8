// The worker as a process of its own, with a real engine and registry, for integration tests.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createWriteStream, cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { request } from 'node:http';
import { findParts, freePort } from '../../support/parts';
import { APP_UUID, tempFolder, until } from './fakes';

const root = resolve(__dirname, '../../..');

/** Compiles the worker; once a test file. */
export function compileWorker(): void {
  const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', 'build', '-w', 'worker'], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`the worker does not compile: ${stdout}${stderr}`);
}

/** `base:1`: busybox and the links to it, nothing else. */
export function importBaseImage(dockerHost: string): void {
  const folder = tempFolder();
  const { busybox } = findParts('busybox') ?? {};
  if (busybox === undefined) throw new Error('busybox is missing: scripts/parts install busybox');
  mkdirSync(join(folder.path, 'bin'));
  cpSync(busybox, join(folder.path, 'bin/busybox'));
  for (const name of ['sh', 'ls', 'cat', 'echo', 'sleep', 'true', 'false', 'cp', 'yes', 'head', 'seq', 'test', 'dd', 'wc', 'env', 'tr'])
    symlinkSync('busybox', join(folder.path, 'bin', name));
  mkdirSync(join(folder.path, 'tmp'));
  const { status, stderr } = spawnSync('sh', ['-c', `tar c -C '${folder.path}' . | docker import --change 'ENV PATH=/bin' - base:1`], {
    env: { ...process.env, DOCKER_HOST: dockerHost },
    encoding: 'utf8',
  });
  folder.remove();
  if (status !== 0) throw new Error(`docker import failed: ${stderr}`);
}

export function docker(dockerHost: string, ...args: string[]): string {
  const { stdout, stderr, status } = spawnSync('docker', args, { env: { ...process.env, DOCKER_HOST: dockerHost }, encoding: 'utf8' });
  if (status !== 0) throw new Error(`docker ${args.join(' ')}: ${stderr}`);
  return stdout;
}

export interface WorkerProcess {
  readonly url: string;
  readonly process: ChildProcess;
  readonly log: string;
  get(path: string): Promise<Response>;
  post(body: object): Promise<Response>;
  status(number: number, app?: string): Promise<Record<string, unknown>>;
  state(number: number, app?: string): Promise<unknown>;
  logs(number: number, app?: string): Promise<string>;
  kill(signal: NodeJS.Signals): Promise<number | null>;
}

/** Resolves when the worker answers. The environment is the given one and nothing of the test's. */
export async function startWorker(data: string, environment: Record<string, string>): Promise<WorkerProcess> {
  const port = await freePort();
  const log = join(data, '..', `worker-${port}.log`);
  const child = spawn(process.execPath, [join(root, 'worker/lib/server.js')], {
    cwd: root,
    env: {
      PATH: process.env['PATH'],
      PORT: String(port),
      DATA_DIR: data,
      EGRESS_ALLOW: '127.0.0.0/8,::1',
      MIN_FREE_BYTES: '1000',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = createWriteStream(log, { flags: 'a' });
  child.stdout.pipe(output);
  child.stderr.pipe(output);
  const ended = new Promise<number | null>((done) => child.once('exit', (code) => done(code)));
  const url = `http://127.0.0.1:${port}`;
  const token: Record<string, string> =
    environment['AUTH_TOKEN'] === undefined ? {} : { authorization: `Bearer ${environment['AUTH_TOKEN']}` };
  const get = (path: string) => fetch(url + path, { headers: token });
  const status = async (number: number, app = 'web') =>
    (await (await get(`/${app}-${APP_UUID}/${number}`)).json()) as Record<string, unknown>;
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`the worker ended: ${log}`);
    return fetch(`${url}/healthz`).then(
      (answer) => answer.ok,
      () => false,
    );
  }, 15_000);
  return {
    url,
    process: child,
    log,
    get,
    post: (body) => fetch(url, { method: 'POST', headers: { ...token, 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    status,
    state: async (number, app) => (await status(number, app))['status'],
    logs: async (number, app = 'web') => (await get(`/${app}-${APP_UUID}/${number}/logs`)).text(),
    kill: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}

/** The digest that a registry has under a tag, asked by the test itself. */
export function registryDigest(host: string, repository: string, tag: string, login?: string): Promise<string | undefined> {
  return new Promise((done, fail) => {
    request(
      `http://${host}/v2/${repository}/manifests/${tag}`,
      {
        method: 'HEAD',
        headers: {
          accept: 'application/vnd.docker.distribution.manifest.v2+json',
          ...(login === undefined ? {} : { authorization: `Basic ${Buffer.from(login).toString('base64')}` }),
        },
      },
      (answer) => {
        answer.resume();
        const digest = answer.headers['docker-content-digest'];
        done(answer.statusCode === 200 && typeof digest === 'string' ? digest : undefined);
      },
    )
      .once('error', fail)
      .end();
  });
}
