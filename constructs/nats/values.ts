// Values of NATS, under the names and with the defaults of the published chart (nats 0.8.9).
import type { Context } from '../common/context';
import type {
  Affinity,
  LocalObjectReference,
  PodSecurityContext,
  ResourceRequirements,
  SecurityContext,
  Toleration,
  TopologySpreadConstraint,
} from 'kubernetes-types/core/v1';
import { any, flag, group, list, number, table, text, type Scalar, type ValuesInput } from '../../helm/schema';

const secretKeyFields = (what: string) => ({
  name: text(undefined, `Name of the Secret that holds ${what}.`),
  key: text(undefined, `Key of ${what} in the Secret.`),
});

const secretKey = (what: string) => group(secretKeyFields(what), { nullable: true });

const configMapKey = (what: string) =>
  group(
    { name: text(undefined, `Name of the ConfigMap that holds ${what}.`), key: text(undefined, `Key of ${what} in the ConfigMap.`) },
    { nullable: true },
  );

/** Certificate files in a Secret. */
const certificateFiles = {
  secret: group({ name: text(undefined, 'Name of the Secret that holds the certificate files.') }),
  ca: text(undefined, "Key of the authority's certificate in the Secret."),
  cert: text(undefined, 'Key of the certificate in the Secret.'),
  key: text(undefined, 'Key of the private key in the Secret.'),
};

const tlsValues = (peers: string) =>
  group(
    {
      ...certificateFiles,
      insecure: flag(undefined, `Certificates of ${peers} are not verified.`),
      verify: flag(undefined, `Certificates are asked of ${peers} and verified.`),
      verifyAndMap: flag(undefined, `Certificates are asked of ${peers}, verified, and decide who the user is.`),
      curvePreferences: any<Scalar | readonly Scalar[]>(
        undefined,
        'Elliptic curves of the key exchange, the preferred one first, as NATS writes a list.',
      ),
      timeout: text(undefined, 'Seconds that a TLS handshake may take.'),
    },
    { doc: `TLS for ${peers}.`, nullable: true },
  );

const imageValues = (image: string) => ({
  image: text(image, 'Image of the container, with its tag.'),
  pullPolicy: text('IfNotPresent', 'When the kubelet pulls the image: Always, IfNotPresent or Never.'),
  securityContext: any<SecurityContext>({}, 'Security context of the container.', { type: 'SecurityContext' }),
});

const resources = (value: ResourceRequirements | undefined) =>
  any<ResourceRequirements>(value, 'Requests and limits of the container.', { type: 'ResourceRequirements' });

const schedulingValues = {
  affinity: any<Affinity>({}, 'Affinity of the pods. Go templates in it are evaluated.', { type: 'Affinity', templated: true }),
  nodeSelector: table({}, 'Labels that a node must have.'),
  tolerations: list<Toleration>([], 'Taints that the pods tolerate.', { type: 'Toleration' }),
};

const limitsValues = group({
  maxConnections: text(undefined, 'Most client connections.'),
  maxSubscriptions: text(undefined, 'Most subscriptions of a connection.'),
  maxControlLine: text(undefined, 'Longest protocol line, such as 4KB.'),
  maxPayload: text(undefined, 'Largest message, such as 8MB.'),
  writeDeadline: text(undefined, 'Documented by the published chart, read by no template: nats.writeDeadline is.', { unused: true }),
  maxPending: text(undefined, 'Most bytes that wait for a slow client, such as 64MB.'),
  maxPings: text(undefined, 'Documented by the published chart, read by no template: nats.maxPings is.', { unused: true }),
  lameDuckDuration: text(undefined, 'Documented by the published chart, read by no template: nats.writeDeadline is written for it.', {
    unused: true,
  }),
});

const loggingValues = group({
  debug: flag(undefined, 'Logs at debug level.'),
  trace: flag(undefined, 'Logs every protocol message.'),
  logtime: flag(undefined, 'Puts the time before each line.'),
  connectErrorReports: text(undefined, 'After how many failed attempts a first connection is reported again.'),
  reconnectErrorReports: text(undefined, 'After how many failed attempts a lost connection is reported again.'),
});

const jetstreamValues = group({
  enabled: flag(false, 'Turns JetStream on: messages are stored.'),
  domain: text(undefined, 'JetStream domain, for leafnodes.'),
  encryption: group(
    {
      key: text(undefined, 'Key that encrypts what is stored, in clear text.', { secret: true }),
      secret: secretKey('the key that encrypts what is stored'),
    },
    { doc: 'Encryption of what is stored.', nullable: true },
  ),
  memStorage: group({ enabled: flag(true, 'Streams may live in memory.'), size: text('1Gi', 'Memory for streams.') }, { nullable: true }),
  fileStorage: group({
    enabled: flag(false, 'Streams may live in files; each server gets a volume.'),
    storageDirectory: text('/data', 'Folder of the files.'),
    existingClaim: text(undefined, 'Name of a claim that exists already, in place of one for each server.'),
    claimStorageSize: text(undefined, 'Size of the claim that exists already.'),
    size: text('1Gi', 'Size of each volume.'),
    storageClassName: text(undefined, "Storage class of the volumes. Empty means the cluster's default."),
    accessModes: list(['ReadWriteOnce'], 'Access modes of the volumes.'),
    annotations: table(undefined, 'Annotations of the claims.'),
  }),
});

const serverValues = group({
  ...imageValues('nats:2.5.0-alpine'),
  profiling: group({ enabled: flag(false, "Serves Go's profiles of the server."), port: number(6000, 'Port of the profiles.') }),
  externalAccess: flag(false, 'Binds ports of the node for clients, gateways and leafnodes.'),
  advertise: flag(true, "Together with externalAccess: servers tell clients the node's public address, which an init container finds."),
  serviceAccount: text('nats-server', 'Name of the ServiceAccount, ClusterRole and binding that let the init container read nodes.'),
  connectRetries: text(30, 'Attempts to reach a route that was discovered.'),
  pingInterval: text(undefined, 'Seconds after which an idle client is pinged. Text is printed without quotes: a duration needs its own.'),
  maxPings: text(undefined, 'Pings without an answer after which a client is disconnected.'),
  writeDeadline: text(
    undefined,
    'Time that a write to a client may take, such as 10s. The published chart writes it as lame_duck_duration too.',
  ),
  selectorLabels: table({}, 'Labels that select the servers, in place of name and instance.'),
  resources: resources({}),
  limits: limitsValues,
  terminationGracePeriodSeconds: number(60, 'Seconds that a server has to let its clients go.'),
  logging: loggingValues,
  customConfigSecret: group(
    { name: text(undefined, 'Name of a Secret whose key nats.conf is the whole configuration.') },
    { doc: 'Configuration of your own, in place of the generated one.', nullable: true },
  ),
  jetstream: jetstreamValues,
  tls: tlsValues('clients'),
});

const remoteValues = group({
  url: text(undefined, 'Address of the server.', { secret: 'members' }),
  urls: list<string>(undefined, 'Addresses of the servers of one cluster.', { secret: 'members' }),
  account: text(undefined, 'Local account of the connection.'),
  credentials: group(
    { secret: group(secretKeyFields('the credentials file')) },
    { doc: 'Credentials for the remote server.', nullable: true },
  ),
  tls: group(certificateFiles, { doc: 'TLS towards the remote server. The files must be in the Secret of leafnodes.tls.', nullable: true }),
});

const remoteGatewayValues = group({
  name: text(undefined, 'Name of the cluster.'),
  url: text(undefined, 'Address of its gateway.', { secret: 'members' }),
  urls: list<string>(undefined, 'Addresses of its gateways.', { secret: 'members' }),
});

const authValues = group({
  enabled: flag(false, 'Clients must say who they are.'),
  basic: group(
    {
      noAuthUser: text(undefined, 'User that clients without credentials are.'),
      users: list(undefined, 'Users of the global account, as NATS defines them.', { secret: true }),
      accounts: table(undefined, 'Accounts with their users, as NATS defines them.', { secret: true }),
    },
    { doc: 'Users and accounts with passwords.', nullable: true },
  ),
  operatorjwt: group(
    { configMap: configMapKey("the operator's JWT") },
    { doc: "The operator's JWT, for the resolver type URL.", nullable: true },
  ),
  token: text(undefined, 'One token for all clients.', { secret: true }),
  nkeys: group(
    { users: list(undefined, 'Users with their public keys, as NATS defines them.') },
    { doc: 'Users with keys.', nullable: true },
  ),
  systemAccount: text(undefined, 'Public key of the system account.'),
  resolver: group({
    type: text('none', 'Where the JWTs of accounts come from: none, memory, full or URL.'),
    allowDelete: flag(false, 'Resolver type full: JWTs can be deleted.'),
    interval: text('2m', 'Resolver type full: time between two comparisons with another server.'),
    operator: text(undefined, "Resolver type full: the operator's JWT."),
    systemAccount: text(undefined, 'Resolver type full: public key of the system account.'),
    resolverPreload: table(undefined, 'JWTs by public key of their account, known from the start.'),
    store: group(
      { dir: text('/accounts/jwt', 'Folder of the JWTs.'), size: text('1Gi', 'Size of the volume for the JWTs.') },
      { doc: 'Resolver type full: where JWTs are kept.', nullable: true },
    ),
    configMap: configMapKey("the resolver's configuration"),
    url: text(undefined, 'Resolver type URL: address of the account server.', { secret: 'members' }),
  }),
});

export const natsValues = group({
  nats: serverValues,
  mqtt: group({
    enabled: flag(false, 'Serves MQTT on port 1883.'),
    ackWait: text('1m', 'Time after which a message without an answer is sent again.'),
    maxAckPending: text(100, 'Most messages of a session without an answer.'),
    noAuthUser: text(undefined, 'User that MQTT clients without credentials are.'),
    tls: tlsValues('MQTT clients'),
  }),
  nameOverride: text('', "Replaces the chart's name in object names and labels."),
  fullnameOverride: text(undefined, 'Replaces the whole name of the objects.'),
  imagePullSecrets: list<LocalObjectReference>([], 'Pull secrets that exist already, for the servers and the box.', {
    type: 'LocalObjectReference',
  }),
  securityContext: any<PodSecurityContext>({}, 'Security context of the pods, those of the box too.', { type: 'PodSecurityContext' }),
  ...schedulingValues,
  priorityClassName: text(undefined, 'Priority class of the servers.'),
  topologyKeys: list<string>([], 'Topology of the Service. Kubernetes 1.22 took the field away: it has no effect.', { unused: true }),
  topologySpreadConstraints: list<Partial<TopologySpreadConstraint>>(
    [],
    'How servers spread: maxSkew, topologyKey and whenUnsatisfiable of each are read, the selector is always that of the servers.',
  ),
  podAnnotations: table({}, 'Annotations of the servers.'),
  podDisruptionBudget: group(
    {
      minAvailable: text(undefined, 'Servers that a drain must leave: a number or a percentage.'),
      maxUnavailable: text(undefined, 'Servers that a drain may take away at a time: a number or a percentage.'),
    },
    { doc: 'Budget for drains; none is made while both are unset.', nullable: true },
  ),
  statefulSetAnnotations: table({}, 'Annotations of the StatefulSet.'),
  serviceAnnotations: table({}, 'Annotations of the Service.'),
  cluster: group({
    enabled: flag(false, 'Servers form a cluster; otherwise there is one server.'),
    replicas: number(3, 'Servers of the cluster.'),
    noAdvertise: flag(false, 'Servers do not tell clients about each other.'),
    name: text(undefined, "Name of the cluster. With JetStream, empty means the chart's name."),
    authorization: group(
      {
        user: text(undefined, 'User of the routes.'),
        password: text(undefined, 'Password of the routes.', { secret: true }),
        timeout: text(undefined, 'Seconds that a route has to log in.'),
      },
      { doc: 'Login between the servers.', nullable: true },
    ),
    tls: tlsValues('the other servers of the cluster'),
  }),
  leafnodes: group({
    enabled: flag(false, 'Takes connections of leafnodes on port 7422.'),
    noAdvertise: flag(false, 'Servers do not tell leafnodes about each other.'),
    remotes: list<ValuesInput<typeof remoteValues>>(undefined, 'Servers that this one connects to as a leafnode.', { items: remoteValues }),
    authorization: group(
      {
        user: text(undefined, 'User of leafnodes.'),
        password: text(undefined, 'Password of leafnodes.', { secret: true }),
        account: text(undefined, 'Account of leafnodes.'),
        timeout: text(undefined, 'Seconds that a leafnode has to log in.'),
        users: list(undefined, 'Users of leafnodes, as NATS defines them.', { secret: true }),
      },
      { doc: 'Login of leafnodes.', nullable: true },
    ),
    tls: tlsValues('leafnodes'),
  }),
  gateway: group({
    enabled: flag(false, 'Connects clusters through gateways, on port 7522.'),
    name: text('default', 'Name of this cluster among the gateways.'),
    advertise: text(undefined, "Address that other gateways get, in place of the node's."),
    gateways: list<ValuesInput<typeof remoteGatewayValues>>(undefined, 'The other clusters.', { items: remoteGatewayValues }),
    tls: tlsValues('gateways'),
  }),
  bootconfig: group(
    { ...imageValues('natsio/nats-boot-config:0.5.4'), resources: resources(undefined) },
    { doc: "Init container that finds the node's public address.", nullable: true },
  ),
  natsbox: group({
    enabled: flag(true, 'Installs a pod with the tools of NATS.'),
    ...imageValues('natsio/nats-box:0.6.0'),
    resources: resources(undefined),
    imagePullSecrets: list<LocalObjectReference>(
      [],
      'Documented by the published chart, read by no template: the box has the pull secrets of the servers.',
      { type: 'LocalObjectReference', unused: true },
    ),
    credentials: group({ secret: secretKey('the credentials file') }, { doc: 'Credentials of the tools.', nullable: true }),
    podAnnotations: table({}, 'Annotations of the pod.'),
    ...schedulingValues,
  }),
  reloader: group({
    enabled: flag(true, 'Runs a container that has the server read a changed configuration.'),
    ...imageValues('natsio/nats-server-config-reloader:0.6.2'),
    resources: resources(undefined),
  }),
  exporter: group({
    enabled: flag(true, 'Runs a container that serves metrics for Prometheus.'),
    ...imageValues('natsio/prometheus-nats-exporter:0.8.0'),
    resources: resources({}),
    serviceMonitor: group(
      {
        enabled: flag(false, 'Makes a ServiceMonitor for the Prometheus operator.'),
        namespace: text(undefined, 'Namespace of the ServiceMonitor. Empty means that of the release.'),
        labels: table({}, 'Labels of the ServiceMonitor.'),
        annotations: table({}, 'Annotations of the ServiceMonitor.'),
        path: text('/metrics', 'Path of the metrics.'),
        interval: text(undefined, 'Time between two scrapes.'),
        scrapeTimeout: text(undefined, 'Time that a scrape may take.'),
      },
      { nullable: true },
    ),
  }),
  auth: authValues,
  websocket: group({
    enabled: flag(false, 'Serves WebSocket clients.'),
    port: number(443, 'Port for WebSocket clients.'),
    noTLS: flag(true, 'Without websocket.tls: serves WebSockets in the clear.'),
    sameOrigin: flag(false, 'Refuses browsers whose page comes from another host.'),
    allowedOrigins: list<string>([], 'Origins of pages that may connect. Empty means all.'),
    tls: group(certificateFiles, { doc: 'TLS for WebSocket clients.', nullable: true }),
  }),
  appProtocol: group({ enabled: flag(false, 'Names the protocol of each port of the Service.') }),
  k8sClusterDomain: text('cluster.local', 'DNS domain of the cluster.'),
  commonLabels: table({}, 'Labels for all objects but the box and the ServiceMonitor.'),
});

export type NatsValues = ValuesInput<typeof natsValues>;

export type NatsContext = Context<typeof natsValues>;
