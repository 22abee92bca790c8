// The objects of a render as plain data, without what follows the content of others.
import { isTable, setKey } from '../../../../helm/yaml/values';
import { isHashedJob, withoutHash } from '../../../../kubernetes/jobs';
import type { KubeObject } from '../../../../kubernetes/object';
import type { Entry } from '../../../common/entry';

/** Stands for what follows the content of others: the hash of a Job's name, a checksum. */
export const FOLLOWING = '00f0110w';

/** Member beside those of an object that holds what makes a Job another one, where that is not its content. */
export const IDENTITY = '00identity';

/** The object with what follows the content of others taken out, and a Job's identity beside it. */
export function settled({ object, lifecycle: { identity } }: Entry): unknown {
  if (!isHashedJob(object)) return withoutChecksums(object);
  const name = `${withoutHash(object.metadata.name)}-${FOLLOWING}`;
  return withoutChecksums({
    ...object,
    metadata: { ...object.metadata, name },
    ...(identity === undefined ? {} : { [IDENTITY]: identity }),
  });
}

/** An object as it is evaluated, without what stands beside it. */
export function objectOf(data: unknown): KubeObject {
  const { [IDENTITY]: _, ...object } = data as KubeObject & { readonly [IDENTITY]?: unknown };
  return object;
}

/** The same data where there is none in it. */
function withoutChecksums(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(withoutChecksums);
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  if (!isTable(value)) return value;
  let out: Record<string, unknown> | undefined;
  for (const key of Object.keys(value)) {
    const item = key.startsWith('checksum/') ? FOLLOWING : withoutChecksums(value[key]);
    if (item === value[key]) continue;
    out ??= { ...value };
    setKey(out, key, item);
  }
  return out ?? value;
}

export const dataOf = (entries: readonly Entry[]): Record<string, unknown> =>
  Object.fromEntries(entries.map((entry) => [entry.key, settled(entry)]));

export function withoutNulls(value: unknown): unknown {
  if (!isTable(value)) return value;
  const out: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) if (item !== null) setKey(out, key, withoutNulls(item));
  return out;
}
