// Laws of a comparison: an object equals itself in whatever order, and another value anywhere is found.
import fc from 'fast-check';
import { compareReleases, normalForm } from '../../../cli/diff/report';
import { pathText } from '../../../cli/diff/compare';
import type { Thing } from '../../../cli/diff/objects';
import { binding, claim, configMap, cronJob, daemonSet, deployment, job, pod, role, service, statefulSet, template } from './samples';

const report = (before: readonly unknown[], after: readonly unknown[]) =>
  compareReleases({ release: 'r', chart: 'estafette-ci', namespace: 'default', before: before as Thing[], after: after as Thing[] });
/** `path: before → after` of each field of each changed object. */
const changes = (before: unknown, after: unknown) =>
  report([before], [after]).objects.flatMap(({ change, fields }) =>
    change === 'changed'
      ? fields.map(
          ({ path, before: was, after: is, hidden }) => `${pathText(path)}: ${hidden ?? `${JSON.stringify(was)} → ${JSON.stringify(is)}`}`,
        )
      : [change],
  );
const withContainer = (container: object) => deployment({ template: template(container as Record<string, unknown>) });
const withMetadata = (object: Thing, metadata: object): Thing => ({ ...object, metadata: { ...object.metadata, ...metadata } }) as Thing;

const OBJECTS = [
  deployment(),
  statefulSet(),
  daemonSet(),
  cronJob(),
  job(),
  pod(),
  service(),
  claim('1Gi'),
  role([{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]),
  binding('view'),
  configMap({ a: 'b' }),
  withContainer({
    env: [
      { name: 'A', value: 'a' },
      { name: 'B', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    ],
    ports: [{ containerPort: 1 }, { containerPort: 2, protocol: 'UDP' }],
    livenessProbe: { httpGet: { path: '/healthz', port: 1 } },
    resources: { limits: { cpu: '1' } },
  }),
];

/** The same data with the keys of its maps in another order. */
const shuffled = (value: unknown, random: () => number): unknown => {
  if (Array.isArray(value)) return value.map((item) => shuffled(item, random));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]) => [key, shuffled(item, random), random()] as const)
      .toSorted((a, b) => a[2] - b[2])
      .map(([key, item]) => [key, item]),
  );
};

/** Paths of all scalars. */
const leaves = (value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, item]) => leaves(item, [...path, Array.isArray(value) ? Number(key) : key]))
    : [path];

const replaced = (value: unknown, [key, ...rest]: readonly (string | number)[], marker: unknown): unknown => {
  if (key === undefined) return marker;
  if (Array.isArray(value)) return value.map((item, index) => (index === key ? replaced(item, rest, marker) : item));
  return Object.fromEntries(
    Object.entries(value as object).map(([name, item]) => [name, name === key ? replaced(item, rest, marker) : item]),
  );
};

it('an object equals itself, whatever the order of its keys and whatever a server writes into it', () => {
  fc.assert(
    fc.property(fc.constantFrom(...OBJECTS), fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (object, numbers) => {
      const random = () => numbers.next().value as number;
      const served = { ...(shuffled(object, random) as Thing), status: { observed: random() } };
      expect(
        changes(
          withMetadata(served, {
            uid: 'u',
            resourceVersion: String(random()),
            annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
          }),
          object,
        ),
      ).toEqual([]);
    }),
  );
});

it('another value anywhere is found', () => {
  const all = OBJECTS.flatMap((object) =>
    leaves(object)
      .filter(
        ([first, second]) =>
          !['apiVersion', 'kind'].includes(String(first)) && !(first === 'metadata' && ['name', 'namespace'].includes(String(second))),
      )
      .map((path) => ({ object, path })),
  );
  expect(all.length).toBeGreaterThan(60);
  fc.assert(
    fc.property(fc.constantFrom(...all), ({ object, path }) => {
      expect(changes(object, replaced(object, path, 'marker-7f3a'))).not.toEqual([]);
      expect(changes(replaced(object, path, 'marker-7f3a'), object)).not.toEqual([]);
    }),
    { numRuns: 500 },
  );
});

it('an unknown field of a known kind, and any field of an unknown kind, counts', () => {
  expect(changes(deployment(), deployment({ future: { flag: false } }))).toEqual(['spec.future: undefined → {"flag":false}']);
  const custom = (spec: unknown) => ({ apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'a', namespace: 'default' }, spec });
  expect(changes(custom({ list: ['a', 'b'] }), custom({ list: ['b', 'a'] }))).toHaveLength(2);
  expect(changes(custom({ list: [] }), custom({}))).toEqual(['spec.list: [] → undefined']);
});

it('the normal form of a normal form is the same', () => {
  for (const object of OBJECTS) expect(normalForm(normalForm(object) as Thing)).toEqual(normalForm(object));
});
