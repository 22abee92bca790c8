// Values that hold YAML as text: read, and written for defaults.
import { ValuesError } from '../../../helm/check';
import { isTrue, text } from '../../../helm/print';
import { readYamlPart, YamlError } from '../../../helm/yaml/read';
import { writeYaml } from '../../../helm/yaml/write';
import { Path } from '../../common/checks';

/** What the texts of defaults say: reading them would take longer than all else of a small release. */
const KNOWN = new Map<string, unknown>([['', null]]);

/** Data as YAML text that is known without reading it. */
export function knownYaml(data: readonly object[]): string {
  const source = writeYaml(data);
  KNOWN.set(source, data);
  return source;
}

/** YAML text of a value, read. @throws ValuesError when it is not YAML */
export function yamlText(value: unknown, ...path: Path): unknown {
  const source = text(value);
  if (KNOWN.has(source)) return KNOWN.get(source);
  try {
    return readYamlPart(source, path.join('.'));
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw new ValuesError([
      { path, message: `is not valid YAML once its templates are evaluated: line ${error.line}, column ${error.column}: ${error.reason}` },
    ]);
  }
}

/** YAML text of a value, read as a list. @throws ValuesError when it is not a YAML list */
export function yamlList<T>(value: unknown, ...path: Path): T[] {
  const read = yamlText(value, ...path);
  if (!isTrue(read)) return [];
  if (!Array.isArray(read)) throw new ValuesError([{ path, message: 'must be YAML text that holds a list: begin each item with "- "' }]);
  return read as T[];
}
