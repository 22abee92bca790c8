// The helm target: hooks, keepers, and the files of a chart.
import { Testing } from 'cdk8s';
import { renderRelease, type RenderOptions } from '../../../cli/render';
import { EstafetteCi } from '../../../constructs/releases';
import { PACKAGE_VERSION } from '../../../constructs/common/package-version';
import { version } from '../../../package.json';
import { asTemplate } from '../../../constructs/targets/helm-escape';
import { NAMESPACE, NAMESPACE_ALONE, variable } from '../../../constructs/targets/helm-namespace';
import { chartFilesOf } from '../../support/chart-files';
import { readYaml } from '../../../helm/yaml/read';

const render = (options: Partial<RenderOptions> = {}) =>
  renderRelease({ release: 'ci', chart: 'estafette-ci', namespace: 'ci-ns', target: 'helm', ...options });
const files = (options?: Partial<RenderOptions>) =>
  chartFilesOf({ release: 'ci', chart: 'estafette-ci', namespace: 'ci-ns', fix: ['.'], ...options });

describe('objects', () => {
  const { plan } = render();
  const annotations = (kind: string, name: string) =>
    plan.find(({ object }) => object.kind === kind && object.metadata.name === name)?.object.metadata.annotations;

  it('are hooks as in the published chart, under their plain names', () => {
    expect(annotations('Job', 'ci-db-self-signer')).toEqual({
      'helm.sh/hook': 'pre-install,pre-upgrade',
      'helm.sh/hook-weight': '4',
      'helm.sh/hook-delete-policy': 'hook-succeeded,hook-failed',
    });
    expect(annotations('Job', 'ci-db-migrator')).toEqual({
      'helm.sh/hook': 'post-install,post-upgrade',
      'helm.sh/hook-delete-policy': 'hook-succeeded,before-hook-creation',
    });
  });

  it('include what runs for tests and at uninstall', () => {
    expect(annotations('Pod', 'ci-api-test-connection')).toEqual({ 'helm.sh/hook': 'test' });
    expect(annotations('Job', 'ci-db-self-signer-cleaner')).toMatchObject({ 'helm.sh/hook': 'pre-delete' });
  });

  it('that stay are marked, and the namespace of the release is left to Helm', () => {
    expect(annotations('Namespace', 'ci-ns-jobs')).toEqual({ 'helm.sh/resource-policy': 'keep' });
    expect(
      render({ createNamespace: true })
        .plan.filter(({ object }) => object.kind === 'Namespace')
        .map(({ object }) => object.metadata.name),
    ).toEqual(['ci-ns-jobs']);
  });

  it('that are Jobs and no hooks carry their content in the name, in each namespace', () => {
    const chart = files({
      chart: 'devstats',
      values: [{ existingSecret: { pg: 'pg-db', oauth: 'github-oauth', grafana: 'grafana-secret' } }],
    });
    const jobs = Object.keys(chart).filter((file) => file.startsWith('templates/job-'));
    expect(jobs.length).toBeGreaterThan(1);
    for (const file of jobs) {
      expect(file).toMatch(/-[0-9a-f]{8}\.yaml$/);
      expect(chart[file]).toContain(`name: ${file.slice('templates/job-'.length, -'.yaml'.length)}\n`);
    }
    expect(chart['templates/endpoints-devstats-postgres-config.yaml']).toMatch(
      /^\{\{- if eq "Helm" \(dig .*\(lookup "v1" "Endpoints" \.Release\.Namespace "devstats-postgres-config"\)\) \}\}\napiVersion: v1\nkind: Endpoints\n[\s\S]*\{\{- end \}\}\n$/,
    );
  });

  it('that are Jobs known by what they are for stay as they ran, and are printed as ever where there are none', () => {
    const existingSecret = { pg: 'pg-db', oauth: 'github-oauth', grafana: 'grafana-secret' };
    const chart = files({ chart: 'devstats', values: [{ existingSecret, provisionCommandArgs: ['{{ x }}'] }] });
    const [name = '', text = ''] = Object.entries(chart).find(([file]) => file.includes('job-devstats-provision-graphqljs')) ?? [];
    expect(text).toContain(
      `{{- $live := lookup "batch/v1" "Job" .Release.Namespace "${name.slice('templates/job-'.length, -'.yaml'.length)}" }}\n`,
    );
    expect(text).toMatch(/\{\{- if \$live \}\}[\s\S]*\nspec: \{\{ [^\n]* toJson \}\}\n\{\{- else \}\}\nspec:\n[\s\S]*\{\{- end \}\}\n$/);
    expect(text).toContain('{{ "{{" }} x }}');
    const bootstrap = Object.entries(chart).find(([file]) => file.includes('job-devstats-provision-bootstrap'))?.[1];
    expect(bootstrap).toMatch(/^apiVersion: batch\/v1\n/);
    expect(bootstrap).not.toContain('lookup');
  });

  it('are not a stream: applied at once, uninstall would run with the installation', () => {
    const app = Testing.app();
    new EstafetteCi(app, 'ci', { target: 'helm' });
    expect(() => app.synthYaml()).toThrow('ci: the target helm writes a chart, no stream of manifests: use ManifestApp, or files()');
  });
});

describe('files', () => {
  const chart = files();

  it('describe the chart, which has no values', () => {
    expect(readYaml(chart['Chart.yaml'] ?? '', 'Chart.yaml')).toEqual({
      apiVersion: 'v2',
      name: 'estafette-ci',
      description: 'Estafette CI with its database, queue and metrics',
      type: 'application',
      version: PACKAGE_VERSION,
      appVersion: '1.5.14',
      kubeVersion: '>=1.21.0-0',
      annotations: { 'cdk8s-estafette/written-for': 'release ci in namespace ci-ns' },
    });
    expect(readYaml(chart['values.yaml'] ?? '', 'values.yaml')).toEqual({});
    expect(JSON.parse(chart['values.schema.json'] ?? '')).toMatchObject({ type: 'object', properties: { global: { type: 'object' } } });
    expect(chart['templates/checks.yaml']).not.toContain('.Release.Namespace');
  });

  it('have the namespace of the release wherever its name comes from there', () => {
    const templates = Object.entries(chart).filter(([file]) => file.startsWith('templates/') && file !== 'templates/checks.yaml');
    for (const [file, text] of templates)
      expect([file, text.replaceAll('{{ .Release.Namespace }}', '')]).toEqual([file, expect.not.stringContaining('ci-ns')]);
    expect(chart['templates/namespace-ci-ns-jobs.yaml']).toContain('name: "{{ .Release.Namespace }}-jobs"'.replaceAll('"', ''));
    expect(chart['templates/deployment-ci-api.yaml']).toContain('namespace: "{{ .Release.Namespace }}"');
  });

  it('refuse another namespace where something follows it that no template can say', () => {
    const checks = files({ values: [{ api: { jobNamespaceOverride: 'ci-ns' } }] })['templates/checks.yaml'];
    expect(checks).toMatch(/if ne \.Release\.Namespace "ci-ns" -\}\}\{\{- fail "this chart was written for the namespace ci-ns, which /);
  });

  it('keep keys that an earlier chart made, where the chart itself has none', () => {
    const keys = chart['templates/keys-ci-api.yaml'];
    expect(keys).toContain('{{- $keys := lookup "v1" "Secret" .Release.Namespace "ci-api" }}');
    expect(keys).toContain('helm.sh/resource-policy: keep');
    const given = { api: { secret: { secretDecryptionKey: 'a'.repeat(32), jwtKey: 'b' } } };
    expect(Object.keys(files({ values: [given] }))).not.toContain('templates/keys-ci-api.yaml');
  });

  it('bear the version of the package', () => {
    expect(PACKAGE_VERSION).toBe(version);
  });

  it('name the next three commands', () => {
    const next = (text = ''): string[] => text.slice(text.indexOf('\nNext:\n')).match(/^ {2}\S.*$/gm) ?? [];
    expect(next(chart['templates/NOTES.txt'])).toEqual([
      '  kubectl get pods --namespace {{ .Release.Namespace }} --watch',
      '  helm test {{ .Release.Name }} --namespace {{ .Release.Namespace }}',
      '  helm get manifest {{ .Release.Name }} --namespace {{ .Release.Namespace }}',
    ]);
  });

  it('tell how to back the keys up', () => {
    expect(chart['templates/NOTES.txt']).toContain(
      `kubectl get secret --namespace {{ .Release.Namespace }} ci-api --output go-template='{api: {secret: {b64encoded: true, secretDecryptionKey: "{{ "{{" }}.data.secretDecryptionKey}}"`,
    );
    expect(files({ values: [{ api: { secret: { existingSecret: 'own' } } }] })['templates/NOTES.txt']).toContain(
      ' own --output go-template=',
    );
    expect(files({ values: [{ api: { enabled: false } }] })['templates/NOTES.txt']).not.toContain('kubectl get secret');
  });

  it('say that the first installation must not wait, where Helm initializes the database afterwards', () => {
    expect(chart['templates/NOTES.txt']).toContain(
      'The first installation must not wait (--wait, --atomic, --rollback-on-failure): Helm would run the Job ci-db-init only after all pods are ready, and they are ready only after it has run. Upgrades may wait.\n',
    );
    expect(
      files({ values: [{ db: { enabled: false }, 'db-migrator': { enabled: false }, web: { enabled: false }, api: { enabled: false } }] })[
        'templates/NOTES.txt'
      ],
    ).not.toContain('must not wait');
  });
});

describe('asTemplate', () => {
  it.each([
    ['{{ x }}', '{{ "{{" }} x }}'],
    ['a { b', 'a { b'],
    ['{{{{', '{{ "{{{{" }}'],
    [`{${NAMESPACE}}`, '{{ "{" }}{{ .Release.Namespace }}}'],
    [`"${NAMESPACE_ALONE}"`, '"{{ .Release.Namespace }}"'],
  ])('%j becomes %j', (text, template) => expect(asTemplate(text)).toBe(template));
});

describe('variable', () => {
  const of = (actual: unknown, moved: unknown) => variable(actual, moved, 'ci');
  it('finds the namespace in texts and keys, and leaves the same word that comes from elsewhere', () => {
    expect(of({ 'ci/x': ['ci', 'db.ci.svc', 'ci'] }, { [`${NAMESPACE}/x`]: [NAMESPACE, `db.${NAMESPACE}.svc`, 'ci'] })).toEqual({
      value: { [`${NAMESPACE}/x`]: [NAMESPACE_ALONE, `db.${NAMESPACE}.svc`, 'ci'] },
      fixed: [],
    });
  });
  it('says where a difference is of another kind', () => {
    expect(of({ a: 'Y2k=', b: [1], c: 2, d: { x: 1 } }, { a: 'bnM=', b: [], c: 3, d: {} })).toEqual({
      value: { a: 'Y2k=', b: [1], c: 2, d: { x: 1 } },
      fixed: ['.a', '.b', '.c', '.d'],
    });
    expect(of({ 'checksum/config': '1' }, { 'checksum/config': '2' }).fixed).toEqual([]);
  });
});
