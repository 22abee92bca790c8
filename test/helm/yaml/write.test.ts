import * as fc from 'fast-check';
import { parse, parseAllDocuments } from 'yaml';
import { readYaml, readYamlStream } from '../../../helm/yaml/read';
import { writeYaml, WriteError, writeYamlStream } from '../../../helm/yaml/write';
import { json, NASTY } from './arbitrary';

describe('writeYaml', () => {
  it('prints objects as kubectl does: keys in order, lists not indented', () => {
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'api', labels: {}, annotations: { 'helm.sh/hook': 'pre-install', schedule: '*/5 * * * *' } },
      spec: {
        ports: [{ name: 'http', port: 80, targetPort: 'http' }],
        externalIPs: [],
        matrix: [[1, [2]], [], {}],
        ready: true,
        none: null,
        ratio: 0.5,
      },
    };
    expect(writeYaml(service)).toBe(`apiVersion: v1
kind: Service
metadata:
  name: api
  labels: {}
  annotations:
    helm.sh/hook: pre-install
    schedule: "*/5 * * * *"
spec:
  ports:
  - name: http
    port: 80
    targetPort: http
  externalIPs: []
  matrix:
  - - 1
    - - 2
  - []
  - {}
  ready: true
  none: null
  ratio: 0.5
`);
  });

  it('writes blocks where they are exact', () => {
    expect(writeYaml({ clip: 'a\n b\n', strip: 'a\n\nb', keep: 'a\n\n', list: ['x\ny\n'] })).toBe(
      'clip: |\n  a\n   b\nstrip: |-\n  a\n\n  b\nkeep: |+\n  a\n\nlist:\n- |\n  x\n  y\n',
    );
  });

  it('quotes where a block would not be exact', () => {
    expect(writeYaml({ lead: ' a\nb', first: '\na', blank: 'a\n  ', carriage: 'a\r\nb', only: '\n' })).toBe(
      'lead: " a\\nb"\nfirst: "\\na"\nblank: "a\\n  "\ncarriage: "a\\r\\nb"\nonly: "\\n"\n',
    );
  });

  it.each([
    'docker.io/x/y:1.2',
    '--flag=a',
    '10m',
    '100Mi',
    '1.5.14',
    '$(POD_IP)',
    '/path',
    'a:b',
    'a#b',
    '30d',
    'yesterday',
    'v1',
    '<a>',
    '1h30m',
    'a {b}, [c]',
  ])('leaves %s bare', (text) => expect(writeYaml({ a: text })).toBe(`a: ${text}\n`));

  it.each(NASTY.filter((text) => text.length < 20))('reads %j back, as value, key and item, with 1.1 and 1.2', (text) => {
    const value = { before: 0, [text]: text, list: [text, { [text]: [text] }], top: { [text]: { [text]: null } }, after: 0 };
    const written = writeYaml(value);
    expect(readYaml(written, 'x')).toEqual(value);
    for (const version of ['1.1', '1.2'] as const) expect(parse(written, { version })).toEqual(value);
  });

  it('writes numbers that every reader takes for the same number', () => {
    expect(writeYaml([1, -1.5, 1e21, 1e-7, 1.5e300, 5_000_000, 1e20, 12345678901234567890n])).toBe(
      '- 1\n- -1.5\n- 1.0e+21\n- 1.0e-7\n- 1.5e+300\n- 5000000\n- 100000000000000000000\n- 12345678901234567890\n',
    );
  });

  it('writes keys too long for a simple key', () => {
    const value = { a: [{ ['k'.repeat(3000)]: { b: [1] } }], ['"'.repeat(2000)]: [1] };
    expect(readYaml(writeYaml(value), 'x')).toEqual(value);
  });

  it('writes scalars and empty containers at the top', () => {
    expect([writeYaml({}), writeYaml([]), writeYaml('yes'), writeYaml('a\nb'), writeYaml(1), writeYaml(null)]).toEqual([
      '{}\n',
      '[]\n',
      '"yes"\n',
      '"a\\nb"\n',
      '1\n',
      'null\n',
    ]);
  });

  it('leaves undefined members out', () => {
    expect(writeYaml({ a: undefined, b: { c: undefined }, d: [{ e: undefined }] })).toBe('b: {}\nd:\n- {}\n');
    expect(writeYaml({ a: undefined })).toBe('{}\n');
  });

  it.each<[string, unknown, RegExp]>([
    ['undefined in a list', { a: [1, undefined] }, /^\.a\[1\]: undefined has no text/],
    ['NaN', { a: { b: NaN } }, /^\.a\.b: NaN is not a number/],
    ['Infinity', [Infinity], /^\[0\]: Infinity is not a number/],
    ['functions', { a: () => 1 }, /^\.a: a function has no text/],
    ['symbols', { a: Symbol('x') }, /^\.a: a symbol has no text/],
    ['dates', { a: [{ b: new Date(0) }] }, /^\.a\[0\]\.b: a Date has no text/],
    ['maps', { a: new Map() }, /^\.a: a Map has no text/],
    ['half characters', { a: { '\ud800': 1 } }, /not UTF-8 text/],
    ['half characters in blocks', ['a\n\udc00\n'], /^\[0\]: .*not UTF-8 text/],
  ])('refuses %s, naming the path', (_what, value, message) => {
    expect(() => writeYaml(value)).toThrow(WriteError);
    expect(() => writeYaml(value)).toThrow(message);
  });

  it('refuses what holds itself', () => {
    const loop: Record<string, unknown> = {};
    loop['loop'] = loop;
    expect(() => writeYaml(loop)).toThrow(/holds itself/);
  });

  it('reads back as the same data with every reader', () => {
    fc.assert(
      fc.property(json, (value) => {
        const written = writeYaml(value);
        expect(readYaml(written, 'x')).toEqual(value);
        for (const version of ['1.1', '1.2'] as const) expect(parse(written, { version })).toEqual(value);
      }),
      { numRuns: 150, seed: 41 },
    );
  });
});

describe('writeYamlStream', () => {
  it('puts --- between documents', () =>
    expect(writeYamlStream([{ a: 1 }, { b: 'x\n\n' }, {}])).toBe('a: 1\n---\nb: |+\n  x\n\n---\n{}\n'));

  it('reads back', () => {
    fc.assert(
      fc.property(fc.array(fc.dictionary(fc.string(), json, { minKeys: 1, noNullPrototype: true }), { maxLength: 4 }), (values) => {
        const written = writeYamlStream(values);
        expect(readYamlStream(written, 'x')).toEqual(values);
        const documents = parseAllDocuments(written);
        expect(Array.isArray(documents) ? documents.map((document) => document.toJS() as unknown) : []).toEqual(values);
      }),
      { numRuns: 80, seed: 42 },
    );
  });
});
