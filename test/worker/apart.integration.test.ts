// A Dockerfile that .dockerignore leaves out, with a real BuildKit: it is built, and no step can reach it.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EngineClient } from '../../worker/engines/docker/client';
import { DockerEngine } from '../../worker/engines/docker/engine';
import { readContext } from '../../worker/sources/context';
import { describeWith, dockerEngine, findParts, findRootParts, type DockerEngine as EnginePart } from '../support/parts';
import { block, END, LIMITS } from './support/archives';
import { tempFolder } from './support/fakes';
import { importBaseImage } from './support/real';

const parts = findRootParts('dockerd', 'containerd', 'runc', 'iptables') && findParts('busybox');
const LARGE = 'large '.repeat(100_000);

describeWith(parts)('a Dockerfile that .dockerignore leaves out', () => {
  const folder = tempFolder();
  let part: EnginePart;
  beforeAll(async () => {
    part = await dockerEngine();
    importBaseImage(part.address);
  }, 120_000);
  afterAll(async () => {
    await part?.stop();
    folder.remove();
  }, 60_000);

  async function logOf(entries: readonly Buffer[], dockerfile = 'Dockerfile'): Promise<string> {
    const file = join(folder.path, 'sources');
    writeFileSync(file, Buffer.concat([...entries, END]));
    const { signal } = new AbortController();
    const sources = await readContext(file, { limits: LIMITS, signal, dockerfile });
    const { apart } = sources;
    expect(apart).toBeDefined();
    const pieces: Buffer[] = [];
    const place = `${file}.context`;
    const claim = { wrote: () => undefined, release: () => undefined };
    try {
      await new DockerEngine({ client: new EngineClient({ socketPath: part.socketPath }), builder: 'buildkit' }).build(
        {
          id: 'x',
          context: (builder) => sources.pack(sources.dockerfile, builder),
          apart: apart && (() => apart.spool(sources.dockerfile, { file: place, claim })),
          dockerfile: sources.dockerfileName,
          tag: 'apart:1',
          args: {},
          labels: {},
          secrets: {},
          logins: {},
          noCache: true,
          needsBuildKit: false,
        },
        { output: async (output) => void pieces.push(Buffer.from(output)), signal },
      );
    } catch (error) {
      pieces.push(Buffer.from(String(error)));
    }
    expect(existsSync(place)).toBe(false);
    return Buffer.concat(pieces).toString('utf8');
  }
  const dockerfile = (content: string, name = 'Dockerfile') => block({ name, content });
  const ignore = (content: string) => block({ name: '.dockerignore', content });

  it('is built, with all else of the context: modes, links, times, names', async () => {
    const log = await logOf([
      dockerfile('FROM base:1\nCOPY . /all\nRUN cd /all && find . | sort && ls -ln . && wc -c deep/down/large && cat b/run a-link soft\n'),
      ignore('Dockerfile\n.dockerignore\nsecret\n'),
      block({ name: 'secret', content: 'not for the image' }),
      // Its folders are not in the archive.
      block({ name: 'deep/down/large', content: LARGE }),
      block({ name: 'b', flag: '5', fields: { 100: '0000750' } }),
      block({ name: 'b/run', content: 'shared\n', fields: { 100: '0000755' } }),
      // Sorted, the link comes before its file.
      block({ name: 'a-link', flag: '1', linked: 'b/run' }),
      block({ name: 'soft', flag: '2', linked: 'b/run' }),
      block({ name: 'b-c', content: '' }),
      block({ name: 'm\u00fcde', content: 'x' }),
    ]);
    const printed = [...log.matchAll(/^#\d+ (?:\d+\.\d+ )?(.*)$/gm)].map(([, line]) => line);
    expect(printed).toEqual(
      expect.arrayContaining([
        '.',
        './a-link',
        './b',
        './b-c',
        './b/run',
        './deep',
        './deep/down',
        './deep/down/large',
        './m\u00fcde',
        './soft',
      ]),
    );
    expect(printed.filter((line) => /^\.\/(Dockerfile|secret|\.dockerignore)/.test(line ?? ''))).toEqual([]);
    expect(printed).toContain(`${LARGE.length} deep/down/large`);
    expect(printed.filter((line) => line === 'shared')).toHaveLength(3);
    expect(log).toMatch(/-rwxr-xr-x +2 0 +0 +7 .* a-link$/m);
    expect(log).toMatch(/drwxr-x--- .* b$/m);
    expect(log).toMatch(/lrwxrwxrwx .* soft -> b\/run$/m);
  }, 120_000);

  it('is in reach of no step, by whatever name', async () => {
    expect(await logOf([dockerfile('FROM base:1\nCOPY Dockerfile /x\n'), ignore('Dockerfile\n')])).toMatch(/"?\/?Dockerfile"?.*not found/);
    expect(
      await logOf(
        [dockerfile('FROM base:1\nCOPY . /all\nRUN find /all | sort\n', 'build/prod'), ignore('build\n'), block({ name: 'x' })],
        'build/prod',
      ),
    ).not.toMatch(/\/all\/build/);
  }, 120_000);

  it('takes nothing of a build before it, of the same names, sizes and times', async () => {
    const build = (content: string) =>
      logOf([dockerfile('FROM base:1\nCOPY x /x\nRUN cat /x\n'), ignore('Dockerfile\n'), block({ name: 'x', content })]);
    expect(await build('one\n')).toMatch(/^#\d+ (?:[\d.]+ )?one$/m);
    expect(await build('two\n')).toMatch(/^#\d+ (?:[\d.]+ )?two$/m);
  }, 120_000);
});
