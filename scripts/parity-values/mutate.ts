// The changes that are tried on one value: another one of its kind, null, and its kind's empty value.
import { isDeepStrictEqual } from 'node:util';
import { isMap } from './paths';
import { guess, listFor, mapFor, scalarFor } from './samples';
import type { Change, ChangeKind, Hint, Path, Values } from './types';

/** Words that Kubernetes and the charts choose from, and another choice of the same set. */
const CHOICES: Readonly<Record<string, string>> = {
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

function otherText(key: string, value: string): string {
  if (value.trim() === '') return String(scalarFor(key));
  const choice = CHOICES[value];
  if (choice !== undefined) return choice;
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

function otherList(key: string, value: readonly unknown[]): readonly unknown[] {
  if (value.length === 0) return listFor(key);
  if (value.length > 1) return [value.at(-1)];
  return [otherItem(key, value[0])];
}

/** A list's item with its first text changed, so that the list stays what it is. */
function otherItem(key: string, item: unknown): unknown {
  if (!isMap(item)) return otherOf(key, item);
  const field = Object.keys(item).find((name) => typeof item[name] === 'string') ?? Object.keys(item)[0];
  return field === undefined ? item : { ...item, [field]: otherOf(field, item[field]) };
}

export function otherOf(key: string, value: unknown): unknown {
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'string') return otherText(key, value);
  if (Array.isArray(value)) return otherList(key, value);
  if (!isMap(value) || Object.keys(value).length === 0) return mapFor(key);
  return CLOSED.test(key) ? otherItem(key, value) : { ...value, marker: 'x' };
}

const isEmpty = (value: unknown): value is Values | readonly unknown[] =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0;

export function emptyOf(value: unknown): unknown {
  if (typeof value === 'boolean') return false;
  if (typeof value === 'number') return 0;
  if (typeof value === 'string') return '';
  return Array.isArray(value) ? [] : {};
}

export interface Target {
  readonly path: Path;
  /** What is in force; undefined when nothing is. */
  readonly value?: unknown;
  /** What a comment or a context shows. */
  readonly sample?: unknown;
  readonly hints?: ReadonlySet<Hint>;
  /** Whether it is a map whose keys the templates read one by one. */
  readonly group?: boolean;
}

/** Only what differs from the value in force. */
export function changesOf({ path, value, sample, hints = new Set(), group = false }: Target): Change[] {
  const key = path.at(-1) ?? '';
  const out: Change[] = [];
  const add = (kind: ChangeKind, change: unknown): void => {
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
  const isFilledSample = sample !== undefined && sample !== null && !isEmpty(sample) && sample !== '';
  if (isShown) add('other', isFilledSample ? sample : otherIfEmpty(key, like, hints));
  else if (isFilledSample && isEmpty(value) && Array.isArray(sample) === Array.isArray(value)) add('other', sample);
  else add('other', otherOf(key, value));
  add('null', null);
  add('empty', emptyOf(like));
  return out;
}

function otherIfEmpty(key: string, like: unknown, hints: ReadonlySet<Hint>): unknown {
  if (like === '') return String(scalarFor(key));
  if (isEmpty(like)) return otherOf(key, like);
  return like ?? guess(key, hints);
}
