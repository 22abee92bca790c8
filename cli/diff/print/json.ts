// The comparison as JSON, for programs. The shape is a promise: members are added, never renamed or removed.
import { pathText, type FieldChange } from '../compare';
import type { Report } from '../report';

/**
 * {
 *   formatVersion: 1, release, chart, namespace, cluster?, equal,                                   cluster: with --live
 *   summary: { added, removed, changed, unchanged },                      numbers of objects
 *   refused: [{ OBJECT, rule, path, reason, wayOut, commands: [text] }],  what a server refuses, or what hurts
 *   restarts: [OBJECT],
 *   deletions: [{ OBJECT, kept? }],                                       kept: why it is not deleted with the rest
 *   access: [{ OBJECT, grants: [text] }],
 *   images: [{ OBJECT, container, before?, after? }],                    one of them is missing where the container is new, or goes
 *   objects: [{ change: "added" | "removed" | "changed", OBJECT, previousName?, fields: [{ path, change, before?, after?, hidden? }] }]
 * }
 * OBJECT stands for apiVersion, kind, namespace (missing for what is cluster-scoped) and name. Secret values are never there: such a field
 * has hidden: true.
 */
export function printJson(report: Report): string {
  const { release, chart, namespace, cluster, equal, unchanged, objects, refused, restarts, deletions, access, images } = report;
  const count = (change: string): number => objects.filter((object) => object.change === change).length;
  return `${JSON.stringify(
    {
      formatVersion: 1,
      release,
      chart,
      namespace,
      ...(cluster === undefined ? {} : { cluster }),
      equal,
      summary: { added: count('added'), removed: count('removed'), changed: count('changed'), unchanged },
      refused,
      restarts,
      deletions,
      access,
      images,
      objects: objects.map(({ fields, ...object }) => ({ ...object, fields: fields.map(fieldForJson) })),
    },
    numbers,
    2,
  )}\n`;
}

/** A field as all JSON of ours has it: { path, change, before?, after?, hidden? }. */
export const fieldForJson = ({ path, hidden, ...values }: FieldChange): object => ({
  path: pathText(path),
  change: hidden ?? (!('before' in values) ? 'added' : !('after' in values) ? 'removed' : 'changed'),
  ...values,
  ...(hidden ? { hidden: true } : {}),
});

/** For JSON.stringify: integers of `--set` are numbers. */
export const numbers = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value);
