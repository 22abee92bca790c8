// Expectations were measured with Helm 4.1.4; the differential tests measure them again.
import { readValues, readYaml, readYamlStream, YamlError } from '../../../helm/yaml/read';

const read = (text: string): unknown => readYaml(text, 'values.yaml');
const scalar = (text: string): unknown => (read(`a: ${text}\n`) as { a: unknown }).a;

function errorOf(run: () => unknown): YamlError {
  try {
    run();
  } catch (error) {
    if (error instanceof YamlError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('readYaml', () => {
  it.each<[string, unknown]>([
    ['y', true],
    ['Yes', true],
    ['on', true],
    ['TRUE', true],
    ['n', false],
    ['No', false],
    ['OFF', false],
    ['tRUE', 'tRUE'],
    ['~', null],
    ['', null],
    ['Null', null],
    ['nULL', 'nULL'],
  ])('reads the word %s', (text, value) => expect(scalar(text)).toBe(value));

  it.each<[string, unknown]>([
    ['0777', 511],
    ['0o17', 15],
    ['08', 8],
    ['0x1F', 31],
    ['0b11', 3],
    ['0b-1', -1],
    ['1_000', 1000],
    ['_1', '_1'],
    ['1__0', 10],
    ['-0', 0],
    ['190:20:30', '190:20:30'],
    ['1.5.14', '1.5.14'],
    ['1e3', 1000],
    ['1.', 1],
    ['.5', 0.5],
    ['.5_0', 0.5],
    ['._5', '._5'],
    ['1e400', '1e400'],
    ['1.0', 1],
    ['1.10', 1.1],
    ['5000000', 5_000_000],
    ['9007199254740993', 9007199254740992],
    ['18446744073709551615', 18446744073709552000],
    ['0x10000000000000000', '0x10000000000000000'],
    ['99999999999999999999', 1e20],
  ])('reads the number %s', (text, value) => expect(scalar(text)).toBe(value));

  it.each<[string, unknown]>([
    ['2001-01-01', '2001-01-01'],
    ['!!timestamp 2001-01-01', '2001-01-01'],
    ["'012'", '012'],
    ['"yes"', 'yes'],
    ['!!str 12', '12'],
    ["!!int '12'", 12],
    ['!!float 3', 3],
    ['!custom 12', '12'],
    ["! '12'", '12'],
    ['!!binary aGk=', 'hi'],
    ['=', '='],
    ['"\\x41\\U0001F600"', 'A😀'],
  ])('reads the text %s', (text, value) => expect(scalar(text)).toBe(value));

  it('takes the last of two equal keys, and says so', () => {
    const warnings: string[] = [];
    expect(readYaml('a: 1\nb: 2\n"a": 3\n', 'values.yaml', { warn: (message) => warnings.push(message) })).toEqual({ a: 3, b: 2 });
    expect(warnings).toEqual(['values.yaml:3:1: the key "a" is given twice; the last one counts']);
  });

  it('makes text of keys', () => {
    expect(read('on: 1\n1e3: 2\n0x10: 3\n12345678.9: 4\n9223372036854775807: 5\n"null": 6\n2001-01-01: 7\n')).toEqual({
      true: 1,
      1000: 2,
      16: 3,
      '1.2345679e+07': 4,
      '9223372036854775807': 5,
      null: 6,
      '2001-01-01': 7,
    });
  });

  it('follows aliases and merges, which override the keys before them', () => {
    expect(read('a: &a {x: 1, p: 2}\nb: *a\nc:\n  <<: *a\n  x: 3\nd:\n  x: 3\n  <<: *a\ne:\n  <<: [{z: 1}, {z: 2, q: 3}]\n')).toEqual({
      a: { x: 1, p: 2 },
      b: { x: 1, p: 2 },
      c: { x: 3, p: 2 },
      d: { x: 1, p: 2 },
      e: { z: 1, q: 3 },
    });
    expect(read('a: &a 1\nb: &a 2\nc: *a\n"<<": text\n')).toEqual({ a: 1, b: 2, c: 2, '<<': 'text' });
  });

  it('reads the first document only', () => {
    expect(read('a: 1\n---\nb: [\n')).toEqual({ a: 1 });
    expect(read('')).toBeNull();
    expect(read('# nothing\n')).toBeNull();
    expect(read('--- text\n')).toBe('text');
  });

  it('keeps __proto__ a key', () => {
    const value = read('__proto__:\n  polluted: true\nconstructor: 1\n') as Record<string, unknown>;
    expect(Object.keys(value)).toEqual(['__proto__', 'constructor']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it.each([
    ['a: 1\nb: [1\n', 3, 1, /"," or "]" is missing in the list .* on line 2/],
    ['a: {b: 1\nc: 2\n', 2, 2, /"," or "}" is missing in the map .* on line 1/],
    ['a: 1\n  b: 2\n', 2, 4, /check the indentation/],
    ['a: b: c\n', 1, 5, /quote the value/],
    ['a:\n\tb: 1\n', 2, 1, /tabs are not allowed/],
    ['- \ta\n', 1, 3, /tabs are not allowed/],
    ['a: |\n\tb\n', 2, 1, /tabs are not allowed/],
    ['a: b\n\tc\n', 2, 1, /tabs are not allowed/],
    ['a: *x\n', 1, 4, /no anchor of this name/],
    ['a: &x [*x]\n', 1, 8, /holds itself/],
    ['a: 1\nb: .nan\n', 2, 4, /\.nan is not a number/],
    ['~: 1\n', 1, 1, /a key must not be null/],
    ['? [a]\n: 1\n', 1, 3, /a key must be a scalar/],
    ['a:\n  b: !!int x\n', 2, 12, /the text is not a !!int/],
    ['a: "\\ud83d"\n', 1, 5, /surrogate/],
    ['a: "b\\/c"\n', 1, 6, /not an escape/],
    ['a: "\\x4"\n', 1, 5, /2 hexadecimal digits/],
    ['a: "\\U00110000"\n', 1, 5, /no character of this number/],
    ['a: 1\nb: \x01\n', 2, 4, /U\+0001 is not allowed/],
    ['<<: 1\n', 1, 5, /takes a map/],
    ['a: @b\n', 1, 4, /must not begin with "@"/],
    ['a: %b\n', 1, 4, /must not begin with "%"/],
    ['a: ]\n', 1, 4, /must not begin with "]"/],
    ['a: - b\n', 1, 4, /a list cannot begin here/],
    ['a: ? b\n', 1, 4, /a key cannot begin here/],
    ['a: 1\n- b\n', 2, 1, /a key is missing/],
    ['- a\nb: 1\n', 2, 1, /"- " is missing/],
    ['a: 1\nb\nc: 2\n', 2, 1, /has no ": "/],
    ['a: >x\n  b\n', 1, 5, /begins on the line after/],
    ['a: |0\n  b\n', 1, 5, /a number from 1 to 9/],
    ['a: &b.c d\n', 1, 4, /begins the name of an anchor/],
    ['a: !b{} c\n', 1, 4, /a space must follow the tag/],
    ['a: !x!b c\n', 1, 4, /no tag handle/],
    ['%YAML 1.2\n---\na: 1\n', 1, 1, /the version of YAML is 1\.1/],
    // What Helm leaves out in silence.
    ['{a: 1}\nb: 2\n', 2, 1, /would not be read/],
    ['[a]]\n', 1, 4, /a "]" too many/],
    ['  a: 1\nb: 2\n', 2, 1, /would not be read/],
    ['\ufeff\ufeffa: 1\nb: 2\n', 1, 1, /stands there twice/],
  ])('refuses %j at %i:%i', (text, line, column, reason) => {
    const error = errorOf(() => read(text));
    expect([error.line, error.column, error.source]).toEqual([line, column, 'values.yaml']);
    expect(error.reason).toMatch(reason);
    expect(error.message).toBe(`values.yaml:${line}:${column}: ${error.reason}`);
  });

  it.each([
    ["user: 'robot''\npassword: 'x'\n", 2, 12],
    ["user: 'robot''\n", 1, 7],
    ["user: 'robot\npassword: 'x'\n", 2, 12],
    ['a: "b\n', 1, 4],
    ['a: "b\\"\n', 1, 4],
    ["a: 'b\n---\nc: d'\n", 1, 4],
    ['a:\n- "b\n- c\n', 2, 3],
  ])('finds the text that is not closed in %j at %i:%i', (text, line, column) => {
    const error = errorOf(() => read(text));
    expect([error.line, error.column]).toEqual([line, column]);
  });

  // The YAML specification, and with it other readers, asks for more indentation and white space.
  it.each<[string, unknown]>([
    ['a: [{\n  k: v\n}]\n', { a: [{ k: 'v' }] }],
    ['a:\n  b: [\n  {k: v},\n  {k: w}\n  ]\n', { a: { b: [{ k: 'v' }, { k: 'w' }] } }],
    ['a: [\nx,\nz\n]\nb: 1\n', { a: ['x', 'z'], b: 1 }],
    ['a: {\nb: 1,\n}\n', { a: { b: 1 } }],
    ['a: "x\ny"\nb: \'x\n\ny\'\n', { a: 'x y', b: 'x\ny' }],
    ['a: "x"#c\n', { a: 'x' }],
    ['a: [x]#c\n', { a: ['x'] }],
    ['a: |# c\n  x\n', { a: 'x\n' }],
    ['a: >-#c\n  x\n', { a: 'x' }],
    ['a: "it\\\'s"\n', { a: "it's" }],
    ['a: [host:]\n', { a: ['host:'] }],
    ['a: [host:, x:y, "q":1]\n', { a: ['host:', 'x:y', { q: 1 }] }],
    ['a: {b:1}\n', { a: { 'b:1': null } }],
    ['a: {b, c: }\n', { a: { b: null, c: null } }],
    ['a: [b: c, ? d : e]\n', { a: [{ b: 'c' }, { d: 'e' }] }],
    ['a: b\u2028  c\n', { a: 'b\u2028c' }],
    ['a: |\n  b\u0085  c\n', { a: 'b\nc\n' }],
    ['a: "b\\\n   c \\\n\n  d"\n', { a: 'bc \nd' }],
    ['a: >\n  b\n  c\n\n   d\n  e\n', { a: 'b c\n\n d\ne\n' }],
    ['a: |2-\n    b\n   c\n\n', { a: '  b\n c' }],
    ['a: |+\n  b\n\nc: >-\n\n', { a: 'b\n\n', c: '' }],
    ['? a\n: b\n? c\n', { a: 'b', c: null }],
    ['a: !x b\n', { a: 'b' }],
    ['%TAG !e! tag:yaml.org,2002:\n---\na: !e!str 1\n', { a: '1' }],
    ['a: .inf\na: 1\n', { a: 1 }],
  ])('reads %j as Helm does', (text, value) => expect(read(text)).toEqual(value));

  it('refuses a text that is mostly aliases, without reading it all', () => {
    const levels = Array.from({ length: 12 }, (_, level) => `l${level + 1}: &l${level + 1} [${Array(10).fill(`*l${level}`).join(', ')}]`);
    expect(errorOf(() => read(`l0: &l0 x\n${levels.join('\n')}\n`)).reason).toBe('the document has too many aliases');
  });

  it('refuses what is nested too deeply instead of crashing', () => {
    expect(errorOf(() => read('['.repeat(50_000))).reason).toMatch(/nested too deeply/);
  });
});

describe('readYamlStream', () => {
  it('reads every document and leaves empty ones out', () => {
    expect(readYamlStream('---\na: 1\n---\n---\n# c\n---\n- yes\n...\n', 'x')).toEqual([{ a: 1 }, [true]]);
    expect(readYamlStream('', 'x')).toEqual([]);
  });

  it('places errors in later documents', () => {
    expect(errorOf(() => readYamlStream('a: 1\n---\nb: *c\n', 'x')).message).toMatch(/^x:3:4: /);
  });
});

describe('readValues', () => {
  const values = (text: string): unknown => readValues(text, 'values.yaml');

  it('is an empty map for an empty file', () => {
    for (const text of ['', '\n', '# c\n', '---\n', 'null\n']) expect(values(text)).toEqual({});
  });

  it('merges documents', () => {
    expect(values('a: 1\nb: {c: 1, d: 1}\n--- # second\nb: {d: 2}\n---\na: null\n')).toEqual({ a: null, b: { c: 1, d: 2 } });
  });

  it('ends the last line', () => expect(values('a: |\n  x')).toEqual({ a: 'x\n' }));

  it('reads Windows line ends', () => expect(values('a: |\r\n  x\r\n  y\r\nb: 1\r\n')).toEqual({ a: 'x\ny\n', b: 1 }));

  it('refuses what is not a map', () => {
    expect(errorOf(() => values('- 1\n')).message).toBe('values.yaml:1:1: values must be a map, not a list');
    expect(errorOf(() => values('a: 1\n---\ntext\n')).message).toBe('values.yaml:3:1: values must be a map, not a text');
    expect(errorOf(() => values('# c\n%YAML 1.1\n---\na: 1\n')).message).toMatch(/^values.yaml:2:1: directives/);
    expect(errorOf(() => values('a: 1\n--- {b: 1}\n')).message).toMatch(/^values.yaml:2:4: .*next line$/);
  });

  it('places errors in later documents', () => expect(errorOf(() => values('a: 1\n---\nb: 1\nc: [\n')).line).toBeGreaterThanOrEqual(4));
});
