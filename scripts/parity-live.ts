// `npm run parity:live`: charts whose values live, rendered by Helm with other values, against our own render of those values.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runReleases } from './parity-live/pool';
import { releasesByChance } from './parity-live/chance';
import { liveReleases } from './parity-live/releases';
import { helmMany } from './parts.d/helm-many';
import { findHelm } from './support/helm';
import { compareScript, root } from './support/places';

/** In place of a number of values: all of them. */
const ALL = 'all';
/** Lines about values that are not as they should be. */
const MOST_TOLD = 40;

async function main(): Promise<number> {
  const { values: flags } = parseArgs({
    options: {
      only: { type: 'string' },
      random: { type: 'string', default: '1000' },
      singles: { type: 'string', default: '120' },
      hostile: { type: 'string', default: '60' },
      told: { type: 'string', default: String(MOST_TOLD) },
      chance: { type: 'string', default: '3' },
      seed: { type: 'string', default: '1' },
      path: { type: 'string' },
      jobs: { type: 'string', default: '2' },
      share: { type: 'boolean', default: false },
    },
  });
  const [helm, many] = [findHelm(), helmMany.find()];
  if (!helm || !many) return say('parity:live needs Helm: scripts/parts install helm helm-many', 2);
  if (!existsSync(compareScript)) return say(`parity:live skipped: ${compareScript} is not here`, 0);
  process.chdir(root); // compare.mjs takes its yaml package from here
  const count = (text: string): number => (text === ALL ? Infinity : Number(text));
  const { path, share } = flags;
  const wanted = {
    singles: count(flags.singles),
    hostile: count(flags.hostile),
    random: Number(flags.random),
    chance: Number(flags.chance),
    seed: Number(flags.seed),
    ...(path ? { path } : {}),
    told: Number(flags.told),
    share,
  };
  const names = [...liveReleases(), ...releasesByChance(wanted.chance, wanted.seed)].flatMap(({ name }) =>
    !flags.only || flags.only.split(',').includes(name) ? [name] : [],
  );
  const folder = mkdtempSync(join(tmpdir(), 'parity-live-'));
  const sum = { passed: 0, failed: 0 };
  try {
    await runReleases(names, Number(flags.jobs), { helm, many, folder, wanted }, ({ lines, passed, failed }) => {
      sum.passed += passed;
      sum.failed += failed;
      console.log(lines.join('\n'));
    });
  } finally {
    // A thread may still write when another one has ended with an error.
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
  console.log(`${sum.passed} passed, ${sum.failed} failed`);
  return sum.failed ? 1 : 0;
}

function say(text: string, code: number): number {
  console.log(text);
  return code;
}

void main().then((code) => {
  process.exitCode = code;
});
