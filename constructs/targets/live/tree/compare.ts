// What is different between two objects, as far as it means something: no order of keys, and nothing is as null, or as no requests.
import { isTable } from '../../../../helm/yaml/values';

export interface Difference {
  readonly path: readonly string[];
  readonly expected: unknown;
  readonly actual: unknown;
}

export function compared(expected: unknown, actual: unknown): Difference[] {
  const found: Difference[] = [];
  const path: string[] = [];
  const compare = (one: unknown, other: unknown, key: string): void => {
    if (one === other || (isNothing(one, key) && isNothing(other, key))) return;
    if (isTable(one) && isTable(other)) {
      for (const name of Object.keys(one)) below(one[name], other[name], name);
      for (const name of Object.keys(other)) if (!Object.hasOwn(one, name)) below(one[name], other[name], name);
    } else if (Array.isArray(one) && Array.isArray(other) && one.length === other.length)
      for (let index = 0; index < one.length; index++) below(one[index], other[index], String(index));
    else found.push({ path: [...path], expected: one, actual: other });
  };
  // The path is copied only where something is different: nearly always nothing is.
  const below = (one: unknown, other: unknown, key: string): void => {
    path.push(key);
    compare(one, other, key);
    path.pop();
  };
  compare(expected, actual, '');
  return found;
}

/** Maps that say nothing when there is nothing in them. */
const NOTHING_WHEN_EMPTY = /^(resources|limits|requests|nodeSelector)$|(labels|annotations)$/i;

const isNothing = (value: unknown, key: string): boolean =>
  value === undefined ||
  value === null ||
  (isTable(value) && NOTHING_WHEN_EMPTY.test(key) && Object.entries(value).every(([name, item]) => isNothing(item, name)));
