// The program that stands for images which cannot be had, built from the sources in the test tree.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { folder, isExecutable } from './cache';
import type { Part } from './part';
import { run } from './run';

const sources = join(__dirname, '..', '..', 'test', 'support', 'images', 'stand-in');
const sum = createHash('sha256');
for (const file of readdirSync(sources).toSorted()) sum.update(`${file}\n`).update(readFileSync(join(sources, file)));
const version = sum.digest('hex').slice(0, 8);
const built = (): string => join(folder('stand-in', version), 'stand-in');

/** Its version is the sum of its sources: a change of them is another program. */
export const standIn: Part = {
  name: 'stand-in',
  version,
  find: () => (isExecutable(built()) ? built() : undefined),
  async install() {
    await run('stand-in', ['go', 'build', '-buildvcs=false', '-trimpath', '-ldflags', '-s -w', '-o', `${built()}.unfinished`, '.'], {
      cwd: sources,
      env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' },
    });
    renameSync(`${built()}.unfinished`, built());
  },
};
