// Keys that only the cluster has: whether they were saved since they were made.
import type { Planned } from '../../constructs/common/entry';
import { KEYS_ANNOTATION, type MadeKeys } from '../../constructs/common/stages';
import { ownersOf } from '../cluster/fields';
import { at, type Thing } from '../diff/objects';
import type { Problem } from './problem';

/** Secrets of keys that the release makes in the cluster. */
export const madeKeys = (plan: readonly Planned[]): MadeKeys[] => plan.flatMap(({ lifecycle: { makesKeys } }) => makesKeys ?? []);

/** @param secrets those of `madeKeys` that are there, managed fields included */
export function unsavedKeys(made: readonly MadeKeys[], secrets: readonly Thing[]): Problem[] {
  return made.flatMap(({ namespace, name, backup }): Problem[] => {
    const secret = secrets.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
    // Where it is not there, its Job has not ended well, and that is told.
    if (!secret) return [];
    const message = whyUnsaved(secret);
    return message === undefined
      ? []
      : [{ apiVersion: 'v1', kind: 'Secret', namespace, name, trouble: 'keys', message, details: [`save them: ${backup}`] }];
  });
}

/** The server's own times are compared: clocks of people differ. */
function whyUnsaved(secret: Thing): string | undefined {
  if (at(secret, 'metadata', 'annotations', KEYS_ANNOTATION) === undefined) return 'its keys exist in the cluster only and were not saved';
  const last = (...path: readonly string[]): string =>
    ownersOf(secret, path)
      .map(({ time = '' }) => time)
      .toSorted()
      .at(-1) ?? '';
  const saved = last('metadata', 'annotations', KEYS_ANNOTATION);
  return saved !== '' && last('data') > saved ? 'its keys were written since they were saved' : undefined;
}
