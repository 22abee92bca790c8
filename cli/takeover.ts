// `takeover RELEASE CHART`: a release of Helm's goes on under kubectl or Argo CD; `--undo FOLDER` gives it back.
import { CHART_NAMES } from '../constructs/charts';
import { CLUSTER_FLAGS, clusterName } from './cluster/kubectl';
import { subjectOf, type Subject } from './diff/subject';
import { oneOf, parseFlags, RELEASE_FLAGS } from './input/flags';
import { print, tell, warn } from './output';
import { manifestsOf, readBackup, writeBackup, type Backup } from './takeover/backup';
import { planJson, undoJson } from './takeover/json';
import { makePlan } from './takeover/plan';
import { printPlan } from './takeover/print';
import { helmRecords } from './takeover/record';
import { takeOver } from './takeover/steps';
import { makeUndoPlan, printUndo, undo } from './takeover/undo';
import { InputError, UsageError } from './usage';

export const USAGE = `usage: cdk8s-estafette takeover RELEASE CHART [flags]
       cdk8s-estafette takeover RELEASE --file releases.yaml [flags]
       cdk8s-estafette takeover --undo FOLDER [--yes] [--output text|json]
Takes a release that Helm 3 or 4 has installed out of Helm's hands: its objects stay, and are kubectl's or Argo CD's.
Prints a plan, and does nothing else without --yes. kubectl does the work; helm is not needed.
      --yes                    do what the plan says, step by step; run again, it goes on where it was stopped
      --backup FOLDER          where objects and Helm's records are kept as they were, secrets included
                               (default RELEASE-takeover in this folder)
      --undo FOLDER            from such a backup, give the release back to Helm
  -o, --output text|json       form of the plan (default text)
      --target kubectl|argocd  who applies the release from now on (default kubectl)
      --context NAME, --kubeconfig FILE
                               as kubectl has them
      --file FILE              everything about the release from this list of releases
      --crds include|only|skip CustomResourceDefinitions among the rest (default include)
  -n, --namespace NS           namespace of the release (default "default")
      --create-namespace       with the Namespace
  -f, --values FILE            values file, again for more; later ones win
      --set, --set-string, --set-json, --set-file, --set-literal KEY=VALUE
      --kube-version VERSION   version of the cluster
  -a, --api-versions API       an API the cluster serves, again for more
      --skip-schema-validation unknown keys in values are warnings
CHART is ${CHART_NAMES.join(', ')}.`;

export const FLAGS = {
  ...RELEASE_FLAGS,
  ...CLUSTER_FLAGS,
  file: { type: 'string' },
  yes: { type: 'boolean' },
  backup: { type: 'string' },
  undo: { type: 'string' },
  output: { type: 'string', short: 'o' },
  help: { type: 'boolean', short: 'h' },
} as const;

const OUTPUTS = ['text', 'json'] as const;

type Flags = ReturnType<typeof parseFlags<typeof FLAGS>>['values'];

export function run(argv: readonly string[]): void {
  const { values: flags, positionals } = parseFlags(argv, FLAGS, USAGE);
  if (flags.help) {
    print(`${USAGE}\n`);
    return;
  }
  const [release, chart, ...rest] = positionals;
  if (flags.undo !== undefined) {
    const given = Object.keys(flags).filter((flag) => !['undo', 'yes', 'output', 'context', 'kubeconfig'].includes(flag));
    if (given.length || rest.length || chart !== undefined)
      throw new UsageError(
        `--undo takes everything about the release from its folder: leave out ${given.map((flag) => `--${flag}`).join(', ') || chart}`,
      );
    giveBack(flags.undo, release, flags);
    return;
  }
  const isListed = flags.file !== undefined;
  if (!release || (isListed ? chart !== undefined : !chart) || rest.length)
    throw new UsageError(`takeover takes a release name${isListed ? '' : ' and a chart'}\n${USAGE}`);
  oneOf('target', flags.target, ['kubectl', 'argocd'] as const);
  const subject = subjectOf(release, chart, flags);
  if (subject.options.target === 'helm') throw new InputError([`${release} is for the target helm: it stays Helm's`]);
  take(subject, flags);
}

function take(subject: Subject, flags: Flags): void {
  const { release, namespace = 'default', target = 'kubectl' } = subject.options;
  const folder = flags.backup ?? `${release}-takeover`;
  const output = oneOf('output', flags.output, OUTPUTS) ?? 'text';
  const begun = readBackup(folder);
  if (begun) {
    goOn(begun, subject, flags);
    return;
  }
  const cluster = clusterName(flags);
  const records = helmRecords(release, namespace, flags);
  if (!records.length)
    throw new InputError([
      `Helm has no release ${release} in the namespace ${namespace} of ${cluster}: there is nothing to take over, ` +
        `or --backup names another folder than when it began`,
    ]);
  const plan = makePlan(subject, records, flags);
  plan.warnings.forEach(warn);
  print(output === 'json' ? planJson(plan, target, folder) : printPlan(plan, target, folder));
  if (plan.refusals.length) throw new InputError(['the release cannot be taken over as it is: see the lines with an exclamation mark']);
  if (!flags.yes) {
    tell('Nothing was written. To do all of this, add --yes.\n');
    return;
  }
  const backup = writeBackup(folder, plan, records, target);
  tell(`backup: ${folder}, with ${plan.live.length} objects and ${records.length} of Helm's records; it holds secrets\n`);
  finish(backup, flags);
}

/** A takeover that was stopped. @throws InputError when it was another one */
function goOn(backup: Backup, subject: Subject, flags: Flags): void {
  const { folder, release, namespace, target, cluster, undone } = backup;
  const { options } = subject;
  const here = clusterName(flags);
  if (undone) throw new InputError([`${folder} is of a takeover that was undone: choose another folder with --backup, or remove it`]);
  if (release !== options.release || namespace !== (options.namespace ?? 'default') || target !== (options.target ?? 'kubectl'))
    throw new InputError([`${folder} is the backup of ${release} in ${namespace} for ${target}: choose another folder with --backup`]);
  if (cluster !== here) throw new InputError([`${folder} is of ${cluster}, and this is ${here}: choose another folder with --backup`]);
  const now = subject.render(options).plan.map(({ object }) => object);
  if (manifestsOf({ now: now as never }) !== backup.manifests)
    throw new InputError([
      `the values give other manifests than those that this takeover began with, ${folder}/release.yaml: give ` +
        `the same values, and change them afterwards`,
    ]);
  tell(`A takeover of ${release} has begun; its backup is in ${folder}.\n`);
  if (!flags.yes) {
    tell('Nothing was written. To go on with it, add --yes; --undo gives the release back to Helm.\n');
    return;
  }
  finish(backup, flags);
}

function finish(backup: Backup, flags: Flags): void {
  takeOver(backup, flags);
  const { release, target, folder } = backup;
  tell(
    `${release} is ${
      target === 'argocd' ? 'ready for Argo CD: commit its manifests and create its Application' : 'kubectl’s'
    }. The way back: cdk8s-estafette takeover --undo ${folder}\n`,
  );
}

function giveBack(folder: string, release: string | undefined, flags: Flags): void {
  const output = oneOf('output', flags.output, OUTPUTS) ?? 'text';
  const backup = readBackup(folder);
  if (!backup) throw new InputError([`${folder} holds no backup of a takeover`]);
  if (release !== undefined && release !== backup.release)
    throw new InputError([`${folder} is the backup of ${backup.release}, not of ${release}`]);
  const plan = makeUndoPlan(backup, flags);
  print(output === 'json' ? undoJson(plan, backup) : printUndo(plan, backup));
  if (!flags.yes) {
    tell('Nothing was written. To do all of this, add --yes.\n');
    return;
  }
  undo(backup, flags);
  tell(`${backup.release} is Helm’s again.\n`);
}
