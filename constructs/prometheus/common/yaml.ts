// Files of ConfigMaps: values as YAML text, the way the published chart writes them.
import { toGoYaml } from '../../../helm/yaml/go';
import type { Table } from '../../../helm/schema';
import type { PrometheusContext } from '../values';
import { sortedEntries } from './print';

/** A value as YAML, its keys in order, without a newline at the end. */
export const yaml = (value: unknown): string => toGoYaml(value ?? null);

/** The same, with {} for what has no text. */
export const yamlFile = (value: unknown): string => yaml(value) || '{}';

/** Lines moved to the right. */
export const indented = (text: string, width: number): string =>
  text
    .split('\n')
    .map((line) => `${' '.repeat(width)}${line}`)
    .join('\n');

/** The files of an open group of values, by name. */
export const filesOf = (group: Table | undefined): [string, unknown][] =>
  sortedEntries(group).filter(([, content]) => content !== undefined);

/** Says that a text in place of a map is not what the program will read. */
export function warnOfText(context: PrometheusContext, group: string, name: string, content: unknown): void {
  if (typeof content === 'string') {
    context.warn(
      `${group}.${name.replaceAll('.', '\\.')}`,
      'is text: the file will hold it as one quoted YAML string, which the program refuses; give its content as a map',
    );
  }
}
