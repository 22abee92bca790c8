// Before the integration tests: says in one line which parts are missing and how to get them. With CI=true the tests get them themselves.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../cli';

/** The benchmark's alone. */
const OTHERS = new Set(['node24']);

export default function announce(): void {
  if (process.env['CI'] === 'true') return;
  const { stdout } = spawnSync(join(ROOT, 'scripts', 'parts'), ['list'], { encoding: 'utf8' });
  const missing = stdout
    .split('\n')
    .filter((line) => / missing /.test(line))
    .map((line) => line.split(' ')[0] ?? '')
    .filter((name) => !OTHERS.has(name));
  if (missing.length)
    process.stderr.write(
      `\nmissing: ${missing.join(', ')}; the tests that need them are skipped; install with: scripts/parts install ${missing.join(' ')}\n`,
    );
  // The tests need not say it again, each for itself.
  process.env['PARTS_ANNOUNCED'] = 'true';
}
