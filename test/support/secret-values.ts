// Values of each chart with all of its secrets, and everything switched on that prints one.
import type { ChartName } from '../../constructs/charts';
import { leavesOf, pathText, setAt, type FoundLeaf, type Plain } from './secret-leaves';

/** What has each secret of a chart printed somewhere. */
const BASE: Record<ChartName, () => Plain> = {
  'estafette-ci': () => ({
    global: { imageCredentials: { registry: 'registry.example.com', builds: true } },
    api: {
      tls: { enabled: true },
      iap: { enabled: true },
      image: { credentials: { registry: 'r.example.com' } },
      extraSecrets: [{ key: 'extra', mountPath: '/extra' }],
      deployment: { extraEnv: [] },
    },
    web: { iap: { enabled: true }, image: { credentials: { registry: 'r.example.com' } }, extraSecrets: [{ key: 'extra' }] },
    'cron-event-sender': { image: { credentials: { registry: 'r.example.com' } } },
    'hanging-job-cleaner': { enabled: true, image: { credentials: { registry: 'r.example.com' } } },
    'db-migrator': { image: { credentials: { registry: 'r.example.com' } }, extraSecrets: [{ key: 'extra' }] },
    'db-client': { enabled: true, image: { credentials: { registry: 'r.example.com' } } },
    db: {
      image: { credentials: { registry: 'r.example.com' } },
      tls: { selfSigner: { image: { credentials: { registry: 'r.example.com' } } } },
      iap: { enabled: true },
      ingress: { enabled: true, paths: ['/*'] },
      conf: { log: { enabled: true } },
      init: { provisioning: { enabled: true, users: [{ name: 'bob' }], databases: [{ name: 'builds', backup: { recurring: '@daily' } }] } },
    },
    metrics: {
      alertmanager: { enabled: true },
      kubeStateMetrics: { enabled: true },
      'kube-state-metrics': { kubeconfig: { enabled: true } },
    },
    queue: {
      auth: { enabled: true, resolver: { type: 'URL' }, operatorjwt: { configMap: { name: 'jwt', key: 'jwt' } } },
      cluster: { enabled: true, authorization: { user: 'route' } },
      leafnodes: { enabled: true, authorization: { user: 'leaf' } },
      gateway: { enabled: true, gateways: [{ name: 'other' }] },
      nats: { jetstream: { enabled: true } },
    },
  }),
  devstats: () => ({ pgPort: 5432, global: { imageCredentials: { registry: 'registry.example.com' } } }),
  buildshuttle: () => ({
    global: { imageCredentials: { registry: 'registry.example.com' } },
    image: { repository: 'registry.example.com/build-worker' },
    s3: { bucket: 'logs' },
  }),
};

/** What holds a secret where that is not a text alone. A path that is not here and needs it is an error of the test. */
const EXAMPLES: Record<string, (secret: string) => unknown> = {
  'api.config.files.*': (secret) => `credentials:\n- name: git\n  type: github-pat\n  token: '${secret}'\n`,
  'db.conf.log.config': (secret) => ({ sinks: { 'http-servers': { health: { address: `https://logs:${secret}@logs.example.com` } } } }),
  'db.init.provisioning.clusterSettings': (secret) => ({ 'enterprise.license': secret }),
  'db.init.provisioning.databases[].backup.into': (secret) =>
    `s3://backups/ci?AWS_ACCESS_KEY_ID=id&AWS_SECRET_ACCESS_KEY=${encodeURIComponent(secret)}`,
  'db.init.provisioning.databases[].backup.options': (secret) => ['revision_history', `encryption_passphrase = '${secret}'`],
  'queue.auth.basic.users': (secret) => [{ user: 'ci', password: secret }],
  'queue.auth.basic.accounts': (secret) => ({ CI: { users: [{ user: 'ci', password: secret }] } }),
  'queue.leafnodes.authorization.users': (secret) => [{ user: 'leaf', password: secret }],
  'queue.leafnodes.remotes[].url': (secret) => `nats-leaf://leaf:${encodeURIComponent(secret)}@hub.example.com`,
  'queue.leafnodes.remotes[].urls': (secret) => [`nats-leaf://${encodeURIComponent(secret)}@hub.example.com`],
  'queue.gateway.gateways[].url': (secret) => `nats://gate:${encodeURIComponent(secret)}@other.example.com`,
  'queue.gateway.gateways[].urls': (secret) => [`nats://gate:${encodeURIComponent(secret)}@other.example.com`],
  'queue.auth.resolver.url': (secret) => `https://accounts:${encodeURIComponent(secret)}@accounts.example.com`,
  'metrics.alertmanagerFiles': (secret) => ({
    'alertmanager.yml': { receivers: [{ name: 'default-receiver', slack_configs: [{ api_url: secret }] }] },
  }),
  'metrics.serverFiles': (secret) => ({
    'prometheus.yml': { scrape_configs: [{ job_name: 'own', basic_auth: { username: 'scraper', password: secret } }] },
  }),
  'metrics.extraScrapeConfigs': (secret) => `- job_name: more\n  authorization:\n    credentials: '${secret}'\n`,
  'metrics.server.remoteWrite': (secret) => [{ url: 'https://metrics.example.com', basic_auth: { username: 'u', password: secret } }],
  'metrics.server.remoteRead': (secret) => [{ url: `https://reader:${encodeURIComponent(secret)}@metrics.example.com` }],
  'metrics.server.alertmanagers': (secret) => [{ authorization: { credentials: secret } }],
  'builds.args': (secret) => ({ NPM_TOKEN: secret }),
};

/** Values that the schema calls secret. */
export const secretLeaves = (chart: ChartName): FoundLeaf[] => leavesOf(chart).filter(({ leaf }) => leaf.secret !== undefined);

/** @param canary the secret of each leaf, by its place among them */
export function valuesWith(chart: ChartName, canary: (index: number) => string, leaves = secretLeaves(chart)): Plain {
  const values = BASE[chart]();
  leaves.forEach(({ path, leaf }, index) => {
    const example = EXAMPLES[pathText(path)];
    if (!example && leaf.kind !== 'text' && pathText(path) !== pathText(['api', 'extraSecrets', '[]', 'data']) && path.at(-1) !== 'data')
      throw new Error(`${pathText(path)} is secret and no text: EXAMPLES needs an example of it`);
    const given = canary(index);
    setAt(values, path, example ? example(given) : path.at(-1) === 'data' ? { file: given } : given, 'credentials.yaml');
  });
  return values;
}
