// How Go prints values: `{{ value }}`, `print`, `println` and `toString`.
import { formatFloat } from './float';
import { visitData, checkTextSize } from './limits';
import { SemanticVersion } from './semver';
import { Failure } from './errors';
import { supported } from './unsupported';
import { CAPABILITIES, getKey, Int, isDict, isList, isStruct, keysOf, typeOf } from './values';

/** What Go prints for a value that is not there; Helm takes it out of the rendered text. */
export const NO_VALUE = '<no value>';

/** A value as `%v` prints it. */
export function print(value: unknown, depth = 0): string {
  if (value === undefined || value === null) return '<nil>';
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
      return formatFloat(value, 'g');
    case 'boolean':
    case 'bigint':
      return String(value);
    default:
      return printObject(value, depth);
  }
}

function printObject(value: unknown, depth: number): string {
  visitData(depth);
  supported(value);
  if (value instanceof Int) return value.value.toString();
  if (value instanceof SemanticVersion) return value.toString();
  if (isList(value)) return `[${printAll(value.map((element) => print(element, depth + 1)))}]`;
  if (!isDict(value)) return NO_VALUE;
  if (typeOf(value) === CAPABILITIES) throw new Failure('.Capabilities has no text of use', 'name the field that is meant');
  if (isStruct(value)) return print(getKey(value, 'Version'));
  return `map[${printAll(keysOf(value).map((key) => `${key}:${print(getKey(value, key), depth + 1)}`))}]`;
}

/** Joins with spaces, unless that would pass the limit: a list that holds one text often is small but prints large. */
function printAll(parts: readonly string[]): string {
  checkTextSize(parts.reduce((length, part) => length + part.length + 1, 0));
  return parts.join(' ');
}

/** Go's fmt.Sprint: a space between two values when neither is a string. */
export function sprint(values: readonly unknown[]): string {
  let result = '';
  values.forEach((value, index) => {
    if (index > 0 && typeof value !== 'string' && typeof values[index - 1] !== 'string') result += ' ';
    result += print(value);
    checkTextSize(result.length);
  });
  return result;
}

/** Go's fmt.Sprintln. */
export function sprintln(values: readonly unknown[]): string {
  return `${printAll(values.map((value) => print(value)))}\n`;
}
