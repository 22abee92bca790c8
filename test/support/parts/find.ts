// Real programs for the integration tests: found, or the tests are skipped with one line that says how to get them; with CI=true they are installed.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../cli';

const COMMAND = join(ROOT, 'scripts', 'parts');
const advised = new Set<string>();

function skip(reason: string, announced = process.env['PARTS_ANNOUNCED'] === 'true'): undefined {
  if (!announced && !advised.has(reason)) process.stderr.write(`skipped, ${reason}\n`);
  advised.add(reason);
  return undefined;
}

function paths(names: readonly string[]): string[] {
  const { stdout } = spawnSync(COMMAND, ['path', ...names], { encoding: 'utf8' });
  const lines = stdout.split('\n');
  return names.map((_, index) => lines[index] ?? '');
}

/**
 * Paths of programs by part. Without all of them: undefined and one line on stderr. With CI=true they are installed first.
 * @throws Error with CI=true when a part cannot be installed
 */
export function findParts<N extends string>(...names: readonly N[]): Record<N, string> | undefined {
  let found = paths(names);
  const missing = names.filter((_, index) => !found[index]);
  if (missing.length) {
    if (process.env['CI'] !== 'true')
      return skip(`missing: ${missing.join(', ')}; install with: scripts/parts install ${missing.join(' ')}`);
    const { status } = spawnSync(COMMAND, ['install', ...missing], { stdio: 'inherit' });
    if (status !== 0) throw new Error(`scripts/parts install ${missing.join(' ')} failed; what it says is above`);
    found = paths(names);
  }
  return Object.fromEntries(names.map((name, index) => [name, found[index]])) as Record<N, string>;
}

/** The same for programs that only root can run: namespaces, mounts and cgroups. @throws Error with CI=true for anybody else */
export function findRootParts<N extends string>(...names: readonly N[]): Record<N, string> | undefined {
  if (process.platform === 'linux' && process.getuid?.() === 0) return findParts(...names);
  const reason = `${names.join(', ')} run on Linux as root only`;
  if (process.env['CI'] === 'true') throw new Error(reason);
  return skip(reason, false);
}

/** What a part of the tests runs on. @throws Error that says how to get them, since a test that comes here was not skipped */
export function needParts<N extends string>(...names: readonly N[]): Record<N, string> {
  const found = findParts(...names);
  if (!found) throw new Error(`scripts/parts install ${names.join(' ')}`);
  return found;
}

/** `describe` for tests that need parts. */
export const describeWith = (parts: unknown): jest.Describe => (parts === undefined ? describe.skip : describe);
