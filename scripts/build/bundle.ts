// How the command line is bundled: what is loaded only when something of it is used, and which files that makes.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { BuildOptions, Plugin } from 'esbuild';
import { root } from '../support/places';

const getters = (path: string, members: readonly string[]): string =>
  members
    .map((name) => `Object.defineProperty(exports, '${name}', { enumerable: true, get: () => require('${path}').${name} });`)
    .join('\n');
const membersOf = (path: string): string[] =>
  Object.keys(require(path) as object).filter((name) => /^\w+$/.test(name) && name !== 'default');

/**
 * Modules that are loaded when something of them is used: a start costs more than the work of most commands.
 * cdk8s loads all its parts, a YAML library of its own and child_process in any case.
 */
export const lazy: Plugin = {
  name: 'lazy',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^yaml$/ }, ({ namespace }) => (namespace === 'lazy' ? undefined : { path: 'yaml', namespace: 'lazy' }));
    onLoad({ filter: /.*/, namespace: 'lazy' }, ({ path }) => ({
      contents: `exports.__esModule = true;\n${getters(path, membersOf(path))}`,
      resolveDir: root,
    }));
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

const FILES = /^\.\/(main|template|synth|diff|show)$/;

/** For Node.js: each command, and what few of them need, is in a file of its own, since a file is compiled as a whole. */
export const inFiles: Plugin = {
  name: 'in files',
  setup({ onResolve }) {
    onResolve({ filter: FILES }, ({ path, importer, kind }) =>
      kind === 'require-call' && /cli[\\/](start|main)\.ts$/.test(importer) ? { path: `${path}.js`, external: true } : undefined,
    );
    onResolve({ filter: /^yaml$/ }, ({ namespace }) => (namespace === 'lazy' ? { path: './yaml.js', external: true } : undefined));
    // Texts that are in the library, too.
    onResolve({ filter: /^\.\/learned\/[\w-]+$/ }, ({ path, importer }) =>
      /live[\\/]known\.ts$/.test(importer) ? { path: `../constructs/targets/live/${path.slice(2)}.js`, external: true } : undefined,
    );
    // What makes the objects of buildshuttle brings a large library along.
    onResolve({ filter: /^\.\/objects$/ }, ({ importer }) =>
      /buildshuttle[\\/]lazy\.ts$/.test(importer) ? { path: './buildshuttle.js', external: true } : undefined,
    );
  },
};

export const bundle: BuildOptions = {
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  absWorkingDir: root,
  legalComments: 'none',
  logLevel: 'warning',
};
