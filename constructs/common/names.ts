// Names, as Helm charts cut them.

/** `trunc 63 | trimSuffix "-"`: the longest name Kubernetes takes as a label, without a dash at the end. */
export function trimName(name: string, length = 63): string {
  const cut = name.slice(0, length);
  return cut.endsWith('-') ? cut.slice(0, -1) : cut;
}

/** `helm.sh/chart` label: name and version, `+` not allowed in a label. */
export const chartLabel = (name: string, version: string): string => trimName(`${name}-${version}`.replaceAll('+', '_'));
