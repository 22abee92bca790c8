// The records in a cluster: what every backend promises, through the faults of an API server.
import { ClusterRecords } from '../../worker/cluster/records';
import { objectName } from '../../worker/cluster/names';
import type { Records } from '../../worker/state/records';
import { followContract } from './contract/follow';
import { acceptance, notice, recordsContract } from './contract/records';
import { APP_UUID, until } from './support/fakes';
import { FakeApi } from './support/fake-api';

const key = (number: number) => `web-${APP_UUID}/${number}`;

describe('records in a cluster', () => {
  const opened: ClusterRecords[] = [];
  let fake: FakeApi;
  beforeEach(async () => {
    fake = await FakeApi.open();
  });
  afterEach(async () => {
    for (const records of opened.splice(0)) await records.close();
    await fake.close();
  });
  const replica = async (patienceMs = 5000): Promise<ClusterRecords> => {
    const records = await ClusterRecords.open({
      api: fake.api(),
      worker: 'w',
      patienceMs,
      trouble: () => undefined,
      upload: async () => true,
    });
    opened.push(records);
    return records;
  };
  const accept = (records: Records, number: number) => {
    const fresh = acceptance(records, number);
    return records.accept(() => records.get(fresh.record.key) ?? fresh);
  };

  recordsContract(async () => ({ records: await replica(), beside: () => replica(), reopen: () => replica() }));

  followContract(async () => {
    const put = (name: string, phase: string) => fake.put('pods', { metadata: { name, labels: { of: 'the-test' } }, status: { phase } });
    return { api: fake.api(), make: async (name) => put(name, 'Running'), end: async (name) => put(name, 'Succeeded') };
  });

  it('are the same in every replica, and other workers see none of them', async () => {
    const [first, second] = [await replica(), await replica()];
    const other = await ClusterRecords.open({ api: fake.api(), worker: 'x', trouble: () => undefined, upload: async () => true });
    opened.push(other);
    await accept(first, 1);
    await until(() => second.get(key(1))?.state === 'queued');
    await second.transition(key(1), { stopRequested: true });
    await until(() => first.get(key(1))?.stopRequested === true);
    expect(other.all()).toEqual([]);
  });

  it('go on after the watch was cut, and after what it missed was forgotten', async () => {
    const [first, second] = [await replica(), await replica()];
    await accept(first, 1);
    await until(() => second.get(key(1)) !== undefined);
    fake.cut();
    await accept(first, 2);
    await until(() => second.get(key(2)) !== undefined);
    fake.away = true;
    fake.cut();
    fake.put('configmaps', fake.get('configmaps', objectName('w', key(1))) as never);
    fake.delete('configmaps', objectName('w', key(2)));
    fake.compact();
    fake.away = false;
    await until(() => second.get(key(2)) === undefined);
    expect(second.get(key(1))?.state).toBe('queued');
  });

  it.each([
    ['POST configmaps', (records: Records) => accept(records, 2).then(({ fresh, record }) => [fresh, record.number]), [true, '2']],
    [
      'PUT configmaps',
      (records: Records) => records.transition(key(1), ({ attempts }) => ({ attempts: attempts + 1 })).then((next) => next?.attempts),
      1,
    ],
  ])('write once although the answer of %s is lost', async (sort, work, result) => {
    const records = await replica();
    await accept(records, 1);
    fake.loseAnswerOf = sort;
    expect(await work(records)).toEqual(result);
    expect([fake.loseAnswerOf, fake.all('configmaps')]).toEqual([undefined, expect.any(Array)]);
    expect((await replica()).get(key(1))?.attempts).toBe(sort.startsWith('PUT') ? 1 : 0);
  });

  it('wait for an API server that is away, and say so when it stays away', async () => {
    const records = await replica(600);
    await accept(records, 1);
    fake.away = true;
    setTimeout(() => (fake.away = false), 300);
    expect(await records.transition(key(1), { stopRequested: true })).toMatchObject({ stopRequested: true });
    fake.away = true;
    await expect(accept(records, 2)).rejects.toMatchObject({ status: 503 });
    await expect(records.transition(key(1), { stopRequested: true })).rejects.toThrow(/API server/);
    fake.away = false;
  });

  it('are those of one worker each, where a namespace has several: the same build is another one', async () => {
    const open = (worker: string) =>
      ClusterRecords.open({ api: fake.api(), worker, trouble: () => undefined, upload: async () => true }).then((records) => {
        opened.push(records);
        return records;
      });
    const [one, other] = [await open('w'), await open('x')];
    await Promise.all([accept(one, 1), accept(other, 1)]);
    await other.transition(key(1), { stopRequested: true });
    await until(() => other.get(key(1))?.stopRequested === true);
    expect([one.get(key(1))?.stopRequested, one.all().length, other.all().length, fake.all('configmaps').length]).toEqual([
      undefined,
      1,
      1,
      2,
    ]);
    await other.forget(key(1));
    expect([one.all().length, other.all().length]).toEqual([1, 0]);
  });

  it('say so when somebody else has made an object by the name', async () => {
    fake.put('configmaps', { metadata: { name: objectName('w', key(1)) }, data: {} });
    const told: string[] = [];
    const records = await ClusterRecords.open({
      api: fake.api(),
      worker: 'w',
      patienceMs: 300,
      trouble: (message) => void told.push(message),
      upload: async () => true,
    });
    opened.push(records);
    await expect(accept(records, 1)).rejects.toMatchObject({ status: 503 });
    expect([records.all(), told]).toEqual([[], [`the name ${objectName('w', key(1))} is taken`]]);
  });

  it('upload what a build hands over before its end can be seen', async () => {
    const seen: (string | undefined)[] = [];
    const records = await ClusterRecords.open({
      api: fake.api(),
      worker: 'w',
      trouble: () => undefined,
      upload: async ({ object }) => {
        seen.push(object, records.get(key(1))?.state);
        return object === 'log';
      },
    });
    opened.push(records);
    await accept(records, 1);
    const handOvers = ['log', 'late'].map((object) => ({ object, file: `/${object}`, attempts: 0, notBefore: 0 }));
    await records.end(key(1), { state: 'failed', endedAt: 1 }, () => ({ notice: notice(key(1), 1), handOvers }));
    expect([seen, records.handOvers().map(({ object }) => object)]).toEqual([['log', 'queued', 'late', 'queued'], ['late']]);
  });

  it('are one list and one watch, however many there are', async () => {
    const records = await replica();
    for (let number = 1; number <= 9; number += 1) await accept(records, number);
    fake.requests.length = 0;
    const second = await replica();
    await until(() => fake.requests.includes('WATCH configmaps'));
    expect(second.all()).toHaveLength(9);
    // The pages of one list.
    expect(fake.requests).toEqual([...Array<string>(5).fill('GET configmaps'), 'WATCH configmaps']);
  });
});

describe('the name of a build in the cluster', () => {
  it('begins with the app and the number, and differs for what differs', () => {
    expect(objectName('w', key(7))).toMatch(/^b-web-7-[a-f\d]{12}$/);
    const long = (tail: string) => objectName('w', `${'a-'.repeat(60)}${tail}-${APP_UUID}/123456789012345`);
    expect(long('x')).toMatch(/^b-[a-z-]+-123456789012345-[a-f\d]{12}$/);
    expect(long('x').length).toBeLessThanOrEqual(63 - '-4'.length);
    const names = [
      objectName('x', key(7)),
      objectName('w', key(7)),
      long('x'),
      long('y'),
      objectName('w', `a-1-${APP_UUID}/2`),
      objectName('w', `a-${APP_UUID}/1`),
      objectName('w', `a.b__c-${APP_UUID}/1`),
    ];
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z]([-a-z\d]*[a-z\d])?$/);
  });
});
