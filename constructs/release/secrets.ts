// Keeps the secrets of a release out of what is printed: each Secret becomes a name that must exist, or an ExternalSecret, and what else
// would show a secret (a file of a ConfigMap, a variable of a container) comes from such a Secret.
import { ValuesError, type Issue } from '../../helm/check';
import { isTable } from '../../helm/yaml/values';
import { keyOf, nameOf, type KubeObject } from '../../kubernetes/object';
import { podSpecOf, withPodSpec } from '../../kubernetes/pods';
import { isSecretName } from '../common/hide/names';
import type { Entry } from '../common/entry';
import { secretSettings, type SecretSettings } from '../common/secret-settings';
import { isKept } from '../common/stages';
import { standInOf } from '../common/withheld';
import { externalSecret } from './external-secret';
import type { Inputs } from './inputs';
import { fromSecrets, type Moved } from './secret-references';
import { hasLogin } from './withhold';

type Plain = Readonly<Record<string, unknown>>;
type Data = KubeObject & { readonly data?: Plain; readonly stringData?: Plain; readonly type?: string };

/** @throws ValuesError when a secret stands where no Secret can be read */
export function withoutSecrets(entries: readonly Entry[], { secretMode, values, withheld }: Inputs): readonly Entry[] {
  if (secretMode === 'inline') return entries;
  const settings = secretSettings(values['secrets']);
  const moved = new Map<string, Moved>();
  const given = new Set<string>();
  eachText(values, (text) => given.add(text));
  const out = entries.flatMap((entry): Entry[] => {
    const { object } = entry;
    if (isCore(object, 'Secret')) return [wanted(entry, keysOf(object as Data), settings)];
    if (isCore(object, 'ConfigMap')) return fromConfigMap(entry, moved, settings);
    return fromEnvironment(entry, given, settings);
  });
  const followed = out.map((entry) => ({
    ...entry,
    object: withPodSpec(entry.object, (spec) => fromSecrets(spec, (name) => moved.get(placed(entry.object, name)))),
  }));
  const shown = followed.flatMap(({ object }) => issuesOf(object, withheld));
  if (shown.length) throw new ValuesError(shown);
  return followed;
}

const isCore = ({ apiVersion, kind }: KubeObject, name: string): boolean => apiVersion === 'v1' && kind === name;
const placed = ({ metadata: { namespace = '' } }: KubeObject, name: string): string => `${namespace}/${name}`;
const keysOf = ({ data, stringData }: Data): string[] => [...new Set([...Object.keys(data ?? {}), ...Object.keys(stringData ?? {})])];

/** A Secret that holds nothing is printed: a controller fills it. */
function wanted(entry: Entry, keys: readonly string[], settings: SecretSettings): Entry {
  if (!keys.length) return entry;
  const { data: _data, stringData: _stringData, type = 'Opaque', ...object } = entry.object as Data;
  if (settings.mode === 'omit') return { ...entry, object, needed: { type, keys } };
  const kept = isKept(object, entry.lifecycle);
  return { ...entry, object: externalSecret({ metadata: object.metadata, type, keys, isKept: kept }, settings) };
}

/** A Secret that the chart does not have, beside the object that it takes secrets from. */
function beside(entry: Entry, name: string, keys: readonly string[], settings: SecretSettings): Entry {
  const { object, knownAs } = entry;
  const { namespace, labels } = object.metadata;
  const secret: KubeObject = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), ...(labels ? { labels } : {}) },
  };
  const hook = entry.lifecycle.hook?.events.some((event) => event.startsWith('pre-'))
    ? { hook: { ...entry.lifecycle.hook, weight: -10 } }
    : {};
  return wanted(
    {
      object: secret,
      key: `${entry.key}\0${keyOf({ ...secret, metadata: { name } })}`,
      stage: 'foundations',
      lifecycle: hook,
      owner: entry.owner,
      ...(knownAs ? { knownAs: { ...knownAs, name } } : {}),
    },
    keys,
    settings,
  );
}

/** Files that show a secret go to a Secret; the others stay. */
function fromConfigMap(entry: Entry, moved: Map<string, Moved>, settings: SecretSettings): Entry[] {
  const { data = {}, ...rest } = entry.object as Data;
  const secret = Object.keys(data).filter((key) => standInOf(String(data[key])) !== undefined);
  if (!secret.length) return [entry];
  const { name } = rest.metadata;
  const secretName = /-config$/.test(name) ? name : `${name}-config`;
  const left = Object.fromEntries(Object.entries(data).filter(([key]) => !secret.includes(key)));
  const object: Data = { ...rest, data: left };
  const isEmpty = !Object.keys(left).length && !('binaryData' in rest);
  moved.set(placed(rest, name), { secretName, keys: secret, isWhole: isEmpty });
  return [...(isEmpty ? [] : [{ ...entry, object }]), beside(entry, secretName, secret, settings)];
}

/**
 * Variables of the containers that are secret: by what the schema says of the value; and of those that a user gave, by their name or by a
 * login in them.
 */
function fromEnvironment(entry: Entry, given: ReadonlySet<string>, settings: SecretSettings): Entry[] {
  const name = `${entry.object.metadata.name}-env`;
  const found = new Map<string, unknown>();
  const keyFor = (variable: string, value: unknown): string => {
    let key = variable;
    for (let index = 2; found.has(key) && found.get(key) !== value; index++) key = `${variable}.${index}`;
    found.set(key, value);
    return key;
  };
  const changed = (item: unknown): unknown => {
    if (!isTable(item) || typeof item['name'] !== 'string' || typeof item['value'] !== 'string' || item['value'] === '') return item;
    const { name: variable, value } = item;
    const isOwn = (): boolean => entry.isAdded === true || [...given].some((text) => text.includes(value));
    if (standInOf(value) === undefined && !((isSecretName(variable) || hasLogin(value)) && isOwn())) return item;
    return { name: variable, valueFrom: { secretKeyRef: { name, key: keyFor(variable, value) } } };
  };
  if (!podSpecOf(entry.object)) return [entry];
  const object = withPodSpec(entry.object, (spec) => withEnvironment(spec, changed));
  return found.size ? [beside(entry, name, [...found.keys()], settings), { ...entry, object }] : [entry];
}

const withEnvironment = (spec: Plain, change: (item: unknown) => unknown): Plain =>
  Object.fromEntries(
    Object.entries(spec).map(([key, list]) => [
      key,
      /ontainers$/.test(key) && Array.isArray(list)
        ? list.map((container: unknown) =>
            isTable(container) && Array.isArray(container['env']) ? { ...container, env: container['env'].map(change) } : container,
          )
        : list,
    ]),
  );

/** A secret that stands anywhere else: nothing but an error keeps it from being printed broken. */
function issuesOf(object: KubeObject, { paths }: Inputs['withheld']): Issue[] {
  const found = new Set<string>();
  eachText(object, (text) => {
    const mark = standInOf(text);
    if (mark !== undefined) found.add(mark);
  });
  return [...found].map((mark) => ({
    path: paths.get(mark) ?? ['secrets', 'mode'],
    message:
      `is secret and stands in ${nameOf(object)}, where none can come from a Secret: take it away ` +
      `there, or set secrets.mode to inline`,
  }));
}

/** Visits all texts, those of keys among them. */
function eachText(value: unknown, visit: (text: string) => void): void {
  if (typeof value === 'string') return visit(value);
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) eachText(item, visit);
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    visit(key);
    eachText(item, visit);
  }
}
