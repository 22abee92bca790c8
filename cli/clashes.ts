// Objects that several releases of releases.yaml would make: in one cluster, each takes them from the other.
import type { Planned } from '../constructs/common/entry';

export interface Printed {
  readonly name: string;
  readonly plan: readonly Planned[];
  /** API server that it goes to, where that is known. */
  readonly server?: string;
}

export interface Clash<R extends Printed = Printed> {
  readonly releases: readonly R[];
  /** `Kind namespace/name`, in the order of the first release. */
  readonly objects: readonly string[];
}

/** Objects with the same group, kind, namespace and name, by the releases that share them. */
export function clashes<R extends Printed>(printed: readonly R[]): Clash<R>[] {
  const owners = new Map<string, { readonly object: string; readonly releases: Set<R> }>();
  for (const release of printed) {
    for (const {
      object: {
        apiVersion,
        kind,
        metadata: { name, namespace },
      },
    } of release.plan) {
      const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
      const key = [release.server ?? '', group, kind, namespace ?? '', name].join('\0');
      const known = owners.get(key) ?? {
        object: `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`,
        releases: new Set<R>(),
      };
      known.releases.add(release);
      owners.set(key, known);
    }
  }
  const found = new Map<string, { releases: readonly R[]; objects: string[] }>();
  for (const { object, releases } of owners.values()) {
    if (releases.size < 2) continue;
    const key = [...releases].map(({ name }) => name).join('\0');
    const clash = found.get(key) ?? { releases: [...releases], objects: [] };
    clash.objects.push(object);
    found.set(key, clash);
  }
  return [...found.values()];
}

/** One sentence: who, what, and how to mend it. */
export function clashText({ releases, objects }: Clash): string {
  const namespaces = objects.every((object) => object.startsWith('Namespace '));
  const mend = namespaces
    ? 'let one of them make it (createNamespace), or give them different ones'
    : 'give them different namespaces, or other names in their values';
  const both = releases.length === 2 ? 'both ' : '';
  return `${some(
    releases.map(({ name }) => name),
    3,
  )} ${both}make ${some(objects, 4)}: in one cluster each would take ${objects.length > 1 ? 'them' : 'it'} from the other${releases.length > 2 ? 's' : ''}; ${mend}`;
}

function some(names: readonly string[], most: number): string {
  const shown = names.length > most ? [...names.slice(0, most), `${names.length - most} more`] : names;
  return shown.length > 1 ? `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}` : shown.join('');
}
