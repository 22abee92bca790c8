// The Argo CD that tests start: it syncs what is committed, prunes what is not, and is gone when it is stopped.
import { spawnSync } from 'node:child_process';
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
  type ArgoCd,
  type Cluster,
} from '../support/parts';

const configMap = (name: string, value: string): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { key: value } });

describeWith(findRootParts(...CLUSTER_PARTS) && findParts(...ARGO_CD_PARTS))('argoCd(cluster)', () => {
  let subject: Cluster;
  let argo: ArgoCd;
  beforeAll(async () => {
    subject = await cluster();
    argo = await argoCd(subject);
  }, 180_000);
  afterAll(async () => {
    await argo?.stop();
    await subject?.stop();
  }, 60_000);

  const kubectl = (...args: string[]): Promise<string> => succeed(subject.kubectl(args));
  const state = (): Promise<string> =>
    kubectl(
      'get',
      'application',
      'app',
      '-n',
      argo.namespace,
      '-o',
      'jsonpath={.status.sync.status} {.status.health.status} {.status.sync.revision}',
    );

  it('syncs a commit, and the next one with pruning', async () => {
    const first = argo.repository.commit({ 'app/one.yaml': configMap('one', '1'), 'app/two.yaml': configMap('two', '1') });
    const application = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name: 'app', namespace: argo.namespace },
      spec: {
        project: 'default',
        source: { repoURL: argo.repository.url, path: 'app', targetRevision: 'main' },
        destination: { server: 'https://kubernetes.default.svc', namespace: 'default' },
        syncPolicy: { automated: { prune: true } },
      },
    };
    await succeed(subject.kubectl(['create', '-f', '-'], JSON.stringify(application)));
    await eventually(state, (answer) => answer === `Synced Healthy ${first}`);
    expect(await kubectl('get', 'configmap', 'one', 'two', '-o', 'jsonpath={.items[*].data.key}')).toBe('1 1');

    const second = argo.repository.commit({ 'app/one.yaml': configMap('one', '2') });
    await argo.refresh('app');
    await eventually(state, (answer) => answer === `Synced Healthy ${second}`);
    await eventually(
      () => kubectl('get', 'configmap', 'one', '-o', 'jsonpath={.data.key}'),
      (answer) => answer === '2',
    );
    expect((await subject.kubectl(['get', 'configmap', 'two'])).stderr).toContain('NotFound');
  }, 180_000);

  it('leaves no process when it is stopped', async () => {
    await argo.stop();
    expect(spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).stdout).not.toContain('cdk8s-estafette-argocd-');
  }, 60_000);
});
