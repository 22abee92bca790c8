// Names are cut as `trunc 63 | trimSuffix "-"` cuts them.
import { chartLabel, trimName } from '../../../constructs/common/names';

it.each([
  ['short', 'short'],
  ['a'.repeat(63), 'a'.repeat(63)],
  ['a'.repeat(64), 'a'.repeat(63)],
  [`${'a'.repeat(62)}-b`, 'a'.repeat(62)],
  [`${'a'.repeat(61)}--b`, `${'a'.repeat(61)}-`],
  ['ends-', 'ends'],
  ['', ''],
])('%s becomes %s', (name, cut) => expect(trimName(name)).toBe(cut));

it('may be cut shorter', () => expect([trimName('abcdef', 3), trimName('ab-cd', 3)]).toEqual(['abc', 'ab']));

it('the label of a chart has no plus in it', () => {
  expect(chartLabel('api', '1.0.0+build+2')).toBe('api-1.0.0_build_2');
  expect(chartLabel('a'.repeat(60), '1.0.0')).toBe(`${'a'.repeat(60)}-1.`);
});
