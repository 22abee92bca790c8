// What Kubernetes defines passes through untouched: a marker of an unknown field, put into each pass-through value, is found in the output.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { renderRelease } from '../cli/render';
import { estafetteCi } from '../constructs/estafette/chart';
import { CHART_NAMES, chartOf, type ChartName } from '../constructs/charts';
import { ValuesError } from '../helm/check';
import { mergeValues } from '../helm/merge';
import { isGroup, type Fields, type Leaf, type Schema } from '../helm/schema';
import { readYaml } from '../helm/yaml/read';
import { ROOT } from './support/cli';

type Plain = Record<string, unknown>;
const MARKER = 'marker-of-the-test';

interface Passed {
  readonly chart: ChartName;
  readonly path: readonly string[];
  readonly leaf: Leaf<unknown>;
}
const collect = (chart: ChartName, fields: Fields, at: readonly string[]): Passed[] =>
  (Object.entries(fields) as [string, Schema][]).flatMap(([key, field]) =>
    isGroup(field)
      ? collect(chart, field.fields, [...at, key])
      : field.type !== undefined && !field.unused
        ? [{ chart, path: [...at, key], leaf: field }]
        : [],
  );
const leaves = CHART_NAMES.flatMap((chart) => collect(chart, chartOf(chart).values.fields, []));

/** Settings in which all parts of a folder's values are printed. */
const read = new Map<string, Plain[]>();
function settingsIn(folder: string): Plain[] {
  const known = read.get(folder);
  if (known) return known;
  const found = readdirSync(join(ROOT, folder))
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => readYaml(readFileSync(join(ROOT, folder, file), 'utf8'), file) as Plain);
  read.set(folder, found);
  return found;
}

/** Of a component of Estafette, or of another chart as a whole. */
function contexts(chart: ChartName, path: readonly string[]): Plain[] {
  if (chart !== 'estafette-ci') return settingsIn(join('examples', chart));
  const key = path[0] as string;
  const component = path[1] === 'kube-state-metrics' ? 'kube-state-metrics' : key;
  // An anti-affinity of the user's own is printed when the chart's type of it is off.
  const more = component === 'db' ? [{ db: { statefulset: { podAntiAffinity: { type: '' } } } }] : [];
  // The others would only take time, but for the API server and the database, on which much depends.
  const others = Object.keys(estafetteCi.parts ?? {}).filter((other) => !['api', 'db', key].includes(other));
  const enabled = { ...Object.fromEntries(others.map((other) => [other, { enabled: false }])), [key]: { enabled: true } };
  return [...settingsIn(join('scripts', 'parity-values', 'contexts', component)), ...more].map((context) =>
    mergeValues([context, enabled]),
  );
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

const appears = ({ chart, path }: Passed, value: unknown, expected: string): boolean =>
  contexts(chart, path).some((context) => {
    try {
      const values = [mergeValues([context, nest(path, value)])];
      return renderRelease({
        release: chart,
        chart,
        values,
        apiVersions: ['monitoring.coreos.com/v1', 'autoscaling.k8s.io/v1'],
      }).manifests.includes(expected);
    } catch (error) {
      if (error instanceof ValuesError) return false;
      throw error;
    }
  });

describe('pass-through values', () => {
  it('are declared for every component', () => {
    expect(leaves.length).toBeGreaterThan(100);
    const estafette = leaves.filter(({ chart }) => chart === 'estafette-ci').map(({ path }) => path[0]);
    expect([...new Set(estafette)].toSorted()).toEqual(Object.keys(estafetteCi.parts ?? {}).toSorted());
    expect(leaves.filter(({ chart }) => chart === 'buildshuttle').length).toBeGreaterThan(8);
  });

  it.each(leaves.map((leaf) => [`${leaf.chart} ${leaf.path.join('.')}`, leaf] as const))('%s keeps an unknown field', (_name, entry) => {
    expect(shapes(entry, MARKER).some((value) => appears(entry, value, MARKER))).toBe(true);
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
