// Argo CD beside a cluster: it syncs from a git repository in a folder.
import { chmodSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { Cluster } from './cluster';
import { eventually } from './eventually';
import { needParts } from './find';
import { ownFolder } from './folder';
import { gitRepository, type GitRepository } from './git-repository';
import { define, succeed } from './kubectl';
import { freePorts } from './network';
import { once, type Part } from './part';
import { launch, responds, untilReady, type Running } from './program';

/** What Argo CD needs of scripts/parts, besides a cluster's. */
export const ARGO_CD_PARTS = ['argocd', 'redis-server', 'helm'] as const;
const NAMESPACE = 'argocd';

export interface ArgoCd extends Part {
  /** Where Applications are made. */
  readonly namespace: string;
  /** Address of its cache, where it keeps manifests. */
  readonly cache: { readonly port: number };
  /** One for this Argo CD; it is looked at anew on `refresh`, and every two minutes. */
  readonly repository: GitRepository;
  /** Has an Application look at its repository now, and waits until it has. */
  refresh(application: string): Promise<void>;
  status(application: string): Promise<ApplicationStatus>;
  /**
   * Waits until a sync of the revision has succeeded and nothing differs.
   * @throws Error with what Argo CD says of it, and the pods and events of the cluster
   */
  synced(application: string, revision: string, options?: SyncedOptions): Promise<ApplicationStatus>;
}

/** What Argo CD writes about an Application. */
export interface ApplicationStatus {
  readonly sync?: { readonly status?: string; readonly revision?: string };
  readonly health?: { readonly status?: string };
  readonly operationState?: {
    readonly phase?: string;
    readonly message?: string;
    readonly startedAt?: string;
    readonly finishedAt?: string;
    readonly retryCount?: number;
    readonly syncResult?: { readonly revision?: string };
  };
  readonly history?: readonly unknown[];
  readonly conditions?: readonly unknown[];
}

export interface SyncedOptions {
  /** The sync ended after this time, as Argo CD writes it. @default at any time */
  readonly since?: string;
  /** @default 300 */
  readonly seconds?: number;
}

const labels = { 'app.kubernetes.io/part-of': 'argocd' };
const configMap = (name: string, data: Record<string, string> = {}): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: NAMESPACE, labels },
  data,
});

const settings = (): object[] => [
  configMap('argocd-cm', { 'timeout.reconciliation': '120s' }),
  ...['argocd-rbac-cm', 'argocd-cmd-params-cm', 'argocd-tls-certs-cm', 'argocd-ssh-known-hosts-cm', 'argocd-gpg-keys-cm'].map((name) =>
    configMap(name),
  ),
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'argocd-secret', namespace: NAMESPACE, labels },
    stringData: { 'server.secretkey': 'test', 'admin.password': 'unused' },
  },
  {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: { name: 'default', namespace: NAMESPACE },
    spec: { sourceRepos: ['*'], destinations: [{ server: '*', namespace: '*' }], clusterResourceWhitelist: [{ group: '*', kind: '*' }] },
  },
];

export interface ArgoCdOptions {
  /**
   * Starts the server of a config management plugin beside the repo-server, which finds its socket in `sockets`. @default none
   * @param place.program Argo CD's program, which is its server under the name argocd-cmp-server
   */
  readonly plugin?: (place: { readonly program: string; readonly sockets: string }) => Promise<void>;
}

/** Applications go to `https://kubernetes.default.svc`, as inside the cluster. Stop it before the cluster. */
export async function argoCd(cluster: Cluster, { plugin }: ArgoCdOptions = {}): Promise<ArgoCd> {
  const parts = needParts(...ARGO_CD_PARTS);
  const folder = ownFolder('argocd');
  const running: Running[] = [];
  const stop = once(async () => {
    await Promise.all(running.map((program) => program.stop()));
    folder.remove();
  });
  const [redis = 0, repositories = 0, repositoryMetrics = 0, controllerMetrics = 0] = await freePorts(4);
  const own = (name: string): string => {
    mkdirSync(join(folder.path, name));
    return join(folder.path, name);
  };
  const env = {
    PATH: [dirname(parts.helm), process.env['PATH'] ?? ''].join(delimiter),
    HOME: own('home'),
    TMPDIR: own('tmp'),
    KUBECONFIG: cluster.kubeconfig,
    // The cluster's inner address means the cluster of the kubeconfig.
    ARGOCD_FAKE_IN_CLUSTER: 'true',
    ARGOCD_GPG_ENABLED: 'false',
    ARGOCD_TLS_DATA_PATH: own('tls'),
    ARGOCD_SSH_DATA_PATH: own('ssh'),
    ARGOCD_PLUGINSOCKFILEPATH: own('plugins'),
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'safe.directory',
    GIT_CONFIG_VALUE_0: '*',
  };
  const start = (program: string, name: string, args: readonly string[], more: Record<string, string> = {}): Running => {
    const started = launch({ program, name, args, folder: folder.path, env: { ...env, ...more }, grace: 1000 });
    running.push(started);
    return started;
  };
  try {
    await succeed(cluster.kubectl(['create', 'namespace', NAMESPACE]));
    await define(cluster.kubectl, readFileSync(join(dirname(parts.argocd), 'definitions.yaml'), 'utf8'));
    await succeed(cluster.kubectl(['create', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: settings() })));
    start(parts['redis-server'], 'redis', [
      '--bind',
      '127.0.0.1',
      '--port',
      String(redis),
      '--save',
      '',
      '--appendonly',
      'no',
      '--dir',
      folder.path,
    ]);
    if (plugin) {
      // The server runs as another user.
      chmodSync(env.ARGOCD_PLUGINSOCKFILEPATH, 0o777);
      await plugin({ program: parts.argocd, sockets: env.ARGOCD_PLUGINSOCKFILEPATH });
      await eventually(
        () => Promise.resolve(readdirSync(env.ARGOCD_PLUGINSOCKFILEPATH)),
        (sockets) => sockets.length > 0,
      );
    }
    const server = start(
      parts.argocd,
      'repo-server',
      [
        '--address=127.0.0.1',
        `--port=${repositories}`,
        `--metrics-port=${repositoryMetrics}`,
        '--metrics-address=127.0.0.1',
        '--disable-tls',
        `--redis=127.0.0.1:${redis}`,
        '--logformat=text',
      ],
      { ARGOCD_BINARY_NAME: 'argocd-repo-server' },
    );
    await untilReady('argocd-repo-server', server, () => responds(`http://127.0.0.1:${repositoryMetrics}/healthz`));
    const controller = start(
      parts.argocd,
      'application-controller',
      [
        `--namespace=${NAMESPACE}`,
        `--repo-server=127.0.0.1:${repositories}`,
        '--repo-server-plaintext',
        `--redis=127.0.0.1:${redis}`,
        `--metrics-port=${controllerMetrics}`,
        '--logformat=text',
      ],
      { ARGOCD_BINARY_NAME: 'argocd-application-controller' },
    );
    await untilReady('argocd-application-controller', controller, () => responds(`http://127.0.0.1:${controllerMetrics}/healthz`), 60_000);
  } catch (error) {
    await stop();
    throw error;
  }
  const refreshing = (application: string): Promise<string> =>
    succeed(
      cluster.kubectl([
        'get',
        'application',
        application,
        '-n',
        NAMESPACE,
        '-o',
        String.raw`jsonpath={.metadata.annotations.argocd\.argoproj\.io/refresh}`,
      ]),
    );
  const status = async (application: string): Promise<ApplicationStatus> => {
    const text = await succeed(cluster.kubectl(['get', 'application', application, '-n', NAMESPACE, '-o', 'json']));
    return (JSON.parse(text) as { status?: ApplicationStatus }).status ?? {};
  };
  return {
    address: cluster.address,
    env: cluster.env,
    namespace: NAMESPACE,
    cache: { port: redis },
    repository: gitRepository(join(folder.path, 'repository')),
    async refresh(application) {
      await succeed(
        cluster.kubectl(['annotate', 'application', application, '-n', NAMESPACE, 'argocd.argoproj.io/refresh=hard', '--overwrite']),
      );
      // Argo CD takes the mark away when it has looked.
      await eventually(
        () => refreshing(application),
        (mark) => mark === '',
      );
    },
    status,
    async synced(application, revision, { since = '', seconds = 300 } = {}) {
      try {
        return await eventually(
          () => status(application),
          ({ sync, operationState }) =>
            sync?.status === 'Synced' &&
            sync.revision === revision &&
            operationState?.phase === 'Succeeded' &&
            (operationState.finishedAt ?? '') > since,
          seconds,
        );
      } catch (error) {
        const { stdout } = await cluster.kubectl(['get', 'pods,jobs,pvc,events', '--all-namespaces', '-o', 'wide']);
        const said = JSON.stringify(await status(application), null, 2).slice(0, 20_000);
        throw new Error(`${String(error)}\n${said}\n${stdout}`, { cause: error });
      }
    },
    stop,
  };
}
