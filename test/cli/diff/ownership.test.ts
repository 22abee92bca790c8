// Whose objects are compared, when the text holds those of others too or is of something else altogether.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mismatch } from '../../../cli/diff/mismatch';
import { maps, type Thing } from '../../../cli/diff/objects';
import { readManifests } from '../../../cli/diff/read';
import { readYamlStream } from '../../../helm/yaml/read';
import { writeYamlStream } from '../../../helm/yaml/write';
import { cli } from '../../support/cli';
import { claim, configMap, deployment, pod, role, service, statefulSet } from './samples';

type Plain = Readonly<Record<string, unknown>>;
/** As a server has it: with an identity, the release's label, and more metadata. */
const live = (object: Thing, metadata: Plain = {}): Thing =>
  ({ ...object, metadata: { labels: { 'app.kubernetes.io/instance': 'r' }, ...object.metadata, uid: 'u', ...metadata } }) as Thing;
const helm = (namespace: string, release = 'r'): Plain => ({
  annotations: { 'meta.helm.sh/release-name': release, 'meta.helm.sh/release-namespace': namespace },
});
const clusterRole = (name: string): Thing =>
  ({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name }, rules: [] }) as unknown as Thing;
const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'things.example.com' },
} as Thing;
const read = (objects: readonly Thing[], now: readonly Thing[] = [], more: Plain = {}) =>
  readManifests(writeYamlStream(objects), 'file', { release: 'r', namespace: 'default', now, ...more });
const names = (objects: readonly Thing[]) => objects.map(({ kind, metadata }) => `${kind}/${metadata.namespace ?? ''}/${metadata.name}`);

describe('live objects', () => {
  it('of a release of the same name in another namespace are theirs', () => {
    const { ours, notes } = read([
      live(deployment()),
      live(service(), { namespace: 'staging' }),
      live(deployment(), { namespace: 'staging', ...helm('staging') }),
    ]);
    expect(names(ours)).toEqual(['Deployment/default/web']);
    expect(notes).toEqual([
      'file: 2 objects are of a release r in another namespace than default and left out: Service/web (staging), Deployment/web (staging)',
    ]);
  });
  it('in a namespace that the release uses are its own, and so is what Helm made for it', () => {
    const now = [role([]), { ...role([]), metadata: { name: 'jobs', namespace: 'jobs' } } as Thing];
    expect(names(read([live(pod(), { namespace: 'jobs' })], now).ours)).toEqual(['Pod/jobs/client']);
    expect(names(read([live(pod(), { namespace: 'jobs', ...helm('default') })]).ours)).toEqual(['Pod/jobs/client']);
    expect(read([live(pod(), helm('staging')), live(service(), helm('default', 'other'))]).ours).toEqual([]);
  });
  it("that are cluster-scoped need the mark, and Helm's where there is another installation of that name", () => {
    expect(names(read([live(clusterRole('a')), live({ ...clusterRole('b'), metadata: { name: 'b', labels: {} } } as Thing)]).ours)).toEqual(
      ['ClusterRole//a'],
    );
    const staging = live(service(), { namespace: 'staging' });
    expect(names(read([staging, live(clusterRole('a')), live(clusterRole('b'), helm('default'))]).ours)).toEqual(['ClusterRole//b']);
    expect(names(read([staging, live(clusterRole('a'))], [clusterRole('a')]).ours)).toEqual(['ClusterRole//a']);
  });
  it('that StatefulSets make are left to them', () => {
    const templates = { volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: {} }] };
    const made = ['data-db-0', 'data-db-11', 'data-db', 'data-other-0'].map((name) => live(claim('1Gi'), { name }));
    expect(names(read(made, [statefulSet(templates)]).ours)).toEqual([
      'PersistentVolumeClaim/default/data-db',
      'PersistentVolumeClaim/default/data-other-0',
    ]);
  });
});

describe('the Secret that a key Job makes', () => {
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'ci-api', namespace: 'ci' }, data: { key: 'a2V5' } } as Thing;
  const there = live(secret, { labels: { 'app.kubernetes.io/instance': 'ci' } });
  const cwd = mkdtempSync(join(tmpdir(), 'made-keys-test-'));
  afterAll(() => rmSync(cwd, { recursive: true }));
  const compared = (...more: readonly Thing[]) => {
    const { stdout } = cli(['template', 'ci', 'estafette-ci', '-n', 'ci']);
    writeFileSync(join(cwd, 'manifest.yaml'), `${stdout}---\n${writeYamlStream(more)}`);
    return cli(['diff', 'ci', 'estafette-ci', '-n', 'ci', join(cwd, 'manifest.yaml')]);
  };

  it("is the release's own on a cluster: it is not a difference, and nothing to delete", () => {
    expect(compared(there)).toMatchObject({ status: 0 });
    expect(compared({ ...there, metadata: { ...there.metadata, name: 'ci-other' } })).toMatchObject({ status: 1 });
  });

  it('is told where a manifest printed it, which nobody keeps', () => {
    const { status, stdout } = compared(secret);
    expect([status, stdout.includes('Secret ci/ci-api')]).toEqual([1, true]);
  });
});

describe('the other side is chosen as ours is', () => {
  it.each([
    ['only', ['CustomResourceDefinition//things.example.com']],
    ['skip', ['Deployment/default/web']],
    ['include', ['Deployment/default/web', 'CustomResourceDefinition//things.example.com']],
  ])('--crds %s', (crds, expected) => {
    expect(names(read([deployment(), definition], [], { crds }).ours)).toEqual(expected);
  });
  it('what controllers write is not compared', () => expect(read([service()], [], { written: [service()] }).ours).toEqual([]));
});

describe('a text of something else', () => {
  const subject = { source: 'file', release: 'r', chart: 'estafette-ci', namespace: 'default' };
  const told = (objects: readonly Thing[], now: readonly Thing[]) => mismatch(read(objects, now), now, subject);
  const eleven = Array.from(
    { length: 11 },
    (_, index) => ({ ...configMap({}), metadata: { name: `c${index}`, namespace: 'default' } }) as Thing,
  );
  it('shares nothing, or hardly anything', () => {
    expect(told([deployment()], [service()])).toBe(
      'file: nothing in it is of the release r of estafette-ci in namespace default; is it another release or chart?',
    );
    expect(told([live(deployment(), { namespace: 'a' })], [service()])).toBe(
      'file: nothing in it is of the release r of estafette-ci in namespace default; it is about the namespace a: is -n missing or wrong?',
    );
    expect(
      told(
        [deployment(), ...eleven.slice(1)],
        [service(), ...eleven.slice(0, 2), ...eleven.map(({ metadata }) => ({ ...pod(), metadata }) as Thing)],
      ),
    ).toContain('file: hardly anything in it is of the release r');
    expect(told([{ ...live(deployment()), metadata: { name: 'web', namespace: 'default', uid: 'u' } } as Thing], [service()])).toContain(
      'file: nothing in it',
    );
  });
  it('is none that shares what there is, or that is empty', () => {
    expect(told([deployment(), ...eleven], [deployment()])).toBeUndefined();
    expect(told([deployment()], [deployment(), ...eleven])).toBeUndefined();
    expect(told([], [deployment()])).toBeUndefined();
    expect(told([clusterRole('a')], [deployment()])).toBeUndefined();
  });
});

describe('on the command line', () => {
  let folder = '';
  let base = '';
  const template = (...args: string[]) => cli(['template', ...args]).stdout;
  const OURS = ['estafette-ci', 'estafette-ci', '-n', 'estafette-ci'];
  const file = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  /** What a server would print of manifests, less what it fills in. */
  const asLive = (text: string): Thing[] =>
    (readYamlStream(text, 'template') as Thing[]).map(
      (object) => ({ ...object, metadata: { ...object.metadata, uid: 'u', resourceVersion: '1' } }) as Thing,
    );
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'cdk8s-estafette-ownership-'));
    base = file('base.yaml', template(...OURS));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('deletions of a cluster with two installations name those of one', () => {
    const both = [
      ...asLive(template(...OURS, '--set', 'db-client.enabled=true')),
      ...asLive(template('estafette-ci', 'estafette-ci', '-n', 'staging')),
    ];
    const { status, stdout, stderr } = cli(['diff', ...OURS, '--output', 'deletions', file('both.yaml', writeYamlStream(both))]);
    expect([status, readYamlStream(stdout, 'deletions')]).toEqual([
      1,
      [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'estafette-ci-db-client', namespace: 'estafette-ci' } }],
    ]);
    expect(stderr).toMatch(
      /\d+ objects are of a release estafette-ci in another namespace than estafette-ci and left out: \S+ \(staging\)/,
    );
  });

  it.each<readonly [string, readonly string[]]>([
    ['a forgotten -n', ['estafette-ci', 'estafette-ci']],
    ['another namespace', ['estafette-ci', 'estafette-ci', '-n', 'staging']],
    ['another release', ['other', 'estafette-ci', '-n', 'estafette-ci']],
    [
      'another chart',
      ['estafette-ci', 'devstats', '-n', 'estafette-ci', '-f', 'examples/devstats/production.yaml', '-f', 'examples/devstats/tls.yaml'],
    ],
  ])('%s: no deletions but an error, and a warning elsewhere; printed or live', (_title, release) => {
    for (const manifest of [base, file('live.yaml', writeYamlStream(asLive(readFileSync(base, 'utf8'))))]) {
      const { status, stdout, stderr } = cli(['diff', ...release, '--output', 'deletions', manifest]);
      expect([status, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(
        new RegExp(
          `(nothing|hardly anything) in it is of the release ${release[0]} of ${release[1]} in namespace ${release[3] ?? 'default'}; `,
        ),
      );
      const shown = cli(['diff', ...release, '--output', 'json', manifest]);
      expect([shown.status, shown.stderr]).toEqual([1, expect.stringContaining('WARNING: ')]);
      expect(shown.stderr).toContain(' in it is of the release');
    }
  });

  it('--crds only deletes nothing else', () => {
    expect(cli(['diff', ...OURS, '--crds', 'only', '--output', 'deletions', base])).toMatchObject({
      status: 0,
      stdout: '# estafette-ci has nothing to delete\n',
    });
  });

  it('Endpoints of Patroni are never deleted, and no difference once they are there', () => {
    const values = ['-f', 'examples/devstats/production.yaml', '-f', 'examples/devstats/tls.yaml', '-n', 'devstats'];
    const stream = file('devstats.yaml', template('devstats', 'devstats', ...values));
    expect(readFileSync(stream, 'utf8')).toContain('kind: Endpoints\n');
    const { stdout, stderr } = cli(['diff', 'devstats', 'devstats', ...values, '--target', 'argocd', '--output', 'deletions', stream]);
    expect([stdout.includes('Endpoints'), stderr.includes('Error')]).toEqual([false, false]);
    const shown = cli(['diff', 'devstats', 'devstats', ...values, '--target', 'argocd', stream]).stdout;
    expect(shown).toMatch(/^0 added, 0 removed, /m);
    const there = asLive(readFileSync(stream, 'utf8')).map((object) =>
      object.kind === 'Endpoints' ? { ...object, metadata: { ...object.metadata, annotations: { config: '{"ttl":30}' } } } : object,
    );
    expect(cli(['diff', 'devstats', 'devstats', ...values, file('there.yaml', writeYamlStream(there))])).toMatchObject({ status: 0 });
  });

  it('the target helm: what is for tests and uninstalling is not an addition', () => {
    const { stdout } = cli(['diff', ...OURS, '--target', 'helm', base]);
    expect(stdout).toMatch(/^0 added, 0 removed, /m);
  });

  it('hooks that helm get manifest lacks are named', () => {
    const printed = readYamlStream(readFileSync(base, 'utf8'), 'template') as Thing[];
    const text = printed
      .filter(({ kind }) => kind !== 'Job')
      .map((object) => `---\n# Source: estafette-ci/templates/${object.kind}.yaml\n${writeYamlStream([object])}`)
      .join('');
    const note = 'holds no hook of Helm, so that they seem to be new: add what "helm get hooks estafette-ci -n estafette-ci" prints';
    expect(cli(['diff', ...OURS], { input: text }).stderr).toContain(note);
    const hook = writeYamlStream([{ ...pod(), metadata: { name: 'p', annotations: { 'helm.sh/hook': 'post-install' } } }]);
    expect(cli(['diff', ...OURS], { input: `${text}---\n# Source: estafette-ci/templates/p.yaml\n${hook}` }).stderr).not.toContain(
      'helm get hooks',
    );
    expect(cli(['diff', ...OURS, base]).stderr).not.toContain('helm get hooks');
  });

  it('values of high availability against what runs, scaled: equal', () => {
    const values = ['-f', 'examples/estafette-ci/ha.yaml'];
    const running = asLive(template(...OURS, ...values)).map((object) =>
      ['estafette-ci-api', 'estafette-ci-web'].includes(object.metadata.name) && object.kind === 'Deployment'
        ? { ...object, spec: { ...(object['spec'] as Plain), replicas: 5 } }
        : object,
    );
    expect(maps(running).filter(({ kind }) => kind === 'HorizontalPodAutoscaler')).toHaveLength(2);
    expect(cli(['diff', ...OURS, ...values, '--check-upgrade', file('scaled.yaml', writeYamlStream(running))])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^0 added, 0 removed, 0 changed, \d+ equal\n$/),
    });
  });
});
