// How tests hold what grows with its input against less of it, on machines that are busy now and then.
import { timesTheWork } from './support/fakes';

const taking =
  (...each: readonly number[]) =>
  (): number =>
    each[Math.min(asked++, each.length - 1)] ?? 0;
let asked = 0;
beforeEach(() => (asked = 0));

it('is not fooled by a machine that is busy once', async () => {
  const less = taking(9, 4);
  const few = [less(), less()];
  asked = 0;
  expect(await timesTheWork(20, taking(400, 200, 48), () => few.shift() ?? 0)).toBe(12);
});

it('tells of what is too much each time, and asks no more often than it needs', async () => {
  expect(await timesTheWork(20, taking(400, 401, 402, 1), () => 4)).toBe(100);
  expect(asked).toBe(3);
  asked = 0;
  expect(await timesTheWork(20, taking(40, 1), () => 4)).toBe(10);
  expect(asked).toBe(1);
});
