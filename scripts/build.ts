// Builds lib/: the library (JavaScript and types, file by file) and the command line (one
// minified bundle a command, so that a start loads what it uses).
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { bundle, inFiles, lazy } from './build/bundle';
import { squeeze } from './build/squeeze';
import { removeUnseenTypes } from './build/types';
import { root } from './support/places';

const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');

async function main(): Promise<number> {
  rmSync(join(root, 'lib'), { recursive: true, force: true });
  const plugins = [inFiles, lazy];
  await build({
    ...bundle,
    plugins,
    entryPoints: ['start', 'main', 'template', 'synth', 'diff', 'show', 'render'].map((name) => `cli/${name}.ts`),
    outdir: 'lib/cli',
  });
  await build({
    ...bundle,
    plugins,
    stdin: { contents: "module.exports = require('./constructs/buildshuttle/objects');", resolveDir: root },
    outfile: 'lib/cli/buildshuttle.js',
  });
  await build({ ...bundle, stdin: { contents: "module.exports = require('yaml');", resolveDir: root }, outfile: 'lib/cli/yaml.js' });
  await build({ ...bundle, entryPoints: ['main.ts'], outdir: 'lib' });
  // Comments and indentation are for those who read the types: in the JavaScript nobody looks at them, and everybody downloads them.
  for (const options of [['--declaration', 'false', '--removeComments'], ['--emitDeclarationOnly']]) {
    const { status } = spawnSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json'), ...options], { stdio: 'inherit' });
    if (status !== 0) return status ?? 1;
  }
  squeeze(join(root, 'lib'));
  removeUnseenTypes(join(root, 'lib'), ['index', 'buildshuttle', 'kit']);
  return 0;
}

void main().then((code) => {
  process.exitCode = code;
});
