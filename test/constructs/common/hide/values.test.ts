// Errors never repeat a value that is secret by its name, by what it is a part of, or by the file that it comes from.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isSecretPath } from '../../../../constructs/common/hide/names';
import { secretValues } from '../../../../constructs/common/hide/values';
import { cli } from '../../../support/cli';

const MARK = 'Sekrit9';
const template = (...args: string[]) => cli(['template', 'estafette-ci', 'estafette-ci', '-n', 'ns', ...args]);

describe('errors about secrets', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'secret-values-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  it.each<readonly [string, readonly string[], string]>([
    [
      'a mistyped key',
      ['--set', `api.secret.jwtKy=${MARK}`],
      'Error: --set api.secret.jwtKy: api.secret.jwtKy: unknown key "jwtKy"; did you mean "jwtKey"?\n',
    ],
    [
      'a mistyped key beside others',
      ['--set-string', `api.image.tga=x,api.secret.jwtKey=${MARK}`],
      'Error: --set-string api.image.tga: api.image.tga: unknown key "tga"',
    ],
    ['a mistyped key in JSON', ['--set-json', `api={"secret":{"jwtKy":"${MARK}"}}`], 'Error: --set-json api.secret.jwtKy: '],
    ['a text where a map belongs', ['--set', `api.secret=${MARK}`], 'Error: --set api.secret: api.secret: must be a map'],
    [
      'a comma in a value',
      ['--set', `api.secret.jwtKey=ab,${MARK}`],
      'Error: --set api.secret.jwtKey: the key (hidden) has no value; write KEY=VALUE, or "\\," for a comma that belongs to a value\n',
    ],
    [
      'what is not JSON',
      ['--set-json', `api.secret.jwtKey=${MARK}`],
      'Error: --set-json api.secret.jwtKey: the value is not JSON: (hidden) is not expected there; text needs double quotes\n',
    ],
  ])('%s', (_title, args, message) => {
    for (const result of [template(...args), cli(['diff', 'estafette-ci', 'estafette-ci', ...args, '/dev/null'])]) {
      expect(result.stderr).toContain(message);
      expect(`${result.stdout}${result.stderr}`).not.toContain(MARK);
    }
  });

  it('in a values file: the place is told', () => {
    const { stderr } = template('-f', file('values.yaml', `api:\n  secret: ${MARK}\n  image:\n    tga: ${MARK}\n`));
    expect(stderr).toMatch(/values\.yaml:2:3: api\.secret: must be a map with .*, not the text \(hidden\)\n/);
    expect(stderr).toMatch(/values\.yaml:4:5: api\.image\.tga: unknown key "tga"/);
    expect(stderr).not.toContain(MARK);
  });

  it.each([
    [`password: *${MARK}`, 'there is no anchor of this name before'],
    [`password: !!int ${MARK}`, 'the text is not a !!int'],
  ])('that YAML cannot read: %s', (text, message) => {
    const { stderr } = template('-f', file('broken.yaml', text));
    expect(stderr).toContain(message);
    expect(stderr).not.toContain(MARK);
  });

  it('in releases.yaml', () => {
    const { stderr } = cli([
      'synth',
      '-f',
      file('releases.yaml', `releases: [{name: a, chart: estafette-ci, set: {api.secret.jwtKy: ${MARK}}}]\n`),
      '-o',
      join(folder, 'dist'),
    ]);
    expect(stderr).toMatch(/a: \S+releases\.yaml:1:\d+: set: api\.secret\.jwtKy: unknown key "jwtKy"/);
    expect(stderr).not.toContain(MARK);
  });

  it('from a file of secrets', () => {
    mkdirSync(join(folder, 'secrets'));
    file('secrets/PG_PORT.secret', MARK);
    const { stderr } = cli(['template', 'devstats', 'devstats', '-f', file('devstats.yaml', '{}')]);
    expect(stderr).toContain('PG_PORT.secret: pgPort: must be a port, from 1 to 65535, not (hidden)\n');
    expect(stderr).not.toContain(MARK);
  });

  it('what is not a secret is shown', () => {
    expect(template('--set', 'web.pdb.enabeld=true').stderr).toContain(
      'Error: --set web.pdb.enabeld=true: web.pdb.enabeld: unknown key "enabeld"',
    );
    expect(template('--set', 'web.pdb.enabled=1').stderr).toContain(
      'Error: --set web.pdb.enabled=1: web.pdb.enabled: must be true or false, not the number 1',
    );
    expect(template('--set', 'web[-1]=1').stderr).toContain('Error: --set "web[-1]=1": the index [-1] is negative');
  });
});

it.each([
  [['api', 'secret', 'jwtKey'], true],
  [['pgPass'], true],
  [['users', 0, 'password'], true],
  [['tokens', 0], true],
  [['api', 'secret', 'name'], false],
  [['imagePullSecrets', 0, 'name'], false],
  [['secrets', 'mode'], false],
  [['api', 'image', 'tag'], false],
])('%j: %p', (path, expected) => expect(isSecretPath(path)).toBe(expected));

it('values in messages: in quotes, cut, bare, of a list, or in another sentence', () => {
  const long = 'x'.repeat(50);
  const { hide } = secretValues(['own'], {
    own: 'a',
    password: long,
    token: 12_345,
    tokens: ['ab', { c: 'de' }],
    secretKey: 'long enough',
    plain: [5, 'text'],
  });
  expect(hide('not "a", not a, not all', ['own'])).toBe('not (hidden), not (hidden), not all');
  expect(hide(`not the text ${JSON.stringify(long).slice(0, 40)}…`, ['password'])).toBe('not the text (hidden)');
  expect(hide('not the number 12345', ['token'])).toBe('not the number (hidden)');
  expect(hide('not "ab" or "de"', ['tokens'])).toBe('not (hidden) or (hidden)');
  expect(hide('not the number 5, nor "text"', ['plain'])).toBe('not the number 5, nor (hidden)');
  expect(hide('elsewhere: long enough', ['image'])).toBe('elsewhere: (hidden)');
  expect(hide('not "a"', ['image'])).toBe('not "a"');
});

it('the name of a template is told, which is not a value', () => {
  const { hide } = secretValues([], { a: '{{ include "nats.fullname" . }}{{ fail "other" }}' });
  expect(hide('template "nats.fullname" is not defined, fail: "other"', ['a'])).toBe(
    'template "nats.fullname" is not defined, fail: (hidden)',
  );
  expect(hide('not a list', ['a'])).toBe('not a list');
});
