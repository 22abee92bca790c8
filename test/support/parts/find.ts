// Real programs for the integration tests: found, or the test is skipped with one line that says how to get them; with CI=true it fails.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './cli';

/** Paths of programs by part, once per test file. @throws Error with CI=true when one is missing */
export function findParts<N extends string>(...names: readonly N[]): Record<N, string> | undefined {
  const found = names.map((name) => [name, spawnSync(join(ROOT, 'scripts', 'parts'), ['path', name], { encoding: 'utf8' }).stdout.trim()] as const);
  const missing = found.filter(([, path]) => !path).map(([name]) => name);
  if (!missing.length) return Object.fromEntries(found) as Record<N, string>;
  const advice = `missing: ${missing.join(', ')}; install with: scripts/parts install ${missing.join(' ')}`;
  if (process.env.CI === 'true') throw new Error(advice);
  process.stderr.write(`skipped, ${advice}\n`);
  return undefined;
}

/** `describe` for tests that need parts. */
export const describeWith = (parts: unknown): jest.Describe => (parts === undefined ? describe.skip : describe);
