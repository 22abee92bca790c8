// The default release as dist/ has it, on a cluster: ready after one apply, not disturbed by a second, and taken away without its data.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/cli';
import { STAND_IN_PARTS } from '../support/images/stand-ins';
import { loadImages, RELEASE, untilReady } from '../support/release';
import { cluster, CLUSTER_PARTS, describeWith, eventually, findParts, findRootParts, succeed, type Cluster } from '../support/parts';

interface Listed {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly uid: string; readonly generation?: number };
}

const parts = findRootParts(...CLUSTER_PARTS) && findParts(...STAND_IN_PARTS);

describeWith(parts)('the default release on a cluster', () => {
  let subject: Cluster;
  let manifests: string;
  const kubectl = (...args: string[]): Promise<string> => succeed(subject.kubectl(args));
  const apply = (): Promise<string> => kubectl('apply', '--server-side', '--validate=strict', '-f', manifests);

  /** Everything of ours with its identity; pods included, so that a restart shows. */
  async function identities(...kinds: string[]): Promise<Record<string, string>> {
    const { items } = JSON.parse(await kubectl('get', kinds.join(','), '--all-namespaces', '-o', 'json')) as { items: Listed[] };
    return Object.fromEntries(
      items
        .filter(({ metadata }) => metadata.namespace !== 'kube-system' && `${metadata.namespace ?? ''} ${metadata.name}`.includes(RELEASE))
        .map(({ kind, metadata }) => [
          `${kind} ${metadata.namespace ?? ''}/${metadata.name}`,
          `${metadata.uid} ${metadata.generation ?? ''}`,
        ]),
    );
  }

  beforeAll(async () => {
    subject = await cluster({ nodes: 1 });
    manifests = join(ROOT, 'dist', 'estafette-ci.k8s.yaml');
    if (parts) await loadImages(subject, parts, readFileSync(manifests, 'utf8'));
  }, 180_000);
  afterAll(() => subject?.stop(), 60_000);

  it('becomes ready from one apply', async () => {
    await apply();
    await untilReady(subject);
    // Nobody gave a key: a Job of the release made them, under pod security `restricted`.
    const keys = JSON.parse(await kubectl('get', 'secret', 'estafette-ci-api', '-n', RELEASE, '-o', 'jsonpath={.data}')) as Record<
      string,
      string
    >;
    expect(Object.values(keys).map((key) => Buffer.from(key, 'base64').toString())).toEqual([
      expect.stringMatching(/^[A-Za-z0-9]{32}$/),
      expect.stringMatching(/^[A-Za-z0-9]{32}$/),
    ]);
    expect(await kubectl('logs', '-l', 'app.kubernetes.io/name=keys', '-n', RELEASE)).toBe(
      `Made the Secret estafette-ci-api in the namespace ${RELEASE}. Save its keys now: nobody can make them again.\n`,
    );
  }, 400_000);

  it('sends events through the queue', async () => {
    await kubectl('create', 'job', '--from=cronjob/estafette-ci-cron-event-sender', 'by-hand', '-n', RELEASE);
    await kubectl('wait', '--for=condition=Complete', 'job/by-hand', '-n', RELEASE, '--timeout=60s');
    expect(await kubectl('logs', 'job/by-hand', '-n', RELEASE)).toBe('sent\n');
    await kubectl('delete', 'job/by-hand', '-n', RELEASE);
  }, 120_000);

  it('survives a second apply without a new object, revision or pod', async () => {
    const kinds = [
      'deployments',
      'statefulsets',
      'services',
      'configmaps',
      'secrets',
      'persistentvolumeclaims',
      'poddisruptionbudgets',
      'cronjobs',
      'ingresses',
    ];
    const pods = async (): Promise<string[]> =>
      Object.keys(await identities('pods'))
        .filter((name) => !name.includes('cron-event-sender'))
        .toSorted();
    const [before, running] = [await identities(...kinds), await pods()];
    expect(Object.keys(before).length).toBeGreaterThan(20);
    await apply();
    expect(await identities(...kinds)).toEqual(before);
    expect(await pods()).toEqual(running);
  }, 120_000);

  it('is deleted by its labels, and leaves claims, certificates and the namespaces', async () => {
    for (const selector of [`app.kubernetes.io/instance=${RELEASE}`, `release=${RELEASE}`])
      await kubectl('delete', '-f', manifests, '-l', selector, '--timeout=120s');
    const kinds = [
      'namespaces',
      'deployments',
      'statefulsets',
      'services',
      'configmaps',
      'secrets',
      'persistentvolumeclaims',
      'poddisruptionbudgets',
      'cronjobs',
      'jobs',
      'ingresses',
      'serviceaccounts',
      'roles',
      'rolebindings',
      'clusterroles',
      'clusterrolebindings',
    ];
    const left = async (): Promise<string> =>
      Object.keys(await identities(...kinds))
        .toSorted()
        .join('\n');
    const own = [
      'Namespace /estafette-ci',
      'Namespace /estafette-ci-jobs',
      'Secret estafette-ci/estafette-ci-api',
      ...['ca', 'client', 'node'].map((name) => `Secret estafette-ci/estafette-ci-db-${name}-secret`),
      ...[0, 1, 2].map((index) => `PersistentVolumeClaim estafette-ci/datadir-estafette-ci-db-${index}`),
      // Every namespace has these of Kubernetes' own.
      ...[RELEASE, `${RELEASE}-jobs`].flatMap((namespace) => [
        `ConfigMap ${namespace}/kube-root-ca.crt`,
        `ServiceAccount ${namespace}/default`,
      ]),
    ]
      .toSorted()
      .join('\n');
    expect(await eventually(left, (names) => names === own, 60).catch(left)).toBe(own);
  }, 300_000);
});
