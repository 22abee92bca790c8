// Types that no entry of the package leads to: nobody can see them, and everybody would download them.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

const IMPORTED = /(?:\bfrom\s+|\bimport\s*\(\s*|\bimport\s+)['"](\.[^'"]+)['"]/g;
const ENDING = '.d.ts';

/**
 * Removes them.
 * @param folder of the types
 * @param entries names of the files that people import, without their ending
 */
export function removeUnseenTypes(folder: string, entries: readonly string[]): void {
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(IMPORTED)) {
      const at = join(dirname(file), path);
      const next = [`${at}${ENDING}`, join(at, `index${ENDING}`)].find(existsSync);
      if (next === undefined) throw new Error(`${file} imports ${path}, which has no types`);
      visit(next);
    }
  };
  for (const entry of entries) visit(join(folder, `${entry}${ENDING}`));
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    if (file.endsWith(ENDING) && !seen.has(join(folder, file))) rmSync(join(folder, file));
}
