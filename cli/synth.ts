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
import { parseFlags } from './input/flags';
import { readReleases, type ReleaseEntry } from './input/releases';
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
  const releases = readReleases(list, { application: flags.application, path: pathOf(output) });
  const spool = new Spool();
  try {
    const owners = new Owners<PrintedRelease>();
    placingPatches(releases, () =>
      eachRelease(releases, (entry) => {
        const { files, plan, warnings, needed } = renderRelease(entry.options);
        for (const [name, text] of Object.entries(files)) spool.set(name, text);
        owners.add(printedAs(entry), plan);
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
  readonly at: ReleaseEntry['at'];
  /** Argo CD applies it by itself. */
  readonly automated: boolean;
}

export const printedAs = ({ at, options: { release: name, application } }: ReleaseEntry): PrintedRelease => ({
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

/** What is made of each release; its warnings are told. @throws InputError with the mistakes of all releases */
export function eachRelease<T extends { readonly warnings: readonly string[]; readonly needed?: readonly NeededSecret[] }>(
  releases: readonly ReleaseEntry[],
  make: (release: ReleaseEntry) => T,
): T[] {
  const mistakes: string[] = [];
  const made = releases.flatMap((entry): T[] => {
    const { release } = entry.options;
    try {
      const one = inputErrors(entry.place, () => make(entry));
      for (const warning of [...entry.warnings, ...one.warnings]) warn(`${release}: ${warning}`);
      tell(neededText(one.needed ?? [], release));
      return [one];
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      mistakes.push(...error.lines.map((line) => `${release}: ${line}`));
      return [];
    }
  });
  if (mistakes.length) throw new InputError(mistakes);
  return made;
}

/** Runs a part; a patch that does not fit becomes an InputError with the place where it was written. */
export function placingPatches<T>(releases: readonly ReleaseEntry[], run: () => T): T {
  try {
    return run();
  } catch (error) {
    const entry = error instanceof PatchError ? releases.find(({ options }) => options.release === error.release) : undefined;
    if (!(error instanceof PatchError) || !entry) throw error;
    throw new InputError([`${entry.placeOfPatch(error.index)}: ${error.message}`], { cause: error });
  }
}
