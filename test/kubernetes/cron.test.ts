// The longest time between two runs of a schedule: twice that is when the newest backup is too old.
import { longestPause } from '../../kubernetes/cron';

const DAY = 24 * 60;

it.each([
  ['@hourly', 60],
  ['@daily', DAY],
  ['@weekly', 7 * DAY],
  ['@monthly', 31 * DAY],
  ['@yearly', 366 * DAY],
  ['* * * * *', 1],
  ['*/15 * * * *', 15],
  ['* 9-17 * * *', 15 * 60 + 1],
  ['0 4 * * *', DAY],
  ['0 4,10 * * *', 18 * 60],
  ['30 2 * * 1-5', 3 * DAY],
  ['0 0 * * MON', 7 * DAY],
  ['0 0 * * SUN,WED', 4 * DAY],
  ['0 0 1,15 * *', 17 * DAY],
  ['0 0 1 * 1', 7 * DAY],
  ['0 12 5 JAN *', 366 * DAY],
  ['0 0 29 2 *', (4 * 365 + 1) * DAY],
])('%s comes round after %d minutes at the latest', (schedule, minutes) => {
  expect(longestPause(schedule)).toBe(minutes);
});

it.each(['', 'daily', '61 * * * *', '* * * *', '* * * * * *', '0 0 31 2 *', '@every 1h'])('"%s" has no such time', (schedule) => {
  expect(longestPause(schedule)).toBeUndefined();
});
