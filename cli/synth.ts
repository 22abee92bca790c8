// `synth`: every release of releases.yaml into its file.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeTexts } from '../constructs/release/files';
import { PatchError } from '../constructs/release/patches';
import { isWrittenChart } from '../constructs/release/written-chart';
import { pathOf } from './input/application';
import { clashText, Owners, type Owner } from './clashes';
import { OWN_CLUSTER } from '../constructs/targets/application-options';
import type { NeededSecret } from '../constructs/common/entry';
import { SmallHeap } from './heap';
import { parseFlags } from './input/flags';
import { listReleases, type ListedRelease, type ReleaseEntry } from './input/releases';
import { neededText } from './needed';
import { print, tell, warn } from './output';
import { renderRelease } from './render';
import { inputErrors } from './report';
import { Spool } from './spool';
import { InputError, UsageError } from './usage';

export const USAGE = `usage: cdk8s-estafette synth [flags]
  -f, --file FILE    which releases (default "releases.yaml")
  -o, --output DIR   where the files go (default "dist")
      --application  an Application for each release with the target argocd, as application: true in the file`;

export const FLAGS = {
  file: { type: 'string', short: 'f' },
  output: { type: 'string', short: 'o' },
  application: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

export function run(argv: readonly string[]): void {
  const { values: flags, positionals } = parseFlags(argv, FLAGS, USAGE);
  if (flags.help) {
    print(`${USAGE}\n`);
    return;
  }
  if (positionals.length) throw new UsageError(`synth takes no arguments, only flags\n${USAGE}`);
  const { file: list = 'releases.yaml', output = 'dist' } = flags;
  if (output === '') throw new UsageError('--output must name a folder');
  const releases = listReleases(list, { application: flags.application, path: pathOf(output) });
  const spool = new Spool();
  const heap = new SmallHeap(releases.length);
  try {
    const owners = new Owners<PrintedRelease>();
    placingPatches(releases, () =>
      eachRelease(releases, (entry, listed) => {
        heap.next();
        const { files, plan, warnings, needed } = renderRelease(entry.options);
        for (const [name, text] of Object.entries(files)) spool.set(name, text);
        owners.add(printedAs(entry, listed), plan);
        return { warnings, needed };
      }),
    );
    refuseClashes(owners);
    writeTexts(output, spool, warn);
    for (const name of leftovers(output, spool.keys())) warn(`${output}/${name} belongs to no release in ${list}`);
  } finally {
    spool.close();
  }
}

/** Files of manifests, and charts, that an earlier run wrote and this one did not. */
function leftovers(folder: string, written: readonly string[]): string[] {
  const now = new Set(written.map((file) => file.split('/')[0]));
  return readdirSync(folder).filter(
    (name) => !now.has(name) && (/\.(k8s|application)\.yaml$/.test(name) || isWrittenChart(join(folder, name))),
  );
}

export interface PrintedRelease extends Owner {
  readonly at: ListedRelease['at'];
  /** Argo CD applies it by itself. */
  readonly automated: boolean;
}

export const printedAs = ({ options: { application } }: ReleaseEntry, { at, name }: ListedRelease): PrintedRelease => ({
  at,
  name,
  automated: application !== undefined,
  server: application?.destinationServer === OWN_CLUSTER ? undefined : application?.destinationServer,
});

/**
 * Tells which releases make the same objects.
 * @throws InputError when Argo CD would apply them against each other
 */
export function refuseClashes(owners: Owners<PrintedRelease>): void {
  const refused = owners.clashes(({ automated }) => automated);
  if (refused.length)
    throw new InputError(
      refused.map((clash) => `${clash.releases.at(-1)?.at()}: ${clashText(clash)}; Argo CD would do so again and again`),
    );
  for (const clash of owners.clashes()) warn(clashText(clash));
}

/**
 * What is made of each release, one after the other, so that the values of one are in memory at a time; the warnings are told.
 * @throws InputError with the mistakes of all releases; files that cannot be read come first
 */
export function eachRelease<T extends { readonly warnings: readonly string[]; readonly needed?: readonly NeededSecret[] }>(
  releases: readonly ListedRelease[],
  make: (release: ReleaseEntry, listed: ListedRelease) => T,
): T[] {
  const unread: string[] = [];
  const mistakes: string[] = [];
  const made: T[] = [];
  const told: (() => void)[] = [];
  let fault: { readonly error: unknown } | undefined;
  for (const listed of releases) {
    const { name } = listed;
    const entry = noting(unread, '', () => listed.read());
    if (!entry || unread.length || fault) continue;
    try {
      const one = noting(mistakes, `${name}: `, () => inputErrors(entry.place, () => make(entry, listed)));
      if (!one) continue;
      made.push(one);
      told.push(telling(name, [...entry.warnings, ...one.warnings], one.needed));
    } catch (error) {
      fault = { error };
    }
  }
  if (unread.length) throw new InputError(unread);
  for (const tellOne of told) tellOne();
  if (fault) throw fault.error;
  if (mistakes.length) throw new InputError(mistakes);
  return made;
}

/** Apart from the values, which it would keep in memory. */
const telling =
  (name: string, warnings: readonly string[], needed: readonly NeededSecret[] = []) =>
  (): void => {
    for (const warning of warnings) warn(`${name}: ${warning}`);
    tell(neededText(needed, name));
  };

/** Runs a part; mistakes in the input are noted, with a text in front. */
function noting<T>(mistakes: string[], before: string, run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    mistakes.push(...error.lines.map((line) => `${before}${line}`));
    return undefined;
  }
}

/** Runs a part; a patch that does not fit becomes an InputError with the place where it was written. */
export function placingPatches<T>(releases: readonly ListedRelease[], run: () => T): T {
  try {
    return run();
  } catch (error) {
    const entry = error instanceof PatchError ? releases.find(({ name }) => name === error.release) : undefined;
    if (!(error instanceof PatchError) || !entry) throw error;
    throw new InputError([`${entry.placeOfPatch(error.index)}: ${error.message}`], { cause: error });
  }
}
