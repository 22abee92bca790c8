// `status RELEASE CHART`: what of a release on a cluster is not as it should be.
import { CHART_NAMES } from '../constructs/charts';
import { targets } from '../constructs/targets';
import { CLUSTER_FLAGS } from './cluster/kubectl';
import { subjectOf, type Subject } from './diff/subject';
import { oneOf, parseFlags, RELEASE_FLAGS } from './input/flags';
import { pause, print, tell } from './output';
import { judge, progress } from './status/judge';
import { printStatus, progressLine, statusJson } from './status/print';
import { reportError, UsageError } from './usage';

const { crds: _crds, ...FLAGS_OF_RELEASE } = RELEASE_FLAGS;

export const USAGE = `usage: cdk8s-estafette status RELEASE CHART [flags]
       cdk8s-estafette status RELEASE --file releases.yaml [flags]
Tells on one screen what of the release is not as it should be: objects that are missing, changed or not ready, and why;
Jobs that failed; certificates that end within 30 days; claims that are nearly full; keys that were not saved.
kubectl reads the cluster; nothing is written.
      --watch                  follow a roll-out until it is done, or stuck
      --patience SECONDS       with --watch: stuck is what does not move for so long (default 120)
  -o, --output text|json       form of what is printed (default text)
      --context NAME, --kubeconfig FILE
                               as kubectl has them
      --file FILE              everything about the release from this list of releases
  -n, --namespace NS           namespace of the release (default "default")
      --create-namespace       with the Namespace
  -f, --values FILE            values file, again for more; later ones win
      --set, --set-string, --set-json, --set-file, --set-literal KEY=VALUE
      --target ${Object.keys(targets).join('|').padEnd(19)} what the manifests are for
      --kube-version VERSION   version of the cluster
  -a, --api-versions API       an API the cluster serves, again for more
      --skip-schema-validation unknown keys in values are warnings
Exit 0: all is well; 1: something is not; 2: an error.
CHART is ${CHART_NAMES.join(', ')}.`;

export const FLAGS = {
  ...FLAGS_OF_RELEASE,
  ...CLUSTER_FLAGS,
  file: { type: 'string' },
  output: { type: 'string', short: 'o' },
  watch: { type: 'boolean' },
  patience: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

const EXIT = { well: 0, unwell: 1, error: 2 } as const;
/** Between two looks at a roll-out. */
const INTERVAL_MS = 2000;
const PATIENCE_S = 120;

export function run(argv: readonly string[]): void {
  try {
    process.exitCode = status(argv);
  } catch (error) {
    reportError(error);
    process.exitCode = EXIT.error;
  }
}

function status(argv: readonly string[]): number {
  const { values: flags, positionals } = parseFlags(argv, FLAGS, USAGE);
  if (flags.help) {
    print(`${USAGE}\n`);
    return EXIT.well;
  }
  const [release, chart, ...rest] = positionals;
  const isListed = flags.file !== undefined;
  if (!release || (isListed ? chart !== undefined : !chart) || rest.length)
    throw new UsageError(`status takes a release name${isListed ? '' : ' and a chart'}\n${USAGE}`);
  const output = oneOf('output', flags.output, ['text', 'json'] as const) ?? 'text';
  if (flags.patience !== undefined && !flags.watch) throw new UsageError('--patience needs --watch');
  const patience = patienceOf(flags.patience);
  const subject = subjectOf(release, chart, flags);
  const isStuck = flags.watch === true && follow(subject, flags, patience);
  const judgement = judge(subject, flags, Date.now());
  print(output === 'json' ? statusJson(judgement) : printStatus(judgement));
  return judgement.problems.length || isStuck ? EXIT.unwell : EXIT.well;
}

function patienceOf(given = String(PATIENCE_S)): number {
  if (/^[1-9]\d{0,5}$/.test(given)) return Number(given) * 1000;
  throw new UsageError(`--patience must be a whole number of seconds, at least 1, not "${given}"`);
}

/** Tells each step of a roll-out. @returns whether it came to a stop before it was done */
function follow(subject: Subject, flags: Parameters<typeof judge>[1], patience: number): boolean {
  let told = '';
  let since = Date.now();
  for (;;) {
    const { waiting, stuck, ...sums } = progress(subject, flags);
    const line = progressLine({ waiting, ...sums });
    if (line !== told) {
      tell(`${line}\n`);
      since = Date.now();
    }
    told = line;
    if (!waiting.length) return false;
    if (stuck !== undefined || Date.now() - since >= patience) {
      tell(`stuck: ${stuck ?? line}\n`);
      return true;
    }
    pause(INTERVAL_MS);
  }
}
