// `describe` for tests that run scripts with bash: without it they are skipped with one line that says so; with CI=true that is an error.
import { spawnSync } from 'node:child_process';

/** @throws Error with CI=true where there is no bash */
export function describeWithBash(): jest.Describe {
  if (spawnSync('bash', ['-c', 'true']).status === 0) return describe;
  const reason = 'bash is not on PATH';
  if (process.env['CI'] === 'true') throw new Error(`${reason}: tests that run scripts need it`);
  process.stderr.write(`skipped, ${reason}\n`);
  return describe.skip;
}
