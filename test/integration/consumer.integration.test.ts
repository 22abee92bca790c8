// The library as others get it: packed, installed into a project of its own, compiled with strict TypeScript and run.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
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

/** The TypeScript example of a page, so that it cannot go stale. */
function example(page: string): string {
  const [, code] = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, page), 'utf8')) ?? [];
  if (code === undefined) throw new Error(`${page} has no TypeScript example`);
  return code;
}

describe('a project that installs the package', () => {
  beforeAll(() => {
    const packed = JSON.parse(run('npm', ['pack', '--json', '--silent', '--ignore-scripts', '--pack-destination', folder], ROOT)) as
      { filename: string }[] | Record<string, { filename: string }>;
    const [entry] = Object.values(packed);
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'consumer', private: true }));
    run('npm', [
      'install',
      '--no-audit',
      '--no-fund',
      '--prefer-offline',
      join(folder, entry?.filename ?? ''),
      'typescript',
      '@types/node@20',
    ]);
  }, 180_000);

  it('compiles the documented examples with typed values, and a typo does not compile', () => {
    writeFileSync(join(folder, 'example.ts'), example('docs/library.md'));
    writeFileSync(join(folder, 'short.ts'), example('README.md'));
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

  it('runs the example: cdk8s writes the release', () => {
    run(process.execPath, [join(folder, 'out', 'example.js')]);
    const text = readFileSync(join(folder, 'dist', 'estafette-ci.k8s.yaml'), 'utf8');
    expect(text).toContain('ci.example.com');
    expect(text.split(/^---$/m).length).toBeGreaterThan(50);
  });

  it('has the command', () => {
    expect(run('npx', ['cdk8s-estafette', 'show', 'images', 'estafette-ci'])).toContain('estafette/estafette-ci-api:1.5.8');
  });
});
