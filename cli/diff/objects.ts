// What is compared: Kubernetes objects as plain data, and by what they are known.
import { isClusterScoped } from '../../kubernetes/kinds';
import type { KubeObject } from '../../kubernetes/object';

export type Plain = Readonly<Record<string, unknown>>;
export type Thing = KubeObject & Plain;

export const isPlain = (value: unknown): value is Plain => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The member at a path, undefined when anything on the way is missing. */
export const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((found, key) => (isPlain(found) && Object.hasOwn(found, key) ? found[key] : undefined), value);

/** The items of a list that are maps; none when it is not a list. */
export const maps = (value: unknown): Plain[] => (Array.isArray(value) ? value.filter(isPlain) : []);

/** Where kinds went that used to be in `extensions`. */
const MOVED: Readonly<Record<string, string>> = {
  Deployment: 'apps',
  DaemonSet: 'apps',
  ReplicaSet: 'apps',
  Ingress: 'networking.k8s.io',
  NetworkPolicy: 'networking.k8s.io',
  PodSecurityPolicy: 'policy',
};

/** API group of an object, "" for the core. */
export function groupOf({ apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>): string {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  return group === 'extensions' ? (MOVED[kind] ?? group) : group;
}

/** Version of the API aside, two texts about the same object have the same key. */
export const keyOf = (object: KubeObject): string =>
  [groupOf(object), object.kind, object.metadata.namespace ?? '', object.metadata.name].join('\0');

/** Written by a server: it has an identity there. */
export const isLive = (object: Thing): boolean =>
  at(object, 'metadata', 'uid') !== undefined || at(object, 'metadata', 'resourceVersion') !== undefined;

/**
 * An object without a namespace is in the release's, as Helm and kubectl put it
 * there; what is cluster-scoped is in none, whatever is written.
 */
export function placed(object: Thing, release: string): Thing {
  const { namespace, ...metadata } = object.metadata;
  if (isClusterScoped(object.kind)) return namespace === undefined ? object : { ...object, metadata };
  return namespace ? object : { ...object, metadata: { ...metadata, namespace: release } };
}

export interface Reference {
  readonly apiVersion: string;
  readonly kind: string;
  /** Cluster-scoped objects have none. */
  readonly namespace?: string;
  readonly name: string;
}

export const referenceTo = ({ apiVersion, kind, metadata }: KubeObject): Reference => ({
  apiVersion,
  kind,
  ...(metadata.namespace ? { namespace: metadata.namespace } : {}),
  name: metadata.name,
});

/** `Kind namespace/name`, for people. */
export const titleOf = ({ kind, namespace, name }: Reference): string => `${kind} ${namespace ? `${namespace}/` : ''}${name}`;

/** `kubectl` arguments that name the object: `deployment estafette-ci-api --namespace estafette-ci`. */
export const kubectlName = ({ kind, namespace, name }: Reference): string =>
  `${kind.toLowerCase()} ${name}${namespace ? ` --namespace ${namespace}` : ''}`;
