// JSON Patch (RFC 6902): a list of operations on a document, each at a place that a pointer (RFC 6901) names.
import { deepCopy, getKey, setKey } from '../../helm/yaml/values';

/** One RFC 6902 operation. */
export interface PatchOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

/** An operation that is none, or that does not fit the document. The message quotes places, and no value. */
export class OperationError extends Error {
  override readonly name = 'OperationError';
  constructor(
    /** Which of the operations. */
    readonly index: number,
    message: string,
  ) {
    super(message);
  }
}

type Container = Record<string, unknown> | unknown[];

/** The document after all operations. Nothing is changed in place. @throws OperationError */
export function applyOperations(document: unknown, operations: readonly PatchOperation[]): unknown {
  return operations.reduce<unknown>((found, operation, index) => {
    try {
      return apply(found, operation);
    } catch (error) {
      if (error instanceof Misfit) throw new OperationError(index, `${operation.op} ${operation.path}: ${error.message}`);
      throw error;
    }
  }, deepCopy(document));
}

/** What is wrong with one operation. */
class Misfit extends Error {}

function apply(document: unknown, { op, path, from = '', value }: PatchOperation): unknown {
  switch (op) {
    case 'add':
      return add(document, path, deepCopy(value));
    case 'remove':
      if (path === '') throw new Misfit('the object itself cannot be removed so: the patch {$patch: delete} does it');
      return remove(document, path);
    case 'replace':
      valueAt(document, path);
      return path === '' ? deepCopy(value) : replace(document, path, deepCopy(value));
    case 'move': {
      if (path.startsWith(`${from}/`)) throw new Misfit(`${from || 'the object'} cannot be moved into itself`);
      const moved = valueAt(document, from);
      return path === from ? document : add(remove(document, from), path, moved);
    }
    case 'copy':
      return add(document, path, deepCopy(valueAt(document, from)));
    default:
      if (!isEqual(valueAt(document, path), value)) throw new Misfit('there is another value');
      return document;
  }
}

/** A pointer that is none: what is wrong with it. */
export function pointerFault(pointer: string): string | undefined {
  if (pointer !== '' && !pointer.startsWith('/')) return `must begin with "/", as in /${pointer}`;
  return /~(?![01])/.test(pointer) ? 'has a "~" that is not ~0 (for "~") or ~1 (for "/")' : undefined;
}

const partsOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));

const parentOf = (pointer: string): string => pointer.slice(0, pointer.lastIndexOf('/'));

/** @throws Misfit where nothing is */
function valueAt(document: unknown, pointer: string): unknown {
  return partsOf(pointer).reduce<unknown>((found, part) => {
    if (Array.isArray(found)) return found[indexIn(found, part, pointer, found.length - 1)] as unknown;
    if (typeof found === 'object' && found !== null && Object.hasOwn(found, part)) return getKey(found as Record<string, unknown>, part);
    throw new Misfit(`there is no ${pointer}`);
  }, document);
}

/** @throws Misfit for what is not an index, or one beyond the last that there can be */
function indexIn(list: readonly unknown[], part: string, pointer: string, last: number): number {
  if (!/^(?:0|[1-9]\d*)$/.test(part))
    throw new Misfit(`there is no ${pointer}: items of a list are numbered from 0${part === '-' ? ', and only add takes "-"' : ''}`);
  if (Number(part) > last) throw new Misfit(`there is no ${pointer}: the list has ${list.length} item${list.length === 1 ? '' : 's'}`);
  return Number(part);
}

function placeOf(document: unknown, pointer: string): { readonly parent: Container; readonly key: string } {
  const parent = valueAt(document, parentOf(pointer));
  if (typeof parent !== 'object' || parent === null) throw new Misfit(`${parentOf(pointer)} is neither a list nor a map`);
  return { parent: parent as Container, key: partsOf(pointer).at(-1) ?? '' };
}

function add(document: unknown, pointer: string, value: unknown): unknown {
  if (pointer === '') return value;
  const { parent, key } = placeOf(document, pointer);
  if (!Array.isArray(parent)) setKey(parent, key, value);
  else parent.splice(key === '-' ? parent.length : indexIn(parent, key, pointer, parent.length), 0, value);
  return document;
}

function replace(document: unknown, pointer: string, value: unknown): unknown {
  const { parent, key } = placeOf(document, pointer);
  if (Array.isArray(parent)) parent[Number(key)] = value;
  else setKey(parent, key, value);
  return document;
}

function remove(document: unknown, pointer: string): unknown {
  valueAt(document, pointer);
  const { parent, key } = placeOf(document, pointer);
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
  return document;
}

/** As JSON has it: members in any order, numbers by their value. */
function isEqual(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((item, index) => isEqual(item, other[index]));
  if (
    typeof one === 'object' &&
    typeof other === 'object' &&
    one !== null &&
    other !== null &&
    !Array.isArray(one) &&
    !Array.isArray(other)
  ) {
    const keys = Object.keys(one);
    return (
      keys.length === Object.keys(other).length &&
      keys.every(
        (key) => Object.hasOwn(other, key) && isEqual((one as Record<string, unknown>)[key], (other as Record<string, unknown>)[key]),
      )
    );
  }
  const isNumber = (value: unknown): value is number | bigint => typeof value === 'number' || typeof value === 'bigint';
  // oxlint-disable-next-line eqeqeq -- an integer may be held either way
  return isNumber(one) && isNumber(other) ? one == other : one === other;
}
