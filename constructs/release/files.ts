// Folders that are written as a whole.
import { rmSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { FolderError, makeFolder, reaching, writeText } from './folders';
import { staysInside } from '../common/paths';
import { LIST, listing, rewriting } from './written-chart';

/**
 * Writes texts by file name; nothing at all when something is wrong. A folder with a Chart.yaml is a Helm chart, and installs each
 * template in it: what an earlier writing left there goes, and a list tells the next one what this one wrote.
 * @param tell gets a sentence for each file of somebody else's that stays in a chart
 * @throws FolderError when a name leads out of the folder, the folder cannot be written, or a chart is in the way that is another's or was changed
 */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>, tell: (note: string) => void = () => undefined): void {
  const outside = Object.keys(files).find((file) => !staysInside(file));
  if (outside !== undefined) throw new FolderError(`${outside} would be written outside of ${folder}`);
  const charts = Object.keys(files)
    .filter((file) => /(^|\/)Chart\.yaml$/.test(file))
    .map((file) => {
      const place = normalize(join(folder, dirname(file)));
      const own = below(dirname(file), files);
      return { place, own, found: reaching(place, () => rewriting(place, own)) };
    });
  makeFolder(folder);
  for (const { place, found } of charts) {
    for (const file of found.stale) reaching(place, () => rmSync(join(place, file), { force: true }));
    found.notes.forEach(tell);
  }
  for (const [file, text] of Object.entries(files)) writeText(folder, file, text);
  for (const { place, own } of charts) writeText(place, LIST, listing(own));
}

function below(folder: string, files: Readonly<Record<string, string>>): Record<string, string> {
  const prefix = folder === '.' ? '' : `${folder}/`;
  return Object.fromEntries(
    Object.entries(files)
      .filter(([file]) => file.startsWith(prefix))
      .map(([file, text]) => [file.slice(prefix.length), text]),
  );
}
