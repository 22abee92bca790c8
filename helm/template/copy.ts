// Copies of data, for functions that change it.
import { visitData } from './limits';
import { isDict, isList, newDict, setKey, typeOf, withType } from './values';

/** A deep copy of maps and lists; everything else is taken as it is. */
export function copy(value: unknown, depth = 0): unknown {
  visitData(depth);
  if (isList(value))
    return withType(
      value.map((element) => copy(element, depth + 1)),
      typeOf(value),
    );
  const isPlain = isDict(value) && (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null);
  if (!isPlain) return value;
  const result = withType(newDict(), typeOf(value));
  for (const [key, element] of Object.entries(value)) setKey(result, key, copy(element, depth + 1));
  return result;
}
