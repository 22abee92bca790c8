// What a real API server says: DevStats from empty, again, with a project more, and with a Job gone.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderRelease } from '../../../cli/render';
import { readValues } from '../../../helm/yaml/read';
import { apiServer, describeWith, findParts, succeed, type ApiServer } from '../../support/parts';
import { ROOT } from '../../support/cli';
import { project, SECRETS } from './synth';

const TWO = [project('alpha', 1), project('beta', 2)];
const render = (values: Readonly<Record<string, unknown>> = {}): string =>
  renderRelease({
    release: 'devstats',
    chart: 'devstats',
    namespace: 'devstats',
    createNamespace: true,
    values: [{ ...SECRETS, projects: TWO, mainProject: 'alpha', ...values }],
  }).manifests;

interface Kept {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly spec?: unknown;
  readonly data?: unknown;
  readonly rules?: unknown;
}
const KINDS =
  'serviceaccounts,roles,rolebindings,secrets,services,endpoints,statefulsets,jobs,persistentvolumeclaims,deployments,cronjobs,ingresses,pods';

describeWith(findParts('etcd', 'kube-apiserver', 'kubectl'))('DevStats on an API server', () => {
  let subject: ApiServer;
  const apply = (manifests: string): Promise<string> =>
    succeed(subject.kubectl(['apply', '--server-side', '--validate=strict', '-f', '-'], manifests));
  /** What is there, by kind and name: who it is and what it says. */
  async function kept(): Promise<Map<string, string>> {
    const { items } = JSON.parse(await succeed(subject.kubectl(['get', KINDS, '--namespace', 'devstats', '-o', 'json']))) as {
      items: Kept[];
    };
    return new Map(
      items.map(({ kind, metadata, spec, data, rules }) => [`${kind}/${metadata.name}`, JSON.stringify([metadata.uid, spec, data, rules])]),
    );
  }
  const added = (before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] =>
    [...after.keys()]
      .filter((id) => !before.has(id))
      .map((id) => id.replace(/-[0-9a-f]{8}$/, ''))
      .toSorted();
  const changed = (before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] =>
    [...before.keys()].filter((id) => after.get(id) !== before.get(id));

  beforeAll(async () => {
    subject = await apiServer();
  }, 60_000);
  afterAll(() => subject?.stop(), 30_000);

  it('is taken from empty, and a second time changes nothing', async () => {
    await apply(render({ runTests: 1 }));
    const first = await kept();
    const rendered = render({ runTests: 1 }).match(/^kind: (?!Namespace$)/gm) ?? [];
    expect([rendered.length, first.size]).toEqual([24, 24]);
    await apply(render({ runTests: 1 }));
    expect([changed(first, await kept()), added(first, await kept())]).toEqual([[], []]);
  }, 60_000);

  it("makes nothing but a new project's objects for a new project", async () => {
    const before = await kept();
    await apply(render({ runTests: 1, projects: [...TWO, project('gamma', 3)] }));
    const after = await kept();
    expect(added(before, after)).toEqual([
      'CronJob/devstats-gamma',
      'Deployment/devstats-grafana-gamma',
      'Job/devstats-provision-gamma',
      'PersistentVolumeClaim/devstats-pvc-gamma',
      'Service/devstats-service-gamma',
    ]);
    expect(changed(before, after)).toEqual(['Ingress/devstats-ingress']);
  }, 60_000);

  it('provisions no project anew when a password or a token changes', async () => {
    const before = await kept();
    await apply(render({ pgPass: 'other', githubOAuth: 'rotated' }));
    expect(added(before, await kept())).toEqual(['Job/devstats-provision-bootstrap']);
  }, 60_000);

  it('provisions a project anew whose Job was deleted', async () => {
    const manifests = render({ pgPass: 'other', githubOAuth: 'rotated' });
    const before = await kept();
    await succeed(subject.kubectl(['delete', 'jobs', '--namespace', 'devstats', '-l', 'type=provision,proj=alpha']));
    await apply(manifests);
    expect(changed(before, await kept())).toEqual([expect.stringMatching(/^Job\/devstats-provision-alpha-/)]);
  }, 60_000);

  it('takes what is odd, but no mistake', async () => {
    const odd = {
      imagePullPolicy: '',
      grafanaNReplicas: null,
      grafanaMaxSurge: '0%',
      grafanaMaxUnavailable: '100%',
      postgresTerminationGracePeriodSeconds: null,
      postgresNodes: 0,
      postgresPodManagementPolicy: 'Parallel',
      postgresLeaderLabel: 'primary',
      ingressTlsSecret: '',
      ingressAnnotations: { 'kubernetes.io/ingress.class': null },
      limitsPostgresMemory: 17179869184,
      requestsCronsCPU: '.5',
      storageAccessModes: 'ReadWriteOncePod',
      dbNodeSelector: { 'example.com/Disk_1': '' },
      projects: [{ ...project('alpha', 1), cron: '@every 1h30m', disk: '1e9' }],
    };
    const { manifests } = renderRelease({
      release: 'devstats',
      chart: 'devstats',
      namespace: 'odd',
      createNamespace: true,
      values: [{ ...SECRETS, mainProject: 'alpha', ...odd }],
    });
    await apply(manifests);
  }, 60_000);

  it('takes certificates for 250 projects', async () => {
    const projects = Array.from({ length: 250 }, (_, index) => project(`p${index}`, index % 60));
    const { manifests } = renderRelease({
      release: 'devstats',
      chart: 'devstats',
      namespace: 'many',
      createNamespace: true,
      values: [{ ...SECRETS, mainProject: 'p0', projects, skipProvisions: 1, skipCrons: 1, skipGrafanas: 1, skipPVs: 1, skipServices: 1 }],
    });
    await apply(manifests);
    expect(
      await succeed(
        subject.kubectl(['get', 'ingress', 'devstats-ingress', '--namespace', 'many', '-o', 'jsonpath={.spec.tls[*].secretName}']),
      ),
    ).toBe('devstats-tls devstats-tls-2 devstats-tls-3');
  }, 60_000);

  it.each(['configmaps', 'one-project', 'debug-bootstrap', 'debug-provision', 'tls'])(
    'takes the example %s',
    async (name) => {
      const example = (file: string): string => join(ROOT, 'examples', 'devstats', `${file}.yaml`);
      const values = ['production', name].map((file) => readValues(readFileSync(example(file), 'utf8'), file));
      const { manifests } = renderRelease({
        release: 'devstats',
        chart: 'devstats',
        namespace: `example-${name}`,
        createNamespace: true,
        values,
      });
      await apply(manifests);
    },
    60_000,
  );
});
