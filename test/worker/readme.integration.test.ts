// The first build in docs/build-worker.md, run as it is written there; only the ports of this machine and the engine's socket are put in.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/cli';
import { describeWith, dockerEngine, findParts, findRootParts, freePort, registry, type DockerEngine, type Part } from '../support/parts';
import { tempFolder, until } from './support/fakes';
import { registryDigest } from './support/real';

const parts = findRootParts('dockerd', 'containerd', 'runc', 'iptables') && findParts('docker-registry');
const section = readFileSync(join(ROOT, 'docs', 'build-worker.md'), 'utf8');
const blocks = [...section.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);

describeWith(parts)('the first build in the documentation', () => {
  const folder = tempFolder();
  let engine: DockerEngine;
  let images: Part;
  let port = 0;
  let worker: ChildProcess | undefined;

  beforeAll(async () => {
    [engine, images, port] = await Promise.all([dockerEngine(), registry(), freePort()]);
    mkdirSync(join(folder.path, 'at'));
  }, 120_000);
  afterAll(async () => {
    if (worker?.exitCode === null) worker.kill('SIGTERM');
    await Promise.all([engine?.stop(), images?.stop()]);
    folder.remove();
  }, 60_000);

  const here = (block: string) => block.replaceAll('localhost:9000', `localhost:${port}`).replaceAll('127.0.0.1:5000', images.address);
  const run = (block: string | undefined): string => {
    const { status, stdout, stderr } = spawnSync('bash', ['-euo', 'pipefail', '-c', here(block ?? 'false')], {
      cwd: join(folder.path, 'at'),
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`${block}\nexit ${status}\n${stderr}${stdout}`);
    return stdout;
  };

  it('starts with one command, builds, tells the log and the digest, and stops', async () => {
    const [engineRuns, start, post, follow, state, stop, ...more] = blocks;
    expect(more).toEqual([]);
    expect([engineRuns, start]).toEqual([expect.stringMatching(/^docker run .* registry:2\n$/), 'npm run worker\n']);
    worker = spawn('npm', ['run', 'worker'], {
      cwd: ROOT,
      env: {
        ...process.env,
        PORT: String(port),
        DATA_DIR: join(folder.path, 'data'),
        DOCKER_BUILD_SETTINGS: JSON.stringify({ socketPath: engine.socketPath }),
        LOG_LEVEL: 'warn',
      },
      stdio: 'ignore',
    });
    await until(
      () =>
        fetch(`http://localhost:${port}/healthz`).then(
          ({ ok }) => ok,
          () => false,
        ),
      60_000,
    );
    expect(run(post)).toBe('{"status":"ok"}');
    expect(run(follow)).toMatch(/Build succeeded: sha256:[0-9a-f]{64}\n$/);
    const digest = await registryDigest(images.address, 'acme/hello-56bce159-87a7-437f-bed3-2da4e44d9cf3', '1.1');
    expect(JSON.parse(run(state))).toMatchObject({ status: 'succeeded', digest });
    expect(run(stop)).toBe('{"status":"ok","state":"succeeded"}');
    expect(JSON.parse(run(state))).toMatchObject({ status: 'succeeded', digest });
    for (const page of ['/builds', '/docs', '/metrics'])
      expect([page, (await fetch(`http://localhost:${port}${page}`)).status]).toEqual([page, 200]);
    // npm hands the signal on: neither the port nor the lock on DATA_DIR is left behind.
    const ended = new Promise((done) => worker?.once('exit', done));
    worker.kill('SIGTERM');
    await ended;
    await expect(fetch(`http://localhost:${port}/healthz`)).rejects.toThrow('fetch failed');
  }, 120_000);
});
