// values.schema.json of a live chart: what is fixed in it. Helm compiles all of a schema each time that it renders a chart, which takes it
// longer than all templates when a thousand values are in it. So what live values may be is in checks/rules.json.
import { showPath } from '../../../../helm/check';
import { isGroup, type Fields, type Group, type Schema } from '../../../../helm/schema';
import { getKey, isTable } from '../../../../helm/yaml/values';
import type { Standing } from './rules-file';

type Json = Readonly<Record<string, unknown>>;

/** Why a secret is fixed in a chart without secrets. */
export const NOT_PRINTED = 'secrets are not printed';

/**
 * A JSON Schema of draft 07.
 *
 * @param values those of the release
 * @param command writes the chart again with other values
 */
export function pins(
  schema: Group<Fields, boolean>,
  values: unknown,
  standingOf: (path: string) => Standing | undefined,
  command: string,
): Json {
  const pin = (field: Schema, value: unknown, path: readonly string[]): Json | undefined => {
    if (isGroup(field)) return group(field, value, path);
    const standing = standingOf(showPath(path));
    if (standing && standing.fixed === undefined) return undefined;
    const reason = standing?.fixed ?? 'nothing is known of it';
    return {
      description: `${field.doc} Fixed, since ${reason}: to change it, write the chart again with ${command}`,
      // What must not be read anywhere stands here neither.
      ...(reason === NOT_PRINTED ? { not: {} } : { enum: [value ?? null] }),
    };
  };
  const group = ({ fields }: Group<Fields, boolean>, at: unknown, path: readonly string[]): Json | undefined => {
    const properties = Object.entries(fields).flatMap(([key, field]) => {
      const own = pin(field, isTable(at) ? getKey(at, key) : undefined, [...path, key]);
      return own ? [[key, own] as const] : [];
    });
    return properties.length ? { properties: Object.fromEntries(properties) } : undefined;
  };
  return { $schema: 'http://json-schema.org/draft-07/schema#', type: 'object', ...group(schema, values, []) };
}
