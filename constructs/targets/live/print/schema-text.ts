// A JSON Schema as text: a value is a line, and what many values have in common is said once.
import { isTable } from '../../../../helm/yaml/values';
import { jsonOf } from '../../../common/narrow';

type Json = Readonly<Record<string, unknown>>;

/** Keywords that hold schemas by name. */
const HOLDERS: readonly string[] = ['properties', 'patternProperties', 'definitions'];

/** @param schema of draft 07, in which nothing counts beside a `$ref` */
export function schemaText(schema: Json): string {
  const rules = new Rules(schema);
  const shared = rules.inPlaceOfCopies(schema);
  return `${written(rules.definitions ? { ...shared, definitions: rules.definitions } : shared, '')}\n`;
}

/** Letters from which on the rules of a part have a file of their own. */
const LONG = 4000;

/**
 * checks/rules.json of a chart, with the rules of large parts in files beside it: Helm reads those of parts that are changed.
 *
 * @param rules of a map
 * @returns files of the chart
 */
export function ruleFiles(rules: Json): Record<string, string> {
  const files: Record<string, string> = {};
  const apart = Object.entries((rules['properties'] ?? {}) as Record<string, Json>).map(([key, rule]) => {
    const text = isTable(rule['properties']) && /^[\w-]+$/.test(key) ? schemaText(rule) : '';
    if (text.length < LONG) return [key, rule] as const;
    files[`checks/rules/${key}.json`] = text;
    return [key, { $ref: `rules/${key}.json` }] as const;
  });
  return { 'checks/rules.json': schemaText({ ...rules, properties: Object.fromEntries(apart) }), ...files };
}

/** What values may be, where more than one may be the same. */
class Rules {
  private readonly names = new Map<string, string>();
  /** Undefined where nothing is shared. */
  readonly definitions: Json | undefined;

  constructor(schema: Json) {
    const counts = new Map<string, number>();
    count(schema, counts);
    const shared = [...counts].filter(([, uses]) => uses > 1).toSorted(([, a], [, b]) => b - a);
    const kinds = new Map<string, number>();
    for (const [text] of shared) {
      const kind = kindOf(JSON.parse(text) as Json);
      const number = (kinds.get(kind) ?? 0) + 1;
      kinds.set(kind, number);
      this.names.set(text, number > 1 ? `${kind}${number}` : kind);
    }
    const all = [...this.names].map(([text, name]) => [name, JSON.parse(text) as Json] as const);
    if (all.length) this.definitions = Object.fromEntries(all.toSorted(([a], [b]) => a.localeCompare(b, 'en', { numeric: true })));
  }

  inPlaceOfCopies(schema: Json): Json {
    if (isTable(schema['properties']))
      return {
        ...schema,
        properties: Object.fromEntries(
          Object.entries(schema['properties']).map(([key, below]) => [key, this.inPlaceOfCopies(below as Json)]),
        ),
      };
    const { description, ...rules } = schema;
    const name = this.names.get(jsonOf(rules));
    return name === undefined ? schema : { ...(description === undefined ? {} : { description }), $ref: `#/definitions/${name}` };
  }
}

function count(schema: Json, into: Map<string, number>): void {
  const { properties, description: _, ...rules } = schema;
  if (isTable(properties)) for (const below of Object.values(properties)) count(below as Json, into);
  // What a fixed value is says as much as a name for it.
  else if (Object.keys(rules).some((keyword) => keyword !== 'enum')) {
    const text = jsonOf(rules);
    into.set(text, (into.get(text) ?? 0) + 1);
  }
}

const KINDS: Readonly<Record<string, string>> = { array: 'list', object: 'map', integer: 'number', boolean: 'flag' };

/** What a rule is called after. */
function kindOf({ type }: Json): string {
  const types: readonly unknown[] = Array.isArray(type) ? type : [type];
  if (types.includes('string')) return types[0] === 'number' ? 'number' : 'text';
  return KINDS[String(types[0])] ?? 'value';
}

function written(schema: Json, pad: string): string {
  if (!HOLDERS.some((keyword) => isTable(schema[keyword]))) return inLine(schema);
  const inner = `${pad}  `;
  const lines = Object.entries(schema).map(([keyword, value]) => {
    const isHolder = HOLDERS.includes(keyword) && isTable(value) && Object.keys(value).length > 0;
    return `${inner}${JSON.stringify(keyword)}: ${isHolder ? named(value, inner) : inLine(value)}`;
  });
  return `{\n${lines.join(',\n')}\n${pad}}`;
}

function named(schemas: Json, pad: string): string {
  const inner = `${pad}  `;
  const lines = Object.entries(schemas).map(([name, below]) => `${inner}${JSON.stringify(name)}: ${written(below as Json, inner)}`);
  return `{\n${lines.join(',\n')}\n${pad}}`;
}

/** As JSON on one line, with blanks in it. */
function inLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inLine).join(', ')}]`;
  if (typeof value === 'bigint') return String(value);
  if (!isTable(value)) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return entries.length ? `{ ${entries.map(([key, one]) => `${JSON.stringify(key)}: ${inLine(one)}`).join(', ')} }` : '{}';
}
