// What one set of manifests has that another has not, as readable lines: `Kind/name path: before → after`.
import type { KubeObject } from '../../kubernetes/object';

type Flat = Map<string, string>;

/** Objects by kind, namespace and name; a Job by its name without the hash. */
function index(objects: readonly KubeObject[]): Map<string, KubeObject> {
  return new Map(
    objects.map((object) => {
      const { name, namespace } = object.metadata;
      return [
        `${object.kind}/${namespace && namespace !== 'estafette-ci' ? `${namespace}/` : ''}${object.kind === 'Job' ? name.replace(/-[0-9a-f]{8}$/, '') : name}`,
        object,
      ];
    }),
  );
}

function flatten(value: unknown, at: string, out: Flat): Flat {
  if (typeof value === 'object' && value !== null && Object.keys(value).length) {
    for (const [key, item] of Object.entries(value)) {
      const name = Array.isArray(value) && typeof (item as { name?: unknown })?.name === 'string' ? (item as { name: string }).name : key;
      flatten(item, Array.isArray(value) ? `${at}[${name}]` : `${at}${at ? '.' : ''}${name}`, out);
    }
  } else out.set(at, JSON.stringify(value));
  return out;
}

/** Lines for every object that is new, gone or different; digests and names of Jobs aside. */
export function difference(before: readonly KubeObject[], after: readonly KubeObject[]): string[] {
  const [old, now] = [index(before), index(after)];
  const lines: string[] = [];
  for (const [id, object] of now) {
    const was = old.get(id);
    const [a, b] = [was ? flatten(was, '', new Map()) : new Map<string, string>(), flatten(object, '', new Map())];
    if (!was) lines.push(`+ ${id}`);
    for (const [path, value] of b) {
      if (/checksum\/|^metadata\.(name|labels)/.test(path) || (!was && /^(apiVersion|kind|metadata\.namespace)$/.test(path))) continue;
      const earlier = a.get(path);
      if (earlier !== value) lines.push(`  ${id} ${path}: ${earlier === undefined ? '' : `${earlier} → `}${value}`);
    }
    for (const [path, value] of a) if (!b.has(path)) lines.push(`  ${id} ${path}: ${value} → gone`);
  }
  for (const id of old.keys()) if (!now.has(id)) lines.push(`- ${id}`);
  return lines;
}
