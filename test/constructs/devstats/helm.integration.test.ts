// DevStats in the hands of Helm 3 and Helm 4, on a real API server: installed, changed, rolled back and removed.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chartFilesOf } from '../../support/chart-files';
import { writeFiles } from '../../../constructs/release/files';
import { helm as helmOn } from '../../support/helm-client';
import { apiServer, describeWith, findParts, succeed, type ApiServer } from '../../support/parts';
import { project, SECRETS } from './synth';

const parts = findParts('etcd', 'kube-apiserver', 'kubectl', 'helm', 'helm3');
const TWO = [project('alpha', 1), project('beta', 2)];
const NAMESPACE = 'stats';

interface Live {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly spec: {
    readonly template: {
      readonly spec: { readonly containers: readonly { readonly env: readonly { readonly name: string; readonly value?: string }[] }[] };
    };
  };
}

describeWith(parts).each(['helm', 'helm3'] as const)('DevStats installed by %s', (maker) => {
  let server: ApiServer;
  const scratch = mkdtempSync(join(tmpdir(), 'devstats-helm-'));
  const kubectl = (...args: string[]): Promise<string> => succeed(server.kubectl(['--namespace', NAMESPACE, ...args]));

  const helm = (...args: string[]): string =>
    helmOn(parts?.[maker] ?? '', { folder: scratch, kubeconfig: server.kubeconfig, namespace: NAMESPACE }, args);
  function chart(values: Readonly<Record<string, unknown>> = {}): string {
    const folder = join(scratch, 'chart');
    // For another namespace than the one it is installed in: that is for Helm to say.
    writeFiles(
      folder,
      chartFilesOf({
        release: 'devstats',
        chart: 'devstats',
        namespace: 'elsewhere',
        values: [{ ...SECRETS, projects: TWO, mainProject: 'alpha', ...values }],
      }),
    );
    return folder;
  }
  /** Who each provisioning Job is, and how many CPUs it uses. */
  async function provisioning(): Promise<Record<string, { uid: string; cpus: string | undefined }>> {
    const { items } = JSON.parse(await kubectl('get', 'jobs', '-l', 'type=provision', '-o', 'json')) as { items: Live[] };
    return Object.fromEntries(
      items.map(({ metadata: { name, uid }, spec }) => [
        name.replace(/-[0-9a-f]{8}$/, ''),
        { uid, cpus: spec.template.spec.containers[0]?.env.find((one) => one.name === 'GHA2DB_NCPUS')?.value },
      ]),
    );
  }

  beforeAll(async () => {
    server = await apiServer();
  }, 60_000);
  afterAll(async () => {
    await server?.stop();
    rmSync(scratch, { recursive: true });
  }, 30_000);

  it('follows changes that provisioning Jobs which are there cannot follow, and back', async () => {
    helm('install', 'devstats', chart({ nCPUs: 1 }), '--create-namespace');
    const before = await provisioning();
    expect(Object.entries(before).map(([name, { cpus }]) => [name, cpus])).toEqual([
      ['devstats-provision-alpha', '1'],
      ['devstats-provision-beta', '1'],
    ]);

    helm(
      'upgrade',
      'devstats',
      chart({ nCPUs: 4, limitsProvisionsMemory: '32Gi', imagePullPolicy: 'IfNotPresent', existingSecret: { oauth: 'own' } }),
    );
    expect(await provisioning()).toEqual(before);
    expect(await kubectl('get', 'cronjob', 'devstats-alpha', '-o', 'jsonpath={..containers[0].env[?(@.name=="GHA2DB_NCPUS")].value}')).toBe(
      '4',
    );
    helm('upgrade', 'devstats', chart({ nCPUs: 5, projects: [...TWO, project('gamma', 3)] }));
    expect(await provisioning()).toEqual({ ...before, 'devstats-provision-gamma': { uid: expect.any(String), cpus: '5' } });

    helm('rollback', 'devstats', '2');
    expect(await provisioning()).toEqual(before);
    helm('rollback', 'devstats', '1');
    expect(await provisioning()).toEqual(before);
  }, 120_000);

  it('provisions a project anew whose Job was deleted, with the values of the day, and makes it again at a rollback', async () => {
    helm('upgrade', 'devstats', chart({ nCPUs: 6 }));
    const before = await provisioning();
    await kubectl('delete', 'jobs', '-l', 'type=provision,proj=alpha');
    helm('upgrade', 'devstats', chart({ nCPUs: 7 }));
    const after = await provisioning();
    expect(after).toEqual({
      'devstats-provision-beta': before['devstats-provision-beta'],
      'devstats-provision-alpha': { uid: expect.any(String), cpus: '7' },
    });
    expect(after['devstats-provision-alpha']?.uid).not.toBe(before['devstats-provision-alpha']?.uid);
    // A Job of an earlier revision was printed as it ran: nothing in it is the server's.
    await kubectl('delete', 'jobs', '-l', 'type=provision,proj=alpha');
    helm('rollback', 'devstats', '0');
    expect(await provisioning()).toEqual({
      'devstats-provision-beta': before['devstats-provision-beta'],
      'devstats-provision-alpha': { uid: expect.any(String), cpus: '1' },
    });
  }, 120_000);

  it('leaves the volumes of the clones when it is removed, and nothing else', async () => {
    helm('uninstall', 'devstats');
    const left = (
      await kubectl(
        'get',
        'serviceaccounts,roles,rolebindings,secrets,services,endpoints,statefulsets,jobs,persistentvolumeclaims,deployments,cronjobs,ingresses',
        '-o',
        'name',
      )
    )
      .trim()
      .split('\n');
    // The one of a project that was there for an upgrade, too.
    expect(left).toEqual(['alpha', 'beta', 'gamma'].map((name) => `persistentvolumeclaim/devstats-pvc-${name}`));
  }, 120_000);
});
