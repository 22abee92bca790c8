// How templates print values, and what a reader makes of the printed text.
import { filled, integer, isTrue, plain, plainText, text, yamlScalar } from '../../helm/print';

describe('isTrue', () => {
  it.each([0, 0n, '', false, null, undefined, [], {}])('takes %p as false', (value) => expect(isTrue(value)).toBe(false));
  it.each([1, -1, 1n, 'false', '0', true, [null], { a: null }])('takes %p as true', (value) => expect(isTrue(value)).toBe(true));
});

describe('text', () => {
  it.each([
    [1, '1'],
    [1000000, '1e+06'],
    [123456, '123456'],
    [1234567.5, '1.2345675e+06'],
    [0.0001, '0.0001'],
    [0.00001, '1e-05'],
    [5000000n, '5000000'],
    [true, 'true'],
    [undefined, ''],
    [null, ''],
    ['yes', 'yes'],
  ])('prints %p as %p', (value, printed) => {
    expect(text(value)).toBe(printed);
  });
});

it('yamlScalar prints a number as toYaml does', () => {
  expect([yamlScalar(1000000), yamlScalar(1e21), yamlScalar('1e6'), yamlScalar(false)]).toEqual(['1000000', '1e+21', '1e6', 'false']);
});

describe('plain', () => {
  it.each([
    ['', undefined],
    [null, undefined],
    ['null', undefined],
    ['~', undefined],
    ['yes', true],
    ['off', false],
    ['12', 12],
    ['1.5', 1.5],
    ['50%', '50%'],
    ['text', 'text'],
    [' 3 ', 3],
    ['  ', undefined],
    [7, 7],
    [true, true],
  ])('reads %p as %p', (value, read) => {
    expect(plain(value)).toBe(read);
  });

  it('plainText keeps the text', () => {
    expect([plainText('yes'), plainText(''), plainText(12), plainText(undefined), plainText(' a b ')]).toEqual([
      'yes',
      undefined,
      '12',
      undefined,
      'a b',
    ]);
  });
});

describe('integer', () => {
  it.each([
    [3.9, 3],
    ['12', 12],
    ['2.0', 2],
    ['2.5', 0],
    ['010', 8],
    ['0x10', 16],
    ['-3', -3],
    ['x', 0],
    [undefined, 0],
    [true, 1],
    ['09', 0],
  ])('takes %p as %p', (value, read) => expect(integer(value)).toBe(read));
});

it('filled gives what with would enter with', () => {
  expect([filled([]), filled({ a: 1 }), filled('')]).toEqual([undefined, { a: 1 }, undefined]);
});
