// Names: as Helm charts cut them, and as Kubernetes takes them.

/** `trunc 63 | trimSuffix "-"`: the longest name Kubernetes takes as a label, without a dash at the end. */
export function trimName(name: string, length = 63): string {
  const cut = name.slice(0, length);
  return cut.endsWith('-') ? cut.slice(0, -1) : cut;
}

/** `helm.sh/chart` label: name and version, `+` not allowed in a label. */
export const chartLabel = (name: string, version: string): string => trimName(`${name}-${version}`.replaceAll('+', '_'));

/** Lower case letters, digits and dashes, a letter or digit at both ends: what Kubernetes takes as the name of a namespace. */
export const isDnsLabel = (name: string, length = 63): boolean => name.length <= length && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name);
