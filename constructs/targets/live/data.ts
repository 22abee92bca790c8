// The objects of a render as plain data, without what follows the content of others.
import { isTable, setKey } from '../../../helm/yaml/values';
import { isHashedJob, withoutHash } from '../../../kubernetes/jobs';
import type { Entry } from '../../common/entry';

/** Stands for what follows the content of others: the hash of a Job's name, a checksum. */
export const FOLLOWING = '00f0110w';

/** The object with what follows the content of others taken out. */
export function settled({ object }: Entry): unknown {
  const named = isHashedJob(object)
    ? { ...object, metadata: { ...object.metadata, name: `${withoutHash(object.metadata.name)}-${FOLLOWING}` } }
    : object;
  return withoutChecksums(named);
}

function withoutChecksums(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutChecksums);
  if (!isTable(value)) return value;
  const out: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) setKey(out, key, key.startsWith('checksum/') ? FOLLOWING : withoutChecksums(item));
  return out;
}

export const dataOf = (entries: readonly Entry[]): Record<string, unknown> =>
  Object.fromEntries(entries.map((entry) => [entry.key, settled(entry)]));

export function withoutNulls(value: unknown): unknown {
  if (!isTable(value)) return value;
  const out: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) if (item !== null) setKey(out, key, withoutNulls(item));
  return out;
}
