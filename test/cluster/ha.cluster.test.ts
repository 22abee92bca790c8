// The highly available release on three nodes: ready from one apply, upgraded, and a node drained under it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { STAND_IN_PARTS } from '../support/images/stand-ins';
import { loadImages, RELEASE, stream, untilReady } from '../support/release';
import { cluster, CLUSTER_PARTS, describeWith, findParts, findRootParts, succeed, type Cluster } from '../support/parts';

const HA = ['-f', 'examples/estafette-ci/ha.yaml', '--set', 'db-client.enabled=true'];
const UPGRADE = ['--set', 'api.image.tag=1.6.0', '--set', 'db-migrator.image.tag=1.4.2'];

interface Budgets {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly status: { readonly currentHealthy: number; readonly desiredHealthy: number; readonly expectedPods: number };
  }[];
}

const parts = findRootParts(...CLUSTER_PARTS) && findParts(...STAND_IN_PARTS);

describeWith(parts)('the highly available release on three nodes', () => {
  let subject: Cluster;
  const kubectl = (...args: string[]): Promise<string> => succeed(subject.kubectl(args));
  async function apply(...flags: string[]): Promise<void> {
    const file = join(subject.folder, 'release.yaml');
    writeFileSync(file, stream(...HA, ...flags));
    await kubectl('apply', '--server-side', '--validate=strict', '-f', file);
  }
  const endOf = async (job: string): Promise<string> =>
    kubectl(
      'get',
      'jobs',
      '-n',
      RELEASE,
      '-o',
      String.raw`jsonpath={range .items[*]}{.metadata.name}={.status.completionTime}{"\n"}{end}`,
    ).then((lines) => new RegExp(`^${RELEASE}-${job}-[0-9a-f]{8}=(.*)$`, 'm').exec(lines)?.[1] ?? '');

  beforeAll(async () => {
    subject = await cluster({ nodes: 3 });
    if (parts) await loadImages(subject, parts, `${stream(...HA)}\n${stream(...HA, ...UPGRADE)}`);
  }, 240_000);
  afterAll(() => subject?.stop(), 60_000);

  it('becomes ready from one apply: certificates first, the database before the migrator', async () => {
    await apply();
    await untilReady(subject, 400);
    const [signed, initialized, migrated] = [await endOf('db-self-signer'), await endOf('db-init'), await endOf('db-migrator')];
    expect([signed, initialized, migrated].every(Boolean)).toBe(true);
    expect([signed, initialized, migrated].toSorted()).toEqual([signed, initialized, migrated]);
    expect(
      await kubectl(
        'get',
        'deployment/estafette-ci-api',
        'statefulset/estafette-ci-db',
        'statefulset/estafette-ci-queue',
        '-n',
        RELEASE,
        '-o',
        'jsonpath={.items[*].status.readyReplicas}',
      ),
    ).toBe('3 3 3');
  }, 600_000);

  it('is upgraded: other pods, the migrator once more, nothing stuck', async () => {
    const before = await kubectl('get', 'jobs', '-n', RELEASE, '-o', 'name');
    await apply(...UPGRADE);
    await untilReady(subject, 400);
    const after = await kubectl('get', 'jobs', '-n', RELEASE, '-o', 'name');
    const made = after
      .split('\n')
      .filter((name) => !before.includes(name) && !name.includes('sender'))
      .map((name) => name.replace(/[0-9a-f]{8}$/, ''));
    expect(made).toEqual(['job.batch/estafette-ci-db-migrator-']);
    expect(
      await kubectl(
        'get',
        'deployment/estafette-ci-api',
        '-n',
        RELEASE,
        '-o',
        'jsonpath={.spec.template.spec.containers[0].image} {.status.readyReplicas}',
      ),
    ).toBe('estafette/estafette-ci-api:1.6.0 3');
  }, 600_000);

  it('a node is drained: no budget is broken on the way, and all is ready again on the others', async () => {
    const node = await kubectl('get', 'pod/estafette-ci-db-client', '-n', RELEASE, '-o', 'jsonpath={.spec.nodeName}');
    const drain = (...flags: string[]) =>
      subject.kubectl(['drain', node, '--ignore-daemonsets', '--delete-emptydir-data', '--timeout=300s', ...flags]);
    // The client is a bare Pod: nothing brings it back, so kubectl wants to be told.
    expect(await drain()).toMatchObject({
      status: 1,
      stderr: expect.stringContaining(
        `cannot delete Pods that declare no controller (use --force to override): ${RELEASE}/estafette-ci-db-client`,
      ),
    });
    const broken = new Set<string>();
    let over = false;
    const watch = (async () => {
      while (!over) {
        const { items } = JSON.parse(await kubectl('get', 'pdb', '-n', RELEASE, '-o', 'json')) as Budgets;
        for (const { metadata, status } of items) if (status.currentHealthy < status.desiredHealthy) broken.add(metadata.name);
        await sleep(500);
      }
    })();
    const drained = await drain('--force');
    over = true;
    await watch;
    expect([drained.status, [...broken]]).toEqual([0, []]);
    expect(
      await kubectl('get', 'pods', '-n', RELEASE, '--field-selector', `spec.nodeName=${node},status.phase=Running`, '-o', 'name'),
    ).toBe('');
    await untilReady(subject, 300);
    await apply(...UPGRADE);
    await kubectl('wait', '--for=condition=Ready', 'pod/estafette-ci-db-client', '-n', RELEASE, '--timeout=60s');
  }, 900_000);
});
