// Values from the command line: files and --set flags read, layered as Helm layers them, and mistakes traced back to where they were written.
import { readFileSync } from 'node:fs';
import type { Issue } from '../helm/check';
import { showPath } from '../helm/check';
import { mergeValues } from '../helm/merge';
import { parseSet, parseSetFile, parseSetJson, parseSetString, SetError } from '../helm/set';
import { locate } from '../helm/yaml/locate';
import { readValues, YamlError } from '../helm/yaml/read';
import { InputError } from './usage';

type Plain = Record<string, unknown>;

export interface ValueFlags {
  readonly values?: readonly string[];
  readonly set?: readonly string[];
  readonly 'set-string'?: readonly string[];
  readonly 'set-json'?: readonly string[];
  readonly 'set-file'?: readonly string[];
}

/** One thing the user gave: where it came from and what it says. */
interface Layer {
  readonly source: string;
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

/** @throws InputError naming the file, or the flag, and what is wrong in it */
export function readUserValues(flags: ValueFlags): UserValues {
  const warnings: string[] = [];
  const layers = (flags.values ?? []).map((file) => readLayer(file, warnings));
  let values = mergeValues(layers.map((layer) => layer.values));
  const apply = (name: string, expressions: readonly string[] | undefined, parse: (expression: string, into: Plain) => Plain): void => {
    for (const expression of expressions ?? []) {
      const source = `--${name} ${expression}`;
      try {
        layers.push({ source, values: parse(expression, {}) });
        values = parse(expression, values);
      } catch (error) {
        if (error instanceof SetError) throw new InputError([error.message], { cause: error });
        throw error;
      }
    }
  };
  apply('set-json', flags['set-json'], parseSetJson);
  apply('set', flags.set, parseSet);
  apply('set-string', flags['set-string'], parseSetString);
  apply('set-file', flags['set-file'], (expression, into) => parseSetFile(expression, into, (path) => readText(path, `--set-file ${expression}`)));
  return { values, warnings, place: (issue) => place(layers, issue) };
}

function readLayer(file: string, warnings: string[]): Layer {
  if (/^https?:\/\//.test(file)) throw new InputError([`${file}: values are read from files only; fetch it first and give the file's name`]);
  const source = file === '-' ? '<stdin>' : file;
  const text = file === '-' ? readFileSync(0, 'utf8') : readText(file, '--values');
  try {
    return { source, text, values: readValues(text, source, { warn: (message) => warnings.push(message) }) };
  } catch (error) {
    if (error instanceof YamlError) throw new InputError([error.message], { cause: error });
    throw error;
  }
}

function readText(path: string, flag: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file' : (error as Error).message;
    throw new InputError([`${flag}: ${path}: ${reason}`], { cause: error });
  }
}

/** The last layer that says anything about the path is the one to mend; a missing value is shown at its nearest parent. */
function place(layers: readonly Layer[], { path, message }: Issue): string {
  for (let length = path.length; length > 0; length--) {
    const part = path.slice(0, length);
    const layer = layers.findLast(({ values }) => holds(values, part));
    if (!layer) continue;
    const at = layer.text === undefined ? undefined : locate(layer.text, part);
    const where = at ? `${layer.source}:${at.line}:${at.column}` : layer.source;
    return `${where}: ${showPath(path)}: ${message}`;
  }
  return `${showPath(path) || 'values'}: ${message}`;
}

function holds(values: unknown, path: readonly (string | number)[]): boolean {
  let at = values;
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return false;
    at = (at as Record<string | number, unknown>)[key];
  }
  return true;
}
