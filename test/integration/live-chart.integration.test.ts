// A chart whose values live, in the life of a release on a real API server, by each Helm that people have.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFiles } from '../../constructs/release/files';
import { chartFilesOf } from '../support/chart-files';
import { runHelm } from '../support/helm-client';
import { apiServer, describeWith, findParts, succeed, type ApiServer } from '../support/parts';

const NAMESPACE = 'builds';
const parts = findParts('etcd', 'kube-apiserver', 'kubectl', 'helm', 'helm3');

describeWith(parts)('a live chart of buildshuttle', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'live-chart-'));
  const chart = join(scratch, 'chart');
  let server: ApiServer;
  beforeAll(async () => {
    server = await apiServer();
    await succeed(server.kubectl(['create', 'namespace', NAMESPACE]));
    writeFiles(chart, chartFilesOf({ release: 'shuttle', chart: 'buildshuttle', namespace: NAMESPACE, live: ['.'] }));
  }, 60_000);
  afterAll(async () => {
    await server.stop();
    rmSync(scratch, { recursive: true });
  });

  it.each(['helm', 'helm3'] as const)('is checked, packed, installed, upgraded, rolled back and removed by %s', async (program) => {
    const release = program === 'helm' ? 'shuttle' : 'shuttle3';
    const run = (...args: string[]): { readonly status: number | null; readonly text: string } => {
      const place = { folder: scratch, kubeconfig: server.kubeconfig, namespace: NAMESPACE };
      const { status, stdout, stderr } = runHelm(parts?.[program] ?? '', place, args);
      return { status, text: `${stdout}${stderr}` };
    };
    const helm = (...args: string[]): void => expect([args, run(...args)]).toEqual([args, { status: 0, text: expect.anything() }]);
    const containers = async (): Promise<string> =>
      succeed(server.kubectl(['get', 'deployment', '-n', NAMESPACE, '-o', 'jsonpath={.items[*].spec.template.spec.containers[0].image}']));

    helm('lint', '--strict', chart);
    helm('package', chart, '--destination', scratch);
    const packed = join(scratch, 'buildshuttle-0.1.0.tgz');
    expect(existsSync(packed)).toBe(true);

    // No controller runs the Jobs of hooks here.
    helm('install', release, packed, '--no-hooks', '--set', 'image.repository=mirror.example.com/build-worker');
    expect(await containers()).toContain('mirror.example.com/build-worker:0.1.0');
    helm('upgrade', release, packed, '--no-hooks', '--reuse-values', '--set', 'image.tag=1.2.3');
    expect(await containers()).toContain('mirror.example.com/build-worker:1.2.3');
    const refused = run('upgrade', release, packed, '--no-hooks', '--reuse-values', '--set', 'mode=host');
    expect([refused.status, refused.text]).toEqual([1, expect.stringContaining('mode')]);
    helm('rollback', release, '1', '--no-hooks');
    expect(await containers()).toContain('mirror.example.com/build-worker:0.1.0');
    helm('uninstall', release, '--no-hooks');
    expect(await containers()).toBe('');
  });
});
