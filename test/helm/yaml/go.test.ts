// Expectations are what Helm 4.1.4 printed; the differential tests ask it again with random data.
import { toGoYaml } from '../../../helm/yaml/go';

describe('toGoYaml', () => {
  it('prints as toYaml does: sorted keys, lists not indented, no newline at the end', () => {
    expect(toGoYaml({ b: [{ d: 1, c: 2 }, [1, [2]], {}, []], a: { z: null, y: true } })).toBe(
      'a:\n  "y": true\n  z: null\nb:\n- c: 2\n  d: 1\n- - 1\n  - - 2\n- {}\n- []',
    );
  });

  it('sorts digits by their number and letters last', () => {
    expect(toGoYaml({ a10: 1, a2: 1, A: 1, _: 1, 9: 1, 10: 1, 'a-b': 1, a: 1 })).toBe(
      '_: 1\n"9": 1\n"10": 1\nA: 1\na: 1\na-b: 1\na2: 1\na10: 1',
    );
  });

  it.each<[unknown, string]>([
    ['y', '"y"'],
    ['', '""'],
    ['1', '"1"'],
    ['1:30', '"1:30"'],
    ['2001-01-01', '"2001-01-01"'],
    ['2001-02-30', '2001-02-30'],
    ['x: y', "'x: y'"],
    ["it's", "it's"],
    ["'", "''''"],
    [' a', "' a'"],
    ['a\tb', '"a\\tb"'],
    ['😀', '"\\U0001F600"'],
    ['a\u2028b', "'a\u2028  b'"],
    ['\ufeffb', '"\\uFEFF\\x62"'],
    ['a\nb\n', '|\n  a\n  b'],
    ['a\n\n', '|+\n  a\n'],
    ['\na', '|2-\n\n  a'],
    ['a \nb', '"a \\nb"'],
    ['a\x7fb', ''],
    ['a\x85b', 'a b'],
    [5_000_000, '5000000'],
    [1e20, '1e+20'],
    [1e-7, '1e-07'],
    [1234567.5, '1.2345675e+06'],
    [-0, '0'],
    [1.5, '1.5'],
    [9007199254740993n, '9007199254740993'],
    [NaN, ''],
    [null, 'null'],
  ])('prints %j', (value, expected) => expect(toGoYaml(value)).toBe(expected));

  it('folds after column 80', () => {
    expect(toGoYaml({ a: 'word '.repeat(20).trim(), b: `${'word '.repeat(20)}: x` })).toBe(
      `a: ${'word '.repeat(16).trim()}\n  word word word word\nb: '${'word '.repeat(16).trim()}\n  word word word word : x'`,
    );
  });

  it('puts long and broken keys behind a question mark', () => {
    expect(toGoYaml({ ['k'.repeat(129)]: [1], 'a\nb': { c: 1 } })).toBe(`? |-\n  a\n  b\n: c: 1\n? ${'k'.repeat(129)}\n: - 1`);
  });
});
