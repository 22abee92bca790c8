// What Kubernetes defines passes through untouched: a marker of an unknown field, put into each pass-through value, is found in the output.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { renderRelease } from '../cli/render';
import { estafetteCi } from '../constructs/estafette/chart';
import { estafetteValues } from '../constructs/estafette/values';
import { ValuesError } from '../helm/check';
import { mergeValues } from '../helm/merge';
import { isGroup, type Fields, type Leaf, type Schema } from '../helm/schema';
import { readYaml } from '../helm/yaml/read';
import { ROOT } from './support/cli';

type Plain = Record<string, unknown>;
const MARKER = 'marker-of-the-test';

const leaves: { path: string[]; leaf: Leaf<unknown> }[] = [];
const collect = (fields: Fields, at: string[]): void => {
  for (const [key, field] of Object.entries(fields) as [string, Schema][]) {
    if (isGroup(field)) collect(field.fields, [...at, key]);
    else if (field.type !== undefined && !field.unused) leaves.push({ path: [...at, key], leaf: field });
  }
};
collect(estafetteValues.fields, []);

/** Settings of each component in which all of its parts are printed. */
const read = new Map<string, Plain[]>();
function contexts(component: string): Plain[] {
  const known = read.get(component);
  if (known) return known;
  const folder = join(ROOT, 'scripts', 'parity-values', 'contexts', component);
  // An anti-affinity of the user's own is printed when the chart's type of it is off.
  const more = component === 'db' ? [{ db: { statefulset: { podAntiAffinity: { type: '' } } } }] : [];
  const found = readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => readYaml(readFileSync(join(folder, file), 'utf8'), file) as Plain)
    .concat(more);
  read.set(component, found);
  return found;
}

const nest = (path: readonly string[], value: unknown): Plain =>
  path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Plain;
const itemOf = (marker: unknown): Plain => ({
  name: 'marked',
  key: 'marked',
  topologyKey: 'zone',
  maxSkew: 1,
  value: 'x',
  mountPath: '/marked',
  image: 'x:1',
  port: 1,
  containerPort: 1,
  unknownField: marker,
});

function shapes({ leaf }: { leaf: Leaf<unknown> }, marker: unknown): unknown[] {
  const list = [itemOf(marker)];
  const map = { unknownField: marker };
  return leaf.kind === 'list'
    ? [list]
    : leaf.kind === 'text'
      ? [JSON.stringify(list), JSON.stringify(map)]
      : [map, list, { marked: { image: 'x:1', unknownField: marker } }];
}

function appears(path: readonly string[], value: unknown, expected: string): boolean {
  const key = path[0] as string;
  const component = path[1] === 'kube-state-metrics' ? 'kube-state-metrics' : key;
  // The others would only take time, but for the API server and the database, on which much depends.
  const others = Object.keys(estafetteCi.parts ?? {}).filter((other) => !['api', 'db', key].includes(other));
  const enabled = { ...Object.fromEntries(others.map((other) => [other, { enabled: false }])), [key]: { enabled: true } };
  return contexts(component).some((context) => {
    try {
      const values = [mergeValues([context, enabled, nest(path, value)])];
      return renderRelease({
        release: 'estafette-ci',
        chart: 'estafette-ci',
        values,
        apiVersions: ['monitoring.coreos.com/v1', 'autoscaling.k8s.io/v1'],
      }).manifests.includes(expected);
    } catch (error) {
      if (error instanceof ValuesError) return false;
      throw error;
    }
  });
}

describe('pass-through values', () => {
  it('are declared for every component', () => {
    expect(leaves.length).toBeGreaterThan(100);
    expect([...new Set(leaves.map(({ path }) => path[0]))].toSorted()).toEqual(Object.keys(estafetteCi.parts ?? {}).toSorted());
  });

  it.each(leaves.map((leaf) => [leaf.path.join('.'), leaf] as const))('%s keeps an unknown field', (_name, entry) => {
    expect(shapes(entry, MARKER).some((value) => appears(entry.path, value, MARKER))).toBe(true);
  });

  it('keep whatever an unknown field holds', () => {
    const untouched = fc.dictionary(
      fc.constantFrom('a', 'b', 'matchThings', 'x-y'),
      fc.oneof(fc.integer({ min: -9999, max: 9999 }), fc.boolean(), fc.constantFrom('yes', '1e3', '0777', 'null', '~', 'text')),
      { minKeys: 1 },
    );
    fc.assert(
      fc.property(untouched, (data) => {
        const { plan } = renderRelease({
          release: 'ci',
          chart: 'estafette-ci',
          values: [nest(['api', 'deployment', 'affinity'], { unknownField: data })],
        });
        const api = plan.find(({ object }) => object.kind === 'Deployment' && object.metadata.name === 'ci-api')?.object as unknown as {
          spec: { template: { spec: { affinity: unknown } } };
        };
        expect(api.spec.template.spec.affinity).toEqual({ unknownField: data });
      }),
      { numRuns: 50 },
    );
  });
});
