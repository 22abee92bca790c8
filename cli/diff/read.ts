// The other side of the comparison: what Helm, kubectl or we printed, as the objects of the release.
import { readYamlStream } from '../../helm/yaml/read';
import { readingYaml } from '../files';
import { InputError } from '../usage';
import { at, isLive, isPlain, keyOf, maps, placed, type Plain, type Thing } from './objects';

export interface Manifests {
  readonly objects: readonly Thing[];
  /** What was left out though it is there, one sentence each. */
  readonly notes: readonly string[];
}

export interface Wanted {
  readonly release: string;
  readonly namespace: string;
  /** What the release has now: such objects are its own, whatever marks they bear. */
  readonly now: readonly Thing[];
}

/** Objects that clusters make by themselves, or that Helm keeps its records in. */
const FOREIGN_KINDS = new Set(['Event', 'EndpointSlice', 'ControllerRevision', 'Lease', 'ReplicaSet', 'PodMetrics', 'Node']);
const FOREIGN_TYPES = new Set(['helm.sh/release.v1', 'kubernetes.io/service-account-token', 'bootstrap.kubernetes.io/token']);
const FOREIGN_NAMES = new Set(['ConfigMap/kube-root-ca.crt', 'ServiceAccount/default', 'Service/kubernetes']);
/** Hooks that are there while Helm tests, deletes or rolls back, and no part of a release otherwise. */
const ELSEWHEN = /^(test(-success|-failure)?|(pre|post)-(delete|rollback))$/;

/**
 * Objects of a text: a YAML stream, lists of kubectl, JSON. Of what a cluster holds, those that the release has now, or that bear its mark.
 * @param source what the text is called in errors
 * @throws InputError when the text is no manifest
 */
export function readManifests(text: string, source: string, { release, namespace, now }: Wanted): Manifests {
  const documents = readingYaml(() => readDocuments(text, source));
  const all = documents.flatMap((document, index) => objectsIn(document, `${source}: document ${index + 1}`));
  const kept = all.filter((object) => !isForeign(object) && !isElsewhen(object) && !isControlled(object));
  const known = new Set(now.map(keyOf));
  const isOurs = (object: Thing): boolean => known.has(keyOf(placed(object, namespace))) || isOfRelease(object, release);
  const others = kept.filter((object) => !isOurs(object));
  return {
    objects: kept.filter(isOurs).map((object) => placed(object, namespace)),
    notes: others.length ? [`${source}: ${others.length === 1 ? 'one object bears' : `${others.length} objects bear`} no mark of the release ${release} and ${others.length === 1 ? 'is' : 'are'} left out: ${some(others.map(({ kind, metadata }) => `${kind}/${metadata.name}`))}`] : [],
  };
}

const some = (names: readonly string[]): string => (names.length > 5 ? `${names.slice(0, 5).join(', ')} and others` : names.join(', '));

/** JSON is YAML too, and read faster as what it is. */
function readDocuments(text: string, source: string): unknown[] {
  if (text.trimStart().startsWith('{')) {
    try {
      return [JSON.parse(text)];
    } catch {
      return readYamlStream(text, source);
    }
  }
  return readYamlStream(text, source);
}

function objectsIn(document: unknown, place: string): Thing[] {
  if (!isPlain(document)) throw new InputError([`${place} is no Kubernetes object but ${Array.isArray(document) ? 'a list' : `the text ${JSON.stringify(String(document).slice(0, 60))}`}: give what "helm get manifest", "kubectl get -o yaml" or "cdk8s-estafette template" print`]);
  const { apiVersion, kind, items } = document;
  if (typeof apiVersion === 'string' && typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items)) {
    return items.flatMap((item, index) => objectsIn(kind === 'List' || !isPlain(item) ? item : { apiVersion, kind: kind.slice(0, -4), ...item }, `${place}, item ${index + 1}`));
  }
  const missing = [['apiVersion', apiVersion], ['kind', kind], ['metadata.name', at(document, 'metadata', 'name')]].filter(([, given]) => typeof given !== 'string' || !given).map(([name]) => name);
  if (!missing.length && isThing(document)) return [document];
  throw new InputError([`${place} has no ${missing.join(', no ')}: give what "helm get manifest", "kubectl get -o yaml" or "cdk8s-estafette template" print`]);
}

const isThing = (document: Plain): document is Thing => typeof document['apiVersion'] === 'string' && typeof document['kind'] === 'string' && typeof at(document, 'metadata', 'name') === 'string';

const isForeign = (object: Thing): boolean => {
  if (FOREIGN_NAMES.has(`${object.kind}/${object.metadata.name}`)) return true;
  if (!isLive(object)) return false;
  return FOREIGN_KINDS.has(object.kind) || object.kind === 'Endpoints' || (object.kind === 'Secret' && FOREIGN_TYPES.has(String(object['type'])));
};

const isElsewhen = (object: Thing): boolean => {
  const hooks = at(object, 'metadata', 'annotations', 'helm.sh/hook');
  return typeof hooks === 'string' && hooks.split(',').every((hook) => ELSEWHEN.test(hook.trim()));
};

/** Made by a controller from another object, which is the one to compare. */
const isControlled = (object: Thing): boolean => maps(at(object, 'metadata', 'ownerReferences')).some(({ controller }) => controller === true);

/** What somebody printed is all of the release; of what a cluster holds, what bears its name. */
function isOfRelease(object: Thing, release: string): boolean {
  if (!isLive(object)) return true;
  const labels = at(object, 'metadata', 'labels');
  const marks = [at(labels, 'app.kubernetes.io/instance'), at(labels, 'release'), at(object, 'metadata', 'annotations', 'meta.helm.sh/release-name')];
  return marks.includes(release);
}
