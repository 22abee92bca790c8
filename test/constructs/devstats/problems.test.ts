// The chart's traps, as errors and warnings with their place and the way out.
import { cronProblem } from '../../../constructs/devstats/cron';
import { issuesOf, NOTHING, project, render } from './synth';

describe('what is refused', () => {
  it.each([
    [{ skipPostgres: 'false' }, { skipPostgres: expect.stringContaining('must be true or false, not the text "false"') }],
    [{ projects: {} }, { projects: 'must be a list, not a map' }],
    [{ volumeName: 'repos' }, { volumeMountName: expect.stringContaining('must be the same as volumeName, "repos"') }],
    [{ projects: [project('a', 1), project('b', 2), project('a', 3)] }, { 'projects.2.proj': 'projects[0] is "a" too: each project needs a name of its own' }],
    [{ projects: [{ ...project('a'), cron: '61 * * * *' }] }, { 'projects.0.cron': '"61 * * * *" is no schedule: it has "61" as its minute, which must be from 0 to 59' }],
    [{ projects: [{ ...project('a'), cron: undefined }] }, { 'projects.0.cron': expect.stringContaining('it has no fields') }],
    [{ projects: [{ ...project('a'), disk: '' }] }, { 'projects.0.disk': 'is needed: the size of the claim, such as 10Gi' }],
    [{ projects: [{ ...project('a'), db: null }] }, { 'projects.0.db': 'is needed: the database of the project' }],
    [{ projects: [{ db: 'a', cron: '1 * * * *', disk: '1Gi' }] }, { 'projects.0.proj': 'is needed: the name of the project' }],
    [{ projects: [project('A_b')] }, { 'projects.0.proj': expect.stringContaining('must be lower case letters, digits and dashes') }],
    [{ projects: [project('x'.repeat(44))] }, { 'projects.0.proj': expect.stringContaining('has more than 52 characters') }],
    [{ ...NOTHING, projects: [null] }, { 'projects.0': 'must not be null: take the item away' }],
    [{ projects: [{ ...project('a'), discs: '1Gi' }] }, { 'projects.0.discs': expect.stringContaining('unknown key "discs"; known here: proj, db') }],
    [{ grafanaPort: 0 }, { grafanaPort: 'must be a port, from 1 to 65535, not "0"' }],
    [{ postgresPort: '70000' }, { postgresPort: 'must be a port, from 1 to 65535, not "70000"' }],
    [{ provisionRestartPolicy: 'Always' }, { provisionRestartPolicy: 'must be one of Never, OnFailure, not the text "Always"' }],
    [{ bootstrapRestartPolicy: '' }, { bootstrapRestartPolicy: 'must not be empty: leave the key out to keep the default' }],
    [{ syncPodName: '-x' }, { syncPodName: expect.stringContaining('must be the begin of a name') }],
    [{ postgresSvcName: 'x'.repeat(53) }, { postgresSvcName: expect.stringContaining('at most 52 characters') }],
    [{ bootstrapPodName: null }, { bootstrapPodName: expect.stringContaining('must be a name') }],
    [{ testsPodName: '', runTests: 1 }, { testsPodName: expect.stringContaining('must be a name') }],
    [{ grafanaImage: '' }, { grafanaImage: 'must not be empty: leave the key out to keep the default' }],
    [{ domainName: null }, { domainName: 'must be a host name in lower case, not ""' }],
    [{ domainName: 'Stats.example.org' }, { domainName: 'must be a host name in lower case, not "Stats.example.org"' }],
    [{ mainProject: 'x/y' }, { mainProject: 'must be the name of a project, not "x/y"' }],
    [{ pgPort: 'five' }, { pgPort: 'must be a port, from 1 to 65535, not "five"' }],
    [{ pgPass: 123456789 }, { pgPass: 'must be text, not 123456789: put it in quotes, or use --set-string' }],
    [{ projects: [project('bootstrap')] }, { '': 'two objects would be called Job/devstats-provision-bootstrap: give one of them another name' }],
  ])('%j', (values, issues) => {
    expect(issuesOf({ mainProject: 'a', ...values })).toEqual(issues);
  });

  it('all at once', () => {
    expect(Object.keys(issuesOf({ pgPass: '', volumeName: 'x', grafanaPort: 0, projects: [project('a'), project('a')] }))).toEqual(['pgPass', 'grafanaPort', 'volumeMountName', 'projects.1.proj']);
  });

  it('only where it matters: what is left out may be wrong', () => {
    const wrong = { pgPass: '', volumeName: 'x', grafanaPort: 0, postgresPort: 0, grafanaImage: '', bootstrapPodName: '', domainName: '', projects: [{ ...project('a'), cron: 'x', disk: '' }] };
    expect(issuesOf({ ...NOTHING, ...wrong })).toEqual({});
  });
});

describe('what is warned of', () => {
  const SILENT = { ingressIssuer: 'le', storageClass: 'gp2', appNodeSelector: { node2: null, node: 'devstats-app' } };
  const warnings = (values: object): readonly string[] => render(Object.fromEntries(Object.entries({ ...SILENT, ...values }).filter(([, value]) => value !== undefined))).warnings;

  it('nothing that is as it should be', () => {
    expect(warnings({})).toEqual([]);
    expect(warnings({ appNodeSelector: { node2: 'devstats-app' }, storageClass: 'default' })).toEqual([]);
  });

  it.each([
    [{ appNodeSelector: { node: 'x' } }, 'appNodeSelector: pods need nodes with the label node2=devstats-app'],
    [{ storageClass: undefined }, 'storageClass: claims ask for a class that is called "default"'],
    [{ ingressIssuer: undefined }, 'ingressIssuer: the certificate is asked for with annotations that cert-manager reads no more'],
    [{ pgPass: 'secret\n' }, 'pgPass: ends with a newline, which becomes part of the secret'],
    [{ mainProject: 'nobody' }, 'mainProject: no project is called "nobody"'],
    [{ projects: [{ ...project('graphql'), repo: 'https://github.com/graphql/graphql-js' }] }, 'projects[0].repo: "https://github.com/graphql/graphql-js" is no repository'],
    [{ projects: [project('graphql', 1), { ...project('b', 2), db: 'graphql' }] }, 'projects[1].db: projects[0] fills the database "graphql" too'],
    [{ projects: [project('graphql', 5), project('b', 5), project('c', 5)] }, 'projects: all 3 syncs start at minute 5: give each project a minute of its own'],
  ])('%j', (values, warning) => {
    expect(warnings(values)).toEqual([expect.stringContaining(warning)]);
  });
});

describe('schedules', () => {
  it.each(['7 * * * *', '25 */2 * * *', '0 0 1 JAN sun', '1,2,5-9/2 0-23 ? * MON-FRI', '@hourly', '@every 1h30m', '0 0 1 1 0', '5/15 * * * *'])('%s is one', (schedule) => {
    expect(cronProblem(schedule)).toBeUndefined();
  });
  it.each(['', '* * * *', '* * * * * *', '60 * * * *', '* 24 * * *', '* * 0 * *', '* * * 13 *', '* * * * 7', '9-5 * * * *', '*/0 * * * *', '*-5 * * * *', 'a * * * *', '@sometimes', '1;2 * * * *', 'TZ=UTC * * * * *'])('%j is none', (schedule) => {
    expect(cronProblem(schedule)).toEqual(expect.stringMatching(/^has /));
  });
});
