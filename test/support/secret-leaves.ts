// The leaves of a chart's schema, with where they are, and values that hold a text of a test's own in each that is secret.
import { chartOf, type ChartName } from '../../constructs/charts';
import { isGroup, type Leaf, type Schema } from '../../helm/schema';

export interface FoundLeaf {
  /** Keys from the top; `[]` stands for an item of a list, `*` for one of a table. */
  readonly path: readonly string[];
  readonly leaf: Leaf<unknown>;
}

export function leavesOf(chart: ChartName): FoundLeaf[] {
  const walk = (schema: Schema, path: readonly string[]): FoundLeaf[] => {
    if (isGroup(schema)) return Object.entries(schema.fields).flatMap(([key, field]) => walk(field, [...path, key]));
    const below = schema.items ? walk(schema.items as Schema, [...path, schema.kind === 'list' ? '[]' : '*']) : [];
    return [{ path, leaf: schema }, ...below];
  };
  return walk(chartOf(chart).values as Schema, []);
}

export const pathText = (path: readonly string[]): string => path.join('.').replaceAll('.[]', '[]');

export type Plain = Record<string, unknown>;
type Data = Plain | unknown[];

/** Sets a value deep in data, which grows where it must. */
export function setAt(data: Data, path: readonly string[], value: unknown, table = 'example'): void {
  const [key, ...deeper] = path;
  const holder = data as Plain;
  const at = key === '[]' ? '0' : key === '*' ? table : String(key);
  if (!deeper.length) {
    holder[at] = value;
    return;
  }
  holder[at] ??= deeper[0] === '[]' ? [] : {};
  setAt(holder[at] as Data, deeper, value, table);
}
