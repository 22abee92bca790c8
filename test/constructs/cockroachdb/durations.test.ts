// Lifetimes of certificates and the schedules that follow from them.
import fc from 'fast-check';
import { hoursOf, scheduleAfter } from '../../../constructs/cockroachdb/tls/durations';

it.each([
  ['672h', 672],
  ['h', 0],
  ['', 0],
  [undefined, 0],
  ['5', 5],
  ['abc', 0],
  ['1.5h', 0],
  ['010h', 8],
  ['08h', 0],
])('reads %j as %j hours', (text, hours) => {
  expect(hoursOf(text)).toBe(hours);
});

it.each([
  [0, '0 0 * * *'],
  [5, '0 */5 * * *'],
  [23, '0 */23 * * *'],
  [24, '0 0 */1 * *'],
  [624, '0 0 */26 * *'],
  [743, '0 23 */30 * *'],
  [744, '0 0 1 */1 *'],
  [43152, '0 0 1 */11 *'],
  [8928, '0 0 1 */1 *'],
])('comes round after %j hours: %j', (hours, schedule) => {
  expect(scheduleAfter(hours)).toBe(schedule);
});

it('is a valid schedule that never comes too late', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200_000 }), (total) => {
      const [minute, hour = '', day = '', month = '', weekday] = scheduleAfter(total).split(' ');
      expect([minute, weekday]).toEqual(['0', '*']);
      const step = (field: string): number => (field === '*' ? 1 : Number(field.replace('*/', '')));
      expect(step(hour)).toBeLessThan(24);
      expect(step(day)).toBeLessThanOrEqual(31);
      expect(step(month)).toBeLessThanOrEqual(12);
      const between = month.startsWith('*/') ? step(month) * 31 * 24 : day.startsWith('*/') ? step(day) * 24 : step(hour);
      expect(between).toBeLessThanOrEqual(total);
    }),
  );
});
