// Amounts of CPU, memory and storage.
import type { Issue } from '../../../helm/check';
import { isTrue, text } from '../../../helm/print';
import { quantity } from '../../../kubernetes/quantity';
import { isPrinted, projectsOf } from '../parts';
import type { Part, Settings } from '../values';

const PARTS = [
  ['Bootstrap', 'skipBootstrap'],
  ['Crons', 'skipCrons'],
  ['Grafanas', 'skipGrafanas'],
  ['Postgres', 'skipPostgres'],
  ['Provisions', 'skipProvisions'],
] as const;
const KINDS = ['CPU', 'Memory'] as const;

const notAnAmount = (amount: string, examples: string): string => `must be an amount such as ${examples}, not "${amount}"`;

export function amountIssues(values: Settings): Issue[] {
  const storage = (amount: unknown, ...path: Issue['path']): Issue[] => {
    const shown = text(amount);
    if (shown === '') return [];
    const size = quantity(shown);
    if (size === undefined) return [{ path, message: notAnAmount(shown, '10Gi') }];
    return size > 0n ? [] : [{ path, message: `must be more than nothing, not "${shown}"` }];
  };
  return [
    ...PARTS.filter(([part, skip]) => isPrinted(values, skip) && isTrue(values[`use${part}ResourcesLimits`])).flatMap(([part]) =>
      KINDS.flatMap((kind) => resourceIssues(values, part, kind)),
    ),
    ...(isPrinted(values, 'skipPostgres') ? storage(values.postgresStorageSize, 'postgresStorageSize') : []),
    ...projectsOf(values, 'skipPVs').flatMap(({ project, index }) => storage(project.disk, 'projects', index, 'disk')),
  ];
}

/** Both must be amounts, and a request no more than its limit. */
function resourceIssues(values: Settings, part: Part, kind: (typeof KINDS)[number]): Issue[] {
  const keys = [`requests${part}${kind}`, `limits${part}${kind}`] as const;
  const [request, limit] = keys.map((key) => text(values[key]));
  const wrong = keys
    .filter((key) => text(values[key]) !== '' && (quantity(text(values[key])) ?? -1n) < 0n)
    .map((key) => ({ path: [key], message: notAnAmount(text(values[key]), kind === 'CPU' ? '500m or 2' : '512Mi or 2Gi') }));
  if (wrong.length || !request || !limit || (quantity(request) ?? 0n) <= (quantity(limit) ?? 0n)) return wrong;
  return [{ path: [keys[1]], message: `must not be less than ${keys[0]}, "${request}": it is "${limit}"` }];
}
