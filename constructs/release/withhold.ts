// Takes secrets out of values, by what the schema says of each: a chart sees stand-ins, so that nothing it prints or tells holds a secret.
import type { Issue } from '../../helm/check';
import { isTrue } from '../../helm/print';
import { isGroup, type Fields, type Group, type Leaf, type Schema } from '../../helm/schema';
import { isTable, setKey } from '../../helm/yaml/values';
import { isSecretName, isSecretParameter, isSecretPath } from '../common/hide/names';
import { standIn } from '../common/withheld';

type Path = Issue['path'];
type Plain = Record<string, unknown>;

export interface Withheld {
  readonly values: Readonly<Plain>;
  /** Where each stand-in is in the values. */
  readonly paths: ReadonlyMap<string, Path>;
}

/** The values with stand-ins for all that is secret, and for what is needed and not given: it comes from elsewhere, too. */
export function withhold(schema: Group<Fields, boolean>, values: Readonly<Plain>): Withheld {
  const paths = new Map<string, Path>();
  const replaced = (path: Path, form = (mark: string): string => mark): string => {
    const mark = standIn(path);
    paths.set(mark, path);
    return form(mark);
  };

  const group = (own: Group<Fields, boolean>, value: unknown, path: Path, mayFill: boolean): unknown => {
    if (!isTable(value) && value !== undefined) return value;
    const given = value ?? {};
    const fills = mayFill && !((own.allOrNone || own.isOptional) && !isGiven(given)) && !isTrue(given['existingSecret']);
    const out: Plain = {};
    for (const [key, item] of Object.entries(given)) {
      const field = Object.hasOwn(own.fields, key) ? own.fields[key] : undefined;
      setKey(out, key, field ? visit(field, item, [...path, key], fills) : item);
    }
    for (const [key, field] of Object.entries(own.fields)) {
      if (Object.hasOwn(given, key) || !fills) continue;
      const filled = visit(field, undefined, [...path, key], fills);
      if (filled !== undefined) setKey(out, key, filled);
    }
    return value === undefined && !Object.keys(out).length ? undefined : out;
  };

  const leaf = (own: Leaf<unknown>, value: unknown, path: Path, mayFill: boolean): unknown => {
    if (value === undefined || value === null || value === '') return own.secret === 'needed' && mayFill ? replaced(path) : value;
    switch (own.secret) {
      case undefined:
        return own.items ? items(own.items, value, path) : value;
      case 'members':
        return members(value, path, path.length - 1);
      case 'file':
        return deep(value, path, comment);
      default:
        return deep(value, path);
    }
  };

  const visit = (field: Schema, value: unknown, path: Path, mayFill: boolean): unknown =>
    isGroup(field) ? group(field, value, path, mayFill) : leaf(field, value, path, mayFill);

  const items = (shape: Schema, value: unknown, path: Path): unknown => each(value, path, (item, at) => visit(shape, item, at, false));

  /** All that is written below: what is switched on or off tells no secret. */
  const deep = (value: unknown, path: Path, form?: (mark: string) => string): unknown => {
    if (value === '' || value === null || typeof value === 'boolean') return value;
    return typeof value === 'object' ? each(value, path, (item, at) => deep(item, at, form)) : replaced(path, form);
  };

  /** What is secret by its name, or by what is written in it. */
  const members = (value: unknown, path: Path, from: number): unknown => {
    if (typeof value === 'object' && value !== null) {
      const isNamed = isTable(value) && typeof value['name'] === 'string' && isSecretName(value['name']);
      return each(value, path, (item, at) => (isNamed && at.at(-1) === 'value' ? deep(item, at) : members(item, at, from)));
    }
    if (value === undefined || value === null || value === '' || typeof value === 'boolean') return value;
    if (isSecretPath(path.slice(from))) return replaced(path);
    if (typeof value !== 'string') return value;
    if (value.trim().includes('\n')) return holdsSecret(value) ? replaced(path, comment) : value;
    return holdsSecret(value) ? replaced(path) : value;
  };

  return { values: (group(schema, values, [], true) ?? {}) as Plain, paths };
}

/** Whether a map says anything: null takes away what would be there. */
const isGiven = (map: Readonly<Plain>): boolean => Object.values(map).some((value) => value !== null && value !== undefined);

/** In place of a file: readers of YAML see an empty one. */
const comment = (mark: string): string => `# ${mark}`;

function each(value: unknown, path: Path, change: (item: unknown, at: Path) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item, index) => change(item, [...path, index]));
  if (!isTable(value)) return value;
  const out: Plain = {};
  for (const [key, item] of Object.entries(value)) setKey(out, key, change(item, [...path, key]));
  return out;
}

/** Whether a URL shows a login: before its host, or as a parameter. */
export const hasLogin = (text: string): boolean =>
  /:\/\/[^\s/?#@'"]+@/.test(text) ||
  [...text.matchAll(/[?&]([\w.-]+)=([^&\s]+)/g)].some(([, name = '', value = '']) => isSecretParameter(name, value));

/** Whether a line of a text sets something by a secret name. */
const holdsSecret = (text: string): boolean =>
  hasLogin(text) || [...text.matchAll(/^[\s-]*["']?([\w.-]+)["']?\s*[:=]\s*\S/gm)].some(([, name = '']) => isSecretName(name));
