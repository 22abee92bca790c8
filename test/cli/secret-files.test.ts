// Secrets from files next to a values file, as the command line reads them.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { secretFiles } from '../../constructs/devstats';
import { cli, ROOT } from '../support/cli';

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
const secretsIn = (stream: string): Record<string, string> => Object.fromEntries(parseAllDocuments(stream).map((document) => document.toJS() as { kind: string; data?: Record<string, string> })
  .filter(({ kind }) => kind === 'Secret').flatMap(({ data }) => Object.entries(data ?? {})).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]));

describe('secrets from files', () => {
  it('are there as examples, one for each', () => {
    expect(readdirSync(EXAMPLES).toSorted()).toEqual(Object.values(secretFiles).map((name) => `${name}.example`).toSorted());
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

  it('count only where the values say nothing, and of several files the last one\'s', () => {
    const first = valuesWith(ALL, 'pgPass: ""\n');
    const second = valuesWith({ 'PG_PASS.secret': 'second' });
    expect(secretsIn(template('-f', first, '-f', second).stdout)).toMatchObject({ 'PG_PASS.secret': 'second', 'PG_PASS_RO.secret': 'change-me' });
    expect(secretsIn(template('-f', first, '-f', second, '--set', 'pgPass=flag,pgPort=6432').stdout)).toMatchObject({ 'PG_PASS.secret': 'flag', 'PG_PORT.secret': '6432' });
  });

  it('missing: an error for each, with the value, the file and the way out', () => {
    const { status, stdout, stderr } = template('-f', valuesWith({ ...ALL, 'PG_PASS.secret': '\n' }));
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain('pgPass: is needed for the Secret pg-db: set pgPass, or write it to secrets/PG_PASS.secret next to the values file');
    expect(template().stderr.match(/^Error: /gm)).toHaveLength(Object.keys(secretFiles).length);
  });

  it('must be text', () => {
    const { status, stderr } = template('-f', valuesWith({ ...ALL, 'PG_PASS.secret': new Uint8Array([0xff, 0xfe]) }));
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^Error: \S+PG_PASS\.secret: is not UTF-8 text\n$/)]);
  });

  it('are read for releases.yaml, too, relative to it', () => {
    const values = valuesWith(ALL);
    const folder = join(values, '..');
    writeFileSync(join(folder, 'releases.yaml'), 'releases:\n- {name: stats, chart: devstats, namespace: devstats, values: [values.yaml]}\n');
    expect(cli(['synth', '-f', join(folder, 'releases.yaml'), '-o', join(folder, 'dist')]).status).toBe(0);
    expect(secretsIn(readFileSync(join(folder, 'dist', 'stats.k8s.yaml'), 'utf8'))).toEqual(ALL);
  });

  it('are not needed to list images', () => {
    expect(cli(['show', 'images', 'devstats']).stdout.split('\n')).toContain('lukaszgryglicki/devstats-patroni:latest');
  });
});
