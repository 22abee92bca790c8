// The values of a release, one by one, as far as its schema tells them apart.
import { isDeepStrictEqual } from 'node:util';
import { isGroup, type DefaultContext, type Fields, type Group, type Leaf as Declared } from '../../../helm/schema';
import { getKey, isTable } from '../../../helm/yaml/values';
import { TEXTS, type Shape } from './marks';

export interface Leaf {
  readonly index: number;
  /** Keys of the values; `.Release` and a key of it for what Helm itself knows. */
  readonly path: readonly string[];
  /** @default Helm's own */
  readonly declared?: Declared<unknown>;
  /** What it is in this release; undefined where nothing is. */
  readonly base: unknown;
  /** Shapes that it may have, the likeliest first. */
  readonly shapes: readonly Shape[];
  /** Whether its choices are words that were found out. @default its schema tells of them */
  readonly isByWord?: boolean;
}

interface Release {
  readonly name: string;
  readonly namespace: string;
}

export const RELEASE_NAME = 0;
export const NAMESPACE = 1;

/** Keys of maps whose schema says nothing. */
const MAPS =
  /^(resources|affinity|nodeSelector|strategy|updateStrategy|limits|requests|dnsConfig)$|(labels|annotations|securityContext|affinity|probe)$/i;

function shapesOf({ kind }: Declared<unknown>, base: unknown, key: string): readonly Shape[] {
  switch (kind) {
    case 'text':
      return TEXTS.slice(0, -1);
    case 'number':
      return ['number'];
    case 'flag':
      return ['flag'];
    case 'table':
      return ['map'];
    case 'list':
      return ['names', 'texts'];
    default:
      if (isTable(base) || MAPS.test(key)) return ['map', 'text', 'names'];
      if (Array.isArray(base)) return ['names', 'texts', 'map'];
      if (typeof base === 'string') return ['text', 'map'];
      return typeof base === 'number' ? ['number', 'text'] : typeof base === 'boolean' ? ['flag'] : ['map', 'names', 'text'];
  }
}

export const valueAt = (values: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((at, key) => (isTable(at) ? getKey(at, key) : undefined), values);

/** All values that a schema declares, behind the two that Helm itself gives. @param values merged with the defaults */
export function leavesOf(schema: Group<Fields, boolean>, values: unknown, release: Release): Leaf[] {
  const leaves: Leaf[] = [
    { index: RELEASE_NAME, path: ['.Release', 'Name'], base: release.name, shapes: ['text'] },
    { index: NAMESPACE, path: ['.Release', 'Namespace'], base: release.namespace, shapes: ['text'] },
  ];
  const walk = (group: Group<Fields, boolean>, above: readonly string[]): void => {
    for (const [key, field] of Object.entries(group.fields)) {
      const path = [...above, key];
      if (isGroup(field)) walk(field, path);
      else {
        const own = valueAt(values, path);
        // What follows the name of the release by default is not there until somebody gives it.
        const base = isMadeOf(release, field, own) ? undefined : own;
        leaves.push({ index: leaves.length, path, declared: field, base, shapes: shapesOf(field, base, key) });
      }
    }
  };
  walk(schema, []);
  return leaves;
}

/** Whether a value is what its default makes of the release. */
const isMadeOf = ({ name, namespace }: Release, field: Declared<unknown>, value: unknown): boolean =>
  typeof field.default === 'function' &&
  isDeepStrictEqual(value, (field.default as (context: DefaultContext) => unknown)({ release: name, namespace }));

/** Values as a values file holds them. */
export function asValues(pairs: Iterable<readonly [readonly string[], unknown]>): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [path, value] of pairs) {
    let at = out;
    for (const key of path.slice(0, -1)) at = (at[key] ??= {}) as Record<string, unknown>;
    at[path.at(-1) ?? ''] = value;
  }
  return out;
}
