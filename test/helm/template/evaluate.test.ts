// Go templates in string values: the language itself.
import { evaluate, hasActions, TemplateError } from '../../../helm/template';

const root = {
  Values: { name: 'ci', n: 5000000, list: ['a', 'b'], map: { y: 1, x: 'two' }, empty: {}, nothing: null, flag: true },
  Release: { Name: 'r', Namespace: 'ns' },
};
const helpers = { 'chart.name': () => 'helper', 'chart.dot': (dot: unknown) => JSON.stringify(dot) };
const run = (text: string): string => evaluate(text, { root, helpers });

test.each([
  ['{{ .Values.name }}', 'ci'],
  ['a {{- " b " -}} c', 'a b c'],
  ['{{/* note */}}x', 'x'],
  ['{{ .Values.n }} {{ .Values.list }} {{ .Values.map }}', '5e+06 [a b] map[x:two y:1]'],
  ['{{ .Values.missing }}|{{ .Values.nothing }}', '|'],
  ['{{ include "chart.name" . | upper | quote }}', '"HELPER"'],
  ['{{ range $i, $e := .Values.list }}{{ $i }}={{ $e }};{{ end }}', '0=a;1=b;'],
  ['{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ end }}{{ $x }}', '2'],
  ['{{ tpl "{{ .Values.name }}" . }}', 'ci'],
  ['{{ define "a" }}<{{ . }}>{{ end }}{{ template "a" 3 }}{{ include "a" "x" }}', '<3><x>'],
  ['{{ printf "%05d %-5s| %q %v %.2f %%" 42 "ab" "q" .Values.list 1.5 }}', '00042 ab   | "q" [a b] 1.50 %'],
  ['{{ regexReplaceAll "a(x*)b" "-ab-axxb-" "${1}W" }}', '-W-xxW-'],
  ['{{ semverCompare ">=1.2 <2" "1.5.0" }}', 'true'],
])('%s', (text, expected) => {
  expect(run(text)).toBe(expected);
});

test('a text without actions is returned as it is', () => {
  expect(hasActions('a }} b')).toBe(false);
  expect(run('a }} <no value>')).toBe('a }} <no value>');
});

test('the error says what, where and how to mend it', () => {
  expect(() => run('a\n {{ randAlphaNum 3 }}')).toThrow(TemplateError);
  expect(() => run('a\n {{ randAlphaNum 3 }}')).toThrow(
    'function "randAlphaNum" is not pure: it gives another result each time at 2:5; write the value itself into the values file',
  );
});
