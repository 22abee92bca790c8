// Where things are: the checkout, the published charts beside it, and the cache outside of it.
import { execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cacheFolder } from '../parts.d/cache';

export const root = resolve(__dirname, '..', '..');
const beside = resolve(root, '..', 'shared');
// compare.mjs is a command only under its real path.
const shared = existsSync(beside) ? realpathSync(beside) : beside;
/** Archives of the published charts, by the name that ours have; `folder` is what they unpack to. */
const published = {
  'estafette-ci': { archive: join(shared, 'charts', 'estafette-ci-1.5.14.tgz'), folder: 'estafette-ci' },
  devstats: { archive: join(shared, 'charts', 'devstats-helm-graphql.tgz'), folder: 'devstats-helm-graphql' },
};
export type PublishedChart = keyof typeof published;
export const chartArchive = published['estafette-ci'].archive;
export const parityFolder = join(shared, 'parity');
export const compareScript = join(parityFolder, 'compare.mjs');
export const commandLine = join(root, 'bin', 'cdk8s-estafette');

/** The published chart, unpacked once into the cache; the folder's name is the archive's content. */
export function unpackedChart(chart: PublishedChart = 'estafette-ci'): { folder: string; hash: string } {
  const { archive, folder: name } = published[chart];
  const hash = createHash('sha256').update(readFileSync(archive)).digest('hex').slice(0, 16);
  const folder = join(cacheFolder, 'charts', hash);
  if (!existsSync(folder)) {
    const part = `${folder}.${randomUUID()}`;
    mkdirSync(part, { recursive: true });
    execFileSync('tar', ['-xzf', archive, '-C', part]);
    try {
      renameSync(part, folder);
    } catch (error) {
      if (!existsSync(folder)) throw error; // another run was quicker
      rmSync(part, { recursive: true });
    }
  }
  return { folder: join(folder, name), hash };
}
