// A release of the published chart, upgraded to a chart whose values live: what people gave goes on working, and nothing is made anew.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFiles } from '../../constructs/release/files';
import { chartFilesOf } from '../support/chart-files';
import { apiServer, describeWith, findParts, succeed, type ApiServer } from '../support/parts';
import { PUBLISHED } from '../support/takeover';

const RELEASE = 'estafette-ci';
/** What people changed. */
const VALUES = { web: { image: { tag: '1.2.3' } }, 'cron-event-sender': { cronjob: { schedule: '*/5 * * * *' } } };
const parts = existsSync(PUBLISHED) ? findParts('etcd', 'kube-apiserver', 'kubectl', 'helm', 'helm3') : undefined;

describeWith(parts).each(['helm', 'helm3'] as const)('a release of the published chart that %s made', (program) => {
  const scratch = mkdtempSync(join(tmpdir(), 'live-upgrade-'));
  const chart = join(scratch, 'chart');
  const file = join(scratch, 'values.yaml');
  let server: ApiServer;
  beforeAll(async () => {
    server = await apiServer();
    writeFileSync(file, JSON.stringify(VALUES));
    writeFiles(chart, chartFilesOf({ release: RELEASE, chart: RELEASE, namespace: RELEASE, live: ['web', 'cron-event-sender'] }));
  }, 60_000);
  afterAll(async () => {
    await server.stop();
    rmSync(scratch, { recursive: true });
  });

  it('follows the values that people gave, and their next ones', async () => {
    const homes = ['CACHE', 'CONFIG', 'DATA'].map((home) => [`HELM_${home}_HOME`, join(scratch, home)]);
    const env = { ...process.env, ...Object.fromEntries(homes), KUBECONFIG: server.kubeconfig };
    const helm = (...args: string[]): void => {
      const { status, stdout, stderr } = spawnSync(parts?.[program] ?? '', [...args, '--namespace', RELEASE, '--no-hooks'], {
        encoding: 'utf8',
        env,
      });
      expect([args, status, status === 0 ? '' : `${stdout}${stderr}`]).toEqual([args, 0, '']);
    };
    const web = (): Promise<string> =>
      succeed(
        server.kubectl([
          'get',
          'deployment/estafette-ci-web',
          '-n',
          RELEASE,
          '-o',
          'jsonpath={.metadata.uid} {.spec.template.spec.containers[0].image}',
        ]),
      );
    helm('install', RELEASE, PUBLISHED, '--create-namespace', '-f', file);
    const [before] = (await web()).split(' ');
    helm('upgrade', RELEASE, chart);
    expect(await web()).toBe(`${before} estafette/estafette-ci-web:1.2.3`);
    helm('upgrade', RELEASE, chart, '--reset-then-reuse-values', '--set', 'web.image.tag=1.2.4');
    expect(await web()).toBe(`${before} estafette/estafette-ci-web:1.2.4`);
  });
});
