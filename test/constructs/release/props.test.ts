// Releases from programs: values and patches of any kind give manifests, or a ValuesError that quotes no value.
import { App, Chart, Lazy } from 'cdk8s';
import fc from 'fast-check';
import { CHART_NAMES, chartOf } from '../../../constructs/charts';
import { Api, CockroachDb } from '../../../constructs/components';
import { DevStats, EstafetteCi, type EstafetteCiProps } from '../../../constructs/releases';
import { ReleaseChart } from '../../../constructs/release/release-chart';
import type { ReleaseProps } from '../../../constructs/release/inputs';
import { ValuesError } from '../../../helm/check';
import { isGroup, type Schema } from '../../../helm/schema';
import { readYamlStream } from '../../../helm/yaml/read';

const textOf = (release: ReleaseChart): string => Object.values(release.files()).join('---\n');
const estafette = (values: unknown, props: EstafetteCiProps = {}): string =>
  textOf(new EstafetteCi(new App(), 'ci', { namespace: 'ci', ...props, values: values as NonNullable<EstafetteCiProps['values']> }));
const messageOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof ValuesError) return error.message;
    throw error;
  }
  return 'none';
};

describe('values of a program', () => {
  const plain = estafette({});

  it.each<readonly [string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a value', { api: { baseHost: undefined } }],
    ['a group', { web: { image: undefined, deployment: { resources: undefined } } }],
    ['a component', { db: undefined, metrics: undefined }],
    ['a layer', [undefined, {}, null]],
  ])('undefined means not given: %s', (_title, values) => {
    expect(estafette(values)).toBe(plain);
  });

  it('undefined takes no earlier layer away', () => {
    expect(estafette([{ api: { baseHost: 'a.example.com' } }, { api: { baseHost: undefined } }])).toBe(
      estafette({ api: { baseHost: 'a.example.com' } }),
    );
  });

  it('a Lazy is resolved, in values and in patches', () => {
    const host = Lazy.any({ produce: () => 'lazy.example.com' }) as string;
    expect(estafette({ api: { baseHost: host } })).toBe(estafette({ api: { baseHost: 'lazy.example.com' } }));
    const target = { kind: 'Deployment', name: 'ci-web' };
    const patched = (note: unknown) => estafette({}, { patches: [{ target, patch: { metadata: { annotations: { note } } } }] });
    expect(patched(host)).toBe(patched('lazy.example.com'));
  });

  it('a Buffer is the bytes of a Secret', () => {
    const bytes = Buffer.from([0, 255, 128, 10, 0xed, 0xa0, 0x80]);
    expect(estafette({ api: { extraSecrets: [{ key: 'b', data: { w: bytes, x: new Uint8Array(bytes) } }] } })).toContain(
      `  w: ${bytes.toString('base64')}\n  x: ${bytes.toString('base64')}\n`,
    );
  });

  it('bytes anywhere else are refused by the value that they came from', () => {
    const bytes = Buffer.from([255, 254]);
    expect(messageOf(() => estafette({ api: { deployment: { extraEnv: [{ name: 'A', value: bytes }] } } }))).toBe(
      'api.deployment.extraEnv[0].value: holds bytes that are not UTF-8 text and would be printed as they are, in Deployment/ci-api: only values of Secrets can hold them',
    );
  });

  it.each<readonly [string, object, string]>([
    ['values', { values: 'text' }, 'values: must be a map, or a list of maps'],
    ['target', { target: 'kustomize' }, 'target: must be one of kubectl, argocd, helm'],
    ['crds', { crds: 'some' }, 'crds: must be one of include, only, skip'],
    ['namespace', { namespace: 5 }, 'namespace: must be text'],
    ['createNamespace', { createNamespace: 'true' }, 'createNamespace: must be true or false'],
    ['apiVersions', { apiVersions: 'v1' }, 'apiVersions: must be a list of texts such as cert-manager.io/v1'],
    ['application', { target: 'argocd', application: {} }, /^application: must be a map of texts: repoURL, /],
    ['patches', { patches: {} }, 'patches: must be a list of patches'],
    [
      'a patch',
      { patches: [{ target: { kind: 'Service', name: 'ci-web' }, patch: { a: () => 1 } }] },
      /^patches\[0\]\.patch\.a: .*function/,
    ],
    ['a part of a patch', { patches: [{ target: {}, patch: {} }] }, /^patches\[0\]\.target\.kind: is missing/],
    ['kubeVersion', { kubeVersion: 'new' }, 'kubeVersion: must be a version such as 1.31.0, not "new"'],
  ] as unknown as [string, object, string][])('a wrong prop is told: %s', (_title, props, message) => {
    expect(messageOf(() => textOf(new EstafetteCi(new App(), 'ci', props)))).toMatch(message);
  });

  it.each(['Bad Id', 'UPPER', '-a', 'a.b', '', 'x'.repeat(54)])('a release cannot be called %p', (name) => {
    const message =
      /^release: the name .* must be lower case letters, digits and dashes, begin and end with a letter or digit, and have at most 53/;
    expect(messageOf(() => new DevStats(new App(), name, {}))).toMatch(message);
    expect(messageOf(() => new CockroachDb(new Chart(new App(), 'c'), 'db', { release: { name, namespace: 'ci' } }))).toMatch(message);
  });

  it('holds for a component, too', () => {
    const api = (values: unknown, global?: Record<string, unknown>): Api =>
      new Api(new Chart(new App(), 'c'), 'api', { release: { name: 'ci', namespace: 'ci' }, values: values as object, global });
    expect(messageOf(() => api({ baseHost: undefined, image: undefined }))).toBe('none');
    expect(messageOf(() => api({ baseHost: () => 'x' }))).toBe('baseHost: must be plain data, not a function: call it');
    expect(messageOf(() => api({}, { a: Number.NaN }))).toBe('global.a: must be a number that JSON has, not NaN');
    expect(messageOf(() => api('text'))).toBe('values: must be a map');
  });
});

describe('errors about values of a program', () => {
  const SECRET = 'S3cretS3cret';
  it.each<readonly [string, object]>([
    ['a text for a map', { api: { secret: SECRET } }],
    ['a text for a list', { api: { deployment: { extraEnv: `DB_PASSWORD=${SECRET}` } } }],
    ['a key that is a value', { api: { secret: { [`jwtKey:${SECRET}`]: null } } }],
    ['a word for a number', { api: { deployment: { replicaCount: SECRET } } }],
    ['one of a few words', { api: { service: { type: SECRET } } }],
    ['a name', { api: { extraSecrets: [{ key: `${SECRET} x`, data: {} }] } }],
    ['a template', { api: { baseHost: `{{ fail "${SECRET}" }}` } }],
    ['a function that is not known', { api: { baseHost: `{{ ${SECRET} }}{{ "${SECRET}" | nix }}` } }],
  ])('quote none of them: %s', (_title, values) => {
    let caught: unknown;
    try {
      estafette(values);
    } catch (error) {
      caught = error;
    }
    expect(caught === undefined || caught instanceof ValuesError).toBe(true);
    const { message = '', issues = [] } = (caught ?? {}) as Partial<ValuesError>;
    expect(`${message}${JSON.stringify(issues)}`).not.toContain(SECRET);
  });
});

/** Paths of all values. */
const pathsOf = (schema: Schema, path: readonly string[] = []): (readonly string[])[] =>
  isGroup(schema) ? Object.entries(schema.fields).flatMap(([key, field]) => [[...path, key], ...pathsOf(field, [...path, key])]) : [path];

const odd = fc.oneof(
  fc.constantFrom<unknown>(
    () => 1,
    Symbol('s'),
    Number.NaN,
    new Date(0),
    new Map([[1, 2]]),
    new Set([1]),
    /x/,
    Buffer.from([255]),
    5n,
    2n ** 70n,
  ),
  fc.constantFrom<unknown>(
    new URL('https://a.example.com'),
    Promise.resolve(1),
    Lazy.any({ produce: () => undefined }),
    Lazy.any({ produce: () => [{}] }),
  ),
  fc.constant(undefined),
);
const anything = fc.oneof(
  { weight: 3, arbitrary: odd },
  {
    weight: 2,
    arbitrary: fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withSparseArray: true,
      withNullPrototype: true,
      withObjectString: true,
      withBoxedValues: true,
      withUnicodeString: true,
      values: [odd, fc.string(), fc.integer(), fc.boolean(), fc.constant(null)],
    } as fc.ObjectConstraints),
  },
);

describe.each(CHART_NAMES)('any JavaScript value in %s', (name) => {
  const definition = chartOf(name);
  const paths = pathsOf(definition.values).filter((path) => path.length);
  const placed = fc
    .tuple(fc.constantFrom(...paths), anything)
    .map(([path, value]) => path.reduceRight<unknown>((below, key) => ({ [key]: below }), value));
  const patches = fc.array(fc.record({ target: fc.oneof(anything, fc.constant({ kind: 'Service', name: 'ci-web' })), patch: anything }), {
    maxLength: 2,
  });

  it('gives manifests, or a ValuesError with a path', () => {
    let rendered = 0;
    fc.assert(
      fc.property(
        fc.oneof(placed, fc.array(placed, { maxLength: 3 }), anything),
        fc.option(patches, { nil: undefined, freq: 5 }),
        (values, given) => {
          try {
            const props = { namespace: 'ci', values, patches: given } as ReleaseProps<unknown>;
            const text = textOf(new ReleaseChart(new App(), 'ci', definition, props));
            readYamlStream(text, 'files');
            rendered += 1;
          } catch (error) {
            if (!(error instanceof ValuesError) && (error as Error).name !== 'PatchError') throw error;
            expect((error as Error).message).toMatch(/^[^:\n]+: \S/);
          }
        },
      ),
      { numRuns: 100, seed: 20, endOnFailure: true },
    );
    expect(rendered).toBeGreaterThan(name === 'estafette-ci' ? 10 : -1);
  });
});
