// What is different between two objects, as far as it means something: no order of keys, and nothing is as null, or as no requests.
import { isTable } from '../../../../helm/yaml/values';

export interface Difference {
  readonly path: readonly string[];
  readonly expected: unknown;
  readonly actual: unknown;
}

export function compared(expected: unknown, actual: unknown, path: readonly string[] = [], into: Difference[] = []): Difference[] {
  const key = path.at(-1) ?? '';
  if (expected === actual || (isNothing(expected, key) && isNothing(actual, key))) return into;
  if (isTable(expected) && isTable(actual)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)]))
      compared(expected[key], actual[key], [...path, key], into);
    return into;
  }
  if (Array.isArray(expected) && Array.isArray(actual) && expected.length === actual.length) {
    expected.forEach((item, index) => compared(item, actual[index], [...path, String(index)], into));
    return into;
  }
  into.push({ path, expected, actual });
  return into;
}

/** Maps that say nothing when there is nothing in them. */
const NOTHING_WHEN_EMPTY = /^(resources|limits|requests|nodeSelector)$|(labels|annotations)$/i;

const isNothing = (value: unknown, key: string): boolean =>
  value === undefined ||
  value === null ||
  (isTable(value) && NOTHING_WHEN_EMPTY.test(key) && Object.entries(value).every(([name, item]) => isNothing(item, name)));
