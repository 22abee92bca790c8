// Who owns which field of a live object, as the server keeps it in managedFields.
import { at, isPlain, maps, type Plain, type Thing } from '../diff/objects';

export interface Manager {
  /** Program, as it calls itself. */
  readonly manager: string;
  readonly operation: string;
  /** When it last wrote, as the server has it. */
  readonly time?: string;
}

/** Entries about the object itself, and not its status or scale. */
export const managersOf = (object: Thing): Plain[] =>
  maps(at(object, 'metadata', 'managedFields')).filter((entry) => !entry['subresource']);

/** Who wrote a field; nobody where the server keeps no record. @param path as `diff` tells it: keys, and items of lists in brackets */
export function ownersOf(object: Thing, path: readonly string[]): Manager[] {
  return maps(at(object, 'metadata', 'managedFields'))
    .filter((entry) => owns(entry['fieldsV1'], path))
    .map(({ manager, operation, time }) => ({
      manager: String(manager),
      operation: String(operation),
      ...(typeof time === 'string' ? { time } : {}),
    }));
}

/** A list or a map that is owned as a whole ends the way. */
function owns(fields: unknown, [part, ...deeper]: readonly string[]): boolean {
  if (!isPlain(fields)) return false;
  if (part === undefined) return true;
  if (!part.startsWith('[')) return Object.hasOwn(fields, `f:${part}`) && ownsBelow(fields[`f:${part}`], deeper);
  return Object.entries(fields).some(([key, below]) => isItem(key, part.slice(1, -1)) && ownsBelow(below, deeper));
}

const ownsBelow = (fields: unknown, deeper: readonly string[]): boolean =>
  deeper.length === 0 || (isPlain(fields) && !Object.keys(fields).length) || owns(fields, deeper);

/** Items of lists go by their keys (`k:{"name":"api"}`), or by their value (`v:"a"`). */
function isItem(key: string, name: string): boolean {
  if (key.startsWith('v:')) return name === '' || key === `v:${JSON.stringify(name)}`;
  if (!key.startsWith('k:')) return false;
  const values = Object.values(JSON.parse(key.slice(2)) as Record<string, unknown>).map(String);
  return name.split('/').every((part) => values.includes(part));
}
