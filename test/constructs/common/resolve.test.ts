// From user's values to what a component reads: defaults, checks, templates, and integers of --set.
import { defineChart, type ChartDefinition } from '../../../constructs/common/chart';
import { resolve } from '../../../constructs/common/resolve';
import type { Release } from '../../../constructs/common/release';
import { ValuesError } from '../../../helm/check';
import { group, number, table, text } from '../../../helm/schema';

const chart = defineChart({
  chart: { name: 'demo', alias: 'thing', version: '1.2.3', appVersion: '4.5' },
  values: group({
    host: text('a', 'Host.'),
    replicas: number(1, 'Replicas.'),
    greeting: text('{{ .Release.Name }} on {{ .Values.host }}', 'Greeting.', { templated: true }),
    plain: text('{{ .Release.Name }}', 'Not evaluated.'),
    notes: table({ chart: '{{ include "demo.fullname" . }} {{ .Chart.Name }}-{{ .Chart.Version }}' }, 'Notes.', { templated: true }),
  }),
  helpers: { 'demo.fullname': ({ release }) => `${release.name}-thing` },
});
const release = { name: 'ci', namespace: 'builds' };
const prepare = (user: Record<string, unknown>, global?: Record<string, unknown>, more: Partial<Release> = {}): object => {
  const { root, issues } = resolve(chart as unknown as ChartDefinition, { ...release, ...more }, user, global);
  if (issues.length) throw new ValuesError(issues);
  return root.context.values ?? {};
};

describe('resolve', () => {
  it('merges defaults and evaluates templates where the chart does', () => {
    expect(prepare({ host: 'b' })).toMatchObject({
      host: 'b',
      replicas: 1,
      greeting: 'ci on b',
      plain: '{{ .Release.Name }}',
      notes: { chart: 'ci-thing thing-1.2.3' },
    });
  });

  it('takes defaults away with null', () => {
    expect(prepare({ host: null, notes: { chart: null } })).not.toHaveProperty('host');
    expect(prepare({ notes: { chart: null } })).toMatchObject({ notes: {} });
  });

  it('lets templates tell an integer of --set from a number of a file, and components not', () => {
    expect(prepare({ replicas: 3n, greeting: '{{ eq .Values.replicas 3 }}' })).toMatchObject({ replicas: 3, greeting: 'true' });
    expect(prepare({ replicas: 5000000n, greeting: '{{ .Values.replicas }}' })).toMatchObject({ replicas: 5000000n, greeting: '5000000' });
    expect(prepare({ replicas: 5000000, greeting: '{{ .Values.replicas }}' })).toMatchObject({ replicas: 5000000, greeting: '5e+06' });
  });

  it('hands global down', () => {
    expect(prepare({ greeting: '{{ .Values.global.zone }}' }, { zone: 'eu' })).toMatchObject({ greeting: 'eu' });
  });

  it('tells the cluster to templates', () => {
    const user = {
      greeting:
        '{{ .Capabilities.KubeVersion.Minor }} {{ .Capabilities.APIVersions.Has "x/v1" }} {{ semverCompare ">=1.30-0" .Capabilities.KubeVersion.Version }}',
    };
    expect(prepare(user, undefined, { kubeVersion: '1.31.2', apiVersions: ['x/v1'] })).toMatchObject({ greeting: '31 true true' });
  });

  it('tells whose a named template is that another chart defines', () => {
    const umbrella = {
      ...chart,
      parts: { left: { chart }, right: { chart: { ...chart, helpers: { 'other.name': () => 'other' } } } },
      helpers: {},
      values: group({ left: chart.values, right: chart.values }),
    } as unknown as ChartDefinition;
    const told = (greeting: string) =>
      resolve(umbrella, release, { left: { greeting } })
        .issues.filter(({ path }) => path[0] === 'left')
        .map(({ message }) => message);
    expect(told('{{ include "other.name" . }}')).toEqual([
      'include: template "other.name" of the chart right is not defined in this one at 1:4; ' +
        'the templates here are demo.fullname; or write the text itself',
    ]);
    expect(told('{{ include "none.name" . }}')).toEqual([
      'include: template "none.name" is not defined at 1:4; the templates here are demo.fullname',
    ]);
  });

  it('names every template that fails', () => {
    expect(() => prepare({ greeting: '{{ nope }}', notes: { a: '{{ .Values.host.x.y }}' } })).toThrow(ValuesError);
    expect(() => prepare({ greeting: '{{ nope }}', notes: { a: '{{ .Values.host.x.y }}' } })).toThrow(/^greeting: .*nope.*\nnotes\.a: /);
  });
});
