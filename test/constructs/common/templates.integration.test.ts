// Go templates in values of the published chart's parts: what they see is what they see in Helm, or an error names what they ask for.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { renderRelease } from '../../../cli/render';
import { ValuesError } from '../../../helm/check';
import { describeWhere } from '../../support/beside';
import { describeWithHelm, withFiles } from '../../support/helm';
import { PUBLISHED } from '../../support/takeover';

/** Expressions whose results are equal in each part of the chart. */
const EQUAL = [
  ...[
    'batch/v1',
    'v1',
    'apps/v1',
    'apps/v1/Deployment',
    'extensions/v1beta1',
    'monitoring.coreos.com/v1',
    'own.example.com/v1',
    'nix/v1',
    '',
  ].map((api) => `.Capabilities.APIVersions.Has "${api}"`),
  '.Capabilities.APIVersions',
  'typeOf .Capabilities.APIVersions',
  'len .Capabilities.APIVersions',
  'index .Capabilities.APIVersions 3',
  'has "policy/v1" .Capabilities.APIVersions',
  'ternary "new" "old" (.Capabilities.APIVersions.Has "autoscaling/v2")',
  '"batch/v1" | .Capabilities.APIVersions.Has',
  ...['Version', 'Major', 'Minor', 'GitVersion'].map((field) => `.Capabilities.KubeVersion.${field}`),
  'semverCompare ">=1.25-0" .Capabilities.KubeVersion.Version',
  ...['Name', 'Namespace', 'Service', 'IsInstall', 'IsUpgrade', 'Revision', 'Nix'].flatMap((field) => [
    `.Release.${field}`,
    `typeOf .Release.${field}`,
  ]),
  '.Release',
  ...[
    'Name',
    'Version',
    'AppVersion',
    'IsRoot',
    'APIVersion',
    'Type',
    'Description',
    'Home',
    'Icon',
    'Keywords',
    'Sources',
    'Maintainers',
    'Annotations',
    'Condition',
    'Deprecated',
    'KubeVersion',
    'Tags',
    'Nix',
    'name',
  ].flatMap((field) => [`.Chart.${field}`, `typeOf .Chart.${field}`, `.Chart.${field} | toString`]),
  'typeOf .Chart',
  'kindOf .Chart',
  '.Template.BasePath',
  '.Template.Nix',
  'dir .Template.BasePath',
  '.Subcharts',
  'len .Subcharts',
  'hasKey . "Files"',
  'keys . | sortAlpha',
  '$.Values.global',
  'include "OWN.fullname" .',
  'include "OWN.fullname" $',
  'include "OWN.name" . | quote',
] as const;

/** What we refuse, by the name that the error must tell. */
const REFUSED: readonly (readonly [expression: string, named: string])[] = [
  ['.Template.Name', '.Template.Name'],
  ['base .Template.Name', '.Template.Name'],
  ['.Template', '.Template.Name'],
  ['.Capabilities.HelmVersion', '.Capabilities.HelmVersion'],
  ['.Capabilities.HelmVersion.Version', '.Capabilities.HelmVersion'],
  ['.Capabilities.HelmVersion.GoVersion', '.Capabilities.HelmVersion'],
  ['.Capabilities', '.Capabilities'],
  ['.Capabilities.Nix', 'Nix'],
  ['.Capabilities.APIVersions.Nix', 'Nix'],
  ['.Capabilities.APIVersions.Has', 'Has'],
  ['.Files', '.Files'],
  ['.Files.Get "values.yaml"', '.Files'],
  ['.Files.Nix', '.Files'],
  ['.Chart.Dependencies', '.Chart.Dependencies'],
  ['.Chart', '.Chart.Dependencies'],
  ['.', 'is not'],
  ['include "cockroachdb.fullname" .', 'cockroachdb.fullname'],
  ['include "nix" .', 'nix'],
  ['include (print .Template.BasePath "/configmap.yaml") .', 'configmap.yaml'],
  ['include "OWN.fullname" .Values', 'OWN.fullname'],
  ['include "OWN.fullname" (dict "Values" dict "Release" .Release "Chart" (dict "Name" "x"))', 'OWN.fullname'],
];

interface Part {
  readonly own: string;
  /** Values with a text in them that the chart evaluates. */
  readonly values: (text: string) => Readonly<Record<string, unknown>>;
}

const PARTS: Readonly<Record<string, Part>> = {
  api: { own: 'estafette-ci-api', values: (text) => ({ config: { files: { probe: text } } }) },
  web: { own: 'estafette-ci-web', values: (text) => ({ extraConfigmaps: [{ key: 'probe', data: `probe: '${text}'` }] }) },
  metrics: { own: 'prometheus', values: (text) => ({ extraScrapeConfigs: `- job_name: '${text}'\n` }) },
  queue: { own: 'nats', values: (text) => ({ affinity: { probe: text } }) },
};
const parts = Object.keys(PARTS);
const API_VERSIONS = ['own.example.com/v1'];
const KUBE_VERSION = '1.31.4';

const textOf = (name: string, expressions: readonly string[]): string =>
  `<<${name}|${expressions.map((expression) => `{{ ${inPart(name, expression)} | toJson | b64enc }}`).join('|')}>>`;
const inPart = (name: string, expression: string): string => expression.replaceAll('OWN', PARTS[name]?.own ?? '');
const valuesOf = (text: (name: string) => string): Record<string, unknown> =>
  Object.fromEntries(Object.entries(PARTS).map(([name, { values }]) => [name, values(text(name))]));

/** Results by part and expression. */
function resultsIn(manifests: string): Record<string, unknown> {
  const found = [...manifests.replaceAll(/\\\n\s*\\?/g, '').matchAll(/<<([a-z-]+)\|([^>]*)>>/g)];
  return Object.fromEntries(
    found.flatMap(([, name = '', results = '']) =>
      results.split('|').map((result, index) => [`${name}: ${EQUAL[index]}`, Buffer.from(result, 'base64').toString()]),
    ),
  );
}

const render = (values: Readonly<Record<string, unknown>>): string =>
  renderRelease({
    release: 'rel',
    chart: 'estafette-ci',
    namespace: 'ns',
    kubeVersion: KUBE_VERSION,
    apiVersions: API_VERSIONS,
    values: [values],
  }).manifests;

describeWithHelm('templates in values and the real Helm', (helm) => {
  describeWhere(PUBLISHED)('with the published chart', () => {
    it('see the same', () => {
      const values = valuesOf((name) => textOf(name, EQUAL));
      const printed = withFiles({ 'values.yaml': JSON.stringify(values) }, (folder) => {
        const args = ['template', 'rel', PUBLISHED, '-n', 'ns', '-f', join(folder, 'values.yaml'), '--kube-version', KUBE_VERSION];
        const { stdout, stderr } = spawnSync(helm, [...args, '-a', API_VERSIONS.join(',')], { encoding: 'utf8', maxBuffer: 1 << 28 });
        expect(stderr).not.toMatch(/^Error/m);
        return stdout;
      });
      const expected = resultsIn(printed);
      expect(Object.keys(expected)).toHaveLength(parts.length * EQUAL.length);
      expect(resultsIn(render(values))).toEqual(expected);
    });
  });
});

describe.each(parts)('a template in a value of %s', (name) => {
  it.each(REFUSED)('is refused, and the error names it: %s', (expression, named) => {
    let message = 'none';
    try {
      render({ [name]: PARTS[name]?.values(textOf(name, [expression])) });
    } catch (error) {
      if (!(error instanceof ValuesError)) throw error;
      ({ message } = error);
    }
    expect(message).toContain(inPart(name, named));
  });
});
