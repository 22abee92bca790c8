// A thousand random small edits of values: manifests or a clean error, never a crash, never an undefined in the output.
import fc from 'fast-check';
import { renderRelease } from '../cli/render';
import type { ChartName } from '../constructs/charts';
import { buildshuttleValues } from '../constructs/buildshuttle/values';
import { estafetteValues } from '../constructs/estafette/values';
import { ValuesError } from '../helm/check';
import { isGroup, type Fields, type Schema } from '../helm/schema';

/** Of every value, groups included. */
const pathsOf = (fields: Fields, at: readonly string[] = []): string[][] =>
  (Object.entries(fields) as [string, Schema][]).flatMap(([key, field]) => {
    const path = [...at, key];
    return [path, ...(isGroup(field) ? pathsOf(field.fields, path) : [])];
  });

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
const editOf = (fields: Fields) =>
  fc.tuple(
    fc.constantFrom(...pathsOf(fields)),
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

/** All that is optional, and each way to build. */
const buildshuttle = (mode: object) => ({
  ingress: { enabled: true, host: 'builds.example.com' },
  serviceMonitor: { enabled: true },
  s3: { bucket: 'builds', accessKey: 'access', secretKey: 'secret' },
  ...mode,
});

it.each<[string, ChartName, Fields, object, number]>([
  ['estafette-ci', 'estafette-ci', estafetteValues.fields, everything, 1000],
  ['buildshuttle', 'buildshuttle', buildshuttleValues.fields, buildshuttle({}), 400],
  ['buildshuttle on the node', 'buildshuttle', buildshuttleValues.fields, buildshuttle({ mode: 'host' }), 200],
  [
    'buildshuttle elsewhere',
    'buildshuttle',
    buildshuttleValues.fields,
    buildshuttle({ mode: 'externalWorker', engine: { host: '10.1.2.3', tls: { existingSecret: 'tls' } } }),
    200,
  ],
])(
  '%s answers random edits with manifests or with an error that names the value',
  (_name, chart, fields, base, numRuns) => {
    fc.assert(
      fc.property(fc.array(editOf(fields), { minLength: 1, maxLength: 3 }), (edits) => {
        let manifests: string;
        try {
          ({ manifests } = renderRelease({ release: 'ci', chart, values: [base as Record<string, unknown>, apply(edits)] }));
        } catch (error) {
          if (!(error instanceof ValuesError)) throw error;
          expect(error.issues.length).toBeGreaterThan(0);
          for (const { message } of error.issues) expect(message).not.toMatch(/undefined|\[object Object\]|Cannot read/);
          return;
        }
        expect(manifests).not.toMatch(/\bundefined\b|\bNaN\b|\[object Object\]/);
        expect(manifests).not.toMatch(/^ *name: ?$/m);
      }),
      { numRuns, seed: SEED },
    );
  },
  240_000,
);
