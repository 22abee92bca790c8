// Map functions. `set`, `unset` and the merges change the map they are given, as in Helm.
import { Failure } from '../errors';
import { spend, visitData } from '../limits';
import { print } from '../print';
import { copy } from '../copy';
import { getKey, hasKey, isDict, isList, isNil, isTrue, kindOf, keysOf, newDict, setKey, typeOf, withType, type Dict } from '../values';
import { define, type FunctionTable } from './define';

const merge = define('mm*', (target, ...sources) => mergeAll(target, sources, false));
const mergeOverwrite = define('mm*', (target, ...sources) => mergeAll(target, sources, true));
const deepCopy = define('a', (value) => {
  if (value === null) throw new Failure('cannot copy nil', 'the value is missing or null; give it a default such as (dict)');
  return copy(value);
});

export const dicts: FunctionTable = {
  dict: define('a*', (...values) => {
    const result = newDict();
    for (let index = 0; index < values.length; index += 2) {
      setKey(result, print(values[index]), index + 1 < values.length ? values[index + 1] : '');
    }
    return result;
  }),
  get: define('ms', (dict, key) => (hasKey(dict, key) ? getKey(dict, key) : '')),
  set: define('msa', (dict, key, value) => {
    setKey(writable(dict), key, value);
    return dict;
  }),
  unset: define('ms', (dict, key) => {
    delete dict[key];
    return dict;
  }),
  hasKey: define('ms', hasKey),
  pluck: define('sm*', (key, ...from) => from.filter((dict) => hasKey(dict, key)).map((dict) => getKey(dict, key))),
  // Go's order is random here; a sorted one is among the possible.
  keys: define('m*', (...from) => withType(from.flatMap(keysOf), '[]string')),
  values: define('m', (dict) => keysOf(dict).map((key) => getKey(dict, key))),
  pick: define('ms*', (dict, ...names) =>
    selected(
      dict,
      names.filter((name) => hasKey(dict, name)),
    ),
  ),
  omit: define('ms*', (dict, ...names) =>
    selected(
      dict,
      keysOf(dict).filter((key) => !names.includes(key)),
    ),
  ),
  dig: define('a*', (...values) => dig(values)),
  merge,
  mustMerge: merge,
  mergeOverwrite,
  mustMergeOverwrite: mergeOverwrite,
  deepCopy,
  mustDeepCopy: deepCopy,
};

function selected(dict: Dict, names: readonly string[]): Dict {
  const result = newDict();
  for (const name of names) setKey(result, name, getKey(dict, name));
  return result;
}

function writable(dict: Dict): Dict {
  if (isNil(dict)) throw new Failure('assignment to entry in nil map', 'the map is missing; give it a default such as (dict)');
  return dict;
}

/** `dig "key" "key" DEFAULT DICT`. */
function dig(values: readonly unknown[]): unknown {
  if (values.length < 3) throw new Failure('dig needs at least three arguments');
  let current = values.at(-1);
  const keys = values.slice(0, -2);
  for (const key of keys) {
    if (typeof key !== 'string') throw new Failure(`dig wants keys that are texts, got ${typeOf(key)}`);
    if (!isDict(current)) {
      const found = current === null ? 'nil' : typeOf(current);
      throw new Failure(`dig found ${found} before the key ${JSON.stringify(key)}, where a map should be`);
    }
    if (!hasKey(current, key)) return values.at(-2);
    current = getKey(current, key);
  }
  return current;
}

function mergeAll(target: Dict, sources: readonly Dict[], overwrite: boolean): Dict {
  const result = isNil(target) && !sources.every(isNil) ? newDict() : target;
  for (const source of sources) mergeInto(result, source, overwrite, 0);
  return result;
}

/**
 * Merges one map into another as Helm's mergo does: maps deeply, everything else as a whole. Without `overwrite` a
 * value wins over an empty one (0, false, "" and empty lists count as empty), with it the source always wins.
 */
function mergeInto(target: Dict, source: Dict, overwrite: boolean, depth: number): void {
  visitData(depth);
  for (const key of Object.keys(source)) {
    const [theirs, ours] = [getKey(source, key), getKey(target, key)];
    if (theirs === undefined) continue;
    spend();
    if (theirs === null) {
      if (overwrite) setKey(target, key, null);
    } else if (isDict(theirs) && isDict(ours)) {
      if (isTrue(ours)) mergeInto(ours, theirs, overwrite, depth + 1);
      else setKey(target, key, theirs);
    } else if (overwrite && isList(theirs) && kindOf(ours) === 'slice') {
      setKey(target, key, theirs);
    } else if (overwrite || !isTrue(ours)) {
      setKey(target, key, theirs);
    }
  }
}
