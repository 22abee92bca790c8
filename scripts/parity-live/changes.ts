// Other values for a value that a schema declares.
import type { RenderOptions } from '../../cli/render';
import { isGroup, type Fields, type Group, type Leaf } from '../../helm/schema';
import { asValues, valueAt } from '../../constructs/targets/live/values/leaves';
import { mergeValues, type Values } from '../../helm/merge';
import { changesOf as changesAt } from '../parity-values/mutate';
import type { ChangeKind } from '../parity-values/types';

export interface ValueChange {
  readonly kind: ChangeKind;
  /** As a values file has it. */
  readonly values: Readonly<Record<string, unknown>>;
}

const EMPTY: Readonly<Record<Leaf<unknown>['kind'], unknown>> = { text: '', number: 0, flag: false, list: [], table: {}, any: undefined };

/** Has lines that templates could end in another way. */
const FILE = 'a: "1"\n  b: \'\\\'\n\n# c\n';

/** @param path as people write it */
export function changesOf(schema: Group<Fields, boolean>, path: string, { release, namespace = 'default' }: RenderOptions): ValueChange[] {
  const keys = keysOf(path);
  let at: Fields[string] = schema;
  for (const key of keys) {
    const next: Fields[string] | undefined = isGroup(at) ? at.fields[key] : undefined;
    if (!next) return [];
    at = next;
  }
  if (isGroup(at)) return [];
  const leaf = at;
  const value: unknown =
    typeof leaf.default === 'function' ? (leaf.default as (context: object) => unknown)({ release, namespace }) : leaf.default;
  const choices = leaf.choices?.filter((choice) => choice !== value && choice !== '');
  const changes = changesAt({ path: keys, value: value ?? EMPTY[leaf.kind] }).map((change) =>
    change.kind === 'other' && choices?.length ? { ...change, value: choices[0] } : change,
  );
  const [name] = leaf.items && !isGroup(leaf.items) && leaf.items.kind === 'text' ? Object.keys(value ?? {}) : [];
  const files = name === undefined ? [] : [{ kind: 'other' as const, value: { [name]: FILE } }];
  return [...changes, ...files].map(({ kind, value: other }) => ({
    kind,
    values: keys.reduceRight<unknown>((below, key) => ({ [key]: below }), other) as Record<string, unknown>,
  }));
}

export const keysOf = (path: string): readonly string[] => path.match(/(?:\\.|[^.\\])+/g)?.map((part) => part.replaceAll('\\', '')) ?? [];

/** Values that turn on the parts which a value is in, of those that are off; undefined where none is. */
export function partsOn(schema: Group<Fields, boolean>, path: string, { values = [] }: RenderOptions): ValueChange['values'] | undefined {
  const keys = keysOf(path);
  const given = mergeValues(values as readonly Values[]);
  const off = keys.slice(0, -1).flatMap((_, index): (readonly string[])[] => {
    const at = [...keys.slice(0, index + 1), 'enabled'];
    const declared = at.reduce<Fields[string] | undefined>(
      (field, key) => (field && isGroup(field) ? field.fields[key] : undefined),
      schema,
    );
    const isOff = declared && !isGroup(declared) && (valueAt(given, at) ?? declared.default) === false;
    return isOff && at.join('.') !== keys.join('.') ? [at] : [];
  });
  return off.length ? asValues(off.map((at) => [at, true])) : undefined;
}
