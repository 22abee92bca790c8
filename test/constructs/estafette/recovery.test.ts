// Disaster recovery as values: what backups add to the release, and what stands still while one is restored.
import { renderRelease } from '../../../cli/render';
import { issuesOf, POD } from '../../support/rendered';

type Plain = Record<string, unknown>;
interface Rendered {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: Plain;
}

const PLACE = { url: 'gs://bucket/db?AUTH=specified', urlParameters: { existingSecret: 'backup', keys: { CREDENTIALS: 'key.json' } } };
const KEYS = { secret: { secretDecryptionKey: 'SoYgTc2Vr6XmWqPzK0uNhJ9dLb3EfAi5', jwtKey: '7fRzQm1Xc8VtLp4KyWn6BsDg2HjUe0Ta' } };

function render(disasterRecovery: Plain, values: Plain = {}) {
  const { plan, warnings } = renderRelease({
    release: 'ci',
    chart: 'estafette-ci',
    namespace: 'ci',
    values: [{ api: KEYS }, values, { disasterRecovery }],
  });
  const objects = plan.map(({ object }) => object as unknown as Rendered);
  const named = (kind: string, name: string) =>
    objects.find((object) => object.kind === kind && object.metadata.name.replace(/-[0-9a-f]{8}$/, '') === name);
  return { objects, warnings, named };
}

function issues(disasterRecovery: Plain, values: Plain = {}): Record<string, string> {
  return issuesOf(() => render(disasterRecovery, values));
}

describe('backups', () => {
  it('are nothing by default', () => {
    expect(render({}).objects.filter(({ metadata }) => /backup|restore/.test(metadata.name))).toEqual([]);
  });

  it('are a Job that sets the schedule, and a CronJob that checks what comes of it', () => {
    const { named } = render({ backup: { enabled: true, ...PLACE } });
    const job = named('Job', 'ci-db-backup');
    expect(job).toHaveProperty(`${POD}.volumes`, expect.arrayContaining([{ name: 'credentials', secret: { secretName: 'backup' } }]));
    expect(job).toHaveProperty(`${POD}.containers.0.volumeMounts.1`, { name: 'credentials', mountPath: '/credentials', readOnly: true });
    expect(job).toHaveProperty(`${POD}.containers.0.command.2`, expect.stringContaining("CREATE SCHEDULE IF NOT EXISTS 'daily_backup'"));
    // No Service or budget of the database selects it.
    expect(job).toHaveProperty('spec.template.metadata.labels', { 'app.kubernetes.io/name': 'backup', 'app.kubernetes.io/instance': 'ci' });
    const check = named('CronJob', 'ci-db-backup-check');
    expect(check).toHaveProperty('spec.schedule', '30 * * * *');
    expect(check).toHaveProperty('spec.jobTemplate.spec.template.spec.containers.0.command.2', expect.stringContaining("'172800 seconds'"));
  });

  it('run again when a setting of theirs changes, and only then', () => {
    const jobOf = (backup: Plain) =>
      render({ backup: { enabled: true, ...PLACE, ...backup } }).objects.find(({ metadata }) =>
        /^ci-db-backup-[0-9a-f]{8}$/.test(metadata.name),
      )?.metadata.name;
    expect(jobOf({})).toBe(jobOf({ verification: { enabled: false } }));
    expect(jobOf({})).not.toBe(jobOf({ schedule: '@hourly' }));
  });

  it('are paused, and not checked, when they are switched off', () => {
    const { named } = render({ backup: { enabled: false, ...PLACE } });
    expect(named('Job', 'ci-db-backup')).toHaveProperty(`${POD}.containers.0.command.2`, expect.stringContaining('PAUSE SCHEDULES'));
    expect(named('CronJob', 'ci-db-backup-check')).toBeUndefined();
  });

  it('without TLS need no certificate', () => {
    const job = render({ backup: { enabled: true, url: 's3://bucket/db' } }, { db: { tls: { enabled: false } } }).named(
      'Job',
      'ci-db-backup',
    );
    expect(job).not.toHaveProperty(`${POD}.volumes`);
    expect(job).toHaveProperty(`${POD}.containers.0.command.2`, expect.stringContaining('--insecure'));
  });

  it.each<[string, Plain, string, RegExp]>([
    ['no place', { enabled: true }, 'disasterRecovery.backup.url', /must be where the backups are/],
    ['a place that is none', { enabled: true, url: 'bucket' }, 'disasterRecovery.backup.url', /must be where the backups are/],
    ['a secret in the URL', { enabled: true, url: 's3://b?AWS_SECRET_ACCESS_KEY=x' }, 'disasterRecovery.backup.url', /holds a secret/],
    ['a schedule that is none', { enabled: true, ...PLACE, schedule: 'often' }, 'disasterRecovery.backup.schedule', /cron expression/],
    [
      'a schedule without a longest pause',
      { enabled: true, ...PLACE, schedule: '@every 5h' },
      'disasterRecovery.backup.verification.maximumAge',
      /how many hours/,
    ],
    [
      'parameters without a Secret',
      { enabled: true, url: 's3://b', urlParameters: { keys: { A: 'a' } } },
      'disasterRecovery.backup.urlParameters.existingSecret',
      /name the Secret/,
    ],
    [
      'a parameter given twice',
      { enabled: true, ...PLACE, url: 'gs://b?CREDENTIALS=y' },
      'disasterRecovery.backup.url',
      /take it out of the URL|holds a secret/,
    ],
  ])('%s is an error', (_what, backup, path, message) => {
    expect(issues({ backup })).toHaveProperty([path], expect.stringMatching(message));
  });

  it('are for the database of the release', () => {
    expect(issues({ backup: { enabled: true, ...PLACE } }, { db: { enabled: false } })).toEqual({
      'disasterRecovery.backup.enabled': 'is for the database of the release, and db.enabled is false',
    });
  });
});

describe('a restore', () => {
  const restore = { enabled: true, ...PLACE };

  it('has its Job in place of the migrator, and nothing that writes runs', () => {
    const values = { api: { ...KEYS, autoscaling: { enabled: true } }, 'hanging-job-cleaner': { enabled: true } };
    const { named, objects, warnings } = render({ restore, backup: { enabled: true, ...PLACE } }, values);
    expect(named('Job', 'ci-db-restore')).toHaveProperty(
      `${POD}.containers.0.command.2`,
      expect.stringContaining('RESTORE FROM LATEST IN'),
    );
    expect(named('Job', 'ci-db-migrator')).toBeUndefined();
    expect(named('Job', 'ci-db-backup')).toBeUndefined();
    expect(objects.filter(({ kind }) => kind === 'HorizontalPodAutoscaler')).toEqual([]);
    for (const name of ['ci-api', 'ci-web']) expect(named('Deployment', name)).toHaveProperty('spec.replicas', 0);
    for (const name of ['ci-cron-event-sender', 'ci-hanging-job-cleaner'])
      expect(named('CronJob', name)).toHaveProperty('spec.suspend', true);
    expect(named('StatefulSet', 'ci-db')).toHaveProperty('spec.replicas', 3);
    expect(warnings).toEqual(
      expect.arrayContaining([expect.stringContaining('stand still'), expect.stringContaining('not in the backup')]),
    );
  });

  it('is the usual release again when it is switched off', () => {
    expect(render({ restore: { ...restore, enabled: false } }).objects).toEqual(render({}).objects);
  });

  it('tells how to empty a database that has tables', () => {
    const script = (
      render({ restore }).named('Job', 'ci-db-restore') as unknown as {
        spec: { template: { spec: { containers: [{ command: string[] }] } } };
      }
    ).spec.template.spec.containers[0].command[2];
    expect(script).toContain(
      [
        '  kubectl scale statefulset ci-db --namespace ci --replicas=0',
        '  kubectl delete persistentvolumeclaim --namespace ci datadir-ci-db-0 datadir-ci-db-1 datadir-ci-db-2',
        '  kubectl scale statefulset ci-db --namespace ci --replicas=3',
      ].join('\n'),
    );
  });

  it.each<[string, Plain, boolean]>([
    ['no key', { api: { secret: { secretDecryptionKey: null, jwtKey: null } } }, false],
    ['the decryption key alone', { api: { secret: { jwtKey: null } } }, true],
    ['a Secret that exists', { api: { secret: { secretDecryptionKey: null, jwtKey: null, existingSecret: 'vault' } } }, true],
  ])('with %s', (_what, values, isFine) => {
    expect(issues({ restore }, values)).toEqual(
      isFine ? {} : { 'api.secret.secretDecryptionKey': expect.stringContaining('a new key could read none') },
    );
  });
});
