// What a takeover would do to a release of Helm's, as data.
import { unsavedKeys, madeKeys } from '../status/keys';
import { clusterName, type ClusterFlags } from '../cluster/kubectl';
import { readLive } from '../cluster/live';
import { getObjects } from '../cluster/objects';
import { ownersOf } from '../cluster/fields';
import { compareSubject, madeInCluster, namespacesOf, type Against } from '../diff/comparison';
import { at, keyOf, placed, referenceTo, titleOf, type Plain, type Reference, type Thing } from '../diff/objects';
import type { Deletion } from '../diff/deletions';
import type { FieldChange } from '../diff/compare';
import type { ObjectChange, Report } from '../diff/report';
import type { Subject } from '../diff/subject';
import { lackingValues, type Lacking } from './lacking';
import { bearsMarks, helmManagers } from './marks';
import { helmRelease, type HelmRelease } from './record';

export interface Plan {
  readonly report: Report;
  readonly helm: HelmRelease;
  /** How many revisions Helm keeps. */
  readonly revisions: number;
  /** Objects that change their owner and nothing else. */
  readonly same: readonly Reference[];
  readonly changed: readonly ObjectChange[];
  /** Fields that the values do not give and that somebody else than Helm has set: they stay. */
  readonly foreign: readonly { readonly object: Reference; readonly fields: readonly FieldChange[] }[];
  readonly added: readonly Reference[];
  readonly gone: readonly Reference[];
  /** What the release no longer has, and is not deleted. */
  readonly kept: readonly Deletion[];
  /** Live objects, in no manifest of ours, that bear Helm's marks and stay. */
  readonly unmark: readonly Reference[];
  /** Why nothing can be done: whole sentences. */
  readonly refusals: readonly string[];
  readonly lacking: Lacking;
  /** Secrets with keys that nobody has saved, and the commands. */
  readonly keys: readonly { readonly secret: Reference; readonly command: string }[];
  /** Names under which Helm owns fields. */
  readonly managers: readonly string[];
  /** The release as it is applied, in order. */
  readonly now: readonly Thing[];
  /** Every live object that is touched, and those that are looked after, as the server has them. */
  readonly live: readonly Thing[];
  readonly warnings: readonly string[];
}

/** @param records of Helm, at least one @throws InputError with what is wrong */
export function makePlan(subject: Subject, records: readonly Thing[], flags: ClusterFlags): Plan {
  const helm = helmRelease(records);
  const { release, namespace = 'default' } = subject.options;
  const { against, items } = liveAndRecorded(helm, subject, flags);
  const { report, plan, now, before, warnings, wrong } = compareSubject(subject, against);
  const raw = items();
  const managers = helmManagers(raw);
  const ours = new Set([...now, ...before.ours, ...madeInCluster(plan)].map(keyOf));
  const recorded = new Set(helm.objects.map((object) => keyOf(placed(object, namespace))));
  const isOurs = (object: Thing): boolean => ours.has(keyOf(object)) || recorded.has(keyOf(object)) || isPlaceOf(object, namespace);
  const live = raw.filter(
    (object) => isOurs(object) && (!isPlaceOf(object, namespace) || ours.has(keyOf(object)) || bearsMarks(object, managers)),
  );
  const byKey = new Map(live.map((object) => [keyOf(object), object]));
  const liveOf = (reference: Reference): Thing | undefined => byKey.get(keyOf(thingOf(reference)));

  const sorted = report.objects.filter(({ change }) => change === 'changed').map((change) => sortFields(change, liveOf(change), managers));
  const changed = sorted.flatMap(({ own }) => (own.fields.length || own.previousName !== undefined ? [own] : []));
  // A Job whose name Helm made up is there under another name, and runs once more under ours.
  const added = now.map(referenceTo).filter((reference) => !liveOf(reference));
  const differs = new Set([...changed, ...added].map(titleOf));
  const printed = new Set(now.map(keyOf));
  const gone = report.deletions.filter(({ kept }) => kept === undefined).map(referenceOf);
  const goes = new Set(gone.map((reference) => keyOf(thingOf(reference))));
  const secrets = live.filter(({ kind }) => kind === 'Secret');
  return {
    report,
    helm,
    revisions: records.length,
    same: now.map(referenceTo).filter((reference) => liveOf(reference) && !differs.has(titleOf(reference))),
    changed: changed.filter(({ previousName }) => previousName === undefined),
    foreign: sorted.flatMap(({ own, foreign }) => (foreign.length ? [{ object: referenceOf(own), fields: foreign }] : [])),
    added,
    gone,
    kept: report.deletions.filter(({ kept }) => kept !== undefined),
    unmark: live
      .filter((object) => !printed.has(keyOf(object)) && !goes.has(keyOf(object)) && bearsMarks(object, managers))
      .map(referenceTo),
    refusals: [
      ...(wrong === undefined ? [] : [wrong]),
      ...live.flatMap((object) => othersRelease(object, release, namespace)),
      ...report.refused.map((finding) => `${titleOf(finding)} ${finding.path}: ${finding.reason}; ${finding.wayOut}`),
    ],
    lacking: lackingValues(helm.values, givenValues(subject)),
    keys: unsavedKeys(madeKeys(plan), secrets).map((problem) => ({
      secret: problem,
      command: madeKeys(plan).find(({ name }) => name === problem.name)?.backup ?? '',
    })),
    managers,
    now,
    live,
    warnings: warnings.filter((warning) => warning !== wrong),
  };
}

export const thingOf = ({ apiVersion, kind, namespace, name }: Reference): Thing => ({
  apiVersion,
  kind,
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
});
const referenceOf = ({ apiVersion, kind, namespace, name }: Reference): Reference => ({
  apiVersion,
  kind,
  ...(namespace === undefined ? {} : { namespace }),
  name,
});

const givenValues = ({ options: { values = [] } }: Subject): Plain => values.at(-1) ?? {};

/** Helm may have made the namespace of the release, and owns its fields then. */
const isPlaceOf = (object: Thing, namespace: string): boolean => object.kind === 'Namespace' && object.metadata.name === namespace;

/** What the cluster has of the values, and of what Helm recorded: hooks bear no mark of Helm's. */
function liveAndRecorded(helm: HelmRelease, { options }: Subject, flags: ClusterFlags): { against: Against; items: () => Thing[] } {
  const cluster = clusterName(flags);
  let items: Thing[] = [];
  return {
    items: () => items,
    against: {
      source: cluster,
      cluster,
      read: (now, release, namespace) => {
        const { text, notes } = readLive(now, release, namespacesOf(now, namespace), flags);
        const recorded = [
          ...new Map(helm.objects.map((object) => placed(object, namespace)).map((object) => [keyOf(object), object])).values(),
        ];
        const found = new Map((JSON.parse(text) as { items: Thing[] }).items.map((object) => [keyOf(object), object]));
        const place = { apiVersion: 'v1', kind: 'Namespace', name: options.namespace ?? 'default' };
        for (const object of getObjects(recorded.filter((one) => !found.has(keyOf(one))).map(referenceTo), flags))
          found.set(keyOf(object), object);
        for (const object of placeOrNothing(place, flags)) if (!found.has(keyOf(object))) found.set(keyOf(object), object);
        items = [...found.values()];
        const names = new Set(recorded.map(keyOf));
        const known = items.filter(
          (object) => !isPlaceOf(object, place.name) || names.has(keyOf(object)) || now.some((one) => keyOf(one) === keyOf(object)),
        );
        return {
          text: JSON.stringify({
            apiVersion: 'v1',
            kind: 'List',
            items: known.map((object) => (names.has(keyOf(object)) ? marked(object, release, namespace) : object)),
          }),
          notes,
        };
      },
    },
  };
}

/** Not everybody may look at namespaces. */
function placeOrNothing(place: Reference, flags: ClusterFlags): Thing[] {
  try {
    return getObjects([place], flags);
  } catch {
    return [];
  }
}

/** As of the release, where nothing says that it is another's. */
function marked(object: Thing, release: string, namespace: string): Thing {
  const annotations = (object.metadata.annotations ?? {}) as Plain;
  return Object.hasOwn(annotations, 'meta.helm.sh/release-name')
    ? object
    : {
        ...object,
        metadata: {
          ...object.metadata,
          annotations: { ...annotations, 'meta.helm.sh/release-name': release, 'meta.helm.sh/release-namespace': namespace },
        },
      };
}

function othersRelease(object: Thing, release: string, namespace: string): string[] {
  const of = (key: string): unknown => at(object, 'metadata', 'annotations', `meta.helm.sh/release-${key}`);
  const [name, place] = [of('name'), of('namespace')];
  return name === undefined || (name === release && (place === undefined || place === namespace))
    ? []
    : [`${titleOf(referenceTo(object))} belongs to the Helm release ${String(name)} in ${String(place)}: take it out of one of the two`];
}

/** What the values do not give goes with Helm, and stays where somebody else has set it. */
function sortFields(change: ObjectChange, live: Thing | undefined, managers: readonly string[]) {
  const isForeign = ({ path, hidden, ...sides }: FieldChange): boolean => {
    if (live === undefined || (hidden === undefined ? 'after' in sides : hidden !== 'removed')) return false;
    const owners = ownersOf(live, path);
    return owners.length > 0 && owners.every(({ manager }) => !managers.includes(manager));
  };
  return { own: { ...change, fields: change.fields.filter((field) => !isForeign(field)) }, foreign: change.fields.filter(isForeign) };
}
