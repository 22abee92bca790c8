// The files of a Helm chart that installs a rendered release.
import { writeYaml } from '../../helm/yaml/write';
import { isCrd } from '../../kubernetes/kinds';
import { isHashedJob } from '../../kubernetes/jobs';
import { nameOf, type KubeObject } from '../../kubernetes/object';
import type { Entry } from '../common/entry';
import { fileNames } from './file-names';
import { asTemplate } from './helm-escape';
import { chartYaml, notesOf } from './helm-facts';
import { keptKeys } from './helm-keys';
import { mentions, NAMESPACE, NAMESPACE_ALONE, variable, type Varied } from './helm-namespace';
import type { Moved, Render } from './target';

/** Texts by file name, below the folder of the chart. */
export function chartFiles(render: Render): Record<string, string> {
  const { release, plan, chart } = render;
  const moved = render.movedTo(NAMESPACE);
  const files: Record<string, string> = {
    'Chart.yaml': chartYaml(
      render,
      plan.map(({ object }) => object),
    ),
    '.helmignore': '.written\n',
    'values.yaml': `${VALUES_NOTE}{}\n`,
    'values.schema.json': `${JSON.stringify(SCHEMA, null, 2)}\n`,
  };
  const fixed: string[] = [];
  const names = fileNames(plan.map(({ object }) => object));
  for (const entry of plan) {
    const { lifecycle, object } = entry;
    const path = `${names.get(object) ?? ''}.yaml`;
    if (isCrd(object)) {
      // Helm installs what is in crds/ before all else, never changes it, and evaluates no templates in it.
      files[`crds/${path}`] = writeYaml(object);
      continue;
    }
    const varied = variedObject(entry, moved, release.namespace);
    fixed.push(...varied.fixed.map((at) => `${nameOf(object)}${at}`));
    const { makesKeys } = lifecycle;
    if (makesKeys) {
      const place = makesKeys.namespace === release.namespace ? '.Release.Namespace' : JSON.stringify(makesKeys.namespace);
      files[`templates/keys-${makesKeys.name}.yaml`] = keptKeys(JSON.stringify(makesKeys.name), place);
    }
    const text = asTemplate(writeYaml(varied.value));
    files[`templates/${path}`] = lifecycle.writtenByController
      ? whereHelmHasIt(object, text)
      : lifecycle.identity === undefined
        ? text
        : object.kind === 'Job'
          ? settledJob(object, text)
          : text;
  }
  files['templates/checks.yaml'] = checks(chart.name, release.namespace, fixed);
  files['templates/NOTES.txt'] = notesOf(render, moved);
  return files;
}

/** The object with the namespace as a variable. */
function variedObject({ key, object, isAdded }: Entry, { objects }: Moved, namespace: string): Varied {
  const other = objects.get(key);
  // A Job that is named after its content keeps that name in each namespace.
  if (other) return variable(object, isHashedJob(object) ? renamed(other, object.metadata.name) : other, namespace);
  // Nobody made it for another namespace: it moves with the release, and what it says of the namespace itself stays as it is.
  const alone =
    object.metadata.namespace === namespace ? { ...object, metadata: { ...object.metadata, namespace: NAMESPACE_ALONE } } : object;
  return { value: alone, fixed: isAdded ? mentions(alone, namespace) : [''] };
}

const renamed = (object: KubeObject, name: string): KubeObject => ({ ...object, metadata: { ...object.metadata, name } });

/**
 * What a controller writes is left to it, but for an object that an earlier release of Helm's made: gone from the chart, it
 * would be deleted with what the controller keeps in it.
 */
export const whereHelmHasIt = ({ apiVersion, kind, metadata }: KubeObject, text: string, name = JSON.stringify(metadata.name)): string =>
  `{{- if eq "Helm" (dig "metadata" "labels" "app.kubernetes.io/managed-by" "" (lookup "${apiVersion}" "${kind}" ` +
  `.Release.Namespace ${name})) }}\n${text}{{- end }}\n`;

/** Labels that the Job controller gives to the pods of a Job. */
const CONTROLLER_LABELS = ['controller-uid', 'job-name', 'batch.kubernetes.io/controller-uid', 'batch.kubernetes.io/job-name'];

/**
 * A Job known by its identity keeps its name when its pod changes, which a server refuses of a Job that is there: its own spec is
 * printed then, without what the server added, so that a rollback can make it anew.
 * @param text the object as a template, its spec last
 * @param name its name as part of an expression
 */
export function settledJob({ apiVersion, kind, metadata }: KubeObject, text: string, name = JSON.stringify(metadata.name)): string {
  const at = text.search(/^spec:$/m);
  const labels = CONTROLLER_LABELS.map((label) => JSON.stringify(label)).join(' ');
  return [
    `{{- $live := lookup "${apiVersion}" "${kind}" .Release.Namespace ${name} }}\n`,
    text.slice(0, at),
    '{{- if $live }}\n',
    '{{- $template := $live.spec.template }}\n',
    `{{- $template = set $template "metadata" (set $template.metadata "labels" (omit ` +
      `($template.metadata.labels | default dict) ${labels})) }}\n`,
    'spec: {{ set (omit $live.spec "selector") "template" $template | toJson }}\n',
    '{{- else }}\n',
    text.slice(at),
    '{{- end }}\n',
  ].join('');
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
function checks(name: string, namespace: string, fixed: readonly string[]): string {
  const noValues =
    `the manifests of this chart are rendered, and these values have no effect: %s. Write it again with ` +
    `cdk8s-estafette template RELEASE ${name} --target helm; ` +
    'when they come from an earlier release that is upgraded, give helm upgrade --reset-values';
  const oneNamespace =
    `this chart was written for the namespace ${namespace}, which ${fixed[0]} follows: give --namespace ` +
    `${namespace}, or write the chart again for another`;
  return [
    '{{- /* What this chart cannot follow is refused. */ -}}',
    `{{- with omit .Values "global" -}}{{- fail (printf ${JSON.stringify(noValues)} (keys . | sortAlpha | join ", ")) -}}{{- end -}}`,
    ...(fixed.length
      ? [`{{- if ne .Release.Namespace ${JSON.stringify(namespace)} -}}{{- fail ${JSON.stringify(oneNamespace)} -}}{{- end -}}`]
      : []),
    '',
  ].join('\n');
}
