// Sources onto the disk: data URIs, downloads with redirects, and what is refused.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { BlockList, createServer } from 'node:net';
import { join } from 'node:path';
import { EgressPolicy } from '../../worker/egress/policy';
import { decodeDataUri } from '../../worker/sources/data-uri';
import { fetchSources } from '../../worker/sources/fetch';
import { serve, tempFolder, workedMs } from './support/fakes';

describe('data URIs as long as requests', () => {
  it.each([
    ['data:,', '%00a', 2],
    ['data:;base64,', 'a ', 0.75],
    ['data:;base64,', '%41', 0.75],
  ])('are read in a moment and little memory: %s%s…', (head, piece, bytes) => {
    const begun = process.cpuUsage();
    const times = 4_000_000;
    expect(decodeDataUri(head + piece.repeat(times)).length).toBe(bytes * times);
    expect(workedMs(begun)).toBeLessThan(2000);
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
    ['data:;base64,aG\r\nk=\n', 'hi'],
    ['data:;base64,_-%41A', '\u00ff\u00e0\u0000'],
    ['data:,a%20b%ff', 'a b\u00ff'],
    ['data:,%4%zz100%', '%4%zz100%'],
  ])('reads %s', (uri, text) => expect(decodeDataUri(uri).toString('latin1')).toBe(text));

  it.each([
    ['data:text/plain', 'no comma'],
    ['data:;base64,a!!', 'is not base64'],
    ['data:;base64,a=k', 'is not base64'],
    ['data:;base64,\u0161\u0161', 'is not base64'],
    [`data:${';'.repeat(5000)},x`, 'more than 4096 characters before its comma'],
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
      } else if (path === '/drip') {
        const timer = setInterval(() => response.write('x'), 20);
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

  // A machine under load may take longer than what is waited for a server that hangs.
  const get = (path: string, policy = new EgressPolicy(loopback), idleMs = path === '/slow' ? 200 : 20_000) =>
    fetchSources({
      sources: path.startsWith('http') ? path : site.url + path,
      file,
      maxBytes: 1024 ** 2,
      policy,
      signal: AbortSignal.timeout(20_000),
      note: async () => undefined,
      idleMs,
      pauseMs: 5,
    });

  it('gives up sources that come byte by byte', async () => {
    await expect(get('/drip', new EgressPolicy(loopback), 300)).rejects.toThrow('they come more slowly than 1024 bytes a second');
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
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`;
    await expect(get(url, new EgressPolicy(loopback), 200)).rejects.toThrow('no answer from');
    mute.close();
  }, 20_000);
});
