// Names of files that hold one object each.
import { digest } from '../../kubernetes/encode';
import type { KubeObject } from '../../kubernetes/object';

/** File systems take 255; ranks, a hash and an ending are added. */
const LONGEST = 200;

/** Nothing that leads out of a folder, and no letter that some file systems take for another. */
const clean = (text: string): string => text.replaceAll(/[^a-z0-9.-]/g, '_');

/**
 * By object, without the ending: `deployment-web`, or `deployment-NAMESPACE-web` where others of the kind have the name, too. Names
 * that are still the same, or too long, end in a hash.
 */
export function fileNames(objects: readonly KubeObject[]): ReadonlyMap<KubeObject, string> {
  const short = new Map(objects.map((object) => [object, nameOf(object, object.metadata.name)]));
  const shared = twice(short.values());
  const full = new Map(
    [...short].map(([object, name]) => [
      object,
      shared.has(name) && object.metadata.namespace !== undefined
        ? nameOf(object, `${object.metadata.namespace}-${object.metadata.name}`)
        : name,
    ]),
  );
  const still = twice(full.values());
  return new Map(
    [...full].map(([object, name]) => [
      object,
      still.has(name) || name.length > LONGEST ? `${name.slice(0, LONGEST)}-${hashOf(object)}` : name,
    ]),
  );
}

const nameOf = ({ kind }: KubeObject, name: string): string => `${clean(kind.toLowerCase())}-${clean(name)}`;

const hashOf = ({ apiVersion, kind, metadata: { name, namespace = '' } }: KubeObject): string =>
  digest([apiVersion, kind, namespace, name]).slice(0, 8);

function twice(names: Iterable<string>): Set<string> {
  const seen = new Set<string>();
  return new Set([...names].filter((name) => seen.has(name) || !seen.add(name)));
}
