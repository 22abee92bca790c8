// Programs out of Debian's packages: unpacked into the cache, so that no service starts and nothing of the machine changes.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { folder, isExecutable, onPath } from './cache.mjs';
import { firstLine, run } from './run.mjs';
import { versions } from './versions.mjs';

/**
 * @param {string} name of the part: the program
 * @param {string} packageName Debian's package that holds it
 * @param {string} path of the program inside the package
 */
export function debianPart(name, packageName, path) {
  const version = versions[packageName];
  const unpacked = () => join(folder('debian', packageName), path);
  const fits = (program) => program !== undefined && isExecutable(program) && (firstLine(program, '--version') ?? '').includes(version);
  return {
    name,
    version,
    find: () => [onPath(name), unpacked()].find(fits),
    async install() {
      const downloads = folder('debian', 'downloads', packageName);
      try {
        await run(name, ['apt-get', 'download', packageName], { cwd: downloads });
      } catch {
        // A new machine has no package lists yet.
        await run(name, ['apt-get', 'update']);
        await run(name, ['apt-get', 'download', packageName], { cwd: downloads });
      }
      const archive = readdirSync(downloads).filter((file) => file.endsWith('.deb')).toSorted().at(-1);
      if (!archive) throw new Error(`${name}: apt-get download ${packageName} left no package in ${downloads}`);
      await run(name, ['dpkg-deb', '-x', join(downloads, archive), folder('debian', packageName)]);
      rmSync(downloads, { recursive: true });
    },
  };
}
