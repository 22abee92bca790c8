// One release as its values give it, beside what is there: what `diff` prints, and the commands for a cluster judge.
import type { Entry, Planned } from '../../constructs/common/entry';
import { onlyForHelm } from '../../constructs/common/stages';
import { clusterName, type ClusterFlags } from '../cluster/kubectl';
import { readLive, type Live } from '../cluster/live';
import { readFile } from '../input/files';
import { renderRelease, type RenderOptions } from '../render';
import { InputError } from '../usage';
import { mismatch } from './mismatch';
import { isPlain, keyOf, type Thing } from './objects';
import { isElsewhen } from './ownership';
import { readManifests, type Manifests } from './read';
import { compareReleases, type Report } from './report';
import type { Subject } from './subject';
import { withSelfHeal } from './upgrade/self-heal';

/** The other side of the comparison. */
export interface Against {
  /** What it is called in messages. */
  readonly source: string;
  /** The cluster that it is of. @default it is a text */
  readonly cluster?: string;
  read(now: readonly Thing[], release: string, namespace: string): Live;
}

export const manifestIn = (file: string): Against => ({
  source: file === '-' ? '<stdin>' : file,
  read: () => ({ text: readFile(file, 'the manifest'), notes: [] }),
});

/** Namespaces that a release has objects in. */
export const namespacesOf = (objects: readonly Thing[], namespace: string): string[] => [
  ...new Set([namespace, ...objects.flatMap(({ metadata }) => metadata.namespace ?? [])]),
];

export function liveObjects(flags: ClusterFlags): Against {
  const cluster = clusterName(flags);
  return { source: cluster, cluster, read: (now, release, namespace) => readLive(now, release, namespacesOf(now, namespace), flags) };
}

export interface Comparison {
  readonly report: Report;
  /** The release as its values give it. */
  readonly plan: readonly Entry[];
  /** Its objects that are compared. */
  readonly now: readonly Thing[];
  /** What is there. */
  readonly before: Manifests;
  /** Sentences for stderr. */
  readonly warnings: readonly string[];
  /** Why what is there is hardly of the release. @default it may be */
  readonly wrong?: string;
}

/**
 * @param hide patterns of what is hidden beside secrets
 * @throws InputError with the places of what is wrong
 */
export function compareSubject({ options, ...subject }: Subject, against: Against, hide: readonly RegExp[] = []): Comparison {
  const { plan, warnings } = subject.render(options);
  const { source, cluster } = against;
  const { release, chart, namespace = 'default', crds } = options;
  const printed = plan.map(({ object }) => asThing(object)).filter((object) => !isElsewhen(object));
  const written = writtenByControllers(options, plan);
  const { text, notes } = against.read(printed, release, namespace);
  const before = readManifests(text, source, {
    release,
    namespace,
    now: printed,
    written,
    made: madeInCluster(plan),
    crds,
    hooks: plan.some(({ lifecycle }) => lifecycle.hook !== undefined && !onlyForHelm(lifecycle.hook)),
  });
  // What counts in such an object is a controller's: where it is there, there is nothing to compare.
  const settled = new Set(written.map(keyOf).filter((key) => before.live.has(key)));
  const now = printed.filter((object) => !settled.has(keyOf(object)));
  const wrong = mismatch(before, now, { source, release, chart, namespace });
  const empty = wrong === undefined && !before.ours.length ? [`${source} holds no object of ${release}: everything is new`] : [];
  const report = {
    ...compareReleases({ release, chart, namespace, before: before.ours, after: now, hide }),
    ...(cluster ? { cluster } : {}),
  };
  return {
    report: withSelfHeal(report, options.target),
    plan,
    now,
    before,
    warnings: [...subject.warnings, ...warnings, ...notes, ...before.notes, ...(wrong === undefined ? [] : [wrong]), ...empty],
    ...(wrong === undefined ? {} : { wrong }),
  };
}

/** What a target leaves to controllers is found in the plan for kubectl, which prints it. */
function writtenByControllers(options: RenderOptions, plan: readonly Entry[]): Thing[] {
  const all =
    options.target === 'argocd' ? renderRelease({ ...options, target: 'kubectl', application: undefined, patches: undefined }).plan : plan;
  return all.filter(({ lifecycle }) => lifecycle.writtenByController).map(({ object }) => asThing(object));
}

/** Secrets with the keys that Jobs of the release make. */
export const madeInCluster = (plan: readonly Planned[]): Thing[] =>
  plan.flatMap(({ lifecycle: { makesKeys } }): Thing[] =>
    makesKeys ? [{ apiVersion: 'v1', kind: 'Secret', metadata: { name: makesKeys.name, namespace: makesKeys.namespace } }] : [],
  );

function asThing(object: unknown): Thing {
  if (isPlain(object)) return object as Thing;
  throw new InputError(['the release holds something that is not an object']);
}
