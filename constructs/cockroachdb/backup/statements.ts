// The SQL of backups and restores. The rules quoted here are those of CockroachDB's published grammar, 22.2 and later.
import { isTrue, text } from '../../../helm/print';
import { literal } from '../sql';
import type { BackupSettings, RestoreSettings } from './values';

/** What a statement is completed with when it runs: SQL, not values. */
export interface Slots {
  /** String literal of the URL with its secret parameters. */
  readonly location: string;
  /** Number of the schedule. */
  readonly schedule: string;
}
export type Statement = (slots: Slots) => string;

/** Numbers of the schedules with the label, the oldest first. `SHOW SCHEDULES FOR BACKUP` may stand as a table in brackets. */
export const findSchedule = ({ label }: BackupSettings): Statement => {
  const name = literal(text(label));
  return () => `SELECT id FROM [SHOW SCHEDULES FOR BACKUP] WHERE label = ${name} ORDER BY created, id;`;
};

const fullBackup = ({ fullBackup: full }: BackupSettings): string | undefined => {
  if (!isTrue(full)) return undefined;
  return text(full).toUpperCase() === 'ALWAYS' ? 'FULL BACKUP ALWAYS' : `FULL BACKUP ${literal(text(full))}`;
};

/**
 *     CREATE SCHEDULE [IF NOT EXISTS] label FOR BACKUP [targets] INTO location [WITH option, …]
 *       RECURRING crontab [FULL BACKUP crontab | ALWAYS] [WITH SCHEDULE OPTIONS option = value, …]
 *
 * Without targets it is the whole cluster. With IF NOT EXISTS two that run at once make one schedule.
 */
export const createSchedule = (settings: BackupSettings): Statement => {
  const { label, schedule, firstRun, revisionHistory } = settings;
  return ({ location }) =>
    [
      `CREATE SCHEDULE IF NOT EXISTS ${literal(text(label))} FOR BACKUP INTO ${location}`,
      ...(revisionHistory ? ['WITH revision_history'] : []),
      `RECURRING ${literal(text(schedule))}`,
      ...[fullBackup(settings)].filter((clause) => clause !== undefined),
      ...(isTrue(firstRun) ? [`WITH SCHEDULE OPTIONS first_run = ${literal(text(firstRun))}`] : []),
    ].join(' ') + ';';
};

/**
 *     ALTER BACKUP SCHEDULE id SET INTO location | SET WITH option | SET RECURRING crontab | SET FULL BACKUP crontab | ALWAYS, …
 */
export const alterSchedule = (settings: BackupSettings): Statement => {
  const { schedule, revisionHistory } = settings;
  const full = fullBackup(settings);
  return ({ location, schedule: id }) =>
    `ALTER BACKUP SCHEDULE ${id} ${[
      `SET INTO ${location}`,
      `SET WITH revision_history = ${revisionHistory ? 'true' : 'false'}`,
      `SET RECURRING ${literal(text(schedule))}`,
      ...(full === undefined ? [] : [`SET ${full}`]),
    ].join(', ')};`;
};

/** `RESUME SCHEDULES` and `PAUSE SCHEDULES` take a query for numbers. */
export const resumeSchedule = ({ label }: BackupSettings): Statement => {
  const name = literal(text(label));
  return () => `RESUME SCHEDULES SELECT id FROM [SHOW PAUSED SCHEDULES FOR BACKUP] WHERE label = ${name};`;
};

export const pauseSchedule = ({ label }: BackupSettings): Statement => {
  const name = literal(text(label));
  return () => `PAUSE SCHEDULES SELECT id FROM [SHOW RUNNING SCHEDULES FOR BACKUP] WHERE label = ${name};`;
};

/** Whether the newest backup holds what was there at most so many seconds ago. `LATEST` is the newest one in a collection. */
export const isFresh = (seconds: number): Statement => {
  return ({ location }) =>
    `SELECT coalesce(max(end_time)::TIMESTAMPTZ > now() - INTERVAL '${seconds} seconds', false) FROM ` +
    `[SHOW BACKUP FROM LATEST IN ${location}];`;
};

/** The whole cluster: `RESTORE FROM LATEST IN location [AS OF SYSTEM TIME timestamp]`. */
export const restoreCluster = ({ time }: RestoreSettings): Statement => {
  const asOf = isTrue(time) ? ` AS OF SYSTEM TIME ${literal(text(time))}` : '';
  return ({ location }) => `RESTORE FROM LATEST IN ${location}${asOf};`;
};

/** Tables of people, in any database: a cluster is restored only where there are none. */
export const countTables: Statement = () =>
  `SELECT count(*) FROM "".crdb_internal.tables WHERE drop_time IS NULL AND database_name IS NOT NULL AND ` +
  `database_name != 'system' AND schema_name = 'public';`;

/** Waits for a restore that another run of the Job has begun: the database goes on with it when its client is gone. */
export const awaitRestores: Statement = () =>
  `SHOW JOBS WHEN COMPLETE (SELECT job_id FROM crdb_internal.jobs WHERE job_type = 'RESTORE' AND status ` +
  `NOT IN ('succeeded', 'failed', 'canceled'));`;

/** The database of the mark: a backup of a cluster where somebody dropped it does not bring it back. */
export const ensureMarked: Statement = () => 'CREATE DATABASE IF NOT EXISTS defaultdb;';

/** The mark of a restore, which tells that this very one is done. */
const markOf = ({ url, time }: RestoreSettings): string => `restored from ${text(url)}${isTrue(time) ? ` as of ${text(time)}` : ''}`;

export const markRestored = (settings: RestoreSettings): Statement => {
  const mark = literal(markOf(settings));
  return () => `COMMENT ON DATABASE defaultdb IS ${mark};`;
};

/**
 * Counts marks, and restores of this very backup that ended before they were
 * marked: a job's description has the URL without its secrets.
 */
export const countRestores = (settings: RestoreSettings): Statement => {
  const mark = literal(markOf(settings));
  const place = literal(text(settings.url).replace(/\?.*$/s, ''));
  const time = isTrue(settings.time)
    ? `strpos(description, ${literal(text(settings.time))}) > 0`
    : `strpos(description, 'AS OF SYSTEM TIME') = 0`;
  return () =>
    `SELECT (SELECT count(*) FROM [SHOW DATABASES WITH COMMENT] WHERE comment = ${mark}) + (SELECT count(*) FROM crdb_internal.jobs ` +
    `WHERE job_type = 'RESTORE' AND status = 'succeeded' AND strpos(description, ${place}) > 0 AND ${time});`;
};
