// `show sql`: every statement of a release is one that CockroachDB's published grammar derives, whatever the values hold.
import fc from 'fast-check';
import { renderRelease } from '../../../cli/render';
import { cli } from '../../support/cli';
import { isDerived, statementsIn, tokens } from './grammar';

type Plain = Record<string, unknown>;

const KEYS = { secret: { secretDecryptionKey: 'SoYgTc2Vr6XmWqPzK0uNhJ9dLb3EfAi5', jwtKey: '7fRzQm1Xc8VtLp4KyWn6BsDg2HjUe0Ta' } };
const URL_PARAMETERS = { existingSecret: 'backup', keys: { AWS_SECRET_ACCESS_KEY: 'secret-key' } };
const scripts = (values: Plain) =>
  renderRelease({ release: 'ci', chart: 'estafette-ci', namespace: 'ci', values: [{ api: KEYS }, values] }).sql();
const textOf = (values: Plain): string =>
  scripts(values)
    .flatMap(({ statements }) => statements)
    .join('\n');

/** Statements that the grammar does not derive. */
const strange = (sql: string): string[] =>
  statementsIn(sql)
    .filter((statement) => !isDerived(statement))
    .map((statement) => statement.map(({ text }) => text).join(' '));

describe('the grammar', () => {
  it.each([
    "CREATE SCHEDULE 'a' FOR BACKUP INTO 'b' RECURRING '@daily'",
    "SHOW JOBS WHEN COMPLETE (SELECT job_id FROM crdb_internal.jobs WHERE status NOT IN ('a', 'b'))",
    'PAUSE SCHEDULES SELECT id FROM [SHOW RUNNING SCHEDULES FOR BACKUP]',
    'CREATE DATABASE "my-database" ENCODING = \'utf-8\'',
  ])('derives %s', (sql) => expect(strange(`${sql};`)).toEqual([]));

  it.each([
    'CREATE DATABASE my-database',
    'CREATE USER user',
    "CREATE SCHEDULE IF NOT EXISTS a FOR BACKUP INTO 'b' FULL BACKUP ALWAYS",
    "ALTER BACKUP SCHEDULE 1 SET INTO 'b' SET RECURRING '@daily'",
    "RESTORE FROM LATEST IN 'b' AS OF TIME 'c'",
    'GRANT ALL ON DATABASE a TO b; DROP DATABASE a',
    "SHOW BACKUP FROM LATEST IN 'b'",
  ])('does not derive %s', (sql) => expect(strange(`${sql};`)).toHaveLength(1));

  it('needs ends of texts and of statements', () => {
    expect(() => tokens("SELECT 'a")).toThrow('no token');
    expect(() => statementsIn('SELECT 1')).toThrow('semicolon');
  });
});

const LOCATION = { url: 's3://bucket/db?AUTH=specified', urlParameters: URL_PARAMETERS };
const PROVISIONING = {
  clusterSettings: { 'cluster.organization': 'Example', 'enterprise.license': 'crl-0-x' },
  users: [{ name: 'app', password: 'S3CRET', options: ['CREATEDB', 'LOGIN'] }, { name: 'o-ther' }],
  databases: [
    {
      name: 'app',
      options: ["encoding='utf-8'"],
      owners: ['app', 'o-ther'],
      backup: {
        into: 's3://b',
        recurring: '@daily',
        fullBackup: '@weekly',
        options: ['revision_history', 'detached'],
        schedule: { options: ["first_run = 'now'"] },
      },
    },
    { name: 'order', backup: { into: 's3://b', recurring: '@daily' } },
  ],
};

it.each<[string, Plain, string[]]>([
  ['of nothing', {}, []],
  ['of provisioning', { db: { init: { provisioning: { enabled: true, ...PROVISIONING } } } }, ['Job/ci-db-init']],
  ['of backups', { disasterRecovery: { backup: { enabled: true, ...LOCATION } } }, ['Job/ci-db-backup', 'CronJob/ci-db-backup-check']],
  [
    'of backups with all that can be set',
    {
      disasterRecovery: {
        backup: { enabled: true, ...LOCATION, label: "it's", fullBackup: '@weekly', firstRun: '2030-01-31', revisionHistory: false },
      },
    },
    ['Job/ci-db-backup', 'CronJob/ci-db-backup-check'],
  ],
  [
    'of full backups alone',
    { disasterRecovery: { backup: { enabled: true, ...LOCATION, fullBackup: 'always' } } },
    ['Job/ci-db-backup', 'CronJob/ci-db-backup-check'],
  ],
  ['of backups that are paused', { disasterRecovery: { backup: LOCATION } }, ['Job/ci-db-backup']],
  ['of a restore', { disasterRecovery: { restore: { enabled: true, ...LOCATION } } }, ['Job/ci-db-restore']],
  [
    'of a restore of some time ago',
    { disasterRecovery: { restore: { enabled: true, ...LOCATION, time: '2030-01-31' } } },
    ['Job/ci-db-restore'],
  ],
])('statements %s are derived, and belong to what runs them', (_, values, from) => {
  expect(scripts(values).map((script) => script.from)).toEqual(from);
  expect(strange(textOf(values))).toEqual([]);
  const { objects } = {
    objects: renderRelease({ release: 'ci', chart: 'estafette-ci', namespace: 'ci', values: [{ api: KEYS }, values] }).plan,
  };
  for (const name of from)
    expect(objects.map(({ object: { kind, metadata } }) => `${kind}/${metadata.name.replace(/-[0-9a-f]{8}$/, '')}`)).toContain(name);
});

it('none shows a secret', () => {
  const sql = textOf({
    db: { init: { provisioning: { enabled: true, ...PROVISIONING } } },
    disasterRecovery: { backup: { enabled: true, ...LOCATION } },
  });
  expect(sql).toContain("PASSWORD 'redacted'");
  expect(sql).toContain("'s3://bucket/db?AUTH=specified&AWS_SECRET_ACCESS_KEY=redacted'");
  expect(sql).not.toMatch(/S3CRET|crl-0-x/);
});

it.each(['inline', 'omit'])('none shows what stands in the values of a backup, with secrets.mode %s', (mode) => {
  const into = "s3://K3Y:S3CRET@bucket/db?AWS_ACCESS_KEY_ID=K3Y&AWS_REGION=eu&AWS_SECRET_ACCESS_KEY=S3CRET'S";
  const backup = { recurring: '@daily', options: ["encryption_passphrase = 'S3''CRET'", 'detached'] };
  const databases = [
    { name: 'app', backup: { ...backup, into } },
    { name: 'shop', backup: { ...backup, into: 'nodelocal://1/db?AUTH=implicit' } },
  ];
  const sql = textOf({ secrets: { mode }, db: { init: { provisioning: { enabled: true, databases } } } });
  expect(strange(sql)).toEqual([]);
  expect(sql).not.toMatch(/S3|K3Y|d2l0aGhlbGQ/);
  expect(sql).toContain("INTO 'nodelocal://1/db?AUTH=implicit'");
  expect(sql).toContain(
    mode === 'omit'
      ? "INTO 'redacted'"
      : "INTO 's3://redacted@bucket/db?AWS_ACCESS_KEY_ID=redacted&AWS_REGION=eu&AWS_SECRET_ACCESS_KEY=redacted'",
  );
  expect(sql).toContain("WITH encryption_passphrase = 'redacted',detached");
});

it('none becomes another by what a value holds', () => {
  const text = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
    .filter((value) => !/\p{Cc}/u.test(value) && value.trim() !== '');
  fc.assert(
    fc.property(text, text, text, (name, owner, into) => {
      const databases = [{ name, owners: [owner], backup: { into, recurring: '@daily' } }];
      const sql = textOf({
        db: { init: { provisioning: { enabled: true, users: [{ name: owner, password: into }], databases } } },
        disasterRecovery: { backup: { enabled: true, url: 's3://bucket/db', label: name, firstRun: into } },
      });
      expect(statementsIn(sql)).toHaveLength(4 + 6 + 1);
      expect(strange(sql)).toEqual([]);
    }),
    { numRuns: 50, seed: 14 },
  );
});

it('is a command', () => {
  const values = ['--set', 'disasterRecovery.backup.enabled=true,disasterRecovery.backup.url=gs://b/db'];
  const { status, stdout } = cli(['show', 'sql', 'estafette-ci', ...values]);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^-- Job\/estafette-ci-db-backup\nSELECT 1;\nSELECT id FROM/);
  expect(strange(stdout)).toEqual([]);
});

it('says where there is none', () => {
  const { status, stdout, stderr } = cli(['show', 'sql', 'devstats']);
  expect([status, stdout]).toEqual([0, '']);
  expect(stderr).toContain('runs no SQL of its own');
});
