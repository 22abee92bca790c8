// The SQL that makes settings, users and databases of the values. Texts without odd characters stand as the published chart prints them.
import { isTrue, text } from '../../helm/print';
import type { SqlScript } from '../common/chart';
import { listOf } from '../common/lists';
import { initJobName } from './names';
import { hasPassword, settingsOf } from './provisioning';
import { identifier, literal } from './sql';
import { texts } from './text';
import type { CockroachDbContext, Database, User } from './values';

/** What is not written into the statements: the string literals of passwords and cluster settings. */
export interface ProvisioningSlots {
  password(user: User, index: number): string;
  setting(name: string): string;
  /** Where the backups of a database go. @default as it stands in the values */
  location?(database: Database, index: number): string | undefined;
}

const indent = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

/** Each statement as its lines; a semicolon ends it. */
export function provisioningStatements(context: CockroachDbContext, slots: ProvisioningSlots): string[][] {
  const { databases, users } = context.values.init.provisioning;
  return [
    ...settingsOf(context).map(([name]) => [`SET CLUSTER SETTING ${name} = ${slots.setting(name)};`]),
    ...listOf(users).map((user, index) => userStatement(user, hasPassword(user) ? slots.password(user, index) : 'null')),
    ...listOf(databases).flatMap((database, index) => databaseStatements(database, slots.location?.(database, index))),
  ];
}

/** The statements as people may see them: passwords and settings stand in a Secret. */
export function provisioningSql(context: CockroachDbContext): SqlScript[] {
  if (!context.values.init.provisioning.enabled) return [];
  const redacted = literal('redacted');
  const statements = provisioningStatements(context, { password: () => redacted, setting: () => redacted });
  return [{ from: `Job/${initJobName(context)}`, statements: statements.map((lines) => lines.join('\n')) }];
}

const userStatement = (user: User, password: string): string[] => [
  `CREATE USER IF NOT EXISTS ${identifier(text(user.name))} WITH`,
  ...indent([`PASSWORD ${password}`, texts(user.options).join(' ')]),
  ';',
];

function databaseStatements({ backup, name, options, owners }: Database, location: string | undefined): string[][] {
  const database = identifier(text(name));
  return [
    [`CREATE DATABASE IF NOT EXISTS ${database}`, ...(isTrue(options) ? indent([texts(options).join(' ')]) : []), ';'],
    ...texts(owners).map((owner) => [`GRANT ALL ON DATABASE ${database} TO ${identifier(owner)};`]),
    ...(backup && isTrue(backup) ? [backupStatement(text(name), backup, location)] : []),
  ];
}

function backupStatement(database: string, backup: NonNullable<Database['backup']>, location: string | undefined): string[] {
  const { fullBackup, into, options, recurring, schedule } = backup;
  return [
    `CREATE SCHEDULE IF NOT EXISTS ${identifier(`${database}_scheduled_backup`)}`,
    ...indent([
      `FOR BACKUP DATABASE ${identifier(database)} INTO ${location ?? literal(text(into))}`,
      ...(isTrue(options) ? [`WITH ${texts(options).join(',')}`] : []),
      `RECURRING ${literal(text(recurring))}`,
      isTrue(fullBackup) ? `FULL BACKUP ${literal(text(fullBackup))}` : 'FULL BACKUP ALWAYS',
      ...(isTrue(schedule?.options) ? [`WITH SCHEDULE OPTIONS ${texts(schedule?.options).join(',')}`] : []),
    ]),
    ';',
  ];
}
