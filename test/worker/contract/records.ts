// What every place for records promises, whatever it is made of. Each backend runs all of it.
import type { Acceptance, Notice, Records } from '../../../worker/state/records';
import type { BuildRecord } from '../../../worker/state/record';
import { isFinal } from '../../../worker/state/record';
import { APP_UUID, until } from '../support/fakes';

const UUID = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

export interface RecordsUnderTest {
  readonly records: Records;
  /** Another one on the same data at the same time, where there can be one. */
  readonly beside: () => Promise<Records>;
  /** One that reads what is written down, as after a crash. */
  readonly reopen: () => Promise<Records>;
}

export function acceptance(records: Pick<Records, 'nextSequence'>, number: number, more: Partial<BuildRecord> = {}): Acceptance {
  const key = `web-${APP_UUID}/${number}`;
  const record: BuildRecord = {
    key,
    appId: `web-${APP_UUID}`,
    number: String(number),
    app: 'web',
    space: 'default',
    buildUuid: UUID(number),
    repository: 'registry.example.com/acme/web',
    sequence: records.nextSequence(),
    fingerprint: 'f',
    work: `work-${number}`,
    state: 'queued',
    attempts: 0,
    acceptedAt: 1000 + number,
    ...more,
  };
  return { record, payload: `sealed ${number}`, notice: notice(key, 0) };
}

export function notice(build: string, step: 0 | 1, more: Partial<Notice> = {}): Notice {
  return { step, build, host: 'h', sealed: `letter ${step}`, attempts: 0, notBefore: 0, spent: 0, ...more };
}

/** @param open a place with nothing in it */
export function recordsContract(open: () => Promise<RecordsUnderTest>): void {
  const keyOf = (number: number) => `web-${APP_UUID}/${number}`;
  const accept = (records: Records, number: number, more: Partial<BuildRecord> = {}) => {
    const fresh = acceptance(records, number, more);
    return records.accept(() => records.get(fresh.record.key) ?? fresh);
  };
  const run = async (records: Records, key: string) => {
    for (const state of ['preparing', 'building', 'pushing'] as const) await records.enter(key, { state });
  };
  const end = (records: Records, number: number, state: 'succeeded' | 'failed' | 'stopped' = 'failed', reason = 'r') =>
    records.end(keyOf(number), { state, reason, endedAt: 5000 }, (next) => ({ notice: notice(next.key, 1), handOvers: [] }));

  it('takes a build in whole: record, payload and notice', async () => {
    const { records, reopen } = await open();
    expect(await accept(records, 1)).toMatchObject({ fresh: true, record: { key: keyOf(1), state: 'queued' } });
    for (const again of [async () => records, reopen]) {
      const each = await again();
      expect(each.get(keyOf(1))).toMatchObject({ number: '1', buildUuid: UUID(1), fingerprint: 'f' });
      expect([await each.payload(keyOf(1)), each.noticesOf(keyOf(1)), each.notices()]).toEqual([
        'sealed 1',
        { pending: notice(keyOf(1), 0), final: undefined },
        [notice(keyOf(1), 0)],
      ]);
    }
  });

  it('takes a build in once, whoever brings it', async () => {
    const { records, beside } = await open();
    const other = await beside();
    const accepted = await Promise.all([accept(records, 1), accept(other, 1), accept(records, 1)]);
    expect(accepted.map(({ fresh }) => fresh).sort()).toEqual([false, false, true]);
    expect(new Set(accepted.map(({ record }) => record.sequence)).size).toBe(1);
  });

  it('finds builds by state, UUID, app and order', async () => {
    const { records } = await open();
    for (const number of [1, 2, 3]) await accept(records, number, number === 2 ? { appId: 'other', buildUuid: UUID(1) } : {});
    await end(records, 3);
    const numbers = (found: Iterable<BuildRecord>) => [...found].map(({ number }) => number).sort();
    expect([numbers(records.all()), numbers(records.open())]).toEqual([
      ['1', '2', '3'],
      ['1', '2'],
    ]);
    expect([numbers(records.withUuid(UUID(1).toUpperCase())), numbers(records.ofApp('OTHER'))]).toEqual([['1', '2'], ['2']]);
    expect([...records.newest()].map(({ number }) => number)).toEqual(['3', '2', '1']);
    expect([...records.newest(records.get(keyOf(3))?.sequence)].map(({ number }) => number)).toEqual(['2', '1']);
    expect(records.nextSequence()).toBeGreaterThan(records.get(keyOf(3))?.sequence ?? Number.POSITIVE_INFINITY);
  });

  it('moves a build on as its states allow, and never out of its end', async () => {
    const { records, reopen } = await open();
    await accept(records, 1);
    expect(await records.enter(keyOf(1), { state: 'building' })).toBeUndefined();
    await run(records, keyOf(1));
    await records.transition(keyOf(1), { digest: 'sha256:d' });
    expect(await end(records, 1, 'stopped')).toBeUndefined();
    expect(await end(records, 1, 'succeeded', 'late')).toMatchObject({ state: 'succeeded', digest: 'sha256:d', reason: 'late' });
    for (const state of ['failed', 'succeeded'] as const) expect(await end(records, 1, state)).toBeUndefined();
    expect(await records.transition(keyOf(1), { state: 'queued' })).toBeUndefined();
    expect(await records.transition('nobody/1', { reason: 'x' })).toBeUndefined();
    expect((await reopen()).get(keyOf(1))).toMatchObject({ state: 'succeeded', endedAt: 5000 });
  });

  it('ends a build with its notice in one step, and without its payload', async () => {
    const { records, reopen } = await open();
    await accept(records, 1);
    await end(records, 1);
    for (const again of [async () => records, reopen]) {
      const each = await again();
      expect([await each.payload(keyOf(1)), each.get(keyOf(1))?.state]).toEqual([undefined, 'failed']);
      expect(each.noticesOf(keyOf(1)).final).toEqual(notice(keyOf(1), 1));
    }
  });

  it('gives a build one end, however many ask for one at once', async () => {
    const { records, reopen, beside } = await open();
    await accept(records, 1);
    const other = await beside();
    const ends = await Promise.all(
      [records, other, records, other].map((each, index) => end(each, 1, index % 2 ? 'failed' : 'stopped', String(index))),
    );
    const [winner, ...more] = ends.filter((each) => each !== undefined);
    expect(more).toEqual([]);
    const last = (await reopen()).get(keyOf(1));
    expect([last?.state, last?.reason]).toEqual([winner?.state, winner?.reason]);
  });

  it('loses no update of many at once', async () => {
    const { records, reopen, beside } = await open();
    await accept(records, 1);
    const other = await beside();
    await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        (index % 2 ? records : other).transition(keyOf(1), ({ attempts }) => ({ attempts: attempts + 1 })),
      ),
    );
    expect((await reopen()).get(keyOf(1))?.attempts).toBe(12);
  });

  it('changes notices and record together', async () => {
    const { records, reopen } = await open();
    await accept(records, 1);
    await end(records, 1);
    await records.changeNotices(keyOf(1), ({ pending, final }) => ({
      pending: null,
      ...(pending !== undefined && final !== undefined ? { final: { ...final, repeats: 2 } } : {}),
      record: { undelivered: true },
    }));
    for (const each of [records, await reopen()]) {
      expect(each.noticesOf(keyOf(1))).toEqual({ pending: undefined, final: notice(keyOf(1), 1, { repeats: 2 }) });
      expect(each.get(keyOf(1))?.undelivered).toBe(true);
    }
  });

  it('keeps and gives back the claim on latest', async () => {
    const { records, reopen } = await open();
    for (const number of [4, 7]) await accept(records, number);
    const repository = 'registry.example.com/acme/web';
    expect(records.latestOf(repository)).toBeUndefined();
    await records.claimLatest(repository, '4');
    await records.claimLatest(repository, '7');
    expect([records.latestOf(repository), (await reopen()).latestOf(repository)]).toEqual(['7', '7']);
  });

  it('gives back the claim on latest', async () => {
    const { records, reopen } = await open();
    for (const number of [4, 7]) await accept(records, number);
    const repository = 'registry.example.com/acme/web';
    await records.claimLatest(repository, '4');
    await records.claimLatest(repository, '7');
    await records.claimLatest(repository, '4');
    expect(records.latestOf(repository)).toBe('4');
    await records.claimLatest(repository, undefined);
    expect((await reopen()).latestOf(repository)).toBeUndefined();
  });

  it('forgets a build', async () => {
    const { records, beside, reopen } = await open();
    const other = await beside();
    await accept(records, 1);
    await end(records, 1);
    await until(() => other.get(keyOf(1)) !== undefined);
    await records.forget(keyOf(1));
    await until(() => other.get(keyOf(1)) === undefined);
    expect([records.get(keyOf(1)), records.all(), [...records.newest()]]).toEqual([undefined, [], []]);
    expect((await reopen()).get(keyOf(1))).toBeUndefined();
  });

  it('tells each change, with what was before', async () => {
    const { records } = await open();
    const told: (string | undefined)[][] = [];
    records.watch((record, before) => void told.push([record?.state, before?.state]));
    await accept(records, 1);
    await run(records, keyOf(1));
    await end(records, 1);
    await records.forget(keyOf(1));
    await until(() => told.length >= 6);
    const changes = told.filter(([now, before]) => now !== before);
    expect(changes).toEqual([
      ['queued', undefined],
      ['preparing', 'queued'],
      ['building', 'preparing'],
      ['pushing', 'building'],
      ['failed', 'pushing'],
      [undefined, 'failed'],
    ]);
    expect(records.all().every(({ state }) => isFinal(state))).toBe(true);
  });
}
