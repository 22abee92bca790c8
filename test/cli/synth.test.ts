// The `synth` command: releases.yaml in, one file a release out.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { cli } from '../support/cli';

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
    const cwd = workspace({ 'releases.yaml': `repoURL: https://git.example.com/ci.git
path: manifests
releases:
- {name: one, chart: estafette-ci, target: argocd, application: true, path: dist, targetRevision: v1}
- {name: two, chart: estafette-ci, target: argocd}
- {name: three, chart: estafette-ci, target: helm}
` });
    expect(synth(cwd)).toMatchObject({ status: 0, stdout: '' });
    const source = (name: string) => (parseDocument(readFileSync(join(cwd, 'dist', `${name}.application.yaml`), 'utf8')).toJS() as { spec: { source: object } }).spec.source;
    expect(readdirSync(join(cwd, 'dist'))).toEqual(['one.application.yaml', 'one.k8s.yaml', 'three', 'two.k8s.yaml']);
    expect(source('one')).toMatchObject({ repoURL: 'https://git.example.com/ci.git', path: 'dist', targetRevision: 'v1' });
    expect(readdirSync(join(cwd, 'dist', 'three'))).toEqual(['.helmignore', '.written', 'Chart.yaml', 'templates', 'values.schema.json', 'values.yaml']);
    const { status, stderr } = synth(cwd, '--application');
    expect([status, stderr.includes('belongs to no release')]).toEqual([0, false]);
    expect(source('two')).toMatchObject({ path: 'manifests', targetRevision: 'HEAD', directory: { include: '{two.k8s.yaml,two.crds.k8s.yaml}' } });
    expect(synth(cwd).stderr).toContain('WARNING: dist/two.application.yaml belongs to no release');
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
    ['releases: [{name: one, chart: estafette-ci, valeus: [x]}]\n', /^Error: releases\.yaml:1:\d+: releases\[0\]\.valeus: unknown key "valeus"; did you mean "values"\?/],
    ['releases: [{name: One, chart: estafette-ci}]\n', /releases\[0\]\.name: must be lower case letters/],
    ['releases: [{name: a, chart: estafette-ci}, {name: a, chart: estafette-ci}]\n', /two releases are named a/],
    ['releases: [{name: a, chart: estafette-ci, values: [none.yaml]}]\n', /none\.yaml: no such file/],
    ['releases: [{name: a, chart: estafette-ci, set: {api.basehost: x}}]\n', /a: --set-json api\.basehost="x": api\.basehost: unknown key "basehost"; did you mean "baseHost"\?/],
    ['releases: [{name: a, chart: estafette-ci, target: argocd, application: true}]\n', /^Error: releases\.yaml:1:\d+: releases\[0\]\.application: needs repoURL, the git repository that holds the manifests: give it here, or at the top for all releases\n$/],
    ['repoURL: x\nreleases: [{name: a, chart: estafette-ci, application: true}]\n', /^Error: releases\.yaml:2:\d+: releases\[0\]\.application: an Application is for the target argocd, not kubectl\n$/],
    ['repoUrl: x\nreleases: [{name: a, chart: estafette-ci}]\n', /unknown key "repoUrl"; did you mean "repoURL"\?/],
    ['releases: [{name: a, chart: estafette-ci, patches: [{target: {kind: Deployment, name: nope}, patch: {}}]}]\n', /Error: releases\.yaml:1:\d+: a: patches\[0\]: the release has no Deployment\/nope/],
  ])('refuses %j', (text, message) => {
    const { status, stderr } = synth(workspace({ 'releases.yaml': text }));
    expect(status).toBe(1);
    expect(stderr).toMatch(message);
  });

  it('says what is missing without a releases.yaml', () => {
    const { status, stderr } = synth(workspace({}));
    expect([status, stderr]).toEqual([1, 'Error: the list of releases: releases.yaml: no such file\n']);
  });
});
