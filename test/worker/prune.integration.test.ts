// Pruning on a real engine: by size and by age, what is spared, and what failed builds leave.
import { Readable } from 'node:stream';
import { DockerEngine } from '../../worker/engines/docker/engine';
import { EngineClient } from '../../worker/engines/docker/client';
import type { BuildRequest, BuiltImage } from '../../worker/engines/engine';
import {
  describeWith,
  dockerEngine,
  findParts,
  findRootParts,
  registry,
  type DockerEngine as EnginePart,
  type Part,
} from '../support/parts';
import { tar, until } from './support/fakes';
import { docker, importBaseImage } from './support/real';

const parts = findRootParts('dockerd', 'containerd', 'runc', 'iptables') && findParts('docker-registry', 'busybox');
const MiB = 1024 ** 2;

describeWith(parts)('pruning', () => {
  let part: EnginePart;
  let images: Part;
  let engine: DockerEngine;
  beforeAll(async () => {
    [part, images] = await Promise.all([dockerEngine(), registry()]);
    importBaseImage(part.address);
    engine = new DockerEngine({ client: new EngineClient({ socketPath: part.socketPath }), builder: 'classic' });
  }, 120_000);
  afterAll(async () => {
    await Promise.all([part?.stop(), images?.stop()]);
  }, 60_000);

  const run = (...args: string[]) => docker(part.address, ...args).trim();
  const calm = () => ({ output: async () => undefined, signal: new AbortController().signal });
  async function build(tag: string, dockerfile: string, more: Partial<BuildRequest> = {}): Promise<string> {
    const context = await tar([{ name: 'Dockerfile', content: dockerfile }]);
    return engine.build(
      {
        id: tag,
        context: () => Readable.from([context]),
        dockerfile: 'Dockerfile',
        tag,
        args: {},
        labels: { build_uuid: tag },
        secrets: {},
        logins: {},
        noCache: true,
        needsBuildKit: false,
        ...more,
      },
      calm(),
    );
  }
  /** An image of 8 MiB of its own. */
  const big = (tag: string, more = '') => build(tag, `FROM base:1\nRUN dd if=/dev/urandom of=/blob bs=1M count=8 2>/dev/null\n${more}`);
  const tags = () =>
    run('images', '--format', '{{.Repository}}:{{.Tag}}')
      .split('\n')
      .filter((tag) => !tag.startsWith('base'))
      .sort();
  const built = (reference: string, at: number, busy = false): BuiltImage => ({ reference, at, busy });
  const clear = () => {
    for (const tag of tags()) run('rmi', '-f', tag);
  };
  afterEach(clear);

  it('removes the oldest of its own images above the size, with latest, and counts what really went', async () => {
    for (const number of [1, 2, 3]) await big(`acme/web:1.${number}`);
    run('tag', 'acme/web:1.3', 'acme/web:latest');
    // The images' own times say otherwise: docker:// sources keep theirs.
    const freed = await engine.prune(17 * MiB, [built('acme/web:1.1', 300), built('acme/web:1.2', 200), built('acme/web:1.3', 100)]);
    expect(tags()).toEqual(['acme/web:1.1', 'acme/web:1.2']);
    expect(freed).toBeGreaterThan(8 * MiB - 1);
    expect(freed).toBeLessThan(9 * MiB);
    expect(run('image', 'inspect', '-f', '{{.Id}}', 'base:1')).toMatch(/^sha256:/);
  }, 60_000);

  it('spares images that are labelled keep, of running builds, of others, and those that others have named', async () => {
    await big('acme/kept:1.1', 'LABEL keep=1\n');
    await big('acme/busy:1.1');
    await big('acme/named:1.1');
    run('tag', 'acme/named:1.1', 'somebody/else:1');
    // Another worker's: the same labels, none of our builds.
    await big('acme/foreign:1.1');
    await big('acme/ours:1.1');
    const freed = await engine.prune(0, [
      built('acme/kept:1.1', 1),
      built('acme/busy:1.1', 1, true),
      built('acme/named:1.1', 1),
      built('acme/ours:1.1', 1),
    ]);
    expect(tags()).toEqual(['acme/busy:1.1', 'acme/foreign:1.1', 'acme/kept:1.1', 'acme/named:1.1', 'somebody/else:1']);
    expect(freed).toBeLessThan(9 * MiB);
  }, 60_000);

  it('counts nothing for what a container keeps, nor for layers that others share', async () => {
    await big('acme/used:1.1');
    const container = run('create', 'acme/used:1.1', 'true');
    await build('acme/thin:1.1', 'FROM base:1\nLABEL a=b\n');
    expect(await engine.prune(0, [built('acme/used:1.1', 1), built('acme/thin:1.1', 2)])).toBe(0);
    expect(tags()).toEqual(['acme/thin:1.1', 'acme/used:1.1']);
    run('rm', container);
    expect(await engine.prune(0, [built('acme/used:1.1', 1)])).toBeGreaterThan(8 * MiB - 1);
  }, 60_000);

  it('removes the image of a build that is too old, unless it is labelled keep', async () => {
    await big('acme/old:1.1');
    run('tag', 'acme/old:1.1', 'acme/old:latest');
    await big('acme/kept:1.1', 'LABEL keep=1\n');
    for (const reference of ['acme/old:1.1', 'acme/kept:1.1', 'acme/never:1.1']) await engine.release(reference);
    expect(tags()).toEqual(['acme/kept:1.1']);
  }, 60_000);

  it('prunes docker:// images, which carry no label, and says whether a pull brought the name', async () => {
    const source = `${images.address}/library/thing:1`;
    await big(source);
    run('push', source);
    run('rmi', source);
    const first = await engine.pull(source, undefined, calm());
    expect([first.fresh, (await engine.pull(source, undefined, calm())).fresh]).toEqual([true, false]);
    await engine.tag(first.id, 'acme/pulled', '1.1');
    await engine.remove(source);
    expect(await engine.prune(0, [built('acme/pulled:1.1', 1)])).toBeGreaterThan(8 * MiB - 1);
    expect(tags()).toEqual([]);
  }, 60_000);

  it('leaves nothing of a classic build that failed, and what other builds have in their cache', async () => {
    const dangling = () => run('images', '-aq', '--filter', 'dangling=true');
    await build('acme/good:1.1', 'FROM base:1\nENV A=1\nRUN echo good > /good\n', { noCache: false });
    const before = dangling();
    await expect(
      build('acme/bad:1.1', 'FROM base:1\nENV A=1\nRUN echo good > /good\nRUN echo step > /step\nRUN false\n', { noCache: false }),
    ).rejects.toThrow('non-zero code: 1');
    await until(() => dangling() === before);
    expect(run('run', '--rm', 'acme/good:1.1', 'cat', '/good')).toBe('good');
  }, 60_000);
});
