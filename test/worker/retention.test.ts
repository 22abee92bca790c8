// What becomes of old builds: by age, by size, and what is spared.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Database, type Write } from '../../worker/state/database';
import { LevelRecords } from '../../worker/state/level-records';
import { handOver } from './support/queue';
import type { BuildRecord } from '../../worker/state/record';
import { forgetOldBuilds } from '../../worker/builds/retention';
import { DiskStore } from '../../worker/stores/disk';
import { tempFolder } from './support/fakes';

const DAY = 24 * 3600 * 1000;
const NOW = 1000 * DAY;

describe('retention', () => {
  const temp = tempFolder();
  let database: Database;
  let store: DiskStore;
  let folder: string;
  let index = 0;
  const released: string[] = [];
  beforeEach(async () => {
    index += 1;
    released.length = 0;
    folder = join(temp.path, `store-${index}`);
    mkdirSync(folder);
    database = await Database.open(join(temp.path, `queue-${index}`));
    store = await DiskStore.open(folder);
  });
  afterEach(() => database.close());
  afterAll(() => temp.remove());

  /** A build that ended so many days ago, with a log and sources of so many bytes each. */
  async function build(number: number, days: number, bytes = 10, more: Partial<BuildRecord> = {}, writes: Write[] = []): Promise<void> {
    const value: BuildRecord = {
      key: `web-1/${number}`,
      appId: 'web-1',
      number: String(number),
      app: 'web',
      space: 's',
      buildUuid: `uuid-${number}`,
      repository: 'r/web',
      sequence: number,
      fingerprint: '',
      work: '',
      state: 'succeeded',
      attempts: 1,
      acceptedAt: 0,
      ranMs: 0,
      endedAt: NOW - days * DAY,
      ...more,
    };
    await database.change(() => ({ result: undefined, writes: [{ table: 'build', key: value.key, value }, ...writes] }));
    for (const name of [`web-1-${number}.logs`, value.buildUuid]) writeFileSync(join(folder, name), Buffer.alloc(bytes));
  }
  const forget = (more: object = {}) =>
    forgetOldBuilds({
      records: new LevelRecords(database),
      handOvers: new LevelRecords(database),
      store,
      folder,
      days: 30,
      maxBytes: 1e9,
      now: () => NOW,
      release: async (record) => void released.push(record.number),
      ...more,
    });
  const records = () =>
    database
      .all('build')
      .map(({ number }) => Number(number))
      .sort();
  const objects = (number: number) => [`web-1-${number}.logs`, `uuid-${number}`].map((name) => existsSync(join(folder, name)));

  it('forgets what is older than RETENTION_DAYS, with its log, sources and image', async () => {
    await build(1, 31);
    await build(2, 29);
    expect((await forget()).map(({ number }) => number)).toEqual(['1']);
    expect([records(), objects(1), objects(2), released]).toEqual([[2], [false, false], [true, true], ['1']]);
  });

  it('takes log and sources of the oldest where there is too much, and leaves their states and images', async () => {
    for (const number of [1, 2, 3, 4]) await build(number, 10 - number, 100);
    expect((await forget({ maxBytes: 450 })).map(({ number }) => number).sort()).toEqual(['1', '2']);
    expect([records(), objects(1), objects(2), objects(3), objects(4), released]).toEqual([
      [1, 2, 3, 4],
      [false, false],
      [false, false],
      [true, true],
      [true, true],
      [],
    ]);
    expect(await forget({ maxBytes: 450 })).toEqual([]);
  });

  it('spares builds that run, whose notice is not answered or whose objects are not in the store', async () => {
    await build(1, 99, 10, { state: 'building' });
    await build(2, 99, 10, {}, [
      {
        table: 'outbox',
        key: 'web-1/2#1',
        value: { step: 1, build: 'web-1/2', host: 'h', sealed: '', attempts: 0, notBefore: 0, spent: 0 },
      },
    ]);
    await build(3, 99, 10, {}, [handOver('web-1-3.logs', '/x')]);
    await build(4, 99, 10, {}, [handOver('uuid-4', '/x')]);
    expect(await forget({ maxBytes: 0 })).toEqual([]);
    expect(records()).toEqual([1, 2, 3, 4]);
  });

  it('keeps sources that a newer build has as well', async () => {
    await build(1, 31, 10, { buildUuid: 'uuid-2' });
    await build(2, 1);
    await forget();
    expect([records(), objects(2)]).toEqual([[2], [true, true]]);
  });

  it('remembers a build whose image could not be removed, until it can', async () => {
    await build(1, 31);
    const release = async () => {
      throw new Error('no engine');
    };
    await forget({ release });
    expect(records()).toEqual([1]);
    await forget();
    expect(records()).toEqual([]);
  });

  it('leaves sizes to the bucket where there is one', async () => {
    await build(1, 31);
    await build(2, 1, 1000);
    await forget({ folder: undefined, maxBytes: 0 });
    expect([records(), objects(1), objects(2)]).toEqual([[2], [true, true], [true, true]]);
  });
});
