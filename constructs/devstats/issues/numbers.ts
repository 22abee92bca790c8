// Numbers: counts of pods, seconds, positions in the list of projects; and large ones where text belongs.
import { listOf } from '../../common/lists';
import type { Issue } from '../../../helm/check';
import { plainText, text, yamlScalar } from '../../../helm/print';
import { isWholeText } from '../numbers';
import { isPrinted, PROJECT_PARTS } from '../parts';
import { devstatsValues, type Settings } from '../values';

const shown = (value: unknown): string => JSON.stringify(yamlScalar(value));

export function numberIssues(values: Settings): Issue[] {
  return [...countIssues(values), ...rangeIssues(values), ...exponentIssues(values)];
}

const COUNTS = [
  { key: 'postgresNodes', skip: 'skipPostgres', needed: true },
  { key: 'grafanaNReplicas', skip: 'skipGrafanas', needed: false },
  { key: 'postgresTerminationGracePeriodSeconds', skip: 'skipPostgres', needed: false },
] as const;

/** A database of which nobody says how many nodes it has would be scaled to one. */
function countIssues(values: Settings): Issue[] {
  return COUNTS.filter(
    ({ key, skip, needed }) =>
      isPrinted(values, skip) && (needed || plainText(values[key]) !== undefined) && !isWholeText(text(values[key])),
  ).map(({ key }) => ({
    path: [key],
    message:
      `must be a whole number, 0 or more, not ` +
      `${shown(values[key])}${plainText(values[key]) === undefined ? ': leave the key out to keep the default' : ''}`,
  }));
}

function rangeIssues(values: Settings): Issue[] {
  return PROJECT_PARTS.filter(({ skip }) => isPrinted(values, skip))
    .flatMap(({ range }) => [`index${range}From`, `index${range}To`] as const)
    .filter((key) => values[key] !== undefined && !isWholeText(text(values[key])))
    .map((key) => ({
      path: [key],
      message: `must be a position in projects, counted from 0, not ${shown(values[key])}: leave the key out for all of them`,
    }));
}

/** Amounts may have an exponent; the Secrets have a check of their own. */
const MAY_BE_LARGE = /^(limits|requests)[A-Z]|^postgresStorageSize$/;

/** Helm prints numbers from a million on with an exponent, which is then part of a name. */
function exponentIssues(values: Settings): Issue[] {
  const isLarge = (value: unknown): boolean => typeof value === 'number' && text(value) !== yamlScalar(value);
  const issue = (value: unknown, ...path: Issue['path']): Issue => ({
    path,
    message: `Helm reads the number ${yamlScalar(value)} as ${text(value)}: put it in quotes`,
  });
  const fields = Object.entries(devstatsValues.fields)
    .filter(([key, field]) => field.kind === 'text' && !field.unused && !MAY_BE_LARGE.test(key))
    .map(([key]) => key as keyof Settings);
  return [
    ...fields.filter((key) => isLarge(values[key])).map((key) => issue(values[key], key)),
    ...listOf(values.projects).flatMap((project, index) =>
      (['proj', 'db', 'icon', 'org', 'repo'] as const)
        .filter((key) => isLarge(project[key]))
        .map((key) => issue(project[key], 'projects', index, key)),
    ),
  ];
}
