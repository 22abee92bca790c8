// What a server refuses, with Argo CD: self-heal undoes a way out that is taken too early, and the orders in docs/argo-cd.md lead out.
import {
  argoCd,
  ARGO_CD_PARTS,
  cluster,
  CLUSTER_PARTS,
  describeWith,
  eventually,
  findParts,
  findRootParts,
  succeed,
  type ApplicationStatus,
  type ArgoCd,
  type Cluster,
} from '../support/parts';

/** Without pods: what counts is a field that cannot change. */
const statefulSet = (serviceName: string): string =>
  JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db', annotations: { 'argocd.argoproj.io/sync-wave': '0' } },
    spec: {
      serviceName,
      replicas: 0,
      selector: { matchLabels: { app: 'db' } },
      template: { metadata: { labels: { app: 'db' } }, spec: { containers: [{ name: 'main', image: 'registry.example.com/db:1' }] } },
    },
  });
const AUTOMATED = { prune: true, selfHeal: true };
const SYNC_OPTIONS = ['ServerSideApply=true', 'RespectIgnoreDifferences=true'];

describeWith(findRootParts(...CLUSTER_PARTS) && findParts(...ARGO_CD_PARTS))('a change that the server refuses, with self-heal', () => {
  let subject: Cluster;
  let argo: ArgoCd;
  const kubectl = (...args: string[]): Promise<string> => succeed(subject.kubectl(args));
  const state = (): Promise<ApplicationStatus> => argo.status('app');
  const change = (patch: object): Promise<string> =>
    kubectl('patch', 'application', 'app', '-n', argo.namespace, '--type', 'merge', '--patch', JSON.stringify(patch));
  const sync = (): Promise<string> => change({ operation: { sync: { syncOptions: SYNC_OPTIONS } } });
  const service = async (): Promise<string> =>
    (await subject.kubectl(['get', 'statefulset', 'db', '-o', 'jsonpath={.spec.serviceName}'])).stdout;
  const deleteWithoutPods = (): Promise<string> => kubectl('delete', 'statefulset', 'db', '--cascade=orphan');
  const commit = (serviceName: string): string => argo.repository.commit({ 'app/db.yaml': statefulSet(serviceName) });
  const synced = (revision: string): Promise<ApplicationStatus> => argo.synced('app', revision, { seconds: 120 });

  beforeAll(async () => {
    subject = await cluster();
    argo = await argoCd(subject);
    const first = commit('one');
    const spec = {
      project: 'default',
      source: { repoURL: argo.repository.url, path: 'app', targetRevision: 'main' },
      destination: { server: 'https://kubernetes.default.svc', namespace: 'default' },
      syncPolicy: {
        automated: AUTOMATED,
        syncOptions: SYNC_OPTIONS,
        retry: { limit: 1, backoff: { duration: '1s', factor: 1, maxDuration: '1s' } },
      },
    };
    await succeed(
      subject.kubectl(
        ['create', '-f', '-'],
        JSON.stringify({
          apiVersion: 'argoproj.io/v1alpha1',
          kind: 'Application',
          metadata: { name: 'app', namespace: argo.namespace },
          spec,
        }),
      ),
    );
    await synced(first);
  }, 300_000);
  afterAll(async () => {
    await argo?.stop();
    await subject?.stop();
  }, 60_000);

  it('is undone when the object is deleted before the merge', async () => {
    await deleteWithoutPods();
    await eventually(service, (name) => name === 'one', 120);
  }, 180_000);

  it('gets through: sync off, merge, delete, sync, on again', async () => {
    await change({ spec: { syncPolicy: { automated: null } } });
    const next = commit('two');
    await argo.refresh('app');
    await deleteWithoutPods();
    await sync();
    await synced(next);
    await change({ spec: { syncPolicy: { automated: AUTOMATED } } });
    await argo.refresh('app');
    await synced(next);
    expect(await service()).toBe('two');
  }, 300_000);

  it('gets through: merge, let the sync fail, delete, sync', async () => {
    const next = commit('three');
    await argo.refresh('app');
    const failed = await eventually(
      state,
      ({ operationState }) => operationState?.phase === 'Failed' && operationState.syncResult?.revision === next,
      120,
    );
    expect(failed.operationState?.phase).toBe('Failed');
    expect(await service()).toBe('two');
    await deleteWithoutPods();
    await sync();
    await synced(next);
    expect(await service()).toBe('three');
  }, 300_000);
});
