// The folder of a Helm chart that is written again and again: what was written goes or changes, what others put there stays.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readYaml } from '../../helm/yaml/read';
import { WRITTEN_FOR } from '../targets/helm-facts';
import { FolderError } from './folders';
import { staysInside } from '../common/paths';

/** Names the files of a chart as they were written, in the form of `sha256sum`. */
export const LIST = '.written';

type Files = Readonly<Record<string, string>>;

/** A checkout may change the ends of lines. */
const hashOf = (text: string): string => createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex');

export const listing = (files: Files): string =>
  Object.entries(files)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([file, text]) => `${hashOf(text)}  ${file}\n`)
    .join('');

export interface Rewriting {
  /** Files of the earlier writing that are not part of this one. */
  readonly stale: readonly string[];
  /** What stays there though it was not written here, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * What it takes to write a chart into a folder.
 * @throws FolderError when the folder holds the chart of another release, anything of somebody else's instead of a chart, or files that
 * were changed
 */
export function rewriting(folder: string, files: Files): Rewriting {
  if (existsSync(folder) && !statSync(folder).isDirectory()) throw new FolderError(`${folder} is a file: name a folder`);
  if (!existsSync(folder) || !readdirSync(folder).length) return { stale: [], notes: [] };
  const there = writtenFor(read(folder, 'Chart.yaml'));
  if (!there)
    throw new FolderError(
      `${folder} holds files, but not a chart written by cdk8s-estafette: name an empty folder, or one that does not exist`,
    );
  const own = writtenFor(files['Chart.yaml']);
  if (there.release !== own?.release || there.chart !== own.chart) {
    throw new FolderError(
      `${folder} holds the chart ${there.chart} for the release ${there.release}, not ${own?.chart} for ` +
        `${own?.release}: name another folder, or delete that one`,
    );
  }
  const list = listedIn(folder);
  const changed = [...new Set([...list.keys(), ...Object.keys(files)])].filter((file) => {
    const text = read(folder, file);
    return text !== undefined && hashOf(text) !== list.get(file) && hashOf(text) !== hashOf(files[file] ?? '');
  });
  if (changed.length)
    throw new FolderError(
      `${folder} has files that were changed since they were written, or made by somebody else, and would be lost: ` +
        `${some(changed)}: take them elsewhere (what no value covers is for patches), and write again`,
    );
  const others = unknownIn(folder, new Set([...list.keys(), ...Object.keys(files), LIST]));
  return {
    stale: [...list.keys()].filter((file) => !Object.hasOwn(files, file)),
    notes: others.map(
      (file) =>
        `${join(folder, file)} was not written by cdk8s-estafette: it ` +
        `stays${/^(templates|crds|charts)\//.test(file) ? ', and Helm installs it with the rest' : ''}`,
    ),
  };
}

/** Whether a folder holds a chart that was written here. */
export const isWrittenChart = (folder: string): boolean => writtenFor(read(folder, 'Chart.yaml')) !== undefined;

function writtenFor(text = ''): { readonly release: string; readonly chart: string } | undefined {
  try {
    const { name, annotations } = (readYaml(text, 'Chart.yaml') ?? {}) as {
      readonly name?: unknown;
      readonly annotations?: Readonly<Record<string, unknown>>;
    };
    const release = /^release (\S+) in namespace \S+$/.exec(String(annotations?.[WRITTEN_FOR]))?.[1];
    return typeof name === 'string' && release !== undefined ? { release, chart: name } : undefined;
  } catch {
    // A text that is not YAML is none of ours.
    return undefined;
  }
}

/** Hashes by file. @throws FolderError without a list that can be read, since nothing tells then whose the files are */
function listedIn(folder: string): Map<string, string> {
  const lines = (read(folder, LIST) ?? '').split(/\r?\n/).filter((line) => line !== '');
  const found = lines.map((line) => /^([0-9a-f]{64}) {2}(.+)$/.exec(line));
  const list = new Map(found.map((match) => [match?.[2] ?? '', match?.[1] ?? '']));
  if (!lines.length || ![...list.keys()].every(staysInside)) {
    throw new FolderError(
      `${join(folder, LIST)}, the list of what was written to the chart, is missing or cannot be read: delete the ` +
        `folder when nothing else is in it, or name another`,
    );
  }
  return list;
}

/** Text of a file; undefined where none is. */
function read(folder: string, file: string): string | undefined {
  const path = join(folder, file);
  return existsSync(path) && statSync(path).isFile() ? readFileSync(path, 'utf8') : undefined;
}

/** Files that are not known; a folder in which none is known counts as one. */
function unknownIn(folder: string, known: ReadonlySet<string>, prefix = ''): string[] {
  return readdirSync(join(folder, prefix), { withFileTypes: true })
    .flatMap((entry) => {
      const path = `${prefix}${entry.name}`;
      if (!entry.isDirectory()) return known.has(path) ? [] : [path];
      return [...known].some((file) => file.startsWith(`${path}/`)) ? unknownIn(folder, known, `${path}/`) : [`${path}/`];
    })
    .toSorted();
}

const some = (files: readonly string[], most = 3): string =>
  files.length > most ? `${files.slice(0, most).join(', ')} and ${files.length - most} more` : files.join(', ');
