// What each project gets: claim, provisioning, sync and Grafana.
import { DevStats } from '../../../constructs/releases';
import { App } from 'cdk8s';
import { CONTAINER, CRON_CONTAINER, environment, NOTHING, POD, project, render, SECRETS } from './synth';
import { devstatsValues, type DevStatsValues } from '../../../constructs/devstats/values';

const COMMAND_LINE = ['--one', 'two'];
const jobNames = (values: DevStatsValues): string[] =>
  render(values)
    .names('Job')
    .filter((name) => !name.includes('bootstrap'));
const TWO = [project('alpha', 1), project('beta', 2)];

describe('provisioning', () => {
  it('is a Job that runs as often as a bare pod would: once, or until it succeeds', () => {
    const { find } = render();
    for (const name of ['devstats-provision-bootstrap', 'devstats-provision-graphql'])
      expect(find('Job', name)).toMatchObject({ spec: { backoffLimit: 0, template: { spec: { restartPolicy: 'Never' } } } });
    const again = render({ bootstrapRestartPolicy: 'OnFailure', provisionRestartPolicy: 'OnFailure' });
    for (const name of ['devstats-provision-bootstrap', 'devstats-provision-graphql'])
      expect(again.find('Job', name)).toMatchObject({
        spec: { backoffLimit: 2 ** 31 - 1, template: { spec: { restartPolicy: 'OnFailure' } } },
      });
    expect(find('Job', 'devstats-provision-graphql')).not.toHaveProperty('spec.ttlSecondsAfterFinished');
  });

  it('runs anew for another project, database, repository, image or command, and for nothing else', () => {
    const [alpha = '', beta = ''] = jobNames({ projects: TWO });
    expect(alpha).toMatch(/^devstats-provision-alpha-[0-9a-f]{8}$/);
    expect(jobNames({ projects: [...TWO, project('gamma', 3)] })).toEqual([
      alpha,
      beta,
      expect.stringMatching(/^devstats-provision-gamma-/),
    ]);
    expect(jobNames({ projects: [project('beta', 2), project('aaa', 5)] })).toContain(beta);
    for (const same of [
      { pgPass: 'changed', githubOAuth: 'rotated' },
      { existingSecret: { pg: 'elsewhere' } },
      { limitsProvisionsMemory: '32Gi' },
      { nCPUs: 4, debug: 1 },
      { appNodeSelector: { zone: 'a' } },
      { projects: TWO.map((one) => ({ ...one, cron: '9 * * * *', disk: '9Gi', icon: 'x', org: 'y' })) },
      { syncImage: 'other', grafanaImage: 'other', postgresImageName: 'other' },
      { waitForBootstrap: 5 },
    ])
      expect(jobNames({ projects: TWO, ...same })).toEqual([alpha, beta]);
    for (const other of [{ provisionImage: 'devstats:2' }, { provisionCommand: './gql/affs.sh' }, { provisionCommandArgs: ['x'] }]) {
      expect(jobNames({ projects: TWO, ...other })).toHaveLength(2);
      expect(jobNames({ projects: TWO, ...other }).filter((name) => [alpha, beta].includes(name))).toEqual([]);
    }
    for (const other of [{ db: 'x' }, { repo: 'x/y' }])
      expect(jobNames({ projects: [{ ...project('alpha', 1), ...other }, project('beta', 2)] })).toEqual([
        expect.not.stringMatching(alpha),
        beta,
      ]);
  });

  it('gets its project, its secrets and the volume of its clones', () => {
    const job = render({ nCPUs: 2, useFlags: 1, skipMetrics: 'projects_health', provisionCommandArgs: COMMAND_LINE }).find(
      'Job',
      'devstats-provision-graphiql',
    );
    expect(environment(job)).toMatchObject({
      PROJ: 'graphiql',
      PROJDB: 'graphiql',
      PROJREPO: 'graphql/graphiql',
      ONLY: 'graphiql',
      WAITBOOT: '60',
      GHA2DB_NCPUS: '2',
      USE_FLAGS: '1',
      GHA2DB_SKIP_METRICS: 'projects_health',
      SKIPTEMP: '1',
      GHA2DB_PROJECTS_YAML: 'gql/projects.yaml',
      PG_HOST: 'pg-db/PG_HOST.secret',
      PG_PASS_TEAM: 'pg-db/PG_PASS_TEAM.secret',
      GHA2DB_GITHUB_OAUTH: 'github-oauth/GHA2DB_GITHUB_OAUTH.secret',
    });
    expect(job).toHaveProperty(
      CONTAINER,
      expect.objectContaining({
        image: 'lukaszgryglicki/devstats-test',
        command: ['./gql/deploy_all.sh'],
        args: COMMAND_LINE,
        volumeMounts: [{ name: 'data-graphiql', mountPath: '/root' }],
      }),
    );
    expect(job).toHaveProperty(`${CONTAINER}.resources`, {
      requests: { memory: '1Gi', cpu: '1000m' },
      limits: { memory: '16Gi', cpu: '8000m' },
    });
    expect(job).toHaveProperty(`${POD}.volumes`, [
      { name: 'data-graphiql', persistentVolumeClaim: { claimName: 'devstats-pvc-graphiql' } },
    ]);
  });

  it('is preceded by the bootstrap, which has no volume', () => {
    const job = render({ bootstrapUDrop: 1, waitForPostgres: 3 }).find('Job', 'devstats-provision-bootstrap');
    expect(environment(job)).toMatchObject({
      INIT: '1',
      ONLYINIT: '1',
      WAITBOOT: '3',
      UDROP: '1',
      LDROP: '',
      NOCREATE: '',
      PG_ADMIN_USER: 'pg-db/PG_ADMIN_USER.secret',
    });
    expect(job).not.toHaveProperty(`${POD}.volumes`);
  });

  it('leaves an empty quantity out, which a server refuses', () => {
    const job = render({ requestsProvisionsCPU: '', limitsProvisionsCPU: null, limitsProvisionsMemory: '' }).find(
      'Job',
      'devstats-provision-graphql',
    );
    expect(job).toHaveProperty(`${CONTAINER}.resources`, { requests: { memory: '1Gi' } });
  });
});

describe('sync', () => {
  it('is a CronJob at the minute of its project', () => {
    const cronJob = render({ concurrencyPolicy: 'Replace', syncCommandArgs: COMMAND_LINE }).find('CronJob', 'devstats-graphqljs');
    expect(cronJob).toMatchObject({
      apiVersion: 'batch/v1',
      spec: {
        schedule: '10 * * * *',
        concurrencyPolicy: 'Replace',
        jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never' } } } },
      },
    });
    expect(cronJob).toHaveProperty(
      CRON_CONTAINER,
      expect.objectContaining({ image: 'lukaszgryglicki/devstats-minimal-test', command: ['devstats'], args: COMMAND_LINE }),
    );
    expect(environment(cronJob)).toMatchObject({
      ONLY: 'graphqljs',
      GHA2DB_CHECK_PROVISION_FLAG: '1',
      GHA2DB_SET_RUNNING_FLAG: '1',
      PG_PORT: 'pg-db/PG_PORT.secret',
    });
    expect(environment(cronJob)).not.toHaveProperty('PG_ADMIN_USER');
  });
});

describe('Grafana', () => {
  const { find } = render({ grafanaPort: 3001, grafanaMaxSurge: '25%', grafanaNReplicas: 4 });
  const deployment = find('Deployment', 'devstats-grafana-graphql');

  it('is updated without a gap, and read from replicas', () => {
    expect(deployment).toMatchObject({
      spec: { replicas: 4, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 1 } } },
    });
    expect(environment(deployment)).toMatchObject({
      ICON: 'graphql',
      ORGNAME: 'GraphQL',
      PG_DB: 'graphql',
      PG_HOST: 'pg-db/PG_HOST_RO.secret',
      PG_PASS: 'pg-db/PG_PASS_RO.secret',
    });
  });

  it('is asked at the port that it listens on', () => {
    expect(deployment).toHaveProperty(`${CONTAINER}.ports`, [{ containerPort: 3001 }]);
    for (const probe of ['livenessProbe', 'readinessProbe'])
      expect(deployment).toHaveProperty(`${CONTAINER}.${probe}.exec.command`, ['grafana_health_check.sh', '127.0.0.1:3001']);
    expect(find('Service', 'devstats-service-graphql').spec).toEqual({
      ports: [{ port: 80, targetPort: 3001, protocol: 'TCP' }],
      selector: { name: 'devstats', type: 'grafana', proj: 'graphql' },
    });
  });

  it('takes any text for names of people: it is quoted', () => {
    const { find: findIn } = render({ projects: [{ ...project('alpha'), org: 'A: B', icon: "it's" }] });
    expect(environment(findIn('Deployment', 'devstats-grafana-alpha'))).toMatchObject({ ORGNAME: 'A: B', ICON: "it's" });
    const numbers = render({ projects: [{ ...project('123'), proj: 123, org: 456 as never }], mainProject: 123 });
    expect(numbers.find('Deployment', 'devstats-grafana-123').metadata.labels).toEqual({ name: 'devstats', type: 'grafana', proj: '123' });
    expect(environment(numbers.find('Deployment', 'devstats-grafana-123'))).toMatchObject({ ORGNAME: '456', PROJ: '123' });
  });
});

describe('claims', () => {
  it('ask for the class, mode and size that the values say', () => {
    const { objects } = render({
      ...NOTHING,
      skipPVs: 0,
      projects: [project('alpha')],
      pvName: 'clones',
      storageClass: 'gp2',
      storageAccessModes: 'ReadWriteMany',
    });
    expect(objects).toEqual([
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: {
          name: 'clones-alpha',
          namespace: 'devstats',
          labels: { name: 'devstats', type: 'pvc', proj: 'alpha' },
          annotations: { 'helm.sh/resource-policy': 'keep' },
        },
        spec: { accessModes: ['ReadWriteMany'], storageClassName: 'gp2', resources: { requests: { storage: '1Gi' } } },
      },
    ]);
  });
});

describe('values', () => {
  it('are each read: every one that is not documented as unused changes something when it changes', () => {
    const { fields } = devstatsValues;
    const objects = (values: Record<string, unknown>): string =>
      JSON.stringify(new DevStats(new App(), 'devstats', { namespace: 'devstats', values: values as DevStatsValues }).toJson());
    const rich = {
      ...SECRETS,
      runTests: 1,
      overwritePostgresCommand: 1,
      postgresCommand: 'sleep',
      ingressIssuer: 'issuer',
      projects: TWO,
      mainProject: 'alpha',
      volumeName: 'data',
      volumeMountName: 'data',
      indexPVsTo: 1,
      indexProvisionsTo: 1,
      indexCronsTo: 1,
      indexGrafanasTo: 1,
      indexServicesTo: 1,
      indexIngressesTo: 1,
    };
    const others: Record<string, unknown> = {
      global: { imageRegistry: 'mirror.example.com' },
      secrets: { mode: 'omit' },
      bootstrapRestartPolicy: 'OnFailure',
      provisionRestartPolicy: 'OnFailure',
      syncRestartPolicy: 'OnFailure',
      testsRestartPolicy: 'Always',
      concurrencyPolicy: 'Allow',
      imagePullPolicy: 'Never',
      ingressIssuerKind: 'ClusterIssuer',
      postgresLeaderElection: 'configmaps',
      existingSecret: { pg: 'x' },
      mainProject: 'beta',
      projects: [project('alpha', 3), project('beta', 4)],
      storageAccessModes: 'ReadWriteMany',
      postgresStorageSize: '1Gi',
      postgresPodManagementPolicy: 'Parallel',
      grafanaMaxSurge: '50%',
      grafanaMaxUnavailable: 2,
      volumeName: undefined,
      volumeMountName: undefined,
      pgPort: 6432,
      grafanaRestartPolicy: null,
      overwritePostgresCommand: 0,
      runTests: 0,
    };
    const base = objects(rich);
    const silent = Object.entries(fields)
      .filter(([key, field]) => {
        if (field.kind === 'group') return objects({ ...rich, [key]: others[key] }) === base;
        if (field.unused) return false;
        const amount = /^(limits|requests)[A-Z]/.exec(key)
          ? { limits: '99Gi', requests: '1m' }[key.startsWith('limits') ? 'limits' : 'requests']
          : undefined;
        const change = Object.hasOwn(others, key)
          ? others[key]
          : amount
            ? amount
            : { text: 'other', number: 7, flag: field.default ? 0 : 1, list: ['other'], table: { other: 'x' }, any: 'x' }[field.kind];
        const more = /^index.*From$/.test(key)
          ? { [key.replace('From', 'To')]: 2, [key]: 1 }
          : key.startsWith('volume') && key !== 'volumeMountPath'
            ? { volumeName: 'other', volumeMountName: 'other' }
            : { [key]: change };
        return objects({ ...rich, ...more }) === base;
      })
      .map(([key]) => key);
    expect(silent).toEqual([]);
  });
});
