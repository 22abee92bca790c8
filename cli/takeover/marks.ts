// The marks that Helm leaves on live objects: as the owner of fields, in annotations, and in a label.
import { managersOf } from '../cluster/fields';
import { at, isPlain, maps, type Plain, type Thing } from '../diff/objects';

/** Who owns the fields of what stays and is in no manifest. */
export const KEEPER = 'cdk8s-estafette';
const ANNOTATION = /^meta\.helm\.sh\//;
const OWNER = 'f:meta.helm.sh/release-name';

/** Names under which Helm owns fields: its own, and those of programs that have it built in. */
export function helmManagers(objects: readonly Thing[]): string[] {
  const names = objects
    .flatMap(managersOf)
    .filter(({ fieldsV1 }) => at(fieldsV1, 'f:metadata', 'f:annotations', OWNER) !== undefined)
    .map(({ manager }) => String(manager))
    // Whoever copies annotations or applies them by hand is not Helm.
    .filter((name) => !/^(kubectl|argocd|before-first-apply|cdk8s-estafette)/.test(name));
  return [...new Set(['helm', ...names])];
}

export const isManagedBy = (object: Thing, managers: readonly string[]): boolean =>
  managersOf(object).some(({ manager }) => managers.includes(String(manager)));

export const bearsMarks = (object: Thing, managers: readonly string[]): boolean =>
  isManagedBy(object, managers) || Object.keys((at(object, 'metadata', 'annotations') ?? {}) as Plain).some((key) => ANNOTATION.test(key));

/**
 * With Helm's fields owned by Apply, which can be given up, in place of Update, which cannot. Two entries of one manager, of Helm 3 and of
 * Helm 4, become one: of two the server would drop one, and with it what it owns.
 * @returns undefined where nothing changes
 */
export function withAppliedFields(object: Thing, managers: readonly string[]): Thing | undefined {
  const isHelms = ({ manager, subresource }: Plain): boolean => !subresource && managers.includes(String(manager));
  const entries = maps(at(object, 'metadata', 'managedFields'));
  if (!entries.some((entry) => isHelms(entry) && entry['operation'] === 'Update')) return undefined;
  const merged = managers.flatMap((manager): Plain[] => {
    const own = entries.filter((entry) => isHelms(entry) && entry['manager'] === manager);
    const [first] = own;
    return first
      ? [
          {
            ...first,
            operation: 'Apply',
            apiVersion: object.apiVersion,
            fieldsV1: own.map(({ fieldsV1 }) => fieldsV1).reduce((a, b) => union(a, b)),
          },
        ]
      : [];
  });
  return withFields(object, [...merged, ...entries.filter((entry) => !isHelms(entry))]);
}

const union = (one: unknown, other: unknown): unknown =>
  isPlain(one) && isPlain(other)
    ? Object.fromEntries(
        [...new Set([...Object.keys(one), ...Object.keys(other)])].map((key) => [
          key,
          Object.hasOwn(one, key) && Object.hasOwn(other, key) ? union(one[key], other[key]) : (one[key] ?? other[key]),
        ]),
      )
    : (one ?? other);

/** Of what stays and is in no manifest: nothing says Helm any more. @returns undefined where nothing changes */
export function withoutMarks(object: Thing, managers: readonly string[]): Thing | undefined {
  if (!bearsMarks(object, managers)) return undefined;
  const { annotations = {}, labels = {} } = object.metadata;
  const without = (map: object, drop: (key: string, value: unknown) => boolean): object =>
    Object.fromEntries(Object.entries(map).filter(([key, value]) => !drop(key, value)));
  const entries = maps(at(object, 'metadata', 'managedFields')).map((entry) =>
    !entry['subresource'] && managers.includes(String(entry['manager'])) ? { ...entry, manager: KEEPER, operation: 'Update' } : entry,
  );
  const unmarked = {
    ...object,
    metadata: {
      ...object.metadata,
      annotations: without(annotations, (key) => ANNOTATION.test(key)),
      labels: without(labels, (key, value) => key === 'app.kubernetes.io/managed-by' && value === 'Helm'),
    },
  };
  return withFields(unmarked, entries);
}

export const withFields = (object: Thing, managedFields: readonly Plain[]): Thing => ({
  ...object,
  metadata: { ...object.metadata, managedFields } as Thing['metadata'],
});
