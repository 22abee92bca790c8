// The records on one machine: what every backend promises, in LevelDB.
import { join } from 'node:path';
import { Database } from '../../worker/state/database';
import { LevelRecords } from '../../worker/state/level-records';
import type { Records } from '../../worker/state/records';
import { recordsContract } from './contract/records';
import { tempFolder } from './support/fakes';

describe('records in LevelDB', () => {
  const folder = tempFolder();
  const opened: LevelRecords[] = [];
  let count = 0;
  const openAt = async (path: string): Promise<LevelRecords> => {
    const records = new LevelRecords(await Database.open(path));
    opened.push(records);
    return records;
  };
  afterEach(async () => {
    for (const records of opened.splice(0)) await records.close();
  });
  afterAll(() => folder.remove());

  recordsContract(async () => {
    const path = join(folder.path, String((count += 1)));
    let records: Records = await openAt(path);
    const first = records;
    return {
      records: first,
      // One process at a time.
      beside: async () => first,
      reopen: async () => {
        await records.close();
        opened.pop();
        return (records = await openAt(path));
      },
    };
  });

  it('keep no payload in memory, before or after a start, and find one that is being written', async () => {
    const path = join(folder.path, 'large');
    const payload = 'x'.repeat(2_000_000);
    const write = (database: Database, number: number) =>
      database.change(() => ({ result: undefined, writes: [{ table: 'payload', key: `app/${number}`, value: `${number}${payload}` }] }));
    const used = () => process.memoryUsage().heapUsed;
    const before = used();
    let database = await Database.open(path);
    for (let number = 1; number <= 60; number += 1) await write(database, number);
    await database.close();
    database = await Database.open(path);
    const writing = write(database, 61);
    expect((await database.payload('app/61'))?.length).toBe(2_000_002);
    await writing;
    expect((await database.payload('app/7'))?.slice(0, 3)).toBe('7xx');
    expect(await database.payload('app/62')).toBeUndefined();
    expect(used() - before).toBeLessThan(90_000_000);
    await database.close();
  });
});
