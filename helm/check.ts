// The strict check of values against a schema: unknown keys, wrong kinds, groups that must not be null. All mistakes at once.
import { isGroup, type Fields, type Group, type Leaf, type Schema } from './schema';
import { suggestKey } from './suggest';

/** What is said of a group that is null and whose values are read. */
export const NULL_GROUP = 'must not be null: the chart reads the values below it; leave the key out to keep the defaults';

export interface Issue {
  /** Where in the values, as keys and list indexes. */
  readonly path: readonly (string | number)[];
  /** One sentence: what is wrong and how to mend it. */
  readonly message: string;
  /** What stands in nobody's way: a key that nothing reads, a group that is null where nothing may read it. */
  readonly kind?: 'unknown-key' | 'null-group';
}

/** What works, but hardly as meant. */
export interface Warning {
  /** Where in the values, as people write it; empty for all of them. */
  readonly path: string;
  /** What stands behind the path in one sentence. */
  readonly message: string;
}

/** As one sentence. @param above keys above the path */
export const warningText = ({ path, message }: Warning, above: readonly string[] = []): string => {
  const place = [showPath(above), path].filter(Boolean).join('.');
  return place ? `${place}: ${message}` : message;
};

export const showPath = (path: readonly (string | number)[]): string =>
  path.reduce<string>(
    (out, part) => (typeof part === 'number' ? `${out}[${part}]` : `${out}${out ? '.' : ''}${part.replaceAll('.', '\\.')}`),
    '',
  );

/** The values of a release do not fit its schema. */
export class ValuesError extends Error {
  override readonly name = 'ValuesError';
  constructor(
    readonly issues: readonly Issue[],
    options?: ErrorOptions,
  ) {
    super(issues.map((issue) => `${showPath(issue.path) || 'values'}: ${issue.message}`).join('\n'), options);
  }
}

export interface CheckOptions {
  /** What an unknown key is. @default 'error' */
  readonly unknown?: 'error' | 'warn' | 'ignore';
}

type Plain = Record<string, unknown>;

/** Checks what a user wrote (nulls and all) against the schema. Values are not changed. */
export function checkValues(
  schema: Group<Fields, boolean>,
  user: Plain,
  options: CheckOptions = {},
): { issues: Issue[]; warnings: Warning[] } {
  const issues: Issue[] = [];
  const warnings: Warning[] = [];
  const unknown = (path: readonly (string | number)[], siblings: Fields, key: string): void => {
    const message = `unknown key "${key}"${suggestKey(schema, siblings, path, key)}`;
    if (options.unknown === 'warn') warnings.push({ path: showPath(path), message });
    else if (options.unknown !== 'ignore') issues.push({ path, message, kind: 'unknown-key' });
  };

  const visitGroup = (group: Group<Fields, boolean>, value: unknown, path: readonly (string | number)[]): void => {
    if (value === undefined) return;
    if (value === null) {
      if (path.length && !group.nullable) issues.push({ path, message: NULL_GROUP, kind: 'null-group' });
      return;
    }
    if (!isPlain(value)) {
      issues.push({ path, message: `must be a map with ${listKeys(group.fields)}, not ${kindOf(value)}` });
      return;
    }
    for (const [key, item] of Object.entries(value)) {
      const at = [...path, key];
      const field = Object.hasOwn(group.fields, key) ? group.fields[key] : undefined;
      if (field) visit(field, item, at);
      else if (!group.open && key !== 'global' && !isHelper(at)) unknown(at, group.fields, key);
    }
    if (isFilled(value['existingSecret']) && namesOneSecret(group)) beside(group, value, path);
    else if (group.allOrNone) incomplete(group, value, path);
  };

  /** A map of that name tells several Secrets, each for some of the values. */
  const namesOneSecret = ({ fields }: Group<Fields, boolean>): boolean => {
    const field = Object.hasOwn(fields, 'existingSecret') ? fields['existingSecret'] : undefined;
    return field !== undefined && !isGroup(field);
  };

  /** What is secret is in the Secret that is named: a second one would go nowhere. */
  const beside = (group: Group<Fields, boolean>, value: Plain, path: readonly (string | number)[]): void => {
    for (const [key, field] of Object.entries(group.fields))
      if (!isGroup(field) && field.secret !== undefined && isFilled(value[key])) {
        if (group.existingWins) warnings.push({ path: showPath([...path, key]), message: 'has no effect beside existingSecret' });
        else
          issues.push({
            path: [...path, key],
            message: 'would go nowhere beside existingSecret: put it into that Secret, or take existingSecret away',
          });
      }
  };

  const incomplete = (group: Group<Fields, boolean>, value: Plain, path: readonly (string | number)[]): void => {
    const keys = Object.keys(group.fields).filter((key) => key !== 'existingSecret');
    const missing = keys.filter((key) => value[key] === undefined || value[key] === null);
    if (!missing.length || missing.length === keys.length) return;
    const all = `give ${keys.join(', ')}, or none of them`;
    issues.push({
      path,
      message: `lacks ${missing.join(' and ')}: ${Object.hasOwn(group.fields, 'existingSecret') ? `${all}, or existingSecret` : all}`,
    });
  };

  const visitLeaf = (leaf: Leaf<unknown>, value: unknown, path: readonly (string | number)[]): void => {
    if (value === null || value === undefined) return;
    const wrong = wrongKind(leaf, value);
    if (wrong) {
      issues.push({ path, message: wrong });
      return;
    }
    if (leaf.kind === 'list' && Array.isArray(value)) {
      value.forEach((item: unknown, index) => {
        if (item === null) issues.push({ path: [...path, index], message: 'must not be null: take the item away' });
      });
    }
    if (!leaf.items) return;
    const entries: [string | number, unknown][] = Array.isArray(value)
      ? value.map((item, index) => [index, item])
      : Object.entries(value as Plain);
    for (const [key, item] of entries) if (item !== null) visit(leaf.items, item, [...path, key]);
  };

  const visit = (field: Schema, value: unknown, path: readonly (string | number)[]): void =>
    isGroup(field) ? visitGroup(field, value, path) : visitLeaf(field, value, path);

  visitGroup(schema, user, []);
  return { issues, warnings };
}

/** `x-NAME` at the top holds what anchors stand for, and is not a value. */
const isHelper = (path: readonly (string | number)[]): boolean => path.length === 1 && String(path[0]).startsWith('x-');

const isFilled = (value: unknown): boolean => value !== undefined && value !== null && value !== '';

const isPlain = (value: unknown): value is Plain => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A value as errors name it: numbers, flags and short texts are shown, of maps and lists the kind alone. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype) return 'a map';
  const shown = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return (
    `the ${typeof value === 'string' ? 'text' : typeof value === 'boolean' ? 'flag' : 'number'} ` +
    `${shown.length > 40 ? `${shown.slice(0, 40)}…` : shown}`
  );
}

const listKeys = (fields: Fields): string => {
  const keys = Object.keys(fields);
  return keys.length > 6 ? `${keys.slice(0, 6).join(', ')}, …` : keys.join(', ');
};

function wrongKind(leaf: Leaf<unknown>, value: unknown): string | undefined {
  const isContainer = Array.isArray(value) || (isPlain(value) && Object.getPrototypeOf(value) === Object.prototype);
  switch (leaf.kind) {
    case 'text':
      if (isContainer) return `must be text, not ${kindOf(value)}`;
      return leaf.choices && value !== '' && !leaf.choices.includes(String(value))
        ? `must be one of ${leaf.choices.join(', ')}, not ${kindOf(value)}`
        : undefined;
    case 'number':
      if (isContainer || typeof value === 'boolean') return `must be a number, not ${kindOf(value)}`;
      return typeof value === 'string' && value.trim() !== '' && !Number.isFinite(Number(value))
        ? `must be a number, not ${kindOf(value)}`
        : undefined;
    case 'flag':
      if (typeof value === 'boolean' || (leaf.numeric && (value === '' || typeof value === 'number' || typeof value === 'bigint')))
        return undefined;
      return (
        `must be true or false, not ` +
        `${kindOf(value)}${typeof value === 'string' ? ' (in Helm any text counts as true, "false" too): take the quotes away' : ''}`
      );
    case 'list':
      // Templates take an empty map for an empty list, and values files have it that way.
      if (Array.isArray(value) || (!leaf.neverMap && isPlain(value) && Object.keys(value).length === 0)) return undefined;
      return `must be a list, not ${kindOf(value)}`;
    case 'table':
      if ((isPlain(value) && isContainer) || (Array.isArray(value) && value.length === 0)) return undefined;
      return `must be a map, not ${kindOf(value)}`;
    default:
      return undefined;
  }
}
