// Disaster recovery of the release: backups of its database, and the state in which one is restored.
import type { Issue, Warning } from '../../helm/check';
import { isTrue } from '../../helm/print';
import type { KubeObject } from '../../kubernetes/object';
import { backupIssues, backupObjects, backupSql, restoreIssues, restoreObjects, restoreSql } from '../cockroachdb/backup/jobs';
import { cockroachDb } from '../cockroachdb/chart';
import type { CockroachDbContext } from '../cockroachdb/values';
import type { Making, SqlScript } from '../common/chart';
import type { Context } from '../common/context';
import type { Entry } from '../common/entry';
import type { estafetteValues } from './values';

type EstafetteContext = Context<typeof estafetteValues>;

/** The database's own view of the release. */
const databaseOf = (context: EstafetteContext): CockroachDbContext =>
  ({ ...context, chart: cockroachDb.chart, values: context.values.db }) as unknown as CockroachDbContext;

const isRestored = ({ values }: EstafetteContext): boolean => values.disasterRecovery.restore.enabled === true;

export const recoveryObjects = (context: EstafetteContext): Making => {
  const { backup, restore } = context.values.disasterRecovery;
  if (context.values.db?.enabled === false) return [];
  // What is restored is not backed up at the same time: it would be a backup of nothing.
  return isRestored(context) ? restoreObjects(databaseOf(context), restore) : backupObjects(databaseOf(context), backup);
};

/** The SQL that these objects run. */
export const recoverySql = (context: EstafetteContext): SqlScript[] => {
  const { backup, restore } = context.values.disasterRecovery;
  if (context.values.db?.enabled === false) return [];
  return isRestored(context) ? restoreSql(databaseOf(context), restore) : backupSql(databaseOf(context), backup);
};

export function recoveryIssues(context: EstafetteContext): Issue[] {
  const { backup, restore } = context.values.disasterRecovery;
  const isAsked = backup.enabled === true || isTrue(backup.url) || restore.enabled === true;
  if (isAsked && context.values.db?.enabled === false) {
    const path = ['disasterRecovery', restore.enabled ? 'restore' : 'backup', 'enabled'];
    return [{ path, message: 'is for the database of the release, and db.enabled is false' }];
  }
  return [
    ...backupIssues(backup, 'disasterRecovery', 'backup'),
    ...restoreIssues(restore, 'disasterRecovery', 'restore'),
    ...(isRestored(context) ? keyIssues(context) : []),
  ];
}

/** A key made now could read nothing of what is restored. */
function keyIssues({ values: { api } }: EstafetteContext): Issue[] {
  const secret = api?.secret;
  if (api?.enabled === false || !secret?.enabled || isTrue(secret.existingSecret) || isTrue(secret.secretDecryptionKey)) return [];
  const message =
    'is needed for a restore: a new key could read none of the secrets that are restored; give the saved one, or existingSecret';
  return [{ path: ['api', 'secret', 'secretDecryptionKey'], message }];
}

export const recoveryWarnings = (context: EstafetteContext): Warning[] =>
  isRestored(context)
    ? [
        {
          path: 'disasterRecovery.restore',
          message:
            'the API server, the web interface and the CronJobs stand still until the backup is restored: ' +
            'then set enabled to false and apply again',
        },
        {
          path: 'disasterRecovery.restore',
          message:
            'the details of the Bitbucket and GitHub integrations are not in the backup, nor are logs that were written to object storage',
        },
      ]
    : [];

/** While a backup is restored nothing may make a schema, or write into it. */
export function standStill(entries: readonly Entry[], context: EstafetteContext): readonly Entry[] {
  if (!isRestored(context)) return entries;
  return entries.flatMap((entry) => {
    const [part] = entry.owner;
    const { kind } = entry.object;
    if (part === 'db-migrator' && kind === 'Job') return [];
    if ((part === 'api' || part === 'web') && kind === 'HorizontalPodAutoscaler') return [];
    if ((part === 'api' || part === 'web') && kind === 'Deployment') return [{ ...entry, object: withSpec(entry.object, { replicas: 0 }) }];
    if ((part === 'cron-event-sender' || part === 'hanging-job-cleaner') && kind === 'CronJob')
      return [{ ...entry, object: withSpec(entry.object, { suspend: true }) }];
    return [entry];
  });
}

const withSpec = (object: KubeObject & { readonly spec?: object }, fields: object): KubeObject & { readonly spec: object } => ({
  ...object,
  spec: { ...fields, ...without(object.spec ?? {}, Object.keys(fields)) },
});

const without = (map: object, keys: readonly string[]): object =>
  Object.fromEntries(Object.entries(map).filter(([key]) => !keys.includes(key)));
