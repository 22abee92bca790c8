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

/** The same for data of objects, by whatever keys. Lists and maps among labels are left, for what makes objects to refuse. */
export const withTexts = (data: unknown): unknown => walk(data, '', '', undefined);

/** The same value where nothing in it is to be changed. @param owner whose labels must be texts. @default they are left */
function walk(value: unknown, key: string, parent: string, owner: string | undefined): unknown {
  if (Array.isArray(value)) {
    const list = changed(value, (item) => walk(item, '', key, owner));
    return key === 'env' ? changed(list, environmentVariable) : list;
  }
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (!isPlainObject(value)) return value;
  const strings = STRING_MAPS.has(key);
  let out: Record<string, unknown> | undefined;
  const keys = Object.keys(value);
  for (const [index, k] of keys.entries()) {
    const v = value[k];
    const made = strings ? textMember(k, v, key, parent, owner) : walk(v, k, key, owner);
    if (made === v && made !== undefined) {
      if (out) setKey(out, k, made);
      continue;
    }
    out ??= first(value, keys, index);
    if (made !== undefined) setKey(out, k, made);
  }
  return out ?? value;
}

/** A copy with as many members as were looked at. */
function first(value: Readonly<Record<string, unknown>>, keys: readonly string[], count: number): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (let index = 0; index < count; index++) setKey(out, keys[index]!, value[keys[index]!]);
  return out;
}

/** A member of a map of texts, called `key`. */
function textMember(name: string, value: unknown, key: string, parent: string, owner: string | undefined): unknown {
  if (value === null || value === undefined) return undefined;
  if (!isContainer(value)) return yamlScalar(value);
  if (parent !== 'metadata' || owner === undefined) return walk(value, name, key, owner);
  throw new ValuesError([
    { path: [], message: `${key} "${name}" of ${owner} must be text, not a ${Array.isArray(value) ? 'list' : 'map'}` },
  ]);
}

/** A list with each item changed; the same one where none is. */
function changed(list: readonly unknown[], change: (item: unknown) => unknown): readonly unknown[] {
  const out = list.map(change);
  return out.every((item, index) => item === list[index]) ? list : out;
}

const isContainer = (value: unknown): boolean => Array.isArray(value) || isPlainObject(value);
const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.getPrototypeOf(value) === Object.prototype;

function environmentVariable(item: unknown): unknown {
  if (!isPlainObject(item)) return item;
  const bare = ['name', 'value'].filter((key) => {
    const value = item[key];
    return value !== undefined && value !== null && typeof value !== 'string' && !isContainer(value);
  });
  return bare.length ? { ...item, ...Object.fromEntries(bare.map((key) => [key, yamlScalar(item[key])])) } : item;
}
