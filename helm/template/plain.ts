// Values of templates as plain data, for helpers, YAML and JSON.
import { visitData } from './limits';
import { SemanticVersion } from './semver';
import { supported } from './unsupported';
import { getKey, Int, isDict, isList, isNil, keysOf, newDict, setKey } from './values';

/** The value without Go's types: integers are numbers where those can hold them, else bigints. */
export function plain(value: unknown, depth = 0): unknown {
  visitData(depth);
  supported(value);
  if (typeof value === 'bigint' || value instanceof Int) return plainInteger(value instanceof Int ? value.value : value);
  if (value instanceof SemanticVersion) return value.toString();
  if (isNil(value)) return null;
  if (isList(value)) return value.map((element) => plain(element ?? null, depth + 1));
  if (!isDict(value)) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return value;
  const result = newDict();
  for (const key of keysOf(value)) setKey(result, key, plain(getKey(value, key), depth + 1));
  return result;
}

function plainInteger(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
