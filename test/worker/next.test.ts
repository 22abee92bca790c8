// Which build begins next: apps take turns, and a pause counts.
import { nextOf } from '../../worker/builds/position';
import type { BuildRecord } from '../../worker/state/record';

const build = (appId: string, sequence: number, pauseMs?: number): BuildRecord =>
  ({ key: `${appId}/${sequence}`, appId, sequence, ...(pauseMs === undefined ? {} : { notBefore: Date.now() + pauseMs }) }) as BuildRecord;
const turns: Readonly<Record<string, number>> = { a: 2, b: 1 };
const turnOf = (appId: string): number => turns[appId] ?? 0;
const next = (...waiting: BuildRecord[]) => nextOf(waiting, turnOf, 60_000);

it('none begins where none waits', () => expect(next()).toEqual({}));

it.each([
  ['the first of its app', [build('a', 7), build('a', 3), build('a', 5)], 'a/3'],
  ['the app whose turn was longest ago', [build('a', 1), build('b', 9)], 'b/9'],
  ['an app that had none', [build('b', 1), build('c', 9)], 'c/9'],
  ['the one accepted first of apps that had none', [build('d', 4), build('c', 2)], 'c/2'],
  ['one that has no pause', [build('b', 1, 5000), build('a', 2)], 'a/2'],
  ['one whose pause is over', [build('b', 1, -1), build('a', 2)], 'b/1'],
  ['one whose pause is longer than any: the clock was set back', [build('b', 1, 3_600_000), build('a', 2)], 'b/1'],
] as const)('%s is next', (_what, waiting, key) => {
  expect(next(...waiting).record?.key).toBe(key);
  expect(next(...waiting)).not.toHaveProperty('inMs');
});

it('where all have a pause, the soonest tells when', () => {
  const { record, inMs = 0 } = next(build('a', 1, 30_000), build('b', 2, 10_000), build('c', 3, 20_000));
  expect(record).toBeUndefined();
  expect(inMs).toBeGreaterThan(5000);
  expect(inMs).toBeLessThanOrEqual(10_000);
});
