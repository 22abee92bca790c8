// `show graph`: who reads, serves and calls whom in a release, and its picture.
import fc from 'fast-check';
import { renderRelease } from '../../../cli/render';
import { graphOf, type Graph } from '../../../cli/show/graph';
import { LIMITS, mermaid, tooLarge } from '../../../cli/show/mermaid';
import type { ChartName } from '../../../constructs/charts';
import type { Entry } from '../../../constructs/common/entry';
import type { KubeObject } from '../../../kubernetes/object';
import { cli } from '../../support/cli';

type Plain = Record<string, unknown>;

/** Edges by the names of their ends. */
function edges({ nodes, edges: links }: Graph): string[] {
  const names = new Map(nodes.map(({ id, lines }) => [id, lines.join(' ')]));
  return links.map(({ from, label, to }) => `${names.get(from)} ${label} ${names.get(to)}`);
}
const graph = (values: Plain = {}, release = 'estafette-ci', chart: ChartName = 'estafette-ci') =>
  graphOf(renderRelease({ release, chart, namespace: 'ci', values: [values] }).plan);

const entry = (object: Plain & { kind: string }, rest: Partial<Entry> = {}): Entry => ({
  object: { apiVersion: 'v1', metadata: { name: 'a', namespace: 'ns' }, ...object } as unknown as KubeObject,
  key: '',
  stage: 'apps',
  lifecycle: {},
  owner: [],
  ...rest,
});
const pod = (name: string, container: Plain, spec: Plain = {}) =>
  entry({ kind: 'Pod', metadata: { name, namespace: 'ns', labels: { app: name } }, spec: { containers: [container], ...spec } });
const service = (name: string, namespace = 'ns') =>
  entry({ kind: 'Service', metadata: { name, namespace }, spec: { selector: { app: name } } });

describe('Estafette', () => {
  it.each(['estafette-ci', 'ci'])('called %s: API, migrator and sender call database and queue', (name) => {
    const found = edges(graph({}, name));
    expect(found).toEqual(
      expect.arrayContaining([
        `Ingress ${name}-api routes Service ${name}-web`.replace('ci-estafette', 'estafette'),
        `Deployment ${name}-api calls Service ${name}-db-public`,
        `Deployment ${name}-api calls Service ${name}-queue`,
        `Job ${name}-db-migrator calls Service ${name}-db-public`,
        `CronJob ${name}-cron-event-sender calls Service ${name}-queue`,
        `Job ${name}-db-init calls Service ${name}-db`,
        `Service ${name}-db-public serves StatefulSet ${name}-db`,
        `PodDisruptionBudget ${name}-web protects Deployment ${name}-web`,
        `Deployment ${name}-api reads ConfigMap ${name}-api`,
        `Deployment ${name}-api reads Secret ${name}-api`,
      ]),
    );
    // The Job that makes the keys is told the name of a Secret, which is also that of a Service.
    expect(found.filter((edge) => edge.startsWith(`Job ${name}-api-keys`))).toEqual([]);
    expect(found.filter((edge) => / calls /.test(edge))).toHaveLength(5);
  });

  it('shows what it reads and does not make apart', () => {
    const { nodes } = graph();
    const outside = nodes.filter(({ stage }) => stage === undefined).map(({ lines }) => lines.join(' '));
    expect(outside.toSorted()).toEqual([
      'Secret estafette-ci-api',
      'Secret estafette-ci-db-client-secret',
      'Secret estafette-ci-db-node-secret',
    ]);
  });

  it('scales what has an autoscaler', () =>
    expect(edges(graph({ web: { autoscaling: { enabled: true } } }))).toContain(
      'HorizontalPodAutoscaler estafette-ci-web scales Deployment estafette-ci-web',
    ));
});

it('DevStats calls the host that a Secret names', () => {
  const values = { skipSecrets: '', pgHost: 'devstats-postgres', pgHostRO: 'devstats-postgres-ro' };
  const keys = ['pgAdminUser', 'pgPass', 'pgPassRO', 'pgPassTeam', 'pgPassRep', 'githubOAuth', 'grafanaUser', 'grafanaPassword'];
  const secrets = { ...Object.fromEntries(keys.map((key) => [key, 'x'])), pgPort: '5432' };
  const found = edges(graph({ ...secrets, ...values }, 'devstats', 'devstats'));
  expect(found.filter((edge) => edge.endsWith('calls Service devstats-postgres')).length).toBeGreaterThan(5);
});

describe('a call', () => {
  it.each<[string, Plain]>([
    ['a URL', { args: ['--url=http://b'] }],
    ['a URL with a login', { env: [{ name: 'X', value: 'nats://user:pass@b:4222' }] }],
    ['a port', { args: ['b:80'] }],
    ['a namespace', { command: ['sh', '-c', 'curl b.ns.svc.cluster.local'] }],
    ['a pod of it', { args: ['--join=b-0.b,b-1.b'] }],
    ['a host option', { args: ['--host=b'] }],
    ['a variable for a host', { env: [{ name: 'DB_HOST', value: 'b' }] }],
  ])('is told by %s', (_, container) => expect(edges(graphOf([pod('a', container), service('b')]))).toContain('Pod a calls Service b'));

  it.each<[string, Plain]>([
    ['a name alone', { args: ['--name=b'] }],
    ['a part of another host', { args: ['http://b-c', 'http://a.b:80', 'xb:80'] }],
    ['another namespace', { args: ['b.other.svc'] }],
    ['another variable', { env: [{ name: 'SECRET_NAME', value: 'b' }] }],
  ])('is not told by %s', (_, container) => expect(edges(graphOf([pod('a', container), service('b')]))).toEqual([]));

  it('needs the namespace where that is another one', () => {
    const there = service('b', 'other');
    expect(edges(graphOf([pod('a', { args: ['http://b'] }), there]))).toEqual([]);
    expect(edges(graphOf([pod('a', { args: ['http://b.other'] }), there]))).toEqual(['Pod a calls Service b']);
  });

  it('of a program to itself is none', () =>
    expect(edges(graphOf([pod('b', { args: ['http://b'] }), service('b')]))).toEqual(['Service b serves Pod b']));
});

it('a claim of a template is not a claim of all pods', () => {
  const volumes = [{ persistentVolumeClaim: { claimName: 'data' } }, { persistentVolumeClaim: { claimName: 'shared' } }];
  const set = {
    kind: 'StatefulSet',
    spec: { volumeClaimTemplates: [{ metadata: { name: 'data' } }], template: { spec: { containers: [], volumes } } },
  };
  expect(edges(graphOf([entry(set)]))).toEqual(['StatefulSet a reads PersistentVolumeClaim shared']);
});

describe('the picture', () => {
  it.each<ChartName>(['estafette-ci', 'devstats', 'buildshuttle'])('of %s is one that GitHub draws', (chart) => {
    const { status, stdout } = cli(['show', 'graph', chart]);
    expect(status).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toBe('flowchart LR');
    const declared = lines.flatMap((line) => /^\s+(n\d+)[[({]/.exec(line)?.slice(1, 2) ?? []);
    expect(new Set(declared).size).toBe(declared.length);
    for (const line of lines) for (const [, id = ''] of line.matchAll(/(?:^\s+| )(n\d+)(?= |$)/g)) expect(declared).toContain(id);
    expect(lines.filter((line) => /^ +subgraph /.test(line))).toHaveLength(lines.filter((line) => /^ +end$/.test(line)).length);
  });

  it('is the same for the same release, and names no hash', () => {
    const [one, other] = [mermaid(graph()), mermaid(graph({ db: { init: { resources: { limits: { memory: '1Gi' } } } } }))];
    expect(one).toBe(other);
    expect(one).not.toMatch(/-[0-9a-f]{8}</);
  });

  it('has no text that ends another', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        const lines = mermaid({ nodes: [{ id: 'n0', lines: ['Secret', name], shape: 'data', component: '', stage: 'apps' }], edges: [] });
        const label = /\[\("(.*)"\)\]/s.exec(lines)?.[1] ?? '';
        expect(label.replaceAll('<br>', '')).not.toMatch(/["<>`]/);
        expect(label.replace(/^Secret<br>/, '').replaceAll(/#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))).toBe(name);
      }),
    ));

  it('says when it is too large', () => {
    const nodes = Array.from({ length: 600 }, (_, index) => ({ id: `n${index}`, lines: ['a'], shape: 'other' as const, component: '' }));
    const large = { nodes, edges: nodes.map(({ id }) => ({ from: id, to: 'n0', label: 'reads' as const })) };
    expect(tooLarge(mermaid(large), large)).toContain(`at most ${LIMITS.edges}`);
    expect(tooLarge('x'.repeat(LIMITS.characters + 1), { nodes: [], edges: [] })).toContain('characters');
    expect(tooLarge(mermaid(graph()), graph())).toBeUndefined();
  });
});
