// The default release through Argo CD: from an empty cluster in one sync, then other values, a component less, and the end of the Application.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { STAND_IN_PARTS } from '../support/images/stand-ins';
import { cli } from '../support/cli';
import { KEYS, loadImages, RELEASE } from '../support/release';
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

/** What each commit sets beside the keys. */
const COMMITS = {
  first: { 'metrics.server.persistentVolume.enabled': true },
  upgraded: {
    'metrics.server.persistentVolume.enabled': true,
    'web.image.tag': '1.4.2',
    'web.deployment.replicaCount': 2,
    'db-migrator.image.tag': '1.4.1',
  },
  without: {
    'metrics.enabled': false,
    'api.secret.existingSecret': 'estafette-ci-api',
    'web.image.tag': '1.4.2',
    'web.deployment.replicaCount': 2,
    'db-migrator.image.tag': '1.4.1',
  },
};

interface Listed {
  readonly items: readonly { readonly metadata: { readonly name: string; readonly uid: string } }[];
}

const parts = findRootParts(...CLUSTER_PARTS, ...ARGO_CD_PARTS) && findParts(...STAND_IN_PARTS);

describeWith(parts).each(['server-side', 'client-side'])('the default release through Argo CD, applied %s', (side) => {
  let subject: Cluster;
  let argo: ArgoCd;
  const scratch = mkdtempSync(join(tmpdir(), 'argo-cd-release-'));
  const kubectl = (...args: string[]): Promise<string> => succeed(subject.kubectl(args));

  /** The files of `synth`, by name. */
  function dist(set: object): Record<string, string> {
    const releases = {
      repoURL: argo?.repository.url ?? 'https://git.example.com/none.git',
      releases: [
        {
          name: RELEASE,
          chart: RELEASE,
          namespace: RELEASE,
          target: 'argocd',
          application: true,
          createNamespace: true,
          set: { ...KEYS, ...set },
        },
      ],
    };
    writeFileSync(join(scratch, 'releases.yaml'), JSON.stringify(releases));
    const { status: code, stderr } = cli(['synth', '-o', 'dist'], { cwd: scratch });
    if (code !== 0) throw new Error(stderr);
    return Object.fromEntries(readdirSync(join(scratch, 'dist')).map((file) => [file, readFileSync(join(scratch, 'dist', file), 'utf8')]));
  }
  const commit = (set: object): string =>
    argo.repository.commit(Object.fromEntries(Object.entries(dist(set)).map(([file, text]) => [`dist/${file}`, text])));

  const status = (): Promise<ApplicationStatus> => argo.status(RELEASE);
  const synced = (revision: string): Promise<ApplicationStatus> => argo.synced(RELEASE, revision);
  const jobs = async (): Promise<Record<string, string>> =>
    Object.fromEntries(
      (JSON.parse(await kubectl('get', 'jobs', '-n', RELEASE, '-o', 'json')) as Listed).items
        .filter(({ metadata: { name } }) => /-[0-9a-f]{8}$/.test(name) && !name.includes('sender'))
        .map(({ metadata: { name, uid } }) => [name, uid]),
    );
  const names = async (...kinds: string[]): Promise<string[]> =>
    (await kubectl('get', kinds.join(','), '-n', RELEASE, '-o', 'name')).trim().split('\n');

  beforeAll(async () => {
    subject = await cluster({ nodes: 1 });
    argo = await argoCd(subject);
    const text = [dist(COMMITS.first), dist(COMMITS.upgraded)].map((files) => files[`${RELEASE}.k8s.yaml`]).join('\n');
    if (parts) await loadImages(subject, parts, text);
  }, 300_000);
  afterAll(async () => {
    await argo?.stop();
    await subject?.stop();
    rmSync(scratch, { recursive: true });
  }, 60_000);

  it('is synced from an empty cluster in one sync, and healthy once the Ingresses have an address', async () => {
    const revision = commit(COMMITS.first);
    const application = dist(COMMITS.first)[`${RELEASE}.application.yaml`] ?? '';
    expect(application).toContain('- ServerSideApply=true\n');
    await succeed(
      subject.kubectl(
        ['create', '-f', '-'],
        side === 'server-side' ? application : application.replace('- ServerSideApply=true\n', '- ServerSideApply=false\n'),
      ),
    );
    const { history, operationState, conditions } = await synced(revision);
    expect([history?.length, operationState?.retryCount ?? 0, conditions ?? []]).toEqual([1, 0, []]);
    // No controller gives them one here.
    for (const name of await names('ingresses'))
      await kubectl(
        'patch',
        name,
        '-n',
        RELEASE,
        '--subresource=status',
        '--type=merge',
        '-p',
        '{"status":{"loadBalancer":{"ingress":[{"ip":"127.0.0.1"}]}}}',
      );
    expect((await eventually(status, ({ health }) => health?.status === 'Healthy', 240)).health?.status).toBe('Healthy');
    expect(Object.keys(await jobs()).map((name) => name.replace(/-[0-9a-f]{8}$/, ''))).toEqual([
      'estafette-ci-db-init',
      'estafette-ci-db-migrator',
      'estafette-ci-db-self-signer',
    ]);
  }, 600_000);

  it('stays as it is: nothing is out of sync by what controllers write, and no Job runs again', async () => {
    const before = [await jobs(), (await status()).operationState?.startedAt];
    const seen = new Set<string>();
    await argo.refresh(RELEASE);
    const end = Date.now() + 60_000;
    while (Date.now() < end) {
      const { sync, health } = await status();
      seen.add(`${sync?.status} ${health?.status}`);
      await new Promise((resolve) => {
        setTimeout(resolve, 2000);
      });
    }
    expect([...seen]).toEqual(['Synced Healthy']);
    expect([await jobs(), (await status()).operationState?.startedAt]).toEqual(before);
  }, 180_000);

  it('heals what somebody changes by hand', async () => {
    await kubectl('scale', 'deployment/estafette-ci-web', '-n', RELEASE, '--replicas=0');
    const replicas = (): Promise<string> => kubectl('get', 'deployment/estafette-ci-web', '-n', RELEASE, '-o', 'jsonpath={.spec.replicas}');
    expect(await eventually(replicas, (count) => count === '1', 120)).toBe('1');
  }, 180_000);

  it('follows a commit with other tags and values: the Job that changed runs once, the others do not', async () => {
    const before = await jobs();
    const revision = commit(COMMITS.upgraded);
    await argo.refresh(RELEASE);
    await synced(revision);
    expect((await eventually(status, ({ health }) => health?.status === 'Healthy', 240)).health?.status).toBe('Healthy');
    const after = await jobs();
    const changed = (from: Record<string, string>, to: Record<string, string>): string[] =>
      Object.entries(from)
        .filter(([name, uid]) => to[name] !== uid)
        .map(([name]) => name.replace(/-[0-9a-f]{8}$/, ''));
    expect([changed(before, after), changed(after, before)]).toEqual([['estafette-ci-db-migrator'], ['estafette-ci-db-migrator']]);
    expect(
      await kubectl(
        'get',
        'deployment/estafette-ci-web',
        '-n',
        RELEASE,
        '-o',
        'jsonpath={.status.readyReplicas} {.spec.template.spec.containers[0].image}',
      ),
    ).toBe('2 estafette/estafette-ci-web:1.4.2');
  }, 600_000);

  it('prunes a component that is switched off, and keeps its claim and the keys, still synced', async () => {
    const revision = commit(COMMITS.without);
    await argo.refresh(RELEASE);
    await synced(revision);
    const left = await eventually(
      () => names('deployments', 'services', 'persistentvolumeclaims', 'secrets'),
      (all) => !all.includes('deployment.apps/estafette-ci-metrics-server'),
      120,
    );
    expect(left.filter((name) => name.includes('metrics'))).toEqual(['persistentvolumeclaim/estafette-ci-metrics-server']);
    expect(left).toContain('secret/estafette-ci-api');
    await argo.refresh(RELEASE);
    expect(await status()).toMatchObject({ sync: { status: 'Synced' } });
  }, 600_000);

  it('leaves claims, keys and the namespaces when the Application is deleted with all that it made', async () => {
    await kubectl(
      'patch',
      'application',
      RELEASE,
      '-n',
      argo.namespace,
      '--type=merge',
      '-p',
      '{"metadata":{"finalizers":["resources-finalizer.argocd.argoproj.io"]}}',
    );
    await kubectl('delete', 'application', RELEASE, '-n', argo.namespace, '--timeout=240s');
    expect(await names('deployments', 'statefulsets', 'services', 'cronjobs', 'ingresses')).toEqual(['']);
    expect((await names('persistentvolumeclaims')).toSorted()).toEqual([
      ...[0, 1, 2].map((index) => `persistentvolumeclaim/datadir-estafette-ci-db-${index}`),
      'persistentvolumeclaim/estafette-ci-metrics-server',
    ]);
    expect(await names('secrets')).toEqual(expect.arrayContaining(['secret/estafette-ci-api', 'secret/estafette-ci-api.tls']));
    expect(await kubectl('get', 'namespace/estafette-ci-jobs', '-o', 'jsonpath={.status.phase}')).toBe('Active');
  }, 400_000);
});
