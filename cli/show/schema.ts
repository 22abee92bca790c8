// A JSON Schema (draft 7) of a chart's values: what editors need for completion and for marking typos.
import { isGroup, JSON_TYPES, type DefaultContext, type Fields, type Group, type Leaf, type Schema } from '../../helm/schema';

type Json = Record<string, unknown>;

/** Of texts, only the empty one. */
const TOGGLE = ['boolean', 'number', 'string', 'null'];

export const jsonSchema = (schema: Group<Fields, boolean>, title: string, context: DefaultContext): Json => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: `Values of ${title}`,
  ...groupSchema(schema, context),
  patternProperties: { '^x-': { description: 'No value: holds what anchors stand for.' } },
});

const toSchema = (schema: Schema, context: DefaultContext): Json =>
  isGroup(schema) ? groupSchema(schema, context) : leafSchema(schema, context);

const groupSchema = (group: Group<Fields, boolean>, context: DefaultContext): Json => ({
  ...(group.doc ? { description: group.doc } : {}),
  type: group.nullable ? ['object', 'null'] : 'object',
  properties: Object.fromEntries(Object.entries(group.fields).map(([key, field]) => [key, toSchema(field, context)])),
  additionalProperties: group.open ?? false,
});

function leafSchema(leaf: Leaf<unknown>, context: DefaultContext): Json {
  const value: unknown = typeof leaf.default === 'function' ? (leaf.default as (given: DefaultContext) => unknown)(context) : leaf.default;
  const types = leaf.numeric ? TOGGLE : JSON_TYPES[leaf.kind];
  return {
    description: [leaf.doc, ...(leaf.type ? [`Kubernetes: ${leaf.type}.`] : []), ...(leaf.unused ? ['No effect.'] : [])].join(' '),
    ...(types ? { type: types } : {}),
    ...(leaf.numeric ? { pattern: '^$' } : {}),
    ...(isSecret(leaf) ? { writeOnly: true } : {}),
    ...(leaf.choices ? { enum: [...leaf.choices, null] } : {}),
    ...(value === undefined ? {} : { default: value }),
    ...(leaf.items ? nested(leaf, toSchema(leaf.items, context)) : {}),
  };
}

/** Editors need not show it; of data that holds secrets by name, nobody knows. */
const isSecret = ({ secret }: Leaf<unknown>): boolean => secret !== undefined && secret !== 'members';

const nested = (leaf: Leaf<unknown>, items: Json): Json => (leaf.kind === 'table' ? { additionalProperties: items } : { items });
