// `npm run parity:live`: charts whose values live, rendered by Helm with other values, against our own render of those values.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runReleases } from './parity-live/pool';
import { releasesByChance } from './parity-live/chance';
import { liveReleases } from './parity-live/releases';
import { helmMany } from './parts.d/helm-many';
import { flagsOf, wrongCall } from './support/flags';
import { findHelm } from './support/helm';
import { compareScript, root } from './support/places';

/** In place of a number of values: all of them. */
const ALL = 'all';
/** Lines about values that are not as they should be. */
const MOST_TOLD = 40;

const USAGE = `usage: npm run parity:live -- [flags]
  --only NAME,NAME   charts of these names only
  --path TEXT        values whose path contains the text, and all that is tried on them
  --random N         combinations of values for each chart (default 1000)
  --singles N        single values of each chart, or "all" (default 120)
  --hostile N        hostile values of each chart, or "all" (default 60)
  --chance N         charts of each kind that are written from values by chance (default 3)
  --seed S           start of the random numbers (default 1)
  --told N           list at most N values of each chart (default ${MOST_TOLD})
  --share            print how many values that have an effect are live
  --jobs N           threads (default 2)`;

async function main(): Promise<number> {
  const { values: flags } = flagsOf(USAGE, {
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
  const number = (flag: 'random' | 'chance' | 'seed' | 'told' | 'jobs' | 'singles' | 'hostile'): number =>
    /^\d+$/.test(flags[flag]) ? Number(flags[flag]) : wrongCall(`--${flag} must be a whole number, not "${flags[flag]}"`, USAGE);
  const count = (flag: 'singles' | 'hostile'): number => (flags[flag] === ALL ? Infinity : number(flag));
  const { path, share } = flags;
  const wanted = {
    singles: count('singles'),
    hostile: count('hostile'),
    random: number('random'),
    chance: number('chance'),
    seed: number('seed'),
    ...(path ? { path } : {}),
    told: number('told'),
    share,
  };
  const all = [...liveReleases(), ...releasesByChance(wanted.chance, wanted.seed)].map(({ name }) => name);
  const names = flags.only?.split(',') ?? all;
  const unknown = names.find((name) => !all.includes(name));
  if (unknown !== undefined) return wrongCall(`there is no chart "${unknown}": there are ${all.join(', ')}`, USAGE);
  const folder = mkdtempSync(join(tmpdir(), 'parity-live-'));
  const sum = { passed: 0, failed: 0 };
  try {
    await runReleases(names, number('jobs'), { helm, many, folder, wanted }, ({ lines, passed, failed }) => {
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
