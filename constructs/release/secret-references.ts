// Pods that read files or variables of a ConfigMap which are in a Secret now.
import { isTable } from '../../helm/yaml/values';

type Plain = Readonly<Record<string, unknown>>;

/** Keys of a ConfigMap that are in a Secret. */
export interface Moved {
  readonly secretName: string;
  readonly keys: readonly string[];
  /** Nothing is left of the ConfigMap. */
  readonly isWhole: boolean;
}

type Find = (configMap: string) => Moved | undefined;

/** The pod spec with volumes, variables and imports of variables that follow. */
export function fromSecrets(spec: Plain, find: Find): Plain {
  const following = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.flatMap((item) => imported(following(item), find));
    if (!isTable(value)) return value;
    return variable(volume(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, following(item)])), find), find);
  };
  return following(spec) as Plain;
}

const nameIn = (holder: unknown): string => (isTable(holder) ? String(holder['name']) : '');

/** `configMap` of a volume, or of a source of a projected one. */
function volume(value: Plain, find: Find): Plain {
  const { configMap, ...rest } = value;
  const moved = isTable(configMap) ? find(nameIn(configMap)) : undefined;
  if (!moved || !isTable(configMap)) return value;
  const { name, items, defaultMode, optional } = configMap;
  const wanted = Array.isArray(items) ? (items as Plain[]) : undefined;
  const [secret, left] = [true, false].map((isMoved) => wanted?.filter(({ key }) => moved.keys.includes(String(key)) === isMoved));
  const may = optional === undefined ? {} : { optional };
  const mode = defaultMode === undefined ? {} : { defaultMode };
  // A source of a projected volume has no name of its own, and calls the Secret by `name`.
  const isSource = !('name' in rest);
  if (wanted && !secret?.length) return value;
  if (moved.isWhole || (wanted && !left?.length)) {
    const which = { ...(secret ? { items: secret } : {}), ...may };
    return { ...rest, secret: isSource ? { name: moved.secretName, ...which } : { secretName: moved.secretName, ...which, ...mode } };
  }
  const sources = [
    { configMap: { name, ...(left ? { items: left } : {}), ...may } },
    { secret: { name: moved.secretName, ...(secret ? { items: secret } : {}), ...may } },
  ];
  return isSource ? { ...rest, sources } : { ...rest, projected: { sources, ...mode } };
}

/** `configMapKeyRef` of a variable. */
function variable(value: Plain, find: Find): Plain {
  const { configMapKeyRef: reference, ...rest } = value;
  const moved = isTable(reference) ? find(nameIn(reference)) : undefined;
  if (!moved || !isTable(reference) || !moved.keys.includes(String(reference['key']))) return value;
  return { ...rest, secretKeyRef: { ...reference, name: moved.secretName } };
}

/** An item of `envFrom`, or a source of a projected volume that has become two. */
function imported(item: unknown, find: Find): unknown[] {
  if (!isTable(item)) return [item];
  if (Array.isArray(item['sources']) && Object.keys(item).length === 1) return item['sources'] as unknown[];
  const { configMapRef: reference, ...rest } = item;
  const moved = isTable(reference) ? find(nameIn(reference)) : undefined;
  if (!moved) return [item];
  const secret = { ...rest, secretRef: { ...(reference as Plain), name: moved.secretName } };
  return moved.isWhole ? [secret] : [item, secret];
}
