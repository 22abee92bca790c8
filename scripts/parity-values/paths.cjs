// Paths into values: read, write, show, and the merge that Helm does between layers of values.
'use strict';

const isMap = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** `db.conf.http-port`; keys with dots in them are put in brackets. */
const showPath = (path) => path.reduce((out, key) => (/[.[\]"\s/]/.test(key) ? `${out}["${key}"]` : `${out}${out ? '.' : ''}${key}`), '');

function getAt(values, path) {
  let at = values;
  for (const key of path) {
    if (!isMap(at) || !Object.hasOwn(at, key)) return undefined;
    at = at[key];
  }
  return at;
}

/** A document with nothing but this one value. */
const nest = (path, value) => path.reduceRight((inner, key) => ({ [key]: inner }), value);

/** Helm's layering: maps are merged, anything else is replaced. Nulls stay, they delete in `coalesce`. */
function layer(base, over) {
  if (!isMap(base) || !isMap(over)) return over;
  const out = { ...base };
  for (const [key, value] of Object.entries(over)) out[key] = Object.hasOwn(base, key) ? layer(base[key], value) : value;
  return out;
}

/** The same without the keys that are null at the top of a change to a default: what a template sees. */
function dropNulls(values, defaults) {
  if (!isMap(values)) return values;
  const out = {};
  for (const [key, value] of Object.entries(values)) {
    if (value === null && isMap(defaults) && Object.hasOwn(defaults, key) && defaults[key] !== null) continue;
    out[key] = dropNulls(value, isMap(defaults) ? defaults[key] : undefined);
  }
  return out;
}

module.exports = { isMap, showPath, getAt, nest, layer, dropNulls };
