// YAML and JSON: toYaml, fromYaml, toJson and their kin.
import { parseJson } from '../../json';
import { toGoYaml } from '../../yaml/go';
import { readYaml } from '../../yaml/read';
import { Failure } from '../errors';
import { plain } from '../plain';
import { getKey, isDict, isList, keysOf, newDict, setKey, typeOf } from '../values';
import { define, type FunctionTable } from './define';

const toYaml = define('a', (value) => toGoYaml(plain(value)));
const toJson = define('a', (value) => json(plain(value)) ?? '');
const toPrettyJson = define('a', (value) => json(plain(value), '\n') ?? '');
const toRawJson = define('a', (value) => json(plain(value), '', false) ?? '');

export const documents: FunctionTable = {
  toYaml,
  mustToYaml: toYaml,
  fromYaml: define('s', (text) => orError(() => readMap(readYaml(text, 'fromYaml'), 'yaml'))),
  fromYamlArray: define('s', (text) => orErrorList(() => readList(readYaml(text, 'fromYaml'), 'yaml'))),
  toJson,
  mustToJson: toJson,
  toPrettyJson,
  mustToPrettyJson: toPrettyJson,
  toRawJson,
  mustToRawJson: toRawJson,
  fromJson: define('s', (text) => orError(() => readMap(readJson(text), 'json'))),
  fromJsonArray: define('s', (text) => orErrorList(() => readList(readJson(text), 'json'))),
  mustFromJson: define('s', readJson),
};

function readJson(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    throw new Failure(`the text is not JSON: ${error instanceof Error ? error.message : String(error)}`, undefined, { cause: error });
  }
}

function readMap(value: unknown, format: string): unknown {
  if (value === null || value === undefined) return newDict();
  if (isDict(value)) return value;
  throw new Failure(`${format}: cannot unmarshal ${jsonType(value)} into Go value of type map[string]interface {}`);
}

function readList(value: unknown, format: string): unknown {
  if (value === null || value === undefined) return [];
  if (isList(value)) return value;
  throw new Failure(`${format}: cannot unmarshal ${jsonType(value)} into Go value of type []interface {}`);
}

function jsonType(value: unknown): string {
  if (isList(value)) return 'array';
  return isDict(value) ? 'object' : typeof value === 'boolean' ? 'bool' : typeof value === 'string' ? 'string' : 'number';
}

/** Helm puts the error into the map instead of failing. */
function orError(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    const result = newDict();
    setKey(result, 'Error', error instanceof Error ? error.message : String(error));
    return result;
  }
}

function orErrorList(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

const HTML = /[<>&\u2028\u2029]/g;

/** Go's encoding/json: keys sorted, `<`, `>` and `&` escaped; undefined for what JSON cannot hold. */
function json(value: unknown, newline = '', escapesHtml = true): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? (Object.is(value, -0) ? '-0' : String(value)) : undefined;
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'string') return jsonText(value, escapesHtml);
  if (isList(value))
    return jsonBlock(
      '[',
      ']',
      value.map((each) => json(each, indented(newline), escapesHtml)),
      newline,
    );
  if (isDict(value)) {
    const entries = keysOf(value).map((key) => {
      const element = json(getKey(value, key), indented(newline), escapesHtml);
      return element === undefined ? undefined : `${jsonText(key, escapesHtml)}:${newline === '' ? '' : ' '}${element}`;
    });
    return jsonBlock('{', '}', entries, newline);
  }
  if (typeof value === 'boolean' || value === null) return String(value);
  throw new Failure(`JSON cannot hold a value of type ${typeOf(value)}`);
}

function indented(newline: string): string {
  return newline === '' ? '' : `${newline}  `;
}

function jsonBlock(open: string, close: string, parts: readonly (string | undefined)[], newline: string): string | undefined {
  if (parts.includes(undefined)) return undefined;
  if (parts.length === 0) return open + close;
  return `${open}${indented(newline)}${parts.join(`,${indented(newline)}`)}${newline}${close}`;
}

function jsonText(text: string, escapesHtml: boolean): string {
  // JSON.stringify writes a byte that is not UTF-8, see bytes.ts, as an escaped lone surrogate.
  const escaped = JSON.stringify(text).replace(/(?<=(?:^|[^\\])(?:\\\\)*)\\udc[89a-f][0-9a-f]/g, '\\ufffd');
  const pattern = escapesHtml ? HTML : /[\u2028\u2029]/g;
  return escaped.replace(pattern, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
