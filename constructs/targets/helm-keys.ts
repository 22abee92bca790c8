// Keys that are in the cluster only, in a chart that does not have them: as long as Helm takes them for a part of the release, it must not
// find them gone from the chart.

/**
 * Prints a Secret with keys as it is on the cluster, marked to be kept, where an earlier chart of the release made it: the published chart
 * makes keys up, and marks them only when its values say so. What the Job of this chart makes is none of Helm's, and nothing is printed.
 * @param name name of the Secret as part of an expression
 * @param namespace its namespace as part of an expression
 * @param condition when the chart has the Job that makes the keys, as an expression. @default always
 */
export function keptKeys(name: string, namespace: string, condition?: string): string {
  const isOfRelease = `eq .Release.Name (dig "metadata" "annotations" "meta.helm.sh/release-name" "" $keys)`;
  const text = [
    '{{- /* Keys that an earlier chart of this release made: Helm would delete what is in no chart. */ -}}',
    `{{- $keys := lookup "v1" "Secret" ${namespace} ${name} }}`,
    `{{- if ${isOfRelease} }}`,
    'apiVersion: v1',
    'kind: Secret',
    'metadata:',
    `  name: {{ ${name} | quote }}`,
    `  namespace: {{ ${namespace} | quote }}`,
    '  labels: {{ $keys.metadata.labels | default dict | toJson }}',
    '  annotations:',
    '    helm.sh/resource-policy: keep',
    'type: {{ $keys.type }}',
    'data: {{ $keys.data | toJson }}',
    '{{- end }}',
    '',
  ].join('\n');
  return condition === undefined ? text : `{{- if ${condition} }}\n${text}{{- end }}\n`;
}
