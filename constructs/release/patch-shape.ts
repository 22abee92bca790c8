// What a patch must look like before it is applied: the same words for releases.yaml and for the library.
import type { Issue } from '../../helm/check';
import { nearest } from '../../helm/suggest';
import { pointerFault } from '../common/json-patch';

type Path = Issue['path'];
type Plain = Readonly<Record<string, unknown>>;

const OPERATIONS: Readonly<Record<string, readonly string[]>> = {
  add: ['path', 'value'],
  remove: ['path'],
  replace: ['path', 'value'],
  move: ['from', 'path'],
  copy: ['from', 'path'],
  test: ['path', 'value'],
};
const MEMBERS = ['op', 'path', 'from', 'value'];
const TARGET = ['kind', 'name', 'namespace'];

/** What is wrong with a patch, paths below it. Nothing is quoted but keys: values may be secret. */
export function patchIssues(patch: unknown): Issue[] {
  if (!isMap(patch)) return [{ path: [], message: `must be a map with target and patch, not ${kindOf(patch)}` }];
  return [...unknownKeys(patch, ['target', 'patch'], []), ...targetIssues(patch['target']), ...bodyIssues(patch['patch'])];
}

function targetIssues(target: unknown): Issue[] {
  const path = ['target'];
  if (target === undefined) return [{ path, message: 'is missing: a map with kind and name' }];
  if (!isMap(target)) return [{ path, message: `must be a map with kind and name, not ${kindOf(target)}` }];
  return [
    ...unknownKeys(target, TARGET, path),
    ...['kind', 'name'].flatMap((key) => textIssues(target[key], [...path, key])),
    ...(target['namespace'] === undefined ? [] : textIssues(target['namespace'], [...path, 'namespace'])),
  ];
}

function bodyIssues(body: unknown): Issue[] {
  const path = ['patch'];
  if (body === undefined)
    return [{ path, message: 'is missing: a part of the object (strategic merge), or a list of operations (RFC 6902)' }];
  if (Array.isArray(body)) return body.flatMap((operation, index) => operationIssues(operation, [...path, index]));
  if (!isMap(body)) return [{ path, message: `must be a part of the object (a map) or a list of operations, not ${kindOf(body)}` }];
  return dataIssues(body, path);
}

function operationIssues(operation: unknown, path: Path): Issue[] {
  if (!isMap(operation))
    return [{ path, message: `must be an operation such as {op: add, path: /spec/replicas, value: 2}, not ${kindOf(operation)}` }];
  const { op } = operation;
  const needed = typeof op === 'string' && Object.hasOwn(OPERATIONS, op) ? OPERATIONS[op] : undefined;
  if (needed === undefined)
    return [
      { path: [...path, 'op'], message: `${op === undefined ? 'is missing:' : 'must be'} one of ${Object.keys(OPERATIONS).join(', ')}` },
    ];
  return [
    ...unknownKeys(operation, MEMBERS, path),
    ...needed.flatMap((member): Issue[] => {
      const at = [...path, member];
      const given = operation[member];
      if (given === undefined) return [{ path: at, message: `is missing: ${String(op)} needs it` }];
      if (member === 'value') return dataIssues(given, at);
      if (typeof given !== 'string') return [{ path: at, message: `must be text such as /spec/replicas, not ${kindOf(given)}` }];
      const message = pointerFault(given);
      return message === undefined ? [] : [{ path: at, message }];
    }),
  ];
}

const unknownKeys = (map: Plain, known: readonly string[], path: Path): Issue[] =>
  Object.keys(map)
    .filter((key) => !known.includes(key))
    .map((key) => {
      const near = nearest(key, known);
      return {
        path: [...path, key],
        message: `unknown key "${key}"${near ? `; did you mean "${near}"?` : `; known here: ${known.join(', ')}`}`,
      };
    });

function textIssues(given: unknown, path: Path): Issue[] {
  if (given === undefined) return [{ path, message: 'is missing: text is needed' }];
  if (typeof given !== 'string') return [{ path, message: `must be text, not ${kindOf(given)}` }];
  return given === '' ? [{ path, message: 'must not be empty' }] : [];
}

/** Whether all of it can be written to a manifest. Members that are undefined are not given. */
function dataIssues(value: unknown, path: Path, above: readonly unknown[] = []): Issue[] {
  if (above.includes(value)) return [{ path, message: 'holds itself' }];
  const inside = [...above, value];
  if (Array.isArray(value)) return value.flatMap((item, index) => dataIssues(item ?? null, [...path, index], inside));
  if (isMap(value))
    return Object.entries(value).flatMap(([key, item]) => (item === undefined ? [] : dataIssues(item, [...path, key], inside)));
  const isData = value === null || ['string', 'boolean', 'bigint'].includes(typeof value) || Number.isFinite(value);
  return isData ? [] : [{ path, message: `must be text, a number, a flag, a list or a map, not ${kindOf(value)}` }];
}

/** A map that is data: no instance of a class. */
function isMap(value: unknown): value is Plain {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (isMap(value)) return 'a map';
  if (typeof value === 'object') return `an object of the class ${value?.constructor?.name ?? 'unknown'}`;
  const kinds: Readonly<Record<string, string>> = { string: 'text', boolean: 'a flag', number: 'a number', bigint: 'a number' };
  return Number.isNaN(value) ? 'NaN' : (kinds[typeof value] ?? `a ${typeof value}`);
}
