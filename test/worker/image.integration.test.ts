// The worker's own image: built from its Dockerfile on a local base image, small, not root, and at work.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describeWith, dockerEngine, findParts, findRootParts, type DockerEngine, freePort } from '../support/parts';
import { tempFolder, until } from './support/fakes';
import { docker } from './support/real';

const parts = findRootParts('dockerd', 'containerd', 'runc', 'iptables') && findParts('busybox');
const root = resolve(__dirname, '../..');
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

function run(program: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}): string {
  const { status, stdout, stderr } = spawnSync(program, args, {
    encoding: 'utf8',
    env: { ...process.env, ...environment },
    maxBuffer: 64 * 1024 ** 2,
  });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stdout.slice(-2000)}${stderr.slice(-2000)}`);
  return stdout;
}

/** `node:1` of this machine's Node.js with the libraries it needs, npm, and busybox for the rest. */
function importNodeImage(dockerHost: string): void {
  const folder = tempFolder();
  const put = (from: string, to = from) => cpSync(realpathSync(from), join(folder.path, to), { recursive: true, dereference: true });
  for (const name of ['bin', 'usr/bin', 'tmp', 'etc']) mkdirSync(join(folder.path, name), { recursive: true });
  put(findParts('busybox')?.busybox ?? '', '/bin/busybox');
  for (const name of ['sh', 'ls', 'cat', 'echo', 'cp', 'rm', 'mkdir', 'chown', 'chmod', 'id', 'find'])
    symlinkSync('busybox', join(folder.path, 'bin', name));
  symlinkSync('/bin/busybox', join(folder.path, 'usr/bin/env'));
  put(process.execPath, '/bin/node');
  for (const [, library = ''] of run('ldd', [process.execPath]).matchAll(/(\/\S+) \(0x/g)) put(library);
  put(join(dirname(realpathSync(run('sh', ['-c', 'command -v npm']).trim())), '..'), '/npm');
  writeFileSync(join(folder.path, 'bin/npm'), '#!/bin/sh\nexec node /npm/bin/npm-cli.js "$@"\n');
  chmodSync(join(folder.path, 'bin/npm'), 0o755);
  if (existsSync(CERTIFICATES)) put(CERTIFICATES);
  const environment = {
    PATH: '/bin:/usr/bin',
    HOME: '/tmp',
    NODE_EXTRA_CA_CERTS: existsSync(CERTIFICATES) ? CERTIFICATES : '',
    npm_config_registry: run('npm', ['config', 'get', 'registry'], { npm_config_loglevel: 'silent' }).trim(),
  };
  const changes = Object.entries(environment)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `--change 'ENV ${name}=${value}'`)
    .join(' ');
  run('sh', ['-c', `tar c -C '${folder.path}' . | docker import ${changes} - node:1`], { DOCKER_HOST: dockerHost });
  folder.remove();
}

describeWith(parts)("the worker's image", () => {
  let engine: DockerEngine;

  beforeAll(async () => {
    engine = await dockerEngine();
    importNodeImage(engine.address);
  }, 180_000);
  afterAll(() => engine?.stop(), 60_000);

  it('is built from the Dockerfile, runs as nobody, serves, and ends at SIGTERM', async () => {
    // Packed here, as the older builder does not read worker/Dockerfile.dockerignore.
    const build =
      'docker build --network host --build-arg BUILD_IMAGE=node:1 --build-arg BASE_IMAGE=node:1 -f worker/Dockerfile -t worker:1 -';
    run(
      'sh',
      [
        '-c',
        `tar c -C '${root}' --exclude node_modules --exclude worker/lib package.json package-lock.json tsconfig.json worker | ${build}`,
      ],
      { DOCKER_HOST: engine.address, DOCKER_BUILDKIT: '0' },
    );
    const size = (image: string) => Number(docker(engine.address, 'image', 'inspect', '-f', '{{.Size}}', image));
    expect((size('worker:1') - size('node:1')) / 1024 ** 2).toBeLessThan(100);
    expect(docker(engine.address, 'run', '--rm', 'worker:1', 'id', '-u').trim()).toBe('65532');
    // Neither the tools of the build nor what only the charts' side needs.
    const packages = docker(engine.address, 'run', '--rm', 'worker:1', 'ls', '/app/node_modules');
    expect(packages).toMatch(/^fastify$/m);
    expect(packages).not.toMatch(/^(typescript|jest|cdk8s.*)$/m);
    const port = await freePort();
    const id = docker(engine.address, 'run', '-d', '--network', 'host', '-e', `PORT=${port}`, 'worker:1').trim();
    const ask = (path: string) =>
      fetch(`http://127.0.0.1:${port}${path}`).then(
        (answer) => answer.status,
        () => 0,
      );
    await until(async () => (await ask('/healthz')) === 200);
    // No engine's socket inside.
    await until(async () => (await ask('/readyz')) === 503);
    docker(engine.address, 'stop', '-t', '20', id);
    expect(docker(engine.address, 'inspect', '-f', '{{.State.ExitCode}}', id).trim()).toBe('0');
    docker(engine.address, 'rm', id);
  }, 400_000);
});
