// The table of a run, and the lists below it.
import { table } from '../support/table.mjs';

/** One row a component: values, changes tried, and what became of them. */
export function summary(results) {
  const names = [...new Set(results.map((result) => result.component))];
  const count = (list, status) => list.filter((result) => result.status === status).length;
  const row = (name, list) => [
    name,
    new Set(list.map((result) => result.shown)).size,
    list.length,
    ...['equal', 'refused', 'known', 'different'].map((status) => count(list, status)),
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
export function unreached(results) {
  const reached = new Set(results.filter((result) => result.reached).map((result) => result.shown));
  return [...new Set(results.map((result) => result.shown))].filter((shown) => !reached.has(shown));
}

/** What differs, one entry a value and kind of change: the first context's differences, and in which other contexts it differs too. */
export function differences(results, max = Infinity) {
  const groups = new Map();
  for (const result of results.filter(({ status }) => status === 'different')) {
    const key = `${result.shown}\0${result.kind}`;
    groups.set(key, [...(groups.get(key) ?? []), result]);
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

const short = (value) => {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};
