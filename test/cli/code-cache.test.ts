// What Node.js keeps of compiled code between runs: it changes nothing but the time, and nothing is lost without it.
import { spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cli, ROOT } from '../support/cli';

const SHOWN = ['template', 'x', 'buildshuttle', '--show-only', 'deployment/x-buildshuttle'];
/** Long ago, so that a file that is written again is a younger one. */
const THEN = new Date('2020-01-01T00:00:00Z');

describe('compiled code', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'code-cache-'));
  });
  afterEach(() => rmSync(home, { recursive: true }));

  const folder = (): string => join(home, 'cdk8s-estafette', 'code');
  const kept = (): string[] => readdirSync(folder()).map((name) => join(folder(), name));
  const bundle = (name: string): string => kept().find((path) => path.includes(`/${name}-`)) ?? `no code of ${name} is kept`;
  const isOld = (path: string): boolean => statSync(path).mtimeMs === THEN.getTime();

  function run(args: readonly string[], environment: Readonly<Record<string, string>> = { XDG_CACHE_HOME: home }) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'bin', 'cdk8s-estafette'), ...args], {
      cwd: ROOT,
      env: environment,
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  }

  it('is kept for the next run, which prints the same', () => {
    const expected = cli(SHOWN);
    expect(run(SHOWN)).toEqual(expected);
    const files = kept();
    expect(files.map((path) => path.replace(/.*\/([a-z]+)-[0-9a-f]{16}$/, '$1'))).toEqual(['buildshuttle', 'template']);
    for (const path of files) {
      expect(statSync(path).mode & 0o777).toBe(0o600);
      utimesSync(path, THEN, THEN);
    }
    expect(run(SHOWN)).toEqual(expected);
    expect(files.every(isOld)).toBe(true);
  });

  it('is kept again where a run needs much more of it', () => {
    run(['template', '--help']);
    const before = statSync(bundle('template')).size;
    utimesSync(bundle('template'), THEN, THEN);
    expect(run(SHOWN)).toEqual(cli(SHOWN));
    expect(statSync(bundle('template')).size).toBeGreaterThan(before + 100_000);
  });

  it.each<[string, (file: string) => void]>([
    ['damaged', (file) => writeFileSync(file, readFileSync(file).fill(0xff, 100_000, 100_010))],
    ['cut off', (file) => writeFileSync(file, readFileSync(file).subarray(0, 100_000))],
    ['empty', (file) => writeFileSync(file, '')],
    ['of another source', (file) => writeFileSync(file, readFileSync(file).fill(0, 0, 1))],
    ...(process.getuid?.() === 0
      ? ([['of somebody else', (file) => chownSync(file, 1234, 1234)]] as [string, (file: string) => void][])
      : []),
  ])('is not used where the file is %s, and made again', (_, spoil) => {
    run(['show', '--help']);
    const file = bundle('show');
    const good = readFileSync(file);
    spoil(file);
    utimesSync(file, THEN, THEN);
    expect(run(['show', 'schema', 'devstats'])).toEqual(cli(['show', 'schema', 'devstats']));
    expect(isOld(file)).toBe(false);
    expect(readFileSync(file).length).toBeGreaterThan(good.length / 2);
  });

  it.each<[string, () => Readonly<Record<string, string>>]>([
    ['a home that is none', () => ({ XDG_CACHE_HOME: '/dev/null' })],
    ['no home', () => ({})],
    [
      'a file in the place of the folder',
      () => {
        mkdirSync(join(home, 'cdk8s-estafette'));
        writeFileSync(folder(), '');
        return { XDG_CACHE_HOME: home };
      },
    ],
    ["Node's switch", () => ({ XDG_CACHE_HOME: home, NODE_DISABLE_COMPILE_CACHE: '1' })],
  ])('is not kept, and nothing is said, with %s', (_, environment) => {
    expect(run(SHOWN, environment())).toEqual(cli(SHOWN));
    expect(readdirSync(home).every((name) => statSync(join(home, name, 'code')).isFile())).toBe(true);
  });
});
