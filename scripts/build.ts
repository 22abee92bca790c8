// Builds lib/: the library (JavaScript and types, file by file) and the command line (one minified bundle a command, so that a start loads what it uses).
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build, type BuildOptions, type Plugin } from 'esbuild';
import { root } from './support/places';

const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');

const getters = (path: string, members: readonly string[]): string =>
  members
    .map((name) => `Object.defineProperty(exports, '${name}', { enumerable: true, get: () => require('${path}').${name} });`)
    .join('\n');
const membersOf = (path: string): string[] =>
  Object.keys(require(path) as object).filter((name) => /^\w+$/.test(name) && name !== 'default');

/**
 * Modules that are loaded when something of them is used: a start costs more than the work of most commands.
 * cdk8s loads all its parts, a YAML library of its own and child_process in any case; one YAML library is enough, in a file of its own.
 */
const lazy: Plugin = {
  name: 'lazy',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^yaml$/ }, ({ namespace }) =>
      namespace === 'lazy' ? { path: './yaml.js', external: true } : { path: 'yaml', namespace: 'lazy' },
    );
    onLoad({ filter: /.*/, namespace: 'lazy' }, ({ path }) => ({
      contents: `exports.__esModule = true;\n${getters(path, membersOf(path))}`,
    }));
    // What makes the objects of buildshuttle brings a large library along.
    onResolve({ filter: /^\.\/objects$/ }, ({ importer }) =>
      /buildshuttle[\\/]lazy\.ts$/.test(importer) ? { path: './buildshuttle.js', external: true } : undefined,
    );
    onLoad({ filter: /[\\/]cdk8s[\\/]lib[\\/]index\.js$/ }, ({ path }) => {
      const parts = [...readFileSync(path, 'utf8').matchAll(/__exportStar\(require\("(\.\/[^"]+)"\)/g)].map(([, part = '']) => part);
      if (!parts.length) throw new Error(`${path} exports no parts as it used to`);
      return {
        contents: `exports.__esModule = true;\n${parts.map((part) => getters(part, membersOf(join(dirname(path), part)))).join('\n')}`,
      };
    });
    onLoad({ filter: /[\\/]cdk8s[\\/]lib[\\/]_child_process\.js$/ }, () => ({
      contents: `exports._child_process = { get spawnSync() { return require('node:child_process').spawnSync; } };`,
    }));
  },
};

const bundle: BuildOptions = {
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  absWorkingDir: root,
  outdir: 'lib/cli',
  legalComments: 'none',
  logLevel: 'warning',
};

async function main(): Promise<number> {
  rmSync(join(root, 'lib'), { recursive: true, force: true });
  await build({
    ...bundle,
    plugins: [lazy],
    entryPoints: ['main', 'template', 'synth', 'diff', 'show', 'render'].map((name) => `cli/${name}.ts`),
  });
  await build({
    ...bundle,
    plugins: [lazy],
    stdin: { contents: "module.exports = require('./constructs/buildshuttle/objects');", resolveDir: root },
    outdir: undefined,
    outfile: 'lib/cli/buildshuttle.js',
  });
  await build({
    ...bundle,
    stdin: { contents: "module.exports = require('yaml');", resolveDir: root },
    outdir: undefined,
    outfile: 'lib/cli/yaml.js',
  });
  await build({ ...bundle, entryPoints: ['main.ts'], outdir: 'lib' });
  const { status } = spawnSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json')], { stdio: 'inherit' });
  return status ?? 1;
}

void main().then((code) => {
  process.exitCode = code;
});
