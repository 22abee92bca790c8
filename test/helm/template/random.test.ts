// Properties that hold for any text.
import fc from 'fast-check';
import { evaluate, hasActions, TemplateError } from '../../../helm/template';
import { FAMILIES, findFunction } from '../../../helm/template/functions';
import { parseRegex, WrongExpression } from '../../../helm/template/regex/parse';
import { Program } from '../../../helm/template/regex/match';
import { context } from './fixture';

const names = FAMILIES.flatMap((family) => family.names.split(' '));

/** Evaluates; a TemplateError is fine, anything else is not. */
function survives(template: string): boolean {
  try {
    return typeof evaluate(template, context) === 'string';
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return error.line >= 1 && error.column >= 1 && error.line <= template.split('\n').length && !error.message.includes('\n at ');
  }
}

const word = fc.constantFrom(
  '{{',
  '}}',
  '{{-',
  '-}}',
  '{{/*',
  '*/}}',
  ' ',
  '\n',
  '(',
  ')',
  '|',
  ',',
  ':=',
  '=',
  '.',
  '$',
  '$x',
  '.Values',
  '.name',
  '.list',
  '.map',
  '.missing',
  'if',
  'else',
  'end',
  'range',
  'with',
  'define',
  'template',
  'block',
  'include',
  'tpl',
  'break',
  'continue',
  'nil',
  'true',
  '"a"',
  '`b`',
  "'c'",
  '1',
  '-2',
  '1.5',
  '"',
  '`',
  "'",
  '\\',
  'é',
  '😀',
  '"chart.name"',
  ...names,
);
const argument = fc.constantFrom(
  '1',
  '-1',
  '0',
  '2.5',
  '"a"',
  '""',
  '"é,b"',
  '"%d %s"',
  '"[a-"',
  'true',
  'nil',
  '.',
  '.Values.list',
  '.Values.map',
  '.Values.missing',
  '.Values.n',
  '(dict "a" 1)',
  '(list 1 "b")',
  '(list)',
  '(semver "1.2.3")',
  '(until 3)',
  '(int64 3)',
);

it('a text without actions is returned as it is', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const plain = text.replaceAll('{{', '{');
      return !hasActions(plain) && evaluate(plain, context) === plain;
    }),
  );
});

it('nothing but a TemplateError ever comes out of text that looks like a template', () => {
  fc.assert(
    fc.property(fc.array(word, { maxLength: 25 }), (words) => survives(words.join(' ')) && survives(words.join(''))),
    { numRuns: 1500 },
  );
});

it('nothing but a TemplateError ever comes out of a function', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...names),
      fc.array(argument, { maxLength: 5 }),
      (name, args) => survives(`{{ ${name} ${args.join(' ')} }}`) && survives(`{{ ${args.join(' ')} | ${name} }}`),
    ),
    { numRuns: 3000 },
  );
});

it('what is quoted reads back as the same text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const quoted = evaluate('{{ quote .v }}', { root: { v: text }, helpers: {} });
      expect(evaluate(`{{ ${quoted} }}x`, context)).toBe(`${text.replaceAll('<no value>', '')}x`);
    }),
  );
});

it('regular expressions agree with those of JavaScript where both are read alike', () => {
  const piece = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '(a)', '(?:ab|a)', '|', '*?', '+', '?', '{2}', '\\d', '\\w', 'c');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 7 }), fc.stringMatching(/^[abc1]{0,8}$/), (pieces, text) => {
      const pattern = pieces.join('');
      let program: Program;
      try {
        program = new Program(parseRegex(pattern));
      } catch (error) {
        return error instanceof WrongExpression;
      }
      const expected = new RegExp(pattern, 'su').exec(text);
      const match = program.exec([...text], 0);
      return expected === null ? match === undefined : match?.[0] === expected.index && match[1] === expected.index + expected[0].length;
    }),
    { numRuns: 1500 },
  );
});

it('each family holds the functions that it names, and no other', () => {
  for (const family of FAMILIES) expect(Object.keys(family.load()).sort()).toEqual(family.names.split(' ').sort());
  expect(new Set(names).size).toBe(names.length);
  expect(findFunction('constructor')).toBeUndefined();
});
