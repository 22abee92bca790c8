// Slips in YAML texts: what a hand, an editor or a merge does to a file, and what is legal though nobody writes it.
import * as fc from 'fast-check';

const PIECES = [
  ...`'"[]{},:?-#&*!|>%@\`\\ \t\n`,
  '\n  ',
  ': ',
  '- ',
  ' #',
  '"x"',
  '\'"',
  '""',
  "''",
  '[a, b]',
  '{a: b}',
  '{a:',
  '|\n',
  '>-\n',
  '|2\n',
  '|# c\n',
  '&a ',
  '*a',
  '!!str ',
  '!x ',
  '<<: *a',
  '---\n',
  '...\n',
  '\r\n',
  '\r',
  '\\x',
  '\\\n',
  'é',
  '😀',
  '\u2028',
  '\u0085',
  '? ',
  'x: y',
  'host:',
  "it's",
  '\t- ',
  'a:\n- b\n',
];

/** Other ways to write a value, some of them wrong. */
const WAYS: readonly ((value: string) => string)[] = [
  (value) => `"${value}"`,
  (value) => `'${value}'`,
  (value) => `[${value}]`,
  (value) => `{${value}}`,
  (value) => `[\n${value}\n]`,
  (value) => `[{\nk: ${value}\n}]`,
  (value) => `{k: ${value},\n}`,
  (value) => `"${value}\n${value}"`,
  (value) => `'${value}\n  ${value}'`,
  (value) => `"${value}"#c`,
  (value) => `|\n  ${value}`,
  (value) => `>\n${value}`,
  (value) => `${value}\n ${value}`,
];

type Change = (text: string) => string;
const at = (text: string, place: number): number => Math.floor(place * (text.length + 1));
const onLines =
  (place: number, change: (lines: string[], index: number) => void): Change =>
  (text) => {
    const lines = text.split('\n');
    change(lines, Math.floor(place * lines.length));
    return lines.join('\n');
  };

const place = fc.double({ min: 0, max: 0.999999, noNaN: true });
const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(place, fc.constantFrom(...PIECES)).map(
      ([where, piece]): Change =>
        (text) =>
          text.slice(0, at(text, where)) + piece + text.slice(at(text, where)),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(place, fc.integer({ min: 1, max: 3 })).map(
      ([where, count]): Change =>
        (text) =>
          text.slice(0, at(text, where)) + text.slice(at(text, where) + count),
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(place, fc.integer({ min: 1, max: 3 }))
      .map(([where, count]) => onLines(where, (lines, index) => (lines[index] = ' '.repeat(count) + lines[index]))),
  },
  { weight: 1, arbitrary: place.map((where) => onLines(where, (lines, index) => (lines[index] = lines[index]!.replace(/^ {1,2}/, '')))) },
  { weight: 1, arbitrary: place.map((where) => onLines(where, (lines, index) => lines.splice(index, 1))) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(place, fc.constantFrom(...WAYS))
      .map(([where, way]) =>
        onLines(
          where,
          (lines, index) =>
            (lines[index] = lines[index]!.replace(/(: |- )(.+)$/, (_line, mark: string, value: string) => mark + way(value))),
        ),
      ),
  },
);

/** As a file holds it: a slip may cut a character in two. */
const asUtf8 = (text: string): string => Buffer.from(text).toString();

/** Some lines of one of the texts, moved to the left, with one to three slips. */
export const mutated = (texts: readonly string[]): fc.Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom(...texts), place, fc.integer({ min: 3, max: 30 }), fc.array(change, { minLength: 1, maxLength: 3 }))
    .map(([text, where, count, changes]) => {
      const lines = text.split('\n');
      const from = Math.floor(where * Math.max(1, lines.length - count));
      const part = lines.slice(from, from + count);
      const indent = Math.min(...part.filter((line) => line.trim()).map((line) => line.search(/\S/)));
      return asUtf8(
        changes.reduce((all, next) => next(all), `${part.map((line) => line.slice(Math.min(indent, line.search(/\S|$/)))).join('\n')}\n`),
      );
    });
