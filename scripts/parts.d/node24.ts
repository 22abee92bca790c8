// Node.js 24 beside the machine's own, for the benchmark.
import { join } from 'node:path';
import { folder, isExecutable } from './cache';
import type { Part } from './part';
import { firstLine, run } from './run';
import { versions } from './versions';

const installed = (): string => join(folder('node24'), 'node_modules', 'node', 'bin', 'node');

export const node24: Part = {
  name: 'node24',
  version: versions.node24,
  find: () =>
    isExecutable(installed()) && (firstLine(installed(), '--version') ?? '').startsWith(`v${versions.node24}.`) ? installed() : undefined,
  install: () => run('node24', ['npm', 'install', '--prefix', folder('node24'), '--no-audit', '--no-fund', `node@${versions.node24}`]),
};
