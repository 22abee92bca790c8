// The cleaner of jobs that hang with the least and with all of its values.
import { HangingJobCleaner } from '../../../../constructs/components';
import { hangingJobCleanerValues, type HangingJobCleanerValues } from '../../../../constructs/estafette/hanging-job-cleaner/values';
import { CRON_CONTAINER, CRON_POD, decoded, issuesOf, renderer, unset } from '../common/synth';
import { cronJob, cronPod, image, naming } from '../common/values';

const render = renderer(HangingJobCleaner);
const NAME = 'estafette-ci-hanging-job-cleaner';
const LOGIN: HangingJobCleanerValues = { config: { clientID: 'id' }, secret: { clientSecret: 'word' } };

describe('with a login and the published defaults', () => {
  const { find, ids, warnings } = render(LOGIN);

  it('makes the objects of the chart', () => {
    expect(ids).toEqual([
      `CronJob ${NAME}`,
      `Role estafette-ci-jobs/${NAME}`,
      `RoleBinding estafette-ci-jobs/${NAME}`,
      `Secret ${NAME}`,
      `ServiceAccount ${NAME}`,
    ]);
    expect(warnings).toEqual([]);
  });

  it('asks the API server every five minutes', () => {
    const job = find(`CronJob ${NAME}`);
    expect(job).toMatchObject({ spec: { schedule: '*/5 * * * *', concurrencyPolicy: 'Forbid' } });
    expect(job).toHaveProperty(`${CRON_CONTAINER}.image`, 'estafette/estafette-ci-hanging-job-cleaner:1.0.42');
    expect(job).toHaveProperty(`${CRON_CONTAINER}.env`, [
      { name: 'ESTAFETTE_LOG_FORMAT', value: 'json' },
      { name: 'ESTAFETTE_LOG_LEVEL', value: 'debug' },
      { name: 'API_BASE_URL', value: 'http://estafette-ci-api.estafette-ci.svc.cluster.local' },
      { name: 'CLIENT_ID', value: 'id' },
      { name: 'CLIENT_SECRET', valueFrom: { secretKeyRef: { name: NAME, key: 'clientSecret' } } },
      { name: 'JOB_NAMESPACE', value: 'estafette-ci-jobs' },
    ]);
    expect(decoded(find(`Secret ${NAME}`))).toEqual({ clientSecret: 'word' });
  });

  it('has no version in its labels, as the chart has no appVersion', () => {
    expect(find(`CronJob ${NAME}`).metadata.labels).toEqual({
      'helm.sh/chart': 'hanging-job-cleaner-1.0.42',
      'app.kubernetes.io/name': 'hanging-job-cleaner',
      'app.kubernetes.io/instance': 'estafette-ci',
      'app.kubernetes.io/managed-by': 'Helm',
    });
    expect(find(`CronJob ${NAME}`)).toHaveProperty('spec.jobTemplate.spec.template.metadata', {
      labels: { 'app.kubernetes.io/name': 'hanging-job-cleaner', 'app.kubernetes.io/instance': 'estafette-ci' },
      annotations: { 'checksum/secrets': expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
  });

  it('may list and delete what jobs leave behind', () => {
    expect(find(`Role estafette-ci-jobs/${NAME}`)).toHaveProperty('rules', [
      { apiGroups: [''], resources: ['secrets', 'configmaps'], verbs: ['list', 'delete'] },
      { apiGroups: ['batch'], resources: ['jobs'], verbs: ['list', 'delete'] },
    ]);
    expect(find(`RoleBinding estafette-ci-jobs/${NAME}`)).toHaveProperty('subjects', [
      { kind: 'ServiceAccount', name: NAME, namespace: 'estafette-ci' },
    ]);
  });
});

const everything: HangingJobCleanerValues = {
  config: {
    apiBaseURL: 'http://{{ .Release.Name }}',
    clientID: 'id',
    jobNamespace: '{{ include "estafette-ci-hanging-job-cleaner.jobNamespace" . }}',
  },
  secret: { existingSecret: '', valuesAreBase64Encoded: true, clientSecret: 'd29yZA==' },
  cronjob: { ...cronJob, concurrencyPolicy: 'Allow' },
  image,
  logFormat: 'console',
  logLevel: 'warn',
  imagePullSecrets: [{ name: 'shared' }],
  ...naming,
  jobNamespaceOverride: 'builds',
  serviceAccount: { create: false, name: 'shared' },
  rbac: { enable: true },
  ...cronPod,
};

describe('with every value set', () => {
  const { find, ids, warnings } = render(everything);

  it('has a fixture that leaves no value out', () => {
    expect(unset(hangingJobCleanerValues, everything)).toEqual([]);
  });

  it('builds the job as the values say', () => {
    expect(ids).toEqual(['CronJob whole', 'Role builds/whole', 'RoleBinding builds/whole', 'Secret whole', 'Secret whole.registry']);
    expect(warnings).toEqual([]);
    expect(find('Secret whole')).toHaveProperty('data', { clientSecret: 'd29yZA==' });
    expect(find('CronJob whole')).toHaveProperty(`${CRON_POD}.imagePullSecrets`, [{ name: 'whole.registry' }, { name: 'shared' }]);
    expect(find('CronJob whole')).toHaveProperty(`${CRON_CONTAINER}.args`, ['--dry-run']);
    expect(find('CronJob whole')).toHaveProperty(
      `${CRON_CONTAINER}.env`,
      expect.arrayContaining([
        { name: 'API_BASE_URL', value: 'http://estafette-ci' },
        { name: 'JOB_NAMESPACE', value: 'builds' },
      ]),
    );
  });
});

it('reads the secret of the client from where it is', () => {
  const { find, ids, warnings } = render({ config: { clientID: 'id' }, secret: { existingSecret: 'vault' } });
  expect(ids).not.toContain(`Secret ${NAME}`);
  expect(find(`CronJob ${NAME}`)).toHaveProperty(`${CRON_CONTAINER}.env.4.valueFrom.secretKeyRef.name`, 'vault');
  expect(warnings).toEqual([]);
});

it('asks the API server of its own release', () => {
  expect(render(LOGIN, { name: 'ci', namespace: 'build' }).find('CronJob ci-hanging-job-cleaner')).toHaveProperty(
    `${CRON_CONTAINER}.env.2.value`,
    'http://ci-api.build.svc.cluster.local',
  );
});

it('gets no rights when it must not', () => {
  expect(render({ ...LOGIN, rbac: { enable: false } }).ids).toEqual([`CronJob ${NAME}`, `Secret ${NAME}`, `ServiceAccount ${NAME}`]);
});

describe('values that work, but hardly as meant', () => {
  it.each<[string, HangingJobCleanerValues, RegExp[]]>([
    ['no login', {}, [/^config\.clientID: is empty: .*give its id/, /^secret\.clientSecret: is empty: .*secret\.existingSecret/]],
    [
      'rights in another namespace',
      { ...LOGIN, jobNamespaceOverride: 'builds' },
      [/^config\.jobNamespace: is estafette-ci-jobs, and the cleaner has its rights in builds/],
    ],
  ])('%s', (_what, values, messages) => {
    expect(render(values).warnings).toEqual(messages.map((message) => expect.stringMatching(message)));
  });
});

describe('values that are refused', () => {
  it.each<[string, HangingJobCleanerValues, string, RegExp]>([
    ['no address of the API server', { config: { apiBaseURL: null } }, 'config.apiBaseURL', /must not be null.*leave the key out/],
    ['no namespace of the jobs', { config: { jobNamespace: null } }, 'config.jobNamespace', /must not be null/],
    ['a number for a name', { nameOverride: 7 }, 'nameOverride', /put it in quotes/],
    ['no rights at all', { rbac: null as never }, 'rbac', /must not be null/],
  ])('%s', (_what, values, path, message) => {
    expect(issuesOf(() => render(values))).toEqual({ [path]: expect.stringMatching(message) });
  });
});
