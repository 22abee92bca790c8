// Room on the disk that builds claim before they write.
import * as fs from 'node:fs';
import { Room } from '../../worker/builds/room';
import { Interruption } from '../../worker/errors';

jest.mock('node:fs', () => ({ ...jest.requireActual<typeof fs>('node:fs'), statfsSync: jest.fn() }));

describe('claims', () => {
  const signal = new AbortController().signal;
  let free: number;
  let room: Room;
  beforeEach(() => {
    free = 1000;
    jest.mocked(fs.statfsSync).mockImplementation(() => ({ bavail: free, bsize: 1 }) as fs.StatsFs);
    room = new Room({ folder: '/x', minFreeBytes: 100, maxWaitingBytes: 0 });
  });

  it('are refused where they would go below MIN_FREE_BYTES, with the sizes', async () => {
    await expect(room.claim(901, signal)).rejects.toThrow(/takes 901 bytes, and 900 are left above MIN_FREE_BYTES/);
    expect(await room.claim(900, signal)).toBeDefined();
  });

  it('count for all else that takes room until they are written or released', async () => {
    const claim = await room.claim(900, signal);
    expect(room.hasRoom()).toBe(true);
    free -= 1;
    expect(room.hasRoom()).toBe(false);
    claim.wrote(1);
    expect(room.hasRoom()).toBe(true);
    free = 999 - 100;
    expect(room.hasRoom()).toBe(false);
    claim.release();
    claim.release();
    expect(room.hasRoom()).toBe(true);
  });

  it('wait for those of others, in turn, and end when theirs does', async () => {
    const first = await room.claim(500, signal);
    const waits = jest.fn();
    const ends: string[] = [];
    const told = (name: string) => () => void ends.push(name);
    const second = room.claim(600, signal, waits);
    void second.then(told('second'));
    const third = room.claim(100, signal, waits);
    void third.then(told('third'));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect([ends, waits.mock.calls.length]).toEqual([[], 2]);
    first.release();
    await Promise.all([second, third]);
    expect(ends).toEqual(['second', 'third']);
  });

  it('are given up with their build, and then keep nobody waiting', async () => {
    const first = await room.claim(500, signal);
    const stop = new AbortController();
    const second = room.claim(600, stop.signal);
    const third = room.claim(100, signal);
    stop.abort(new Interruption('stop'));
    await expect(second).rejects.toMatchObject({ kind: 'stop' });
    await expect(room.claim(1, stop.signal)).rejects.toMatchObject({ kind: 'stop' });
    (await third).release();
    first.release();
    await expect(room.claim(900, signal)).resolves.toBeDefined();
  });

  it('that fit into nothing fail as soon as nobody else has any', async () => {
    const first = await room.claim(500, signal);
    const second = room.claim(5000, signal);
    const third = room.claim(300, signal);
    first.release();
    await expect(second).rejects.toThrow('takes 5000 bytes');
    await expect(third).resolves.toBeDefined();
  });
});
