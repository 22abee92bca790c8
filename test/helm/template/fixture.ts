// The data that every template test uses, as a chart's values and as the evaluator's context.
import type { TemplateContext } from '../../../helm/template';

/** A template and the text that Helm renders it to. */
export type Snippet = readonly [template: string, text: string];

export const values = {
  name: 'estafette',
  host: 'ci.example.com',
  n: 5000000,
  one: 1,
  zero: 0,
  half: 0.5,
  big: 1.2345678901234567e19,
  neg: -3,
  small: 0.00001,
  yes: true,
  no: false,
  nothing: null,
  empty: '',
  list: ['a', 'b', 'c'],
  numbers: [3, 1, 2],
  mixed: ['x', 1, true, null, { k: 'v' }],
  none: [],
  map: { b: 2, a: 'one', c: { d: [1, 2] } },
  void: {},
  uni: 'héllo wörld ñ',
  multi: 'line one\nline two\n',
  html: '<a href="x">&\'</a>',
  ver: 'v1.22.3',
  tplText: '{{ .Values.name }}-x',
  labels: { 'app.kubernetes.io/name': 'x', tier: 'db' },
  deep: { a: { b: { c: 'found' } } },
  items: [
    { name: 'n1', port: 80 },
    { name: 'n2', port: 8080 },
  ],
};

/** The chart's named templates: what Helm is given, and what stands for them here. */
export const helperTemplates = `
{{- define "chart.name" -}}snippets-{{ .Release.Name }}{{- end -}}
{{- define "chart.labels" -}}
a: 1
b: 2
{{- end -}}
{{- define "chart.missing" -}}{{ .Values.missing }}{{- end -}}
`;

export const kubeVersion = 'v1.33.1';

export const context: TemplateContext = {
  root: {
    Values: values,
    Release: { Name: 'release', Namespace: 'space', Service: 'Helm', IsInstall: true, IsUpgrade: false, Revision: 1 },
    Chart: { Name: 'snippets', Version: '0.1.0' },
    Capabilities: { KubeVersion: { Version: kubeVersion, Major: '1', Minor: '33' }, APIVersions: ['v1', 'apps/v1'] },
  },
  helpers: { 'chart.name': () => 'snippets-release', 'chart.labels': () => 'a: 1\nb: 2', 'chart.missing': () => '<no value>' },
};
