// A thousand random small edits of values: manifests or a clean error, never a crash, never an undefined in the output.
import fc from 'fast-check';
import { renderRelease } from '../cli/render';
import { estafetteValues } from '../constructs/estafette/values';
import { ValuesError } from '../helm/check';
import { isGroup, type Fields, type Schema } from '../helm/schema';

const paths: string[][] = [];
const collect = (fields: Fields, at: string[]): void => {
  for (const [key, field] of Object.entries(fields) as [string, Schema][]) {
    paths.push([...at, key]);
    if (isGroup(field)) collect(field.fields, [...at, key]);
  }
};
collect(estafetteValues.fields, []);

const value = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    1,
    -1,
    1e21,
    0.1,
    '',
    'x',
    'yes',
    '~',
    '{{ .Release.Name }}',
    '{{ .Nope',
    '{{ nope }}',
    [],
    {},
    [null],
    [{}],
    [{ name: 'x' }],
    { x: null },
    { x: { y: [1] } },
    [['x']],
  ),
  fc.string({ maxLength: 8 }),
  fc.integer(),
  fc.jsonValue({ maxDepth: 2 }),
);
const edit = fc.tuple(
  fc.constantFrom(...paths),
  fc.option(fc.constantFrom('typo', 'enabled', '0', '__proto__', 'constructor'), { freq: 6 }),
  value,
);

function apply(edits: readonly [string[], string | null, unknown][]): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [path, extra, item] of edits) {
    const keys = extra === null ? path : [...path, extra];
    let at = values;
    for (const key of keys.slice(0, -1)) {
      if (typeof at[key] !== 'object' || at[key] === null || Array.isArray(at[key]) || !Object.hasOwn(at, key))
        Object.defineProperty(at, key, { value: {}, enumerable: true, writable: true, configurable: true });
      at = at[key] as Record<string, unknown>;
    }
    Object.defineProperty(at, keys.at(-1) as string, { value: item, enumerable: true, writable: true, configurable: true });
  }
  return values;
}

/** Each run tries the same edits; FC_SEED tries others. */
const SEED = Number(process.env.FC_SEED ?? 1);

/** All programs on, so that edits reach something. */
const everything = {
  'db-client': { enabled: true },
  'cert-manager': { enabled: true },
  'external-dns': { enabled: true },
  'hanging-job-cleaner': { enabled: true },
  metrics: {
    alertmanager: { enabled: true },
    nodeExporter: { enabled: true },
    pushgateway: { enabled: true },
    kubeStateMetrics: { enabled: true },
  },
  queue: { natsbox: { enabled: true } },
};

it('answers 1,000 random edits with manifests or with an error that names the value', () => {
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
      let manifests: string;
      try {
        ({ manifests } = renderRelease({ release: 'ci', chart: 'estafette-ci', values: [everything, apply(edits)] }));
      } catch (error) {
        if (!(error instanceof ValuesError)) throw error;
        expect(error.issues.length).toBeGreaterThan(0);
        for (const { message } of error.issues) expect(message).not.toMatch(/undefined|\[object Object\]|Cannot read/);
        return;
      }
      expect(manifests).not.toMatch(/\bundefined\b|\bNaN\b|\[object Object\]/);
      expect(manifests).not.toMatch(/^ *name: ?$/m);
    }),
    { numRuns: 1000, seed: SEED },
  );
}, 120_000);
