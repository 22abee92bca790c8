// What a Helm chart says of itself: Chart.yaml, and what Helm tells after an installation.
import { writeYaml } from '../../helm/yaml/write';
import { neededVersions } from '../../kubernetes/needed-version';
import type { KubeObject } from '../../kubernetes/object';
import type { Planned } from '../common/entry';
import { asTemplate } from './helm-escape';
import { NAMESPACE } from './helm-namespace';
import type { Moved, Render } from './target';

/** Marks a folder as one that was written here, and may be written again. */
export const WRITTEN_FOR = 'cdk8s-estafette/written-for';

/** @param objects all that the chart can print */
export const chartYaml = ({ chart: { name, version, appVersion, description }, release }: Render, objects: readonly KubeObject[]): string =>
  writeYaml({
    apiVersion: 'v2',
    name,
    ...(description === '' ? {} : { description }),
    type: 'application',
    version,
    appVersion,
    kubeVersion: neededVersions(objects),
    annotations: { [WRITTEN_FOR]: `release ${release.name} in namespace ${release.namespace}` },
  });

/** @param example a value to give the next time, as `--set` takes it. @default the chart has none */
export const notesOf = (render: Render, moved: Moved, example?: string): string =>
  [
    asTemplate([...notes(render.chart.name, moved), ...notesOnWaiting(render.plan), ''].join('\n')),
    '',
    'Next:',
    '',
    ...nextCommands(render, example).map((line) => `  ${line}`),
    '',
  ].join('\n');

/** What people do next: look, test, change. */
function nextCommands({ chart: { name }, plan }: Render, example: string | undefined): string[] {
  const [release, place] = ['{{ .Release.Name }}', '--namespace {{ .Release.Namespace }}'];
  const hasTests = plan.some(({ lifecycle: { hook } }) => hook?.events.includes('test'));
  return [
    `kubectl get pods ${place} --watch`,
    hasTests ? `helm test ${release} ${place}` : `helm status ${release} ${place}`,
    example === undefined
      ? `helm get manifest ${release} ${place}`
      : `helm upgrade ${release} ${name} ${place} --reset-then-reuse-values --set ${example}`,
  ];
}

/** What Helm tells after an installation, line by line. */
const notes = (name: string, { notes: own, warnings }: Moved): string[] => [
  `${name} is installed in the namespace ${NAMESPACE}.`,
  ...warnings.flatMap((warning) => ['', `WARNING: ${warning}`]),
  ...own,
];

/** Helm waits for all pods before it runs what comes after an installation; what makes the data ready may be just that. */
function notesOnWaiting(plan: readonly Planned[]): string[] {
  const awaited = plan
    .filter(({ stage, lifecycle: { hook } }) => stage === 'data' && hook?.events.includes('post-install'))
    .map(({ object }) => `${object.kind} ${object.metadata.name}`);
  return awaited.length
    ? [
        '',
        `The first installation must not wait (--wait, --atomic, --rollback-on-failure): Helm would run the ` +
          `${awaited.join(' and the ')} only after all pods are ready, and they are ready only after it has run. Upgrades may wait.`,
      ]
    : [];
}
