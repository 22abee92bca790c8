// Values of backups and of the restore. The names are ours: the published chart has neither.
import { flag, group, list, table, text, type Scalar, type Values, type ValuesInput } from '../../../helm/schema';

/** Where backups are, and who may reach them. */
const locationValues = {
  url: text(
    '',
    "Where the backups are, as CockroachDB's BACKUP takes it, such as " +
      'gs://bucket/db-backups?AUTH=specified. Secrets belong into urlParameters.',
  ),
  urlParameters: group(
    {
      existingSecret: text('', 'Secret in the namespace of the release that holds the secret parameters of the URL.'),
      keys: table<Scalar>(
        {},
        'Parameters of the URL by name, each with the key of the Secret that holds its value, such as AWS_SECRET_ACCESS_KEY: secret-key.',
      ),
      base64: list<Scalar>(['CREDENTIALS'], 'Parameters whose value the URL wants in base64, and the Secret has as it is.'),
    },
    { doc: 'Secret parameters of the URL: neither the manifests nor the log show them.' },
  ),
};

export const backupValues = group(
  {
    enabled: flag(false, 'Has the database back itself up on a schedule. When it is false and a URL is given, the schedule is paused.'),
    ...locationValues,
    label: text('daily_backup', 'Label of the schedule. A schedule that has it already is altered, whoever made it.'),
    schedule: text('@daily', 'When a backup is made: a cron expression, in UTC.'),
    fullBackup: text(
      '',
      'When a backup is a full one: a cron expression, or ALWAYS, which needs no licence. Empty leaves it to the database.',
    ),
    firstRun: text('now', 'Time of the first backup, such as 2030-01-31 04:00:00. Empty means when the schedule says.'),
    revisionHistory: flag(true, 'Keeps every revision of the data, so that any time between two backups can be restored.'),
    verification: group({
      enabled: flag(true, 'Checks that the newest backup can be read and is not too old. The check is a CronJob that fails.'),
      schedule: text('30 * * * *', 'When the check runs: a cron expression.'),
      maximumAge: text('', 'Age in hours from which the newest backup is too old. Empty means twice the longest time between two backups.'),
    }),
  },
  { doc: 'Backups of the whole database, on a schedule of its own.' },
);

export const restoreValues = group(
  {
    enabled: flag(false, 'Restores the database from its backup: nothing else of Estafette runs until it is false again.'),
    ...locationValues,
    time: text('', 'Time to go back to, such as 2030-01-31 04:00:00. Empty means the newest backup.'),
  },
  { doc: 'Restore into an empty database.' },
);

export const disasterRecoveryValues = group({ backup: backupValues, restore: restoreValues }, { doc: 'Backups and their restore.' });

export type BackupSettings = Values<typeof backupValues>;
export type RestoreSettings = Values<typeof restoreValues>;
export type DisasterRecoveryValues = ValuesInput<typeof disasterRecoveryValues>;
export type Location = Pick<RestoreSettings, 'url' | 'urlParameters'>;
