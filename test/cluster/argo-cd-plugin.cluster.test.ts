// Argo CD renders releases.yaml itself, through a config management plugin: the container that the documentation puts
// beside its repo-server, in a pod of its own here. Nothing of dist/ is committed.
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { bun, thisPlatform } from '../../scripts/parts.d/bun';
import { buildExecutable } from '../support/executable';
import { PLUGIN_IMAGE, pluginArchive } from '../support/images/plugin';
import {
  argoCd,
  ARGO_CD_PARTS,
  cluster,
  CLUSTER_PARTS,
  describeWith,
  eventually,
  findParts,
  findRootParts,
  succeed,
  type ArgoCd,
  type Cluster,
} from '../support/parts';

const parts = thisPlatform && findRootParts(...CLUSTER_PARTS) && findParts(...ARGO_CD_PARTS, bun[thisPlatform].name);
const SECRET = 'S3cretS3cretS3cretS3cretS3cret32';

/** Nothing runs: what counts is what Argo CD shows and applies. */
const values = (tag: string, nodeSelector: unknown = { nobody: 'here' }): string =>
  [
    'secrets: {mode: omit}',
    'mode: externalWorker',
    `auth: {token: ${SECRET}}`,
    'engine: {host: 10.1.2.3, tls: {existingSecret: tls}}',
    `image: {repository: registry.example.com/build-worker, tag: ${tag}}`,
    `nodeSelector: ${JSON.stringify(nodeSelector)}`,
    '',
  ].join('\n');

interface State {
  readonly sync?: { readonly status?: string; readonly revision?: string };
  readonly conditions?: readonly { readonly type: string; readonly message: string }[];
}

describeWith(parts)('Argo CD with the plugin', () => {
  const folder = mkdtempSync(join(tmpdir(), 'argo-cd-plugin-'));
  let subject: Cluster;
  let argo: ArgoCd;
  const kubectl = (...args: string[]): Promise<string> => succeed(subject.kubectl(args));
  const state = async (): Promise<State> =>
    (JSON.parse(await kubectl('get', 'application', 'builds', '-n', argo.namespace, '-o', 'json')) as { status?: State }).status ?? {};
  const commit = (tag: string, nodeSelector?: unknown): string =>
    argo.repository.commit({
      'ci/releases.yaml':
        'releases:\n- {name: builds, chart: buildshuttle, namespace: builds, createNamespace: true, values: [builds.yaml]}\n',
      'ci/builds.yaml': values(tag, nodeSelector),
    });
  const synced = (revision: string) => eventually(state, ({ sync }) => sync?.status === 'Synced' && sync.revision === revision, 120);

  /** The sidecar of docs/argo-cd.md as a pod of its own: here, Argo CD's repo-server is none. */
  const sidecar = (program: string, sockets: string): object => {
    const hostPath = (name: string, path: string) => ({ name, hostPath: { path, type: 'Directory' } });
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'cdk8s-estafette', namespace: 'argocd' },
      spec: {
        automountServiceAccountToken: false,
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: 'cdk8s-estafette',
            image: PLUGIN_IMAGE,
            command: [`/var/run/argocd/${basename(program)}`],
            env: [{ name: 'ARGOCD_BINARY_NAME', value: 'argocd-cmp-server' }],
            securityContext: {
              runAsNonRoot: true,
              runAsUser: 999,
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ['ALL'] },
            },
            volumeMounts: [
              { name: 'var-files', mountPath: '/var/run/argocd' },
              { name: 'plugins', mountPath: '/home/argocd/cmp-server/plugins' },
              { name: 'cdk8s-estafette-tmp', mountPath: '/tmp' },
            ],
          },
        ],
        volumes: [hostPath('var-files', dirname(program)), hostPath('plugins', sockets), { name: 'cdk8s-estafette-tmp', emptyDir: {} }],
      },
    };
  };

  beforeAll(async () => {
    const program = join(folder, 'cdk8s-estafette');
    buildExecutable(program);
    subject = await cluster();
    await subject.load(pluginArchive(folder, program));
    argo = await argoCd(subject, {
      plugin: async ({ program: server, sockets }) => {
        // The namespace is new, and its account may be on its way.
        await eventually(
          () => subject.kubectl(['create', '-f', '-'], JSON.stringify(sidecar(server, sockets))),
          ({ status }) => status === 0,
        );
        await kubectl('wait', '--for=condition=Ready', 'pod/cdk8s-estafette', '-n', 'argocd', '--timeout=120s');
      },
    });
  }, 300_000);
  afterAll(async () => {
    await argo?.stop();
    await subject?.stop();
    rmSync(folder, { recursive: true });
  }, 60_000);

  it('syncs values without manifests, and the edit of one', async () => {
    const first = commit('one');
    const spec = {
      project: 'default',
      source: { repoURL: argo.repository.url, path: 'ci', targetRevision: 'main' },
      destination: { server: 'https://kubernetes.default.svc', namespace: 'builds' },
      syncPolicy: { automated: { prune: true, selfHeal: true }, syncOptions: ['ServerSideApply=true'] },
    };
    const metadata = { name: 'builds', namespace: argo.namespace };
    const application = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata, spec };
    await succeed(subject.kubectl(['create', '-f', '-'], JSON.stringify(application)));
    await synced(first);
    const image = (): Promise<string> =>
      kubectl('get', 'deployment', '-n', 'builds', '-o', 'jsonpath={.items[*].spec.template.spec.containers[*].image}');
    await eventually(image, (name) => name.endsWith(':one'));
    const second = commit('two');
    await argo.refresh('builds');
    await synced(second);
    await eventually(image, (name) => name.endsWith(':two'));
  }, 300_000);

  it('takes another namespace as a parameter', async () => {
    const plugin = { parameters: [{ name: 'namespace', string: 'elsewhere' }] };
    const patch = (given: object | null): Promise<string> =>
      kubectl(
        'patch',
        'application',
        'builds',
        '-n',
        argo.namespace,
        '--type',
        'merge',
        '--patch',
        JSON.stringify({ spec: { source: { plugin: given } } }),
      );
    await patch(plugin);
    await eventually(
      async () => (await subject.kubectl(['get', 'deployment', '-n', 'elsewhere', '-o', 'name'])).stdout,
      (names) => names.includes('deployment'),
      120,
    );
    await patch(null);
  }, 300_000);

  it('keeps out of its cache what secrets.mode keeps out', async () => {
    const kept = await cached(argo.cache.port);
    expect(kept).toMatch(/nodeSelector.{1,10}nobody/);
    expect(kept).not.toMatch(new RegExp(`${SECRET}|${Buffer.from(SECRET).toString('base64')}`));
  }, 60_000);

  it('shows a mistake of a value with its file and line', async () => {
    commit('three', 'many');
    await argo.refresh('builds');
    const { conditions } = await eventually(state, (now) => (now.conditions ?? []).some(({ type }) => type === 'ComparisonError'), 120);
    expect(conditions?.map(({ message }) => message).join('\n')).toMatch(/builds\.yaml:6:1: nodeSelector: must be a map/);
  }, 180_000);
});

/** All that Argo CD has in its cache, as text. */
async function cached(port: number): Promise<string> {
  const answer = (...words: string[]): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      const chunks: Buffer[] = [];
      socket.on('data', (chunk) => chunks.push(chunk));
      socket.on('error', reject);
      socket.on('end', () => resolve(Buffer.concat(chunks)));
      socket.end(`*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`);
    });
  const keys = [...(await answer('KEYS', '*')).toString().matchAll(/^\$\d+\r\n(.*)\r$/gm)].map(([, key = '']) => key);
  const texts = await Promise.all(
    keys.map(async (key) => {
      const value = await answer('GET', key);
      const at = value.indexOf('\r\n') + 2;
      return key.endsWith('.gz') ? gunzipSync(value.subarray(at, value.length - 2)).toString() : value.toString('latin1');
    }),
  );
  return texts.join('\n');
}
