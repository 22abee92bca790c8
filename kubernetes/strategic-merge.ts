// Kubernetes' strategic merge: maps are merged, null deletes, lists that have a merge key are merged by it, others are replaced.

import { getKey, setKey } from '../helm/yaml/values';

/** Merge keys of Kubernetes' own types, by the name of the list. The first key that an item has counts. */
const MERGE_KEYS: Readonly<Record<string, readonly string[]>> = {
  containers: ['name'],
  initContainers: ['name'],
  ephemeralContainers: ['name'],
  volumes: ['name'],
  env: ['name'],
  imagePullSecrets: ['name'],
  volumeMounts: ['mountPath'],
  volumeDevices: ['devicePath'],
  ports: ['containerPort', 'port'],
  hostAliases: ['ip'],
  topologySpreadConstraints: ['topologyKey'],
  secrets: ['name'],
  webhooks: ['name'],
  podIPs: ['ip'],
  resourceClaims: ['name'],
  ownerReferences: ['uid'],
};

type Plain = Record<string, unknown>;
const isPlain = (value: unknown): value is Plain => typeof value === 'object' && value !== null && !Array.isArray(value);

/** `$patch: delete` and `$patch: replace` work as in kubectl. Nothing is changed in place. */
export function strategicMerge(base: unknown, patch: unknown, listName = ''): unknown {
  if (Array.isArray(patch)) return mergeLists(Array.isArray(base) ? base : [], patch, listName);
  if (!isPlain(patch)) return patch;
  const { $patch: directive, ...rest } = patch;
  const from: Plain = isPlain(base) && directive !== 'replace' ? base : {};
  const out: Plain = { ...from };
  for (const [key, value] of Object.entries(rest)) {
    if (value === null || (isPlain(value) && value.$patch === 'delete')) delete out[key];
    else setKey(out, key, strategicMerge(getKey(from, key), value, key));
  }
  return out;
}

function mergeLists(base: readonly unknown[], patch: readonly unknown[], listName: string): unknown[] {
  const keys = MERGE_KEYS[listName];
  const items = patch.filter((item) => !(isPlain(item) && item.$patch === 'replace' && Object.keys(item).length === 1));
  if (!keys || items.length < patch.length || !items.every(isPlain)) return items;
  const out = [...base];
  for (const item of items) {
    const key = keys.find((name) => name in item);
    const at = key === undefined ? -1 : out.findIndex((existing) => isPlain(existing) && existing[key] === item[key]);
    if (item.$patch === 'delete') {
      if (at >= 0) out.splice(at, 1);
    } else if (at >= 0) out[at] = strategicMerge(out[at], item);
    else out.push(strategicMerge({}, item));
  }
  return out;
}
