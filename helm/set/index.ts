// Values from the command line: --set and its kin over values files, as Helm layers them.
import { parseJson } from '../json';
import { mergeValues } from '../merge';
import { deepCopy, isTable, type Values } from '../yaml/values';
import { SetError } from './error';
import { SetParser, wellFormed, type ReadValue } from './parse';

export { SetError } from './error';

const MAX_INT64 = 2n ** 63n - 1n;

/**
 * `--set a.b=1,c[0]=x,d={1,2}`: true, false, null (in any case) and integers (int64, a `bigint`) are typed, everything else is text.
 * Returns new values; `into` stays as it is.
 * @throws SetError
 */
export function parseSet(expression: string, into: Values): Values {
  return parse('--set', expression, into, typedValue);
}

/**
 * `--set-string a=1`: every value is text.
 * @throws SetError
 */
export function parseSetString(expression: string, into: Values): Values {
  return parse('--set-string', expression, into, (text) => text);
}

/**
 * `--set-json 'a={"b":1},c=[2]'`, or one JSON object that is merged as a values file is. An empty value is null.
 * @throws SetError
 */
export function parseSetJson(expression: string, into: Values): Values {
  const trimmed = expression.replace(/^\p{White_Space}+|\p{White_Space}+$/gu, '');
  if (!trimmed.startsWith('{')) return parse('--set-json', expression, into, 'json');
  try {
    const object = wellFormed(parseJson(trimmed));
    return mergeValues([into, isTable(object) ? object : {}]);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new SetError('--set-json', expression, `it is not a JSON object: ${error.message}`, { cause: error });
  }
}

/**
 * `--set-file a=path`: the value is what `readFile` says is in the file.
 * @throws SetError, also when `readFile` throws
 */
export function parseSetFile(expression: string, into: Values, readFile: (path: string) => string): Values {
  return parse('--set-file', expression, into, (path) => {
    try {
      return readFile(path);
    } catch (error) {
      throw new SetError('--set-file', expression, `cannot read "${path}": ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
  });
}

/**
 * `--set-literal a.b=1,\\{x}`: all that follows the first "=" is one text as it is; nothing is escaped, in keys neither.
 * @throws SetError
 */
export function parseSetLiteral(expression: string, into: Values): Values {
  return parse('--set-literal', expression, into, 'literal');
}

export interface UserValues {
  /** What the files of `--values` hold (`readValues`), in the order given. */
  readonly files?: readonly Values[];
  readonly setJson?: readonly string[];
  readonly set?: readonly string[];
  readonly setString?: readonly string[];
  readonly setFile?: readonly string[];
  readonly setLiteral?: readonly string[];
}

/**
 * The user's values in Helm's order, whatever the order on the command line: files, then `--set-json`, `--set`,
 * `--set-string`, `--set-file`, `--set-literal`; inside each the later one wins. `readFile` reads the files of `--set-file`.
 * @throws SetError
 */
export function layerUserValues(layers: UserValues, readFile: (path: string) => string): Values {
  let values = mergeValues(layers.files ?? []);
  for (const expression of layers.setJson ?? []) values = parseSetJson(expression, values);
  for (const expression of layers.set ?? []) values = parseSet(expression, values);
  for (const expression of layers.setString ?? []) values = parseSetString(expression, values);
  for (const expression of layers.setFile ?? []) values = parseSetFile(expression, values, readFile);
  for (const expression of layers.setLiteral ?? []) values = parseSetLiteral(expression, values);
  return values;
}

function parse(flag: string, expression: string, into: Values, readValue: ReadValue): Values {
  const values = deepCopy(into);
  new SetParser(flag, expression, readValue).parseInto(values);
  return values;
}

function typedValue(text: string): unknown {
  switch (text.toLowerCase()) {
    case 'true':
      return true;
    case 'false':
      return false;
    case 'null':
      return null;
  }
  // A leading zero keeps its text: image tags, phone numbers.
  if (text !== '0' && !/^[-+]?[0-9]+$/.test(text)) return text;
  if (text !== '0' && text.startsWith('0')) return text;
  const integer = BigInt(text.replace(/^\+/, ''));
  if (integer > MAX_INT64 || integer < -MAX_INT64 - 1n) return text;
  return integer;
}
