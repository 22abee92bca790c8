// Archives of every kind and from every program: what is taken, with what content, and what is refused.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { block, DOCKERFILE, END, packed, records, zip, type Block } from './support/archives';
import { tar, tempFolder, type TarEntry } from './support/fakes';

const folder = tempFolder();
afterAll(() => folder.remove());
const file = join(folder.path, 'sources');
const pack = (bytes: Buffer) => packed(file, bytes);
const sources = (...blocks: readonly (Block | Buffer)[]) =>
  Buffer.concat([
    block({ name: 'Dockerfile', content: 'FROM base:1\n' }),
    ...blocks.map((one) => (Buffer.isBuffer(one) ? one : block(one))),
    END,
  ]);
const refused = (problem: string) => ({ name: 'BuildFailure', message: expect.stringContaining(problem) as unknown });
const has = (program: string) => spawnSync(program, ['--help']).error === undefined;

describe('archives', () => {
  it.each([
    ['tar', (bytes: Buffer) => bytes],
    ['tar.gz', (bytes: Buffer) => gzipSync(bytes)],
    ['tar.gz in two parts', (bytes: Buffer) => Buffer.concat([gzipSync(bytes.subarray(0, 700)), gzipSync(bytes.subarray(700))])],
  ])('are taken as %s, with the Dockerfile replaced', async (_kind, wrap) => {
    const { dockerfile, contents } = await pack(
      wrap(
        await tar([
          DOCKERFILE,
          { name: './src/', type: 'directory' },
          { name: './src/a.txt', content: 'a' },
          { name: 'link', type: 'symlink', linkname: 'src/a.txt' },
        ]),
      ),
    );
    expect(dockerfile).toBe('FROM base:1\n');
    expect(Object.fromEntries(contents)).toEqual({ Dockerfile: 'FROM replaced\n', src: '', 'src/a.txt': 'a', link: 'src/a.txt' });
    // Nothing of it was unpacked onto the disk.
    expect(readdirSync(folder.path)).toEqual(['sources']);
  });

  it.each([
    ['xz', ['-c'], 'xzcat'],
    ['bzip2', ['-c'], 'bzcat'],
    ['zstd', ['-qc'], 'zstd'],
  ])('are taken packed with %s where the machine unpacks it, and refused when damaged', async (program, args, unpacker) => {
    const bytes = await tar([DOCKERFILE, { name: 'a', content: 'a'.repeat(100_000) }]);
    const { stdout, error } = spawnSync(program, args, { input: bytes });
    if (error !== undefined || !has(unpacker)) return;
    expect((await pack(stdout)).contents.get('a')).toBe('a'.repeat(100_000));
    await expect(pack(stdout.subarray(0, stdout.length - 20))).rejects.toMatchObject(refused('the archive is damaged'));
  });

  it('say what to install when nothing unpacks them', async () => {
    const path = process.env['PATH'];
    process.env['PATH'] = folder.path;
    try {
      await expect(pack(Buffer.from('BZh91AY&SY'))).rejects.toMatchObject(
        refused('packed with bzip2, which this worker cannot unpack (spawn bzcat ENOENT); install bzcat beside it, or send tar.gz'),
      );
    } finally {
      process.env['PATH'] = path;
    }
  });

  it.each([
    ['v7', { magic: '\u0000' }],
    ['old GNU', { magic: 'ustar  \u0000' }],
    ['POSIX', {}],
  ])('are taken from %s tar', async (_name, more) => {
    const bytes = Buffer.concat([
      block({ name: 'Dockerfile', content: 'FROM base:1\n', ...more }),
      block({ name: 'src/', ...more, flag: '\u0000' }),
      block({ name: 'src/a', content: 'x', ...more, flag: '\u0000' }),
      END,
    ]);
    const { contents, types } = await pack(bytes);
    expect([contents.get('src/a'), types.get('src'), types.get('src/a')]).toEqual(['x', 'directory', 'file']);
  });

  it('may have a label, records for all, long names, contiguous files and no end', async () => {
    const long = `${'d'.repeat(120)}/${'e'.repeat(130)}`;
    const bytes = Buffer.concat([
      block({ name: 'backup of today', flag: 'V' }),
      block({ name: 'pax_global_header', flag: 'g', content: records([['comment', 'abc']]) }),
      block({ name: 'Dockerfile', content: 'FROM base:1\n' }),
      block({ name: '././@LongLink', flag: 'L', content: `${long}\u0000` }),
      block({ name: 'cut', content: '1' }),
      block({
        name: 'x',
        flag: 'x',
        content: records([
          ['path', `${long}2`],
          ['mtime', '1.5'],
        ]),
      }),
      block({ name: 'cut', flag: '7', content: '2' }),
      block({ name: 'short', fields: { 345: 'prefix' }, content: '3' }),
    ]);
    const { contents } = await pack(bytes);
    expect(Object.fromEntries(contents)).toEqual({ Dockerfile: 'FROM replaced\n', [long]: '1', [`${long}2`]: '2', 'prefix/short': '3' });
  });

  it('keep names that are not UTF-8, apart from each other', async () => {
    const name = (...bytes: number[]) => Buffer.from([0x6c, ...bytes, 0x74]);
    const record = records([['path', name(0xfc)]]);
    const { contents } = await pack(
      sources(
        { name: name(0xe4), content: 'a' },
        { name: name(0xf6), content: 'o' },
        { name: 'x', flag: 'x', content: record },
        { name: 'y', content: 'u' },
      ),
    );
    expect([contents.get('l\u00e4t'), contents.get('l\u00f6t'), contents.get('l\u00fct')]).toEqual(['a', 'o', 'u']);
  });

  it('keep modes, with the bits above those of reading', async () => {
    const { modes } = await pack(sources({ name: 's', fields: { 100: '0104755\u0000' } }));
    expect(modes.get('s')).toBe(0o4755);
  });

  it.each<[string, readonly TarEntry[], string]>([
    ['a path out of the folder', [DOCKERFILE, { name: '../evil', content: '' }], 'entry "../evil" leaves the folder'],
    ['a path out of the folder, inside', [DOCKERFILE, { name: 'a/../../evil', content: '' }], 'leaves the folder'],
    ['an absolute path', [DOCKERFILE, { name: '/etc/passwd', content: '' }], 'absolute name'],
    [
      'a file behind a link',
      [DOCKERFILE, { name: 'd', type: 'symlink', linkname: 'x' }, { name: 'd/e/vil', content: '' }],
      'lies below "d", which is a symbolic link',
    ],
    [
      'a file below a file',
      [DOCKERFILE, { name: 'd/e', content: '' }, { name: 'd', content: '' }],
      'lies below "d", which is not a folder',
    ],
    [
      'a hard link to nothing',
      [DOCKERFILE, { name: 'h', type: 'link', linkname: 'etc/passwd' }],
      'hard link "h" points to no file before it',
    ],
    ['a hard link out of the folder', [DOCKERFILE, { name: 'h', type: 'link', linkname: '../x' }], 'leaves the folder'],
    ['a device', [DOCKERFILE, { name: 'sda', type: 'block-device', devmajor: 8 }], 'is a block device'],
    ['a character device', [DOCKERFILE, { name: 'null', type: 'character-device' }], 'is a character device'],
    ['a pipe', [DOCKERFILE, { name: 'p', type: 'fifo' }], 'is a pipe'],
    ['a name longer than file systems take', [DOCKERFILE, { name: 'a'.repeat(300), content: '' }], 'too long a name'],
    ['a folder with too long a name', [DOCKERFILE, { name: `a/${'b'.repeat(256)}/c`, content: '' }], 'too long a name'],
  ])('are refused with %s', async (_name, entries, problem) => {
    await expect(pack(await tar(entries))).rejects.toMatchObject(refused(problem));
    expect(readdirSync(folder.path)).toEqual(['sources']);
  });

  it.each<[string, Buffer, string]>([
    ['a type that is not known', sources({ name: 'a', flag: 'Z', content: 'x' }), 'entry "a" is of the type "Z", which is not known'],
    ['the rest of another tar', sources({ name: 'a', flag: 'M', content: 'x' }), 'is the rest of a file of another tar'],
    ['a NUL in a name', sources({ name: 'x', flag: 'x', content: records([['path', 'a\u0000b']]) }, { name: 'a' }), 'NUL character'],
    ['a header that is none', sources(Buffer.alloc(512, 'x')), 'wrong checksum'],
    ['a size that is none', sources({ name: 'a', fields: { 124: '00000009999\u0000' } }), 'other characters than digits'],
    ['a record of a wrong length', sources({ name: 'x', flag: 'x', content: '99 path=a\n' }, { name: 'a' }), 'a record of a wrong length'],
    ['an end in the middle', sources({ name: 'a', content: 'x'.repeat(2000) }).subarray(0, 2500), 'ends in the middle'],
    ['more after the end', Buffer.concat([sources().subarray(0, 1536), sources()]), 'goes on after its end'],
    ['nothing', Buffer.alloc(0), 'empty'],
    [
      'a page',
      Buffer.from('<!doctype html><title>Not found</title>'),
      'are neither a tar (plain or packed with gzip, bzip2, xz or zstd) nor a zip archive',
    ],
    ['a gzip cut off', gzipSync(Buffer.alloc(100_000, 'x')).subarray(0, 60), 'damaged'],
    ['a gzip of a page', gzipSync('<!doctype html>'.repeat(100)), 'damaged'],
    ['half a zip', zip([{ name: 'Dockerfile', content: 'FROM x\n' }]).subarray(0, 60), 'damaged'],
  ])('are refused with %s', async (_name, bytes, problem) => {
    await expect(pack(bytes)).rejects.toMatchObject(refused(problem));
  });

  it('are refused when the checksum at the end of a gzip is wrong', async () => {
    const bytes = gzipSync(sources());
    bytes[bytes.length - 8] = (bytes.at(-8) ?? 0) ^ 1;
    await expect(pack(bytes)).rejects.toMatchObject(refused('damaged'));
  });
});

describe('files with holes', () => {
  const parts = { 10: 'ten', 1000: 'thousand' };
  const whole = Buffer.alloc(1500);
  for (const [at, text] of Object.entries(parts)) whole.write(text, Number(at));
  const stored = Object.values(parts).join('');
  const octal = (value: number) => `${value.toString(8).padStart(11, '0')}\u0000`;
  const map = '2\n10\n3\n1000\n8\n';
  const pax = (values: readonly (readonly [string, string])[], content: string): Buffer[] => [
    block({ name: 'x', flag: 'x', content: records(values) }),
    block({ name: 'GNUSparseFile.0/sparse', content }),
  ];
  const old = (numbers: string, more: Partial<Block> = {}) =>
    block({ name: 'sparse', flag: 'S', magic: 'ustar  \u0000', content: stored, fields: { 386: numbers, 483: octal(1500) }, ...more });
  const forms: Readonly<Record<string, readonly Buffer[]>> = {
    GNU: [old(octal(10) + octal(3) + octal(1000) + octal(8))],
    'GNU, its map going on': [
      Buffer.concat([
        block({
          name: 'sparse',
          flag: 'S',
          content: stored,
          fields: { 386: octal(10) + octal(3), 482: '\u0001', 483: octal(1500) },
        }).subarray(0, 512),
        Buffer.concat([Buffer.from(octal(1000) + octal(8)), Buffer.alloc(512 - 24)]),
        Buffer.concat([Buffer.from(stored), Buffer.alloc(512 - stored.length)]),
      ]),
    ],
    'POSIX 0.0': pax(
      [
        ['GNU.sparse.size', '1500'],
        ['GNU.sparse.numblocks', '2'],
        ['GNU.sparse.offset', '10'],
        ['GNU.sparse.numbytes', '3'],
        ['GNU.sparse.offset', '1000'],
        ['GNU.sparse.numbytes', '8'],
        ['path', 'sparse'],
      ],
      stored,
    ),
    'POSIX 0.1': pax(
      [
        ['GNU.sparse.size', '1500'],
        ['GNU.sparse.map', '10,3,1000,8'],
        ['GNU.sparse.name', 'sparse'],
      ],
      stored,
    ),
    'POSIX 1.0': pax(
      [
        ['GNU.sparse.major', '1'],
        ['GNU.sparse.minor', '0'],
        ['GNU.sparse.name', 'sparse'],
        ['GNU.sparse.realsize', '1500'],
      ],
      map.padEnd(512, '\u0000') + stored,
    ),
  };

  it.each(Object.entries(forms))('are whole in the context, %s', async (_form, blocks) => {
    const { contents } = await pack(sources(...blocks, { name: 'after', content: 'after' }));
    expect(contents.get('sparse')).toBe(whole.toString('latin1'));
    expect(contents.get('after')).toBe('after');
  });

  it.each<[string, readonly Buffer[], string]>([
    ['a part outside the file', [old(octal(1499) + octal(11))], 'parts outside itself'],
    ['parts one over the other', [old(octal(10) + octal(5) + octal(12) + octal(6))], 'one over the other'],
    ['less than its map tells', [old(octal(10) + octal(30))], 'does not fit its content'],
    [
      'a map that never ends',
      pax(
        [
          ['GNU.sparse.major', '1'],
          ['GNU.sparse.realsize', '9'],
        ],
        '9'.repeat(600),
      ),
      'no whole map',
    ],
    [
      'a version of later',
      pax(
        [
          ['GNU.sparse.major', '2'],
          ['GNU.sparse.realsize', '9'],
        ],
        stored,
      ),
      'of version 2',
    ],
    ['no size', pax([['GNU.sparse.map', '0,11']], stored), 'does not tell its size'],
  ])('are refused with %s', async (_name, blocks, problem) => {
    await expect(pack(sources(...blocks))).rejects.toMatchObject(refused(problem));
  });
});

describe('zip', () => {
  it('is taken stored and deflated, small and large, with links', async () => {
    const large = 'line of a large file\n'.repeat(30_000);
    const { contents } = await pack(
      zip([
        { name: 'Dockerfile', content: 'FROM base:1\n', deflate: true },
        { name: 'a b/ü.txt', content: 'x' },
        { name: 'l', content: 'Dockerfile', mode: 0o120777 },
        { name: 'large', content: large, deflate: true },
        { name: 'large2', content: large },
        { name: 'empty', content: '', deflate: true },
      ]),
    );
    expect(Object.fromEntries(contents)).toEqual({
      Dockerfile: 'FROM replaced\n',
      'a b/\u00c3\u00bc.txt': 'x',
      l: 'Dockerfile',
      large,
      large2: large,
      empty: '',
    });
  });

  it('is taken as macOS packs it: resources beside the folder, names in UTF-8 that it does not announce', async () => {
    const { names } = await pack(
      zip([
        { name: 'app/', mode: 0o040755, utf8: false },
        { name: 'app/Dockerfile', content: 'FROM base:1\n', utf8: false },
        { name: 'app/u\u0308.txt', content: '', utf8: false },
        { name: 'app/Icon\r', content: '', utf8: false },
        { name: '__MACOSX/app/._Dockerfile', content: 'resource', utf8: false },
        { name: '.DS_Store', content: '', utf8: false },
      ]),
    );
    expect(names).toEqual(['Dockerfile', Buffer.from('u\u0308.txt').toString('latin1'), 'Icon\r']);
  });

  it.each([
    ['a path out of the folder', [{ name: '../evil' }], 'entry "../evil" leaves the folder'],
    ['a path with backslashes', [{ name: '..\\evil' }], 'leaves the folder'],
    ['an absolute path', [{ name: '/etc/passwd' }], 'absolute name'],
    ['a device', [{ name: 'd', mode: 0o060644 }], 'is a device or a pipe'],
    ['a wrong checksum', [{ name: 'a', content: 'abc', wrong: 'checksum' as const }], '"a" has another checksum than when it was packed'],
    [
      'a wrong checksum of a large file',
      [{ name: 'a', content: 'x'.repeat(400_000), deflate: true, wrong: 'checksum' as const }],
      'another checksum',
    ],
    ['less than it says', [{ name: 'a', content: 'abc', deflate: true, wrong: 'size' as const }], '"a" is smaller than the zip says'],
    ['a method of others', [{ name: 'a', content: 'abc', method: 12 }], '"a" is packed with method 12 of zip; pack it with deflate'],
  ])('is refused with %s', async (_name, entries, problem) => {
    await expect(pack(zip([{ name: 'Dockerfile', content: 'FROM x\n' }, ...entries]))).rejects.toMatchObject(refused(problem));
  });
});
