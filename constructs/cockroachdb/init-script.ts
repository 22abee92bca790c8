// The script that initializes the cluster, and the SQL that makes settings, users and databases.
import { isTrue, text } from '../../helm/print';
import { listOf } from '../common/lists';
import { certificateOption as access, firstNodeOption as hostOf } from './access';
import { initializesCluster, settingsOf } from './provisioning';
import { texts } from './text';
import type { Database, User, CockroachDbContext } from './values';

const indent = (lines: readonly string[], depth = 1): string[] => lines.map((line) => `${'  '.repeat(depth)}${line}`);

/** The nodes come up after this Job, so it asks them again and again; Kubernetes' own way of starting failed pods anew would soon wait for minutes. */
function initialize(context: CockroachDbContext): string[] {
  const name = context.values.conf['cluster-name'];
  const options = [access(context), ...(isTrue(name) ? [`--cluster-name=${text(name)}`] : []), hostOf(context)];
  const call = ['/cockroach/cockroach init', ...indent(options)].join(' \\\n').split('\n');
  return [
    'initCluster() {',
    ...indent([
      'while true; do',
      ...indent([
        'local output=$(',
        ...indent(['set -x;', ...call]),
        '2>&1);',
        'local exitCode="$?";',
        'echo $output;',
        'if [[ "$exitCode" == "0" || "$output" == *"cluster has already been initialized"* ]]',
        ...indent(['then break;']),
        'fi',
        'sleep 5;',
      ]),
      'done',
    ]),
    '}',
  ];
}

function userStatement(user: User): string[] {
  const password = isTrue(user.password) ? `'$${text(user.name)}_PASSWORD'` : 'null';
  return [`CREATE USER IF NOT EXISTS ${text(user.name)} WITH`, ...indent([`PASSWORD ${password}`, texts(user.options).join(' ')]), ';'];
}

function databaseStatements({ backup, name, options, owners }: Database): string[] {
  const database = text(name);
  return [
    `CREATE DATABASE IF NOT EXISTS ${database}`,
    ...(isTrue(options) ? indent([texts(options).join(' ')]) : []),
    ';',
    ...texts(owners).map((owner) => `GRANT ALL ON DATABASE ${database} TO ${owner};`),
    ...(backup && isTrue(backup) ? backupStatement(database, backup) : []),
  ];
}

function backupStatement(database: string, backup: NonNullable<Database['backup']>): string[] {
  const { fullBackup, into, options, recurring, schedule } = backup;
  return [
    `CREATE SCHEDULE IF NOT EXISTS ${database}_scheduled_backup`,
    ...indent([
      `FOR BACKUP DATABASE ${database} INTO '${text(into)}'`,
      ...(isTrue(options) ? [`WITH ${texts(options).join(',')}`] : []),
      `RECURRING '${text(recurring)}'`,
      isTrue(fullBackup) ? `FULL BACKUP '${text(fullBackup)}'` : 'FULL BACKUP ALWAYS',
      ...(isTrue(schedule?.options) ? [`WITH SCHEDULE OPTIONS ${texts(schedule?.options).join(',')}`] : []),
    ]),
    ';',
  ];
}

function provision(context: CockroachDbContext): string[] {
  const { databases, users } = context.values.init.provisioning;
  const statements = [
    ...settingsOf(context).map(([name]) => `SET CLUSTER SETTING ${name} = '$${name.replaceAll('.', '_')}_CLUSTER_SETTING';`),
    ...listOf(users).flatMap(userStatement),
    ...listOf(databases).flatMap(databaseStatements),
  ];
  return [
    'provisionCluster() {',
    ...indent([
      'while true; do',
      ...indent([
        '/cockroach/cockroach sql \\',
        ...indent([`${access(context)} \\`, `${hostOf(context)} \\`, '--execute="', ...indent(statements), '"']),
        '&>/dev/null;',
        'local exitCode="$?";',
        'if [[ "$exitCode" == "0" ]]',
        ...indent(['then break;']),
        'fi',
        'sleep 5;',
      ]),
      'done',
      'echo "Provisioning completed successfully";',
    ]),
    '}',
  ];
}

/** The script of the Job: initialize, provision, or both. */
export function initScript(context: CockroachDbContext): string {
  const parts = [
    ...(initializesCluster(context) ? [[...initialize(context), 'initCluster;'].join('\n')] : []),
    ...(context.values.init.provisioning.enabled ? [[...provision(context), 'provisionCluster;'].join('\n')] : []),
  ];
  return parts.join(' ');
}
