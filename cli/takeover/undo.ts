// The way back: objects as they were, and Helm's records, so that `helm upgrade` goes on from there.
import { ask, type ClusterFlags } from '../cluster/kubectl';
import { editObjects, getObjects, listOf, must, namesOnly } from '../cluster/objects';
import { managersOf } from '../cluster/fields';
import { deletionsOf } from '../diff/deletions';
import { hideSecretsOf } from '../diff/hide';
import { at, keyOf, maps, referenceTo, titleOf, type Plain, type Reference, type Thing } from '../diff/objects';
import { fieldLines } from '../diff/print/text';
import { canonical } from '../diff/normalize';
import { compareReleases, normalForm, type Report } from '../diff/report';
import { shapeFor } from '../diff/shapes';
import { isWrittenAnnotation } from '../diff/clean';
import { tell } from '../output';
import { InputError } from '../usage';
import { markUndone, type Backup } from './backup';
import { KEEPER, withFields } from './marks';
import { thingOf } from './plan';

export interface UndoPlan {
  readonly report: Report;
  /** Objects that get back what they were, and Helm as their owner. */
  readonly restored: readonly Reference[];
  /** Objects that are made again. */
  readonly recreated: readonly Reference[];
  /** Objects that the takeover made. */
  readonly deleted: readonly Reference[];
}

/** Jobs would run again, and Helm makes those that it misses. */
const isRunOnce = ({ kind, metadata: { annotations = {} } }: Thing): boolean =>
  kind === 'Job' || Object.hasOwn(annotations, 'helm.sh/hook');

/** @throws InputError when the cluster is another one, or Argo CD would take the release back */
export function makeUndoPlan(backup: Backup, flags: ClusterFlags): UndoPlan {
  const { release, chart, namespace, objects, added } = backup;
  const live = getObjects(objects.map(referenceTo), flags);
  const byKey = new Map(live.map((object) => [keyOf(object), object]));
  const uid = (object: Thing | undefined): unknown => at(object, 'metadata', 'uid');
  if (objects.length && !objects.some((object) => uid(byKey.get(keyOf(object))) === uid(object)))
    throw new InputError([`${backup.folder} is of another cluster, or of a release that is gone: it was made of ${backup.cluster}`]);
  const tracked = live.find(({ metadata: { annotations = {} } }) => Object.hasOwn(annotations, 'argocd.argoproj.io/tracking-id'));
  if (tracked)
    throw new InputError([
      `Argo CD applies ${titleOf(referenceTo(tracked))}, and would take the release back: delete its Application first, ` +
        `without the objects (argocd app delete NAME --cascade=false)`,
    ]);
  const missing = objects.filter((object) => !byKey.has(keyOf(object)) && !isRunOnce(object));
  const made = getObjects(added, flags);
  const kept = new Set(deletionsOf(made, []).flatMap((deletion) => (deletion.kept === undefined ? [] : [keyOf(thingOf(deletion))])));
  return {
    report: compareReleases({ release, chart, namespace, before: live, after: objects.filter((object) => byKey.has(keyOf(object))) }),
    restored: live.map(referenceTo),
    recreated: missing.map(referenceTo),
    deleted: made.filter((object) => !kept.has(keyOf(object))).map(referenceTo),
  };
}

export function printUndo({ report, restored, recreated, deleted }: UndoPlan, { release, namespace, cluster, records }: Backup): string {
  const lines = [
    `Giving ${release} in namespace ${namespace} back to Helm, ${cluster}.`,
    `${restored.length} objects get Helm as their owner, and ` +
      `${records.length === 1 ? 'one record' : `${records.length} records`} of Helm come back.`,
    ...report.objects.flatMap((change) => [`~ ${titleOf(change)}`, ...change.fields.flatMap((field) => fieldLines(field, '    '))]),
    ...recreated.map((object) => `+ ${titleOf(object)}`),
    ...deleted.map((object) => `- ${titleOf(object)}`),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** @throws InputError with what kubectl says, secrets hidden */
export function undo(backup: Backup, flags: ClusterFlags): void {
  const { objects } = backup;
  const hide = hideSecretsOf(objects).text;
  const steps: readonly (readonly [string, () => number])[] = [
    ['make again what was deleted', () => recreate(objects, flags)],
    ['make the objects what they were', () => editObjects(objects.map(referenceTo), restoring(backup), flags)],
    ['delete what the takeover made', () => removeMade(backup, flags)],
    ['bring Helm’s records back', () => recreate(backup.records, flags, { owner: 'Helm' })],
  ];
  for (const [index, [title, step]] of steps.entries()) {
    tell(`[${index + 1}/${steps.length}] ${title}`);
    try {
      tell(`: ${step()}\n`);
    } catch (error) {
      tell('\n');
      if (!(error instanceof InputError)) throw error;
      throw new InputError([...error.lines.map(hide), 'run the same command again to go on'], { cause: error });
    }
  }
  markUndone(backup);
}

/** @param owner of the fields. @default kubectl's, until the next step */
function recreate(objects: readonly Thing[], flags: ClusterFlags, { owner = 'kubectl-create' } = {}): number {
  const wanted = objects.filter((object) => !isRunOnce(object));
  const there = new Set(getObjects(wanted.map(referenceTo), flags).map(keyOf));
  const missing = wanted.filter((object) => !there.has(keyOf(object)));
  if (missing.length) must('create', ask(['create', `--field-manager=${owner}`, '--filename=-'], flags, listOf(missing.map(unborn))));
  return missing.length;
}

const OF_THE_SERVER = new Set([
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'generation',
  'managedFields',
  'ownerReferences',
  'selfLink',
]);

/** As it was written, and not as the server kept it. */
function unborn({ status: _status, ...object }: Thing): object {
  return { ...object, metadata: Object.fromEntries(Object.entries(object.metadata).filter(([key]) => !OF_THE_SERVER.has(key))) };
}

/**
 * Gives each object back what it was. It is written twice where it has changed: what a write changes, the server gives to who writes,
 * whatever is said of owners in it. What controllers go on writing is not fought for.
 */
function restoring({ objects, unmark }: Backup): (live: Thing) => Thing | undefined {
  const byKey = new Map(objects.map((object) => [keyOf(object), object]));
  const kept = new Set(unmark.map((reference) => keyOf(thingOf(reference))));
  const scaled = new Set(objects.filter(({ kind }) => kind === 'HorizontalPodAutoscaler').map((object) => scaledBy(object)));
  const written = new Map<string, number>();
  return (live) => {
    const key = keyOf(live);
    const before = byKey.get(key);
    if (!before) return undefined;
    const content = kept.has(key) ? live : scaled.has(scaleOf(before)) ? withReplicas(before, at(live, 'spec', 'replicas')) : before;
    const wanted = withContent(live, content, before);
    const entries = ownersBack(live, before);
    const times = written.get(key) ?? 0;
    const isSame = sameMarks(live, wanted) && meaning(live) === meaning(wanted);
    if (owners(withFields(live, entries)) === owners(live) && (isSame || times >= CONTENT_WRITES)) return undefined;
    written.set(key, times + 1);
    return withFields(wanted, entries);
  };
}

/** How many pods there are is an autoscaler's affair, where there is one. */
const scaledBy = (scaler: Thing): string =>
  [scaler.metadata.namespace, at(scaler, 'spec', 'scaleTargetRef', 'kind'), at(scaler, 'spec', 'scaleTargetRef', 'name')].join();
const scaleOf = ({ kind, metadata: { namespace, name } }: Thing): string => [namespace, kind, name].join();
const withReplicas = (object: Thing, replicas: unknown): Thing =>
  ({ ...object, spec: { ...(object['spec'] as Plain), replicas } }) as Thing;

const CONTENT_WRITES = 2;
/** Who has written in a takeover. */
const TAKERS = new Set(['kubectl', 'kubectl-create', 'kubectl-replace', 'argocd-controller', KEEPER]);

/** Those of before, and of now those of controllers that have come since. */
function ownersBack(live: Thing, before: Thing): Plain[] {
  const old = managersOf(before);
  const known = new Set(old.map(({ manager }) => manager));
  const since = maps(at(live, 'metadata', 'managedFields')).filter(
    ({ manager, subresource }) => subresource || !(known.has(manager) || TAKERS.has(String(manager))),
  );
  return [...old, ...since];
}

/** Who owns fields of the object, whichever they are: the server trims the record of what is not there. */
const owners = (object: Thing): string =>
  managersOf(object)
    .map(({ manager, operation }) => `${String(manager)} ${String(operation)}`)
    .toSorted()
    .join();

const annotationsOf = ({ metadata: { annotations = {} } }: Thing): Plain => annotations as Plain;
/** Helm's annotations are not a controller's. */
const isControllers = (name: string): boolean => isWrittenAnnotation(name) && !name.includes('helm.sh/');

const sameMarks = (one: Thing, other: Thing): boolean =>
  [one, other]
    .map((object) =>
      JSON.stringify([
        Object.entries(annotationsOf(object))
          .filter(([name]) => !isControllers(name))
          .toSorted(),
        Object.entries(object.metadata.labels ?? {}).toSorted(),
      ]),
    )
    .reduce((a, b) => (a === b ? a : '')) !== '';

/** What an object says, without what servers and controllers write into it. */
const meaning = (object: Thing): string => canonical(normalForm(object), shapeFor(object));

/** The content of one object as a write to another: the server's own members stay, and what controllers have noted. */
function withContent(live: Thing, content: Thing, before: Thing): Thing {
  const annotations = Object.fromEntries([
    ...Object.entries(annotationsOf(before)).filter(([name]) => !isControllers(name)),
    ...Object.entries(annotationsOf(live)).filter(([name]) => isControllers(name)),
  ]);
  const { labels } = before.metadata;
  const { status: _status, ...rest } = content;
  return { ...rest, metadata: { ...live.metadata, labels, annotations }, ...('status' in live ? { status: live['status'] } : {}) } as Thing;
}

function removeMade(backup: Backup, flags: ClusterFlags): number {
  const { deleted } = makeUndoPlan(backup, flags);
  if (deleted.length) must('delete', ask(['delete', '--ignore-not-found', '--timeout=120s', '--filename=-'], flags, namesOnly(deleted)));
  return deleted.length;
}
