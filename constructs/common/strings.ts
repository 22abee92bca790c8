// Strings where Kubernetes takes strings: a bare number or boolean there makes a server refuse the whole object.
import { ValuesError } from '../../helm/check';
import { yamlScalar } from '../../helm/print';
import { setKey } from '../../helm/yaml/values';

const STRING_MAPS = new Set(['labels', 'annotations', 'matchLabels', 'nodeSelector', 'selector', 'commonLabels']);

interface Named {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

/**
 * The object with every label, annotation, selector and environment value as text. Undefined members are dropped; nothing else is touched.
 * @throws ValuesError when a label or annotation is a list or a map
 */
export function kubernetesStrings<T extends Named>(object: T): T {
  return walk(object, '', '', `${object.kind}/${object.metadata.name}`) as T;
}

function walk(value: unknown, key: string, parent: string, owner: string): unknown {
  if (Array.isArray(value)) {
    const list: unknown[] = value.map((item) => walk(item, '', key, owner));
    return key === 'env' ? list.map(environmentVariable) : list;
  }
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (!isPlainObject(value)) return value;
  const strings = STRING_MAPS.has(key);
  const out: Record<string, unknown> = {};
  for (const [k, v] of Object.entries(value)) {
    if (v === undefined || (strings && v === null)) continue;
    if (strings && !isContainer(v)) setKey(out, k, yamlScalar(v));
    else if (strings && parent === 'metadata')
      throw new ValuesError([{ path: [], message: `${key} "${k}" of ${owner} must be text, not a ${Array.isArray(v) ? 'list' : 'map'}` }]);
    else setKey(out, k, walk(v, k, key, owner));
  }
  return out;
}

const isContainer = (value: unknown): boolean => Array.isArray(value) || isPlainObject(value);
const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.getPrototypeOf(value) === Object.prototype;

function environmentVariable(item: unknown): unknown {
  if (!isPlainObject(item)) return item;
  const out = { ...item };
  for (const key of ['name', 'value']) {
    const value = out[key];
    if (value !== undefined && value !== null && typeof value !== 'string' && !isContainer(value)) out[key] = yamlScalar(value);
  }
  return out;
}
