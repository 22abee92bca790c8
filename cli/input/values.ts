// Values from the command line: files and --set flags read, layered as Helm layers
// them, and mistakes traced back to where they were written.
import type { Issue } from '../../helm/check';
import { layerUserValues, parseSet, parseSetFile, parseSetJson, parseSetLiteral, parseSetString, SetError } from '../../helm/set';
import { locate } from '../../helm/yaml/locate';
import { readValues } from '../../helm/yaml/read';
import { readFile, readingYaml, readValueFile } from './files';
import { setErrorText, shownExpression } from '../secrets/expressions';
import { secretValues, type SecretValues } from '../../constructs/common/hide/values';
import { InputError } from '../usage';

type Plain = Record<string, unknown>;

type SetFlag = 'set' | 'set-string' | 'set-json' | 'set-file' | 'set-literal';

export interface ValueFlags {
  readonly values?: readonly string[];
  readonly set?: readonly string[];
  readonly 'set-string'?: readonly string[];
  readonly 'set-json'?: readonly string[];
  readonly 'set-file'?: readonly string[];
  readonly 'set-literal'?: readonly string[];
}

/** One thing the user gave: where it came from and what it says. */
interface Layer {
  readonly source: string;
  /** What stands after the flag. */
  readonly expression?: string;
  /** Text of a file; flags have none. */
  readonly text?: string;
  readonly values: Plain;
}

export interface UserValues {
  /** All layers merged, nulls kept. */
  readonly values: Plain;
  /** What Helm reads in silence though it is hardly meant: a key given twice. */
  readonly warnings: readonly string[];
  /** `file:line:column: path: message`, or the flag in place of the file. */
  place(issue: Issue): string;
}

/**
 * @param secrets values at the top that errors must not show, beyond those that are secret by their names
 * @throws InputError naming the file, or the flag, and what is wrong in it
 */
export function readUserValues(flags: ValueFlags, secrets: readonly string[] = []): UserValues {
  const warnings: string[] = [];
  const files = (flags.values ?? []).map((file) => readLayer(file, warnings));
  const given = {
    set: flags.set,
    setString: flags['set-string'],
    setJson: flags['set-json'],
    setFile: flags['set-file'],
    setLiteral: flags['set-literal'],
  };
  try {
    const values = layerUserValues({ ...given, files: files.map((layer) => layer.values) }, readValueFile);
    return { values, warnings, place: (issue) => place([...files, ...flagLayers(flags)], issue, secretValues(secrets, values)) };
  } catch (error) {
    if (error instanceof SetError) throw new InputError([setErrorText(error)], { cause: error });
    throw error;
  }
}

/** Each flag alone: what it says, to find the one that a mistake is in. */
function flagLayers(flags: ValueFlags): Layer[] {
  const alone = (name: SetFlag, parse: (expression: string) => Plain): Layer[] =>
    (flags[name] ?? []).map((expression) => ({ source: `--${name}`, expression, values: parse(expression) }));
  return [
    ...alone('set-json', (expression) => parseSetJson(expression, {})),
    ...alone('set', (expression) => parseSet(expression, {})),
    ...alone('set-string', (expression) => parseSetString(expression, {})),
    ...alone('set-file', (expression) => parseSetFile(expression, {}, () => '')),
    ...alone('set-literal', (expression) => parseSetLiteral(expression, {})),
  ];
}

function readLayer(file: string, warnings: string[]): Layer {
  if (/^https?:\/\//.test(file))
    throw new InputError([`${file}: values are read from files only; fetch it first and give the file's name`]);
  const source = file === '-' ? '<stdin>' : file;
  const text = readFile(file, '--values');
  return { source, text, values: readingYaml(() => readValues(text, source, { warn: (message) => warnings.push(message) }), text) };
}

/** The last layer that says anything about the path is the one to mend; a missing value is shown at its nearest parent. */
function place(layers: readonly Layer[], issue: Issue, secrets: SecretValues): string {
  const { path } = issue;
  const { path: shown, message } = secrets.told(issue);
  const told = `${shown}: ${message}`;
  for (let length = path.length; length > 0; length--) {
    const part = path.slice(0, length);
    const layer = layers.findLast(({ values }) => holds(values, part));
    if (!layer) continue;
    const at = layer.text === undefined ? undefined : locate(layer.text, part);
    const where = at ? `:${at.line}:${at.column}` : layer.expression === undefined ? '' : ` ${shownExpression(layer.expression, shown)}`;
    return `${layer.source}${where}: ${told}`;
  }
  return told;
}

function holds(values: unknown, path: readonly (string | number)[]): boolean {
  let at = values;
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return false;
    at = (at as Record<string | number, unknown>)[key];
  }
  return true;
}
