// Archives made to cost: bounds on what is unpacked, counted and kept in memory, and work that leaves others their turn.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readContext } from '../../worker/sources/context';
import { block, DOCKERFILE, END, LIMITS, packed, records, zip } from './support/archives';
import { tar, tempFolder, timesTheWork, workedMs } from './support/fakes';

const folder = tempFolder();
afterAll(() => folder.remove());
const file = join(folder.path, 'sources');
const calm = new AbortController().signal;
const read = (bytes: Buffer, limits = LIMITS) => {
  writeFileSync(file, bytes);
  return readContext(file, { limits, signal: calm });
};

describe('bounds', () => {
  it('stop a bomb before it has unpacked', async () => {
    const bomb = gzipSync(await tar([DOCKERFILE, { name: 'zeros', content: '\u0000'.repeat(20 * 1024 ** 2) }]));
    expect(bomb.length).toBeLessThan(100_000);
    const limits = { maxBytes: 1024 ** 2, maxEntries: 10 };
    await expect(read(bomb, limits)).rejects.toThrow('unpacks to more than 1048576 bytes; raise MAX_UNPACKED_BYTES');
    const zeros = { name: 'zeros', content: '\u0000'.repeat(20 * 1024 ** 2), deflate: true };
    await expect(read(zip([{ name: 'Dockerfile', content: 'FROM x\n' }, zeros]), limits)).rejects.toThrow('unpacks to more than');
    // Holes count as what they become.
    const holes = block({ name: 'holes', flag: 'S', fields: { 483: `${(20 * 1024 ** 2).toString(8).padStart(11, '0')}\u0000` } });
    await expect(read(Buffer.concat([block({ name: 'Dockerfile', content: 'FROM x\n' }), holes, END]), limits)).rejects.toThrow(
      'unpacks to more than',
    );
    // So does what lies behind the end.
    await expect(read(gzipSync(Buffer.concat([await tar([DOCKERFILE]), Buffer.alloc(20 * 1024 ** 2)])), limits)).rejects.toThrow(
      'unpacks to more than',
    );
  });

  it('are met by as many entries as are allowed, and not by one more', async () => {
    const archive = (length: number): Buffer => {
      const entries = Buffer.concat(Array.from({ length }, (_, n) => block({ name: `d${n % 100}/f${n}` })));
      return Buffer.concat([block({ name: 'Dockerfile', content: 'FROM base:1\n' }), entries, END]);
    };
    const work = async (bytes: Buffer): Promise<number> => {
      const begun = process.cpuUsage();
      expect((await read(bytes)).dockerfile).toBe('FROM base:1\n');
      return workedMs(begun);
    };
    const bytes = archive(29_999);
    // As many times the work as there are entries, with room for what a machine does besides.
    const less = archive(2_999);
    expect(
      await timesTheWork(
        20,
        () => work(bytes),
        () => work(less),
      ),
    ).toBeLessThan(20);
    await expect(read(bytes, { ...LIMITS, maxEntries: 29_999 })).rejects.toThrow('more than 29999 entries; raise MAX_SOURCE_ENTRIES');
  }, 300_000);

  it('hold for what is kept of files that could be the Dockerfile', async () => {
    // In a folder each, so that any of them could be it: 200 MiB of them.
    const content = Buffer.alloc(1024 ** 2, '#');
    const many = Array.from({ length: 200 }, (_, n) => block({ name: `d${n}/Dockerfile`, content }));
    const bytes = gzipSync(Buffer.concat([...many, block({ name: 'Dockerfile', content: 'FROM base:1\n' }), END]), { level: 1 });
    many.length = 0;
    let most = 0;
    const before = process.memoryUsage().arrayBuffers;
    const timer = setInterval(() => (most = Math.max(most, process.memoryUsage().arrayBuffers - before)), 20);
    // It comes last, when no more is kept, and is read once more.
    expect((await read(bytes, { maxBytes: 1024 ** 3, maxEntries: 1000 })).dockerfile).toBe('FROM base:1\n');
    clearInterval(timer);
    expect(most).toBeLessThan(100 * 1024 ** 2);
  }, 120_000);

  const DOCKER = block({ name: 'Dockerfile', content: 'FROM x\n' });
  const many = (bytes: Buffer, times: number) => Buffer.alloc(bytes.length * times, bytes);
  const MIB = 1024 ** 2;

  it.each<[string, Buffer, string]>([
    ['long names', many(block({ name: 'l', flag: 'L', content: Buffer.alloc(MIB, 0xff) }), 20), 'has a name of 1048576 bytes'],
    [
      'long paths',
      block({ name: 'x', flag: 'x', content: records([['path', Buffer.alloc(MIB - 100, 0xff)]]) }),
      'has a name of 1048476 bytes',
    ],
    ['records', many(block({ name: 'x', flag: 'x', content: '5 a=\n'.repeat(200_000) }), 5), 'more than 50000 records'],
  ])('hold for what comes between entries: %s', async (_name, extensions, problem) => {
    const bytes = gzipSync(Buffer.concat([extensions, block({ name: 'f' }), DOCKER, END]), { level: 1 });
    const begun = process.cpuUsage();
    await expect(read(bytes, { maxBytes: 1024 ** 3, maxEntries: 10_000 })).rejects.toThrow(problem);
    expect(workedMs(begun)).toBeLessThan(5000);
  });

  it('hold for records that belong to no entry, in linear time', async () => {
    const global = block({ name: 'g', flag: 'g' });
    const work = async (times: number, check: (reading: Promise<unknown>) => Promise<unknown>): Promise<number> => {
      const bytes = gzipSync(Buffer.concat([many(global, times), DOCKER, END]), { level: 1 });
      const begun = process.cpuUsage();
      await check(read(bytes, { maxBytes: 1024 ** 3, maxEntries: 10_000 }));
      return workedMs(begun);
    };
    const few = (): Promise<number> => work(15_000, (reading) => expect(reading).resolves.toBeDefined());
    // It ends at some 131,000 of them, which are nearly nine times as many.
    const all = (): Promise<number> =>
      work(150_000, (reading) => expect(reading).rejects.toThrow('far more extensions than its entries need'));
    expect(await timesTheWork(30, all, few)).toBeLessThan(30);
  }, 120_000);

  it('let a build end where no entry comes', async () => {
    const stop = new AbortController();
    writeFileSync(file, gzipSync(Buffer.concat([many(block({ name: 'g', flag: 'g' }), 100_000), DOCKER, END]), { level: 1 }));
    setTimeout(() => stop.abort(new Error('the build was stopped')), 10);
    await expect(readContext(file, { limits: LIMITS, signal: stop.signal })).rejects.toThrow('the build was stopped');
  });

  it('hold for entries of a zip that lie over each other', async () => {
    const content = { content: 'x'.repeat(1000) };
    const entries = [
      { name: 'Dockerfile', content: 'FROM x\n' },
      { name: 'a', ...content },
    ];
    expect((await read(zip([...entries, { name: 'b', ...content }]))).dockerfile).toBe('FROM x\n');
    const over = Array.from({ length: 10 }, (_, n) => ({ name: `b${n}`, over: true, ...content }));
    await expect(read(zip([...entries, ...over]))).rejects.toThrow('its entries lie over each other');
  });

  it('hold for the folders above the files of a context that is sent apart', async () => {
    const ignore = block({ name: '.dockerignore', content: 'Dockerfile' });
    const deep = (n: number) => [block({ name: 'l', flag: 'L', content: `${n}/${'a/'.repeat(2000)}f` }), block({ name: 'cut' })];
    const { apart } = await read(gzipSync(Buffer.concat([DOCKER, ignore, ...Array.from({ length: 40 }, (_, n) => deep(n)).flat(), END])));
    const claim = { wrote: () => undefined, release: () => undefined };
    await expect(apart?.spool('FROM x\n', { file: `${file}.context`, claim })).rejects.toThrow('names of the folders have more than');
  });

  it('hold for the names together', async () => {
    const deep = `${'ab/'.repeat(1300)}x`;
    const name = (n: number) => block({ name: '././@LongLink', flag: 'L', content: `${deep}${n}\u0000` });
    function* long(): Generator<Buffer> {
      yield block({ name: 'Dockerfile', content: 'FROM x\n' });
      for (let n = 0; n < 18_000; n += 1) {
        yield name(n);
        yield block({ name: 'cut' });
      }
      yield END;
    }
    const bytes = gzipSync(Buffer.concat([...long()]), { level: 1 });
    let longest = 0;
    let last = process.cpuUsage();
    const timer = setInterval(() => {
      longest = Math.max(longest, workedMs(last));
      last = process.cpuUsage();
    }, 5);
    await expect(read(bytes)).rejects.toThrow('the names in the archive have more than 67108864 characters together');
    clearInterval(timer);
    expect(longest).toBeLessThan(1000);
  }, 120_000);

  it('leave others their turn while names are checked', async () => {
    const deep = 'ab/'.repeat(1000);
    const bytes = gzipSync(
      Buffer.concat([
        block({ name: 'Dockerfile', content: 'FROM x\n' }),
        ...Array.from({ length: 5000 }, (_, n) =>
          Buffer.concat([block({ name: '././@LongLink', flag: 'L', content: `${deep}${n}\u0000` }), block({ name: 'cut' })]),
        ),
        END,
      ]),
      { level: 1 },
    );
    let longest = 0;
    let last = process.cpuUsage();
    const timer = setInterval(() => {
      longest = Math.max(longest, workedMs(last));
      last = process.cpuUsage();
    }, 5);
    await read(bytes);
    clearInterval(timer);
    expect(longest).toBeLessThan(500);
  }, 120_000);

  it('of work hold for a zip of many small files', async () => {
    const entries = Array.from({ length: 6_000 }, (_, n) => ({ name: `d${n % 50}/f${n}`, content: 'x'.repeat(100), deflate: true }));
    const all = [{ name: 'Dockerfile', content: 'FROM x\n' }, ...entries];
    const work = async (bytes: Buffer): Promise<number> => {
      const begun = process.cpuUsage();
      expect((await packed(file, bytes)).names).toHaveLength(6_001);
      return workedMs(begun);
    };
    // Beside the same files in a tar, whatever this machine can do: once it was nearly five times as much.
    const [asZip, asTar] = [zip(all), await tar(all)];
    expect(
      await timesTheWork(
        2,
        () => work(asZip),
        () => work(asTar),
      ),
    ).toBeLessThan(2);
  }, 240_000);
});
