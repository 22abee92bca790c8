// Secrets from files next to a values file, as the command line reads them.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { secretFiles } from '../../../constructs/devstats/secrets';
import { cli, ROOT } from '../../support/cli';

const EXAMPLES = join(ROOT, 'examples', 'devstats', 'secrets');
const example = (name: string): string => readFileSync(join(EXAMPLES, `${name}.example`), 'utf8');

/** A folder with a values file and the given files in `secrets/` beside it. */
function valuesWith(files: Readonly<Record<string, string | Uint8Array>>, values = '{}'): string {
  const folder = mkdtempSync(join(tmpdir(), 'secret-files-'));
  mkdirSync(join(folder, 'secrets'));
  writeFileSync(join(folder, 'values.yaml'), values);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, 'secrets', name), content);
  return join(folder, 'values.yaml');
}
const ALL = Object.fromEntries(Object.values(secretFiles).map((name) => [name, example(name)]));
const template = (...args: string[]) => cli(['template', 'devstats', 'devstats', '-n', 'devstats', ...args]);
/** All data of the Secrets in a stream, decoded. */
const secretsIn = (stream: string): Record<string, string> =>
  Object.fromEntries(
    parseAllDocuments(stream)
      .map((document) => document.toJS() as { kind: string; data?: Record<string, string> })
      .filter(({ kind }) => kind === 'Secret')
      .flatMap(({ data }) => Object.entries(data ?? {}))
      .map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
  );

describe('secrets from files', () => {
  it('are there as examples, one for each', () => {
    expect(readdirSync(EXAMPLES).toSorted()).toEqual(
      Object.values(secretFiles)
        .map((name) => `${name}.example`)
        .toSorted(),
    );
    for (const name of Object.keys(ALL)) expect(ALL[name]).toMatch(/^\S+$/);
  });

  it('fill the Secrets', () => {
    const { status, stdout, stderr } = template('-f', valuesWith(ALL));
    expect([status, stderr.includes('newline')]).toEqual([0, false]);
    expect(secretsIn(stdout)).toEqual(ALL);
  });

  it('lose the newline at their end, and it is said', () => {
    const values = valuesWith({ ...ALL, 'PG_PASS.secret': ' with space\n', 'PG_HOST.secret': 'host\r\n' });
    const { stdout, stderr } = template('-f', values);
    expect(secretsIn(stdout)).toMatchObject({ 'PG_PASS.secret': ' with space', 'PG_HOST.secret': 'host' });
    expect(stderr).toContain(`WARNING: ${join(values, '..', 'secrets', 'PG_PASS.secret')}: the newline at the end is left out\n`);
    expect(stderr.match(/newline/g)).toHaveLength(2);
  });

  it('lose what editors add, and keep what may be meant; both is said', () => {
    const values = valuesWith({
      ...ALL,
      'PG_PASS.secret': '\uFEFFone',
      'PG_HOST.secret': 'host\r',
      'PG_PASS_RO.secret': ' two ',
      'PG_PASS_REP.secret': 'a\nb',
    });
    const { stdout, stderr } = template('-f', values);
    expect(secretsIn(stdout)).toMatchObject({
      'PG_PASS.secret': 'one',
      'PG_HOST.secret': 'host',
      'PG_PASS_RO.secret': ' two ',
      'PG_PASS_REP.secret': 'a\nb',
    });
    const told = (name: string): string[] =>
      stderr
        .split('\n')
        .filter((line) => line.includes(`${name}.secret: `))
        .map((line) => line.replace(/^WARNING: .*\.secret: /, ''));
    expect(told('PG_PASS')).toEqual(['the byte order mark at its begin is left out']);
    expect(told('PG_HOST')).toEqual(['the carriage return at the end is left out']);
    expect(told('PG_PASS_RO')).toEqual(['begins or ends with white space, which becomes part of the secret']);
    expect(told('PG_PASS_REP')).toEqual([]);
  });

  it("count only where the values say nothing, and of several files the last one's", () => {
    const first = valuesWith(ALL, 'pgPass: ""\n');
    const second = valuesWith({ 'PG_PASS.secret': 'second' });
    expect(secretsIn(template('-f', first, '-f', second).stdout)).toMatchObject({
      'PG_PASS.secret': 'second',
      'PG_PASS_RO.secret': 'change-me',
    });
    expect(secretsIn(template('-f', first, '-f', second, '--set', 'pgPass=flag,pgPort=6432').stdout)).toMatchObject({
      'PG_PASS.secret': 'flag',
      'PG_PORT.secret': '6432',
    });
  });

  it('missing: an error for each, with the value, the file and the way out', () => {
    const { status, stdout, stderr } = template('-f', valuesWith({ ...ALL, 'PG_PASS.secret': '\n' }));
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain('is needed for the Secret pg-db: set pgPass, or write it to secrets/PG_PASS.secret next to the values file');
    expect(template().stderr.match(/^Error: /gm)).toHaveLength(Object.keys(secretFiles).length);
  });

  it('missing or wrong, say where: the empty file, the file with the mistake, the folders that were searched, or that there was none', () => {
    const values = valuesWith({ 'PG_PASS.secret': '\n', 'PG_PORT.secret': 'http' });
    const secrets = join(values, '..', 'secrets');
    const { stderr } = template('-f', values);
    expect(stderr).toContain(
      `Error: ${secrets}/PG_PASS.secret: pgPass: this file is empty, and the value is needed for the Secret pg-db: set pgPass, or write it to`,
    );
    expect(stderr).toContain(`Error: ${secrets}/PG_PORT.secret: pgPort: must be a port, from 1 to 65535, not (hidden)\n`);
    expect(stderr).toContain(`name it in existingSecret.pg; no such file is in ${secrets}\n`);
    expect(template('--set', 'pgPass=').stderr).toContain(
      'name it in existingSecret.pg; no file was looked for, since no values file is given (-f)\n',
    );
    const port = template('-f', values, '--set', 'pgPort=five').stderr;
    expect(port).toContain('Error: --set pgPort: pgPort: must be a port, from 1 to 65535, not (hidden)\n');
    const both = template('-f', values, '-f', valuesWith({})).stderr;
    expect(both).toMatch(new RegExp(`pgHost: .*; no such file is in \\S+/secrets or ${secrets}\\n`));
  });

  it('must be text, in files', () => {
    const values = valuesWith({ ...ALL, 'PG_PASS.secret': new Uint8Array([0x52, 0xe9]), 'PG_HOST.secret': 'a\0b' });
    const secrets = join(values, '..', 'secrets');
    rmSync(join(secrets, 'PG_PORT.secret'));
    mkdirSync(join(secrets, 'PG_PORT.secret'));
    const { status, stderr } = template('-f', values);
    expect([status, stderr.split('\n').toSorted()]).toEqual([
      1,
      [
        '',
        `Error: ${secrets}/PG_HOST.secret: is a binary file, not text (it holds a NUL byte)`,
        `Error: ${secrets}/PG_PASS.secret: line 1, column 2: is not UTF-8 text: the byte 0xE9 is not a character there; save the file as UTF-8 (from Latin-1: iconv -f LATIN1 -t UTF-8)`,
        `Error: ${secrets}/PG_PORT.secret: is a folder, not a file`,
      ],
    ]);
  });

  it('are read for diff, too: a release compared with itself is equal', () => {
    const values = valuesWith(ALL);
    const manifest = join(values, '..', 'live.yaml');
    writeFileSync(manifest, template('-f', values).stdout);
    const diff = cli(['diff', 'devstats', 'devstats', '-n', 'devstats', '-f', values, manifest]);
    expect([diff.status, diff.stdout]).toEqual([0, expect.stringMatching(/^0 added, 0 removed, 0 changed, \d+ equal$/m)]);
    writeFileSync(join(values, '..', 'secrets', 'PG_PASS.secret'), 'other');
    const changed = cli(['diff', 'devstats', 'devstats', '-n', 'devstats', '-f', values, manifest]);
    expect([changed.status, changed.stdout]).toEqual([1, expect.stringContaining('Secret devstats/pg-db')]);
  });

  it('are read for releases.yaml, too, relative to it', () => {
    const values = valuesWith(ALL);
    const folder = join(values, '..');
    writeFileSync(
      join(folder, 'releases.yaml'),
      'releases:\n- {name: stats, chart: devstats, namespace: devstats, values: [values.yaml]}\n',
    );
    expect(cli(['synth', '-f', join(folder, 'releases.yaml'), '-o', join(folder, 'dist')]).status).toBe(0);
    expect(secretsIn(readFileSync(join(folder, 'dist', 'stats.k8s.yaml'), 'utf8'))).toEqual(ALL);
  });

  it('are not needed to list images', () => {
    expect(cli(['show', 'images', 'devstats']).stdout.split('\n')).toContain('lukaszgryglicki/devstats-patroni:latest');
  });
});
