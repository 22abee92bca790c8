// Values that become names of objects and volumes, alone or with a project's name behind them.
import type { Issue } from '../../../helm/check';
import { isTrue, text } from '../../../helm/print';
import { DNS_NAME, LABEL, LABEL_RULE } from '../../../kubernetes/names';
import { isPrinted, projectsOf, type ProjectSkip } from '../parts';
import type { Settings } from '../values';

/** Names become labels of 63 characters; a CronJob adds a time to its Jobs, a StatefulSet a hash to its pods' label. */
const LENGTHS = { plain: 63, cronJob: 52, statefulSet: 52 } as const;

/** With the switch that leaves their objects out, and the room that a name has. */
const NAMES = [
  { key: 'bootstrapPodName', skip: 'skipBootstrap', length: LENGTHS.plain },
  { key: 'postgresSvcName', skip: 'skipPostgres', length: LENGTHS.statefulSet },
] as const;
/** With the switches of all parts that print the name or refer to it. */
const PREFIXES = [
  { key: 'pvName', skips: ['skipPVs', 'skipProvisions', 'skipCrons'], length: LENGTHS.plain },
  { key: 'volumeName', skips: ['skipProvisions', 'skipCrons'], length: LENGTHS.plain },
  { key: 'provisionPodName', skips: ['skipProvisions'], length: LENGTHS.plain },
  { key: 'syncPodName', skips: ['skipCrons'], length: LENGTHS.cronJob },
  { key: 'grafanaPodName', skips: ['skipGrafanas'], length: LENGTHS.plain },
  { key: 'servicePodName', skips: ['skipServices', 'skipIngress'], length: LENGTHS.plain },
] as const satisfies readonly { readonly key: string; readonly skips: readonly ProjectSkip[]; readonly length: number }[];

export function nameIssues(values: Settings): Issue[] {
  const names = [...NAMES, { key: 'testsPodName', skip: undefined, length: LENGTHS.plain } as const];
  return [
    ...names
      .filter(({ skip }) => (skip ? isPrinted(values, skip) : isTrue(values.runTests)))
      .filter(({ key, length }) => !LABEL.test(text(values[key])) || text(values[key]).length > length)
      .map(({ key, length }) => ({ path: [key], message: `must be a name: ${LABEL_RULE}, at most ${length} characters` })),
    ...PREFIXES.filter(({ key, skips }) => isPrinted(values, ...skips) && !LABEL.test(text(values[key]))).map(({ key }) => ({
      path: [key],
      message: `must begin a name: ${LABEL_RULE}`,
    })),
    ...PREFIXES.flatMap(({ key, skips, length }) =>
      projectsOf(values, ...skips)
        .filter(({ project }) => text(values[key]).length + 1 + text(project.proj).length > length)
        .map(({ project, index }) => ({
          path: ['projects', index, 'proj'],
          message: `is too long: ${text(values[key])}-${text(project.proj)} has more than ${length} characters`,
        })),
    ),
    ...volumeIssues(values),
    ...classIssues(values),
  ];
}

function volumeIssues(values: Settings): Issue[] {
  const { volumeName, volumeMountName } = values;
  if (!isPrinted(values, 'skipProvisions', 'skipCrons') || text(volumeName) === text(volumeMountName)) return [];
  return [
    {
      path: ['volumeMountName'],
      message:
        `must be the same as volumeName, "${text(volumeName)}", not "${text(volumeMountName)}": the ` +
        `mount names the volume; set both or none`,
    },
  ];
}

function classIssues(values: Settings): Issue[] {
  const name = text(values.storageClass).trim();
  if (!isPrinted(values, 'skipPostgres', 'skipPVs') || name === '' || DNS_NAME.test(name)) return [];
  return [{ path: ['storageClass'], message: `must be the name of a storage class, not "${name}": ${LABEL_RULE}` }];
}
