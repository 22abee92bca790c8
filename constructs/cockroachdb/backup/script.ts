// The shell scripts of the Jobs around backups. Secrets of the URL go from files through the shell into the client's input: no argument,
// variable of the environment or log has them.
import { text } from '../../../helm/print';
import { accessOptions } from '../access';
import type { CockroachDbContext } from '../values';
import { literal, quotable } from '../sql';
import {
  alterSchedule,
  awaitRestores,
  countRestores,
  countTables,
  createSchedule,
  ensureMarked,
  findSchedule,
  isFresh,
  markRestored,
  pauseSchedule,
  restoreCluster,
  resumeSchedule,
  type Statement,
} from './statements';
import type { BackupSettings, Location, RestoreSettings } from './values';

/** Folder with the secret parameters of the URL. */
export const CREDENTIALS = '/credentials';

/** Stand-ins for what the shell fills in; no value holds such characters. */
const SLOTS = { location: '\u{e000}', schedule: '\u{e001}' };

/** A call of the client with a statement on its standard input. */
const run = (statement: Statement): string =>
  `sql <<<"${quotable(statement(SLOTS)).replaceAll(SLOTS.location, '$location').replaceAll(SLOTS.schedule, '$schedule')}"`;

/** The answer of a query with one column, without its header. */
const query = (statement: Statement): string => `$(${run(statement)})`;

const single = (value: string): string => `'${value.replaceAll("'", String.raw`'\''`)}'`;

/** The parameters that are secret, each with the file that has its value. */
const secretParameters = ({ urlParameters }: Location) =>
  Object.entries(urlParameters.keys ?? {}).map(([name, key]) => ({
    name,
    file: `${CREDENTIALS}/${text(key)}`,
    isEncoded: (urlParameters.base64 ?? []).map(text).includes(name),
  }));

const PROBE = 'SELECT 1;';

/** Tries until the database answers: it may be coming up. */
function preamble(context: CockroachDbContext): string {
  return `set -euo pipefail
sql() { /cockroach/cockroach sql ${accessOptions(context).join(' ')} --format=tsv | tail -n +2; }
until sql <<<'${PROBE}' >/dev/null; do echo 'The database does not answer yet.'; sleep 5; done
`;
}

/** Puts the URL together, its secret values percent-encoded, as a literal. */
function locate(location: Location): string {
  const parameters = secretParameters(location);
  const url = text(location.url);
  if (!parameters.length) return `location=${single(literal(url))}\n`;
  return `percent() { od -An -v -tx1 | tr -d ' \\n' | sed 's/../%&/g'; }
location=${single(literal(url).slice(0, -1))}
${parameters
  .map(({ name, file, isEncoded }, index) => {
    const separator = index > 0 || url.includes('?') ? '&' : '?';
    return `location+=${single(`${separator}${encodeURIComponent(name)}=`)}$(${isEncoded ? `base64 -w 0 ${single(file)}` : `printf %s "$(cat ${single(file)})"`} | percent)`;
  })
  .join('\n')}
location+="'"
`;
}

/** Makes the schedule, or alters the one that has the label. */
export const scheduleScript = (context: CockroachDbContext, settings: BackupSettings): string =>
  `${preamble(context)}${locate(settings)}schedules=${query(findSchedule(settings))}
if [ -z "$schedules" ]; then
  ${run(createSchedule(settings))}
  echo ${single(`Made the schedule ${text(settings.label)}.`)}
else
  # A schedule with incremental and full backups is two of one label; either number stands for both.
  schedule=\${schedules%%$'\\n'*}
  ${run(alterSchedule(settings))}
  ${run(resumeSchedule(settings))}
  echo ${single(`Set the schedule ${text(settings.label)}, which was there already.`)}
fi
`;

export const pauseScript = (context: CockroachDbContext, settings: BackupSettings): string =>
  `${preamble(context)}${run(pauseSchedule(settings))}
echo ${single(`Paused the schedule ${text(settings.label)}.`)}
`;

export const verificationScript = (context: CockroachDbContext, settings: BackupSettings, seconds: number): string =>
  `${preamble(context)}${locate(settings)}fresh=${query(isFresh(seconds))}
if [ "$fresh" != t ] && [ "$fresh" != true ]; then
  echo 'The newest backup is older than ${seconds / 3600} hours, or there is none.' >&2
  exit 1
fi
echo 'The newest backup can be read and is recent.'
`;

export const restoreScript = (context: CockroachDbContext, settings: RestoreSettings, refusal: readonly string[]): string =>
  `${preamble(context)}${locate(settings)}${run(awaitRestores)}
restored=${query(countRestores(settings))}
tables=${query(countTables)}
if [ "$restored" != 0 ]; then
  echo 'The backup is restored already.'
elif [ "$tables" != 0 ]; then
  cat >&2 <<'REFUSED'
${refusal.join('\n')}
REFUSED
  exit 1
else
  ${run(restoreCluster(settings))}
  echo 'Restored the backup.'
fi
${run(ensureMarked)}
${run(markRestored(settings))}
`;

/** The URL as people may read it. */
const readable = (location: Location): string => {
  const url = text(location.url);
  return secretParameters(location).reduce(
    (so, { name }, index) => `${so}${index > 0 || url.includes('?') ? '&' : '?'}${encodeURIComponent(name)}=redacted`,
    url,
  );
};

/** As they run, with secrets redacted, and with 1 for the number of a schedule, which only the database knows. */
const shown = (location: Location, ...statements: Statement[]): string[] => [
  PROBE,
  ...statements.map((statement) => statement({ location: literal(readable(location)), schedule: '1' })),
];

/** The statements of a Job for the schedule: those that make it, then those that alter one that is there. */
export const scheduleStatements = (settings: BackupSettings): string[] =>
  settings.enabled
    ? shown(settings, findSchedule(settings), createSchedule(settings), alterSchedule(settings), resumeSchedule(settings))
    : shown(settings, pauseSchedule(settings));

export const verificationStatements = (settings: BackupSettings, seconds: number): string[] => shown(settings, isFresh(seconds));

export const restoreStatements = (settings: RestoreSettings): string[] =>
  shown(settings, awaitRestores, countRestores(settings), countTables, restoreCluster(settings), ensureMarked, markRestored(settings));
