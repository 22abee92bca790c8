// Hostile and odd sources: what is refused, what is taken, and what the engine gets.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { EgressPolicy } from '../../worker/egress/policy';
import { BlockList } from 'node:net';
import { readContext } from '../../worker/sources/context';
import { decodeDataUri, fetchSources } from '../../worker/sources/fetch';
import { serve, tar, tempFolder, type TarEntry, workedMs } from './support/fakes';

const LIMITS = { maxBytes: 50 * 1024 ** 2, maxEntries: 100_000 };
const calm = new AbortController().signal;
const DOCKERFILE: TarEntry = { name: 'Dockerfile', content: 'FROM base:1\n' };

/** A zip without compression, or with a lie about it; names and attributes as given. */
function zip(entries: readonly { name: string; content?: string; mode?: number; deflate?: boolean }[]): Buffer {
  const table = Array.from({ length: 256 }, (_, n) =>
    Array.from({ length: 8 }).reduce<number>((c) => (c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1), n),
  );
  const crc = (bytes: Buffer) => (bytes.reduce((c, byte) => (table[(c ^ byte) & 0xff] ?? 0) ^ (c >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0;
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const { name, content = '', mode = 0o100644, deflate = false } of entries) {
    const data = Buffer.from(content);
    const stored = deflate ? deflateRawSync(data) : data;
    const bytes = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x800, 2);
    common.writeUInt16LE(deflate ? 8 : 0, 4);
    common.writeUInt16LE(0x5a21, 8);
    common.writeUInt32LE(crc(data), 10);
    common.writeUInt32LE(stored.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(bytes.length, 22);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), common, bytes, stored]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE((mode << 16) >>> 0, 6);
    tail.writeUInt32LE(offset, 10);
    centrals.push(Buffer.concat([Buffer.from('PK\u0001\u0002'), Buffer.from([20, 3]), common, tail, bytes]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, directory, Buffer.from('PK\u0005\u0006'), end]);
}

describe('archives', () => {
  const folder = tempFolder();
  afterAll(() => folder.remove());
  const file = join(folder.path, 'sources');

  async function contextOf(
    bytes: Buffer,
    limits = LIMITS,
  ): Promise<{ dockerfile: string; names: string[]; contents: Map<string, string> }> {
    writeFileSync(file, bytes);
    const context = await readContext(file, limits, calm);
    const contents = new Map<string, string>();
    const unpack = extract();
    context.pack('FROM replaced\n').pipe(unpack as unknown as NodeJS.WritableStream);
    for await (const entry of unpack) {
      let text = entry.header.linkname ?? '';
      for await (const chunk of entry) text += String(chunk);
      contents.set(entry.header.name, text);
    }
    return { dockerfile: context.dockerfile, names: [...contents.keys()], contents };
  }

  it.each([
    ['tar', (bytes: Buffer) => bytes],
    ['tar.gz', (bytes: Buffer) => gzipSync(bytes)],
  ])('takes %s, with its Dockerfile replaced', async (_kind, wrap) => {
    const { dockerfile, contents } = await contextOf(
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

  it('takes zip, stored and deflated, with links', async () => {
    const { contents } = await contextOf(
      zip([
        { name: 'Dockerfile', content: 'FROM base:1\n', deflate: true },
        { name: 'a b/ü.txt', content: 'x' },
        { name: 'l', content: 'Dockerfile', mode: 0o120777 },
      ]),
    );
    expect(Object.fromEntries(contents)).toEqual({ Dockerfile: 'FROM replaced\n', 'a b/ü.txt': 'x', l: 'Dockerfile' });
  });

  it('unwraps a single top folder, and no more than one', async () => {
    const { names, dockerfile } = await contextOf(
      await tar([
        { name: 'app-main/', type: 'directory' },
        { name: 'app-main/Dockerfile', content: 'FROM x\n' },
        { name: 'app-main/.env', content: '' },
        { name: 'app-main/src/a', content: '' },
      ]),
    );
    expect(dockerfile).toBe('FROM x\n');
    expect(names.sort()).toEqual(['.env', 'Dockerfile', 'src/a']);
  });

  it('leaves out what .dockerignore names, never the Dockerfile', async () => {
    const { names } = await contextOf(
      await tar([
        DOCKERFILE,
        { name: '.dockerignore', content: 'Dockerfile\n*.log\n!keep.log\n' },
        { name: 'a.log', content: '' },
        { name: 'keep.log', content: '' },
      ]),
    );
    expect(names.sort()).toEqual(['.dockerignore', 'Dockerfile', 'keep.log']);
  });

  it('takes links that stay inside, through others, in circles or to nothing', async () => {
    const links = { 'd/e': '..', g: 'd/e/src', h: 'd/e/d/e/nothing', i: 'j', j: 'i', deep: 'a/b/c/../../../src' };
    const { contents } = await contextOf(
      await tar([
        DOCKERFILE,
        { name: 'src/a', content: '' },
        ...Object.entries(links).map(([name, linkname]): TarEntry => ({ name, type: 'symlink', linkname })),
      ]),
    );
    expect(Object.fromEntries(contents)).toMatchObject(links);
  });

  it('checks 100,000 links in time', async () => {
    const links = Array.from({ length: 99_999 }, (_, n): TarEntry => ({
      name: `l${n}`,
      type: 'symlink',
      linkname: `l${n % 30 === 0 ? 'x' : n - 1}/${'a/../'.repeat(5)}x`,
    }));
    writeFileSync(file, await tar([DOCKERFILE, ...links]));
    const begun = process.cpuUsage();
    await readContext(file, LIMITS, calm);
    expect(workedMs(begun)).toBeLessThan(20_000);
  }, 300_000);

  it('follows a Dockerfile that is a link inside the folder', async () => {
    const { dockerfile } = await contextOf(
      await tar([
        { name: 'docker/prod.Dockerfile', content: 'FROM linked\n' },
        { name: 'Dockerfile', type: 'symlink', linkname: 'docker/prod.Dockerfile' },
      ]),
    );
    expect(dockerfile).toBe('FROM linked\n');
  });

  it.each<[string, readonly TarEntry[], string]>([
    ['a path out of the folder', [DOCKERFILE, { name: '../evil', content: '' }], 'entry "../evil" leaves the folder'],
    ['a path out of the folder, inside', [DOCKERFILE, { name: 'a/../../evil', content: '' }], 'leaves the folder'],
    ['an absolute path', [DOCKERFILE, { name: '/etc/passwd', content: '' }], 'absolute name'],
    ['a link out of the folder', [DOCKERFILE, { name: 'l', type: 'symlink', linkname: '../../etc/passwd' }], 'outside the folder'],
    [
      'a link that leaves through another one',
      [
        DOCKERFILE,
        { name: 'd/', type: 'directory' },
        { name: 'd/e', type: 'symlink', linkname: '..' },
        { name: 'f', type: 'symlink', linkname: 'd/e/../..' },
      ],
      'link "f" points to "d/e/../..", outside the folder',
    ],
    [
      'the same, in the other order',
      [DOCKERFILE, { name: 'f', type: 'symlink', linkname: 'd/e/../..' }, { name: 'd/e', type: 'symlink', linkname: '..' }],
      'link "f" points to "d/e/../..", outside the folder',
    ],
    [
      'a link out of the single folder that is unwrapped',
      [
        { name: 'app/Dockerfile', content: 'FROM x\n' },
        { name: 'app/l', type: 'symlink', linkname: '../x' },
      ],
      'link "l" points to "../x", outside the folder',
    ],
    [
      'links that lead through too many others',
      [DOCKERFILE, ...Array.from({ length: 50 }, (_, n): TarEntry => ({ name: `l${n}`, type: 'symlink', linkname: `l${n + 1}` }))],
      'leads through more than 40 links',
    ],
    ['an absolute link', [DOCKERFILE, { name: 'l', type: 'symlink', linkname: '/etc/passwd' }], 'outside the folder'],
    [
      'a file behind a link',
      [DOCKERFILE, { name: 'd', type: 'symlink', linkname: 'x' }, { name: 'd/evil', content: '' }],
      'lies below "d", which is a symlink',
    ],
    [
      'a hard link to nothing of the archive',
      [DOCKERFILE, { name: 'h', type: 'link', linkname: 'etc/passwd' }],
      'hard link "h" points to no file',
    ],
    ['a hard link out of the folder', [DOCKERFILE, { name: 'h', type: 'link', linkname: '../x' }], 'leaves the folder'],
    ['a device', [DOCKERFILE, { name: 'sda', type: 'block-device', devmajor: 8 }], 'is a block-device'],
    ['a character device', [DOCKERFILE, { name: 'null', type: 'character-device' }], 'is a character-device'],
    ['a pipe', [DOCKERFILE, { name: 'p', type: 'fifo' }], 'is a fifo'],
    ['a control character', [DOCKERFILE, { name: 'a\nb', content: '' }], 'control character'],
    ['a name longer than file systems take', [DOCKERFILE, { name: 'a'.repeat(300), content: '' }], 'too long a name'],
    [
      'no Dockerfile',
      [
        { name: 'readme', content: '' },
        { name: 'x', content: '' },
      ],
      'no Dockerfile at their top',
    ],
    ['a Dockerfile outside the folder', [{ name: 'Dockerfile', type: 'symlink', linkname: '../../etc/passwd' }], 'outside the folder'],
    [
      'a Dockerfile that links to itself',
      [
        { name: 'Dockerfile', type: 'symlink', linkname: 'Dockerfile' },
        { name: 'x', content: '' },
      ],
      'leads nowhere',
    ],
    [
      'a Dockerfile that is a folder',
      [
        { name: 'Dockerfile/', type: 'directory' },
        { name: 'x', content: '' },
      ],
      'is a folder',
    ],
  ])('refuses %s', async (_name, entries, problem) => {
    const before = readdirSync(folder.path);
    await expect(contextOf(await tar(entries))).rejects.toMatchObject({ name: 'BuildFailure', message: expect.stringContaining(problem) });
    expect(readdirSync(folder.path).sort()).toEqual([...new Set([...before, 'sources'])].sort());
  });

  it.each([
    ['a path out of the folder', [{ name: '../evil' }], 'entry "../evil" leaves the folder'],
    ['a path with backslashes', [{ name: '..\\evil' }], 'leaves the folder'],
    ['an absolute path', [{ name: '/etc/passwd' }], 'absolute name'],
    ['a link out of the folder', [{ name: 'l', content: '../../etc', mode: 0o120777 }], 'outside the folder'],
    ['a device', [{ name: 'd', mode: 0o060644 }], 'device or a pipe'],
  ])('refuses a zip with %s', async (_name, entries, problem) => {
    await expect(contextOf(zip([{ name: 'Dockerfile', content: 'FROM x\n' }, ...entries]))).rejects.toMatchObject({
      name: 'BuildFailure',
      message: expect.stringContaining(problem),
    });
  });

  it('refuses a bomb before it has unpacked', async () => {
    const bomb = gzipSync(await tar([DOCKERFILE, { name: 'zeros', content: '\u0000'.repeat(20 * 1024 ** 2) }]));
    expect(bomb.length).toBeLessThan(100_000);
    await expect(contextOf(bomb, { maxBytes: 1024 ** 2, maxEntries: 10 })).rejects.toThrow(
      'unpacks to more than 1048576 bytes; raise MAX_UNPACKED_BYTES',
    );
    await expect(
      contextOf(
        zip([
          { name: 'Dockerfile', content: 'FROM x\n' },
          { name: 'zeros', content: '\u0000'.repeat(20 * 1024 ** 2), deflate: true },
        ]),
        { maxBytes: 1024 ** 2, maxEntries: 10 },
      ),
    ).rejects.toThrow('unpacks to more than');
  });

  it('takes 100,000 entries and refuses one more', async () => {
    const entries = Array.from({ length: 99_999 }, (_, n) => ({ name: `f${n}`, content: '' }));
    writeFileSync(file, await tar([DOCKERFILE, ...entries]));
    expect((await readContext(file, LIMITS, calm)).dockerfile).toBe('FROM base:1\n');
    await expect(readContext(file, { ...LIMITS, maxEntries: 99_999 }, calm)).rejects.toThrow(
      'more than 99999 entries; raise MAX_SOURCE_ENTRIES',
    );
  }, 60_000);

  it.each([
    ['nothing', Buffer.alloc(0), 'empty'],
    ['a page', Buffer.from('<!doctype html><title>Not found</title>'), 'no tar, tar.gz or zip'],
    ['a gzip cut off', gzipSync(Buffer.alloc(100_000, 'x')).subarray(0, 60), 'damaged'],
    ['a gzip of a page', gzipSync('<!doctype html>'.repeat(100)), 'damaged'],
    ['half a zip', zip([{ name: 'Dockerfile', content: 'FROM x\n' }]).subarray(0, 60), 'damaged'],
  ])('says what is wrong with %s', async (_name, bytes, problem) => {
    await expect(contextOf(bytes)).rejects.toMatchObject({ name: 'BuildFailure', message: expect.stringContaining(problem) });
  });
});

describe('data URIs', () => {
  it.each([
    ['data:application/gzip;base64,aGk=', 'hi'],
    ['data:base64,aGk=', 'hi'],
    ['data:;base64,aGk=', 'hi'],
    ['data:,base64,aGk=', 'hi'],
    ['data:application/x-tar;charset=binary;BASE64,aGk', 'hi'],
    ['data:;base64,aGk%3D', 'hi'],
    ['data:,a%20b%ff', 'a b\u00ff'],
  ])('reads %s', (uri, text) => expect(decodeDataUri(uri).toString('latin1')).toBe(text));

  it.each([
    ['data:text/plain', 'no comma'],
    ['data:;base64,a!!', 'no base64'],
  ])('refuses %s', (uri, problem) => expect(() => decodeDataUri(uri)).toThrow(problem));
});

describe('fetching', () => {
  const folder = tempFolder();
  const file = join(folder.path, 'fetched');
  const loopback = new BlockList();
  loopback.addSubnet('127.0.0.0', 8);
  let hits = 0;
  let site: Awaited<ReturnType<typeof serve>>;
  const body = 'the archive';
  beforeAll(async () => {
    site = await serve((request, response) => {
      hits += 1;
      const path = new URL(request.url ?? '/', 'http://x').pathname;
      if (path === '/good') response.end(body);
      else if (path === '/auth')
        response.writeHead(request.headers.authorization === `Basic ${Buffer.from('me:p@ss').toString('base64')}` ? 200 : 403).end(body);
      else if (path === '/hop') response.writeHead(302, { location: '/good' }).end();
      else if (path === '/loop') response.writeHead(302, { location: '/loop' }).end();
      else if (path === '/file') response.writeHead(302, { location: 'file:///etc/passwd' }).end();
      else if (path === '/metadata') response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end();
      else if (path === '/inside') response.writeHead(302, { location: `http://inside.example:${site.port}/good` }).end();
      else if (path === '/flaky') response.writeHead(hits < 3 ? 503 : 200).end(body);
      else if (path === '/500') response.writeHead(500).end('<html>');
      else if (path === '/huge') response.writeHead(200, { 'content-length': String(10 * 1024 ** 3) }).write('x');
      else if (path === '/endless') {
        const timer = setInterval(() => response.write('x'.repeat(65_536)), 1);
        response.on('close', () => clearInterval(timer));
      } else if (path === '/slow') response.write('x');
      else if (path === '/cut') {
        response.writeHead(200, { 'content-length': '100' });
        response.write('x');
        setTimeout(() => response.destroy(), 10);
      } else response.writeHead(404).end('<html>not found');
    });
  });
  beforeEach(() => (hits = 0));
  afterAll(async () => {
    await site.close();
    folder.remove();
  });

  const get = (path: string, policy = new EgressPolicy(loopback)) =>
    fetchSources({
      sources: path.startsWith('http') ? path : site.url + path,
      file,
      maxBytes: 1024 ** 2,
      policy,
      signal: AbortSignal.timeout(20_000),
      note: async () => undefined,
      idleMs: 200,
    });

  it.each(['/good', '/hop', '/flaky'])(
    'fetches %s',
    async (path) => {
      await get(path);
      expect(
        createHash('md5')
          .update((await import('node:fs')).readFileSync(file))
          .digest('hex'),
      ).toBe(createHash('md5').update(body).digest('hex'));
    },
    15_000,
  );

  it('sends the credentials of the URL to its host', async () => {
    await get(site.url.replace('http://', 'http://me:p%40ss@') + '/auth');
    expect(existsSync(file)).toBe(true);
  });

  it.each([
    ['/missing', 'answer 404; the URL must give an archive'],
    ['/500', 'status 500'],
    ['/loop', 'redirected more than 10 times'],
    ['/file', 'redirected to file:, only http and https'],
    ['/metadata', '169.254.169.254 may not be reached'],
    ['/huge', 'larger than 1048576 bytes; send less or raise MAX_SOURCE_BYTES'],
    ['/endless', 'larger than 1048576 bytes'],
    ['/slow', 'no answer from'],
    ['/cut', 'could not be fetched'],
  ])(
    'refuses %s and leaves no file',
    async (path, problem) => {
      (await import('node:fs')).rmSync(file, { force: true });
      await expect(get(path)).rejects.toMatchObject({ name: 'BuildFailure', message: expect.stringContaining(problem) });
      expect(readdirSync(folder.path)).toEqual([]);
    },
    20_000,
  );

  it('refuses loopback unless it is allowed, as an address and as a name', async () => {
    await expect(get('/good', new EgressPolicy())).rejects.toThrow('127.0.0.1 may not be reached; EGRESS_ALLOW');
    await expect(get(`http://localhost:${site.port}/good`, new EgressPolicy())).rejects.toThrow(
      /localhost \((127\.0\.0\.1|::1)\) may not be reached/,
    );
    expect(hits).toBe(0);
  });

  it('refuses a redirect to a name that stands for a refused address', async () => {
    // The first host is allowed; the name it sends to is another way to this machine.
    const other = ((name: string, _options: object, done: (error: null, found: object[]) => void) =>
      done(null, [{ address: name === 'inside.example' ? '127.0.0.2' : '127.0.0.1', family: 4 }])) as never;
    const only = new BlockList();
    only.addAddress('127.0.0.1');
    await expect(get('/inside', new EgressPolicy(only, undefined, other))).rejects.toThrow(
      'inside.example (127.0.0.2) may not be reached; EGRESS_ALLOW',
    );
    expect(hits).toBe(1);
  });

  it('never shows credentials or signatures of a URL', async () => {
    const refused = get(site.url.replace('http://', 'http://me:hunter2@') + '/missing?X-Amz-Signature=hunter3');
    await expect(refused).rejects.toThrow(/missing\?… answer/);
    await expect(refused).rejects.not.toThrow(/hunter/);
  });

  it('gives up a server that takes the connection and says nothing', async () => {
    const mute = createServer(() => undefined);
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const address = mute.address();
    await expect(get(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`)).rejects.toThrow('no answer from');
    mute.close();
  }, 20_000);
});
