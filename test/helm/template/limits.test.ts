// A template may neither hang nor exhaust the process, nor reach anything but its data.
import { evaluate, TemplateError } from '../../../helm/template';
import { context } from './fixture';

const run = (template: string): string => evaluate(template, context);

describe('what would run away is refused, and soon', () => {
  it.each([
    [
      'endless work',
      '{{ range 2000 }}{{ range 2000 }}{{ end }}{{ end }}',
      'the template takes more than 1000000 steps at 1:20; give it less to do',
    ],
    [
      'a huge number of rounds',
      '{{ range 9223372036854775807 }}{{ end }}',
      'the template takes more than 1000000 steps at 1:4; give it less to do',
    ],
    ['a long text', '{{ repeat 1000000000 "ab" }}', 'repeat: the text would be longer than 8000000 characters at 1:4'],
    [
      'a text that doubles',
      '{{ $x := "ab" }}{{ range 40 }}{{ $x = print $x $x }}{{ end }}',
      'print: the text would be longer than 8000000 characters at 1:39',
    ],
    [
      'a text that is replaced',
      '{{ replace "" (repeat 100000 "x") (repeat 1000 "y") }}',
      'replace: the text would be longer than 8000000 characters at 1:4',
    ],
    ['an indented text', '{{ indent 100000 (repeat 1000 "\\n") }}', 'indent: the text would be longer than 8000000 characters at 1:4'],
    ['a long list', '{{ until 100000000 }}', 'until: the list would be longer than 500000 elements at 1:4'],
    [
      'a list that holds one text often',
      '{{ $x := list (repeat 1000 "a") }}{{ range 20 }}{{ $x = concat $x $x }}{{ end }}',
      'concat: the list would be longer than 500000 elements at 1:57',
    ],
    [
      'a list that prints large',
      '{{ $x := list "aaaaaaaaaaaaaaaa" }}{{ range 40 }}{{ $x = list $x $x }}{{ end }}{{ $x }}',
      /^the (?:text would be longer than 8000000 characters|template takes more than 1000000 steps) at 1:83/,
    ],
    [
      'a template that includes itself',
      '{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}',
      'include: templates call each other deeper than 100 levels at 1:20; look for one that includes itself',
    ],
    [
      'a text that evaluates itself',
      '{{ define "a" }}{{ tpl "{{ include \\"a\\" . }}" . }}{{ end }}{{ include "a" . }}',
      /templates call each other deeper than 100 levels/,
    ],
    [
      'data that holds itself',
      '{{ $x := dict }}{{ $_ := set $x "x" $x }}{{ $x }}',
      'the data is nested deeper than 500 levels or holds itself at 1:45',
    ],
    [
      'such data as JSON',
      '{{ $x := dict }}{{ $_ := set $x "x" $x }}{{ toJson $x }}',
      'toJson: the data is nested deeper than 500 levels or holds itself at 1:45',
    ],
    [
      'small data that is endless to write',
      '{{ $x := list }}{{ range 60 }}{{ $x = list $x $x }}{{ end }}{{ toJson $x }}',
      'toJson: the template takes more than 1000000 steps at 1:64; give it less to do',
    ],
    [
      'such data compared',
      '{{ $x := list }}{{ $y := list }}{{ range 60 }}{{ $x = list $x $x }}{{ $y = list $y $y }}{{ end }}{{ deepEqual $x $y }}',
      /deepEqual: the template takes more than 1000000 steps/,
    ],
    [
      'such data merged',
      '{{ $x := dict }}{{ $y := dict }}{{ range 60 }}{{ $x = dict "a" $x "b" $x }}{{ $y = dict "a" $y "b" $y }}{{ end }}{{ merge $x $y }}',
      /the template takes more than 1000000 steps/,
    ],
    [
      'lists compared each with each',
      '{{ $x := until 100000 }}{{ uniq $x }}',
      'uniq: the template takes more than 1000000 steps at 1:28; give it less to do',
    ],
    [
      'slow functions in a loop',
      '{{ $x := until 400000 }}{{ range 100000 }}{{ $y := has -1 $x }}{{ end }}',
      /the template takes more than 1000000 steps/,
    ],
    [
      'slow regular expressions in a loop',
      '{{ $x := repeat 10000 "a" }}{{ range 100000 }}{{ $y := regexMatch "(a*)(a*)b" $x }}{{ end }}',
      /the template takes more than 1000000 steps/,
    ],
    ['deep parentheses', `{{ ${'('.repeat(5000)}1${')'.repeat(5000)} }}`, /nested deeper than 400 levels/],
    ['deep blocks', '{{ if true }}'.repeat(5000) + '{{ end }}'.repeat(5000), /nested deeper than 400 levels/],
    [
      'a regular expression that is too large',
      '{{ regexMatch "(((a{100}){100}){100})" "a" }}',
      'regexMatch: the regular expression is too large at 1:4; repeat less in it',
    ],
    [
      'a regular expression on a long text',
      '{{ regexMatch "(.*)(.*)(.*)(.*)x$" (repeat 1000000 "a") }}',
      'regexMatch: the template takes more than 1000000 steps at 1:4; give it less to do',
    ],
  ])('%s', (_what, template, message) => {
    // Of the processor, not of the clock: others may keep this machine busy.
    const start = process.cpuUsage();
    expect(() => run(template)).toThrow(
      expect.objectContaining({
        name: TemplateError.name,
        message: typeof message === 'string' ? message : expect.stringMatching(message),
      }),
    );
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1000).toBeLessThan(10_000);
  });

  it('but regular expressions that stall others are answered', () => {
    expect(run(`{{ regexMatch "^(a+)+$" (print (repeat 2000 "a") "b") }}`)).toBe('false');
  });

  it('helpers that evaluate without end are stopped', () => {
    const helpers: Record<string, (dot: unknown) => string> = {};
    helpers['again'] = () => evaluate('{{ include "again" . }}', { ...context, helpers });
    expect(() => evaluate('{{ include "again" . }}', { ...context, helpers })).toThrow(/templates call each other deeper than 100 levels/);
    expect(run('{{ .Values.name }}')).toBe('estafette');
  });
});

describe('only data is reached', () => {
  it.each(['constructor', '__proto__', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'])('.%s is a missing key', (name) => {
    expect(run(`{{ .Values.${name} }}|{{ (dict).${name} }}|{{ index .Values "${name}" }}|{{ hasKey .Values "${name}" }}`)).toBe('|||false');
    expect(() => run(`{{ .Values.list.${name} }}`)).toThrow(`can't evaluate field ${name}`);
    expect(() => run(`{{ ${name} }}`)).toThrow(/is not known|wrong number/);
    expect(() => run(`{{ include "${name}" . }}`)).toThrow('is not defined');
  });

  it('__proto__ is a key like any other once it is set', () => {
    expect(run('{{ $x := dict "__proto__" (dict "polluted" 1) }}{{ $x.__proto__.polluted }}{{ $x.polluted }}')).toBe('1');
    expect(run('{{ $x := merge (dict) (fromJson `{"__proto__": {"polluted": 1}}`) }}{{ toJson $x }}')).toBe('{"__proto__":{"polluted":1}}');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it("the caller's data stays as it is, while the template sees its own changes", () => {
    const root = { Values: { a: 1, map: { x: 1 } } };
    const before = JSON.stringify(root);
    const templates: [string, string][] = [
      ['{{ $_ := set .Values "b" 2 }}{{ .Values.b }}', '2'],
      ['{{ $_ := unset .Values "a" }}[{{ .Values.a }}]', '[]'],
      ['{{ $_ := merge .Values (dict "map" (dict "y" 2)) }}{{ .Values.map.y }}', '2'],
      ['{{ $_ := mergeOverwrite .Values (dict "a" 3) }}{{ $.Values.a }}', '3'],
      ['{{ tpl "{{ $_ := set .Values `b` 2 }}" . }}{{ .Values.b }}', '2'],
    ];
    for (const [template, text] of templates) expect(evaluate(template, { root, helpers: {} })).toBe(text);
    expect(JSON.stringify(root)).toBe(before);
  });
});

describe('the data that helpers are given', () => {
  const seen = (template: string): unknown => {
    let dot: unknown;
    evaluate(template, {
      ...context,
      helpers: {
        see: (given) => {
          dot = given;
          return '';
        },
      },
    });
    return dot;
  };

  it('is plain', () => {
    expect(seen('{{ include "see" (dict "n" 1 "list" (until 2) "big" 9223372036854775807 "none" nil) }}')).toEqual({
      n: 1,
      list: [0, 1],
      big: 9223372036854775807n,
      none: null,
    });
  });

  it("is the caller's own root when the template changes nothing", () => {
    expect(seen('{{ include "see" . }}')).toBe(context.root);
    expect(seen('{{ template "see" }}')).toBeNull();
  });
});

describe('numbers', () => {
  const print = (value: unknown): string => evaluate('{{ .v }} {{ typeOf .v }} {{ toJson .v }}', { root: { v: value }, helpers: {} });

  it.each([
    [5000000, '5e+06 float64 5000000'],
    [1, '1 float64 1'],
    [0.1, '0.1 float64 0.1'],
    [-0, '-0 float64 -0'],
    [5000000n, '5000000 int64 5000000'],
    [9007199254740993n, '9007199254740993 int64 9007199254740993'],
  ])('%p', (value, text) => {
    expect(print(value)).toBe(text);
  });
});
