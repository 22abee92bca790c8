// What a server refuses in pods and what runs them: missing images and policies, ports, nodes, updates.
import type { Issue } from '../../../helm/check';
import { isTrue, plain, plainText, text } from '../../../helm/print';
import { isLabelKey, isLabelValue } from '../../../kubernetes/names';
import { isWholeText } from '../numbers';
import { isPrinted, type Skip } from '../parts';
import { isPort, notAPort } from '../numbers';
import { PATRONI_PORT } from '../postgres/patroni';
import type { Settings } from '../values';

/** Values without which a server refuses the object, with the switches that leave it out. */
const NEEDED = [
  { key: 'provisionImage', skips: ['skipProvisions', 'skipBootstrap'] },
  { key: 'syncImage', skips: ['skipCrons'] },
  { key: 'grafanaImage', skips: ['skipGrafanas'] },
  { key: 'postgresImageName', skips: ['skipPostgres'] },
  { key: 'postgresStorageSize', skips: ['skipPostgres'] },
  { key: 'storageAccessModes', skips: ['skipPVs'] },
  { key: 'volumeMountPath', skips: ['skipProvisions', 'skipCrons'] },
  { key: 'bootstrapRestartPolicy', skips: ['skipBootstrap'] },
  { key: 'provisionRestartPolicy', skips: ['skipProvisions'] },
  { key: 'syncRestartPolicy', skips: ['skipCrons'] },
] as const satisfies readonly { readonly key: string; readonly skips: readonly Skip[] }[];

const PORTS = [
  { key: 'postgresPort', skips: ['skipPostgres'] },
  { key: 'grafanaPort', skips: ['skipGrafanas', 'skipServices'] },
] as const;

export function podIssues(values: Settings): Issue[] {
  return [
    ...NEEDED.filter(({ key, skips }) => isPrinted(values, ...skips) && !isTrue(values[key])).map(({ key }) => ({
      path: [key],
      message: 'must not be empty: leave the key out to keep the default',
    })),
    ...PORTS.filter(({ key, skips }) => isPrinted(values, ...skips) && !isPort(values[key])).map(({ key }) => ({
      path: [key],
      message: notAPort(values[key]),
    })),
    ...postgresIssues(values),
    ...nodeIssues(values),
    ...updateIssues(values),
  ];
}

function postgresIssues(values: Settings): Issue[] {
  if (!isPrinted(values, 'skipPostgres')) return [];
  return [
    ...(Number(plain(values.postgresPort)) === PATRONI_PORT
      ? [{ path: ['postgresPort'], message: `must be another port than ${PATRONI_PORT}, which Patroni itself listens on` }]
      : []),
    ...(isTrue(values.overwritePostgresCommand) && !isTrue(values.postgresCommand)
      ? [{ path: ['postgresCommand'], message: 'is needed with overwritePostgresCommand, such as sleep' }]
      : []),
    ...(isTrue(values.postgresLeaderLabel) && !isLabelValue(text(values.postgresLeaderLabel))
      ? [{ path: ['postgresLeaderLabel'], message: `must be the value of a label, not "${text(values.postgresLeaderLabel)}"` }]
      : []),
  ];
}

function nodeIssues(values: Settings): Issue[] {
  const selectors = [
    { key: 'dbNodeSelector', isUsed: isPrinted(values, 'skipPostgres') },
    {
      key: 'appNodeSelector',
      isUsed: isPrinted(values, 'skipBootstrap', 'skipProvisions', 'skipCrons', 'skipGrafanas') || isTrue(values.runTests),
    },
  ] as const;
  return selectors
    .filter(({ isUsed }) => isUsed)
    .flatMap(({ key }) =>
      Object.entries(values[key] ?? {}).flatMap(([label, value]): Issue[] => {
        const path = [key, label];
        if (value === null) return [];
        if (!isLabelKey(label))
          return [
            {
              path,
              message: `"${label}" is not a key of a label: letters, digits, dashes, dots and underscores, with an optional DOMAIN/ in front`,
            },
          ];
        if (typeof value === 'object') return [{ path, message: `must be text, not a ${Array.isArray(value) ? 'list' : 'map'}` }];
        return isLabelValue(text(value))
          ? []
          : [{ path, message: `"${text(value)}" is not a value of a label: letters, digits, dashes, dots and underscores, at most 63` }];
      }),
    );
}

/** What an update of Grafana may add and leave out: together they must let it go on. */
function updateIssues(values: Settings): Issue[] {
  if (!isPrinted(values, 'skipGrafanas')) return [];
  const keys = ['grafanaMaxSurge', 'grafanaMaxUnavailable'] as const;
  const wrong = keys
    .filter(
      (key) => plainText(values[key]) !== undefined && !isAmountOfPods(text(values[key]), key === 'grafanaMaxUnavailable' ? 100 : Infinity),
    )
    .map((key) => ({ path: [key], message: `must be a number of pods or a share of them such as 25%, not "${text(values[key])}"` }));
  if (wrong.length || !keys.every((key) => /^0%?$/.test(text(values[key])))) return wrong;
  return [{ path: ['grafanaMaxUnavailable'], message: 'must not be 0 while grafanaMaxSurge is 0: no pod could be replaced' }];
}

function isAmountOfPods(amount: string, largestShare: number): boolean {
  if (!amount.endsWith('%')) return isWholeText(amount);
  return /^\d+%$/.test(amount) && Number.parseInt(amount, 10) <= largestShare;
}
