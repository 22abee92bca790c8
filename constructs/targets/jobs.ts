// Names of Jobs: a Job cannot change, so that its name tells its content.
import { digest } from '../common/encode';
import type { KubeObject } from '../common/manifest';
import type { Planned } from './plan';

/** Pod names add six characters to a Job's name and must stay labels of 63. */
const JOB_NAME_LENGTH = 57;

/** The objects, Jobs under names that change with their content. What they read is looked for in `all`. */
export function withJobNames<P extends Planned>(objects: readonly P[], all: readonly Planned[]): P[] {
  const configuration = new Map(
    all.filter(({ object }) => object.kind in CONFIGURATION).map(({ object }) => [keyOf(object.kind, object.metadata.name), object]),
  );
  return objects.map((planned) => ({ ...planned, object: hashedJob(planned.object, configuration, planned.lifecycle.identity) }));
}

type Plain = Readonly<Record<string, unknown>>;

/** Kinds that a pod reads, and the members of their data. */
const CONFIGURATION: Readonly<Record<string, readonly string[]>> = { Secret: ['data', 'stringData'], ConfigMap: ['data', 'binaryData'] };
const keyOf = (kind: string, name: unknown): string => `${kind}/${String(name)}`;

/**
 * A Job cannot change once it is made, so its content is part of its name: the same content applied again changes nothing,
 * other content runs once. Content is the identity that its component gives, or else the spec and what it reads from Secrets and
 * ConfigMaps of the release; metadata does not count.
 */
export function hashedJob(object: KubeObject, configuration: ReadonlyMap<string, KubeObject> = new Map(), identity?: unknown): KubeObject {
  if (object.kind !== 'Job' || object.apiVersion !== 'batch/v1') return object;
  const hash = digest(identity ?? contentOf(object, configuration)).slice(0, 8);
  const name = `${object.metadata.name.slice(0, JOB_NAME_LENGTH - hash.length - 1)}-${hash}`;
  return { ...object, metadata: { ...object.metadata, name } };
}

function contentOf(object: KubeObject & { readonly spec?: unknown }, configuration: ReadonlyMap<string, KubeObject>): unknown {
  const { spec } = object;
  const read = [...referencesOf(spec)].toSorted().flatMap((key) => {
    const found = configuration.get(key) as (KubeObject & Plain) | undefined;
    return found ? [[key, (CONFIGURATION[found.kind] ?? []).map((member) => found[member] ?? null)]] : [];
  });
  return read.length ? [spec, read] : spec;
}

/** Secrets and ConfigMaps that a pod names as volumes or in its environment. */
function referencesOf(value: unknown, found = new Set<string>()): Set<string> {
  if (typeof value !== 'object' || value === null) return found;
  for (const [key, item] of Object.entries(value as Plain)) {
    const { name, secretName } = (typeof item === 'object' && item !== null ? item : {}) as Plain;
    if (/^secret(Ref|KeyRef)?$/.test(key)) found.add(keyOf('Secret', secretName ?? name));
    if (/^configMap(Ref|KeyRef)?$/.test(key)) found.add(keyOf('ConfigMap', name));
    referencesOf(item, found);
  }
  return found;
}
