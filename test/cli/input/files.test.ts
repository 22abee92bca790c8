// Every door through which text comes in keeps its bytes, or says which one is not text.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cli } from '../../support/cli';

const BYTES = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
const LATIN_1 = Buffer.from('a: 1\nb: Ren\xe9\n', 'latin1');

describe('files', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'input-files-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, content: Uint8Array): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const template = (...args: string[]) => cli(['template', 'ci', 'estafette-ci', '-n', 'ci', ...args]);

  it('of --set-file stay what they are in a Secret', () => {
    const key = ['--set', 'api.extraSecrets[0].key=b', '--set-file', `api.extraSecrets[0].data.x=${file('key.p12', BYTES)}`];
    const { status, stdout } = template(...key, '-s', 'Secret/ci-api.b');
    expect(status).toBe(0);
    expect(Buffer.from(/^ {2}x: (.*)$/m.exec(stdout)?.[1] ?? '', 'base64').equals(BYTES)).toBe(true);
  });

  it('of --set-file are an error where text belongs', () => {
    const { status, stdout, stderr } = template('--set-file', `api.image.tag=${file('key.p12', BYTES)}`);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/Error: .*image: this is not UTF-8 text: bytes as they are can only be values of Secrets, which are encoded\n$/);
  });

  it.each([
    ['values', (path: string) => template('-f', path)],
    ['manifests', (path: string) => cli(['diff', 'ci', 'estafette-ci', path])],
    ['releases', (path: string) => cli(['synth', '-f', path])],
  ])('of %s must be UTF-8', (_what, run) => {
    const path = file('latin.yaml', LATIN_1);
    const { status, stdout, stderr } = run(path);
    expect(status).toBeGreaterThan(0);
    expect(stdout).toBe('');
    expect(stderr).toMatch(
      /^Error: \S+latin\.yaml:2:7: is not UTF-8 text: the byte 0xE9 is not a character there; save the file as UTF-8/m,
    );
  });

  it('may be UTF-16 by mistake', () => {
    const { status, stderr } = template('-f', file('utf16.yaml', Buffer.from('\ufeffa: 1\n', 'utf16le')));
    expect([status, stderr]).toEqual([
      1,
      `Error: --values: ${folder}/utf16.yaml: is UTF-16 text; save it as UTF-8 (iconv -f UTF-16 -t UTF-8)\n`,
    ]);
  });

  it('with one word are told without it', () => {
    const { status, stderr } = template('-f', file('token.txt', Buffer.from('Sekrit9\n')));
    expect([status, stderr]).toEqual([1, `Error: ${folder}/token.txt:1:1: values must be a map, not a text\n`]);
  });

  it('of --set-literal: all that follows the "=" is one text', () => {
    expect(template('--set-literal', 'api.baseHost=a,b={c}\\d').stdout).toContain('baseURL: https://a,b={c}\\d\n');
  });
});
