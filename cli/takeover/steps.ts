// The takeover itself, step by step. Each finds out by itself what is left to do, so that it can be run again after whatever stopped it.
import { readYamlStream } from '../../helm/yaml/read';
import { ask, type ClusterFlags } from '../cluster/kubectl';
import { editObjects, getObjects, listOf, must, namesOnly } from '../cluster/objects';
import { hideSecretsOf } from '../diff/hide';
import { at, keyOf, referenceTo, titleOf, type Reference, type Thing } from '../diff/objects';
import { tell } from '../output';
import { InputError } from '../usage';
import type { Backup } from './backup';
import { bearsMarks, isManagedBy, withAppliedFields, withoutMarks } from './marks';
import { helmRecords } from './record';
import { thingOf } from './plan';

/** Who owns the fields afterwards, by target: as kubectl and Argo CD call themselves. */
const OWNERS: Readonly<Record<string, string>> = { kubectl: 'kubectl', argocd: 'argocd-controller' };

/** So many objects are sent at a time, for the progress that is told. */
const BATCH = 20;

interface Run {
  readonly backup: Backup;
  readonly flags: ClusterFlags;
  readonly now: readonly Thing[];
}

const STEPS: readonly (readonly [title: string, run: (run: Run) => string])[] = [
  ['make what Helm owns something that can be given up', appliedFields],
  ['take the fields over', takeFields],
  ['give up what Helm owns', giveUp],
  ['take Helm’s marks from what stays', unmark],
  ['delete what the release no longer has', deleteGone],
  ['delete Helm’s records', deleteRecords],
  ['look at what is there', verify],
];

/** @throws InputError with what kubectl says, secrets hidden, or with what is not as it should be at the end */
export function takeOver(backup: Backup, flags: ClusterFlags): void {
  const now = readYamlStream(backup.manifests, backup.folder) as Thing[];
  const hide = hideSecretsOf([...backup.objects, ...now]).text;
  for (const [index, [title, step]] of STEPS.entries()) {
    tell(`[${index + 1}/${STEPS.length}] ${title}`);
    try {
      tell(`: ${step({ backup, flags, now })}\n`);
    } catch (error) {
      tell('\n');
      if (!(error instanceof InputError)) throw error;
      throw new InputError([...error.lines.map(hide), 'run the same command again to go on; --undo brings the release back to Helm'], {
        cause: error,
      });
    }
  }
}

const objects = (count: number): string => (count === 1 ? 'one object' : `${count} objects`);

function appliedFields({ backup: { managers }, flags, now }: Run): string {
  return objects(editObjects(now.map(referenceTo), (live) => withAppliedFields(live, managers), flags));
}

function takeFields({ backup: { target }, flags, now }: Run): string {
  const owner = OWNERS[target] ?? 'kubectl';
  for (let first = 0; first < now.length; first += BATCH) {
    const args = ['apply', '--server-side', '--force-conflicts', `--field-manager=${owner}`, '--filename=-'];
    must('apply', ask(args, flags, listOf(now.slice(first, first + BATCH))));
    tell(first + BATCH < now.length ? ` ${first + BATCH}` : '');
  }
  return objects(now.length);
}

/** An empty manifest of Helm's: what nobody else owns goes. */
function giveUp({ backup: { managers }, flags, now }: Run): string {
  let count = 0;
  for (const manager of managers) {
    const own = getObjects(now.map(referenceTo), flags).filter((object) => isManagedBy(object, [manager]));
    if (!own.length) continue;
    const args = ['apply', '--server-side', '--validate=false', `--field-manager=${manager}`, '--filename=-'];
    must('apply', ask(args, flags, namesOnly(own.map(referenceTo))));
    count += own.length;
  }
  return objects(count);
}

function unmark({ backup: { managers, unmark: marked, namespace }, flags }: Run): string {
  const isPlace = ({ kind, name }: Reference): boolean => kind === 'Namespace' && name === namespace;
  const edit = (live: Thing): Thing | undefined => withoutMarks(live, managers);
  const count = editObjects(
    marked.filter((reference) => !isPlace(reference)),
    edit,
    flags,
  );
  try {
    return objects(count + editObjects(marked.filter(isPlace), edit, flags));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return `${objects(count)}; the namespace stays as it is, since you may not change it`;
  }
}

function deleteGone({ backup: { gone }, flags }: Run): string {
  if (gone.length) must('delete', ask(['delete', '--ignore-not-found', '--timeout=120s', '--filename=-'], flags, namesOnly(gone)));
  return objects(gone.length);
}

function deleteRecords({ backup: { release, namespace }, flags }: Run): string {
  const records = helmRecords(release, namespace, flags).map(referenceTo);
  if (records.length) must('delete', ask(['delete', '--ignore-not-found', '--filename=-'], flags, namesOnly(records)));
  return objects(records.length);
}

/** The same objects as before, and nothing of Helm's. */
function verify({ backup: { objects: before, gone, managers, namespace }, flags }: Run): string {
  const went = new Set(gone.map((reference) => keyOf(thingOf(reference))));
  const kept = before.filter((object) => !went.has(keyOf(object)));
  const live = new Map(getObjects(kept.map(referenceTo), flags).map((object) => [keyOf(object), object]));
  const uid = (object: Thing | undefined): unknown => at(object, 'metadata', 'uid');
  const wrong = kept.flatMap((object) => {
    const title = titleOf(referenceTo(object));
    const is = live.get(keyOf(object));
    if (uid(is) !== uid(object)) return [`${title} is ${is ? 'another one' : 'not there'}`];
    const isPlace = object.kind === 'Namespace' && object.metadata.name === namespace;
    return is && !isPlace && bearsMarks(is, managers) ? [`${title} still bears marks of Helm`] : [];
  });
  if (wrong.length) throw new InputError(wrong);
  return `${objects(kept.length)} of before, the same ones, and none is Helm's`;
}
