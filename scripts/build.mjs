// Builds lib/: the library (JavaScript and types, file by file) and the command line (one minified bundle a command, so that a start loads what it uses).
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');

rmSync(join(root, 'lib'), { recursive: true, force: true });
const bundle = { bundle: true, minify: true, keepNames: true, platform: 'node', target: 'node20', format: 'cjs', absWorkingDir: root, legalComments: 'none', logLevel: 'warning' };
await build({ ...bundle, entryPoints: ['main', 'template', 'synth', 'show', 'render'].map((name) => `cli/${name}.ts`), outdir: 'lib/cli' });
await build({ ...bundle, entryPoints: ['main.ts'], outfile: 'lib/main.js' });
const { status } = spawnSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json')], { stdio: 'inherit' });
process.exitCode = status ?? 1;
