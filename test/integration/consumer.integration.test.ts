// The library as others get it: packed, installed into a project of its own, compiled with strict TypeScript and run.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../support/cli';

const folder = mkdtempSync(join(tmpdir(), 'consumer-'));

function run(command: string, args: readonly string[], cwd = folder): string {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, npm_config_update_notifier: 'false' },
  });
  expect([command, ...args, status, status === 0 ? '' : `${stdout}${stderr}`]).toEqual([command, ...args, 0, '']);
  return stdout;
}

/** The TypeScript examples of a page, so that they cannot go stale. */
function examples(page: string): string[] {
  const codes = [...readFileSync(join(ROOT, page), 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code);
  if (!codes.length) throw new Error(`${page} has no TypeScript example`);
  return codes;
}

const LIMIT_BYTES = 9_000_000;
/** Ours, cdk8s, constructs, and the types of Kubernetes. */
const PACKAGES = ['cdk8s', 'cdk8s-estafette', 'constructs', 'kubernetes-types'];

/** Bytes of all files below a folder. */
function bytesIn(path: string): number {
  return readdirSync(path, { recursive: true, withFileTypes: true, encoding: 'utf8' })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

interface Installed {
  bytes: number;
  packages: string[];
}

describe('a project that installs the package', () => {
  let installed: Installed;

  beforeAll(() => {
    const packed = JSON.parse(run('npm', ['pack', '--json', '--silent', '--ignore-scripts', '--pack-destination', folder], ROOT)) as
      { filename: string }[] | Record<string, { filename: string }>;
    const [entry] = Object.values(packed);
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'consumer', private: true }));
    const install = (...packages: string[]): string => run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...packages]);
    install(join(folder, entry?.filename ?? ''));
    const modules = join(folder, 'node_modules');
    installed = { bytes: bytesIn(modules), packages: readdirSync(modules).filter((name) => !name.startsWith('.')) };
    install('typescript', '@types/node@20', 'cdk8s-plus-27');
  }, 180_000);

  it('gets few packages, and no more bytes than the command and the constructs need', () => {
    expect(installed.packages.sort()).toEqual(PACKAGES);
    expect(installed.bytes).toBeLessThan(LIMIT_BYTES);
  });

  it('compiles the documented examples with typed values, and a typo does not compile', () => {
    for (const [page, name] of [
      ['docs/library.md', 'example'],
      ['docs/live-charts.md', 'live'],
      ['README.md', 'short'],
    ] as const)
      examples(page).forEach((code, index) => writeFileSync(join(folder, `${name}-${index + 1}.ts`), code));
    writeFileSync(
      join(folder, 'typo.ts'),
      [
        "import { App } from 'cdk8s';",
        "import { EstafetteCi } from 'cdk8s-estafette';",
        '// @ts-expect-error the key is called enabled',
        "new EstafetteCi(new App(), 'ci', { values: { 'db-migrator': { enable: false } } });",
      ].join('\n'),
    );
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: {
          strict: true,
          target: 'es2022',
          module: 'node16',
          moduleResolution: 'node16',
          types: ['node'],
          rootDir: '.',
          outDir: 'out',
        },
        include: ['*.ts'],
      }),
    );
    run('npx', ['tsc', '-p', '.']);
  }, 60_000);

  it('runs the examples: cdk8s writes the releases', () => {
    for (const number of [1, 2, 3]) run(process.execPath, [join(folder, 'out', `example-${number}.js`)]);
    expect(readFileSync(join(folder, 'dist', 'buildshuttle.k8s.yaml'), 'utf8')).toContain('kind: Deployment');
    expect(readFileSync(join(folder, 'dist', 'hello.k8s.yaml'), 'utf8')).toContain('replicas: 2');
    const text = readFileSync(join(folder, 'dist', 'estafette-ci.k8s.yaml'), 'utf8');
    expect(text).toContain('ci.example.com');
    expect(text.split(/^---$/m).length).toBeGreaterThan(50);
  });

  it('runs the examples of charts whose values live: one chart has the values of both', () => {
    for (const number of [1, 2]) run(process.execPath, [join(folder, 'out', `live-${number}.js`)]);
    const values = readFileSync(join(folder, 'dist', 'estafette-ci', 'values.yaml'), 'utf8');
    expect(values).toMatch(/^web:\n[\s\S]*^banner:\n {2}# Whether there is a banner\n {2}enabled: true\n/m);
    const shop = readFileSync(join(folder, 'dist', 'shop', 'templates', 'deployment-shop-web.yaml'), 'utf8');
    expect(shop).toContain('nginx:{{ .Values.tag');
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it('has the command', () => {
    expect(run('npx', ['cdk8s-estafette', 'show', 'images', 'estafette-ci'])).toContain('estafette/estafette-ci-api:1.5.8');
  });
});
