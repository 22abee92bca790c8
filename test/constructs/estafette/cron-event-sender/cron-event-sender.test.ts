// The sender of cron events with the least and with all of its values.
import { CronEventSender } from '../../../../constructs/components';
import { cronEventSenderValues, type CronEventSenderValues } from '../../../../constructs/estafette/cron-event-sender/values';
import { CRON_CONTAINER, CRON_POD, issuesOf, renderer, unset } from '../common/synth';
import { cronJob, cronPod, image, naming } from '../common/values';

const render = renderer(CronEventSender);
const NAME = 'estafette-ci-cron-event-sender';

describe('with the published defaults', () => {
  const { find, ids, warnings } = render();
  const job = find(`CronJob ${NAME}`);

  it('makes a CronJob and its account', () => {
    expect(ids).toEqual([`CronJob ${NAME}`, `ServiceAccount ${NAME}`]);
    expect(warnings).toEqual([]);
  });

  it('sends one event a minute, never two at a time', () => {
    expect(job).toMatchObject({
      apiVersion: 'batch/v1',
      spec: {
        schedule: '* * * * *',
        concurrencyPolicy: 'Forbid',
        failedJobsHistoryLimit: 1,
        successfulJobsHistoryLimit: 3,
        suspend: false,
        jobTemplate: { spec: { completions: 1, parallelism: 1, backoffLimit: 6 } },
      },
    });
    expect(job).toHaveProperty(CRON_POD, {
      restartPolicy: 'OnFailure',
      serviceAccountName: NAME,
      terminationGracePeriodSeconds: 300,
      containers: [
        {
          name: 'cron-event-sender',
          image: 'estafette/estafette-ci-cron-event-sender:1.0.90',
          imagePullPolicy: 'IfNotPresent',
          env: [
            { name: 'ESTAFETTE_LOG_FORMAT', value: 'json' },
            { name: 'ESTAFETTE_LOG_LEVEL', value: 'debug' },
            { name: 'QUEUE_HOSTS', value: 'estafette-ci-queue-0.estafette-ci-queue' },
            { name: 'QUEUE_SUBJECT', value: 'event.cron' },
          ],
        },
      ],
    });
  });

  it('labels the pods with the version too', () => {
    expect(job).toHaveProperty('spec.jobTemplate.spec.template.metadata', {
      labels: {
        'app.kubernetes.io/name': 'cron-event-sender',
        'app.kubernetes.io/instance': 'estafette-ci',
        'app.kubernetes.io/version': '1.0.90',
      },
    });
  });
});

const everything: CronEventSenderValues = {
  config: { queueHosts: ['a', 'b'], queueSubject: 'other' },
  cronjob: { ...cronJob, concurrencyPolicy: 'Replace', concurrencypolicy: 'Allow' },
  logFormat: 'console',
  logLevel: 'warn',
  replicaCount: 2,
  image,
  ...naming,
  serviceAccount: { create: false, name: 'shared' },
  rbac: { enable: false },
  ...cronPod,
};

describe('with every value set', () => {
  const { find, ids } = render(everything);

  it('has a fixture that leaves no value out', () => {
    expect(unset(cronEventSenderValues, everything)).toEqual([]);
  });

  it('builds the job as the values say', () => {
    expect(ids).toEqual(['CronJob whole', 'Secret whole.registry']);
    expect(find('CronJob whole')).toMatchObject({
      metadata: { labels: { team: 'ci', number: '42' } },
      spec: {
        schedule: '0 * * * *',
        concurrencyPolicy: 'Replace',
        failedJobsHistoryLimit: 2,
        successfulJobsHistoryLimit: 4,
        suspend: true,
        jobTemplate: { spec: { completions: 2, parallelism: 3, backoffLimit: 0 } },
      },
    });
    expect(find('CronJob whole')).toHaveProperty(
      CRON_POD,
      expect.objectContaining({
        imagePullSecrets: [{ name: 'whole.registry' }],
        serviceAccountName: 'shared',
        restartPolicy: 'Never',
        securityContext: { fsGroup: 2000, later: true },
        nodeSelector: { pool: 'ci', generation: '3' },
        tolerations: [{ key: 'dedicated', operator: 'Exists', later: true }],
        affinity: { nodeAffinity: { later: [] } },
      }),
    );
    expect(find('CronJob whole')).toHaveProperty(CRON_CONTAINER, {
      name: 'cron-event-sender',
      image: 'registry.example.com/part:9.9',
      imagePullPolicy: 'Always',
      args: ['--dry-run'],
      securityContext: { readOnlyRootFilesystem: true },
      env: [
        { name: 'ESTAFETTE_LOG_FORMAT', value: 'console' },
        { name: 'ESTAFETTE_LOG_LEVEL', value: 'warn' },
        { name: 'QUEUE_HOSTS', value: 'a,b' },
        { name: 'QUEUE_SUBJECT', value: 'other' },
        { name: 'DEPTH', value: '7' },
      ],
      resources: { requests: { cpu: '1', memory: '64Mi' }, later: true },
    });
    expect(find('CronJob whole')).toHaveProperty('spec.jobTemplate.spec.template.metadata.labels.tier', 'jobs');
  });
});

it.each<[string, CronEventSenderValues['cronjob'], string | undefined]>([
  ['the published spelling', { concurrencypolicy: 'Allow' }, 'Allow'],
  ['the right spelling', { concurrencyPolicy: 'Replace' }, 'Replace'],
  ['neither', { concurrencypolicy: null }, undefined],
])('obeys %s of the concurrency policy', (_what, cronjob, policy) => {
  expect((render({ cronjob }).find(`CronJob ${NAME}`) as unknown as { spec: { concurrencyPolicy?: string } }).spec.concurrencyPolicy).toBe(
    policy,
  );
});

it('publishes to the queue of its own release', () => {
  expect(render({}, { name: 'ci' }).find('CronJob ci-cron-event-sender')).toHaveProperty(
    `${CRON_CONTAINER}.env.2.value`,
    'ci-queue-0.ci-queue',
  );
});

it('works without the rights that it does not need', () => {
  expect(render({ rbac: null }).ids).toHaveLength(2);
});

it('refuses a number for a name', () => {
  expect(issuesOf(() => render({ fullnameOverride: 7 }))).toEqual({ fullnameOverride: expect.stringMatching(/put it in quotes/) });
});
