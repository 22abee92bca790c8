// A chart whose values live, in the life of a release on a real cluster, by each Helm that people have, its hooks included.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { helm as helmOn } from '../support/helm-client';
import { STAND_IN_PARTS } from '../support/images/stand-ins';
import { cli, ROOT } from '../support/cli';
import { flagsOf, KEYS, loadImages, RELEASE, stream } from '../support/release';
import { cluster, CLUSTER_PARTS, describeWith, findParts, findRootParts, succeed, type Cluster } from '../support/parts';

/** Live values of the release, as people change them. */
const UPGRADE = ['--set', 'web.image.tag=1.4.2', '--set', 'db-migrator.image.tag=1.4.1', '--set', 'metrics.enabled=false'];

const parts = findRootParts(...CLUSTER_PARTS) && findParts(...STAND_IN_PARTS, 'helm', 'helm3');

describeWith(parts)('the live chart of Estafette', () => {
  let subject: Cluster;
  const scratch = mkdtempSync(join(tmpdir(), 'helm-live-'));
  const chart = join(scratch, 'chart');
  const kubectl = (...args: string[]): Promise<string> => succeed(subject.kubectl(args));
  const get = (...args: string[]): Promise<string> => kubectl('get', ...args, '-n', RELEASE);
  const names = async (...kinds: string[]): Promise<string[]> => (await get(kinds.join(','), '-o', 'name')).trim().split('\n');
  const web = (): Promise<string> =>
    get('deployment/estafette-ci-web', '-o', 'jsonpath={.spec.template.spec.containers[0].image} {.status.readyReplicas}');
  const rollout = (name: string): Promise<string> =>
    kubectl('rollout', 'status', `deployment/estafette-ci-${name}`, '-n', RELEASE, '--timeout=180s');

  beforeAll(async () => {
    subject = await cluster({ nodes: 1 });
    if (parts) await loadImages(subject, parts, `${stream()}\n${stream(...UPGRADE)}`, 'busybox:1.36');
    // For another namespace than the one it is installed in: that is for Helm to say.
    const { status, stderr } = cli(
      ['template', RELEASE, RELEASE, '-n', 'elsewhere', '--target', 'helm', '--live', '.', '--output-dir', chart, ...flagsOf(KEYS)],
      { cwd: ROOT },
    );
    if (status !== 0) throw new Error(stderr);
  }, 240_000);
  afterAll(async () => {
    await subject?.stop();
    rmSync(scratch, { recursive: true });
  }, 60_000);

  describe.each(['helm', 'helm3'] as const)('in the hands of %s', (program) => {
    const helm = (...args: string[]): string =>
      helmOn(parts?.[program] ?? '', { folder: scratch, kubeconfig: subject.kubeconfig, namespace: RELEASE }, args);

    it('is installed where Helm is told, with a value of its own: certificates, database and migrator by hooks', async () => {
      const printed = helm('install', RELEASE, chart, '--create-namespace', '--timeout', '300s', '--set', 'web.deployment.replicaCount=2');
      expect(printed).toContain(`helm test ${RELEASE} --namespace ${RELEASE}\n`);
      for (const name of ['api', 'web']) await rollout(name);
      expect(await web()).toBe('estafette/estafette-ci-web:1.4.1 2');
      expect((await names('jobs')).filter((name) => /self-signer|migrator|init/.test(name))).toEqual(['job.batch/estafette-ci-db-init']);
    }, 500_000);

    it('passes its tests', () => {
      expect(helm('test', RELEASE, '--filter', 'name=estafette-ci-db-test', '--timeout', '120s')).toMatch(
        /TEST SUITE:\s+estafette-ci-db-test[\s\S]*Phase:\s+Succeeded/,
      );
    }, 180_000);

    it('is upgraded with other live values, and rolled back', async () => {
      helm('upgrade', RELEASE, chart, '--reuse-values', ...UPGRADE, '--timeout', '300s');
      await rollout('web');
      expect(await web()).toBe('estafette/estafette-ci-web:1.4.2 2');
      expect((await names('deployments')).filter((name) => name.includes('metrics'))).toEqual([]);
      helm('rollback', RELEASE, '1', '--timeout', '300s');
      await rollout('web');
      expect(await web()).toBe('estafette/estafette-ci-web:1.4.1 2');
      expect(await names('deployments')).toContain('deployment.apps/estafette-ci-metrics-server');
    }, 600_000);

    it('refuses a fixed value, and changes nothing then', async () => {
      expect(() => helm('upgrade', RELEASE, chart, '--reuse-values', '--set', 'secrets.mode=omit')).toThrow(/secrets[\s\S]*mode/);
      expect(await web()).toBe('estafette/estafette-ci-web:1.4.1 2');
    });

    it('is removed but for keys, claims and the namespace of the jobs', async () => {
      helm('uninstall', RELEASE, '--wait', '--timeout', '200s');
      expect(await names('deployments', 'statefulsets', 'services', 'cronjobs', 'ingresses')).toEqual(['']);
      expect((await names('secrets')).toSorted()).toEqual(['secret/estafette-ci-api', 'secret/estafette-ci-api.tls']);
      expect(await kubectl('get', 'namespace/estafette-ci-jobs', '-o', 'jsonpath={.status.phase}')).toBe('Active');
    }, 300_000);
  });
});
