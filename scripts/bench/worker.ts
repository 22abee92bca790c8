// `npm run bench:worker`: the worker against the bare Docker API with both builders, its queue
// at the limit, and logs of 1 GB. Needs a Docker engine and a registry. With --kubernetes: builds as Jobs against bare Jobs, as root,
// on a cluster that it starts itself.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, createReadStream, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer as createProxy, request, type OutgoingHttpHeaders } from 'node:http';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kubernetes } from './kubernetes';
import { median } from './measure';
import { flagsOf, wrongCall } from '../support/flags';
import { root } from '../support/places';

const USAGE = `usage: npm run bench:worker -- --registry HOST:PORT [--engine /var/run/docker.sock] [--busybox /usr/bin/busybox] [--times 7] [--check]
       npm run bench:worker -- --kubernetes [--busybox /usr/bin/busybox] [--times 7] [--builds 16] [--check]
  --registry  one that takes pushes without a login
  --builds    of each kind, for how many are built in a minute
  --check     exit with 1 when a goal is missed`;

const { values } = flagsOf(USAGE, {
  options: {
    registry: { type: 'string' },
    engine: { type: 'string', default: '/var/run/docker.sock' },
    busybox: { type: 'string', default: '/usr/bin/busybox' },
    times: { type: 'string', default: '7' },
    kubernetes: { type: 'boolean', default: false },
    builds: { type: 'string', default: '16' },
    check: { type: 'boolean', default: false },
  },
});
if (values.registry === undefined && !values.kubernetes) wrongCall('--registry or --kubernetes is needed', USAGE);
const scratch = mkdtempSync(join(tmpdir(), 'bench-worker-'));
const APP = {
  app: 'bench',
  space: 'bench',
  app_uuid: '56bce159-87a7-437f-bed3-2da4e44d9cf3',
  gm_registry_host: values.registry,
  gm_registry_repo: 'bench',
};
const repository = `${values.registry}/bench/bench-${APP.app_uuid}`;
const goals: boolean[] = [];

/** An archive with 20 MB that no layer cache knows. */
function archive(name: string, dockerfile: string): string {
  const folder = join(scratch, name);
  mkdirSync(folder, { recursive: true });
  cpSync(values.busybox, join(folder, 'busybox'));
  writeFileSync(join(folder, 'Dockerfile'), dockerfile);
  spawnSync('tar', ['cf', `${folder}.tar`, '-C', folder, '.']);
  return `${folder}.tar`;
}

function engine(path: string, body?: string, headers: OutgoingHttpHeaders = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath: values.engine, method: 'POST', path, headers }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => (text += chunk));
      answer.on('end', () =>
        (answer.statusCode ?? 0) < 300 && !text.includes('"errorDetail"') ? resolve(text) : reject(new Error(text.slice(-500))),
      );
    });
    outgoing.on('error', reject);
    if (body === undefined) outgoing.end();
    else createReadStream(body).pipe(outgoing);
  });
}

type Builder = 'buildkit' | 'classic';

async function bare(tar: string, number: number, builder: Builder): Promise<void> {
  const auth = { 'X-Registry-Auth': Buffer.from('{}').toString('base64') };
  // With a label, as the worker's: the classic builder makes a step of it.
  const labels = encodeURIComponent(JSON.stringify({ app: APP.app }));
  await engine(`/build?version=${builder === 'buildkit' ? 2 : 1}&nocache=1&labels=${labels}&t=${repository}:1.${number}`, tar, {
    'content-type': 'application/tar',
  });
  await engine(`/images/${repository}/push?tag=1.${number}`, undefined, auth);
  await engine(`/images/${repository}:1.${number}/tag?repo=${repository}&tag=latest`);
  await engine(`/images/${repository}/push?tag=latest`, undefined, auth);
}

interface StartedWorker {
  url: string;
  pid: number | undefined;
  /** Its DATA_DIR. */
  data: string;
  stop(): Promise<void>;
}

async function startWorker(environment: Readonly<Record<string, string>>): Promise<StartedWorker> {
  const port = await new Promise<number>((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port: free } = server.address() as AddressInfo;
      server.close(() => resolve(free));
    });
  });
  const data = mkdtempSync(join(scratch, 'data-'));
  const child = spawn(process.execPath, [join(root, 'worker/lib/server.js')], {
    env: {
      ...process.env,
      PORT: String(port),
      DATA_DIR: data,
      LOG_LEVEL: 'warn',
      NO_CACHE: 'true',
      DOCKER_BUILD_SETTINGS: JSON.stringify({ socketPath: values.engine }),
      ...environment,
    },
    stdio: 'inherit',
  });
  const url = `http://127.0.0.1:${port}`;
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      child.once('exit', () => resolve());
      child.kill('SIGTERM');
    });
  while (
    !(await fetch(`${url}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    ))
  )
    await new Promise((resolve) => setTimeout(resolve, 50));
  return { url, pid: child.pid, data, stop };
}

const uuid = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

async function post(worker: StartedWorker, number: number, tar: string): Promise<void> {
  const sources = `data:application/x-tar;base64,${readFileSync(tar).toString('base64')}`;
  const answer = await fetch(worker.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...APP, build_number: number, build_uuid: uuid(number), sources }),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

async function ended(worker: StartedWorker, number: number): Promise<void> {
  // The live log ends with the build: no polling in the figures.
  await (await fetch(`${worker.url}/bench-${APP.app_uuid}/${number}/logs?follow=true`)).arrayBuffer();
  const answer = await fetch(`${worker.url}/bench-${APP.app_uuid}/${number}`);
  const status = (await answer.json()) as { status: string; reason?: string };
  if (status.status !== 'succeeded') throw new Error(`build ${number}: ${status.status}: ${status.reason}`);
}

const seconds = async (work: () => Promise<void>): Promise<number> => {
  const begun = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - begun) / 1e9;
};
function goal(name: string, met: boolean, text: string): void {
  goals.push(met);
  process.stdout.write(`${met ? 'met   ' : 'MISSED'}  ${name}: ${text}\n`);
}

async function overhead(builder: Builder): Promise<void> {
  const worker = await startWorker({ BUILDER: builder });
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (let time = 0; time <= Number(values.times); time += 1) {
    const tar = archive(
      `${builder}-${time}`,
      `FROM scratch\nCOPY busybox /busybox\nRUN ["/busybox", "dd", "if=/dev/urandom", "of=/blob${time}", "bs=1M", "count=20"]\n`,
    );
    const a = await seconds(() => bare(tar, 10_000 + time, builder));
    const b = await seconds(async () => {
      await post(worker, time + 1, tar);
      await ended(worker, time + 1);
    });
    // The first turn fills caches.
    if (time > 0) {
      theirs.push(a);
      ours.push(b);
    }
  }
  await worker.stop();
  const [a, b] = [median(theirs), median(ours)];
  goal(
    `one build and push, ${builder}`,
    b <= a * 1.05 + 0.2,
    `bare API ${a.toFixed(2)} s, worker ${b.toFixed(2)} s (at most 5 % and 0.2 s more: ` +
      `${(a * 1.05 + 0.2).toFixed(2)} s), medians of ${values.times}`,
  );
}

/**
 * Stands before the engine and counts the builds that are under way there, from the first byte of the request to the last of the answer.
 */
async function countingProxy(): Promise<{ socketPath: string; builds: { peak: number; all: number }; stop(): void }> {
  const socketPath = join(scratch, 'proxy.sock');
  const builds = { running: 0, peak: 0, all: 0 };
  const proxy = createProxy((incoming, answer) => {
    const build = incoming.method === 'POST' && incoming.url?.startsWith('/build?') === true;
    if (build) {
      builds.all += 1;
      builds.peak = Math.max(builds.peak, (builds.running += 1));
      answer.once('close', () => (builds.running -= 1));
    }
    const onward = request(
      { socketPath: values.engine, method: incoming.method, path: incoming.url, headers: incoming.headers },
      (reply) => {
        answer.writeHead(reply.statusCode ?? 502, reply.headers);
        reply.pipe(answer);
      },
    );
    onward.on('error', () => answer.destroy());
    answer.once('close', () => onward.destroy());
    incoming.pipe(onward);
  });
  proxy.on('upgrade', (incoming, socket, head) => {
    const onward = connect(values.engine);
    onward.write(`${incoming.method} ${incoming.url} HTTP/1.1\r\n`);
    for (let at = 0; at < incoming.rawHeaders.length; at += 2)
      onward.write(`${incoming.rawHeaders[at]}: ${incoming.rawHeaders[at + 1]}\r\n`);
    onward.write('\r\n');
    onward.write(head);
    for (const [one, other] of [
      [socket, onward],
      [onward, socket],
    ] as const)
      one
        .on('error', () => other.destroy())
        .on('close', () => other.destroy())
        .pipe(other);
  });
  await new Promise<void>((resolve) => proxy.listen(socketPath, resolve));
  const stop = () => {
    proxy.close();
    proxy.closeAllConnections();
  };
  return { socketPath, builds, stop };
}

async function limit(): Promise<void> {
  const { socketPath, builds, stop } = await countingProxy();
  const worker = await startWorker({ MAXIMUM_PARALLEL_BUILDS: '4', DOCKER_BUILD_SETTINGS: JSON.stringify({ socketPath }) });
  const tar = archive('many', 'FROM scratch\nCOPY busybox /busybox\nRUN ["/busybox", "sleep", "1"]\n');
  const time = await seconds(async () => {
    for (let number = 1; number <= 50; number += 1) await post(worker, number, tar);
    for (let number = 1; number <= 50; number += 1) await ended(worker, number);
  });
  await worker.stop();
  stop();
  goal(
    '50 builds queued at limit 4',
    builds.peak === 4 && builds.all === 50,
    `${builds.all} builds came to the engine, at most ${builds.peak} at once, all in ${time.toFixed(1)} s`,
  );
}

const LINES = '/busybox yes 0123456789012345678901234567890123456789012345678901234567890123456789';

/** Whether the log says that the engine has left some out. */
async function isClipped(file: string): Promise<boolean> {
  let tail = '';
  for await (const chunk of createReadStream(file, { encoding: 'latin1' })) {
    if ((tail + chunk).includes('The engine clips the output of a step')) return true;
    tail = chunk.slice(-100);
  }
  return false;
}

async function log(name: string, builder: Builder, command: string): Promise<void> {
  const worker = await startWorker({ BUILDER: builder });
  const tar = archive(
    'log',
    `FROM scratch\nCOPY busybox /busybox\nRUN ["/busybox", "sh", "-c", "${command} | /busybox head -c 1073741824"]\n`,
  );
  const time = await seconds(async () => {
    await post(worker, 1, tar);
    const live = await fetch(`${worker.url}/bench-${APP.app_uuid}/1/logs?follow=true`, { headers: { accept: 'text/event-stream' } });
    if (!live.body) throw new Error('the log has no body');
    for await (const chunk of live.body) if (chunk.length === 0) throw new Error('an empty chunk');
    await ended(worker, 1);
  });
  const peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${worker.pid}/status`, 'utf8'))?.[1]) / 1024;
  const file = join(worker.data, 'store', `bench-${APP.app_uuid}-1.logs`);
  const size = statSync(file).size / 1024 ** 2;
  const clipped = await isClipped(file);
  await worker.stop();
  goal(
    `a log of 1 GB, ${name}, stored and followed`,
    peak <= 200 && (size >= 1024 || clipped),
    `${size.toFixed(0)} MiB${clipped ? ' (clipped by the engine, as the log says)' : ''} in ${time.toFixed(0)} s ` +
      `(${(size / time).toFixed(0)} MiB/s), resident at most ${peak.toFixed(0)} MiB of 200`,
  );
}

async function onAnEngine(): Promise<void> {
  await overhead('buildkit');
  await overhead('classic');
  await limit();
  await log('lines', 'classic', LINES);
  await log('without a line end', 'classic', `${LINES} | /busybox tr -d '\\\\n'`);
  await log('lines, BuildKit', 'buildkit', LINES);
}

async function onKubernetes(): Promise<boolean> {
  const dockerfile = 'FROM scratch\nCOPY busybox /busybox\nRUN ["/busybox", "dd", "if=/dev/urandom", "of=/blob", "bs=1M", "count=20"]\n';
  return kubernetes({ tar: archive('kubernetes', dockerfile), times: Number(values.times), builds: Number(values.builds), goal });
}

async function main(): Promise<number> {
  try {
    const { status } = spawnSync('npm', ['run', '--silent', 'build', '-w', 'worker'], { cwd: root, stdio: 'inherit' });
    if (status !== 0) return 1;
    if (!values.kubernetes) await onAnEngine();
    else if (!(await onKubernetes())) return 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return values.check && goals.includes(false) ? 1 : 0;
}

void main().then((code) => {
  process.exitCode = code;
});
