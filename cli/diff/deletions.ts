// What a release no longer has, and what of it stays all the same.
import { kindRank } from '../../kubernetes/kinds';
import { at, isLive, referenceTo, type Reference, type Thing } from './objects';

export interface Deletion extends Reference {
  /** Why it is not deleted with the rest. */
  readonly kept?: string;
}

/** Gone with them is what cannot be had again: data, keys, and whatever else lives in a namespace or is of a definition. */
const KEEPERS: Readonly<Record<string, string>> = {
  Namespace: 'everything in it would be deleted',
  CustomResourceDefinition: 'all its objects would be deleted',
  PersistentVolumeClaim: 'it holds data',
  PersistentVolume: 'it holds data',
  Secret: 'it may hold keys or certificates that exist nowhere else',
  Endpoints: 'a controller may keep its state in it',
};

/** In the order in which they are best deleted: what runs first, what it needs after. */
export function deletionsOf(removed: readonly Thing[], superseded: readonly Thing[]): Deletion[] {
  // A server that lacks a kind has none of its objects.
  const all = [...removed, ...superseded].filter(({ kind }) => kind !== 'PodSecurityPolicy');
  const ranked = all.toSorted((a, b) => kindRank(b.kind) - kindRank(a.kind) || (a.metadata.name < b.metadata.name ? -1 : 1));
  return ranked.map((object) => {
    const kept = reasonToKeep(object);
    return { ...referenceTo(object), ...(kept === undefined ? {} : { kept }) };
  });
}

function reasonToKeep(object: Thing): string | undefined {
  const mark = (name: string): unknown => at(object, 'metadata', 'annotations', name);
  if (mark('helm.sh/resource-policy') === 'keep') return 'it is marked helm.sh/resource-policy: keep';
  if (/\b(Prune|Delete)=false\b/.test(String(mark('argocd.argoproj.io/sync-options') ?? '')))
    return 'it is marked argocd.argoproj.io/sync-options to be kept';
  if (Object.hasOwn(KEEPERS, object.kind)) return KEEPERS[object.kind];
  return at(object, 'metadata', 'deletionTimestamp') !== undefined && isLive(object) ? 'it is being deleted' : undefined;
}
