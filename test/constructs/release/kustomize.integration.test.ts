// Patches beside the reference: `kubectl kustomize` makes the same of every patch that ours takes. Ours refuses more, as RFC 6902 has it.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { applyPatches, type Patch, PatchError } from '../../../constructs/release/patches';
import { readYamlStream } from '../../../helm/yaml/read';
import type { KubeObject } from '../../../kubernetes/object';
import { describeWith, findParts } from '../../support/parts';

type Plain = Record<string, unknown>;

const container = (name: string): Plain => ({
  name,
  image: `${name}:1`,
  args: ['--one', '--two'],
  env: [
    { name: 'A', value: 'a' },
    { name: 'B', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
  ],
  ports: [
    { name: 'http', containerPort: 80, protocol: 'TCP' },
    { name: 'metrics', containerPort: 90, protocol: 'TCP' },
  ],
  volumeMounts: [{ name: 'data', mountPath: '/data' }],
});
const deployment = (name: string): KubeObject =>
  ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'ns', labels: { app: 'web', tier: 'front' }, annotations: { note: 'old' } },
    spec: {
      replicas: 2,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: {
          containers: [container('main'), container('side')],
          tolerations: [{ key: 'a', operator: 'Exists' }],
          nodeSelector: { disk: 'ssd' },
          volumes: [
            { name: 'data', emptyDir: {} },
            { name: 'more', configMap: { name: 'more' } },
          ],
        },
      },
    },
  }) as unknown as KubeObject;

/** Members of a map, each there or not. */
const some = (members: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Plain> =>
  fc.record(members, { requiredKeys: [] }) as fc.Arbitrary<Plain>;
const orDeleted = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(item, { freq: 4 });
const strings = fc.constantFrom('x', 'y', '1', '');
/** `replace` in an item of a list is refused by ours: it is for the whole list, and few who write it mean that. */
const withDirective = (map: fc.Arbitrary<Plain>, directives = ['delete', 'replace', 'merge']): fc.Arbitrary<Plain> =>
  fc
    .tuple(map, fc.option(fc.constantFrom(...directives), { freq: 5 }))
    .map(([members, $patch]) => ($patch === null ? members : { ...members, $patch }));
const named = (names: readonly string[], members: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<unknown[]> =>
  fc.uniqueArray(
    fc
      .tuple(fc.constantFrom(...names), withDirective(some(members), ['delete', 'merge']))
      .map(([name, rest]): Plain => ({ name, ...rest })),
    { maxLength: 2, selector: ({ name }) => name },
  );

const strategic = some({
  // kustomize writes a label that is null as the text "null", and keeps the whole map: a fault that is not ours to share.
  metadata: some({ labels: some({ app: strings, more: strings }), annotations: some({ note: strings }) }),
  spec: some({
    replicas: orDeleted(fc.constantFrom(0, 3)),
    strategy: withDirective(
      some({ type: fc.constantFrom('Recreate', 'RollingUpdate'), rollingUpdate: orDeleted(some({ maxSurge: fc.constant(2) })) }),
    ),
    template: some({
      spec: some({
        nodeSelector: orDeleted(withDirective(some({ disk: orDeleted(strings), zone: orDeleted(strings) }))),
        tolerations: orDeleted(fc.constantFrom([{ key: 'b' }], [])),
        volumes: named(['data', 'more', 'new'], { emptyDir: orDeleted(fc.constant({})), secret: fc.constant({ secretName: 's' }) }),
        containers: named(['main', 'side', 'new'], {
          image: orDeleted(fc.constant('other:2')),
          args: orDeleted(fc.constantFrom(['--three'], [])),
          env: named(['A', 'B', 'C'], {
            value: orDeleted(strings),
            valueFrom: orDeleted(fc.constant({ fieldRef: { fieldPath: 'spec.nodeName' } })),
          }),
        }),
      }),
    }),
  }),
});

/** Of a kind that kustomize knows nothing of: it follows the references of those it knows, and trips over odd ones. */
const thing = (name: string): KubeObject =>
  ({
    apiVersion: 'example.com/v1',
    kind: 'Thing',
    metadata: { name, namespace: 'ns', labels: { app: 'web' } },
    spec: { count: 2, deep: { er: { a: 'b' } }, list: ['one', 'two'], maps: [{ id: 'a', image: 'a:1' }, { id: 'b' }], 'a/b': 1, 'c~d': 2 },
  }) as unknown as KubeObject;
const POINTERS = [
  '/spec/count',
  '/spec/new',
  '/spec/list',
  '/spec/list/0',
  '/spec/list/1',
  '/spec/list/2',
  '/spec/list/3',
  '/spec/list/-',
  '/spec/list/x',
  '/spec/maps/0/image',
  '/spec/maps/1/image',
  '/spec/maps/1',
  '/spec/maps/-',
  '/spec/deep/er',
  '/spec/deep/er/a',
  '/spec/none/below',
  '/spec/a~1b',
  '/spec/c~0d',
  '/metadata/labels/app',
];
const pointer = fc.constantFrom(...POINTERS);
const value = fc.constantFrom<unknown>(5, 'text', ['list'], { name: 'map', image: 'map:1' });
const operation = fc.oneof(
  fc.record({ op: fc.constantFrom('add', 'replace', 'test'), path: pointer, value }),
  fc.record({ op: fc.constant('remove'), path: pointer }),
  fc.record({ op: fc.constantFrom('move', 'copy'), from: pointer, path: pointer }),
);

interface Trial {
  readonly object: KubeObject;
  readonly patch: Plain | Plain[];
}

describeWith(findParts('kubectl'))('a patch, beside kubectl kustomize', () => {
  const parts = findParts('kubectl');
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'kustomize-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  let runs = 0;
  function kustomized(trials: readonly Trial[]): Map<string, KubeObject> | string {
    const own = join(folder, String(runs++));
    mkdirSync(own);
    writeFileSync(join(own, 'objects.yaml'), trials.map(({ object }) => JSON.stringify(object)).join('\n---\n'));
    const patches = trials.map(({ object, patch }) => ({
      target: { kind: object.kind, name: object.metadata.name },
      patch: JSON.stringify(
        Array.isArray(patch)
          ? patch
          : {
              apiVersion: object.apiVersion,
              kind: object.kind,
              ...patch,
              metadata: { name: object.metadata.name, ...(patch['metadata'] as Plain | undefined) },
            },
      ),
    }));
    writeFileSync(join(own, 'kustomization.yaml'), JSON.stringify({ resources: ['objects.yaml'], patches }));
    const { status, stdout, stderr } = spawnSync(parts?.kubectl ?? '', ['kustomize', own], { encoding: 'utf8', maxBuffer: 1 << 26 });
    if (status !== 0) return stderr;
    return new Map((readYamlStream(stdout, 'kustomize') as KubeObject[]).map((object) => [object.metadata.name, object]));
  }

  function ours({ object, patch }: Trial): KubeObject | undefined | string {
    try {
      return applyPatches([object], [{ target: { kind: object.kind, name: object.metadata.name }, patch } as Patch])[0];
    } catch (error) {
      if (error instanceof PatchError) return error.message;
      throw error;
    }
  }

  it.each([
    ['a strategic merge patch', deployment, strategic],
    ['a list of operations', thing, fc.array(operation, { minLength: 1, maxLength: 3 })],
  ] as const)('%s, at random', (_kind, make, patches) => {
    const sample = fc.sample(patches as fc.Arbitrary<Trial['patch']>, { numRuns: 150, seed: 7 });
    const results = sample
      .map((patch, index): Trial => ({ object: make(`object-${index}`), patch }))
      .map((trial) => ({ trial, result: ours(trial) }));
    const taken = results.filter(({ result }) => typeof result !== 'string');
    expect(taken.length).toBeGreaterThan(30);
    const theirs = kustomized(taken.map(({ trial }) => trial));
    if (typeof theirs === 'string') throw new Error(theirs);
    for (const { trial, result } of taken)
      expect({ patch: trial.patch, result }).toEqual({ patch: trial.patch, result: theirs.get(trial.object.metadata.name) });
  });
});
