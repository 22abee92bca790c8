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
});
