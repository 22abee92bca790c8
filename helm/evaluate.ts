// Go templates in values: every string below a value that the chart runs through `tpl` is evaluated.
import { isGroup, type Fields, type Group, type Schema } from './schema';
import { evaluate, hasActions, TemplateError, type TemplateContext } from './template';
import { ValuesError, type Issue } from './check';
import { isShared } from './yaml/values';

type Path = readonly (string | number)[];

/**
 * The same values with templated strings replaced by their text. Parts without templates are shared, not copied.
 * @throws ValuesError naming each value whose template fails, and the place in it
 */
export function evaluateValues(
  schema: Group<Fields, boolean>,
  values: Record<string, unknown>,
  context: TemplateContext,
): Record<string, unknown> {
  const issues: Issue[] = [];

  const evaluateText = (source: string, path: Path): string => {
    try {
      return evaluate(source, context);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      issues.push({ path, message: error.message });
      return source;
    }
  };

  const everyString = (value: unknown, path: Path): unknown => {
    if (typeof value === 'string') return hasActions(value) ? evaluateText(value, path) : value;
    if (Array.isArray(value)) return value.map((item, index) => everyString(item, [...path, index]));
    if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, everyString(item, [...path, key])]));
  };

  const visit = (field: Schema, value: unknown, path: Path): unknown => {
    if (value === undefined || value === null || isFinal(value)) return value;
    if (isGroup(field)) return visitGroup(field, value as Record<string, unknown>, path);
    if (field.templated) return everyString(value, path);
    const { items } = field;
    if (!items || !mayHoldTemplates(items)) return value;
    if (Array.isArray(value)) return value.map((item, index) => visit(items, item, [...path, index]));
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, visit(items, item, [...path, key])]));
  };

  const visitGroup = (group: Group<Fields, boolean>, value: Record<string, unknown>, path: Path): Record<string, unknown> => {
    const out = { ...value };
    for (const [key, field] of Object.entries(group.fields)) {
      const item = out[key];
      // A null that took no default away: the value is not there, and the map that holds it is not empty.
      if (item === null) out[key] = undefined;
      else if (item !== undefined) out[key] = visit(field, item, [...path, key]);
    }
    return out;
  };

  const result = visitGroup(schema, values, []);
  if (issues.length) throw new ValuesError(issues);
  return result;
}

/** Of defaults that releases share: whether nothing in them is to be evaluated, and no null taken for nothing. */
const finals = new WeakMap<object, boolean>();

/** Whether a value is a default of all releases that charts see as it is. */
function isFinal(value: unknown): boolean {
  if (!isShared(value)) return false;
  let known = finals.get(value);
  if (known === undefined) finals.set(value, (known = Object.values(value).every(isFinalMember)));
  return known;
}

const isFinalMember = (item: unknown): boolean =>
  typeof item === 'string' ? !hasActions(item) : typeof item === 'number' || typeof item === 'boolean' || isFinal(item);

function mayHoldTemplates(schema: Schema): boolean {
  if (isGroup(schema)) return Object.values(schema.fields).some(mayHoldTemplates);
  return schema.templated === true || (schema.items !== undefined && mayHoldTemplates(schema.items));
}
