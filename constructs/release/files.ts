// Folders that are written as a whole.
import { rmSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { FolderError, makeFolder, reaching, writeText } from './folders';
import { staysInside } from '../common/paths';
import { LIST, listing, rewriting } from './written-chart';

/** Texts by file name, in their order; a Map is one. */
export interface Texts {
  keys(): Iterable<string>;
  get(file: string): string | undefined;
}

/** Writes texts by file name, as `writeTexts` does. */
export const writeFiles = (folder: string, files: Readonly<Record<string, string>>, tell?: (note: string) => void): void =>
  writeTexts(folder, new Map(Object.entries(files)), tell);

/**
 * Writes texts, one after the other; nothing at all when something is wrong. A folder with a Chart.yaml is a Helm chart, and installs each
 * template in it: what an earlier writing left there goes, and a list tells the next one what this one wrote.
 * @param tell gets a sentence for each file of somebody else's that stays in a chart
 * @throws FolderError when a name leads out of the folder, the folder cannot be written, or a chart is in the way that is another's or was
 * changed
 */
export function writeTexts(folder: string, texts: Texts, tell: (note: string) => void = () => undefined): void {
  const files = [...texts.keys()];
  const outside = files.find((file) => !staysInside(file));
  if (outside !== undefined) throw new FolderError(`${outside} would be written outside of ${folder}`);
  const charts = files
    .filter((file) => /(^|\/)Chart\.yaml$/.test(file))
    .map((file) => {
      const place = normalize(join(folder, dirname(file)));
      const own = (): Record<string, string> => below(dirname(file), files, texts);
      return { place, own, found: reaching(place, () => rewriting(place, own())) };
    });
  makeFolder(folder);
  for (const { place, found } of charts) {
    for (const file of found.stale) reaching(place, () => rmSync(join(place, file), { force: true }));
    found.notes.forEach(tell);
  }
  for (const file of files) writeText(folder, file, texts.get(file) ?? '');
  for (const { place, own } of charts) writeText(place, LIST, listing(own()));
}

function below(folder: string, files: readonly string[], texts: Texts): Record<string, string> {
  const prefix = folder === '.' ? '' : `${folder}/`;
  return Object.fromEntries(
    files.filter((file) => file.startsWith(prefix)).map((file) => [file.slice(prefix.length), texts.get(file) ?? '']),
  );
}
