// The SQL that makes settings, users and databases of the values. Texts without odd characters stand as the published chart prints them.
import { isTrue, text } from '../../helm/print';
import type { SqlScript } from '../common/chart';
import { isSecretParameter } from '../common/hide/names';
import { listOf } from '../common/lists';
import { isWithheld } from '../common/withheld';
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
  /** Options of the backups of a database. @default as they stand in the values */
  backupOptions?(database: Database, index: number): string | undefined;
}

const indent = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

/** Each statement as its lines; a semicolon ends it. */
export function provisioningStatements(context: CockroachDbContext, slots: ProvisioningSlots): string[][] {
  const { databases, users } = context.values.init.provisioning;
  return [
    ...settingsOf(context).map(([name]) => [`SET CLUSTER SETTING ${name} = ${slots.setting(name)};`]),
    ...listOf(users).map((user, index) => userStatement(user, hasPassword(user) ? slots.password(user, index) : 'null')),
    ...listOf(databases).flatMap((database, index) => databaseStatements(database, slots, index)),
  ];
}

/** The statements as people may see them: passwords and settings stand in a Secret. */
export function provisioningSql(context: CockroachDbContext): SqlScript[] {
  if (!context.values.init.provisioning.enabled) return [];
  const redacted = literal('redacted');
  const statements = provisioningStatements(context, {
    password: () => redacted,
    setting: () => redacted,
    location: ({ backup }) => literal(readableUrl(text(backup?.into))),
    backupOptions: ({ backup }) =>
      texts(backup?.options)
        .map((option) => (isWithheld(option) ? REDACTED_OPTION : option))
        .join(','),
  });
  return [{ from: `Job/${initJobName(context)}`, statements: statements.map((lines) => withoutPassphrases(lines.join('\n'))) }];
}

/** The one option of BACKUP that is secret. */
const REDACTED_OPTION = "encryption_passphrase = 'redacted'";

/** A URL without what logs in: before its host, and in its parameters. */
const readableUrl = (url: string): string =>
  isWithheld(url)
    ? 'redacted'
    : url
        .replace(/(:\/\/)[^/?#]*@/, '$1redacted@')
        .replaceAll(/([?&])([^=&]+)=([^&]*)/g, (whole, separator: string, name: string, value: string) =>
          isSecretParameter(name, value) ? `${separator}${name}=redacted` : whole,
        );

/** Options go into statements as they are, and some of BACKUP's are secret. */
const withoutPassphrases = (sql: string): string =>
  sql.replaceAll(/\b(encryption_passphrase|kms|password)(\s*=?\s*)'(?:[^']|'')*'/gi, "$1$2'redacted'");

const userStatement = (user: User, password: string): string[] => [
  `CREATE USER IF NOT EXISTS ${identifier(text(user.name))} WITH`,
  ...indent([`PASSWORD ${password}`, texts(user.options).join(' ')]),
  ';',
];

function databaseStatements(given: Database, slots: ProvisioningSlots, index: number): string[][] {
  const { backup, name, options, owners } = given;
  const database = identifier(text(name));
  return [
    [`CREATE DATABASE IF NOT EXISTS ${database}`, ...(isTrue(options) ? indent([texts(options).join(' ')]) : []), ';'],
    ...texts(owners).map((owner) => [`GRANT ALL ON DATABASE ${database} TO ${identifier(owner)};`]),
    ...(backup && isTrue(backup)
      ? [backupStatement(text(name), backup, slots.location?.(given, index), slots.backupOptions?.(given, index))]
      : []),
  ];
}

function backupStatement(
  database: string,
  backup: NonNullable<Database['backup']>,
  location: string | undefined,
  withheldOptions: string | undefined,
): string[] {
  const { fullBackup, into, options, recurring, schedule } = backup;
  return [
    `CREATE SCHEDULE IF NOT EXISTS ${identifier(`${database}_scheduled_backup`)}`,
    ...indent([
      `FOR BACKUP DATABASE ${identifier(database)} INTO ${location ?? literal(text(into))}`,
      ...(isTrue(options) ? [`WITH ${withheldOptions ?? texts(options).join(',')}`] : []),
      `RECURRING ${literal(text(recurring))}`,
      isTrue(fullBackup) ? `FULL BACKUP ${literal(text(fullBackup))}` : 'FULL BACKUP ALWAYS',
      ...(isTrue(schedule?.options) ? [`WITH SCHEDULE OPTIONS ${texts(schedule?.options).join(',')}`] : []),
    ]),
    ';',
  ];
}
