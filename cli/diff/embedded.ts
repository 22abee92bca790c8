// Documents inside ConfigMaps: a YAML or JSON file that says the same in other words is not a change.
import { readYamlStream, YamlError } from '../../helm/yaml/read';
import { canonical } from './normalize';
import { isPlain, type Plain } from './objects';
import { value } from './shape';

/** `after`, with the files of `before` in place of those that mean the same. */
export function sameDocuments(before: unknown, after: unknown): unknown {
  if (!isPlain(before) || !isPlain(after)) return after;
  const same = ([key, text]: readonly [string, unknown]): boolean =>
    /\.(ya?ml|json)$/.test(key) &&
    typeof text === 'string' &&
    typeof before[key] === 'string' &&
    text !== before[key] &&
    meaning(text) === meaning(before[key]);
  return Object.fromEntries(Object.entries(after satisfies Plain).map(([key, text]) => [key, same([key, text]) ? before[key] : text]));
}

function meaning(text: string): string | undefined {
  try {
    return canonical(readYamlStream(text, ''), value);
  } catch (error) {
    // What is not YAML is text, and equal to itself only.
    if (error instanceof YamlError) return text;
    throw error;
  }
}
