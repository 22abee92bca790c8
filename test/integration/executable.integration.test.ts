// The program as one file: it needs nothing else, and prints what the program on Node.js prints.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bun, thisPlatform } from '../../scripts/parts.d/bun';
import { parityFolder } from '../../scripts/support/places';
import { cli, cliProcess, ROOT } from '../support/cli';
import { describeWhere } from '../support/beside';
import { buildExecutable } from '../support/executable';
import { describeWith, findParts } from '../support/parts/find';

const parts = thisPlatform && findParts(bun[thisPlatform].name, bun['linux-arm64'].name, bun['darwin-arm64'].name);
const folder = mkdtempSync(join(tmpdir(), 'executable-'));
const program = join(folder, 'cdk8s-estafette');
afterAll(() => rmSync(folder, { recursive: true }));

/** With no environment at all. */
function run(args: readonly string[], cwd = ROOT): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, env: {}, input: '', encoding: 'utf8', maxBuffer: 1 << 26 });
  return { status, stdout, stderr };
}

/** Flags for values and the like of each case of parity, as compare.mjs gives them. */
function parityCases(): [name: string, args: string[]][] {
  return readdirSync(parityFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name: chart }) => readdirSync(join(parityFolder, chart)).map((name) => [chart, name] as const))
    .map(([chart, name]) => {
      const place = join(parityFolder, chart, name);
      const file = join(place, 'case.json');
      const {
        release = chart,
        namespace = chart,
        ...more
      } = (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}) as { [key in 'release' | 'namespace']?: string } & {
        [key in 'apiVersions' | 'set' | 'setString']?: string[];
      };
      const values = readdirSync(place)
        .filter((entry) => /^values.*\.yaml$/.test(entry))
        .toSorted((a, b) => a.length - b.length);
      return [
        `${chart}/${name}`,
        [
          ...['template', release, chart, '--namespace', namespace, '--kube-version', '1.31.0'],
          ...values.flatMap((entry) => ['--values', join(place, entry)]),
          ...(more.apiVersions ?? []).flatMap((one) => ['--api-versions', one]),
          ...(more.set ?? []).flatMap((one) => ['--set', one]),
          ...(more.setString ?? []).flatMap((one) => ['--set-string', one]),
        ],
      ];
    });
}

const CHARTS = ['estafette-ci', 'devstats', 'buildshuttle'];
const COMMANDS: readonly (readonly string[])[] = [
  [],
  ['--version'],
  ['--help'],
  ['nonsense'],
  ...['template', 'synth', 'diff', 'show', 'status', 'takeover', 'plugin', 'completion'].flatMap((command) => [
    [command, '--help'],
    [command, '--nonsense'],
  ]),
  ...['bash', 'zsh', 'fish'].map((shell) => ['completion', shell]),
  ['completion', '__complete', '--', 'template', 'x', 'estafette-ci', '--set', 'api.'],
  ...CHARTS.flatMap((chart) => ['values', 'schema', 'images', 'sql', 'graph'].map((what) => ['show', what, chart])),
  ...CHARTS.flatMap((chart) => ['kubectl', 'argocd'].map((target) => ['template', 'x', chart, '--target', target])),
  ['diff', 'estafette-ci', 'estafette-ci', '-n', 'estafette-ci', '--check-upgrade', 'dist/estafette-ci-ha.k8s.yaml'],
];

describeWith(parts)('one file', () => {
  beforeAll(() => buildExecutable(program), 120_000);

  it('runs alone in a folder of somebody else', () => {
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    expect(run(['--version'], empty)).toEqual(cli(['--version']));
    // What Bun would read there means nothing to this program.
    writeFileSync(join(empty, '.env'), 'DEBUG=1\n');
    writeFileSync(join(empty, 'bunfig.toml'), 'preload = ["./nowhere.ts"]\n');
    writeFileSync(join(empty, 'values.yaml'), 'api:\n  baseHots: x\n');
    expect(run(['template', 'ci', 'estafette-ci', '-f', 'values.yaml'], empty)).toEqual({
      status: 1,
      stdout: '',
      stderr: 'Error: values.yaml:2:3: api.baseHots: unknown key "baseHots"; did you mean "baseHost"?\n',
    });
  });

  it.each(COMMANDS.map((args) => [args.join(' '), args] as const))('does what the program does: %s', (_, args) => {
    expect(run(args)).toEqual(cli(args));
  });

  describeWhere(parityFolder)('for the cases of parity', () => {
    it('prints the same', () => {
      const cases = parityCases();
      expect(cases.length).toBeGreaterThan(20);
      for (const [name, args] of cases) expect({ name, ...run(args) }).toEqual({ name, ...cli(args) });
    });
  });

  it('reads stdin, and leaves with a reader', () => {
    const manifests = cli(['template', 'x', 'estafette-ci']).stdout;
    const args = ['diff', 'x', 'estafette-ci', '--set', 'api.deployment.replicaCount=7', '-'];
    const { status, stdout } = spawnSync(program, args, { input: manifests, encoding: 'utf8' });
    expect([status, stdout]).toEqual([1, cliProcess(args, { input: manifests }).stdout]);
    const piped = spawnSync('sh', ['-c', `"${program}" template x estafette-ci 2>/dev/null | head -n 1`], { encoding: 'utf8' });
    expect([piped.stdout, piped.stderr]).toEqual(['apiVersion: v1\n', '']);
  });

  it('writes the files of releases.yaml', () => {
    const dist = join(folder, 'dist');
    const { status, stderr } = run(['synth', '-o', dist]);
    expect([status, stderr.match(/^Error.*/m)]).toEqual([0, null]);
    const files = (path: string): string[] => readdirSync(path, { recursive: true, encoding: 'utf8' }).toSorted();
    expect(files(dist)).toEqual(files(join(ROOT, 'dist')));
    const texts = (path: string): string[] =>
      readdirSync(path, { recursive: true, withFileTypes: true, encoding: 'utf8' })
        .filter((entry) => entry.isFile())
        .map((entry) => `${entry.name}\n${readFileSync(join(entry.parentPath, entry.name), 'utf8')}`)
        .toSorted();
    expect(texts(dist)).toEqual(texts(join(ROOT, 'dist')));
  });

  // Each command line in the tests of the commands, good or wrong, is run by both programs.
  it.each([
    ['of the commands', ['test/cli/'], 300],
    ['with a cluster', ['-c', 'jest.integration.config.js', 'test/cli/diff/live', '-t', 'equals|secret|ends'], 5],
  ])(
    'passes the tests %s',
    (_, args, least) => {
      const { status, stderr } = spawnSync(process.execPath, ['node_modules/jest/bin/jest.js', ...args], {
        cwd: ROOT,
        encoding: 'utf8',
        env: { ...process.env, COMPARED_WITH: program },
      });
      expect([status, status === 0 ? '' : stderr.slice(-4000)]).toEqual([0, '']);
      expect(Number(/^Tests:.* (\d+) passed/m.exec(stderr)?.[1])).toBeGreaterThanOrEqual(least);
    },
    400_000,
  );

  // The language of values, function by function, on the engine that the file contains. Two files are left out for how they name tests.
  it('passes the tests of the language', () => {
    const runtime = (thisPlatform && bun[thisPlatform].find()) ?? '';
    const files = readdirSync(join(ROOT, 'test', 'helm'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.test.ts') && !/integration|differential|random|yaml\/go\.|print\./.test(file))
      .map((file) => `./test/helm/${file}`);
    const { status, stderr } = spawnSync(runtime, ['test', '--timeout', '60000', ...files], { cwd: ROOT, encoding: 'utf8' });
    expect([status, status === 0 ? '' : stderr.slice(-4000)]).toEqual([0, '']);
    expect(Number(/^ *(\d+) pass$/m.exec(stderr)?.[1])).toBeGreaterThan(2000);
  }, 120_000);

  it.each([
    // The magic number of ELF and of Mach-O, and where the processor stands.
    ['linux-arm64', '7f454c46', 18, 0xb7],
    ['darwin-arm64', 'cffaedfe', 4, 0x0c],
  ])(
    'is made for %s, too',
    (platform, magic, at, processor) => {
      const other = join(folder, platform);
      buildExecutable(other, '--platform', platform);
      const head = readFileSync(other).subarray(0, 32);
      rmSync(other);
      expect([head.subarray(0, 4).toString('hex'), head[at]]).toEqual([magic, processor]);
    },
    120_000,
  );
});

it('is refused for a platform that is none', () => {
  const script = ['--require', './scripts/support/typescript.cjs', 'scripts/build-executable.ts', '--platform', 'amiga'];
  const { status, stderr } = spawnSync(process.execPath, script, { cwd: ROOT, encoding: 'utf8' });
  expect([status, stderr]).toEqual([2, expect.stringMatching(/^there is no platform "amiga"\nusage: npm run build:executable/)]);
});
