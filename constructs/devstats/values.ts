// Values of DevStats: those of the published chart, flat as they are there, and our own at the end of each group.
import { group, list, items, number, table, text, toggle, type Item, type Scalar, type Values, type ValuesInput } from '../../helm/schema';
import { globalValues } from '../common/global';
import { secretsValues } from '../common/secret-settings';

/** Parts of the release that have settings of the same kind, by the word that their keys carry. */
const PARTS = {
  Bootstrap: { what: 'the bootstrap Job', limits: ['2000m', '2Gi'], requests: ['200m', '256Mi'] },
  Crons: { what: 'the hourly sync', limits: ['6000m', '16Gi'], requests: ['1000m', '2Gi'] },
  Grafanas: { what: 'Grafana', limits: ['2000m', '8Gi'], requests: ['300m', '512Mi'] },
  Postgres: { what: 'the database', limits: ['8000m', '16Gi'], requests: ['2000m', '4Gi'] },
  Provisions: { what: 'the provisioning Jobs', limits: ['8000m', '16Gi'], requests: ['1000m', '1Gi'] },
} as const;
export type Part = keyof typeof PARTS;

/** `{limits,requests}PART{CPU,Memory}` and `usePARTResourcesLimits`. */
const resourcesOf = <P extends Part>(part: P) => {
  const { what, limits, requests } = PARTS[part];
  const key = <K extends string>(name: K) => name as K;
  return {
    [key(`use${part}ResourcesLimits`)]: toggle(1, `Gives ${what} the resources below; off, it gets none.`),
    [key(`requests${part}CPU`)]: text(requests[0], `CPU request of ${what}; empty for none.`),
    [key(`requests${part}Memory`)]: text(requests[1], `Memory request of ${what}; empty for none.`),
    [key(`limits${part}CPU`)]: text(limits[0], `CPU limit of ${what}; empty for none.`),
    [key(`limits${part}Memory`)]: text(limits[1], `Memory limit of ${what}; empty for none.`),
  } as Record<`use${P}ResourcesLimits`, ReturnType<typeof toggle>> &
    Record<`${'requests' | 'limits'}${P}${'CPU' | 'Memory'}`, ReturnType<typeof text>>;
};

/** Per-project objects that can be cut to a range, by the word that their keys carry. */
export const RANGES = {
  Crons: 'CronJobs',
  Grafanas: 'Grafana Deployments',
  Ingresses: 'hosts of the Ingress',
  Provisions: 'provisioning Jobs',
  PVs: 'volume claims',
  Services: 'Grafana Services',
} as const;
export type Range = keyof typeof RANGES;

const rangeOf = <R extends Range>(range: R) =>
  ({
    [`index${range}From`]: number(0, `Position in \`projects\` from which on projects get ${RANGES[range]}, counted from 0.`),
    [`index${range}To`]: number(
      undefined,
      `Position in \`projects\` before which projects get ${RANGES[range]}; all that there are when not given.`,
    ),
  }) as Record<`index${R}${'From' | 'To'}`, ReturnType<typeof number>>;

const command = <N extends 'bootstrap' | 'provision' | 'sync' | 'grafana'>(name: N, program: string, what: string) =>
  ({
    [`${name}Command`]: text(program, `Program that ${what} runs.`),
    [`${name}CommandArgs`]: list(undefined, `Its arguments.`),
  }) as Record<`${N}Command`, ReturnType<typeof text>> & Record<`${N}CommandArgs`, ReturnType<typeof list>>;

const JOB_POLICIES = ['Never', 'OnFailure'];

const skips = {
  skipSecrets: toggle(undefined, 'Leaves all Secrets out: they exist already.'),
  skipPGSecret: toggle(undefined, 'Leaves the Secret of the database out.'),
  skipGitHubSecret: toggle(undefined, 'Leaves the Secret with the GitHub tokens out.'),
  skipGrafanaSecret: toggle(undefined, 'Leaves the Secret of the Grafana administrator out.'),
  skipPostgres: toggle(undefined, 'Leaves the database out, with its account, rights and Services.'),
  skipBootstrap: toggle(undefined, 'Leaves the bootstrap Job out.'),
  skipPVs: toggle(undefined, 'Leaves the volume claims of the projects out.'),
  skipProvisions: toggle(undefined, 'Leaves the provisioning Jobs out.'),
  skipCrons: toggle(undefined, 'Leaves the CronJobs of the hourly sync out.'),
  skipGrafanas: toggle(undefined, 'Leaves the Grafana Deployments out.'),
  skipServices: toggle(undefined, 'Leaves the Grafana Services out.'),
  skipIngress: toggle(undefined, 'Leaves the Ingress out.'),
  runTests: toggle(undefined, "Adds the pod that runs DevStats' own tests."),
};

const secretText = (what: string) =>
  text(undefined, `${what} From the values or from the file in \`secrets/\` next to the values file.`, { secret: 'needed' });

const secrets = {
  pgAdminUser: secretText('User name of the database administrator.'),
  pgHost: secretText("Host name of the database's master Service."),
  pgHostRO: secretText("Host name of the database's read-only Service."),
  pgPort: secretText('Port of the database.'),
  pgPass: secretText('Password of the administrator (gha_admin).'),
  pgPassRO: secretText('Password of the read-only user (ro_user).'),
  pgPassTeam: secretText('Password of the team user (devstats_team), read-only too.'),
  pgPassRep: secretText('Password of the replication user.'),
  githubOAuth: secretText('GitHub tokens, separated by commas.'),
  grafanaUser: secretText('User name of the Grafana administrator.'),
  grafanaPassword: secretText('Password of the Grafana administrator.'),
  secretType: text('Opaque', 'Type of the three Secrets.'),
  pgSecret: text('pg-db', 'Name of the Secret of the database.'),
  oauthSecret: text('github-oauth', 'Name of the Secret with the GitHub tokens.'),
  grafanaSecret: text('grafana-secret', 'Name of the Secret of the Grafana administrator.'),
  existingSecret: group(
    {
      pg: text(undefined, 'Secret with the eight PG_*.secret keys that exists already; none is printed.'),
      oauth: text(undefined, 'Secret with the key GHA2DB_GITHUB_OAUTH.secret that exists already; none is printed.'),
      grafana: text(undefined, 'Secret with the GF_SECURITY_ADMIN_*.secret keys that exists already; none is printed.'),
    },
    { doc: 'Secrets that exist already, by name.', nullable: true },
  ),
};

const devstatsEnvironment = {
  affiliations: text('github_users.json', 'File with the affiliations of GitHub users (GHA2DB_AFFILIATIONS_JSON).'),
  cmdDebug: text(undefined, 'Verbosity about the commands that are run (GHA2DB_CMDDEBUG).'),
  companyAcq: text('companies.yaml', 'File with company acquisitions (GHA2DB_COMPANY_ACQ_YAML).'),
  debug: text(undefined, 'Verbosity (GHA2DB_DEBUG).'),
  excludeVars: text(undefined, 'Variables that are not computed, separated by commas (GHA2DB_EXCLUDE_VARS).'),
  forceComputeAll: text(undefined, 'Computes all periods when set (GHA2DB_COMPUTE_ALL).'),
  githubDebug: text(undefined, 'Verbosity about calls of GitHub (GHA2DB_GITHUB_DEBUG).'),
  nCPUs: text(undefined, 'CPUs that DevStats uses; 1 makes it single threaded, nothing takes all (GHA2DB_NCPUS).'),
  onlyMetrics: text(undefined, 'Metrics to compute, separated by commas (GHA2DB_ONLY_METRICS).'),
  periods: text(undefined, 'Periods to compute, such as d7:t,m:f (GHA2DB_FORCE_PERIODS).'),
  projectsFile: text('gql/projects.yaml', "DevStats' own list of projects (GHA2DB_PROJECTS_YAML)."),
  queryOut: text(undefined, 'Prints queries when set (GHA2DB_QOUT).'),
  reposDir: text(undefined, 'Where clones are kept (GHA2DB_REPOS_DIR).'),
  skipMetrics: text(undefined, 'Metrics that are not computed, separated by commas (GHA2DB_SKIP_METRICS).'),
  skipTemp: text(1, 'Works without a temporary database when set (SKIPTEMP).'),
  useFlags: text('', 'Provisioning heeds flags when set (USE_FLAGS).'),
  waitForBootstrap: text(60, 'Seconds between two looks whether the bootstrap is done (WAITBOOT of provisioning).'),
  waitForPostgres: text(15, 'Seconds between two looks whether the database is there (WAITBOOT of the bootstrap).'),
};

const postgres = {
  postgresSvcName: text(
    'devstats-postgres',
    'Name of the StatefulSet, its account, its rights and the master Service; Patroni knows the cluster by it. Two ' +
      'databases in one namespace share no node, whatever their names.',
  ),
  postgresImageName: text(
    'lukaszgryglicki/devstats-patroni',
    'Image with PostgreSQL and Patroni; for Patroni 4 and later, see postgresLeaderLabel.',
  ),
  postgresNodes: number(3, 'Pods of the database, each on a node of its own.'),
  postgresPort: number(5432, 'Port of the database.'),
  postgresStorageSize: text('100Gi', 'Size of the claim of each pod.'),
  overwritePostgresCommand: toggle(undefined, 'Runs postgresCommand in place of what the image runs, for debugging.'),
  postgresCommand: text(undefined, 'Program for overwritePostgresCommand, such as sleep.'),
  postgresCommandArgs: list(undefined, 'Its arguments.'),
  postgresLeaderElection: text(
    'endpoints',
    'Objects that Patroni keeps its leader and settings in. Endpoints are deprecated since Kubernetes 1.33; a ' +
      'running cluster must be stopped to change this.',
    { choices: ['endpoints', 'configmaps'] },
  ),
  postgresLeaderLabel: text(
    undefined,
    'Value of the label role that Patroni (3.1 and later) gives to the leader, and that the master Service looks for: master with ' +
      'Patroni 4, which says primary by itself. Not given, the Service looks for master, and Patroni says what it says.',
  ),
  postgresPodManagementPolicy: text(
    'OrderedReady',
    'OrderedReady starts the pods one after the other, Parallel all at once, so that none waits for a pod that has ' +
      'lost its data. A StatefulSet that exists cannot change it.',
    { choices: ['OrderedReady', 'Parallel'] },
  ),
  postgresTerminationGracePeriodSeconds: number(120, 'Seconds that the database gets for a clean stop; the published chart gives none.'),
  postgresLivenessPath: text('/patroni', "Path of Patroni's REST API that answers while Patroni lives; empty for no probe."),
  postgresReadinessPath: text(
    '/health',
    "Path of Patroni's REST API that says whether the pod is ready: /health while PostgreSQL runs, " +
      '/patroni while Patroni does; empty for no probe.',
  ),
};

const workloads = {
  bootstrapPodName: text('devstats-provision-bootstrap', 'Name of the bootstrap Job.'),
  ...command('bootstrap', './gql/deploy_all.sh', 'the bootstrap Job'),
  bootstrapRestartPolicy: text('Never', 'Restart policy of its pod: Never runs it once, OnFailure until it succeeds.', {
    choices: JOB_POLICIES,
  }),
  bootstrapUDrop: text('', 'Drops users first when set (UDROP).'),
  bootstrapLDrop: text('', 'Drops the database of logs first when set (LDROP).'),
  bootstrapNoCreate: text('', 'Creates nothing when set (NOCREATE).'),
  ...resourcesOf('Bootstrap'),
  provisionPodName: text('devstats-provision', "Prefix of the provisioning Jobs' names; a project's name follows."),
  provisionImage: text('lukaszgryglicki/devstats-test', 'Image of bootstrap and provisioning.'),
  ...command('provision', './gql/deploy_all.sh', 'provisioning'),
  provisionRestartPolicy: text('Never', 'Restart policy of its pods: Never runs them once, OnFailure until they succeed.', {
    choices: JOB_POLICIES,
  }),
  ...resourcesOf('Provisions'),
  syncPodName: text('devstats', "Prefix of the CronJobs' names; a project's name follows."),
  syncImage: text('lukaszgryglicki/devstats-minimal-test', 'Image of the hourly sync.'),
  ...command('sync', 'devstats', 'the hourly sync'),
  syncRestartPolicy: text('Never', 'Restart policy of its pods.', { choices: JOB_POLICIES }),
  concurrencyPolicy: text('Forbid', 'What happens when a sync is still running at the next hour.', {
    choices: ['Allow', 'Forbid', 'Replace'],
  }),
  ...resourcesOf('Crons'),
  grafanaPodName: text('devstats-grafana', "Prefix of the Grafana Deployments' names; a project's name follows."),
  grafanaImage: text('lukaszgryglicki/devstats-grafana', 'Image of Grafana.'),
  ...command('grafana', 'grafana_start.sh', 'Grafana'),
  grafanaNReplicas: number(2, 'Pods of each Grafana.'),
  grafanaMaxSurge: text(1, 'Pods that may be added during an update, or a share of them such as 25%.'),
  grafanaMaxUnavailable: text(1, 'Pods that may be missing during an update, or a share of them.'),
  grafanaPort: number(3000, 'Port that Grafana listens on; the probes ask it, too.'),
  grafanaRestartPolicy: text('Always', 'Restart policy of its pods.', { choices: ['Always'] }),
  ...resourcesOf('Grafanas'),
  testsPodName: text('devstats-tests', 'Name of the test pod.'),
  testsImage: text('lukaszgryglicki/devstats-test', 'Image of the test pod.'),
  testsRestartPolicy: text('Never', 'Restart policy of the test pod.', { choices: ['Always', 'Never', 'OnFailure'] }),
  ...resourcesOf('Postgres'),
  imagePullPolicy: text('Always', 'When images are pulled.', { choices: ['Always', 'IfNotPresent', 'Never'] }),
  appNodeSelector: table<Scalar | null>(
    { node2: 'devstats-app' },
    'Labels of the nodes for all pods but the database. Maps are merged: set node2 to null to be rid of the default.',
  ),
  dbNodeSelector: table<Scalar | null>({ node: 'devstats-db' }, 'Labels of the nodes for the database.'),
};

const storage = {
  pvName: text('devstats-pvc', "Prefix of the claims' names; a project's name follows."),
  storageClass: text('default', "Storage class of all claims. `default` is the name of a class; empty takes the cluster's default class."),
  storageAccessModes: text('ReadWriteOnce', "Access mode of the projects' claims.", {
    choices: ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'],
  }),
  volumeName: text('data', "Name of the projects' volume in the pods."),
  volumeMountName: text('data', 'The same name again, as the published chart has two values for it.'),
  volumeMountPath: text('/root', "Where the projects' volume is mounted."),
};

const ingress = {
  domainName: text('devstats.graphql.org', 'Host of the main project; each project is PROJ. below it.'),
  mainProject: text('graphql', 'Project that is shown at domainName itself.'),
  servicePodName: text('devstats-service', "Prefix of the Grafana Services' names; a project's name follows."),
  ingressClass: text('nginx', 'Ingress class, as the current field and as the annotation; empty for none.'),
  ingressIssuer: text(
    undefined,
    'Issuer that cert-manager gets the certificate from. Not given, the published annotations for letsencrypt-prod ' +
      'are printed, which cert-manager reads no more since 0.11.',
  ),
  ingressIssuerKind: text('Issuer', 'Kind of ingressIssuer.', { choices: ['Issuer', 'ClusterIssuer'] }),
  ingressHttpsOnly: toggle(undefined, 'Sends plain HTTP on to HTTPS, also while there is no certificate yet (ingress-nginx).'),
  ingressTlsSecret: text(
    'devstats-tls',
    'Secret with the certificate of all hosts; cert-manager writes it. A certificate has 100 hosts at most: ' +
      'further ones are in NAME-2, NAME-3 and so on.',
  ),
  ingressAnnotations: table({}, 'Further annotations of the Ingress; null takes one away.'),
};

const projectFields = {
  proj: text(undefined, 'Short name: part of the names of all its objects and of its host.'),
  db: text(undefined, 'Its database.'),
  icon: text(undefined, 'Icon in Grafana.'),
  org: text(undefined, "Grafana's organization."),
  repo: text(undefined, 'Main repository, as ORGANIZATION/NAME.'),
  cron: text(undefined, 'When its sync runs, such as 7 * * * *; each project at a minute of its own.'),
  disk: text(undefined, 'Size of its claim.'),
  i: text(undefined, 'Documented by the published chart, read by no template.', { unused: true }),
};

const GRAPHQL_PROJECTS: readonly Item<typeof projectFields>[] = [
  { proj: 'graphql', db: 'graphql', icon: 'graphql', org: 'GraphQL', repo: 'graphql/graphql-js', cron: '7 * * * *', disk: '30Gi', i: 0 },
  {
    proj: 'graphqljs',
    db: 'graphqljs',
    icon: 'graphqljs',
    org: 'GraphQL JavaScript',
    repo: 'graphql/graphql-js',
    cron: '10 * * * *',
    disk: '10Gi',
    i: 1,
  },
  {
    proj: 'graphiql',
    db: 'graphiql',
    icon: 'graphiql',
    org: 'GraphQL IDE',
    repo: 'graphql/graphiql',
    cron: '12 * * * *',
    disk: '10Gi',
    i: 2,
  },
  {
    proj: 'graphqlspec',
    db: 'graphqlspec',
    icon: 'graphqlspec',
    org: 'GraphQL Spec',
    repo: 'graphql/graphql-spec',
    cron: '14 * * * *',
    disk: '10Gi',
    i: 3,
  },
  {
    proj: 'expressgraphql',
    db: 'expressgraphql',
    icon: 'expressgraphql',
    org: 'Express GraphQL',
    repo: 'graphql/express-graphql',
    cron: '16 * * * *',
    disk: '10Gi',
    i: 4,
  },
];

const unread = { unused: true };

export const devstatsValues = group({
  global: globalValues,
  secrets: secretsValues,
  ...secrets,
  ...skips,
  projects: items(GRAPHQL_PROJECTS, 'The projects, in order; the index ranges count in this list.', projectFields, { neverMap: true }),
  ...rangeOf('PVs'),
  ...rangeOf('Provisions'),
  ...rangeOf('Crons'),
  ...rangeOf('Grafanas'),
  ...rangeOf('Services'),
  ...rangeOf('Ingresses'),
  ...ingress,
  ...postgres,
  ...workloads,
  ...storage,
  ...devstatsEnvironment,
  name: text('devstats', 'Documented by the published chart, read by no template.', unread),
  nameOverride: text('devstats', 'Documented by the published chart, read by no template.', unread),
  fullnameOverride: text('devstats', 'Documented by the published chart, read by no template.', unread),
});

export type DevStatsValues = ValuesInput<typeof devstatsValues>;
/** The values, merged and checked. */
export type Settings = Values<typeof devstatsValues>;
export type Project = Item<typeof projectFields>;
