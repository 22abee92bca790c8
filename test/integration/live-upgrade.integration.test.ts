// A release of the published chart, upgraded to a chart whose values live: what people gave goes on working, and nothing is made anew.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFiles } from '../../constructs/release/files';
import { chartFilesOf } from '../support/chart-files';
import { helm as helmOn } from '../support/helm-client';
import { apiServer, describeWith, findParts, succeed, type ApiServer } from '../support/parts';
import { PUBLISHED } from '../support/takeover';

const RELEASE = 'estafette-ci';
/** What people changed; the published chart does not mark its keys then, so that Helm deletes them once no chart has them. */
const VALUES = {
  web: { image: { tag: '1.2.3' } },
  'cron-event-sender': { cronjob: { schedule: '*/5 * * * *' } },
  api: { secret: { keep: false } },
};
const KINDS =
  'deployments,statefulsets,services,secrets,configmaps,serviceaccounts,ingresses,cronjobs,roles,rolebindings,poddisruptionbudgets';
/** Made at random by the published chart, as nobody gave them. */
const KEYS = 'Secret/estafette-ci-api';
const parts = existsSync(PUBLISHED) ? findParts('etcd', 'kube-apiserver', 'kubectl', 'helm', 'helm3') : undefined;

describeWith(parts).each(['helm', 'helm3'] as const)('a release of the published chart that %s made', (program) => {
  const scratch = mkdtempSync(join(tmpdir(), 'live-upgrade-'));
  const chart = join(scratch, 'chart');
  const file = join(scratch, 'values.yaml');
  let server: ApiServer;
  beforeAll(async () => {
    server = await apiServer();
    writeFileSync(file, JSON.stringify(VALUES));
    writeFiles(chart, chartFilesOf({ release: RELEASE, chart: RELEASE, namespace: RELEASE, live: ['.'] }));
  }, 60_000);
  afterAll(async () => {
    await server.stop();
    rmSync(scratch, { recursive: true });
  });

  it('follows the values that people gave, and their next ones', async () => {
    const place = { folder: scratch, kubeconfig: server.kubeconfig, namespace: RELEASE };
    const helm = (...args: string[]): string => helmOn(parts?.[program] ?? '', place, [...args, '--no-hooks']);
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
    /** What an object is known by to the server, and the data of Secrets. */
    const there = async (): Promise<Map<string, string>> => {
      const printed = await succeed(
        server.kubectl(['get', KINDS, '-n', RELEASE, '-l', `app.kubernetes.io/instance=${RELEASE}`, '-o', 'json']),
      );
      const { items } = JSON.parse(printed) as { items: { kind: string; metadata: { name: string; uid: string }; data?: unknown }[] };
      return new Map(
        items.map(({ kind, metadata: { name, uid }, data }) => [
          `${kind}/${name}`,
          kind === 'Secret' ? `${uid} ${JSON.stringify(data)}` : uid,
        ]),
      );
    };
    helm('install', RELEASE, PUBLISHED, '--create-namespace', '-f', file);
    const [before] = (await web()).split(' ');
    const own = await there();
    helm('upgrade', RELEASE, chart);
    const now = await there();
    expect(own.size).toBeGreaterThan(20);
    // What people cannot make again is there as it was, and so are all objects that the chart has.
    expect([...own].filter(([name]) => now.has(name) && now.get(name) !== own.get(name))).toEqual([]);
    expect([...own.keys()].filter((name) => !now.has(name))).toEqual([]);
    expect([own.get(KEYS)]).toEqual([expect.stringMatching(/"jwtKey":"\S+".*"secretDecryptionKey":"\S+"/)]);
    expect(await web()).toBe(`${before} estafette/estafette-ci-web:1.2.3`);
    helm('upgrade', RELEASE, chart, '--reset-then-reuse-values', '--set', 'web.image.tag=1.2.4');
    expect(await web()).toBe(`${before} estafette/estafette-ci-web:1.2.4`);
  });
});
