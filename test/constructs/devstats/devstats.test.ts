// The release as a whole: what it holds, in which order, and which switches and ranges cut it.
import { secretFiles } from '../../../constructs/devstats/secrets';
import { NOTHING, project, render } from './synth';

const PROJECTS = ['graphql', 'graphqljs', 'graphiql', 'graphqlspec', 'expressgraphql'];
const each = (kind: string, prefix: string): string[] => PROJECTS.map((name) => `${kind}/${prefix}-${name}`);

describe('DevStats', () => {
  const least = render();

  it('makes everything that the chart makes, on APIs that are served', () => {
    expect(least.ids.toSorted()).toEqual(
      [
        'ServiceAccount/devstats-postgres',
        'Role/devstats-postgres',
        'RoleBinding/devstats-postgres',
        'StatefulSet/devstats-postgres',
        'Service/devstats-postgres',
        'Service/devstats-postgres-ro',
        'Service/devstats-postgres-config',
        'Endpoints/devstats-postgres-config',
        'Secret/pg-db',
        'Secret/github-oauth',
        'Secret/grafana-secret',
        'Job/devstats-provision-bootstrap',
        'Ingress/devstats-ingress',
        ...each('Job', 'devstats-provision'),
        ...each('CronJob', 'devstats'),
        ...each('PersistentVolumeClaim', 'devstats-pvc'),
        ...each('Deployment', 'devstats-grafana'),
        ...each('Service', 'devstats-service'),
      ].toSorted(),
    );
    const versions = new Set(least.objects.map(({ apiVersion }) => apiVersion));
    expect([...versions].toSorted()).toEqual(['apps/v1', 'batch/v1', 'networking.k8s.io/v1', 'rbac.authorization.k8s.io/v1', 'v1']);
    for (const { metadata } of least.objects) expect(metadata.namespace).toBe('devstats');
  });

  it('is ordered so that each part finds what it needs: secrets and rights, database, bootstrap, projects', () => {
    const at = (id: string): number => least.ids.indexOf(id);
    expect(at('Secret/pg-db')).toBeLessThan(at('StatefulSet/devstats-postgres'));
    expect(at('Role/devstats-postgres')).toBeLessThan(at('StatefulSet/devstats-postgres'));
    expect(at('StatefulSet/devstats-postgres')).toBeLessThan(at('Job/devstats-provision-bootstrap'));
    expect(at('Job/devstats-provision-bootstrap')).toBeLessThan(at('PersistentVolumeClaim/devstats-pvc-graphql'));
    expect(at('PersistentVolumeClaim/devstats-pvc-graphql')).toBeLessThan(at('Job/devstats-provision-graphql'));
  });

  it('waits for no later stage: claims that wait for their pod are in the stage of the pod', () => {
    const stageOf = (kind: string, name: string) =>
      least.plan.find(({ object }) => object.kind === kind && object.metadata.name.startsWith(name));
    expect(stageOf('PersistentVolumeClaim', 'devstats-pvc')?.stage).toBe(stageOf('Job', 'devstats-provision-graphql')?.stage);
    expect(stageOf('PersistentVolumeClaim', 'devstats-pvc')?.object.metadata.annotations).toEqual({ 'helm.sh/resource-policy': 'keep' });
  });

  it.each([
    ['skipSecrets', ['Secret/pg-db', 'Secret/github-oauth', 'Secret/grafana-secret']],
    ['skipPGSecret', ['Secret/pg-db']],
    ['skipGitHubSecret', ['Secret/github-oauth']],
    ['skipGrafanaSecret', ['Secret/grafana-secret']],
    [
      'skipPostgres',
      [
        'Service/devstats-postgres',
        'Service/devstats-postgres-ro',
        'Service/devstats-postgres-config',
        'Endpoints/devstats-postgres-config',
        'ServiceAccount/devstats-postgres',
        'Role/devstats-postgres',
        'RoleBinding/devstats-postgres',
        'StatefulSet/devstats-postgres',
      ],
    ],
    ['skipBootstrap', ['Job/devstats-provision-bootstrap']],
    ['skipPVs', each('PersistentVolumeClaim', 'devstats-pvc')],
    ['skipProvisions', each('Job', 'devstats-provision')],
    ['skipCrons', each('CronJob', 'devstats')],
    ['skipGrafanas', each('Deployment', 'devstats-grafana')],
    ['skipServices', each('Service', 'devstats-service')],
    ['skipIngress', ['Ingress/devstats-ingress']],
  ] as const)('%s leaves out just that; 0, false and "" do not', (key, gone) => {
    expect(least.ids.filter((id) => !render({ [key]: 1 }).ids.includes(id)).toSorted()).toEqual([...gone].toSorted());
    for (const off of [0, false, '' as const, null]) expect(render({ [key]: off }).ids).toEqual(least.ids);
  });

  it('adds the test pod on demand', () => {
    expect(render({ ...NOTHING, runTests: true }).objects).toEqual([
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'devstats-tests', namespace: 'devstats', labels: { name: 'devstats', type: 'tests' } },
        spec: {
          containers: [{ name: 'devstats-tests', image: 'lukaszgryglicki/devstats-test', imagePullPolicy: 'Always' }],
          restartPolicy: 'Never',
          nodeSelector: { node2: 'devstats-app' },
        },
      },
    ]);
  });

  it.each([
    ['PVs', 'PersistentVolumeClaim', 'devstats-pvc', 'skipPVs'],
    ['Provisions', 'Job', 'devstats-provision', 'skipProvisions'],
    ['Crons', 'CronJob', 'devstats', 'skipCrons'],
    ['Grafanas', 'Deployment', 'devstats-grafana', 'skipGrafanas'],
    ['Services', 'Service', 'devstats-service', 'skipServices'],
  ] as const)('cuts %s to a range, From inclusive, To exclusive', (range, kind, prefix, skip) => {
    const within = (from: number | undefined, to: number | undefined): string[] =>
      render({ ...NOTHING, [skip]: 0, [`index${range}From`]: from, [`index${range}To`]: to }).ids;
    expect(within(1, 3)).toEqual([`${kind}/${prefix}-graphiql`, `${kind}/${prefix}-graphqljs`]);
    expect(within(4, undefined)).toEqual([`${kind}/${prefix}-expressgraphql`]);
    expect(within(undefined, 1)).toEqual([`${kind}/${prefix}-graphql`]);
    expect(within(3, 3)).toEqual([]);
  });

  it('leaves no project out in silence: 250 of them get everything', () => {
    const projects = Array.from({ length: 250 }, (_, index) => project(`p${index}`, index % 60));
    const all = render({ projects, mainProject: 'p0' });
    for (const kind of ['PersistentVolumeClaim', 'CronJob', 'Deployment']) expect(all.names(kind)).toHaveLength(250);
    expect(all.names('Job')).toHaveLength(251);
    expect(all.names('Service')).toHaveLength(253);
    expect(all.find('Ingress', 'devstats-ingress')).toHaveProperty('spec.rules.length', 251);
    expect(render({ projects, mainProject: 'p0', indexCronsTo: 100 }).names('CronJob')).toHaveLength(100);
  });

  it('names a file for each secret', () => {
    expect(secretFiles).toEqual({
      pgAdminUser: 'PG_ADMIN_USER.secret',
      pgHost: 'PG_HOST.secret',
      pgHostRO: 'PG_HOST_RO.secret',
      pgPass: 'PG_PASS.secret',
      pgPassRO: 'PG_PASS_RO.secret',
      pgPassTeam: 'PG_PASS_TEAM.secret',
      pgPassRep: 'PG_PASS_REP.secret',
      pgPort: 'PG_PORT.secret',
      githubOAuth: 'GHA2DB_GITHUB_OAUTH.secret',
      grafanaUser: 'GF_SECURITY_ADMIN_USER.secret',
      grafanaPassword: 'GF_SECURITY_ADMIN_PASSWORD.secret',
    });
  });
});
