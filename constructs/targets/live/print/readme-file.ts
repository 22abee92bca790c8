// README.md of a live chart: what it installs, and its values in a table.
import { isGroup, type Fields, type Group, type Schema } from '../../../../helm/schema';
import { showPath } from '../../../../helm/check';
import { getKey, isTable } from '../../../../helm/yaml/values';
import type { ChartFacts } from '../../target';

/** A longer default is for values.yaml. */
const LONGEST_DEFAULT = 60;

/** In a cell of a table: what would end it, or be read as markup, is escaped. */
const cell = (text: string): string => text.replaceAll(/[|<*_[\]]/g, String.raw`\$&`);

/** @param isLive whether a value is shown, by its path */
export function liveReadme(
  { name, version, appVersion, description }: ChartFacts,
  schema: Group<Fields, boolean>,
  values: unknown,
  isLive: (path: string) => boolean,
  command: string,
): string {
  const rows = rowsOf(schema, values, [], isLive);
  return [
    `# ${name}`,
    '',
    ...(description === '' ? [] : [`${description.replace(/\.$/, '')}.`, '']),
    `Version ${version}, of ${name} ${appVersion}.`,
    '',
    '    helm upgrade --install RELEASE . --namespace NAMESPACE --create-namespace',
    '',
    '## Values',
    '',
    `These are live. All others are fixed: \`values.schema.json\` says why. To change one, write the chart again with \`${command}\`.`,
    '',
    '| value | meaning | default |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function rowsOf(field: Schema, value: unknown, path: readonly string[], isLive: (path: string) => boolean): string[] {
  if (isGroup(field))
    return Object.entries(field.fields).flatMap(([key, below]) =>
      rowsOf(below, isTable(value) ? getKey(value, key) : undefined, [...path, key], isLive),
    );
  if (!isLive(showPath(path))) return [];
  const shown = JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? String(one) : one)) ?? '';
  const short = shown.length > LONGEST_DEFAULT ? '…' : shown && `\`${shown.replaceAll('|', String.raw`\|`)}\``;
  return [`| \`${showPath(path)}\` | ${cell(field.doc)} | ${short} |`];
}
