// Live values of one's own in objects that are added to a release: in each target, and in the chart of the target helm.
import { ApiObject, Chart, Testing } from 'cdk8s';
import { Construct } from 'constructs';
import { defineChart } from '../../../constructs/common/chart';
import { withLifecycle } from '../../../constructs/common/lifecycle';
import { liveIf, liveRelease, liveText, liveValue, onlyIf } from '../../../constructs/common/live-value';
import { DbClient } from '../../../constructs/components';
import { ReleaseChart } from '../../../constructs/release/release-chart';
import { EstafetteCi } from '../../../constructs/releases';
import { ValuesError } from '../../../helm/check';
import { group, text } from '../../../helm/schema';
import { readYaml } from '../../../helm/yaml/read';
import type { ReleaseProps } from '../../../constructs/release/inputs';
import { withoutReferences } from '../../support/chart-files';

const shop = defineChart({
  chart: { name: 'shop', version: '1.0.0', appVersion: '2.0.0' },
  values: group({ page: text('home', 'Which page is shown first') }),
  objects: ({ release, values: { page } }) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `${release.name}-page` },
    data: { page: String(page ?? '') },
  }),
});

const release = (props: ReleaseProps<object> = {}, name = 'mine') =>
  new ReleaseChart(Testing.app(), name, shop as never, { namespace: 'place', target: 'helm', live: ['.'], ...props });

const host = liveValue('banner.host', 'ci.example.com', 'Host name of the banner');
const isOn = liveValue('banner.enabled', true, 'Whether there is a banner');

const configMap = (scope: Construct, data: object, name: string = liveText`${liveRelease.name}-banner`) =>
  new ApiObject(scope, 'banner', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });

const filesOf = (one: ReleaseChart): Record<string, string> =>
  Object.fromEntries(Object.entries(one.files()).map(([file, content]) => [file.slice(one.node.id.length + 1), content]));
const templateOf = (one: ReleaseChart): string => filesOf(one)['templates/configmap-mine-banner.yaml'] ?? '';

describe('a live value of ones own', () => {
  it('is in values.yaml behind those of the chart, with its default and its sentence, and templates refer to it', () => {
    const one = release();
    configMap(one, { host, url: liveText`https://${host}/x` });
    const files = filesOf(one);
    expect(readYaml(files['values.yaml'] ?? '', 'values.yaml')).toEqual({ page: 'home', banner: { host: 'ci.example.com' } });
    expect(files['values.yaml']).toContain('  # Host name of the banner\n  host: ci.example.com\n');
    expect(files['templates/configmap-mine-banner.yaml']).toContain('https://{{ .Values.banner.host }}/x');
    expect(files['templates/configmap-mine-page.yaml']).toContain(
      'page: {{ if not (has .Values.page (list nil "")) }}{{ include "text" .Values.page }}{{ else }}""{{ end }}',
    );
    const rules = withoutReferences(files['checks/rules.json'] ?? '');
    expect(rules).toMatchObject({ banner: { properties: { host: { type: expect.arrayContaining(['string']) } } } });
  });

  it('is a map with any keys but those that cdk8s takes in no object', () => {
    const one = release();
    configMap(one, liveValue('banner.texts', { a: 'b' }, 'Texts of the banner') as unknown as object, 'banner');
    const { banner } = withoutReferences<Record<string, { properties: object }>>(filesOf(one)['checks/rules.json'] ?? '');
    expect(banner?.properties).toMatchObject({
      texts: { type: expect.arrayContaining(['object']), propertyNames: { not: { enum: ['constructor'] } } },
    });
  });

  it('is in a chart that calls itself what helmChart says', () => {
    const one = release({ helmChart: { name: 'ours', version: '3.0.0-rc.1', description: 'Ours' } });
    configMap(one, { host });
    const files = filesOf(one);
    expect(readYaml(files['Chart.yaml'] ?? '', 'Chart.yaml')).toMatchObject({
      name: 'ours',
      version: '3.0.0-rc.1',
      appVersion: '2.0.0',
      description: 'Ours',
    });
    expect(files['README.md']).toContain('| `banner.host` | Host name of the banner | `"ci.example.com"` |');
    for (const helmChart of [{ version: '1' }, { name: 'A' }, { other: 'x' }])
      expect(() => release({ helmChart: helmChart as object })).toThrow(/helmChart: must be a map of texts/);
  });

  it('has a chart whose own values are fixed where none was asked for', () => {
    const one = release({ live: [] });
    configMap(one, { host });
    const files = filesOf(one);
    expect(readYaml(files['values.yaml'] ?? '', 'values.yaml')).toEqual({ banner: { host: 'ci.example.com' } });
    expect(files['templates/configmap-mine-page.yaml']).toContain('page: home');
  });

  it.each(['kubectl', 'argocd'] as const)('is its default for %s, or what ownValues gives', (target) => {
    const printed = (ownValues?: Record<string, unknown>) => {
      const one = release({ target, live: [], ...(ownValues ? { ownValues } : {}) });
      configMap(one, { host, more: liveIf(isOn, liveText`at ${host}`) });
      return one.plan().find(({ object }) => object.metadata.name === 'mine-banner')?.object;
    };
    expect(printed()).toMatchObject({ data: { host: 'ci.example.com', more: 'at ci.example.com' } });
    expect(printed({ banner: { host: 'b', enabled: false } })).toMatchObject({ data: { host: 'b' } });
    expect(printed({ banner: { enabled: false } })).not.toHaveProperty('data.more');
  });

  it('is its default in a chart of cdk8s, which has no values', () => {
    const chart = new Chart(Testing.app(), 'plain');
    configMap(chart, { host, url: liveText`https://${host}` }, 'banner');
    expect(Testing.synth(chart)).toMatchObject([{ data: { host: 'ci.example.com', url: 'https://ci.example.com' } }]);
  });

  it('takes the default that ownValues gives into values.yaml', () => {
    const one = release({ ownValues: { banner: { host: 'other.example.com' } } });
    configMap(one, { host });
    expect(readYaml(filesOf(one)['values.yaml'] ?? '', 'values.yaml')).toMatchObject({ banner: { host: 'other.example.com' } });
  });
});

describe('what a live value decides', () => {
  it('is an if around a part, one of two, or a whole object', () => {
    const one = release();
    const more = liveValue('banner.more', false, 'Whether more is said');
    onlyIf(configMap(one, { host, more: liveIf(more, 'yes'), either: liveIf(more, 'a', host) }), isOn);
    const template = templateOf(one);
    expect(template).toMatch(/^\{\{- if \.Values\.banner\.enabled \}\}\n[\s\S]*\{\{- end \}\}\n$/);
    expect(template).toContain('{{- if .Values.banner.more }}\n  more: "yes"\n');
    expect(template).toMatch(/either: .*\.Values\.banner\.more.*a.*\.Values\.banner\.host/);
  });

  it('is in the chart, though it is off in the release', () => {
    const one = release();
    onlyIf(configMap(one, { host }), liveValue('extra.enabled', false, 'Whether there is more'));
    expect(one.plan().map(({ object }) => object.metadata.name)).toEqual(['mine-page']);
    expect(templateOf(one)).toMatch(/^\{\{- if \.Values\.extra\.enabled \}\}\n/);
  });

  it('is for all that is below a construct, and for each condition', () => {
    const one = release({ target: 'kubectl', live: [], ownValues: { banner: { enabled: false } } });
    const scope = onlyIf(new Construct(one, 'scope'), isOn);
    onlyIf(configMap(scope, { host }), liveValue('extra.enabled', true, 'Whether there is more'));
    expect(one.plan().map(({ object }) => object.metadata.name)).toEqual(['mine-page']);
  });
});

describe('the name and the namespace of a release', () => {
  it('are those that Helm installs it with, also where an object is told of them', () => {
    const one = release();
    configMap(one, { address: liveText`http://${liveRelease.name}.${liveRelease.namespace}.svc` });
    expect(templateOf(one)).toContain('name: "{{ .Release.Name }}-banner"\n  namespace: {{ .Release.Namespace | quote }}\n');
    expect(templateOf(one)).toContain('http://{{ .Release.Name }}.{{ .Release.Namespace }}.svc');
    // A release has no dots in its name, though Helm would take them.
    expect(filesOf(one)['checks/together.tpl']?.match(/if .* -\}\}\{\{- fail/g)).toEqual(['if contains "." .Release.Name -}}{{- fail']);
  });

  it('are fixed where an object has one of them as a word of its own', () => {
    const one = release();
    configMap(one, { address: 'http://mine-page.place.svc' });
    const checks = filesOf(one)['checks/together.tpl'];
    expect(checks).toContain('ne .Release.Name "mine"');
    expect(checks).toContain('ne .Release.Namespace "place"');
  });
});

describe('a live value', () => {
  it.each([
    ['joined to a text', () => `https://${host}`],
    ['counted with', () => Number(host)],
    ['made JSON of', () => JSON.stringify({ host })],
    ['put together with a list', () => [...(liveValue('banner.list', [], 'List') as unknown[])]],
    ['put together with a map', () => ({ ...(liveValue('banner.labels', {}, 'Labels') as object) })],
  ])('that is %s is refused', (_, run) => {
    expect(run).toThrow(/the live value banner\.\w+ is known only when the chart is installed, and nothing can be computed with it/);
  });

  it('has a path, a default and a sentence', () => {
    expect(() => liveValue('a b', 'x', 'X')).toThrow(/^a b: is no path of a live value/);
    expect(() => liveValue('a', undefined as never, 'X')).toThrow(/^a: needs a default/);
    expect(() => liveValue('a', 'x', '')).toThrow(/^a: needs a sentence/);
    expect(() => liveValue('a', '{{ x }}', 'X')).toThrow(/^a: must not be a Go template/);
    expect(() => liveIf('x', 1)).toThrow(/a condition must be a live value/);
  });

  it('is for what is added, not for values of the chart, and not for its objects', () => {
    expect(() => release({ values: { page: host } })).toThrow(/page: must be known, not a live value of your own/);
    const one = release();
    const [page] = one.node.findAll().filter((each) => ApiObject.isApiObject(each)) as ApiObject[];
    page?.metadata.addLabel('host', host);
    expect(() => one.files()).toThrow(/ConfigMap\/mine-page.* is of the chart/);
  });

  it('is below a key of ones own, and is declared once', () => {
    const withPath = (path: string, fallback: string, other = 'x') => {
      const one = release({ ownValues: {} });
      configMap(one, {
        host: liveValue(path, fallback, 'One'),
        other: liveValue('own.b', other, 'Other'),
        b: liveValue('own.b', 'x', 'Other'),
      });
      return () => one.files();
    };
    expect(withPath('page', 'x')).toThrow(/page: is a live value of your own below page, a key of the chart/);
    expect(withPath('own.a', 'x', 'y')).toThrow(/own\.b: is given twice/);
    expect(withPath('own.b.c', 'x')).toThrow(/own\.b(\.c)?: stands inside another live value/);
    expect(withPath('own.a', 'x')).not.toThrow();
  });

  it('that ownValues gives must be there, and of the kind of its default', () => {
    const one = release({ ownValues: { banner: { hots: 'x' } } });
    configMap(one, { host });
    expect(() => one.files()).toThrow(ValuesError);
    expect(() => one.files()).toThrow(/ownValues\.banner\.hots: .*host/);
  });
});

describe('a component that is used alone inside a release', () => {
  it('is in the chart with the rest', () => {
    const one = release();
    new DbClient(one, 'client', { release: { name: 'mine', namespace: 'place' } });
    const files = filesOf(one);
    expect(Object.keys(files)).toContain('templates/pod-mine-db-client.yaml');
    expect(Object.keys(files)).toContain('templates/configmap-mine-page.yaml');
  });
});

describe('a release whose chart is followed', () => {
  it('has no object that was taken away', () => {
    const one = release();
    const [page] = one.node.findAll().filter((each) => ApiObject.isApiObject(each));
    page?.node.scope?.node.tryRemoveChild(page.node.id);
    withLifecycle(configMap(one, { host }), { keep: true });
    const files = filesOf(one);
    expect(Object.keys(files)).not.toContain('templates/configmap-mine-page.yaml');
    expect(files['templates/configmap-mine-banner.yaml']).toContain('helm.sh/resource-policy: keep');
  });

  it('is made of its values alone, whatever was added: what is known of it is right', () => {
    const one = new EstafetteCi(Testing.app(), 'ci', { target: 'helm' });
    configMap(one, { host });
    expect(one.render().source().isPlain).toBe(true);
    one.node.tryRemoveChild('web');
    expect(one.render().source().isPlain).toBe(false);
  });
});

describe('a chart of ones own', () => {
  it('is a print unless somebody names values, and says so where one is to be fixed', () => {
    expect(readYaml(filesOf(release({ live: [] }))['values.yaml'] ?? '', 'values.yaml')).toEqual({});
    expect(() => release({ live: [], fix: ['page'] }).files()).toThrow(/fix is for values below a path of live/);
  });
});
