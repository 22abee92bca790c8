// The files of a Helm chart that installs a rendered release.
import { writeYaml } from '../../helm/yaml/write';
import type { KubeObject } from '../../kubernetes/object';
import { fileNames } from './file-names';
import { NAMESPACE, NAMESPACE_ALONE, variable } from './helm-namespace';
import type { Planned } from './plan';

/** Marks a folder as one that was written here, and may be written again. */
export const WRITTEN_FOR = 'cdk8s-estafette/written-for';

export interface ChartFacts {
  /** Release that the chart was rendered for. */
  readonly release: string;
  readonly namespace: string;
  /** Name of the chart. */
  readonly name: string;
  readonly version: string;
  readonly appVersion: string;
  /** One sentence. */
  readonly description: string;
  /** What Helm prints after an installation, line by line. */
  readonly notes: readonly string[];
}

/** An object as rendered for the namespace, and for one called NAMESPACE. */
export interface Moved extends Planned {
  readonly moved: KubeObject;
}

/** Texts by file name. */
export function chartFiles(objects: readonly Moved[], facts: ChartFacts): Record<string, string> {
  const { name, version, appVersion, description, release, namespace } = facts;
  const files: Record<string, string> = {
    'Chart.yaml': writeYaml({
      apiVersion: 'v2',
      name,
      description,
      type: 'application',
      version,
      appVersion,
      annotations: { [WRITTEN_FOR]: `release ${release} in namespace ${namespace}` },
    }),
    '.helmignore': '.written\n',
    'values.yaml': `${VALUES_NOTE}{}\n`,
    'values.schema.json': `${JSON.stringify(SCHEMA, null, 2)}\n`,
  };
  const fixed: string[] = [];
  const names = fileNames(objects.map(({ object }) => object));
  for (const { lifecycle, object, moved } of objects) {
    const path = `${names.get(object) ?? ''}.yaml`;
    if (object.kind === 'CustomResourceDefinition') {
      // Helm installs what is in crds/ before all else, never changes it, and evaluates no templates in it.
      files[`crds/${path}`] = writeYaml(object);
      continue;
    }
    const varied = variable(object, { ...moved, metadata: { ...moved.metadata, name: jobName(object, moved) } }, namespace);
    fixed.push(...varied.fixed.map((at) => `${object.kind}/${object.metadata.name}${at}`));
    const text = asTemplate(writeYaml(varied.value));
    files[`templates/${path}`] = lifecycle.writtenByController
      ? whereHelmHasIt(object, text)
      : lifecycle.identity === undefined
        ? text
        : settledJob(object, varied.value, text);
  }
  files['templates/checks.yaml'] = checks(facts, fixed);
  files['templates/NOTES.txt'] = asTemplate([...facts.notes, ''].join('\n'));
  return files;
}

/**
 * What a controller writes is left to it, but for an object that an earlier release of Helm's made: gone from the chart, it
 * would be deleted with what the controller keeps in it.
 */
const whereHelmHasIt = ({ apiVersion, kind, metadata }: KubeObject, text: string): string =>
  `{{- if eq "Helm" (dig "metadata" "labels" "app.kubernetes.io/managed-by" "" (lookup "${apiVersion}" "${kind}" .Release.Namespace "${metadata.name}")) }}\n${text}{{- end }}\n`;

/** Labels that the Job controller gives to the pods of a Job. */
const CONTROLLER_LABELS = ['controller-uid', 'job-name', 'batch.kubernetes.io/controller-uid', 'batch.kubernetes.io/job-name'];

/**
 * A Job known by its identity keeps its name when its pod changes, which a server refuses of a Job that is there: its own spec is
 * printed then, without what the server added, so that a rollback can make it anew.
 */
function settledJob({ apiVersion, kind, metadata }: KubeObject, varied: unknown, text: string): string {
  if (kind !== 'Job' || typeof varied !== 'object' || varied === null || !('spec' in varied)) return text;
  const { spec, ...head } = varied;
  const labels = CONTROLLER_LABELS.map((label) => JSON.stringify(label)).join(' ');
  return [
    `{{- $live := lookup "${apiVersion}" "${kind}" .Release.Namespace "${metadata.name}" }}\n`,
    asTemplate(writeYaml(head)),
    '{{- if $live }}\n',
    '{{- $template := $live.spec.template }}\n',
    `{{- $template = set $template "metadata" (set $template.metadata "labels" (omit ($template.metadata.labels | default dict) ${labels})) }}\n`,
    'spec: {{ set (omit $live.spec "selector") "template" $template | toJson }}\n',
    '{{- else }}\n',
    asTemplate(writeYaml({ spec })),
    '{{- end }}\n',
  ].join('');
}

/** A Job that is named after its content keeps that name in each namespace. */
const jobName = (object: KubeObject, moved: KubeObject): string =>
  object.kind === 'Job' && /-[0-9a-f]{8}$/.test(object.metadata.name) ? object.metadata.name : moved.metadata.name;

/** Text for Helm to evaluate: what looks like a Go template stays as it is, the namespace is that of the release. */
export function asTemplate(text: string): string {
  const parts = text.split(new RegExp(`${NAMESPACE}|${NAMESPACE_ALONE}`));
  return parts
    .map((part, index) => {
      // Braces right before an action would become part of it.
      const braces = index < parts.length - 1 ? /\{{2,}|\{+$/g : /\{{2,}/g;
      return part.replace(braces, (run) => `{{ "${run}" }}`);
    })
    .join('{{ .Release.Namespace }}');
}

const VALUES_NOTE = `# The manifests of this chart are rendered: it has no values. Its one variable is the namespace of the release.
# To change a value, write the chart again with cdk8s-estafette.
`;

const SCHEMA = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  description: 'The manifests of this chart are rendered: it has no values.',
  type: 'object',
  // What a chart hands down to those that it depends on; templates/checks.yaml says what else is wrong, and how to mend it.
  properties: { global: { type: 'object', description: 'Has no effect.' } },
};

/** Refuses what the chart cannot follow. Nothing of it is printed. */
function checks({ name, namespace }: ChartFacts, fixed: readonly string[]): string {
  const noValues =
    `the manifests of this chart are rendered, and these values have no effect: %s. Write it again with cdk8s-estafette template RELEASE ${name} --target helm; ` +
    'when they come from an earlier release that is upgraded, give helm upgrade --reset-values';
  const oneNamespace = `this chart was written for the namespace ${namespace}, which ${fixed[0]} follows: give --namespace ${namespace}, or write the chart again for another`;
  return [
    '{{- /* What this chart cannot follow is refused. */ -}}',
    `{{- with omit .Values "global" -}}{{- fail (printf ${JSON.stringify(noValues)} (keys . | sortAlpha | join ", ")) -}}{{- end -}}`,
    ...(fixed.length
      ? [`{{- if ne .Release.Namespace ${JSON.stringify(namespace)} -}}{{- fail ${JSON.stringify(oneNamespace)} -}}{{- end -}}`]
      : []),
    '',
  ].join('\n');
}
