// What works as in the chart, but hardly as meant.
import type { Warning } from '../../helm/check';
import { integer, isTrue, plainText, text } from '../../helm/print';
import { minuteOf } from '../../kubernetes/cron';
import type { DevStatsContext } from './names';
import { isPrinted, PROJECT_PARTS } from './parts';
import { selectedProjects } from './ranges';
import { withNewline } from './secrets';
import { devstatsValues, RANGES, type Range, type Settings } from './values';

type Plain = Readonly<Record<string, unknown>>;

/** What is said in the values as they were given is meant. */
export function warnings({ values, given: user }: DevStatsContext): Warning[] {
  const found: Warning[] = [];
  const warn = (path: string, message: string): void => void found.push({ path, message });
  const projects = values.projects ?? [];
  if (values.appNodeSelector?.node2 === 'devstats-app' && !(user.appNodeSelector as Plain | undefined)?.node2) {
    warn(
      'appNodeSelector',
      "pods need nodes with the label node2=devstats-app, the chart's default, beside what else is set; for nodes " +
        'labelled as documented give {node2: null, node: devstats-app}',
    );
  }
  if (values.storageClass === 'default' && user.storageClass === undefined) {
    warn(
      'storageClass',
      'claims ask for a class that is called "default", which few clusters have; name one, or give "" for the cluster\'s default class',
    );
  }
  if (isPrinted(values, 'skipPostgres')) {
    if (text(values.postgresNodes) === '0') warn('postgresNodes', 'is 0: the database stops');
    if (text(values.postgresSvcName) !== devstatsValues.fields.postgresSvcName.default) {
      warn(
        'postgresSvcName',
        'no two pods of a database share a node, and the published rule for it does not look at the name: a second ' +
          'database in this namespace needs nodes of its own',
      );
    }
  }
  if (isPrinted(values, 'skipGrafanas') && plainText(values.grafanaNReplicas) === undefined)
    warn('grafanaNReplicas', 'is empty: a server makes one pod of it');
  for (const { skip, range } of PROJECT_PARTS) if (isPrinted(values, skip)) warnOfRange(values, range, warn);
  for (const value of withNewline(values)) warn(value, 'ends with a newline, which becomes part of the secret');
  if (!isTrue(values.skipIngress)) {
    if (!isTrue(values.ingressIssuer))
      warn('ingressIssuer', 'the certificate is asked for with annotations that cert-manager reads no more since 0.11; name an issuer');
    if (!projects.some(({ proj }) => text(proj) === text(values.mainProject)))
      warn('mainProject', `no project is called "${text(values.mainProject)}": ${text(values.domainName)} leads nowhere`);
  }
  projects.forEach(({ repo }, index) => {
    if (!/^[\w.-]+\/[\w.-]+$/.test(text(repo)))
      warn(`projects[${index}].repo`, `"${text(repo)}" is not a repository: ORGANIZATION/NAME is meant`);
  });
  const databases = projects.map(({ db }) => text(db));
  databases.forEach((db, index) => {
    const earlier = databases.indexOf(db);
    if (earlier < index) warn(`projects[${index}].db`, `projects[${earlier}] fills the database "${db}" too`);
  });
  const minutes = isTrue(values.skipCrons) ? [] : selectedProjects(values, 'Crons').map(({ project }) => minuteOf(text(project.cron)));
  if (minutes.length > 1 && new Set(minutes).size === 1)
    warn('projects', `all ${minutes.length} syncs start at minute ${minutes[0]}: give each project a minute of its own`);
  return found;
}

/** Values files of the published chart end each range at 100: what was more than enough leaves projects out one day. */
function warnOfRange(values: Settings, range: Range, warn: DevStatsContext['warn']): void {
  const all = values.projects?.length ?? 0;
  const [from, to] = [`index${range}From`, `index${range}To`] as const;
  const end = values[to];
  const selected = selectedProjects(values, range).length;
  if (all === 0 || selected === all) return;
  if (selected === 0) {
    const [key, why] =
      end !== undefined && integer(end) <= integer(values[from])
        ? [to, `${to} is ${text(end)} and ${from} ${text(values[from] ?? 0)}`]
        : [from, `there are ${all}, counted from 0`];
    warn(key, `selects no project, so that there are no ${RANGES[range]}: ${why}`);
  } else if (integer(values[from]) === 0) {
    warn(
      to,
      `leaves ${all - selected} of ${all} projects without ${RANGES[range]}: projects[${selected}] and ` +
        `all behind it; leave it out for all of them`,
    );
  }
}
