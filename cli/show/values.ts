// The defaults of a chart as a values file with a comment above each value.
import { isTrue } from '../../helm/print';
import { isGroup, type DefaultContext, type Fields, type Group, type Leaf, type Schema } from '../../helm/schema';
import { writeYaml } from '../../helm/yaml/write';

export function documentedValues(schema: Group<Fields, boolean>, context: DefaultContext): string {
  return fields(schema.fields, '', context);
}

function fields(entries: Fields, indent: string, context: DefaultContext): string {
  return Object.entries(entries)
    .map(
      ([key, field]) =>
        `${comment(field, indent)}${isGroup(field) ? groupText(key, field, indent, context) : leafText(key, field, indent, context)}`,
    )
    .join('');
}

function comment(field: Schema, indent: string): string {
  if (isGroup(field)) return field.doc ? `${indent}# ${field.doc}\n` : '';
  return `${indent}# ${meaningOf(field)}\n`;
}

/** The sentences about a value. */
export function meaningOf(leaf: Leaf<unknown>): string {
  const notes = [
    ...(leaf.choices ? [`One of: ${leaf.choices.filter(Boolean).join(', ')}.`] : []),
    ...(leaf.type ? [`Kubernetes: ${leaf.type}.`] : []),
    ...(leaf.templated ? ['Go templates are evaluated.'] : []),
    ...(leaf.unused ? ['No effect.'] : []),
  ];
  return [leaf.doc, ...notes].join(' ');
}

/** @returns undefined for a value without a default */
export const defaultOf = (leaf: Leaf<unknown>, context: DefaultContext): unknown =>
  typeof leaf.default === 'function' ? (leaf.default as (given: DefaultContext) => unknown)(context) : leaf.default;

/** A group without any default is an empty map: a bare key would read as null. */
function groupText(key: string, group: Group<Fields, boolean>, indent: string, context: DefaultContext): string {
  const name = writeYaml({ [key]: {} }).trimEnd();
  const body = fields(group.fields, `${indent}  `, context);
  const isEmpty = body.split('\n').every((line) => line === '' || line.trimStart().startsWith('#'));
  return `${indent}${isEmpty ? name : name.replace(/ \{\}$/, '')}\n${body}`;
}

/** A value without a default is shown as a comment, so that the file can be used as it is. */
function leafText(key: string, leaf: Leaf<unknown>, indent: string, context: DefaultContext): string {
  const value = defaultOf(leaf, context);
  if (value === undefined) return `${indent}# ${key}:\n`;
  const inline = typeof value !== 'object' || value === null || !isTrue(value);
  const body = writeYaml({ [key]: value });
  return body
    .split('\n')
    .slice(0, -1)
    .map((line) => (line === '' && !inline ? '' : `${indent}${line}`))
    .map((line) => `${line}\n`)
    .join('');
}
