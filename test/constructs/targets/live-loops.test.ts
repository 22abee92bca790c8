// Objects that are the same but for the items of a list, as one template.
import { inLoops, listsIn, type FixedList } from '../../../constructs/targets/live/print/loops';
import { unified } from '../../../constructs/targets/live/print/unify';
import { DEVSTATS_SECRETS } from '../../../scripts/support/devstats-secrets';
import { chartFilesOf } from '../../support/chart-files';

const projects: FixedList = {
  path: ['projects'],
  items: [
    { proj: 'go', repo: 'x/go', cron: '7 * * * *', icon: 'go' },
    { proj: 'gopher', repo: 'x/gopher', cron: '17 * * * *', icon: 'go' },
    { proj: 'k8s', repo: 'y/k8s', cron: '8 * * * *', icon: 'k' },
  ],
};

/** Templates of the three projects, by file. */
const written = (kind: string, text: (project: Readonly<Record<string, unknown>>, index: number) => string): [string, string][] =>
  projects.items.map((item, index) => [`${kind}-${String(item['proj'])}`, text(item, index)]);

const looped = (...files: [string, string][]): Record<string, string> => Object.fromEntries(inLoops(new Map(files), [projects]).templates);

describe('texts that differ by a table', () => {
  const columns = [
    { key: 'proj', texts: ['go', 'gopher', 'k8s'] },
    { key: 'repo', texts: ['x/go', 'x/gopher', 'y/k8s'] },
  ];

  it.each([
    [['a', 'a', 'a'], ['a']],
    [
      ['a-go', 'a-gopher', 'a-k8s'],
      ['a-', { key: 'proj' }],
    ],
    [
      ['go: x/go', 'gopher: x/gopher', 'k8s: y/k8s'],
      [{ key: 'proj' }, ': ', { key: 'repo' }],
    ],
    [['go', 'gopher', 'other'], undefined],
    [['a-go', 'a-gopher', 'a-k8s-b'], undefined],
  ])('%j are told apart by its columns', (texts, parts) => {
    expect(unified(texts, columns)).toEqual(parts);
  });
});

describe('templates of the items of a list', () => {
  it('are one, where items and their places are all that is different', () => {
    const files = written('service', ({ proj, cron }, index) =>
      [
        `{{- if and (lt (int .Values.from) ${index + 1}) .Values.on }}`,
        `name: "{{ .Values.name }}-${String(proj)}"`,
        `at: ${String(cron)}`,
        `place: ${index}`,
        `key: {{ printf "%v-${String(proj)}" .Values.name | quote }}`,
        `own: {{ include "${String(proj)}" . }}`,
        '{{- end }}',
        '',
      ].join('\n'),
    );
    expect(looped(['other', 'kind: A\n'], ...files)).toEqual({
      other: 'kind: A\n',
      'service-projects': [
        '{{- range $index, $project := include "projects.items" . | fromJsonArray }}',
        '{{- with $ }}',
        '---',
        '{{- if and (lt (int .Values.from) (add1 $index)) .Values.on }}',
        'name: "{{ .Values.name }}-{{ $project.proj }}"',
        'at: {{ $project.cron }}',
        'place: {{ $index }}',
        'key: {{ printf (print "%v-" $project.proj) .Values.name | quote }}',
        'own: {{ include $project.proj . }}',
        '{{- end }}',
        '{{- end }}',
        '{{- end }}',
        '',
      ].join('\n'),
    });
    expect(inLoops(new Map(files), [projects]).helpers).toBe(
      [
        '{{/* What the templates read of projects, as the chart was written with it. */}}',
        '{{- define "projects.items" -}}',
        '[',
        '  {"proj":"go","cron":"7 * * * *"},',
        '  {"proj":"gopher","cron":"17 * * * *"},',
        '  {"proj":"k8s","cron":"8 * * * *"}',
        ']',
        '{{- end }}',
        '',
      ].join('\n'),
    );
  });

  it('are one, where conditions stand in another order', () => {
    const conditions = ['and (or .a (not .b)) .c', 'and .c (or .a (not .b))', 'and .c (or (not .b) .a)'];
    const files = written('job', ({ proj }, index) => `{{- if ${String(conditions[index])} }}\nname: ${String(proj)}\n{{- end }}\n`);
    expect(looped(...files)['job-projects']).toContain('{{- if and (or .a (not .b)) .c }}\nname: {{ $project.proj }}\n');
  });

  it('give the item to named templates of their own', () => {
    const files = written('job', ({ proj, repo }) => {
      const name = `job-${String(proj)}.spec`;
      return `{{- define "${name}" }}\nspec: ${String(repo)}\n{{- end }}\nname: {{ include "${name}" . | sha256sum }}\n`;
    });
    expect(looped(...files)['job-projects']).toBe(
      [
        '{{- define "job-projects.spec" }}',
        '{{- $project := index . 1 }}{{ with index . 0 }}',
        'spec: {{ $project.repo }}',
        '{{- end }}',
        '{{- end }}',
        '{{- range $project := include "projects.items" . | fromJsonArray }}',
        '{{- with $ }}',
        '---',
        'name: {{ include "job-projects.spec" (list . $project) | sha256sum }}',
        '{{- end }}',
        '{{- end }}',
        '',
      ].join('\n'),
    );
  });

  it.each<[string, [string, string][]]>([
    ['differ in more', written('job', ({ proj }, index) => `name: ${String(proj)}\nport: ${index * 7}\n`)],
    ['are not there for each item', written('job', ({ proj }) => `name: ${String(proj)}\n`).slice(1)],
    ['condition on others', written('job', ({ proj }, index) => `{{- if .${'abc'[index]} }}\nname: ${String(proj)}\n{{- end }}\n`)],
    [
      'are read by others',
      [...written('job', ({ proj }) => `name: ${String(proj)}\n`), ['pod', '{{ include (print $.Template.BasePath "/job-go.yaml") . }}']],
    ],
    ['have a variable of that name', written('job', ({ proj }) => `{{- $project := 1 }}\nname: ${String(proj)}\n`)],
    ['name values by the item', written('job', ({ proj }) => `name: {{ .Values.${String(proj)} }}\n`)],
    [
      'ask for what is around them',
      written('job', ({ proj }) => `{{- define "job-${String(proj)}.a" }}\n${String(proj)}: {{ $.a }}\n{{- end }}\n`),
    ],
  ])('stay as they are when they %s', (_, files) => {
    expect(looped(...files)).toEqual(Object.fromEntries(files));
  });
});

describe('lists that loops go through', () => {
  it('are fixed lists of maps', () => {
    const items = [{ name: 'a' }, { name: 'b' }];
    const values = { projects: items, part: { hosts: items, args: ['a', 'b'], one: [{}] }, live: items, 'with-dash': items };
    expect(listsIn(values, (path) => path !== 'live')).toEqual([
      { path: ['projects'], items },
      { path: ['part', 'hosts'], items },
    ]);
  });

  it('hold what an item is, in DevStats', () => {
    const files = chartFilesOf({ release: 'devstats', chart: 'devstats', namespace: 'devstats', values: [DEVSTATS_SECRETS] });
    const names = Object.keys(files).flatMap((file) => /^templates\/(.+)-projects\.yaml$/.exec(file)?.[1] ?? []);
    expect(names.toSorted()).toEqual([
      'cronjob-devstats',
      'deployment-devstats-grafana',
      'job-devstats-provision',
      'persistentvolumeclaim-devstats-pvc',
      'service-devstats-service',
    ]);
    expect(files['templates/_helpers.tpl']).toContain('  {"proj":"graphqljs",');
    expect(files['templates/cronjob-devstats-projects.yaml']).toContain('schedule: {{ $project.cron }}');
  });
});
