// Jobs of a chart whose values live that are known by what they are for: a server refuses another pod of a Job that is there.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFiles } from '../../constructs/release/files';
import { DEVSTATS_SECRETS } from '../../scripts/support/devstats-secrets';
import { chartFilesOf } from '../support/chart-files';
import { helm as helmOn } from '../support/helm-client';
import { apiServer, describeWith, findParts, succeed, type ApiServer } from '../support/parts';

const RELEASE = 'devstats';
const parts = findParts('etcd', 'kube-apiserver', 'kubectl', 'helm', 'helm3');

describeWith(parts).each(['helm', 'helm3'] as const)('Jobs of DevStats in the hands of %s', (program) => {
  const scratch = mkdtempSync(join(tmpdir(), 'live-jobs-'));
  const chart = join(scratch, 'chart');
  let server: ApiServer;
  const helm = (...args: string[]): string =>
    helmOn(parts?.[program] ?? '', { folder: scratch, kubeconfig: server.kubeconfig, namespace: RELEASE }, [...args, '--no-hooks']);
  /** What the server knows the Jobs of projects by, and their images. */
  const jobs = async (): Promise<readonly { readonly uid: string; readonly image: string; readonly hasArgs: boolean }[]> => {
    const printed = await succeed(server.kubectl(['get', 'jobs', '-n', RELEASE, '-l', 'type=provision', '-o', 'json']));
    const { items } = JSON.parse(printed) as {
      items: { metadata: { uid: string }; spec: { template: { spec: { containers: { image: string; args?: unknown }[] } } } }[];
    };
    return items.map(({ metadata: { uid }, spec }) => {
      const [container] = spec.template.spec.containers;
      return { uid, image: container?.image ?? '', hasArgs: container?.args !== undefined };
    });
  };
  const uids = async (): Promise<string[]> => (await jobs()).map(({ uid }) => uid).toSorted();

  beforeAll(async () => {
    server = await apiServer();
    writeFiles(chart, chartFilesOf({ release: RELEASE, chart: RELEASE, namespace: RELEASE, values: [DEVSTATS_SECRETS], live: ['.'] }));
  }, 60_000);
  afterAll(async () => {
    await server.stop();
    rmSync(scratch, { recursive: true });
  });

  it('stay as they ran when their pods would be others', async () => {
    helm('install', RELEASE, chart, '--create-namespace');
    const before = await uids();
    expect(before.length).toBeGreaterThan(3);
    helm('upgrade', RELEASE, chart, '--reuse-values', '--set', 'imagePullPolicy=Never,pgPort=5433,provisionRestartPolicy=Never');
    expect(await uids()).toEqual(before);
  }, 60_000);

  it('are others when what they do is another thing, and come back with a rollback', async () => {
    const before = await uids();
    helm('upgrade', RELEASE, chart, '--reuse-values', '--set', 'provisionImage=example/devstats:2');
    const after = await jobs();
    expect(after.map(({ image }) => image)).toEqual(before.map(() => 'example/devstats:2'));
    expect(after.filter(({ uid }) => before.includes(uid))).toEqual([]);
    helm('upgrade', RELEASE, chart, '--reuse-values', '--set', 'provisionCommandArgs={--again}');
    const again = await jobs();
    expect(again.map(({ hasArgs }) => hasArgs)).toEqual(before.map(() => true));
    expect(again.filter(({ uid }) => after.some((one) => one.uid === uid))).toEqual([]);
    helm('rollback', RELEASE, '1');
    expect((await jobs()).map(({ image }) => image).filter((image) => image === 'example/devstats:2')).toEqual([]);
    expect((await jobs()).length).toBe(before.length);
  }, 60_000);
});
