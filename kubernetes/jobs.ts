// Names of Jobs: a Job cannot change, so that its name tells its content.
import { digest } from './encode';
import type { KubeObject } from './object';
import { CONFIGURATION, referencesOf } from './references';

/** Pod names add six characters to a Job's name and must stay labels of 63. */
const JOB_NAME_LENGTH = 57;
const HASH_LENGTH = 8;
const HASH = new RegExp(`-[0-9a-f]{${HASH_LENGTH}}$`);

type Plain = Readonly<Record<string, unknown>>;

/** Secrets and ConfigMaps among the objects, by `KIND/NAME`. */
export const configurationIn = (objects: readonly KubeObject[]): ReadonlyMap<string, KubeObject> =>
  new Map(objects.filter(({ kind }) => kind in CONFIGURATION).map((object) => [`${object.kind}/${object.metadata.name}`, object]));

/**
 * A Job cannot change once it is made, so its content is part of its name: the same content applied again changes nothing,
 * other content runs once. Content is the identity that its component gives, or else the spec and what it reads from Secrets and
 * ConfigMaps of the release; metadata does not count. Anything but a Job is given back as it is.
 */
export function hashedJob(object: KubeObject, configuration: ReadonlyMap<string, KubeObject> = new Map(), identity?: unknown): KubeObject {
  if (object.kind !== 'Job' || object.apiVersion !== 'batch/v1') return object;
  const hash = digest(identity ?? contentOf(object, configuration)).slice(0, HASH_LENGTH);
  return { ...object, metadata: { ...object.metadata, name: `${cutForHash(object.metadata.name)}-${hash}` } };
}

/** What stays of a Job's name in front of its hash. */
const cutForHash = (name: string): string => name.slice(0, JOB_NAME_LENGTH - HASH_LENGTH - 1);

/** True for a Job under a name that tells its content. */
export const isHashedJob = ({ kind, metadata }: KubeObject): boolean => kind === 'Job' && HASH.test(metadata.name);

/** The name without the hash; of a Job whose name was too long for one, what stays of it. */
export const withoutHash = (name: string): string => name.replace(HASH, '');

/** Whether an object, a Job under its hashed name, is the one that people call `name`. */
export const goesByName = (object: KubeObject, name: string): boolean =>
  object.metadata.name === name || (isHashedJob(object) && withoutHash(object.metadata.name) === cutForHash(name));

function contentOf(object: KubeObject & { readonly spec?: unknown }, configuration: ReadonlyMap<string, KubeObject>): unknown {
  const { spec } = object;
  const read = referencesOf(spec).flatMap((key) => {
    const found = configuration.get(key) as (KubeObject & Plain) | undefined;
    return found ? [[key, (CONFIGURATION[found.kind] ?? []).map((member) => found[member] ?? null)]] : [];
  });
  return read.length ? [spec, read] : spec;
}
