// A fast YAML writer for plain data. Every text reads back the same with YAML 1.1 and 1.2 readers.
import { quoteText, writeKey, writeText } from './text';
import { HALF_CHARACTER_REASON } from './unicode';
import { isTable } from './values';

/** A value that YAML cannot hold; the message names its path. */
export class WriteError extends Error {
  override readonly name = 'WriteError';

  constructor(
    readonly path: readonly (string | number)[],
    readonly reason: string,
  ) {
    super(`${path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('') || '.'}: ${reason}`);
  }
}

type Path = (string | number)[];

const MAX_DEPTH = 500;
/** A key of more than 1024 characters needs a "?" in front. */
const LONGEST_KEY = 1000;

/**
 * One document, without a leading `---` and with a newline at its end. Keys in their order, two spaces, lists not
 * indented under their key, nothing folded. Undefined members are left out.
 * @throws WriteError for undefined in a list, NaN, infinities, functions, dates, other class instances, half characters
 */
export function writeYaml(value: unknown): string {
  const path: Path = [];
  if (Array.isArray(value)) return value.length ? listText(value, '', path) : '[]\n';
  if (isTable(value)) return mapText(value, '', path) || '{}\n';
  return `${scalarText(value, '  ', path, true)}\n`;
}

/** Several documents, each after a line of `---` but the first. */
export function writeYamlStream(values: readonly unknown[]): string {
  return values.map(writeYaml).join('---\n');
}

/** Lines of `pad` and an entry each; nothing when no member is defined. */
function mapText(map: Record<string, unknown>, pad: string, path: Path): string {
  checkContainer(map, pad, path);
  let out = '';
  for (const key of Object.keys(map)) {
    const value = map[key];
    if (value === undefined) continue;
    path.push(key);
    const name = checked(writeKey(key), path);
    out += name.length <= LONGEST_KEY ? `${pad}${name}:` : `${pad}? ${name}\n${pad}:`;
    out += memberText(value, pad, path);
    path.pop();
  }
  return out;
}

function memberText(value: unknown, pad: string, path: Path): string {
  if (typeof value !== 'object' || value === null) return ` ${scalarText(value, `${pad}  `, path)}\n`;
  if (Array.isArray(value)) return value.length ? `\n${listText(value, pad, path)}` : ' []\n';
  const text = mapText(value as Record<string, unknown>, `${pad}  `, path);
  return text ? `\n${text}` : ' {}\n';
}

/** Lines of `pad`, a dash and an item each; an item's first line stands after the dash. */
function listText(list: readonly unknown[], pad: string, path: Path): string {
  checkContainer(list, pad, path);
  const inner = `${pad}  `;
  let out = '';
  for (let index = 0; index < list.length; index++) {
    const value = list[index];
    path.push(index);
    if (typeof value !== 'object' || value === null) {
      out += `${pad}- ${scalarText(value, inner, path)}\n`;
    } else if (Array.isArray(value)) {
      out += value.length ? `${pad}- ${listText(value, inner, path).slice(inner.length)}` : `${pad}- []\n`;
    } else {
      const text = mapText(value as Record<string, unknown>, inner, path);
      out += text ? `${pad}- ${text.slice(inner.length)}` : `${pad}- {}\n`;
    }
    path.pop();
  }
  return out;
}

function scalarText(value: unknown, pad: string, path: Path, isTop = false): string {
  switch (typeof value) {
    case 'string':
      return checked(isTop ? quoteText(value) : writeText(value, pad), path);
    case 'number':
      return numberText(value, path);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'bigint':
      return String(value);
    case 'undefined':
      throw new WriteError([...path], 'undefined has no text');
    case 'object':
      return 'null';
    default:
      throw new WriteError([...path], `a ${typeof value} has no text`);
  }
}

function numberText(value: number, path: Path): string {
  if (!Number.isFinite(value)) throw new WriteError([...path], `${value} is not a number of JSON`);
  const text = String(value);
  // YAML 1.1 takes 1e+21 as text: a float must have a point.
  return text.includes('e') && !text.includes('.') ? text.replace('e', '.0e') : text;
}

function checked(text: string | undefined, path: Path): string {
  if (text === undefined) throw new WriteError([...path], HALF_CHARACTER_REASON);
  return text;
}

/** Only plain objects and lists are data; also catches what holds itself. */
function checkContainer(value: object, pad: string, path: Path): void {
  if (pad.length > MAX_DEPTH * 2) throw new WriteError(path.slice(0, 20), 'is nested too deeply, or holds itself');
  if (Array.isArray(value)) return;
  // Objects of another realm (node:vm) are plain too.
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw new WriteError(
      [...path],
      `a ${(value as { constructor?: { name?: string } }).constructor?.name ?? 'class instance'} has ` +
        `no text; turn it into plain data first`,
    );
  }
}
