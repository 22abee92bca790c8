// The `template` command as users call it: flags, exit codes, and errors that say where and how to mend.
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { cli } from '../support/cli';
import { CHART_FOLDER } from '../support/chart-files';

const folder = mkdtempSync(join(tmpdir(), 'template-test-'));
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const template = (...args: string[]) => cli(['template', 'estafette-ci', 'estafette-ci', '-n', 'estafette-ci', ...args]);
interface Manifest {
  kind: string;
  metadata: { name: string; namespace?: string };
  spec: { replicas?: number; rules?: { host: string }[] };
}
const objects = (text: string): Manifest[] => parseAllDocuments(text).map((document) => document.toJS() as Manifest);
const only = (name: string, ...args: string[]): Manifest => objects(template('--show-only', name, ...args).stdout)[0] as Manifest;

describe('template', () => {
  it('prints manifests on stdout, warnings on stderr, and exits 0', () => {
    const { status, stdout, stderr } = template();
    expect(status).toBe(0);
    expect(objects(stdout).length).toBeGreaterThan(50);
    expect(stderr).toMatch(/^WARNING: api\.secret/m);
  });

  it('layers files, and flags over files', () => {
    const first = file('first.yaml', 'api:\n  deployment:\n    replicaCount: 2\n  baseHost: a.example.com\n');
    const second = file('second.yaml', 'api:\n  deployment:\n    replicaCount: 3\n');
    expect(only('Deployment/estafette-ci-api', '-f', first, '-f', second).spec.replicas).toBe(3);
    expect(only('Deployment/estafette-ci-api', '-f', `${first},${second}`).spec.replicas).toBe(3);
    expect(only('Deployment/estafette-ci-api', '-f', first, '--set', 'api.deployment.replicaCount=5').spec.replicas).toBe(5);
    expect(only('Ingress/estafette-ci-api', '-f', first).spec.rules?.[0]?.host).toBe('a.example.com');
    expect(only('Deployment/estafette-ci-api', '--set-json', 'api.deployment={"replicaCount":4}').spec.replicas).toBe(4);
    expect(only('Ingress/estafette-ci-api', '--set-string', 'api.baseHost=1234').spec.rules?.[0]?.host).toBe('1234');
    expect(only('Ingress/estafette-ci-api', '--set-file', `api.baseHost=${file('host', 'from.file')}`).spec.rules?.[0]?.host).toBe(
      'from.file',
    );
  });

  it('reads values from stdin', () => {
    const { stdout } = cli(['template', 'estafette-ci', 'estafette-ci', '-f', '-', '-s', 'Deployment/estafette-ci-web'], {
      input: 'web: {deployment: {replicaCount: 7}}',
    });
    expect(objects(stdout)[0]?.spec.replicas).toBe(7);
  });

  it('puts every namespaced object into the namespace, and adds the Namespace on demand, first', () => {
    const all = objects(template('--create-namespace').stdout);
    expect(all[0]).toMatchObject({ kind: 'Namespace', metadata: { name: 'estafette-ci' } });
    for (const { kind, metadata } of all)
      expect([kind, metadata.namespace === undefined]).toEqual([
        kind,
        /^(Cluster|Namespace|Mutating|Validating|CustomResource)/.test(kind),
      ]);
  });

  it('writes one file an object with --output-dir, named in the order in which they can be applied', () => {
    const out = join(folder, 'out');
    expect(template('--output-dir', out).stdout).toBe('');
    const files = readdirSync(out).toSorted();
    expect(files[0]).toMatch(/^1-foundations-01-namespace-estafette-ci-jobs\.yaml$/);
    const written = files.flatMap((name) => objects(readFileSync(join(out, name), 'utf8')));
    const printed = objects(template().stdout);
    expect(written.map(({ kind }) => kind)).toEqual(printed.map(({ kind }) => kind));
    expect(written).toHaveLength(printed.length);
    expect(written).toEqual(expect.arrayContaining(printed));
  });

  it.each([
    [['template'], 'template takes a release name and a chart'],
    [['template', 'a', 'nope'], 'there is no chart "nope"; charts: estafette-ci'],
    [['template', 'a', 'estafette-ci', '--nope'], "Unknown option '--nope'"],
    [['template', 'a', 'estafette-ci', '--target', 'nope'], '--target must be one of kubectl'],
    [['template', 'a', 'estafette-ci', '--kube-version', 'new'], '--kube-version must be a version such as 1.31.0, not "new"'],
    [['nope'], 'there is no command "nope"'],
  ])('refuses wrong usage %j with exit 2', (args, message) => {
    const { status, stdout, stderr } = cli(args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`Error: ${message}`);
  });

  it.each([
    [['template', 'Not_A_Name', 'estafette-ci'], 'Error: release name "Not_A_Name" must be lower case'],
    [['template', 'a', 'estafette-ci', '-f', 'no-such-file.yaml'], 'Error: --values: no-such-file.yaml: no such file'],
    [['template', 'a', 'estafette-ci', '-f', 'https://example.com/values.yaml'], 'values are read from files only'],
    [
      ['template', 'a', 'estafette-ci', '-s', 'Deployment/a-ap'],
      '--show-only Deployment/a-ap: the release has no such object; did you mean Deployment/a-api?',
    ],
  ])('refuses wrong input %j with exit 1', (args, message) => {
    const { status, stdout, stderr } = cli(args);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('names file, line, column, path and the known key for every mistake at once', () => {
    const values = file('typos.yaml', 'db-migrator:\n  enable: false\nconfig:\n  files: {}\napi:\n  deployment:\n    replicaCount: many\n');
    const { status, stderr } = template('-f', values, '--set', 'web.pdb.enabeld=true');
    expect(status).toBe(1);
    expect(stderr.split('\n').filter(Boolean)).toEqual([
      `Error: ${values}:2:3: db-migrator.enable: unknown key "enable"; did you mean "enabled"?`,
      `Error: ${values}:3:1: config: unknown key "config"; did you mean "api.config" or "cron-event-sender.config" or "hanging-job-cleaner.config"?`,
      `Error: ${values}:7:5: api.deployment.replicaCount: must be a number, not the text (hidden)`,
      'Error: --set web.pdb.enabeld=true: web.pdb.enabeld: unknown key "enabeld"; did you mean "enabled"?',
    ]);
  });

  it.each([
    ['api: {jobNamespaceOverride: x/../../../pwn}', '1:7: api.jobNamespaceOverride', '(hidden)'],
    ['api: {jobNamespaceOverride: 1000000}', '1:7: api.jobNamespaceOverride', '"1e+06"'],
    ['metrics: {forceNamespace: Upper}', '1:11: metrics.forceNamespace', '(hidden)'],
    ['metrics: {server: {useExistingClusterRoleName: x, namespaces: [a, b_c]}}', '1:51: metrics.server.namespaces', '(hidden)'],
    [
      'metrics: {alertmanager: {enabled: true, useClusterRole: false, namespaces: [../a]}}',
      '1:64: metrics.alertmanager.namespaces',
      '(hidden)',
    ],
    [
      'metrics: {kubeStateMetrics: {enabled: true}, kube-state-metrics: {namespaceOverride: a b}}',
      '1:67: metrics.kube-state-metrics.namespaceOverride',
      '(hidden)',
    ],
    [
      'metrics: {kubeStateMetrics: {enabled: true}, kube-state-metrics: {rbac: {useClusterRole: false}, namespaces: "a,-b"}}',
      '1:98: metrics.kube-state-metrics.namespaces',
      '(hidden)',
    ],
    [
      'cert-manager: {enabled: true, prometheus: {servicemonitor: {enabled: true, namespace: a.b}}}',
      '1:76: cert-manager.prometheus.servicemonitor.namespace',
      '(hidden)',
    ],
    [
      'cert-manager: {enabled: true, global: {leaderElection: {namespace: ../b}}}',
      '1:57: cert-manager.global.leaderElection.namespace',
      '(hidden)',
    ],
  ])('refuses a namespace that no server takes: %s', (text, place, name) => {
    const values = file('namespace.yaml', `${text}\n`);
    const { status, stdout, stderr } = template('-f', values, '--output-dir', join(folder, 'deep', 'a', 'b', 'c'));
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toBe(
      `Error: ${values}:${place}: no namespace can be called ${name}: lower case letters, digits and dashes, a letter or digit at both ends, at most 63 characters\n`,
    );
    expect(readdirSync(folder)).not.toContain('deep');
  });

  it('makes unknown keys warnings with --skip-schema-validation', () => {
    const { status, stderr } = template('--skip-schema-validation', '--set', 'db-migrator.enable=false');
    expect(status).toBe(0);
    expect(stderr).toContain('WARNING: db-migrator.enable: unknown key "enable"; did you mean "enabled"?');
  });

  it('names the value and the place of a template that fails', () => {
    const values = file('template.yaml', 'api:\n  baseHost: a\n  tls:\n    annotations:\n      note: "{{ nosuch .Values.baseHost }}"\n');
    const { status, stderr } = template('-f', values);
    expect(status).toBe(1);
    expect(stderr).toMatch(/template\.yaml:5:7: api\.tls\.annotations\.note: .*"?nosuch"?/);
  });

  it('names the line of YAML that cannot be read', () => {
    const { status, stderr } = template('-f', file('broken.yaml', 'api:\n  a: [1,\n  b: 2\n'));
    expect(status).toBe(1);
    expect(stderr).toMatch(/broken\.yaml:\d+:\d+: /);
  });
});

const REPO = 'https://git.example.com/ci.git';
const applied = (...more: string[]): string[] => ['--target', 'argocd', '--application', '--repo-url', REPO, ...more];

describe('targets', () => {
  it('argocd prints waves, and the Application on demand as the last object', () => {
    const { status, stdout } = template(
      '--target',
      'argocd',
      '--application',
      '--repo-url',
      'https://git.example.com/ci.git',
      '--path',
      'manifests',
      '--target-revision',
      'v1',
      '--project',
      'ci',
    );
    expect(status).toBe(0);
    expect(stdout).toContain('argocd.argoproj.io/sync-wave: "4"');
    expect(objects(stdout).at(-1)).toMatchObject({
      kind: 'Application',
      metadata: { name: 'estafette-ci', namespace: 'argocd' },
      spec: { project: 'ci', source: { repoURL: 'https://git.example.com/ci.git', path: 'manifests', targetRevision: 'v1' } },
    });
    expect(
      objects(template('--target', 'argocd', '--application', '--repo-url', REPO, '--show-only', 'Application/estafette-ci').stdout),
    ).toHaveLength(1);
  });

  it('argocd writes files that the Application finds, with --output-dir', () => {
    const { status, stdout } = cli(
      [
        'template',
        'ci',
        'estafette-ci',
        ...applied('--output-dir', 'apps/ci/', '--application-namespace', 'gitops', '--destination-server', 'https://10.0.0.1:6443'),
      ],
      { cwd: folder },
    );
    expect([status, stdout]).toEqual([0, '']);
    const out = join(folder, 'apps', 'ci');
    expect(readdirSync(out)).toEqual(['ci.application.yaml', 'ci.k8s.yaml']);
    const [made] = objects(readFileSync(join(out, 'ci.application.yaml'), 'utf8'));
    expect(made).toMatchObject({
      metadata: { namespace: 'gitops' },
      spec: {
        source: { path: 'apps/ci', directory: { include: '{ci.k8s.yaml,ci.crds.k8s.yaml}' } },
        destination: { server: 'https://10.0.0.1:6443' },
      },
    });
    expect(readFileSync(join(out, 'ci.k8s.yaml'), 'utf8')).toBe(cli(['template', 'ci', 'estafette-ci', '--target', 'argocd']).stdout);
    expect(cli(['template', 'ci', 'estafette-ci', ...applied('--output-dir', out)]).status).toBe(0);
    expect(objects(readFileSync(join(out, 'ci.application.yaml'), 'utf8'))[0]).toMatchObject({ spec: { source: { path: 'dist' } } });
  });

  it('a folder that cannot be made is told', () => {
    const { status, stderr } = template('--output-dir', '/proc/x');
    expect([status, stderr]).toEqual([1, expect.stringMatching(/Error: \/proc\/x cannot be written: nothing can be made there\n$/)]);
  });

  it('helm tells what of somebody else stays, and refuses to lose it', () => {
    const chart = join(folder, 'own-chart');
    const again = (...args: string[]) => template('--target', 'helm', '--output-dir', chart, ...args);
    expect(again().status).toBe(0);
    writeFileSync(join(chart, 'templates', 'mine.yaml'), 'mine');
    expect(again()).toMatchObject({
      status: 0,
      stderr: expect.stringContaining(
        `WARNING: ${chart}/templates/mine.yaml was not written by cdk8s-estafette: it stays, and Helm installs it with the rest\n`,
      ),
    });
    writeFileSync(join(chart, 'values.yaml'), 'mine');
    expect(again('--set', 'web.enabled=false')).toMatchObject({ status: 1, stderr: expect.stringContaining('would be lost: values.yaml') });
    expect(['values.yaml', 'templates/mine.yaml'].map((name) => readFileSync(join(chart, name), 'utf8'))).toEqual(['mine', 'mine']);
    expect(cli(['template', 'other', 'estafette-ci', '--target', 'helm', '--output-dir', chart])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('holds the chart estafette-ci for the release estafette-ci, not estafette-ci for other'),
    });
  });

  it('helm writes a chart, over an earlier one but over nothing else', () => {
    const chart = join(folder, 'chart');
    expect(template('--target', 'helm', '--output-dir', chart).status).toBe(0);
    expect(readdirSync(chart)).toEqual(CHART_FOLDER);
    expect(readdirSync(join(chart, 'templates'))).toContain('pod-estafette-ci-web-test-connection.yaml');
    expect(template('--target', 'helm', '--fix', '.', '--output-dir', chart, '--set', 'web.enabled=false').status).toBe(0);
    expect(readdirSync(join(chart, 'templates'))).not.toContain('pod-estafette-ci-web-test-connection.yaml');
    const { status, stderr } = template('--target', 'helm', '--output-dir', folder);
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(
        /Error: \S+ holds files, but not a chart written by cdk8s-estafette: name an empty folder, or one that does not exist\n$/,
      ),
    ]);
  });

  it.each([
    [['--target', 'helm'], '--target helm writes a chart: --output-dir must say where'],
    [
      ['--target', 'helm', '--output-dir', 'x', '--show-only', 'a/b'],
      '--show-only does not go with --target helm: helm template --show-only prints single templates of the chart',
    ],
    [['--application', '--repo-url', 'x'], '--application goes with --target argocd, not kubectl'],
    [['--target', 'argocd', '--application'], '--application needs --repo-url: the git repository that holds the manifests'],
    [['--target', 'argocd', '--repo-url', 'x', '--path', 'y'], '--repo-url and --path are for an Application: give --application, too'],
    [applied('--crds', 'only'), '--crds only does not go with --application, which is for all of a release'],
    [
      applied('--output-dir', 'x', '--show-only', 'Application/estafette-ci'),
      '--show-only does not go with --application and --output-dir: the Application is for whole files',
    ],
    [applied('--path', ''), '--path must be a folder in the repository, relative to its top, such as dist; not ""'],
    [applied('--path', '/abs'), '--path must be a folder in the repository, relative to its top, such as dist; not "/abs"'],
    [applied('--path', '../../x'), '--path must be a folder in the repository, relative to its top, such as dist; not "../../x"'],
    [applied('--project='), '--project must be the name of a project of Argo CD, not ""'],
    [applied('--target-revision='), '--target-revision must be a branch, tag or commit, not ""'],
    [
      applied('--repo-url', 'not a url'),
      '--repo-url must be the URL of a git repository, such as https://git.example.com/ci.git or git@git.example.com:ci.git; not "not a url"',
    ],
    [
      applied('--repo-url', 'https://me:secret@git.example.com/ci.git'),
      '--repo-url must hold no login, which everybody could read in the Application: give it to Argo CD in the Secret of the repository',
    ],
    [applied('--application-namespace', 'Argo CD'), '--application-namespace must be the name of a namespace, not "Argo CD"'],
    [
      applied('--destination-server', 'cluster'),
      '--destination-server must be the URL of an API server, such as https://kubernetes.default.svc; not "cluster"',
    ],
    [
      ['--destination-server', 'x', '--application-namespace', 'y'],
      '--application-namespace and --destination-server are for an Application: give --application, too',
    ],
    [['--output-dir', ''], '--output-dir must name a folder'],
    [['--target', 'flux'], '--target must be one of kubectl, argocd, helm, not "flux"'],
  ])('%j is wrong usage', (flags, message) => {
    const { status, stderr, stdout } = template(...flags);
    expect([status, stderr, stdout]).toEqual([2, `Error: ${message}\n`, '']);
  });
});
