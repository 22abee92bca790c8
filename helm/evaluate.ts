// Go templates in values: every string below a value that the chart runs through `tpl` is evaluated.
import { isGroup, type Fields, type Group, type Schema } from './schema';
import { evaluate, hasActions, TemplateError, type TemplateContext } from './template';
import { ValuesError, type Issue } from './check';
import { isShared, setKey } from './yaml/values';

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

  /** Keys that lead to what is looked at. */
  const path: (string | number)[] = [];
  const at = <T>(key: string | number, run: () => T): T => {
    path.push(key);
    const result = run();
    path.pop();
    return result;
  };

  const evaluateText = (source: string): string => {
    try {
      return evaluate(source, context);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      issues.push({ path: [...path], message: error.message });
      return source;
    }
  };

  /** The same list or map where no member becomes another one. */
  const members = (value: object, member: (item: unknown) => unknown): object => {
    if (Array.isArray(value)) {
      const items: unknown[] = value.map((item, index) => at(index, () => member(item)));
      return items.every((item, index) => item === value[index]) ? value : items;
    }
    let out: Record<string, unknown> | undefined;
    for (const key of Object.keys(value)) {
      const item = (value as Record<string, unknown>)[key];
      const made = at(key, () => member(item));
      if (made !== item) setKey((out ??= { ...value }), key, made);
    }
    return out ?? value;
  };

  const everyString = (value: unknown): unknown => {
    if (typeof value === 'string') return hasActions(value) ? evaluateText(value) : value;
    if (typeof value !== 'object' || value === null) return value;
    if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) return value;
    return isFinal(value) ? value : members(value, everyString);
  };

  const visit = (field: Schema, value: unknown): unknown => {
    if (value === undefined || value === null || isFinal(value)) return value;
    if (isGroup(field)) return visitGroup(field, value as Record<string, unknown>);
    if (field.templated) return everyString(value);
    const { items } = field;
    if (!items || typeof value !== 'object' || !mayHoldTemplates(items)) return value;
    return members(value, (item) => visit(items, item));
  };

  const visitGroup = (group: Group<Fields, boolean>, value: Record<string, unknown>): Record<string, unknown> => {
    let out: Record<string, unknown> | undefined;
    for (const key of Object.keys(group.fields)) {
      const item = value[key];
      if (item === undefined) continue;
      // A null that took no default away: the value is not there, and the map that holds it is not empty.
      const made = item === null ? undefined : at(key, () => visit(group.fields[key]!, item));
      if (made !== item) (out ??= { ...value })[key] = made;
    }
    return out ?? value;
  };

  const result = visitGroup(schema, values);
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
