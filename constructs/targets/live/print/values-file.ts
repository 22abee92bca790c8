// values.yaml of a live chart: the live values with their defaults, each with its sentence.
import { isGroup, type Fields, type Group, type Schema } from '../../../../helm/schema';
import { getKey, isTable } from '../../../../helm/yaml/values';
import { writeYaml } from '../../../../helm/yaml/write';
import { showPath } from '../../../../helm/check';

/**
 * @param values the values of the release
 * @param isLive whether a value is shown, by its path
 */
export function liveValues(schema: Group<Fields, boolean>, values: unknown, isLive: (path: string) => boolean): string {
  const shown = (field: Schema, path: readonly string[]): boolean =>
    isGroup(field) ? Object.entries(field.fields).some(([key, below]) => shown(below, [...path, key])) : isLive(showPath(path));
  const write = (group: Group<Fields, boolean>, at: unknown, path: readonly string[]): string =>
    Object.entries(group.fields)
      .filter(([key, field]) => shown(field, [...path, key]))
      .map(([key, field]) => {
        const pad = '  '.repeat(path.length);
        const below = [...path, key];
        const value = isTable(at) ? getKey(at, key) : undefined;
        const comment = field.doc ? `${pad}# ${field.doc}\n` : '';
        const name = writeYaml({ [key]: {} }).replace(/ \{\}\n$/, '');
        if (isGroup(field)) {
          const text = write(field, value, below);
          // A map without a value of its own: a bare key would be nothing.
          const isBare = text.split('\n').every((line) => line === '' || line.trimStart().startsWith('#'));
          return `${comment}${pad}${name}${isBare ? ' {}' : ''}\n${text}`;
        }
        if (value === undefined || value === null) return `${comment}${pad}# ${name}\n`;
        const text = writeYaml({ [key]: value });
        return `${comment}${text.replace(/^(?=.)/gm, pad)}`;
      })
      .join('');
  return write(schema, values, []);
}
