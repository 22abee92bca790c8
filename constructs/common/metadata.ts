// Labels and annotations: maps of text, without what is empty.
import { isTrue, yamlScalar } from '../../helm/print';
import type { Table } from '../../helm/schema';

/** The map with every scalar as the text that `toYaml` prints; pairs set to null are left out. A list or map stays, for the server to refuse. */
export function textMap(map: Table | undefined): Record<string, string> {
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(map ?? {})) if (value !== null && value !== undefined) out[key] = typeof value === 'object' ? value : yamlScalar(value);
  return out as Record<string, string>;
}

/** `{ annotations: … }` of one or more maps, later ones win; an empty object when there is nothing to say. */
export function annotations(...maps: readonly (Table | undefined)[]): { annotations?: Record<string, string> } {
  const merged = Object.assign({}, ...maps.map(textMap)) as Record<string, string>;
  return isTrue(merged) ? { annotations: merged } : {};
}
