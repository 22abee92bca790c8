// Any Kubernetes object as plain data, and what it is known by.

/** Components type theirs with `kubernetes-types`. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: object; readonly annotations?: object };
}

/** The group of `GROUP/VERSION`; empty for the core's `v1`. */
export const groupOf = (apiVersion: string): string => (apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '');

/** What a server tells objects apart by: group, kind, namespace and name. */
export const keyOf = ({ apiVersion, kind, metadata: { name, namespace = '' } }: KubeObject): string =>
  [groupOf(apiVersion), kind, namespace, name].join('\0');

/** As people write it. */
export const nameOf = ({ kind, metadata: { name } }: KubeObject): string => `${kind}/${name}`;
