// What the values must not say: a server would refuse it, or it could not work.
import type { Issue } from '../../helm/check';
import { isTrue, text } from '../../helm/print';
import { cronProblem } from './cron';
import { isPort, notAPort } from './port';
import { secretNames } from './names';
import { selectedProjects } from './ranges';
import { secretIssues } from './secrets';
import type { Project, Range, Settings } from './values';

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const DNS_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL_RULE = 'lower case letters, digits and dashes, with a letter or digit at both ends';

/** Names become labels of 63 characters; a CronJob adds a time to its Jobs, a StatefulSet a hash to its pods' label. */
const LENGTHS = { plain: 63, cronJob: 52, statefulSet: 52 } as const;

/** Values that become names, with the switch that leaves their objects out and the room that a name has. */
const NAMES = [
  { key: 'bootstrapPodName', skip: 'skipBootstrap', length: LENGTHS.plain }, { key: 'postgresSvcName', skip: 'skipPostgres', length: LENGTHS.statefulSet },
] as const;
const PREFIXES = [
  { key: 'pvName', skip: 'skipPVs', range: 'PVs', length: LENGTHS.plain }, { key: 'provisionPodName', skip: 'skipProvisions', range: 'Provisions', length: LENGTHS.plain },
  { key: 'syncPodName', skip: 'skipCrons', range: 'Crons', length: LENGTHS.cronJob }, { key: 'grafanaPodName', skip: 'skipGrafanas', range: 'Grafanas', length: LENGTHS.plain },
  { key: 'servicePodName', skip: 'skipServices', range: 'Services', length: LENGTHS.plain },
] as const;

/** Values without which a server refuses the object, with the switch that leaves it out. */
const NEEDED = [
  { key: 'provisionImage', skip: 'skipProvisions' }, { key: 'provisionImage', skip: 'skipBootstrap' }, { key: 'syncImage', skip: 'skipCrons' }, { key: 'grafanaImage', skip: 'skipGrafanas' },
  { key: 'postgresImageName', skip: 'skipPostgres' }, { key: 'postgresStorageSize', skip: 'skipPostgres' }, { key: 'storageAccessModes', skip: 'skipPVs' },
  { key: 'volumeName', skip: 'skipProvisions' }, { key: 'volumeMountPath', skip: 'skipProvisions' }, { key: 'bootstrapRestartPolicy', skip: 'skipBootstrap' },
  { key: 'provisionRestartPolicy', skip: 'skipProvisions' }, { key: 'syncRestartPolicy', skip: 'skipCrons' }, { key: 'imagePullPolicy', skip: 'skipPostgres' },
] as const;

const PORTS = [{ key: 'postgresPort', skip: 'skipPostgres' }, { key: 'grafanaPort', skip: 'skipGrafanas' }, { key: 'grafanaPort', skip: 'skipServices' }] as const;

export function problems(values: Settings): Issue[] {
  const found = [...secretIssues(values), ...secretNameIssues(values), ...nameIssues(values), ...neededIssues(values), ...postgresIssues(values), ...volumeIssues(values), ...ingressIssues(values), ...projectIssues(values)];
  return found.filter(({ path }, index) => found.findIndex((other) => other.path.join('.') === path.join('.')) === index);
}

/** Parts that read Secrets, or make them. */
const READERS = ['skipSecrets', 'skipPostgres', 'skipBootstrap', 'skipProvisions', 'skipCrons', 'skipGrafanas'] as const;

function secretNameIssues(values: Settings): Issue[] {
  if (READERS.every((skip) => isTrue(values[skip]))) return [];
  const path = { pg: ['pgSecret'], oauth: ['oauthSecret'], grafana: ['grafanaSecret'] } as const;
  return (['pg', 'oauth', 'grafana'] as const).filter((secret) => !DNS_NAME.test(secretNames(values)[secret]))
    .map((secret) => ({ path: isTrue(values.existingSecret?.[secret]) ? ['existingSecret', secret] : path[secret], message: `must be the name of a Secret: ${LABEL_RULE}` }));
}

function nameIssues(values: Settings): Issue[] {
  const names = [...NAMES, { key: 'testsPodName', skip: undefined, length: LENGTHS.plain } as const];
  return [
    ...names.filter(({ skip }) => (skip ? !isTrue(values[skip]) : isTrue(values.runTests))).filter(({ key, length }) => !LABEL.test(text(values[key])) || text(values[key]).length > length)
      .map(({ key, length }) => ({ path: [key], message: `must be a name: ${LABEL_RULE}, at most ${length} characters` })),
    ...PREFIXES.filter(({ key, skip }) => !isTrue(values[skip]) && !LABEL.test(text(values[key])))
      .map(({ key }) => ({ path: [key], message: `must be the begin of a name: ${LABEL_RULE}` })),
  ];
}

function neededIssues(values: Settings): Issue[] {
  return [
    ...NEEDED.filter(({ key, skip }) => !isTrue(values[skip]) && !isTrue(values[key])).map(({ key }) => ({ path: [key], message: 'must not be empty: leave the key out to keep the default' })),
    ...PORTS.filter(({ key, skip }) => !isTrue(values[skip]) && !isPort(values[key])).map(({ key }) => ({ path: [key], message: notAPort(values[key]) })),
  ];
}

function postgresIssues(values: Settings): Issue[] {
  if (isTrue(values.skipPostgres) || !isTrue(values.overwritePostgresCommand) || isTrue(values.postgresCommand)) return [];
  return [{ path: ['postgresCommand'], message: 'is needed with overwritePostgresCommand, such as sleep' }];
}

function volumeIssues({ skipProvisions, skipCrons, volumeName, volumeMountName }: Settings): Issue[] {
  if ((isTrue(skipProvisions) && isTrue(skipCrons)) || text(volumeName) === text(volumeMountName)) return [];
  return [{ path: ['volumeMountName'], message: `must be the same as volumeName, "${text(volumeName)}", not "${text(volumeMountName)}": the mount names the volume; set both or none` }];
}

function ingressIssues(values: Settings): Issue[] {
  if (isTrue(values.skipIngress)) return [];
  const wrong = (key: 'domainName' | 'mainProject' | 'servicePodName', rule: RegExp, what: string): Issue[] => (rule.test(text(values[key])) ? [] : [{ path: [key], message: `must be ${what}, not "${text(values[key])}"` }]);
  return [...wrong('domainName', DNS_NAME, 'a host name in lower case'), ...wrong('mainProject', LABEL, 'the name of a project'), ...wrong('servicePodName', LABEL, 'the begin of a name')];
}

function projectIssues(values: Settings): Issue[] {
  const projects = values.projects ?? [];
  const first = new Map<string, number>();
  return [
    ...projects.flatMap((project, index): Issue[] => {
      const name = text(project?.proj);
      const path = ['projects', index, 'proj'] as const;
      if (!LABEL.test(name)) return [{ path, message: name === '' ? 'is needed: the name of the project' : `must be ${LABEL_RULE}, not "${name}": it is part of names and of a host` }];
      const earlier = first.get(name);
      if (earlier !== undefined) return [{ path, message: `projects[${earlier}] is "${name}" too: each project needs a name of its own` }];
      first.set(name, index);
      return project.db === undefined || project.db === null || project.db === '' ? [{ path: ['projects', index, 'db'], message: 'is needed: the database of the project' }] : [];
    }),
    ...PREFIXES.filter(({ skip }) => !isTrue(values[skip])).flatMap(({ key, range, length }) => selectedProjects(values, range)
      .filter(({ project }) => text(values[key]).length + 1 + text(project?.proj).length > length)
      .map(({ project, index }) => ({ path: ['projects', index, 'proj'], message: `is too long: ${text(values[key])}-${text(project.proj)} has more than ${length} characters` }))),
    ...inUse(values, 'Crons', 'skipCrons').flatMap(({ project, index }) => {
      const problem = cronProblem(text(project?.cron));
      return problem === undefined ? [] : [{ path: ['projects', index, 'cron'], message: `"${text(project?.cron)}" is no schedule: it ${problem}` }];
    }),
    ...inUse(values, 'PVs', 'skipPVs').filter(({ project }) => !isTrue(project?.disk)).map(({ index }) => ({ path: ['projects', index, 'disk'], message: 'is needed: the size of the claim, such as 10Gi' })),
  ];
}

const inUse = (values: Settings, range: Range, skip: 'skipCrons' | 'skipPVs'): { readonly project: Project; readonly index: number }[] => (isTrue(values[skip]) ? [] : selectedProjects(values, range));
