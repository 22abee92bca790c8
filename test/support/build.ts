// Tests of the command line run what is compiled: they refuse a build that is older than the sources.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const SOURCES = ['main.ts', 'cli', 'constructs', 'helm', 'kubernetes'];

interface Dated {
  readonly path: string;
  readonly time: number;
}

function newest(root: string, path: string): Dated {
  const stats = statSync(join(root, path));
  if (!stats.isDirectory()) return { path, time: stats.mtimeMs };
  return readdirSync(join(root, path))
    .map((name) => newest(root, join(path, name)))
    .reduce((one, other) => (other.time > one.time ? other : one), { path, time: 0 });
}

/**
 * @param root folder of the project
 * @throws Error that says to run `npm run build` when lib/ is missing or older than a source
 */
export function requireBuild(root: string): void {
  const built = statSync(join(root, 'lib', 'cli', 'main.js'), { throwIfNoEntry: false })?.mtimeMs;
  const source = SOURCES.map((path) => newest(root, path)).reduce((one, other) => (other.time > one.time ? other : one));
  if (built !== undefined && built >= source.time) return;
  const state = built === undefined ? 'lib/ is missing' : `lib/ is older than ${source.path}`;
  throw new Error(`${state}, and these tests run what is compiled there: npm run build`);
}
