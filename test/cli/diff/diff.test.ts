// `diff` on the command line: flags, inputs, exit codes.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readYamlStream } from '../../../helm/yaml/read';
import { cli, ROOT } from '../../support/cli';

const RELEASE = ['estafette-ci', 'estafette-ci', '-n', 'estafette-ci'];
const diff = (...args: string[]) => cli(['diff', ...RELEASE, ...args]);
const template = (...args: string[]) => cli(['template', ...RELEASE, ...args]).stdout;

describe('diff', () => {
  let folder = '';
  let manifest = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'cdk8s-estafette-diff-'));
    manifest = join(folder, 'manifest.yaml');
    writeFileSync(manifest, template());
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('0 when equal, from a file and from stdin', () => {
    expect(diff(manifest)).toMatchObject({ status: 0, stdout: '0 added, 0 removed, 0 changed, 56 equal\n' });
    expect(cli(['diff', ...RELEASE], { input: template() })).toMatchObject({ status: 0 });
    expect(cli(['diff', ...RELEASE, '-'], { input: template() })).toMatchObject({ status: 0 });
  });

  it('waits for a manifest that comes slowly', () => {
    const { status, stdout, stderr } = spawnSync(
      'sh',
      ['-c', `(sleep 1; cat ${manifest}) | bin/cdk8s-estafette diff ${RELEASE.join(' ')}`],
      { cwd: ROOT, encoding: 'utf8' },
    );
    expect([status, stdout, stderr]).toEqual([0, '0 added, 0 removed, 0 changed, 56 equal\n', expect.not.stringContaining('Error')]);
  });

  it('1 when different, whatever the output; no colour where nobody sees it', () => {
    for (const output of ['text', 'json', 'markdown']) {
      const { status, stdout } = diff('--set', 'api.image.tag=9.9.9', '--output', output, manifest);
      expect(status).toBe(1);
      expect(stdout).toContain('9.9.9');
      expect(stdout).not.toContain('\u001B');
    }
  });

  it('db-client switched off: its Pod is to be deleted, nothing else', () => {
    const { status, stdout } = cli(['diff', ...RELEASE, '--output', 'deletions'], { input: template('--set', 'db-client.enabled=true') });
    expect(status).toBe(1);
    expect(readYamlStream(stdout, 'deletions')).toEqual([
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'estafette-ci-db-client', namespace: 'estafette-ci' } },
    ]);
    expect(diff('--output', 'deletions', manifest)).toMatchObject({ status: 0, stdout: '# estafette-ci has nothing to delete\n' });
  });

  it('--check-upgrade tells the order that works with Argo CD', () => {
    const { stdout } = diff('--set', 'db.storage.persistentVolume.size=5Gi', '--target', 'argocd', '--check-upgrade', manifest);
    expect(stdout).toContain(
      '; while automated sync is on, Argo CD undoes this from the commit that it has: turn it off (or merge, and let that sync fail), run the command, sync, and turn it on again',
    );
  });

  it('--check-upgrade lists refusals first', () => {
    const { status, stdout } = diff('--set', 'db.storage.persistentVolume.size=5Gi', '--check-upgrade', manifest);
    expect(status).toBe(1);
    expect(stdout).toMatch(
      /^! StatefulSet estafette-ci\/estafette-ci-db spec\.volumeClaimTemplates\[0\]\.spec\.resources\.requests\.storage: the server refuses/,
    );
    expect(stdout).toContain('    $ kubectl delete statefulset estafette-ci-db --namespace estafette-ci --cascade=orphan\n');
  });

  it.each<readonly [string, readonly string[], string]>([
    ['no chart', ['diff', 'estafette-ci'], 'Error: diff takes a release name, a chart and a manifest'],
    ['an unknown chart', ['diff', 'a', 'b'], 'Error: there is no chart "b"'],
    [
      'an unknown output',
      ['diff', ...RELEASE, '--output', 'xml'],
      'Error: --output must be one of text, json, markdown, deletions, not "xml"',
    ],
    ['an unknown flag', ['diff', ...RELEASE, '--nope'], "Error: Unknown option '--nope'"],
    ['stdin twice', ['diff', ...RELEASE, '-f', '-'], 'Error: both the values and the manifest are to come from stdin'],
    ['no such manifest', ['diff', ...RELEASE, '/nonexistent.yaml'], 'Error: the manifest: /nonexistent.yaml: no such file'],
    ['a typo in values', ['diff', ...RELEASE, '--set', 'api.enable=true', '/dev/null'], 'unknown key "enable"; did you mean "enabled"?'],
    [
      'values as the manifest',
      ['diff', ...RELEASE, 'examples/estafette-ci/ha.yaml'],
      'Error: examples/estafette-ci/ha.yaml: document 1 has no apiVersion',
    ],
  ])('2 for %s, without a stack trace', (_title, args, message) => {
    const { status, stdout, stderr } = cli(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^ {4}at /m);
  });

  describe('--file', () => {
    const list = () => join(folder, 'releases.yaml');
    const listed = (...args: string[]) => cli(['diff', 'estafette-ci', '--file', list(), ...args]);
    beforeAll(() =>
      writeFileSync(
        list(),
        `releases:
- name: estafette-ci
  chart: estafette-ci
  namespace: estafette-ci
  kubeVersion: 1.31.0
  set: {api.image.tag: 9.9.9}
  patches:
  - target: {kind: Deployment, name: estafette-ci-web}
    patch: {spec: {revisionHistoryLimit: 3}}
- {name: other, chart: estafette-ci, target: argocd, patches: [{target: {kind: Deployment, name: nope}, patch: {}}]}
`,
      ),
    );
    it('takes all from the list, patches included: what synth writes is equal', () => {
      const alone = join(folder, 'alone.yaml');
      writeFileSync(alone, readFileSync(list(), 'utf8').replace(/^- \{name: other.*\n/m, ''));
      expect(cli(['synth', '-f', alone, '-o', join(folder, 'dist')])).toMatchObject({ status: 0 });
      expect(listed(join(folder, 'dist', 'estafette-ci.k8s.yaml'))).toMatchObject({
        status: 0,
        stdout: '0 added, 0 removed, 0 changed, 56 equal\n',
      });
      const { status, stdout } = listed('--check-upgrade', manifest);
      expect(status).toBe(1);
      expect(stdout).toContain('~ spec.revisionHistoryLimit: 10 → 3\n');
      expect(stdout).toContain('estafette-ci-api:9.9.9\n');
      expect(cli(['diff', 'estafette-ci', '--file', list()], { input: readFileSync(manifest, 'utf8') })).toMatchObject({
        status: 1,
        stdout: expect.stringContaining('revisionHistoryLimit'),
      });
    });
    it.each<readonly [string, readonly string[], string]>([
      [
        'flags that the list has',
        ['estafette-ci', '-n', 'x', '--set', 'a=b', '--target', 'helm'],
        'leave out --set, --namespace, --target',
      ],
      ['a chart, too', ['estafette-ci', 'estafette-ci', '/dev/null'], 'Error: diff takes a release name and a manifest'],
      ['a release that is not there', ['estafette-co', '/dev/null'], 'there is no release "estafette-co"; did you mean "estafette-ci"?'],
      ['a patch that matches nothing', ['other', '/dev/null'], 'releases.yaml:10:'],
    ])('2 for %s', (_title, args, message) => {
      const { status, stderr } = cli(['diff', '--file', list(), ...args]);
      expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
      expect(stderr).not.toMatch(/^ {4}at /m);
    });
  });

  it('nothing before: everything is new, and stderr says so', () => {
    const { status, stdout, stderr } = cli(['diff', ...RELEASE]);
    expect(status).toBe(1);
    expect(stdout).toContain('56 added, 0 removed, 0 changed, 0 equal');
    expect(stderr).toContain('WARNING: <stdin> holds no object of estafette-ci: everything is new');
  });
});
