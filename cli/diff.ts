// `diff RELEASE CHART [MANIFEST|-]`: what our values give now, against what was applied before, by meaning.
import { isatty } from 'node:tty';
import { CHART_NAMES } from '../constructs/charts';
import { targets } from '../constructs/targets';
import { CRD_MODES } from '../constructs/targets/plan';
import { subjectOf, type Subject } from './diff/subject';
import { printDeletions } from './diff/print/deletions';
import { printJson } from './diff/print/json';
import { printMarkdown } from './diff/print/markdown';
import { coloured, plain, printText } from './diff/print/text';
import { pictureOf } from './diff/picture';
import { CLUSTER_FLAGS } from './cluster/kubectl';
import { compareSubject, liveObjects, manifestIn, type Against, type Comparison } from './diff/comparison';
import { oneOf, parseFlags, RELEASE_FLAGS } from './input/flags';
import { print, warn } from './output';
import { InputError, reportError, UsageError } from './usage';

/** In one bundle with `diff`: they compare, or read the same input. */
export * as plugin from './plugin';
export * as status from './status';
export * as takeover from './takeover';

export const USAGE = `usage: cdk8s-estafette diff RELEASE CHART [flags] [MANIFEST|-]
       cdk8s-estafette diff RELEASE --file releases.yaml [flags] [MANIFEST|-]
       cdk8s-estafette diff RELEASE CHART --live [flags]
Compares MANIFEST (a file, or stdin) with what the values give now, by meaning.
MANIFEST is what "helm get manifest", "kubectl get -o yaml" or "template" printed.
      --live                   compares with what the cluster has, which kubectl reads; nothing is written
      --context NAME, --kubeconfig FILE
                               as kubectl has them, with --live
      --file FILE              everything about the release from this list of releases, patches
                               included: only the flags from here to --crds go with it
  -o, --output FORMAT          text|json|markdown|deletions (default text)
                               markdown: for a pull request; deletions: for kubectl delete -f -
      --check-upgrade          list first what a server would refuse, and the way out
      --hide REGEX             hide what matches, too: in texts the match, of fields so named all; again for more
      --crds include|only|skip CustomResourceDefinitions among the rest (default include), on both sides
  -n, --namespace NS           namespace of the release (default "default")
      --create-namespace       with the Namespace
  -f, --values FILE            values file, again for more; later ones win
      --set, --set-string, --set-json, --set-file, --set-literal KEY=VALUE
      --target ${Object.keys(targets).join('|').padEnd(19)} what the manifests are for
      --kube-version VERSION   version of the cluster
  -a, --api-versions API       an API the cluster serves, again for more
      --skip-schema-validation unknown keys in values are warnings
Exit 0: equal; 1: different; 2: an error.
CHART is ${CHART_NAMES.join(', ')}.`;

const OUTPUTS = ['text', 'json', 'markdown', 'deletions'] as const;
type Output = (typeof OUTPUTS)[number];
export const FLAGS = {
  ...RELEASE_FLAGS,
  file: { type: 'string' },
  output: { type: 'string', short: 'o' },
  'check-upgrade': { type: 'boolean' },
  live: { type: 'boolean' },
  ...CLUSTER_FLAGS,
  hide: { type: 'string', multiple: true },
  help: { type: 'boolean', short: 'h' },
} as const;

/** As `diff` has them. */
const EXIT = { equal: 0, different: 1, error: 2 } as const;

export function run(argv: readonly string[]): void {
  try {
    process.exitCode = diff(argv);
  } catch (error) {
    reportError(error);
    process.exitCode = EXIT.error;
  }
}

function diff(argv: readonly string[]): number {
  const { values: flags, positionals } = parseFlags(argv, FLAGS, USAGE);
  if (flags.help) {
    print(`${USAGE}\n`);
    return EXIT.equal;
  }
  const listed = flags.file !== undefined;
  const [release, chart, manifest = '-', ...rest] = listed ? [positionals[0], undefined, ...positionals.slice(1)] : positionals;
  if (!release || (!listed && !chart) || rest.length)
    throw new UsageError(`diff takes a release name${listed ? '' : ', a chart'} and a manifest\n${USAGE}`);
  const output = oneOf('output', flags.output, OUTPUTS) ?? 'text';
  const crds = oneOf('crds', flags.crds, CRD_MODES);
  const live = flags.live === true;
  const given = positionals[listed ? 1 : 2];
  if (live && given !== undefined) throw new UsageError(`--live compares with the cluster: leave out ${given}`);
  for (const flag of ['context', 'kubeconfig'] as const)
    if (!live && flags[flag] !== undefined) throw new UsageError(`--${flag} needs --live`);
  if (!live && manifest === '-' && flags.values?.includes('-'))
    throw new UsageError('both the values and the manifest are to come from stdin: give one of them as a file');
  if (!live && manifest === '-' && isatty(0))
    throw new UsageError(
      `diff reads the manifest from stdin or a file, as in: helm get manifest ${release} | cdk8s-estafette diff ${release} ` +
        `${chart ?? `--file ${flags.file}`}; --live asks the cluster`,
    );
  const asked = (flags.hide ?? []).map(patternOf);
  const subject = subjectOf(release, chart, flags);
  const against = live ? liveObjects(flags) : manifestIn(manifest);
  const shown = { output, upgrade: flags['check-upgrade'] === true, asked };
  return compareWith({ ...subject, options: { ...subject.options, crds } }, against, shown);
}

/** @throws UsageError for what is not a regular expression */
function patternOf(given: string): RegExp {
  try {
    if (given !== '') return new RegExp(given, 'g');
  } catch (error) {
    throw new UsageError(
      `--hide must be a regular expression, and "${given}" is none; a \\ stands before each of ()[]{}.*+?^$|\\ that means itself`,
      { cause: error },
    );
  }
  throw new UsageError('--hide must be a regular expression, and not empty');
}

interface Shown {
  readonly output: Output;
  /** What a server would refuse is told first. */
  readonly upgrade: boolean;
  /** What is hidden beside secrets. */
  readonly asked: readonly RegExp[];
}

/** @returns the exit code */
function compareWith(subject: Subject, against: Against, { output, upgrade, asked }: Shown): number {
  const comparison = compareSubject(subject, against, asked);
  const { report, before, warnings, wrong } = comparison;
  if (wrong !== undefined && output === 'deletions') throw new InputError([...before.notes, wrong]);
  for (const warning of warnings) warn(warning);
  print(inFormat(comparison, output, upgrade));
  const different = !report.equal || (upgrade && report.refused.length > 0) || (output === 'deletions' && report.deletions.length > 0);
  return different ? EXIT.different : EXIT.equal;
}

function inFormat(comparison: Comparison, output: Output, upgrade: boolean): string {
  const { report } = comparison;
  switch (output) {
    case 'json':
      return printJson(report);
    case 'markdown':
      return printMarkdown(report, pictureOf(comparison));
    case 'deletions':
      return printDeletions(report);
    default:
      return printText(report, { upgrade, paint: wantsColour() ? coloured : plain });
  }
}

/** In a terminal, unless it or its user wants none (no-color.org). */
const wantsColour = (): boolean => isatty(1) && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
