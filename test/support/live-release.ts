// A release of a few objects whose values live, for tests: what is fixed, and what templates make of other values.
import type { Entry } from '../../constructs/common/entry';
import { lookupWith } from '../../constructs/targets/live/described';
import { evaluate } from '../../constructs/targets/live/model';
import { describe as describeRelease } from '../../constructs/targets/live/probe';
import type { SourceChange } from '../../constructs/targets/target';
import { mergeValues } from '../../helm/merge';
import { defaultsOf, group, type Fields } from '../../helm/schema';
import { keyOf, type KubeObject } from '../../kubernetes/object';

type Values = Record<string, never>;

/**
 * A release of one ConfigMap per name, whose members are made of values.
 * @param parts keys of the values; each makes the one of its place
 */
export function released(
  fields: Fields,
  make: (values: Record<string, unknown>, names: { name: string; namespace: string }) => Record<string, unknown>[],
  parts: readonly string[] = [],
) {
  const schema = group(fields);
  const defaults = defaultsOf(schema, { release: 'ci', namespace: 'ns' });
  const again = ({ name, namespace, values, part }: SourceChange): Entry[] =>
    make(mergeValues([defaultsOf(schema, { release: name, namespace }), values]), { name, namespace })
      .map((member, index): Entry => {
        const metadata = { name: `${name}-${index}`, ...(member['metadata'] as object), namespace };
        const object = { apiVersion: 'v1', kind: 'ConfigMap', ...member, metadata } as KubeObject;
        const owner = parts[index];
        return { object, key: keyOf(object), stage: 'apps', lifecycle: {}, owner: owner === undefined ? [] : [owner] };
      })
      .filter(({ owner }) => part === undefined || owner[0] === part);
  const described = describeRelease(
    { schema, values: defaults, hasSecrets: true, isPlain: true, parts, release: { name: 'ci', namespace: 'ns' }, again },
    { live: ['.'], fix: [] },
  );
  const leafOf = (path: string): number => described.leaves.findIndex((leaf) => leaf.path.join('.') === path);
  return {
    isFixed: (path: string) => described.fixed.has(leafOf(path)),
    reason: (path: string) => described.fixed.get(leafOf(path)),
    conflicts: described.conflicts.map((pair) => pair.map((leaf) => described.leaves[leaf]?.path.join('.'))),
    choices: (path: string) => described.leaves[leafOf(path)]?.declared?.choices,
    limits: (path: string) => [...(described.limits.get(leafOf(path)) ?? [])],
    refusedNames: described.refusedNames,
    /** What the templates make of other values, and of another name of the release. */
    printed: (values: Values | Record<string, unknown>, name = 'ci') => {
      const merged = mergeValues([defaults, values as Record<string, unknown>]);
      return evaluate(
        described.tree,
        lookupWith(described, (leaf) => {
          const { path = [], base } = described.leaves[leaf] ?? {};
          return leaf < 2
            ? leaf
              ? base
              : name
            : path.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], merged);
        }),
      );
    },
    expected: (values: Record<string, unknown>, name = 'ci') =>
      Object.fromEntries(again({ name, namespace: 'ns', values }).map((entry) => [entry.key, entry.object])),
  };
}
