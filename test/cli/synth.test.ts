// The `synth` command: releases.yaml in, one file a release out.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { cli } from '../support/cli';
import { CHART_FOLDER } from '../support/chart-files';

function workspace(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'synth-test-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}
const synth = (cwd: string, ...args: string[]) => cli(['synth', ...args], { cwd });

describe('synth', () => {
  it('writes a file for each release, with its values, settings and patches', () => {
    const cwd = workspace({
      'values.yaml': 'web: {deployment: {replicaCount: 4}}\n',
      'releases.yaml': `releases:
- {name: one, chart: estafette-ci, namespace: ci, values: [values.yaml], set: {api.baseHost: ci.example.com}}
- name: two
  chart: estafette-ci
  createNamespace: true
  patches:
  - target: {kind: Deployment, name: two-web}
    patch: {spec: {template: {spec: {priorityClassName: high}}}}
`,
    });
    expect(synth(cwd).status).toBe(0);
    expect(readdirSync(join(cwd, 'dist'))).toEqual(['one.k8s.yaml', 'two.k8s.yaml']);
    const one = readFileSync(join(cwd, 'dist', 'one.k8s.yaml'), 'utf8');
    expect(one).toContain('replicas: 4');
    expect(one).toContain('host: ci.example.com');
    const two = readFileSync(join(cwd, 'dist', 'two.k8s.yaml'), 'utf8');
    expect(two).toContain('priorityClassName: high');
    expect(two).toMatch(/^(---\n)?apiVersion: v1\nkind: Namespace\nmetadata:\n {2}name: default/);
  });

  it('writes an Application and a chart where the release asks for them', () => {
    const cwd = workspace({
      'releases.yaml': `repoURL: https://git.example.com/ci.git
path: manifests
releases:
- {name: one, chart: estafette-ci, target: argocd, application: true, path: dist, targetRevision: v1}
- {name: two, namespace: two, chart: estafette-ci, target: argocd}
- {name: three, chart: estafette-ci, target: helm}
`,
    });
    expect(synth(cwd)).toMatchObject({ status: 0, stdout: '' });
    const source = (name: string) =>
      (parseDocument(readFileSync(join(cwd, 'dist', `${name}.application.yaml`), 'utf8')).toJS() as { spec: { source: object } }).spec
        .source;
    expect(readdirSync(join(cwd, 'dist'))).toEqual(['one.application.yaml', 'one.k8s.yaml', 'three', 'two.k8s.yaml']);
    expect(source('one')).toMatchObject({ repoURL: 'https://git.example.com/ci.git', path: 'dist', targetRevision: 'v1' });
    expect(readdirSync(join(cwd, 'dist', 'three'))).toEqual(CHART_FOLDER);
    const { status, stderr } = synth(cwd, '--application');
    expect([status, stderr.includes('belongs to no release')]).toEqual([0, false]);
    expect(source('two')).toMatchObject({
      path: 'manifests',
      targetRevision: 'HEAD',
      directory: { include: '{two.k8s.yaml,two.crds.k8s.yaml}' },
    });
    expect(synth(cwd).stderr).toContain('WARNING: dist/two.application.yaml belongs to no release');
  });

  it('tells which releases make the same objects, unless they go to different clusters', () => {
    const list = (more: string) =>
      `repoURL: https://git.example.com/ci.git\nreleases:\n- {name: one, namespace: ns, chart: estafette-ci}\n- {name: two, namespace: ns, chart: estafette-ci, target: argocd${more}}\n`;
    const cwd = workspace({ 'releases.yaml': list('') });
    const { status, stderr } = synth(cwd);
    expect(status).toBe(0);
    expect(stderr.split('\n').filter((line) => line.includes(' both make '))).toEqual([
      'WARNING: one and two both make Namespace ns-jobs and ServiceAccount ns-jobs/estafette-ci-builder: in one cluster each would take them from the other; give them different namespaces, or other names in their values',
    ]);
    writeFileSync(join(cwd, 'releases.yaml'), list(', application: true, destinationServer: "https://10.0.0.1"'));
    expect(synth(cwd).stderr).not.toContain(' both make ');
    writeFileSync(join(cwd, 'releases.yaml'), list(', application: true, destinationServer: "https://kubernetes.default.svc"'));
    expect(synth(cwd).stderr).toContain(' both make ');
  });

  it('tells of a chart that a release left behind when it changed its target', () => {
    const cwd = workspace({ 'releases.yaml': 'releases: [{name: one, chart: estafette-ci, target: helm}]\n' });
    expect(synth(cwd).status).toBe(0);
    mkdirSync(join(cwd, 'dist', 'own'));
    writeFileSync(join(cwd, 'releases.yaml'), 'releases: [{name: one, chart: estafette-ci}]\n');
    expect(
      synth(cwd)
        .stderr.split('\n')
        .filter((line) => line.includes('belongs')),
    ).toEqual(['WARNING: dist/one belongs to no release in releases.yaml']);
    expect(synth(cwd, '-o', '/proc/x')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('Error: /proc/x cannot be written: nothing can be made there\n'),
    });
    expect(synth(cwd, '-o', '')).toMatchObject({ status: 2, stderr: 'Error: --output must name a folder\n' });
  });

  it('gives Applications the folder that the files go to', () => {
    const cwd = workspace({
      'releases.yaml':
        'repoURL: https://git.example.com/ci.git\nreleases: [{name: one, chart: estafette-ci, target: argocd, application: true, applicationNamespace: gitops}]\n',
    });
    expect(synth(cwd, '-o', 'deploy').status).toBe(0);
    expect(parseDocument(readFileSync(join(cwd, 'deploy', 'one.application.yaml'), 'utf8')).toJS()).toMatchObject({
      metadata: { namespace: 'gitops' },
      spec: { source: { path: 'deploy' } },
    });
  });

  it('tells of files that belong to no release', () => {
    const cwd = workspace({ 'releases.yaml': 'releases: [{name: one, chart: estafette-ci}]\n' });
    mkdirSync(join(cwd, 'out'));
    writeFileSync(join(cwd, 'out', 'old.k8s.yaml'), '');
    expect(synth(cwd, '-o', 'out').stderr).toContain('WARNING: out/old.k8s.yaml belongs to no release in releases.yaml');
  });

  it.each([
    ['releases: []\n', /^Error: releases\.yaml:1:1: releases: /],
    ['releases: [{name: one, chart: nope}]\n', /^Error: releases\.yaml:1:24: releases\[0\]\.chart: must be one of estafette-ci/],
    [
      'releases: [{name: one, chart: estafette-ci, valeus: [x]}]\n',
      /^Error: releases\.yaml:1:\d+: releases\[0\]\.valeus: unknown key "valeus"; did you mean "values"\?/,
    ],
    ['releases: [{name: One, chart: estafette-ci}]\n', /releases\[0\]\.name: must be lower case letters/],
    ['releases: [{name: a, chart: estafette-ci}, {name: a, chart: estafette-ci}]\n', /two releases are named a/],
    ['releases: [{name: a, chart: estafette-ci, values: [none.yaml]}]\n', /none\.yaml: no such file/],
    [
      'releases: [{name: a, chart: estafette-ci, set: {api.basehost: x}}]\n',
      /a: releases\.yaml:1:\d+: set: api\.basehost: unknown key "basehost"; did you mean "baseHost"\?/,
    ],
    [
      'releases: [{name: a, chart: estafette-ci, target: argocd, application: true}]\n',
      /^Error: releases\.yaml:1:\d+: releases\[0\]\.application: needs repoURL, the git repository that holds the manifests: give it here, or at the top for all releases\n$/,
    ],
    [
      'repoURL: https://x\nreleases: [{name: a, chart: estafette-ci, application: true}]\n',
      /^Error: releases\.yaml:2:\d+: releases\[0\]\.application: an Application is for the target argocd, not kubectl\n$/,
    ],
    [
      'releases:\n- {name: a, chart: estafette-ci, path: ../x}\n',
      /^Error: releases\.yaml:2:34: releases\[0\]\.path: must be a folder in the repository, relative to its top, such as dist; not "\.\.\/x"\n$/,
    ],
    [
      'repoURL: https://me:secret@x\nreleases: [{name: a, chart: estafette-ci}]\n',
      /^Error: releases\.yaml:1:1: repoURL: must hold no login/,
    ],
    [
      'project: ""\ntargetRevision: " "\napplicationNamespace: A\ndestinationServer: x\nreleases: [{name: a, chart: estafette-ci}]\n',
      /^Error: releases\.yaml:2:1: targetRevision: .*\nError: releases\.yaml:1:1: project: .*\nError: releases\.yaml:3:1: applicationNamespace: .*\nError: releases\.yaml:4:1: destinationServer: .*\n$/,
    ],
    [
      'repoURL: https://x\nreleases:\n- {name: a, namespace: ns, chart: estafette-ci, target: argocd, application: true}\n- {name: b, namespace: ns, chart: estafette-ci, target: argocd, application: true}\n',
      /Error: releases\.yaml:4:3: a and b both make Namespace ns-jobs and ServiceAccount ns-jobs\/estafette-ci-builder: in one cluster each would take them from the other; give them different namespaces, or other names in their values; Argo CD would do so again and again\n$/,
    ],
    ['repoUrl: x\nreleases: [{name: a, chart: estafette-ci}]\n', /unknown key "repoUrl"; did you mean "repoURL"\?/],
    [
      'releases: [{name: a, chart: estafette-ci, patches: [{target: {kind: Deployment, name: nope}, patch: {}}]}]\n',
      /Error: releases\.yaml:1:\d+: a: patches\[0\]: the release has no Deployment\/nope/,
    ],
  ])('refuses %j', (text, message) => {
    const { status, stderr } = synth(workspace({ 'releases.yaml': text }));
    expect(status).toBe(1);
    expect(stderr).toMatch(message);
  });

  const one = 'releases:\n- {name: a, chart: estafette-ci';
  it.each<[string, string[]]>([
    [
      'releases: [{name: a, chart: estafette-ci}]\n---\nreleases: [{name: b, chart: devstats}]\n',
      ['2:1: a second document: all releases stand in one list, "releases:", at the top'],
    ],
    [
      'releases: [{name: a, chart: estafette-ci}]\nreleases: []\n',
      ['2:1: the key "releases" is given twice: one of them would be dropped'],
    ],
    ['releases: []\n', ['1:1: releases: must hold at least one release']],
    ['releases:\n', ['1:1: releases: is missing: a list is needed']],
    ['releases: x\n', ['1:1: releases: must be a list, not text']],
    [
      `${one}, namespace: 5, values: v.yaml, createNamespace: "true", target: foo, set: S3CRET, patches: S3CRET, apiVersions: x, kubeVersion: 1.31}\n- S3CRET\n- null\n`,
      [
        '2:34: releases[0].namespace: must be text, not the number 5: put it in quotes',
        '2:89: releases[0].target: must be one of kubectl, argocd, helm',
        '2:48: releases[0].values: must be a list, not text',
        '2:102: releases[0].set: must be a map, not text',
        '2:64: releases[0].createNamespace: must be true or false, not text',
        '2:148: releases[0].kubeVersion: must be text, not the number 1.31: put it in quotes',
        '2:132: releases[0].apiVersions: must be a list, not text',
        '2:115: releases[0].patches: must be a list, not text',
        '3:3: releases[1]: must be a map with name and chart, not text',
        '4:3: releases[2]: must be a map with name and chart, not null',
      ],
    ],
    [`${one}, namespace: [y]}\n`, ['2:34: releases[0].namespace: must be text, not a list']],
    [
      `${one}, values: [no.yaml]}\n- {name: b, chart: estafette-ci, values: [no2.yaml]}\n`,
      ['2:43: values[0]: no.yaml: no such file', '3:43: values[0]: no2.yaml: no such file'],
    ],
    [
      `${one}, patches: [{target: {kind: Deployment, name: a-web}, patch: S3CRET}, {target: {kind: Deployment, nam: x}, patch: [{op: add, path: spec/x, value: 1}, {op: sett}]}]}\n`,
      [
        '2:86: releases[0].patches[0].patch: must be a part of the object (a map) or a list of operations, not text',
        '2:130: releases[0].patches[1].target.nam: unknown key "nam"; did you mean "name"?',
        '2:103: releases[0].patches[1].target.name: is missing: text is needed',
        '2:157: releases[0].patches[1].patch[0].path: must begin with "/", as in /spec/x',
        '2:183: releases[0].patches[1].patch[1].op: must be one of add, remove, replace, move, copy, test',
      ],
    ],
  ])('refuses %j, also for diff, in words of its own', (text, messages) => {
    const cwd = workspace({ 'releases.yaml': text });
    const lines = messages.map((message) => `Error: releases.yaml:${message}\n`).join('');
    expect(synth(cwd)).toEqual({ status: 1, stdout: '', stderr: lines });
    expect(cli(['diff', 'a', '--file', 'releases.yaml', '/dev/null'], { cwd })).toEqual({ status: 2, stdout: '', stderr: lines });
  });

  it('takes a key with nothing but comments for one that is not given', () => {
    const cwd = workspace({
      'releases.yaml': 'project:\nreleases:\n- name: a\n  chart: estafette-ci\n  values:\n  # - x\n  set:\n  patches:\n',
    });
    expect(synth(cwd)).toMatchObject({ status: 0 });
  });

  it('tells the place of what is wrong in set', () => {
    const cwd = workspace({ 'releases.yaml': `${one}, set: {api.secret.jwtKy: S3CRET, web.pdb.enabled: 1}}\n` });
    expect(
      synth(cwd)
        .stderr.split('\n')
        .filter((line) => line.startsWith('Error')),
    ).toEqual([
      'Error: a: releases.yaml:2:40: set: api.secret.jwtKy: unknown key "jwtKy"; did you mean "jwtKey"?',
      'Error: a: releases.yaml:2:66: set: web.pdb.enabled: must be true or false, not the number 1',
    ]);
  });

  it('tells of files that cannot be read before anything else, and of all of them', () => {
    const cwd = workspace({
      'latin.yaml': 'a: [\n',
      'releases.yaml': `releases:
- {name: one, chart: estafette-ci, set: {api.basehost: x}}
- {name: two, chart: estafette-ci, values: [none.yaml]}
- {name: three, chart: estafette-ci, patches: [{target: {kind: Job, name: none}, patch: {a: 1}}]}
- {name: four, chart: estafette-ci, values: [latin.yaml]}
`,
    });
    const { status, stderr } = synth(cwd);
    expect(status).toBe(1);
    expect(stderr.split('\n')).toEqual([
      'Error: releases.yaml:3:45: values[0]: none.yaml: no such file',
      expect.stringMatching(/^Error: latin\.yaml:2:1: /),
      '',
    ]);
  });

  it('says what is missing without a releases.yaml', () => {
    const { status, stderr } = synth(workspace({}));
    expect([status, stderr]).toEqual([1, 'Error: the list of releases: releases.yaml: no such file\n']);
  });
});
