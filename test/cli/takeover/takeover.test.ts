// Parts of `takeover` that need no cluster: Helm's records, marks on objects, values that are lacking, and the folder of the backup.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Thing } from '../../../cli/diff/objects';
import { readBackup } from '../../../cli/takeover/backup';
import { lackingValues } from '../../../cli/takeover/lacking';
import { helmManagers, withAppliedFields, withoutMarks } from '../../../cli/takeover/marks';
import { helmRelease } from '../../../cli/takeover/record';
import { cliProcess } from '../../support/cli';

const config = (name: string, more: object): Thing => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...more } }) as Thing;

describe("Helm's records", () => {
  const release = (version: number, status: string, manifest: string, values: object = {}): object => ({
    name: 'ci',
    version,
    info: { status },
    chart: { metadata: { name: 'estafette-ci', version: '1.5.14' } },
    config: values,
    manifest,
    hooks: [{ manifest: `apiVersion: batch/v1\nkind: Job\nmetadata: {name: hook-${version}}\n` }],
  });
  const manifest = (name: string): string =>
    `---\n# Source: a/b.yaml\napiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\n---\n# nothing\n`;
  const gzipped = (data: object): string => gzipSync(JSON.stringify(data)).toString('base64');
  const secret = (data: object): Thing =>
    ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'v' },
      data: { release: Buffer.from(gzipped(data)).toString('base64') },
    }) as unknown as Thing;
  const configMap = (data: object): Thing =>
    ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'v' }, data: { release: gzipped(data) } }) as unknown as Thing;

  it.each([
    ['Secrets', secret],
    ['ConfigMaps', configMap],
  ])('are read from %s: of the newest the values, of those since the deployed one the objects', (_, record) => {
    const records = [
      record(release(2, 'deployed', manifest('two'))),
      record(release(10, 'failed', manifest('ten'), { api: { enabled: true } })),
      record(release(1, 'superseded', manifest('one'))),
    ];
    const read = helmRelease(records);
    expect(read).toMatchObject({ version: 10, chart: 'estafette-ci 1.5.14', values: { api: { enabled: true } } });
    expect(read.objects.map(({ metadata: { name } }) => name)).toEqual(['ten', 'hook-10', 'two', 'hook-2']);
  });

  it('of a command that is under way are refused', () =>
    expect(() => helmRelease([secret(release(3, 'pending-upgrade', ''))])).toThrow(
      "Helm calls revision 3 of ci pending-upgrade: a command of Helm's is under way, or was cut off",
    ));

  it('that cannot be read are refused, and not quoted', () => {
    const broken = {
      ...configMap({}),
      data: { release: Buffer.from('{"password": "hunter2hunter2"').toString('base64') },
    } as unknown as Thing;
    expect(() => helmRelease([broken])).toThrow(/^ConfigMap v is not a record of a release that Helm 3 or 4 has written$/);
  });
});

describe("Helm's marks", () => {
  const entry = (manager: string, operation: string, fieldsV1: object, more: object = {}): object => ({
    manager,
    operation,
    apiVersion: 'v1',
    fieldsType: 'FieldsV1',
    fieldsV1,
    ...more,
  });
  const owned = { 'f:metadata': { 'f:annotations': { 'f:meta.helm.sh/release-name': {} } } };

  it('tell under which names Helm owns fields, people aside', () => {
    const objects = [
      config('a', { managedFields: [entry('terraform-provider-helm_v2.17.0', 'Update', owned), entry('kubectl-edit', 'Update', owned)] }),
      config('b', { managedFields: [entry('other', 'Update', { 'f:data': {} })] }),
    ];
    expect(helmManagers(objects)).toEqual(['helm', 'terraform-provider-helm_v2.17.0']);
  });

  it('of Helm 3 and of Helm 4 become one that can be given up', () => {
    const status = entry('helm', 'Update', { 'f:status': {} }, { subresource: 'status' });
    const other = entry('kubectl-edit', 'Update', { 'f:data': { 'f:c': {} } });
    const live = config('a', {
      managedFields: [
        entry('helm', 'Update', { 'f:data': { 'f:a': {} } }),
        entry('helm', 'Apply', { 'f:data': { 'f:b': {} } }),
        status,
        other,
      ],
    });
    const applied = withAppliedFields(live, ['helm']) as Thing;
    expect((applied.metadata as unknown as { managedFields: object[] }).managedFields).toEqual([
      entry('helm', 'Apply', { 'f:data': { 'f:a': {}, 'f:b': {} } }),
      status,
      other,
    ]);
    expect(withAppliedFields(applied, ['helm'])).toBeUndefined();
  });

  it('go from what stays, and nothing else does', () => {
    const live = config('a', {
      annotations: { 'meta.helm.sh/release-name': 'ci', 'helm.sh/resource-policy': 'keep' },
      labels: { 'app.kubernetes.io/managed-by': 'Helm', a: 'b' },
      managedFields: [entry('helm', 'Update', owned)],
    });
    const unmarked = withoutMarks(live, ['helm']);
    expect(unmarked?.metadata).toMatchObject({
      annotations: { 'helm.sh/resource-policy': 'keep' },
      labels: { a: 'b' },
      managedFields: [{ manager: 'cdk8s-estafette', operation: 'Update' }],
    });
    expect(unmarked?.metadata.labels).toEqual({ a: 'b' });
    expect(withoutMarks(unmarked as Thing, ['helm'])).toBeUndefined();
  });
});

it('values that are lacking are told by their paths', () => {
  const helm = { api: { baseHost: 'a', list: [{ b: 1, a: 2 }], same: 1, gone: { deep: true } }, top: null };
  const given = { api: { baseHost: 'b', list: [{ a: 2, b: 1 }], same: 1n } };
  expect(lackingValues(helm, given)).toEqual({ missing: ['api.gone', 'top'], other: ['api.baseHost'] });
});

describe('the folder of the backup', () => {
  const folder = mkdtempSync(join(tmpdir(), 'backup-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is none where nothing has begun, and where a backup was cut off', () => {
    expect(readBackup(join(folder, 'not-there'))).toBeUndefined();
    mkdirSync(join(folder, 'cut-off'));
    for (const name of ['README.txt', 'objects.json', 'helm.json.new']) writeFileSync(join(folder, 'cut-off', name), '{');
    expect(readBackup(join(folder, 'cut-off'))).toBeUndefined();
  });

  it('is refused where it is something else, or no whole one', () => {
    mkdirSync(join(folder, 'other'));
    writeFileSync(join(folder, 'other', 'thesis.txt'), '');
    expect(() => readBackup(join(folder, 'other'))).toThrow(
      /is not a backup of a takeover: it holds thesis\.txt; choose another folder with --backup$/,
    );
    writeFileSync(join(folder, 'cut-off', 'takeover.json'), '{}');
    expect(() => readBackup(join(folder, 'cut-off'))).toThrow(/is not a whole backup of a takeover/);
  });
});

it.each<[string, readonly string[], number, RegExp]>([
  ['no chart', ['ci'], 2, /^Error: takeover takes a release name and a chart\n/],
  ['another target', ['ci', 'estafette-ci', '--target', 'helm'], 2, /^Error: --target must be one of kubectl, argocd, not "helm"\n$/],
  [
    'an undo with values',
    ['--undo', 'x', '-f', 'y'],
    2,
    /^Error: --undo takes everything about the release from its folder: leave out --values\n$/,
  ],
  [
    'a form of the plan that there is not',
    ['ci', 'estafette-ci', '--output', 'yaml'],
    2,
    /^Error: --output must be one of text, json, not "yaml"\n$/,
  ],
  ['an undo of nothing', ['--undo', 'not-there'], 1, /^Error: not-there holds no backup of a takeover\n$/],
])('ends with one error for %s', (_, args, code, message) => {
  const { status, stdout, stderr } = cliProcess(['takeover', ...args]);
  expect([status, stdout, stderr]).toEqual([code, '', expect.stringMatching(message)]);
});
