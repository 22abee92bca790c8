// Random values files: YAML as people write it, with the odd slip.
import * as fc from 'fast-check';
import { NASTY } from '../yaml/arbitrary';

const scalar = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom(...NASTY.filter((text) => text.length < 40 && !/[\r\n]/.test(text))) },
  {
    weight: 8,
    arbitrary: fc.constantFrom(
      'foo',
      'foo bar',
      '1',
      'true',
      '"quoted"',
      "'single'",
      '!!str 1',
      '!!int 0x1f',
      '!!float 1',
      '!!bool yes',
      '!custom x',
      '[a, b]',
      '{a: 1}',
      '{a: [1, y]}',
      '|\n    x\n    y',
      '>-\n    x\n    y',
      'a\n    b',
      '&a x',
      'x # c',
      'no',
      '1_000',
      '0777',
      '2001-01-01',
      '1.5',
      '~',
    ),
  },
);
const key = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('a', 'b', 'c', 'd', 'e') },
  { weight: 1, arbitrary: fc.constantFrom('on', 'y', '1', '1.5', '1e3', '0x10', '"a"', '12345678.9', 'long key', 'a.b', 'null') },
);

interface Block {
  readonly lines: readonly string[];
}
const indented = (block: Block, by: string): string => block.lines.map((line) => by + line).join('\n');

const tree = fc.letrec<{ map: Block; list: Block; value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    scalar.map((value) => ` ${value}`),
    tie('map').map((map) => `\n${indented(map, '  ')}`),
    tie('list').map((list) => `\n${indented(list, '')}`),
    tie('map').map((map) => ` &a\n${indented(map, '  ')}`),
  ),
  map: fc
    .array(
      fc.oneof(
        { weight: 12, arbitrary: fc.tuple(key, tie('value')).map(([name, value]) => `${name}:${value}`) },
        { weight: 1, arbitrary: fc.constantFrom('<<: {m: 1}', '<<: [{m: 1}, {m: 2, n: 3}]', '# comment', '') },
      ),
      { minLength: 1, maxLength: 4 },
    )
    .map((entries) => ({ lines: entries.flatMap((entry) => entry.split('\n')) })),
  list: fc
    .array(tie('value'), { minLength: 1, maxLength: 3 })
    .map((items) => ({ lines: items.flatMap((item) => `-${item}`.split('\n').map((line, index) => (index ? `  ${line}` : line))) })),
}));

export const valuesText: fc.Arbitrary<string> = tree.map.map((map) => `${indented(map, '')}\n`);
