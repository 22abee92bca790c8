// Labels and annotations: maps of text, without what is empty.
import { isTrue, yamlScalar } from '../../helm/print';
import type { Table } from '../../helm/schema';

/**
 * The map with every scalar as the text that `toYaml` prints; pairs set to null are
 * left out. A list or map stays, for the server to refuse.
 */
export function textMap(map: Table | undefined): Record<string, string> {
  const given = Object.entries(map ?? {}).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(given.map(([key, value]) => [key, typeof value === 'object' ? value : yamlScalar(value)])) as Record<
    string,
    string
  >;
}

/** `{ annotations: … }` of one or more maps, later ones win; an empty object when there is nothing to say. */
export function annotations(...maps: readonly (Table | undefined)[]): { annotations?: Record<string, string> } {
  const merged = Object.fromEntries(maps.flatMap((map) => Object.entries(textMap(map))));
  return isTrue(merged) ? { annotations: merged } : {};
}
