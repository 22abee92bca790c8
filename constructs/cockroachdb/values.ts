// Values of CockroachDB, with the defaults of the published chart.
import type { Context } from '../common/context';
import type { StatefulSetUpdateStrategy } from 'kubernetes-types/apps/v1';
import type {
  Affinity,
  EnvVar,
  NodeAffinity,
  PodAffinity,
  PodAffinityTerm,
  Probe,
  ResourceRequirements,
  Toleration,
  WeightedPodAffinityTerm,
} from 'kubernetes-types/core/v1';
import type { IngressTLS, NetworkPolicyPeer } from 'kubernetes-types/networking/v1';
import { any, flag, group, list, number, table, text, type Scalar, type ValuesInput } from '../../helm/schema';
import { credentialsValues } from '../common/registry';
import { tlsValues } from './tls/values';

const labelsOf = (what: string) => table({}, `More labels of ${what}.`);
const annotationsOf = (what: string) => table({}, `More annotations of ${what}.`);
const componentLabels = (component: string, what: string) => table({ 'app.kubernetes.io/component': component }, `More labels of ${what}.`);
const resourcesOf = (what: string) => any<ResourceRequirements>({}, `Requests and limits of ${what}.`, { type: 'ResourceRequirements' });
const tolerationsOf = (what: string) => list<Toleration>([], `Taints that ${what} tolerate.`, { type: 'Toleration' });

const confValues = group({
  attrs: list<Scalar>([], 'Words that describe the machine, such as ssd or x16c.'),
  cache: text('25%', 'Memory for caches: a size or a share of the memory.'),
  'cluster-name': text('', 'Name that all nodes of the cluster must agree on. Empty means that none is checked.'),
  'disable-cluster-name-verification': flag(false, 'Nodes join whatever their cluster is called; for giving a running cluster its name.'),
  join: list<Scalar>([], 'Hosts of an existing cluster to join. Empty means the first three pods of this one.'),
  log: group({
    enabled: flag(false, 'Configures the log with `conf.log.config` in place of `conf.logtostderr`.'),
    config: table({}, "CockroachDB's log configuration, put into a Secret.", { secret: 'members' }),
    existingSecret: text(undefined, 'Secret with the key log-config.yaml that exists already; then none is made.'),
  }),
  logtostderr: text('INFO', 'Lowest severity that goes to stderr. Ignored when `conf.log.enabled` is true.'),
  'max-disk-temp-storage': text(undefined, 'Disk space for queries that do not fit into memory: a size or a share of the disk.'),
  'max-offset': text(undefined, 'Clock difference at which a node stops itself, such as 500ms; the same on all nodes.'),
  'max-sql-memory': text('25%', 'Memory for SQL clients: a size or a share of the memory.'),
  locality: text('', 'Where the node stands, from the widest part to the narrowest, such as region=eu,zone=a.'),
  'single-node': flag(false, 'Each pod is a database of its own, without replication. For one replica.'),
  'sql-audit-dir': text('', 'Folder for the SQL audit log. Empty means no such log.'),
  port: number(26257, 'Port of the container for SQL and other nodes.'),
  'http-port': number(8080, 'Port of the container for the admin interface and health checks.'),
  path: text('cockroach-data', 'Folder of the data below /cockroach.'),
  store: group({
    enabled: flag(false, 'Describes the store with `--store`.'),
    type: text(undefined, '`mem` for a store in memory. Empty means the disk.'),
    size: text(undefined, 'Size of the store. A store in memory needs one; else the size of the volume is the default.'),
    attrs: text(undefined, 'Words that describe the store, with colons between them.'),
  }),
});

const statefulsetValues = group({
  replicas: number(3, 'Number of nodes.'),
  updateStrategy: any<StatefulSetUpdateStrategy>({ type: 'RollingUpdate' }, 'How pods are replaced.', {
    type: 'StatefulSetUpdateStrategy',
  }),
  podManagementPolicy: text('Parallel', 'Whether pods start one by one (OrderedReady) or together (Parallel).'),
  budget: group({ maxUnavailable: number(1, 'Pods that a drain may take away at a time.') }),
  args: list<Scalar>([], 'More arguments of `cockroach start`.'),
  env: list<EnvVar>([], 'More environment variables of the database container.', { type: 'EnvVar' }),
  secretMounts: list<Scalar>([], 'Secrets that are mounted below /etc/cockroach/secrets, by name.'),
  labels: componentLabels('cockroachdb', 'the StatefulSet and its pods'),
  annotations: annotationsOf('the pods'),
  nodeAffinity: any<NodeAffinity>({}, 'Nodes that the pods prefer or need.', { type: 'NodeAffinity' }),
  podAffinity: any<PodAffinity>({}, 'Pods that the pods want to be near to.', { type: 'PodAffinity' }),
  podAntiAffinity: group(
    {
      topologyKey: text('kubernetes.io/hostname', 'Label of the nodes over which the pods are spread.'),
      type: text(
        'soft',
        'Whether the pods should (soft) or must (hard) stand apart. With an empty type the whole map is the anti-affinity itself.',
      ),
      weight: number(100, 'Weight of a soft rule.'),
      requiredDuringSchedulingIgnoredDuringExecution: list<PodAffinityTerm>(undefined, 'Rules of your own that must hold.', {
        type: 'PodAffinityTerm',
      }),
      preferredDuringSchedulingIgnoredDuringExecution: list<WeightedPodAffinityTerm>(undefined, 'Rules of your own that should hold.', {
        type: 'WeightedPodAffinityTerm',
      }),
    },
    { doc: 'Keeps the pods apart; or, with an empty type, rules of your own.', nullable: true, open: true },
  ),
  nodeSelector: table({}, 'Labels that a node must have.'),
  priorityClassName: text('', 'Priority class of the pods.'),
  tolerations: tolerationsOf('the pods'),
  topologySpreadConstraints: group(
    {
      maxSkew: number(1, 'How uneven the pods may be spread.'),
      topologyKey: text('topology.kubernetes.io/zone', 'Label of the nodes over which the pods are spread.'),
      whenUnsatisfiable: text('ScheduleAnyway', 'What happens to a pod that fits nowhere: ScheduleAnyway or DoNotSchedule.'),
    },
    { doc: 'Spreads the pods over zones.', nullable: true },
  ),
  resources: resourcesOf('the database container'),
  customLivenessProbe: any<Probe>({}, 'Liveness probe in place of the usual one.', { type: 'Probe' }),
  customReadinessProbe: any<Probe>({}, 'Readiness probe in place of the usual one.', { type: 'Probe' }),
  securityContext: group(
    { enabled: flag(true, 'The database container runs without privileges, its root file system read-only.') },
    { doc: 'Security context of the database container, from v21.2.13 and v22.1.2 on.', nullable: true },
  ),
});

const serviceValues = group({
  ports: group({
    grpc: group({
      external: group({ port: number(26257, 'Port for clients.'), name: text('grpc', 'Name of the port for clients.') }),
      internal: group({
        port: number(26257, 'Port for other nodes; one more port of the Services when it differs from the one for clients.'),
        name: text('grpc-internal', 'Name of the port for other nodes.'),
      }),
    }),
    http: group({ port: number(8080, 'Port of the admin interface.'), name: text('http', 'Name of the port of the admin interface.') }),
  }),
  public: group({
    type: text('ClusterIP', 'Type of the Service for clients.'),
    labels: componentLabels('cockroachdb', 'the Service for clients'),
    annotations: annotationsOf('the Service for clients'),
  }),
  discovery: group({
    labels: componentLabels('cockroachdb', 'the Service by which the pods find each other'),
    annotations: annotationsOf('the Service by which the pods find each other'),
  }),
});

const userValues = group({
  name: text(undefined, 'Name of the user.'),
  password: text(undefined, 'Password of the user. Without one, the user logs in with a certificate.', { secret: true }),
  existingSecret: text(undefined, 'Secret whose key password is the password, in place of that.'),
  options: list<Scalar>(undefined, 'Options of CREATE USER, such as LOGIN.'),
});

const databaseValues = group({
  name: text(undefined, 'Name of the database.'),
  options: list<Scalar>(undefined, "Options of CREATE DATABASE, such as encoding='utf-8'."),
  owners: list<Scalar>(undefined, 'Users that get all rights on the database.'),
  backup: group(
    {
      into: text(undefined, 'Where backups go, such as s3://bucket/path.', { secret: 'members' }),
      options: list<Scalar>(undefined, 'Options of the backup.', { secret: 'members' }),
      recurring: text(undefined, "How often, such as '@daily'."),
      fullBackup: text(undefined, 'How often a full backup is made. Without it, always.'),
      schedule: group(
        { options: list<Scalar>(undefined, 'Options of the schedule, such as first_run = now.') },
        { doc: 'The schedule itself.', nullable: true },
      ),
    },
    { doc: 'Schedule of backups.', nullable: true },
  ),
});

/** A SQL user, and a database, as the values list them. */
export type User = ValuesInput<typeof userValues>;
export type Database = ValuesInput<typeof databaseValues>;

const provisioningValues = group({
  enabled: flag(false, 'Makes settings, users and databases after the cluster is initialized.'),
  clusterSettings: table<Scalar>(undefined, 'Cluster settings by name.', { secret: true }),
  users: list<User>([], 'SQL users.', { items: userValues }),
  databases: list<Database>([], 'Databases.', { items: databaseValues }),
});

export const cockroachDbValues = group({
  nameOverride: text('', 'Replaces the name of the component in object names and labels.'),
  fullnameOverride: text('', 'Replaces the whole name of the objects.'),
  image: group({
    repository: text('cockroachdb/cockroach', 'Repository of the image.'),
    tag: text('v22.2.6', 'Tag of the image. It must be a version.'),
    pullPolicy: text('IfNotPresent', 'When the kubelet pulls the image: Always, IfNotPresent or Never.'),
    credentials: credentialsValues,
  }),
  labels: table({}, 'Labels of nearly all objects.'),
  clusterDomain: text('cluster.local', "The cluster's own DNS domain. Nodes do not find each other with a wrong one."),
  conf: confValues,
  statefulset: statefulsetValues,
  service: serviceValues,
  ingress: group({
    enabled: flag(false, 'Makes an Ingress for the admin interface.'),
    labels: labelsOf('the Ingress'),
    annotations: annotationsOf('the Ingress'),
    paths: list<Scalar>(['/'], 'Paths of the admin interface.'),
    hosts: list<Scalar>([], 'Hosts of the admin interface. Empty means any.'),
    tls: list<IngressTLS>([], 'Certificates of the hosts.', { type: 'IngressTLS' }),
  }),
  prometheus: group({ enabled: flag(true, 'Tells Prometheus by annotation to scrape every node.') }),
  securityContext: group(
    { enabled: flag(true, 'The pods run as user and group 1000.') },
    { doc: 'Security context of the pods, from v21.2.13 and v22.1.2 on.', nullable: true },
  ),
  serviceMonitor: group(
    {
      enabled: flag(false, 'Makes a ServiceMonitor for the Prometheus operator.'),
      labels: labelsOf('the ServiceMonitor'),
      annotations: annotationsOf('the ServiceMonitor'),
      interval: text('10s', 'How often the nodes are scraped.'),
      scrapeTimeout: text(undefined, 'When a scrape is given up.'),
      namespaced: flag(false, 'The ServiceMonitor looks into its own namespace only.'),
    },
    { doc: 'Metrics for the Prometheus operator.', nullable: true },
  ),
  storage: group({
    hostPath: text('', 'Folder of the machine for the data. Without it and without a volume, data goes with the pod.'),
    persistentVolume: group({
      enabled: flag(true, 'Keeps the data on a persistent volume.'),
      size: text('100Gi', 'Size of each volume.'),
      storageClass: text('', 'Storage class of the volumes. Empty means the default of the cluster, "-" none at all.'),
      labels: labelsOf('the claims'),
      annotations: annotationsOf('the claims'),
    }),
  }),
  init: group({
    labels: componentLabels('init', 'the Job that initializes the cluster, and of its pod'),
    jobAnnotations: annotationsOf('the Job that initializes the cluster'),
    annotations: annotationsOf("the Job's pod"),
    affinity: any<Affinity>({}, "Affinity of the Job's pod.", { type: 'Affinity' }),
    nodeSelector: table({}, 'Labels that the node of the Job must have.'),
    tolerations: tolerationsOf("the Job's pods"),
    resources: resourcesOf("the Job's container"),
    provisioning: provisioningValues,
  }),
  tls: tlsValues,
  networkPolicy: group({
    enabled: flag(false, 'Makes a NetworkPolicy for the pods.'),
    ingress: group(
      {
        grpc: list<NetworkPolicyPeer>(
          [],
          'Who may reach the SQL port, besides the nodes and pods with the label `NAME-client`. Empty means everyone.',
          { type: 'NetworkPolicyPeer' },
        ),
        http: list<NetworkPolicyPeer>([], 'Who may reach the admin interface. Empty means everyone.', { type: 'NetworkPolicyPeer' }),
      },
      { doc: 'Who may connect.', nullable: true },
    ),
  }),
  iap: group({
    enabled: flag(false, "Puts the admin interface behind Google Cloud's Identity-Aware Proxy; `ingress.paths` must be ['/*'] then."),
    clientId: text(undefined, 'OAuth client id. Needed when the proxy is on.', { secret: 'needed' }),
    clientSecret: text(undefined, 'OAuth client secret. Needed when the proxy is on.', { secret: 'needed' }),
    existingSecret: text(undefined, 'Secret with the keys client_id and client_secret that exists already; then none is made.'),
  }),
});

export type CockroachDbValues = ValuesInput<typeof cockroachDbValues>;

export type CockroachDbContext = Context<typeof cockroachDbValues>;
