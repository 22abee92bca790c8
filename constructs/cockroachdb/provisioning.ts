// What the init Job has to do: initialize the cluster, provision it, both, or nothing.
import type { Issue } from '../../helm/check';
import { isTrue, text } from '../../helm/print';
import { listOf } from '../common/lists';
import { isWithheld } from '../common/withheld';
import { texts } from './text';
import type { CockroachDbContext, Database, User } from './values';

/** True when the nodes form a cluster of their own, which must be initialized once. */
export const initializesCluster = ({ values: { conf } }: CockroachDbContext): boolean => !isTrue(conf.join) && !conf['single-node'];
/** True when the release has this Job at all. */
export const runsInitJob = (context: CockroachDbContext): boolean =>
  initializesCluster(context) || context.values.init.provisioning.enabled === true;

/** Cluster settings by name, in the order in which Go walks a map. */
export const settingsOf = ({ values }: CockroachDbContext): [name: string, value: unknown][] =>
  Object.entries(values.init.provisioning.clusterSettings ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));

/** Variables of the script. A name that a shell does not take stands for itself in the published one, and a user's password was wrong. */
export const userVariable = ({ name }: User, index: number): string =>
  /^[A-Za-z_]\w*$/.test(text(name)) ? `${text(name)}_PASSWORD` : `USER_${index + 1}_PASSWORD`;
/** Whether a user logs in with a password, given or in a Secret that exists. */
export const hasPassword = ({ password, existingSecret }: User): boolean => isTrue(password) || isTrue(existingSecret);

export const locationVariable = (index: number): string => `DATABASE_${index + 1}_BACKUP_INTO`;
export const backupOptionsVariable = (index: number): string => `DATABASE_${index + 1}_BACKUP_OPTIONS`;
/** Options of a database's backups that are not all to be printed, as one text: they come from a Secret together. */
export const withheldOptions = ({ backup }: Database): string | undefined =>
  texts(backup?.options).some(isWithheld) ? texts(backup?.options).join(',') : undefined;
export const settingVariable = (name: string): string => `${name.replaceAll('.', '_')}_CLUSTER_SETTING`;

/** A value with quotes of its own around it, as the chart's documentation has them: the published script puts more around those. */
export const isQuotedAlready = (value: string): boolean => /^'[^';]*'$/.test(value);

/** Settings whose statement no database takes. */
export const provisioningWarnings = (context: CockroachDbContext): { readonly path: string; readonly message: string }[] =>
  context.values.init.provisioning.enabled
    ? settingsOf(context)
        .filter(([, value]) => isQuotedAlready(text(value)))
        .map(([name]) => ({
          path: `init.provisioning.clusterSettings.${name}`,
          message: 'has quotes around it, and the statement puts more around them, which no database takes: leave them out',
        }))
    : [];

/** What options may not hold: they go into statements as they are. */
const ENDS_A_STATEMENT = /[;"\\$`]|--|\/\*|\p{Cc}/u;

/** What would end a statement, or make it another. */
export function provisioningIssues({ values: { init } }: CockroachDbContext): Issue[] {
  const { enabled, clusterSettings, databases, users } = init.provisioning;
  if (!enabled) return [];
  const at = (...path: Issue['path']): Issue['path'] => ['init', 'provisioning', ...path];
  const options = (list: readonly unknown[] | null | undefined, ...path: Issue['path']): Issue[] =>
    texts(list).flatMap((option, index) =>
      ENDS_A_STATEMENT.test(option) || option.split("'").length % 2 === 0
        ? [
            {
              path: at(...path, index),
              message:
                'goes into the statement as it is: no semicolon, double quote, dollar, backslash, comment or open quote may be in it',
            },
          ]
        : [],
    );
  return [
    ...Object.keys(clusterSettings ?? {}).flatMap((name) =>
      /^[A-Za-z_][\w.]*$/.test(name)
        ? []
        : [{ path: at('clusterSettings', name), message: 'must be the name of a cluster setting: letters, digits, dots and underscores' }],
    ),
    ...listOf(users).flatMap((user, index) => options(user.options, 'users', index, 'options')),
    ...listOf(databases).flatMap((database, index) => [
      ...options(database.options, 'databases', index, 'options'),
      ...options(database.backup?.options, 'databases', index, 'backup', 'options'),
      ...options(database.backup?.schedule?.options, 'databases', index, 'backup', 'schedule', 'options'),
    ]),
  ];
}
