// `diff` on the command line: flags, inputs, exit codes.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
    expect(diff(manifest)).toMatchObject({ status: 0, stdout: '0 added, 0 removed, 0 changed, 52 equal\n' });
    expect(cli(['diff', ...RELEASE], { input: template() })).toMatchObject({ status: 0 });
    expect(cli(['diff', ...RELEASE, '-'], { input: template() })).toMatchObject({ status: 0 });
  });

  it('waits for a manifest that comes slowly', () => {
    const { status, stdout, stderr } = spawnSync('sh', ['-c', `(sleep 1; cat ${manifest}) | bin/cdk8s-estafette diff ${RELEASE.join(' ')}`], { cwd: ROOT, encoding: 'utf8' });
    expect([status, stdout, stderr]).toEqual([0, '0 added, 0 removed, 0 changed, 52 equal\n', expect.not.stringContaining('Error')]);
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
    expect(readYamlStream(stdout, 'deletions')).toEqual([{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'estafette-ci-db-client', namespace: 'estafette-ci' } }]);
    expect(diff('--output', 'deletions', manifest)).toMatchObject({ status: 0, stdout: '# estafette-ci has nothing to delete\n' });
  });

  it('--check-upgrade tells the order that works with Argo CD', () => {
    const { stdout } = diff('--set', 'db.storage.persistentVolume.size=5Gi', '--target', 'argocd', '--check-upgrade', manifest);
    expect(stdout).toContain('; while automated sync is on, Argo CD undoes this from the commit that it has: turn it off (or merge, and let that sync fail), run the command, sync, and turn it on again');
  });

  it('--check-upgrade lists refusals first', () => {
    const { status, stdout } = diff('--set', 'db.storage.persistentVolume.size=5Gi', '--check-upgrade', manifest);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^! StatefulSet estafette-ci\/estafette-ci-db spec\.volumeClaimTemplates\[0\]\.spec\.resources\.requests\.storage: the server refuses/);
    expect(stdout).toContain('    $ kubectl delete statefulset estafette-ci-db --namespace estafette-ci --cascade=orphan\n');
  });

  it.each<readonly [string, readonly string[], string]>([
    ['no chart', ['diff', 'estafette-ci'], 'Error: diff takes a release name, a chart and a manifest'],
    ['an unknown chart', ['diff', 'a', 'b'], 'Error: there is no chart "b"'],
    ['an unknown output', ['diff', ...RELEASE, '--output', 'xml'], 'Error: --output must be one of text, json, markdown, deletions, not "xml"'],
    ['an unknown flag', ['diff', ...RELEASE, '--nope'], "Error: Unknown option '--nope'"],
    ['stdin twice', ['diff', ...RELEASE, '-f', '-'], 'Error: both the values and the manifest are to come from stdin'],
    ['no such manifest', ['diff', ...RELEASE, '/nonexistent.yaml'], 'Error: the manifest: /nonexistent.yaml: no such file'],
    ['a typo in values', ['diff', ...RELEASE, '--set', 'api.enable=true', '/dev/null'], 'unknown key "enable"; did you mean "enabled"?'],
    ['values as the manifest', ['diff', ...RELEASE, 'examples/estafette-ci/ha.yaml'], 'Error: examples/estafette-ci/ha.yaml: document 1 has no apiVersion'],
  ])('2 for %s, without a stack trace', (_title, args, message) => {
    const { status, stdout, stderr } = cli(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^ {4}at /m);
  });

  it('nothing before: everything is new, and stderr says so', () => {
    const { status, stdout, stderr } = cli(['diff', ...RELEASE]);
    expect(status).toBe(1);
    expect(stdout).toContain('52 added, 0 removed, 0 changed, 0 equal');
    expect(stderr).toContain('WARNING: <stdin> holds no object of estafette-ci: everything is new');
  });
});
