// `diff --live`: what kubectl reads of a real API server, with the rights and the context of the person who asks.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cli, cliProcess } from '../../support/cli';
import { apiServer, describeWith, findParts, succeed, type ApiServer } from '../../support/parts';

const RELEASE = ['ci', 'estafette-ci', '-n', 'ci-ns', '--create-namespace'];
const KEYS = [
  '--set-string',
  'api.secret.secretDecryptionKey=SazbwMf3NZxVVbBqQHebPcXCqrVn3DDp,api.secret.jwtKey=qtkdEb5SNsRJ6bBnQaXaYpHjJhb9tgYn',
];

const parts = findParts('etcd', 'kube-apiserver', 'kubectl');
describeWith(parts)('what a cluster has', () => {
  let server: ApiServer;
  let folder: string;
  let kubeconfig: string;
  const path = dirname(parts?.kubectl ?? '');
  beforeAll(async () => {
    server = await apiServer();
    folder = mkdtempSync(join(tmpdir(), 'diff-live-'));
    kubeconfig = server.kubeconfig;
    await succeed(server.kubectl(['apply', '-f', '-'], cli(['template', ...RELEASE, ...KEYS]).stdout));
  }, 90_000);
  afterAll(() => {
    if (folder) rmSync(folder, { recursive: true, force: true });
    return server?.stop();
  });

  const diff = (...args: string[]) => cliProcess(['diff', ...RELEASE, ...KEYS, '--live', '--kubeconfig', kubeconfig, ...args], { path });

  it('equals what was applied, and is named in the first line', () => {
    const { status, stdout, stderr } = diff();
    expect([status, stdout.split('\n')[0]]).toEqual([0, expect.stringMatching(/^Compared with \S+ \(https:\/\/127\.0\.0\.1:\d+\):$/)]);
    expect(stderr).not.toContain('seem to be new');
    const { cluster, equal } = JSON.parse(diff('-o', 'json').stdout) as { cluster: string; equal: boolean };
    expect([equal, cluster]).toEqual([true, expect.stringContaining('https://127.0.0.1')]);
    expect(diff('-o', 'markdown').stdout).toMatch(/^### ci \(estafette-ci\) in namespace ci-ns, compared with \S+ \(https/);
    expect(diff('-o', 'deletions').stdout).toMatch(/^# Compared with /);
  });

  it('shows what was changed by hand, and what the release has no more', async () => {
    await succeed(server.kubectl(['scale', 'deployment', 'ci-web', '--replicas=7', '-n', 'ci-ns']));
    const changed = diff();
    expect(changed.status).toBe(1);
    expect(changed.stdout).toMatch(/Deployment.*ci-web[\s\S]*replicas: 7 → /);
    await succeed(server.kubectl(['scale', 'deployment', 'ci-web', '--replicas=1', '-n', 'ci-ns']));
    const without = diff('--set', 'cron-event-sender.enabled=false', '-o', 'deletions');
    expect(without.stdout).toMatch(/kind: CronJob\nmetadata:\n {2}name: ci-cron-event-sender\n/);
  });

  it('is new where nothing is there', () => {
    const { status, stdout } = cliProcess(
      ['diff', 'other', 'devstats', '-n', 'elsewhere', '--set', 'skipSecrets=1', '--live', '--kubeconfig', kubeconfig],
      { path },
    );
    expect(status).toBe(1);
    expect(stdout).toMatch(/^\+ StatefulSet/m);
    expect(stdout).not.toMatch(/^[-~] /m);
  });

  it('shows no secret', () => {
    const { stdout, stderr } = diff('--set-string', 'api.secret.jwtKey=anotherKeyOf32CharactersXXXXXXXX');
    expect(stdout).toMatch(/jwtKey: .*hidden/);
    expect(stdout + stderr).not.toMatch(/qtkdEb5SNsRJ6bBnQaXaYpHjJhb9tgYn|anotherKeyOf32|cXRrZEVi/);
  });

  it('tells what the cluster does not know', () => {
    const { status, stderr, stdout } = diff('--set', 'db.serviceMonitor.enabled=true');
    expect(stderr).toContain('the cluster knows no ServiceMonitor');
    expect([status, stdout]).toEqual([1, expect.stringMatching(/^\+ ServiceMonitor/m)]);
  });

  it.each<[string, readonly string[], RegExp]>([
    ['no such context', ['--context', 'nowhere'], /Error: kubectl config view: .*nowhere/],
    ['a manifest, too', ['manifest.yaml'], /Error: --live compares with the cluster: leave out manifest\.yaml/],
  ])('ends with one line for %s', (_, args, message) => {
    const { status, stdout, stderr } = diff(...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });

  it('ends with one line for a server that is not there, and for no kubectl', () => {
    const gone = join(folder, 'gone');
    const cluster = { name: 'c', cluster: { server: 'https://127.0.0.1:1' } };
    const context = { name: 'x', context: { cluster: 'c', user: 'u' } };
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [cluster],
      contexts: [context],
      users: [{ name: 'u', user: { token: 'x' } }],
      'current-context': 'x',
    };
    writeFileSync(gone, JSON.stringify(config));
    const unreachable = cliProcess(['diff', ...RELEASE, ...KEYS, '--live', '--kubeconfig', gone], { path });
    expect([unreachable.status, unreachable.stdout]).toEqual([2, '']);
    expect(unreachable.stderr).toMatch(/Error: kubectl get: .*refused/);
    const without = cliProcess(['diff', ...RELEASE, ...KEYS, '--live'], { path: folder });
    expect([without.status, without.stderr]).toEqual([2, expect.stringContaining('there is no kubectl on PATH')]);
  });

  it('needs --live beside a context', () => {
    const { status, stderr } = cliProcess(['diff', ...RELEASE, '--context', 'x', 'manifest.yaml']);
    expect([status, stderr]).toEqual([2, expect.stringContaining('--context needs --live')]);
  });
});
