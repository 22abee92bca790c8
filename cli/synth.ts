// `synth`: every release of releases.yaml into its file.
import { readdirSync } from 'node:fs';
import { charts } from '../constructs/charts';
import { ManifestApp } from '../constructs/common/manifest-app';
import { PatchError } from '../constructs/common/patches';
import { parseFlags } from './flags';
import { readReleases, type ReleaseEntry } from './releases';
import { inputErrors } from './report';
import { InputError, UsageError } from './usage';

export const USAGE = `usage: cdk8s-estafette synth [flags]
  -f, --file FILE    which releases (default "releases.yaml")
  -o, --output DIR   where the files go (default "dist")
      --application  an Application for each release with the target argocd, as application: true in the file`;

const FLAGS = { file: { type: 'string', short: 'f' }, output: { type: 'string', short: 'o' }, application: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;

export function run(argv: readonly string[]): void {
  const { values: flags, positionals } = parseFlags(argv, FLAGS, USAGE);
  if (flags.help) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  if (positionals.length) throw new UsageError(`synth takes no arguments, only flags\n${USAGE}`);
  const app = new ManifestApp({ outdir: flags.output ?? 'dist' });
  const releases = readReleases(flags.file ?? 'releases.yaml', { application: flags.application });
  addReleases(app, releases);
  const written = new Set(placingPatches(releases, () => app.write()));
  for (const file of readdirSync(app.outdir).filter((name) => /\.(k8s|application)\.yaml$/.test(name) && !written.has(name))) {
    process.stderr.write(`WARNING: ${app.outdir}/${file} belongs to no release in ${flags.file ?? 'releases.yaml'}\n`);
  }
}

/** One cdk8s Chart a release. @throws InputError with the mistakes of all releases */
export function addReleases(app: ManifestApp, releases: readonly ReleaseEntry[]): void {
  const mistakes: string[] = [];
  for (const { options: { release, chart, ...props }, place, warnings: read } of releases) {
    try {
      const { warnings } = inputErrors(place, () => charts[chart].create(app, release, props));
      for (const warning of [...read, ...warnings]) process.stderr.write(`WARNING: ${release}: ${warning}\n`);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      mistakes.push(...error.lines.map((line) => `${release}: ${line}`));
    }
  }
  if (mistakes.length) throw new InputError(mistakes);
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
