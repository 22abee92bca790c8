// The build context that becomes of an archive: which folder, which Dockerfile, which links, and what .dockerignore leaves out.
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContextFolder } from '../../worker/engines/engine';
import { readContext } from '../../worker/sources/context';
import { block, DOCKERFILE, END, LIMITS, packed, zip, type PackOptions } from './support/archives';
import { tar, tempFolder, type TarEntry } from './support/fakes';

const folder = tempFolder();
afterAll(() => folder.remove());
const file = join(folder.path, 'sources');
const pack = async (entries: readonly TarEntry[], options: PackOptions = {}) => packed(file, await tar(entries), options);
const refused = (problem: string) => ({ name: 'BuildFailure', message: expect.stringContaining(problem) as unknown });
const ignoring = (content: string): TarEntry => ({ name: '.dockerignore', content });
const names = async (entries: readonly TarEntry[], options: PackOptions = {}) => [...(await pack(entries, options)).names].sort();

describe('the folder that is built', () => {
  it('is the single one at the top, and no more than one', async () => {
    const { contents, dockerfile } = await pack([
      { name: 'app-main/', type: 'directory' },
      { name: 'app-main/Dockerfile', content: 'FROM x\n' },
      { name: 'app-main/.env', content: '' },
      { name: 'app-main/src/a', content: '' },
    ]);
    expect(dockerfile).toBe('FROM x\n');
    expect([...contents.keys()].sort()).toEqual(['.env', 'Dockerfile', 'src/a']);
  });

  it('is found beside what macOS adds', async () => {
    expect(
      await names([
        { name: './._app', content: 'x' },
        { name: '.DS_Store', content: '' },
        { name: 'app/Dockerfile', content: 'FROM x\n' },
      ]),
    ).toEqual(['Dockerfile']);
  });
});

describe('the Dockerfile', () => {
  it('may be written in lower case, but the usual name comes first', async () => {
    expect(
      (
        await pack([
          { name: 'dockerfile', content: 'FROM low\n' },
          { name: 'a', content: '' },
        ])
      ).dockerfile,
    ).toBe('FROM low\n');
    const both = await pack([{ name: 'dockerfile', content: 'FROM low\n' }, DOCKERFILE]);
    expect([both.dockerfile, both.contents.get('dockerfile')]).toEqual(['FROM base:1\n', 'FROM low\n']);
  });

  it('may be named, in a folder, and is replaced there', async () => {
    const { dockerfile, dockerfileName, contents } = await pack(
      [
        { name: 'app/Dockerfile', content: 'FROM one\n' },
        { name: 'app/docker/prod.Dockerfile', content: 'FROM two\n' },
      ],
      { dockerfile: './docker/prod.Dockerfile' },
    );
    expect([dockerfile, dockerfileName]).toEqual(['FROM two\n', 'docker/prod.Dockerfile']);
    expect(Object.fromEntries(contents)).toEqual({ Dockerfile: 'FROM one\n', 'docker/prod.Dockerfile': 'FROM replaced\n' });
  });

  it.each<[string, string, Record<string, string>]>([
    ['a link', 'docker/x', { Dockerfile: 'docker/x' }],
    ['links through folders', 'docker/x', { Dockerfile: 'here/x', here: 'docker' }],
    ['an absolute link, from the folder that is built', 'docker/x', { Dockerfile: '/docker/x' }],
    ['a link that leads too far up', 'docker/x', { Dockerfile: '../../docker/x' }],
  ])('may be %s', async (_name, target, links) => {
    const { dockerfile, dockerfileName, contents } = await pack([
      { name: target, content: 'FROM linked\n' },
      ...Object.entries(links).map(([name, linkname]): TarEntry => ({ name, type: 'symlink', linkname })),
    ]);
    expect([dockerfile, dockerfileName, contents.get(target), contents.get('Dockerfile')]).toEqual([
      'FROM linked\n',
      target,
      'FROM replaced\n',
      links['Dockerfile'],
    ]);
  });

  it('is the last of several, as on a disk', async () => {
    const large = `FROM last\n${'#\n'.repeat(10)}`;
    expect((await pack([DOCKERFILE, { name: 'Dockerfile', content: large }])).dockerfile).toBe(large);
  });

  it('keeps bytes that are not UTF-8', async () => {
    const bytes = Buffer.from('FROM base:1\n# caf\u00e9\n', 'latin1');
    expect((await packed(file, Buffer.concat([block({ name: 'Dockerfile', content: bytes }), END]))).dockerfile).toBe(
      bytes.toString('latin1'),
    );
  });

  it('may be a hard link, or be linked to, and what is linked keeps what it was', async () => {
    const linked = await pack([DOCKERFILE, { name: 'copy', type: 'link', linkname: 'Dockerfile' }]);
    expect([linked.contents.get('Dockerfile'), linked.contents.get('copy')]).toEqual(['FROM replaced\n', 'FROM base:1\n']);
    const link = await pack([
      { name: 'a', content: 'FROM a\n' },
      { name: 'Dockerfile', type: 'link', linkname: 'a' },
    ]);
    expect([link.dockerfile, link.contents.get('Dockerfile'), link.contents.get('a')]).toEqual(['FROM a\n', 'FROM replaced\n', 'FROM a\n']);
  });

  it.each<[string, readonly TarEntry[], PackOptions, string]>([
    ['missing', [{ name: 'readme', content: '' }], {}, 'no Dockerfile at their top; add one, or name another with the field dockerfile'],
    [
      'missing in the folder',
      [
        { name: 'app/a', content: '' },
        { name: 'app/b', content: '' },
      ],
      {},
      'no Dockerfile in their folder "app"',
    ],
    [
      'missing where it should be',
      [DOCKERFILE],
      { dockerfile: 'docker/x' },
      'no "docker/x" at their top; the field dockerfile must name a file',
    ],
    ['outside the folder', [DOCKERFILE], { dockerfile: '../x' }, 'leaves the folder'],
    [
      'a folder',
      [
        { name: 'Dockerfile/', type: 'directory' },
        { name: 'x', content: '' },
      ],
      {},
      'is a folder',
    ],
    [
      'a link to itself',
      [
        { name: 'Dockerfile', type: 'symlink', linkname: 'Dockerfile' },
        { name: 'x', content: '' },
      ],
      {},
      'more than 40 links',
    ],
    [
      'a link to nothing',
      [
        { name: 'Dockerfile', type: 'symlink', linkname: '/etc/passwd' },
        { name: 'x', content: '' },
      ],
      {},
      'no Dockerfile',
    ],
    ['too large', [{ name: 'Dockerfile', content: '#'.repeat(1024 ** 2 + 1) }], {}, 'larger than 1048576 bytes'],
  ])('is refused when it is %s', async (_name, entries, options, problem) => {
    await expect(pack(entries, options)).rejects.toMatchObject(refused(problem));
  });
});

describe('links', () => {
  it('are taken as they are, wherever they point', async () => {
    const links = {
      'venv/bin/python3': '/usr/bin/python3',
      up: '../../etc/passwd',
      'd/e': '..',
      f: 'd/e/../..',
      circle: 'circle',
      nothing: 'a/b/c',
    };
    const { contents, types } = await pack([
      DOCKERFILE,
      ...Object.entries(links).map(([name, linkname]): TarEntry => ({ name, type: 'symlink', linkname })),
    ]);
    expect(Object.fromEntries(contents)).toEqual({ Dockerfile: 'FROM replaced\n', ...links });
    expect(types.get('up')).toBe('symlink');
    const zipped = await packed(
      file,
      zip([
        { name: 'Dockerfile', content: 'FROM x\n' },
        { name: 'l', content: '/usr/bin/x', mode: 0o120777 },
      ]),
    );
    expect([zipped.contents.get('l'), zipped.types.get('l')]).toEqual(['/usr/bin/x', 'symlink']);
  });

  it('that are hard keep their content when its first name is left out', async () => {
    const entries: readonly TarEntry[] = [
      DOCKERFILE,
      ignoring('secret\n'),
      { name: 'secret', content: 'shared', mode: 0o755 },
      { name: 'b', type: 'link', linkname: 'secret' },
      { name: 'c', type: 'link', linkname: 'b' },
      { name: 'l', type: 'symlink', linkname: 'x' },
      { name: 'm', type: 'link', linkname: 'l' },
    ];
    const { contents, types, names: all } = await pack(entries);
    expect(all).not.toContain('secret');
    expect([types.get('b'), contents.get('b'), types.get('c'), contents.get('c')]).toEqual(['file', 'shared', 'link', 'b']);
    expect([types.get('m'), contents.get('m')]).toEqual(['symlink', 'x']);
  });

  it('that are hard stand for the file that they were made from, whatever has its first name later on', async () => {
    const { contents } = await pack([
      DOCKERFILE,
      { name: 'a', content: 'one' },
      { name: 'b', type: 'link', linkname: 'a' },
      { name: 'a', content: 'two' },
      { name: 'c', type: 'link', linkname: 'b' },
    ]);
    expect([contents.get('a'), contents.get('c')]).toEqual(['two', 'b']);
  });

  it('that are hard stay hard in a folder that is unwrapped', async () => {
    const { contents, types } = await pack([
      { name: 'app/Dockerfile', content: 'FROM x\n' },
      { name: 'app/a', content: '1' },
      { name: 'app/b', type: 'link', linkname: 'app/a' },
    ]);
    expect([types.get('b'), contents.get('b')]).toEqual(['link', 'a']);
  });
});

describe('.dockerignore', () => {
  it('leaves out what it names', async () => {
    expect(
      await names([
        DOCKERFILE,
        ignoring('*.log\n!keep.log\n**.pem\nnode_modules'),
        ...['a.log', 'keep.log', 'key.pem', 'deep/key.pem', 'node_modules/x/y', 'src/a'].map((name): TarEntry => ({ name, content: '' })),
      ]),
    ).toEqual(['.dockerignore', 'Dockerfile', 'keep.log', 'src/a']);
  });

  it('may be a link, and be of any name behind it', async () => {
    expect(
      await names([
        DOCKERFILE,
        { name: 'config/ignored', content: '*.log' },
        { name: '.dockerignore', type: 'symlink', linkname: 'config/ignored' },
        { name: 'a.log', content: '' },
      ]),
    ).toEqual(['.dockerignore', 'Dockerfile', 'config/ignored']);
  });

  it('gives way to the one of the Dockerfile', async () => {
    const entries: readonly TarEntry[] = [
      DOCKERFILE,
      { name: 'docker/x', content: 'FROM x\n' },
      { name: 'docker/x.dockerignore', content: 'b' },
      ignoring('a'),
      { name: 'a', content: '' },
      { name: 'b', content: '' },
    ];
    expect(await names(entries)).toEqual(['.dockerignore', 'Dockerfile', 'b', 'docker/x', 'docker/x.dockerignore']);
    expect(await names(entries, { dockerfile: 'docker/x' })).toEqual([
      '.dockerignore',
      'Dockerfile',
      'a',
      'docker/x',
      'docker/x.dockerignore',
    ]);
  });

  it('may leave out what could not be taken', async () => {
    const entries: readonly TarEntry[] = [DOCKERFILE, { name: 'run/pipe', type: 'fifo' }];
    await expect(pack(entries)).rejects.toMatchObject(refused('entry "run/pipe" is a pipe; only files, folders and links are taken'));
    expect(await names([...entries, ignoring('run')])).toEqual(['.dockerignore', 'Dockerfile']);
  });

  it('keeps the modes of folders that have something it does not leave out', async () => {
    const { modes, names: all } = await pack([
      DOCKERFILE,
      ignoring('*\n!src/keep'),
      { name: 'src', type: 'directory', mode: 0o700 },
      { name: 'other', type: 'directory' },
      { name: 'src/keep', content: '' },
      { name: 'src/a', content: '' },
    ]);
    expect(all).toEqual(['Dockerfile', 'src', 'src/keep']);
    expect(modes.get('src')).toBe(0o700);
  });

  it('leaves the Dockerfile to the classic builder to take out, and itself', async () => {
    const entries = [DOCKERFILE, ignoring('*\n!a'), { name: 'a', content: '' }];
    const classic = await pack(entries, { builder: 'classic' });
    expect(Object.fromEntries(classic.contents)).toEqual({
      Dockerfile: 'FROM replaced\n',
      '.dockerignore': 'Dockerfile\n.dockerignore\n',
      a: '',
    });
    expect(await names(entries, { builder: 'buildkit' })).toEqual(['Dockerfile', 'a']);
    // One that stays in the context says it itself.
    const kept = await pack([DOCKERFILE, ignoring('Dockerfile')], { builder: 'classic' });
    expect(kept.contents.get('.dockerignore')).toBe('Dockerfile');
  });

  it('that leaves out the Dockerfile has both apart: folders first, and files linked as in the archive', async () => {
    writeFileSync(
      file,
      await tar([
        { name: 'docker/prod', content: 'FROM x\n' },
        { name: 'docker/prod.dockerignore', content: 'docker' },
        { name: 'b-c', content: 'dash' },
        { name: 'b/run', content: 'one', mode: 0o755 },
        { name: 'a', type: 'link', linkname: 'b/run' },
        { name: 'b/same', type: 'link', linkname: 'a' },
        { name: 'soft', type: 'symlink', linkname: 'b' },
      ]),
    );
    const context = await readContext(file, { limits: LIMITS, signal: new AbortController().signal, dockerfile: 'docker/prod' });
    const place = `${file}.context`;
    const claim = { wrote: jest.fn(), release: jest.fn() };
    const apart = await context.apart?.spool('FROM y\n', { file: place, claim });
    const written = claim.wrote.mock.calls.reduce((sum, [bytes]) => sum + Number(bytes), 0);
    expect([context.apart?.bytes, statSync(place).size, written, claim.release.mock.calls]).toEqual([7, 7, 7, []]);
    const listed = async ({ entries, read }: ContextFolder): Promise<string[]> =>
      Promise.all(
        entries.map(async ({ path, type, mode, target = '' }, index) => {
          let content = String(target);
          if (type === 'file') for await (const chunk of read(index)) content += String(chunk);
          return `${type} ${String(path)} ${mode.toString(8)} ${content}`.trim();
        }),
      );
    expect(apart && (await listed(apart.context))).toEqual([
      'file a 755 one',
      'directory b 755',
      'link b/run 755 a',
      'link b/same 755 a',
      'file b-c 644 dash',
      'symlink soft 644 b',
    ]);
    expect(apart && (await listed(apart.dockerfile))).toEqual(['directory docker 755', 'file docker/prod 644 FROM y']);
    await apart?.close();
    expect([existsSync(place), claim.release.mock.calls.length]).toEqual([false, 1]);
    writeFileSync(file, await tar([DOCKERFILE]));
    expect((await readContext(file, { limits: LIMITS, signal: new AbortController().signal })).apart).toBeUndefined();
  });

  it('that leaves out the Dockerfile claims as much room as the context takes, and gives it back whatever happens', async () => {
    const entries: TarEntry[] = [
      { name: 'app/Dockerfile', content: 'FROM x\n' },
      { name: 'app/.dockerignore', content: 'Dockerfile\nbig\n.dockerignore' },
      { name: 'app/big', content: 'b'.repeat(50_000) },
      { name: 'app/heir', type: 'link', linkname: 'app/big' },
      { name: 'app/twice', content: 'one' },
      { name: 'app/twice', content: 'another' },
    ];
    writeFileSync(file, await tar(entries));
    const place = `${file}.context`;
    const release = jest.fn();
    const context = await readContext(file, { limits: LIMITS, signal: new AbortController().signal });
    const folders = await context.apart?.spool('FROM y\n', { file: place, claim: { wrote: () => undefined, release } });
    expect([context.apart?.bytes, statSync(place).size]).toEqual([50_010, 50_010]);
    await folders?.close();
    const wrote = () => {
      throw new Error('broken');
    };
    await expect(context.apart?.spool('FROM y\n', { file: place, claim: { wrote, release } })).rejects.toThrow('broken');
    await expect(context.apart?.spool('FROM y\n', { file: `${file}/none`, claim: { wrote, release } })).rejects.toThrow('ENOTDIR');
    expect([existsSync(place), release.mock.calls.length]).toEqual([false, 3]);
  });

  it('tells the line that is wrong', async () => {
    await expect(pack([DOCKERFILE, ignoring('a\n[b')])).rejects.toMatchObject(refused('".dockerignore", line 2: the [ is never closed'));
  });
});
