// Whose objects they are: of all that a text holds, those of one release in one namespace.
import { isClusterScoped } from '../../kubernetes/kinds';
import type { CrdMode } from '../../constructs/targets';
import { at, isLive, keyOf, maps, placed, type Thing } from './objects';

export interface Wanted {
  readonly release: string;
  readonly namespace: string;
  /** What the release has now: such objects are its own, whatever marks they bear. */
  readonly now: readonly Thing[];
  /** What controllers make for the release though its target does not print it. @default none */
  readonly written?: readonly Thing[];
  /** What the release makes in the cluster without printing it, such as keys: there it is its own as it is. @default none */
  readonly made?: readonly Thing[];
  /** Which part of the release is compared. @default 'include' */
  readonly crds?: CrdMode;
  /** Whether some of it is a hook in the published chart. @default false */
  readonly hooks?: boolean;
}

export interface Sorted {
  readonly ours: readonly Thing[];
  /** Bears the release's name, but is of an installation in another namespace. */
  readonly elsewhere: readonly Thing[];
  readonly unmarked: readonly Thing[];
}

/** Objects that clusters make by themselves, or that Helm keeps its records in. */
const FOREIGN_KINDS = new Set(['Event', 'EndpointSlice', 'ControllerRevision', 'Lease', 'ReplicaSet', 'PodMetrics', 'Node', 'Endpoints']);
const FOREIGN_TYPES = new Set(['helm.sh/release.v1', 'kubernetes.io/service-account-token', 'bootstrap.kubernetes.io/token']);
const FOREIGN_NAMES = new Set(['ConfigMap/kube-root-ca.crt', 'ServiceAccount/default', 'Service/kubernetes']);
/** Hooks that are there while Helm tests, deletes or rolls back, and no part of a release otherwise. */
const ELSEWHEN = /^(test(-success|-failure)?|(pre|post)-(delete|rollback))$/;

/** Leaves out what is not part of any release, and tells the rest apart. What somebody printed is all of the release. */
export function sortOut(objects: readonly Thing[], { release, namespace, now, written = [], made = [], crds = 'include' }: Wanted): Sorted {
  const known = new Set(now.map(keyOf));
  const controllers = new Set(written.map(keyOf).filter((key) => !known.has(key)));
  const inCluster = new Set(made.map(keyOf).filter((key) => !known.has(key)));
  const isClaim = claimsOf(now);
  const chosen = objects.filter((object) => crds === 'include' || (object.kind === 'CustomResourceDefinition') === (crds === 'only'));
  const kept = chosen
    .filter((object) => !isForeign(object) && !isElsewhen(object) && !isControlled(object))
    .map((object) => ({ object, place: placed(object, namespace) }))
    .filter(({ place }) => !controllers.has(keyOf(place)) && !isClaim(place))
    .filter(({ object, place }) => !(isLive(object) && inCluster.has(keyOf(place))));
  const namespaces = new Set([namespace, ...now.map((object) => object.metadata.namespace ?? namespace)]);
  const isOther = (object: Thing): boolean => isMarked(object, release) && !isHere(object, namespace, namespaces);
  // Beside another installation of the same name, a mark alone does not tell whose a cluster-scoped object is.
  const isAlone = !kept.some(({ object, place }) => isLive(object) && !known.has(keyOf(place)) && isOther(object));
  const ours: Thing[] = [];
  const elsewhere: Thing[] = [];
  const unmarked: Thing[] = [];
  for (const { object, place } of kept) {
    if (known.has(keyOf(place)) || !isLive(object)) ours.push(place);
    else if (!isMarked(object, release)) unmarked.push(object);
    else if (isHere(object, namespace, namespaces) && (isAlone || !hasNoPlace(object) || helmNamespace(object) !== undefined))
      ours.push(place);
    else elsewhere.push(object);
  }
  return { ours, elsewhere, unmarked };
}

const annotation = (object: Thing, name: string): unknown => at(object, 'metadata', 'annotations', name);
const helmNamespace = (object: Thing): unknown => annotation(object, 'meta.helm.sh/release-namespace');
/** Live objects always name their namespace, if they are in one. */
const hasNoPlace = ({ kind, metadata }: Thing): boolean => isClusterScoped(kind) || !metadata.namespace;

/** Of a cluster's objects, Helm's own mark counts more than labels, which anybody may share. */
function isMarked(object: Thing, release: string): boolean {
  const owner = annotation(object, 'meta.helm.sh/release-name');
  if (owner !== undefined) return owner === release;
  const labels = at(object, 'metadata', 'labels');
  return [at(labels, 'app.kubernetes.io/instance'), at(labels, 'release')].includes(release);
}

function isHere(object: Thing, namespace: string, namespaces: ReadonlySet<string>): boolean {
  const owner = helmNamespace(object);
  if (owner !== undefined) return owner === namespace;
  return hasNoPlace(object) || namespaces.has(object.metadata.namespace ?? '');
}

function isForeign(object: Thing): boolean {
  if (FOREIGN_NAMES.has(`${object.kind}/${object.metadata.name}`)) return true;
  return isLive(object) && (FOREIGN_KINDS.has(object.kind) || (object.kind === 'Secret' && FOREIGN_TYPES.has(String(object['type']))));
}

/** True for what Helm runs for tests, at uninstall and at rollback only. */
export function isElsewhen(object: Thing): boolean {
  const hooks = annotation(object, 'helm.sh/hook');
  return typeof hooks === 'string' && hooks.split(',').every((hook) => ELSEWHEN.test(hook.trim()));
}

/** Made by a controller from another object, which is the one to compare. */
const isControlled = (object: Thing): boolean =>
  maps(at(object, 'metadata', 'ownerReferences')).some(({ controller }) => controller === true);

/** Claims that StatefulSets make from their templates: `TEMPLATE-STATEFULSET-0` and on. Nothing but their name tells whose they are. */
function claimsOf(now: readonly Thing[]): (object: Thing) => boolean {
  const bases = new Set(
    now
      .filter(({ kind }) => kind === 'StatefulSet')
      .flatMap((object) =>
        maps(at(object, 'spec', 'volumeClaimTemplates')).map(
          (claim) => `${object.metadata.namespace ?? ''}/${String(at(claim, 'metadata', 'name'))}-${object.metadata.name}`,
        ),
      ),
  );
  return ({ kind, metadata }) =>
    kind === 'PersistentVolumeClaim' &&
    bases.has(`${metadata.namespace ?? ''}/${metadata.name.replace(/-\d+$/, '')}`) &&
    /-\d+$/.test(metadata.name);
}
