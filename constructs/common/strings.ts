// Strings where Kubernetes takes strings: a bare number or boolean there makes a server refuse the whole object.
import { yamlScalar } from '../../helm/print';

const STRING_MAPS = new Set(['labels', 'annotations', 'matchLabels', 'nodeSelector', 'selector', 'commonLabels']);

/** The object with every label, annotation, selector and environment value as text. Undefined members are dropped; nothing else is touched. */
export function kubernetesStrings<T>(object: T): T {
  return walk(object, '') as T;
}

function walk(value: unknown, key: string): unknown {
  if (Array.isArray(value)) {
    const list: unknown[] = value.map((item) => walk(item, ''));
    return key === 'env' ? list.map(environmentVariable) : list;
  }
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (!isPlainObject(value)) return value;
  const strings = STRING_MAPS.has(key);
  const out: Record<string, unknown> = {};
  for (const [k, v] of Object.entries(value)) {
    if (v === undefined) continue;
    if (strings && (v === null || !isContainer(v))) { if (v !== null) out[k] = yamlScalar(v); } else out[k] = walk(v, k);
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
