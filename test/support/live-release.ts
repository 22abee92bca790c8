// A release of a few objects whose values live, for tests: what is fixed, and what templates make of other values.
import type { Entry } from '../../constructs/common/entry';
import { lookupWith, type Learned } from '../../constructs/targets/live/described';
import { Reused } from '../../constructs/targets/live/reuse/reuse';
import { kept, type Kept } from '../../constructs/targets/live/reuse/learned-file';
import { NAMESPACE, RELEASE_NAME } from '../../constructs/targets/live/values/leaves';
import { evaluate } from '../../constructs/targets/live/tree/model';
import { filledIn } from '../../constructs/targets/live/tree/walk';
import { isRefusedBy } from '../../constructs/targets/live/refused';
import { describe as describeRelease, describePart } from '../../constructs/targets/live/probe';
import type { SourceChange } from '../../constructs/targets/target';
import { mergeValues } from '../../helm/merge';
import { defaultsOf, group, type Fields } from '../../helm/schema';
import { keyOf, type KubeObject } from '../../kubernetes/object';

type Values = Record<string, never>;

/**
 * A release of one ConfigMap per name, whose members are made of values.
 * @param parts keys of the values; each makes the one of its place
 * @param changed what is known, where it is not what was learned
 * @param given values of the release, beside what was learned with the defaults. @default it has the defaults, and is learned
 */
export function released(
  fields: Fields,
  make: (values: Record<string, unknown>, names: { name: string; namespace: string }) => Record<string, unknown>[],
  parts: readonly string[] = [],
  given?: Record<string, unknown>,
  changed: (known: Kept) => Kept = (known) => known,
) {
  const schema = group(fields);
  const byDefault = defaultsOf(schema, { release: 'ci', namespace: 'ns' });
  const defaults = mergeValues([byDefault, given ?? {}]);
  const again = ({ name, namespace, values, part }: SourceChange, own = given ?? {}): Entry[] =>
    make(mergeValues([defaultsOf(schema, { release: name, namespace }), own, values]), { name, namespace })
      .map((member, index): Entry => {
        const metadata = { name: `${name}-${index}`, ...(member['metadata'] as object), namespace };
        const object = { apiVersion: 'v1', kind: 'ConfigMap', ...member, metadata } as KubeObject;
        const owner = parts[index];
        return { object, key: keyOf(object), stage: 'apps', lifecycle: {}, owner: owner === undefined ? [] : [owner] };
      })
      .filter(({ owner }) => part === undefined || owner[0] === part);
  const subject = { schema, hasSecrets: true, isPlain: true, parts, release: { name: 'ci', namespace: 'ns' } };
  const wishes = { live: ['.'], fix: [] };
  const known = (): Kept => {
    const usual = { ...subject, values: byDefault, again: (change: SourceChange) => again(change, {}) };
    return kept(usual, describePart(usual, wishes));
  };
  const described = given
    ? describeRelease({ ...subject, values: defaults, again }, { ...wishes, isDefault: true }, [changed(known())])
    : describeRelease({ ...subject, values: defaults, again }, wishes);
  const told = (
    described: Pick<Learned, 'leaves' | 'fixed' | 'shapes' | 'fallbacks' | 'tree' | 'limits' | 'refusals' | 'refusedNames'>,
  ) => {
    /** A value as a template sees it, by its number. */
    const lookupIn = (values: Record<string, unknown>, name = 'ci') => {
      const merged = mergeValues([defaults, values]);
      return lookupWith(described, (leaf) => {
        const { path = [], base } = described.leaves[leaf] ?? {};
        return leaf < 2
          ? leaf
            ? base
            : name
          : path.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], merged);
      });
    };
    const leafOf = (path: string): number => described.leaves.findIndex((leaf) => leaf.path.join('.') === path);
    return {
      isFixed: (path: string) => described.fixed.has(leafOf(path)),
      isFixedRelease: { name: described.fixed.has(RELEASE_NAME), namespace: described.fixed.has(NAMESPACE) },
      reason: (path: string) => described.fixed.get(leafOf(path)),
      /** What is refused together: values that are on, and with `!` those that are not. */
      refusals: described.refusals.map(({ all }) =>
        all
          .map(
            ({ leaf, on, test }) => `${on ? '' : '!'}${described.leaves[leaf]?.path.join('.')}${test ? Object.values(test).join('') : ''}`,
          )
          .toSorted(),
      ),
      choices: (path: string) => described.leaves[leafOf(path)]?.declared?.choices,
      takesNought: (path: string) => filledIn(described.tree).has(leafOf(path)),
      limits: (path: string) => [...(described.limits.get(leafOf(path)) ?? [])],
      refusedNames: described.refusedNames,
      tree: described.tree,
      /** What the templates make of other values, and of another name of the release. */
      printed: (values: Values | Record<string, unknown>, name = 'ci') => evaluate(described.tree, lookupIn(values, name)),
      /** Whether templates refuse other values. */
      isRefused: (values: Record<string, unknown>) => described.refusals.some((one) => isRefusedBy(one, lookupIn(values))),
      messages: described.refusals.flatMap(({ message }) => message ?? []),
      expected: (values: Record<string, unknown>, name = 'ci') =>
        Object.fromEntries(again({ name, namespace: 'ns', values }).map((entry) => [entry.key, entry.object])),
    };
  };
  return {
    ...told(described),
    /** The same of a release of which a value was fixed when it was learned, and is followed after all. */
    opened: (path: string) => {
      const own = { ...subject, values: defaults, again };
      const learned = new Reused(own, wishes, kept(own, describePart(own, { ...wishes, fix: [path] }))).limitedAnew([path]);
      return learned && told(learned);
    },
  };
}
