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
  const write = (group: Group<Fields, boolean>, at: unknown, path: readonly string[]): string =>
    Object.entries(group.fields)
      .filter(([key, field]) => isShown(field, [...path, key], isLive))
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

/** checks/written.json of a live chart: the same values as JSON, those of a part on a line. Parameters are those of `liveValues`. */
export function writtenText(schema: Group<Fields, boolean>, values: unknown, isLive: (path: string) => boolean): string {
  const shown = (field: Schema, value: unknown, path: readonly string[]): unknown => {
    if (!isGroup(field)) return value ?? undefined;
    return Object.fromEntries(
      Object.entries(field.fields)
        .filter(([key, below]) => isShown(below, [...path, key], isLive))
        .map(([key, below]) => [key, shown(below, isTable(value) ? getKey(value, key) : undefined, [...path, key])]),
    );
  };
  const all = { global: {}, ...(shown(schema, values, []) as Record<string, unknown>) };
  const lines = Object.entries(all).flatMap(([key, value]) =>
    value === undefined
      ? []
      : `${JSON.stringify(key)}: ${JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? Number(one) : one))}`,
  );
  return `{\n${lines.join(',\n')}\n}\n`;
}

const isShown = (field: Schema, path: readonly string[], isLive: (path: string) => boolean): boolean =>
  isGroup(field) ? Object.entries(field.fields).some(([key, below]) => isShown(below, [...path, key], isLive)) : isLive(showPath(path));
