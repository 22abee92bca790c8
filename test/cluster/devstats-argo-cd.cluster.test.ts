// Provisioning through Argo CD: Jobs that ran do not hold a sync up when the settings of the day change, and run again when they are deleted.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderRelease } from '../../cli/render';
import { writeYaml } from '../../helm/yaml/write';
import { PATRONI_PARTS, patroniArchive } from '../support/images/patroni';
import { NOTHING, project, SECRETS } from '../constructs/devstats/synth';
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

const RELEASE = 'devstats';
const TWO = [project('alpha', 1), project('beta', 2)];
const VALUES = {
  ...SECRETS,
  ...NOTHING,
  skipSecrets: 0,
  skipProvisions: 0,
  skipPVs: 0,
  skipCrons: 0,
  useProvisionsResourcesLimits: 0,
  appNodeSelector: { node2: null },
  storageClass: 'standard',
  imagePullPolicy: 'IfNotPresent',
  projects: TWO,
  mainProject: 'alpha',
  provisionCommand: 'sh',
  provisionCommandArgs: ['-c', 'echo $PROJ with $GHA2DB_NCPUS'],
};

const parts = findRootParts(...CLUSTER_PARTS, ...ARGO_CD_PARTS) && findParts(...PATRONI_PARTS);

describeWith(parts).each(['server-side', 'client-side'])('DevStats through Argo CD, applied %s', (side) => {
  let subject: Cluster;
  let argo: ArgoCd;
  const kubectl = (...args: string[]): Promise<string> => succeed(subject.kubectl(args));
  const render = (values: object) =>
    renderRelease({
      release: RELEASE,
      chart: RELEASE,
      namespace: RELEASE,
      target: 'argocd',
      createNamespace: true,
      values: [{ ...VALUES, ...values }],
      application: { repoURL: argo.repository.url, path: 'app', targetRevision: 'main' },
    });
  const status = (): Promise<ApplicationStatus> => argo.status(RELEASE);
  async function synced(values: object): Promise<void> {
    const revision = argo.repository.commit({ [`app/${RELEASE}.k8s.yaml`]: render(values).manifests });
    if ((await subject.kubectl(['get', 'application', RELEASE, '-n', argo.namespace])).status === 0) await argo.refresh(RELEASE);
    else {
      const application = writeYaml(render(values).stream.at(-1)?.object);
      await succeed(
        subject.kubectl(
          ['create', '-f', '-'],
          side === 'server-side' ? application : application.replace('- ServerSideApply=true\n', '- ServerSideApply=false\n'),
        ),
      );
    }
    await argo.synced(RELEASE, revision, { seconds: 180 });
  }
  /** Who each provisioning Job is. */
  const jobs = async (): Promise<Record<string, string>> =>
    Object.fromEntries(
      (
        JSON.parse(await kubectl('get', 'jobs', '-n', RELEASE, '-l', 'type=provision', '-o', 'json')) as {
          items: { metadata: { name: string; uid: string } }[];
        }
      ).items.map(({ metadata: { name, uid } }) => [name.replace(/-[0-9a-f]{8}$/, ''), uid]),
    );
  const provisioned = (): Promise<string> =>
    kubectl('wait', '-n', RELEASE, '--for=condition=Complete', 'job', '-l', 'type=provision', '--timeout=90s');
  const log = (proj: string): Promise<string> => kubectl('logs', '-n', RELEASE, '-l', `type=provision,proj=${proj}`);

  beforeAll(async () => {
    subject = await cluster({ nodes: 1 });
    argo = await argoCd(subject);
    const scratch = mkdtempSync(join(tmpdir(), 'devstats-argo-cd-'));
    if (parts) await subject.load(patroniArchive(scratch, parts));
    rmSync(scratch, { recursive: true });
  }, 400_000);
  afterAll(async () => {
    await argo?.stop();
    await subject?.stop();
  }, 60_000);

  it('follows other settings and another project without touching Jobs that ran', async () => {
    await synced({ nCPUs: 1 });
    await provisioned();
    expect([await log('alpha'), await log('beta')]).toEqual(['alpha with 1\n', 'beta with 1\n']);
    const before = await jobs();

    await synced({ nCPUs: 4, pgSecret: 'other', projects: [...TWO, project('gamma', 3)] });
    await provisioned();
    expect(await jobs()).toEqual({ ...before, 'devstats-provision-gamma': expect.any(String) });
    expect(await log('gamma')).toBe('gamma with 4\n');
    expect(
      await kubectl(
        'get',
        'cronjob',
        'devstats-alpha',
        '-n',
        RELEASE,
        '-o',
        'jsonpath={..containers[0].env[?(@.name=="GHA2DB_NCPUS")].value}',
      ),
    ).toBe('4');
    expect((await status()).conditions ?? []).toEqual([]);
  }, 400_000);

  it('provisions a project anew whose Job was deleted, with the settings of the day', async () => {
    const before = await jobs();
    await kubectl('delete', 'job', '-n', RELEASE, '-l', 'type=provision,proj=alpha');
    await argo.refresh(RELEASE);
    await eventually(jobs, (now) => now['devstats-provision-alpha'] !== undefined, 120);
    await provisioned();
    expect(await log('alpha')).toBe('alpha with 4\n');
    expect(await jobs()).toEqual({
      ...before,
      'devstats-provision-alpha': expect.not.stringMatching(before['devstats-provision-alpha'] ?? ''),
    });
  }, 300_000);
});
