// The chart that the helm target writes, in the life of a release: installed, tested, upgraded, rolled back and removed by Helm.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { helm as helmOn } from '../support/helm-client';
import { STAND_IN_PARTS } from '../support/images/stand-ins';
import { cli, ROOT } from '../support/cli';
import { flagsOf, KEYS, loadImages, RELEASE, stream } from '../support/release';
import { cluster, CLUSTER_PARTS, describeWith, findParts, findRootParts, succeed, type Cluster } from '../support/parts';

const UPGRADE = ['--set', 'web.image.tag=1.4.2', '--set', 'db-migrator.image.tag=1.4.1', '--set', 'metrics.enabled=false'];

const parts = findRootParts(...CLUSTER_PARTS) && findParts(...STAND_IN_PARTS, 'helm');

describeWith(parts)('the chart of the default release', () => {
  let subject: Cluster;
  const scratch = mkdtempSync(join(tmpdir(), 'helm-release-'));
  const kubectl = (...args: string[]): Promise<string> => succeed(subject.kubectl(args));

  const helm = (...args: string[]): string =>
    helmOn(parts?.helm ?? '', { folder: scratch, kubeconfig: subject.kubeconfig, namespace: RELEASE }, args);
  const chart = (name: string, ...flags: string[]): string => {
    const folder = join(scratch, name);
    // For another namespace than the one it is installed in: that is for Helm to say.
    const { status, stderr } = cli(
      [
        'template',
        RELEASE,
        RELEASE,
        '-n',
        'elsewhere',
        '--target',
        'helm',
        '--fix',
        '.',
        '--output-dir',
        folder,
        ...flagsOf(KEYS),
        ...flags,
      ],
      { cwd: ROOT },
    );
    if (status !== 0) throw new Error(stderr);
    return folder;
  };
  const web = (): Promise<string> =>
    kubectl(
      'get',
      'deployment/estafette-ci-web',
      '-n',
      RELEASE,
      '-o',
      'jsonpath={.spec.template.spec.containers[0].image} {.status.readyReplicas}',
    );
  const names = async (...kinds: string[]): Promise<string[]> =>
    (await kubectl('get', kinds.join(','), '-n', RELEASE, '-o', 'name')).trim().split('\n');

  beforeAll(async () => {
    subject = await cluster({ nodes: 1 });
    if (parts)
      await loadImages(
        subject,
        parts,
        `${stream()}
${stream(...UPGRADE)}`,
        'busybox:1.36',
      );
  }, 180_000);
  afterAll(async () => {
    await subject?.stop();
    rmSync(scratch, { recursive: true });
  }, 60_000);

  it('is not installed by who waits: the database waits for a hook that Helm runs afterwards', async () => {
    expect(() => helm('install', RELEASE, chart('first'), '--create-namespace', '--wait', '--timeout', '60s')).toThrow(
      /deadline exceeded|timed out|not ready/i,
    );
    expect(await names('statefulsets')).toContain('statefulset.apps/estafette-ci-db');
    expect((await names('jobs')).filter((name) => /init/.test(name))).toEqual([]);
    helm('uninstall', RELEASE, '--wait', '--timeout', '200s');
    await kubectl('delete', 'namespace', RELEASE, `${RELEASE}-jobs`, '--timeout=120s');
  }, 400_000);

  it('is installed and ready: certificates, database and migrator by hooks', async () => {
    const printed = helm('install', RELEASE, chart('first'), '--create-namespace', '--timeout', '300s');
    expect(printed).toContain(
      `kubectl get secret --namespace ${RELEASE} estafette-ci-api --output go-template='{api: {secret: {b64encoded: true, secretDecryptionKey: "{{.data.secretDecryptionKey}}"`,
    );
    await kubectl('rollout', 'status', 'deployment/estafette-ci-api', 'deployment/estafette-ci-web', '-n', RELEASE, '--timeout=180s');
    expect(await names('secrets')).toEqual(
      expect.arrayContaining(['ca', 'client', 'node'].map((name) => `secret/estafette-ci-db-${name}-secret`)),
    );
    // Both hooks whose policy is to go are gone, the other stays until it runs again.
    expect((await names('jobs')).filter((name) => /self-signer|migrator|init/.test(name))).toEqual(['job.batch/estafette-ci-db-init']);
  }, 500_000);

  it('passes its tests', () => {
    // The stand-ins serve no page, and there is none for the queue's client.
    expect(helm('test', RELEASE, '--filter', 'name=estafette-ci-db-test', '--timeout', '120s')).toMatch(
      /TEST SUITE:\s+estafette-ci-db-test[\s\S]*Phase:\s+Succeeded/,
    );
  }, 180_000);

  it('is upgraded, and rolled back', async () => {
    helm('upgrade', RELEASE, chart('second', ...UPGRADE), '--wait', '--timeout', '300s');
    await kubectl('rollout', 'status', 'deployment/estafette-ci-web', '-n', RELEASE, '--timeout=180s');
    expect(await web()).toBe('estafette/estafette-ci-web:1.4.2 1');
    expect((await names('deployments')).filter((name) => name.includes('metrics'))).toEqual([]);
    helm('rollback', RELEASE, '1', '--timeout', '300s');
    await kubectl('rollout', 'status', 'deployment/estafette-ci-web', '-n', RELEASE, '--timeout=180s');
    expect(await web()).toBe('estafette/estafette-ci-web:1.4.1 1');
    expect((await names('deployments')).filter((name) => name.includes('metrics'))).toEqual([
      'deployment.apps/estafette-ci-metrics-server',
    ]);
  }, 600_000);

  it('is removed but for keys, claims and the namespace of the jobs', async () => {
    const uid = await kubectl('get', 'secret/estafette-ci-api', '-n', RELEASE, '-o', 'jsonpath={.metadata.uid}');
    helm('uninstall', RELEASE, '--wait', '--timeout', '200s');
    expect(await names('deployments', 'statefulsets', 'services', 'cronjobs', 'ingresses')).toEqual(['']);
    expect((await names('secrets')).toSorted()).toEqual(['secret/estafette-ci-api', 'secret/estafette-ci-api.tls']);
    expect(await kubectl('get', 'secret/estafette-ci-api', '-n', RELEASE, '-o', 'jsonpath={.metadata.uid}')).toBe(uid);
    expect(await names('persistentvolumeclaims')).toEqual(
      [0, 1, 2].map((index) => `persistentvolumeclaim/datadir-estafette-ci-db-${index}`),
    );
    expect(await kubectl('get', 'namespace/estafette-ci-jobs', '-o', 'jsonpath={.status.phase}')).toBe('Active');
  }, 300_000);

  it('is installed again over what stayed', async () => {
    helm('install', RELEASE, chart('first'), '--timeout', '300s');
    await kubectl('rollout', 'status', 'deployment/estafette-ci-web', '-n', RELEASE, '--timeout=180s');
    expect(await kubectl('get', 'secret/estafette-ci-api', '-n', RELEASE, '-o', 'jsonpath={.data.secretDecryptionKey}')).toBe('c2VjcmV0');
  }, 500_000);
});
