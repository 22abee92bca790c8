// The table of a run, and the lists below it.
import { table, type Row } from '../support/table';
import type { Result } from './types';

/** One row a component: values, changes tried, and what became of them. */
export function summary(results: readonly Result[]): string {
  const names = [...new Set(results.map((result) => result.component))];
  const count = (list: readonly Result[], status: Result['status']): number => list.filter((result) => result.status === status).length;
  const row = (name: string, list: readonly Result[]): Row => [
    name,
    new Set(list.map((result) => result.shown)).size,
    list.length,
    ...(['equal', 'refused', 'known', 'different'] as const).map((status) => count(list, status)),
    unreached(list).length,
  ];
  return table([
    ['component', 'values', 'renders', 'equal', 'refused by both', 'known', 'different', 'without effect'],
    ...names.map((name) =>
      row(
        name,
        results.filter((result) => result.component === name),
      ),
    ),
    row('all', results),
  ]);
}

/** Values that changed nothing of Helm's output, in no context and by no change. */
export function unreached(results: readonly Result[]): string[] {
  const reached = new Set(results.filter((result) => result.reached).map((result) => result.shown));
  return [...new Set(results.map((result) => result.shown))].filter((shown) => !reached.has(shown));
}

/** What differs, one entry a value and kind of change: the first context's differences, and in which other contexts it differs too. */
export function differences(results: readonly Result[], max = Infinity): string[] {
  const groups = new Map<string, [Result, ...Result[]]>();
  for (const result of results.filter(({ status }) => status === 'different')) {
    const key = `${result.shown}\0${result.kind}`;
    const group = groups.get(key);
    if (group) group.push(result);
    else groups.set(key, [result]);
  }
  const entries = [...groups.values()].map((group) => {
    const [{ shown, kind, change, details }] = group;
    const more = details.length > 3 ? [`… ${details.length - 3} more`] : [];
    return [
      `  ${shown} [${kind}]${change === undefined ? '' : ` ${short(change)}`} (${group.map(({ context }) => context).join(', ')})`,
      ...details.slice(0, 3),
      ...more,
    ].join('\n    ');
  });
  return entries.length > max ? [...entries.slice(0, max), `  … and ${entries.length - max} more; --max shows them`] : entries;
}

const short = (value: unknown): string => {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};
