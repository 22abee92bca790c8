// Random data for the YAML tests: mostly ordinary, often nasty.
import * as fc from 'fast-check';

/** Texts that some YAML reader takes for something else, or stumbles over. */
export const NASTY = [
  '', ' ', 'y', 'Y', 'n', 'N', 'yes', 'Yes', 'YES', 'no', 'on', 'On', 'off', 'OFF', 'true', 'True', 'tRUE', 'false', 'null', 'Null', 'NULL', '~',
  '0', '-0', '1', '+1', '-1', '007', '08', '0777', '0o17', '0O17', '0x1F', '0Xff', '0b11', '0b-1', '0b', '0x', '0o', '1_000', '_1', '1__0', '1e3', '1E-3', '1e', '1.', '.5', '-.5', '+.5', '.5_0', '.', '..', '1.5.14',
  '190:20:30', '1:30', '1:60', '1:2.5', '2001-01-01', '2001-1-1', '2001-13-45', '2001-12-14t21:59:43.10-05:00', '2001-12-14 21:59:43.10 -5', '.inf', '-.INF', '+.Inf', '.nan', '.NaN', 'NaN', 'Infinity',
  '=', '<<', '=a', '<', '-', '--', '---', '--- a', '...', '... a', '- a', '-a', '--flag=1', '?', '? a', '?a', ':', ': a', ':a', 'a:', 'a: b', 'a:b', 'a :b', '#', '# a', 'a#b', 'a #b', 'a\t#b',
  '[', ']', '{', '}', '[a]', '{a: 1}', '{{ .Values.a }}', ',', ',a', 'a,b', '&a', '*a', '*/5 * * * *', '!a', '!!str a', '|', '>', '|-', '@a', '`a', '%a', '%YAML 1.2', '"', '"a"', "'", "'a'", "it's", 'a"b', '\\', 'a\\nb', '$(A)', '~/a', '/a', '()',
  ' a', 'a ', '\ta', 'a\t', 'a\tb', '\n', '\n\n', 'a\n', 'a\n\n', '\na', '\n a', ' a\nb', 'a\nb', 'a\n b\n', 'a \nb', 'a\n ', 'a\n \n', 'a\n\tb', '\ta\nb', 'a\n\n\nb\n', '# a\nb\n', '- a\n- b\n', '---\na\n', 'a\n...\n', 'a: |\n  b\n',
  'a\rb', 'a\r\nb\r\n', '\r', 'a\u0085b', 'a\u2028b', '\u2029', 'a\u2028\nb', '\ufeffa', 'a\ufeffb', '\u00a0', 'a\u00a0', '\0', '\x07', '\x1b[0m', '\x7f', '\x80', '\ufffe', '\uffff', 'é', '日本', '😀', '\u{10ffff}',
  '__proto__', 'constructor', 'a'.repeat(200), 'word '.repeat(60), `${'9'.repeat(80)}`, '12345678901234567890', 'x'.repeat(1100), 'a b'.repeat(600),
] as const;

const nasty = fc.constantFrom(...NASTY);

export const text: fc.Arbitrary<string> = fc.oneof(
  nasty,
  fc.array(fc.oneof(nasty, fc.string({ maxLength: 4 })), { minLength: 2, maxLength: 4 }).map((parts) => parts.join('').slice(0, 4000)),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.stringMatching(/^[-+.0-9a-fxo_:eE]{1,8}$/),
);

export const number: fc.Arbitrary<number> = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (Object.is(value, -0) ? 0 : value)),
  fc.constantFrom(0, 1e6, 5e6, 1e15, 1e16, 2 ** 53, 2 ** 63, 1e20, 1e21, 1e22, -1e21, 1e-4, 1e-5, 1e-6, 1e-7, 1.5e300, 5e-324, 0.1, 1234567.5),
);

/** Any JSON data. */
export const json: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small', withCrossShrink: true },
    text,
    number,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(text.filter((key) => key !== '__proto__'), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;
