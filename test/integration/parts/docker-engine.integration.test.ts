// The Docker engine that tests start: builds, runs, pushes to a registry with a login, and leaves no process, mount, bridge, cgroup or folder.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { imageArchive } from '../../support/images/archive';
import { describeWith, dockerEngine, findParts, findRootParts, registry, type DockerEngine } from '../../support/parts';
import { engineRequest } from '../../support/parts/engine-request';

const parts = findRootParts('dockerd', 'containerd', 'runc', 'iptables') && findParts('busybox', 'docker-registry');

describeWith(parts)('dockerEngine()', () => {
  let engine: DockerEngine;
  let folder: string;
  beforeAll(async () => {
    engine = await dockerEngine();
    folder = join(dirname(engine.socketPath), 'test');
    mkdirSync(folder);
    const archive = imageArchive(
      folder,
      { files: { '/bin/busybox': parts?.busybox ?? '' }, links: { '/bin/sh': 'busybox', '/bin/echo': 'busybox', '/bin/cat': 'busybox' } },
      [{ names: ['base:1'] }],
    );
    await engineRequest(engine.socketPath, 'POST', '/images/load', { type: 'application/x-tar', body: readFileSync(archive) });
  }, 60_000);
  afterAll(() => engine?.stop());

  const context = (dockerfile: string): Buffer => {
    const place = join(folder, 'context');
    rmSync(place, { recursive: true, force: true });
    mkdirSync(place);
    writeFileSync(join(place, 'Dockerfile'), dockerfile);
    return spawnSync('tar', ['--create', '--directory', place, '.']).stdout;
  };
  const build = (dockerfile: string, tag: string, version: 1 | 2): Promise<string> =>
    engineRequest(engine.socketPath, 'POST', `/build?t=${encodeURIComponent(tag)}&version=${version}`, {
      type: 'application/x-tar',
      body: context(dockerfile),
    });

  it.each([1, 2] as const)(
    'builds with builder %i',
    async (version) => {
      const log = await build('FROM base:1\nRUN echo "sum: $((40 + 2))"\n', `built:${version}`, version);
      expect(log).not.toContain('"error"');
      const images = await engineRequest(engine.socketPath, 'GET', '/images/json');
      expect(images).toContain(`"built:${version}"`);
    },
    60_000,
  );

  it('pushes to a registry that asks for a login', async () => {
    const auth = { username: 'builder', password: 'secret' };
    const target = await registry({ auth });
    try {
      await engineRequest(engine.socketPath, 'POST', `/images/base:1/tag?repo=${target.address}/team/base&tag=1`);
      const push = (login: object): Promise<string> =>
        engineRequest(engine.socketPath, 'POST', `/images/${target.address}/team/base/push?tag=1`, { login });
      expect(await push({ username: 'builder', password: 'wrong', serveraddress: target.address })).toMatch(/unauthorized|no basic auth/);
      expect(await push({ ...auth, serveraddress: target.address })).toContain('"Digest":"sha256:');
    } finally {
      await target.stop();
    }
  }, 60_000);

  it('leaves nothing when it is stopped with a container running', async () => {
    const own = await dockerEngine();
    const root = dirname(own.socketPath);
    mkdirSync(join(root, 'test'));
    const archive = imageArchive(join(root, 'test'), { files: { '/bin/busybox': parts?.busybox ?? '' } }, [{ names: ['base:1'] }]);
    await engineRequest(own.socketPath, 'POST', '/images/load', { type: 'application/x-tar', body: readFileSync(archive) });
    const marker = `/bin/busybox sleep ${31_536_000 + process.pid}`;
    const { Id: id } = JSON.parse(
      await engineRequest(own.socketPath, 'POST', '/containers/create', {
        type: 'application/json',
        body: JSON.stringify({ Image: 'base:1', Cmd: marker.split(' ') }),
      }),
    ) as { Id: string };
    await engineRequest(own.socketPath, 'POST', `/containers/${id}/start`);
    const processes = (): string => spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).stdout;
    expect(processes()).toContain(marker);
    await own.stop();
    expect(processes()).not.toContain(root);
    expect(processes()).not.toContain(marker);
    expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain(root);
    expect(existsSync(root)).toBe(false);
    expect(
      spawnSync('find', ['/sys/fs/cgroup', '-maxdepth', '2', '-name', root.split('/').at(-1) ?? root], { encoding: 'utf8' }).stdout,
    ).toBe('');
  }, 60_000);
});
