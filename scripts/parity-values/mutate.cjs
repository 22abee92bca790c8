// The changes that are tried on one value: another one of its kind, null, and its kind's empty value.
'use strict';
const { isDeepStrictEqual } = require('node:util');
const { isMap } = require('./paths.cjs');
const { guess, listFor, mapFor, scalarFor } = require('./samples.cjs');

/** Words that Kubernetes and the charts choose from, and another choice of the same set. */
const CHOICES = {
  ClusterIP: 'NodePort',
  IfNotPresent: 'Always',
  OrderedReady: 'Parallel',
  Parallel: 'OrderedReady',
  RollingUpdate: 'Recreate',
  Recreate: 'RollingUpdate',
  OnFailure: 'Never',
  Forbid: 'Replace',
  Prefix: 'Exact',
  None: 'ClientIP',
  Auto: 'Off',
  Issuer: 'ClusterIssuer',
  ClusterFirst: 'Default',
  ScheduleAnyway: 'DoNotSchedule',
  json: 'plaintext',
  text: 'json',
  debug: 'info',
  info: 'debug',
  INFO: 'WARNING',
  soft: 'hard',
  hard: 'soft',
  none: 'full',
  true: 'false',
  false: 'true',
  'upsert-only': 'sync',
  aws: 'google',
  txt: 'noop',
  full: 'memory',
};

/** Maps that templates hand around whole, but read by fixed keys. */
const CLOSED = /^credentials$/;

function otherText(key, value) {
  if (value.trim() === '') return String(scalarFor(key));
  if (CHOICES[value] !== undefined) return CHOICES[value];
  if (value.includes('\n'))
    return `${value.trimEnd()}\n${/^extra(Volumes|VolumeMounts|Containers)$/.test(key) ? scalarFor(key) : 'marker: x\n'}`;
  if (value.includes('{{')) return `${value}-marker`;
  if (/^[\d*/,-]+( [\d*/,-]+){4}$/.test(value)) return '17 3 * * *';
  if (/^https?:/.test(value)) return 'http://marker.example.com:8080/x';
  if (/^\//.test(value)) return '/marker';
  if (/^\d+(\.\d+)?[a-zA-Z%]*$/.test(value) || /tag$/i.test(key))
    return value.replace(/(\d+)(?=\D*$)/, (number) => String(Number(number) + 1));
  if (/^[\w.-]+(\/[\w.-]+)+:[\w.-]+$/.test(value)) return 'registry.example.com/marker:1.2.3';
  return `${value}-marker`;
}

function otherList(key, value) {
  if (value.length === 0) return listFor(key);
  if (value.length > 1) return [value.at(-1)];
  return [otherItem(key, value[0])];
}

/** A list's item with its first text changed, so that the list stays what it is. */
function otherItem(key, item) {
  if (!isMap(item)) return otherOf(key, item);
  const field = Object.keys(item).find((name) => typeof item[name] === 'string') ?? Object.keys(item)[0];
  return field === undefined ? item : { ...item, [field]: otherOf(field, item[field]) };
}

function otherOf(key, value) {
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'string') return otherText(key, value);
  if (Array.isArray(value)) return otherList(key, value);
  if (Object.keys(value).length === 0) return mapFor(key);
  return CLOSED.test(key) ? otherItem(key, value) : { ...value, marker: 'x' };
}

function emptyOf(value) {
  if (typeof value === 'boolean') return false;
  if (typeof value === 'number') return 0;
  if (typeof value === 'string') return '';
  return Array.isArray(value) ? [] : {};
}

/**
 * @param {{ path: string[], value: unknown, sample?: unknown, hints?: Set<string>, group?: boolean }} target
 *   value: what is in force (undefined when nothing is); sample: what a comment or a context shows; group: a map whose keys the templates read one by one
 * @returns {{ kind: 'other'|'null'|'empty', value: unknown }[]} only what differs from the value in force
 */
function changesOf({ path, value, sample, hints = new Set(), group = false }) {
  const key = path.at(-1);
  const out = [];
  const add = (kind, change) => {
    const isNoChange = isDeepStrictEqual(change, value) || out.some((seen) => isDeepStrictEqual(seen.value, change));
    // An empty map merges into what is there and changes nothing.
    if (!isNoChange && !(isMap(change) && isMap(value) && Object.keys(change).length === 0)) out.push({ kind, value: change });
  };
  if (group) {
    add('null', null);
    return out;
  }
  const like = value ?? sample ?? guess(key, hints);
  const isShown = value === undefined || value === null;
  const isFilledSample =
    sample !== undefined && sample !== null && !(typeof sample === 'object' && Object.keys(sample).length === 0) && sample !== '';
  if (isShown) add('other', isFilledSample ? sample : otherIfEmpty(key, like, hints));
  else if (isFilledSample && typeof value === 'object' && Object.keys(value).length === 0 && Array.isArray(sample) === Array.isArray(value))
    add('other', sample);
  else add('other', otherOf(key, value));
  add('null', null);
  add('empty', emptyOf(like));
  return out;
}

function otherIfEmpty(key, like, hints) {
  if (like === '') return String(scalarFor(key));
  if (typeof like === 'object' && Object.keys(like).length === 0) return otherOf(key, like);
  return like ?? guess(key, hints);
}

module.exports = { changesOf, otherOf, emptyOf };
