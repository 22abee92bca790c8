// The image of the program: built from the Dockerfile on a base of glibc alone, it runs as nobody and needs nothing.
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { bun, thisPlatform } from '../../scripts/parts.d/bun';
import { cli, ROOT } from '../support/cli';
import { buildExecutable } from '../support/executable';
import { describeWith, dockerEngine, findParts, findRootParts, type DockerEngine } from '../support/parts';

const parts = thisPlatform && findRootParts('dockerd', 'containerd', 'runc', 'iptables') && findParts(bun[thisPlatform].name);

describeWith(parts)('the image', () => {
  const folder = mkdtempSync(join(tmpdir(), 'image-'));
  const context = join(folder, 'context');
  const program = join(context, 'build', 'image', 'cdk8s-estafette');
  let engine: DockerEngine;

  const shell = (command: string): string => {
    const { status, stdout, stderr } = spawnSync('sh', ['-c', command], {
      encoding: 'utf8',
      env: { ...process.env, DOCKER_HOST: engine.address, DOCKER_BUILDKIT: '0' },
    });
    if (status !== 0) throw new Error(`${command}: ${stdout.slice(-2000)}${stderr.slice(-2000)}`);
    return stdout;
  };
  const run = (...args: string[]) => {
    const options = ['run', '--rm', '--network', 'none', '--read-only', '--volume', `${folder}/work:/work:ro`, 'cdk8s-estafette'];
    const { status, stdout, stderr } = spawnSync('docker', [...options, ...args], {
      encoding: 'utf8',
      env: { ...process.env, DOCKER_HOST: engine.address },
    });
    return { status, stdout, stderr };
  };

  /** What the base of the Dockerfile holds and the program asks for: the libraries of this machine. */
  function importBase(): void {
    const base = join(folder, 'base');
    for (const [, library = ''] of shell(`ldd '${program}'`).matchAll(/(\/\S+) \(0x/g)) {
      mkdirSync(join(base, dirname(library)), { recursive: true });
      copyFileSync(realpathSync(library), join(base, library));
    }
    shell(`tar c -C '${base}' . | docker import - glibc:1`);
  }

  beforeAll(async () => {
    engine = await dockerEngine();
    buildExecutable(program);
    for (const file of ['Dockerfile', 'plugin.yaml']) copyFileSync(join(ROOT, file), join(context, file));
    cpSync(join(ROOT, 'examples'), join(folder, 'work', 'examples'), { recursive: true });
    importBase();
    shell(`tar c -C '${context}' . | docker build --build-arg BASE_IMAGE=glibc:1 -t cdk8s-estafette -`);
  }, 300_000);
  afterAll(async () => {
    await engine?.stop();
    rmSync(folder, { recursive: true });
  }, 60_000);

  it('prints what the program prints, with no network and nothing to write to', () => {
    const args = ['template', 'ci', 'estafette-ci', '-n', 'ci', '-f', 'examples/estafette-ci/ha.yaml'];
    expect(run(...args)).toEqual(cli(args));
    expect(run('template', 'ci', 'estafette-ci', '--set', 'api.baseHots=x')).toEqual(
      cli(['template', 'ci', 'estafette-ci', '--set', 'api.baseHots=x']),
    );
    expect(run()).toEqual(cli(['--help']));
  }, 60_000);

  it('runs as nobody, and holds no shell and no more than the program', () => {
    const config = (path: string): string => shell(`docker image inspect -f '{{json ${path}}}' cdk8s-estafette`).trim();
    expect(config('.Config.User')).toBe('"999:999"');
    const size = (image: string): number => Number(shell(`docker image inspect -f '{{.Size}}' ${image}`));
    expect(size('cdk8s-estafette') - size('glibc:1') - readFileSync(program).length).toBeLessThan(10_000);
    expect(shell('docker run --rm --entrypoint /bin/sh cdk8s-estafette -c true 2>&1 || true')).toMatch(/no such file or directory/);
  }, 60_000);

  it('is a plugin of Argo CD', () => {
    writeFileSync(
      join(folder, 'work', 'releases.yaml'),
      'releases: [{name: ci, chart: estafette-ci, namespace: ci, values: [examples/estafette-ci/ha.yaml]}]\n',
    );
    const args = ['template', 'ci', 'estafette-ci', '-n', 'ci', '-f', 'examples/estafette-ci/ha.yaml', '--target', 'argocd'];
    expect(run('plugin', 'generate').stdout).toBe(cli(args).stdout);
    // A sidecar starts Argo CD's own server, which reads this file.
    const file = '/home/argocd/cmp-server/config/plugin.yaml';
    expect(shell(`docker cp "$(docker create cdk8s-estafette)":${file} -`)).toContain(readFileSync(join(ROOT, 'plugin.yaml'), 'utf8'));
  }, 60_000);
});
