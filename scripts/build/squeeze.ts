// JavaScript without the blanks that only people need, in lines of some length, so that a place in it can be told.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { transformSync } from 'esbuild';

const LINE = 120;
const LEARNING = join('constructs', 'targets', 'live');

/** @param folder of the files; those of the command line in it are bundles already */
export function squeeze(folder: string): void {
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.js') || file.startsWith(`cli${sep}`)) continue;
    const path = join(folder, file);
    const { code } = transformSync(readFileSync(path, 'utf8'), {
      target: 'node20',
      charset: 'utf8',
      minifyWhitespace: true,
      // What learns charts is called by the constructs alone.
      ...(file.startsWith(LEARNING) ? { minifyIdentifiers: true, minifySyntax: true } : {}),
      lineLimit: LINE,
    });
    writeFileSync(path, code);
  }
}
