// Objects that several releases of releases.yaml would make: in one cluster, each takes them from the other.
import type { Planned } from '../constructs/common/entry';
import { keyOf } from '../kubernetes/object';

export interface Owner {
  readonly name: string;
  /** API server that it goes to, where that is known. */
  readonly server?: string;
}

export interface Clash<R extends Owner = Owner> {
  readonly releases: readonly R[];
  /** `Kind namespace/name`, in the order of the first release. */
  readonly objects: readonly string[];
}

/** Which releases make which objects. Of an object nothing is kept but what a server knows it by. */
export class Owners<R extends Owner> {
  private readonly byKey = new Map<string, R | Set<R>>();

  add(release: R, plan: readonly Planned[]): void {
    for (const { object } of plan) {
      const key = `${release.server ?? ''}\0${keyOf(object)}`;
      const known = this.byKey.get(key);
      if (known instanceof Set) known.add(release);
      else if (known !== release) this.byKey.set(key, known === undefined ? release : new Set([known, release]));
    }
  }

  /**
   * Objects with the same group, kind, namespace and name, by the releases that share them.
   * @param counts which releases are looked at.
   * @default all
   */
  clashes(counts: (release: R) => boolean = () => true): Clash<R>[] {
    const found = new Map<string, { releases: readonly R[]; objects: string[] }>();
    for (const [object, known] of this.byKey) {
      const releases = known instanceof Set ? [...known].filter(counts) : [];
      if (releases.length < 2) continue;
      const key = releases.map(({ name }) => name).join('\0');
      const clash = found.get(key) ?? { releases, objects: [] };
      clash.objects.push(shown(object));
      found.set(key, clash);
    }
    return [...found.values()];
  }
}

function shown(key: string): string {
  const [, , kind = '', namespace = '', name = ''] = key.split('\0');
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;
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
