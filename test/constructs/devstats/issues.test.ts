// The chart's traps, as errors and warnings with their place and the way out.
import { cronFault } from '../../../kubernetes/cron';
import { issuesOf, NOTHING, project, render } from './synth';

/** As the chart says it: what the library hides of values is tested for itself. */
jest.mock('../../../constructs/common/hide/library', () => ({
  hidingValues: (_chart: unknown, _values: unknown, run: () => unknown) => run(),
}));

describe('what is refused', () => {
  it.each([
    [{ skipPostgres: 'false' }, { skipPostgres: expect.stringContaining('must be true or false, not the text "false"') }],
    [{ projects: {} }, { projects: 'must be a list, not a map' }],
    [{ volumeName: 'repos' }, { volumeMountName: expect.stringContaining('must be the same as volumeName, "repos"') }],
    [
      { projects: [project('a', 1), project('b', 2), project('a', 3)] },
      { 'projects.2.proj': 'projects[0] is "a" too: each project needs a name of its own' },
    ],
    [
      { projects: [{ ...project('a'), cron: '61 * * * *' }] },
      { 'projects.0.cron': '"61 * * * *" is not a schedule: it has "61" as its minute, which must be from 0 to 59' },
    ],
    [{ projects: [{ ...project('a'), cron: undefined }] }, { 'projects.0.cron': expect.stringContaining('it has no fields') }],
    [{ projects: [{ ...project('a'), disk: '' }] }, { 'projects.0.disk': 'is needed: the size of the claim, such as 10Gi' }],
    [{ projects: [{ ...project('a'), db: null }] }, { 'projects.0.db': 'is needed: the database of the project' }],
    [{ projects: [{ db: 'a', cron: '1 * * * *', disk: '1Gi' }] }, { 'projects.0.proj': 'is needed: the name of the project' }],
    [{ projects: [project('A_b')] }, { 'projects.0.proj': expect.stringContaining('must be lower case letters, digits and dashes') }],
    [{ projects: [project('x'.repeat(44))] }, { 'projects.0.proj': expect.stringContaining('has more than 52 characters') }],
    [{ ...NOTHING, projects: [null] }, { 'projects.0': 'must not be null: take the item away' }],
    [
      { projects: [{ ...project('a'), discs: '1Gi' }] },
      { 'projects.0.discs': expect.stringContaining('unknown key "discs"; known here: proj, db') },
    ],
    [{ grafanaPort: 0 }, { grafanaPort: 'must be a port, from 1 to 65535, not "0"' }],
    [{ postgresPort: '70000' }, { postgresPort: 'must be a port, from 1 to 65535, not "70000"' }],
    [{ provisionRestartPolicy: 'Always' }, { provisionRestartPolicy: 'must be one of Never, OnFailure, not the text "Always"' }],
    [{ bootstrapRestartPolicy: '' }, { bootstrapRestartPolicy: 'must not be empty: leave the key out to keep the default' }],
    [{ syncPodName: '-x' }, { syncPodName: expect.stringContaining('must begin a name') }],
    [{ postgresSvcName: 'x'.repeat(53) }, { postgresSvcName: expect.stringContaining('at most 52 characters') }],
    [{ bootstrapPodName: null }, { bootstrapPodName: expect.stringContaining('must be a name') }],
    [{ testsPodName: '', runTests: 1 }, { testsPodName: expect.stringContaining('must be a name') }],
    [{ grafanaImage: '' }, { grafanaImage: 'must not be empty: leave the key out to keep the default' }],
    [{ domainName: null }, { domainName: 'must be a host name in lower case, not ""' }],
    [{ domainName: 'Stats.example.org' }, { domainName: 'must be a host name in lower case, not "Stats.example.org"' }],
    [{ mainProject: 'x/y' }, { mainProject: 'must be the name of a project, not "x/y"' }],
    [{ pgPort: 'five' }, { pgPort: 'must be a port, from 1 to 65535, not "five"' }],
    [{ pgPass: 123456789 }, { pgPass: 'must be text, not the number 123456789: put it in quotes' }],
    [
      { projects: [project('bootstrap')] },
      {
        'projects.0.proj':
          'two objects would be called Job/devstats-provision-bootstrap, by bootstrapPodName and by provisionPodName with the name of projects[0]: give one of them another name',
      },
    ],
    [
      { postgresSvcName: 'devstats-service-graphql' },
      {
        postgresSvcName:
          'two objects would be called Service/devstats-service-graphql, by postgresSvcName and by servicePodName with the name of projects[0]: give one of them another name',
      },
    ],
    [
      { pgSecret: 'one', grafanaSecret: 'one' },
      { grafanaSecret: 'two objects would be called Secret/one, by pgSecret and by grafanaSecret: give one of them another name' },
    ],
    [{ postgresNodes: '2.5' }, { postgresNodes: 'must be a whole number, 0 or more, not "2.5"' }],
    [{ postgresNodes: 2.5 }, { postgresNodes: 'must be a whole number, 0 or more, not "2.5"' }],
    [{ postgresNodes: -1 }, { postgresNodes: 'must be a whole number, 0 or more, not "-1"' }],
    [{ postgresNodes: '' }, { postgresNodes: 'must be a whole number, 0 or more, not "": leave the key out to keep the default' }],
    [{ postgresNodes: null }, { postgresNodes: expect.stringContaining('leave the key out to keep the default') }],
    [{ postgresNodes: ' 3 ' }, { postgresNodes: expect.stringContaining('must be a whole number') }],
    [{ grafanaNReplicas: 1.5 }, { grafanaNReplicas: 'must be a whole number, 0 or more, not "1.5"' }],
    [
      { postgresTerminationGracePeriodSeconds: -5 },
      { postgresTerminationGracePeriodSeconds: 'must be a whole number, 0 or more, not "-5"' },
    ],
    [
      { indexProvisionsTo: '' },
      { indexProvisionsTo: 'must be a position in projects, counted from 0, not "": leave the key out for all of them' },
    ],
    [
      { indexPVsFrom: -1, indexCronsTo: 1.5 },
      { indexPVsFrom: expect.stringContaining('not "-1"'), indexCronsTo: expect.stringContaining('not "1.5"') },
    ],
    [{ indexIngressesTo: 'x' }, { indexIngressesTo: 'must be a number, not the text "x"' }],
    [{ projects: [{ ...project('a'), disk: 'ten' }] }, { 'projects.0.disk': 'must be an amount such as 10Gi, not "ten"' }],
    [{ projects: [{ ...project('a'), disk: '0Gi' }] }, { 'projects.0.disk': 'must be more than nothing, not "0Gi"' }],
    [{ postgresStorageSize: '10 Gi' }, { postgresStorageSize: 'must be an amount such as 10Gi, not "10 Gi"' }],
    [{ limitsPostgresMemory: 'lots' }, { limitsPostgresMemory: 'must be an amount such as 512Mi or 2Gi, not "lots"' }],
    [{ requestsCronsCPU: '-1' }, { requestsCronsCPU: 'must be an amount such as 500m or 2, not "-1"' }],
    [{ limitsGrafanasMemory: '256Mi' }, { limitsGrafanasMemory: 'must not be less than requestsGrafanasMemory, "512Mi": it is "256Mi"' }],
    [
      { storageAccessModes: 'RWO' },
      { storageAccessModes: expect.stringContaining('must be one of ReadWriteOnce, ReadOnlyMany, ReadWriteMany, ReadWriteOncePod') },
    ],
    [{ storageClass: 'Fast_SSD' }, { storageClass: expect.stringContaining('must be the name of a storage class, not "Fast_SSD"') }],
    [{ grafanaMaxSurge: 'abc' }, { grafanaMaxSurge: 'must be a number of pods or a share of them such as 25%, not "abc"' }],
    [{ grafanaMaxUnavailable: '150%' }, { grafanaMaxUnavailable: expect.stringContaining('not "150%"') }],
    [
      { grafanaMaxSurge: '0%', grafanaMaxUnavailable: 0 },
      { grafanaMaxUnavailable: 'must not be 0 while grafanaMaxSurge is 0: no pod could be replaced' },
    ],
    [{ postgresPort: 8008 }, { postgresPort: 'must be another port than 8008, which Patroni itself listens on' }],
    [{ postgresPort: '05432' }, { postgresPort: 'must be a port, from 1 to 65535, not "05432"' }],
    [{ ingressTlsSecret: 'Bad_Name' }, { ingressTlsSecret: expect.stringContaining('must be the name of a Secret, not "Bad_Name"') }],
    [{ ingressClass: 'Bad_Name' }, { ingressClass: expect.stringContaining('must be the name of an Ingress class, not "Bad_Name"') }],
    [
      { ingressAnnotations: { x: { a: 1 }, 'a b': '1' } },
      {
        'ingressAnnotations.x': 'must be text, not a map',
        'ingressAnnotations.a b': expect.stringContaining('is not a name of an annotation'),
      },
    ],
    [
      { ingressAnnotations: { 'kubernetes.io/ingress.class': 'traefik' } },
      {
        'ingressAnnotations.kubernetes.io/ingress.class':
          'must be the same as ingressClass, "nginx", not "traefik": a server refuses two classes; set ingressClass alone',
      },
    ],
    [{ dbNodeSelector: { 'a b': 'c d' } }, { 'dbNodeSelector.a b': expect.stringContaining('is not a key of a label') }],
    [
      { dbNodeSelector: { disk: 'c d' }, appNodeSelector: { zone: ['a'] } },
      {
        'dbNodeSelector.disk': expect.stringContaining('"c d" is not a value of a label'),
        'appNodeSelector.zone': 'must be text, not a list',
      },
    ],
    [{ postgresLeaderLabel: 'a b' }, { postgresLeaderLabel: 'must be the value of a label, not "a b"' }],
    [
      { projects: [{ ...project('a'), cron: '@every 1h30' }] },
      { 'projects.0.cron': expect.stringContaining('"@every 1h30" is not a schedule') },
    ],
    [
      { skipProvisions: 1, volumeName: '', volumeMountName: '', volumeMountPath: '' },
      { volumeName: expect.stringContaining('must begin a name'), volumeMountPath: expect.stringContaining('must not be empty') },
    ],
    [{ volumeName: 'Data_x', volumeMountName: 'Data_x' }, { volumeName: expect.stringContaining('must begin a name') }],
    [
      { volumeName: 'x'.repeat(60), volumeMountName: 'x'.repeat(60), projects: [project('a'), project('long-name')] },
      { 'projects.1.proj': `is too long: ${'x'.repeat(60)}-long-name has more than 63 characters` },
    ],
    [{ skipPVs: 1, pvName: 'X_Y' }, { pvName: expect.stringContaining('must begin a name') }],
    [
      {
        projects: [
          { ...project('a'), db: 1234567 },
          { ...project('b', 8), org: 12345678 },
        ],
        debug: 1000000,
      },
      {
        debug: 'Helm reads the number 1000000 as 1e+06: put it in quotes',
        'projects.0.db': 'Helm reads the number 1234567 as 1.234567e+06: put it in quotes',
        'projects.1.org': expect.stringContaining('put it in quotes'),
      },
    ],
  ])('%j', (values, issues) => {
    expect(issuesOf({ mainProject: 'a', ...values })).toEqual(issues);
  });

  it('all at once', () => {
    expect(
      issuesOf({
        foo: 1,
        nCPUs: {},
        projects: [{ proj: 'A_B', db: 'a', cron: 'x', disk: '1Gi' }, { proj: 'b', db: 'b', cron: '1 * * * *', dsk: '1Gi' }, null],
      }),
    ).toEqual({
      foo: expect.stringContaining('unknown key'),
      nCPUs: 'must be text, not a map',
      'projects.0.proj': expect.stringContaining('must be lower case letters'),
      'projects.0.cron': expect.stringContaining('is not a schedule'),
      'projects.1.dsk': expect.stringContaining('did you mean "disk"?'),
      'projects.1.disk': expect.stringContaining('is needed'),
      'projects.2': 'must not be null: take the item away',
    });
    expect(Object.keys(issuesOf({ pgPass: '', volumeName: 'x', grafanaPort: 0, projects: [project('a'), project('a')] }))).toEqual([
      'pgPass',
      'grafanaPort',
      'volumeMountName',
      'projects.1.proj',
    ]);
  });

  it('only where it matters: what is left out may be wrong', () => {
    const wrong = {
      pgPass: '',
      volumeName: 'x',
      grafanaPort: 0,
      postgresPort: 0,
      grafanaImage: '',
      bootstrapPodName: '',
      domainName: '',
      projects: [{ ...project('a'), cron: 'x', disk: '' }],
    };
    expect(issuesOf({ ...NOTHING, ...wrong })).toEqual({});
    const more = {
      postgresNodes: 1.5,
      grafanaNReplicas: '',
      indexPVsTo: -1,
      limitsPostgresMemory: 'x',
      postgresStorageSize: 'x',
      grafanaMaxSurge: 'x',
      ingressTlsSecret: 'X_Y',
      ingressClass: 'X_Y',
      dbNodeSelector: { 'a b': 1 },
      ingressAnnotations: { x: {} },
      pvName: 'X_Y',
      volumeMountPath: '',
      storageClass: 'X_Y',
    };
    expect(issuesOf({ ...NOTHING, ...more })).toEqual({});
    expect(issuesOf({ useGrafanasResourcesLimits: 0, limitsGrafanasMemory: 'x' })).toEqual({});
  });
});

describe('what is warned of', () => {
  const SILENT = { ingressIssuer: 'le', storageClass: 'gp2', appNodeSelector: { node2: null, node: 'devstats-app' } };
  const warnings = (values: object): readonly string[] =>
    render(Object.fromEntries(Object.entries({ ...SILENT, ...values }).filter(([, value]) => value !== undefined))).warnings;

  it('nothing that is as it should be', () => {
    expect(warnings({})).toEqual([]);
    expect(warnings({ appNodeSelector: { node2: 'devstats-app' }, storageClass: 'default' })).toEqual([]);
    expect(
      warnings({
        indexPVsFrom: 1,
        indexPVsTo: 3,
        indexCronsFrom: 2,
        indexCronsTo: 100,
        indexGrafanasTo: 100,
        indexServicesFrom: 2,
        indexServicesTo: null,
      }),
    ).toEqual([]);
    expect(warnings({ skipCrons: 1, indexCronsTo: 2, skipPostgres: 1, postgresSvcName: 'second', postgresNodes: 0 })).toEqual([]);
  });

  it.each([
    [{ appNodeSelector: { node: 'x' } }, 'appNodeSelector: pods need nodes with the label node2=devstats-app'],
    [{ storageClass: undefined }, 'storageClass: claims ask for a class that is called "default"'],
    [{ ingressIssuer: undefined }, 'ingressIssuer: the certificate is asked for with annotations that cert-manager reads no more'],
    [{ pgPass: 'secret\n' }, 'pgPass: ends with a newline, which becomes part of the secret'],
    [{ postgresNodes: 0 }, 'postgresNodes: is 0: the database stops'],
    [{ postgresSvcName: 'second' }, 'postgresSvcName: no two pods of a database share a node'],
    [{ grafanaNReplicas: null }, 'grafanaNReplicas: is empty: a server makes one pod of it'],
    [{ indexProvisionsTo: 3 }, 'indexProvisionsTo: leaves 2 of 5 projects without provisioning Jobs: projects[3] and all behind it'],
    [{ indexCronsFrom: 0, indexCronsTo: 4 }, 'indexCronsTo: leaves 1 of 5 projects without CronJobs'],
    [
      { indexPVsFrom: 3, indexPVsTo: 3 },
      'indexPVsTo: selects no project, so that there are no volume claims: indexPVsTo is 3 and indexPVsFrom 3',
    ],
    [
      { indexServicesTo: 0 },
      'indexServicesTo: selects no project, so that there are no Grafana Services: indexServicesTo is 0 and indexServicesFrom 0',
    ],
    [
      { indexGrafanasFrom: 5 },
      'indexGrafanasFrom: selects no project, so that there are no Grafana Deployments: there are 5, counted from 0',
    ],
    [{ mainProject: 'nobody' }, 'mainProject: no project is called "nobody"'],
    [
      { projects: [{ ...project('graphql'), repo: 'https://github.com/graphql/graphql-js' }] },
      'projects[0].repo: "https://github.com/graphql/graphql-js" is not a repository',
    ],
    [
      { projects: [project('graphql', 1), { ...project('b', 2), db: 'graphql' }] },
      'projects[1].db: projects[0] fills the database "graphql" too',
    ],
    [
      { projects: [project('graphql', 5), project('b', 5), project('c', 5)] },
      'projects: all 3 syncs start at minute 5: give each project a minute of its own',
    ],
  ])('%j', (values, warning) => {
    expect(warnings(values)).toEqual([expect.stringContaining(warning)]);
  });
});

describe('schedules', () => {
  it.each([
    '7 * * * *',
    '25 */2 * * *',
    '0 0 1 JAN sun',
    '1,2,5-9/2 0-23 ? * MON-FRI',
    '@hourly',
    '@every 1h30m',
    '@every 1.5h',
    '0 0 1 1 0',
    '5/15 * * * *',
  ])('%s is one', (schedule) => {
    expect(cronFault(schedule)).toBeUndefined();
  });
  it.each([
    '',
    '* * * *',
    '* * * * * *',
    '60 * * * *',
    '* 24 * * *',
    '* * 0 * *',
    '* * * 13 *',
    '* * * * 7',
    '9-5 * * * *',
    '*/0 * * * *',
    '*-5 * * * *',
    'a * * * *',
    '@sometimes',
    '@every 1h30',
    '@every 90',
    '1;2 * * * *',
    'TZ=UTC * * * * *',
  ])('%j is none', (schedule) => {
    expect(cronFault(schedule)).toEqual(expect.stringMatching(/^has /));
  });
});
