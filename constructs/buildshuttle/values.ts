// Values of buildshuttle: each with its default and one sentence.
import { flag, group, list, number, table, text, type Scalar, type Values, type ValuesInput } from '../../helm/schema';
import { globalValues } from '../common/global';
import { secretsValues } from '../common/secret-settings';
import { keyJobValues } from '../keys/values';
import { OWN_VARIABLES } from './own-variables';

export const MODES = ['host', 'worker', 'externalWorker', 'kubernetes'] as const;
export type Mode = (typeof MODES)[number];

/** The Docker engine of the mode worker, without the suffix that tells rootless from privileged. */
export const ENGINE_TAG = '28.5.2-dind';

const image = group(
  {
    repository: text(
      'build-worker',
      'Name of the image, built from worker/Dockerfile; with the registry that it was pushed to in front, ' +
        'such as registry.example.com/build-worker.',
    ),
    tag: text('0.1.0', 'Its tag.'),
    digest: text(undefined, 'Its digest (sha256:…), in place of the tag.'),
    pullPolicy: text('IfNotPresent', 'When it is pulled.', { choices: ['Always', 'IfNotPresent', 'Never'] }),
  },
  { doc: "The build worker's image." },
);

const builds = group(
  {
    parallel: number(undefined, 'Builds that run at once, over all replicas; the rest waits. Not given: 4, and 2 in the mode worker.'),
    timeoutSeconds: number(1200, 'Seconds that one build may take, over all its attempts.'),
    noCache: flag(false, 'Builds without the layer cache.'),
    registryCache: flag(
      false,
      "Uses layers of the app's last image in the registry again: for engines that begin empty, as those of the mode kubernetes. With " +
        'BuildKit, and for the final stage of a Dockerfile.',
    ),
    builder: text('auto', 'BuildKit where the engine has it (auto), always, or never.', { choices: ['auto', 'buildkit', 'classic'] }),
    network: text(undefined, "Network mode of RUN steps, such as host or none; the engine's default when not given."),
    args: table<Scalar>({}, "Build args for every build; they win over a build's own. Anybody with the image can read them.", {
      secret: 'members',
    }),
    resources: table<unknown>(
      { limits: { memory: '1Gi' }, requests: { cpu: '100m', memory: '256Mi' } },
      "Mode kubernetes: resources of the container that drives a build; its engine's are engine.resources.",
      { type: 'ResourceRequirements' },
    ),
    printLogs: flag(false, "Prints build logs to the pod's own log, too."),
  },
  { doc: 'How images are built.' },
);

const registries = group(
  {
    existingSecret: text(undefined, 'Secret with the logins of further registries that base images come from.'),
    key: text('registries.json', 'Key in the Secret: JSON such as {"registry.example.com": {"username": "u", "password": "p"}}.'),
  },
  { doc: 'Logins of further registries, from a Secret.' },
);

const s3 = group(
  {
    bucket: text(undefined, 'Bucket for sources and logs; they stay on the claim when it is not given.'),
    location: text(undefined, 'URL of an S3 server other than AWS.'),
    region: text(undefined, 'Region; us-east-1 when not given.'),
    existingSecret: text(undefined, 'Secret with the two keys S3_ACCESS_KEY and S3_SECRET_KEY.'),
    accessKey: text(undefined, 'Access key, for a Secret that is made of it and secretKey.', { secret: true }),
    secretKey: text(undefined, 'Secret key.', { secret: true }),
    existingConfigMap: text(
      undefined,
      'ConfigMap of an earlier installation with S3_BUCKET, S3_LOCATION, S3_REGION, S3_ACCESS_KEY and ' +
        'S3_SECRET_KEY, in place of all of the above.',
    ),
  },
  { doc: 'Where sources and logs are kept.' },
);

const storage = group(
  {
    existingClaim: text(undefined, 'Claim that exists already; none is made.'),
    size: text('20Gi', 'Size of the claim for the queue, running logs and, without S3, everything stored.'),
    storageClass: text(undefined, "Its storage class; the cluster's default class when not given."),
    accessMode: text('ReadWriteOnce', 'Its access mode.', { choices: ['ReadWriteOnce', 'ReadWriteOncePod', 'ReadWriteMany'] }),
  },
  { doc: 'The claim that the queue survives on.' },
);

const retention = group(
  {
    days: number(30, 'Days that finished builds, their logs and sources are kept.'),
    size: text('10Gi', 'Size of logs and sources kept on the claim; the oldest go first.'),
    cacheSize: text('20Gi', "Size of the engine's build cache and of the images built; the oldest go first."),
  },
  { doc: 'What is kept, and for how long.' },
);

const auth = group(
  {
    mode: text(
      'token',
      'Every request carries a token, as bearer or as the password of Basic authentication; or none does, for ' +
        'which networkPolicy.namespaces must name who may ask.',
      { choices: ['token', 'none'] },
    ),
    token: text(
      undefined,
      'The token, of 16 characters or more, for a Secret that is made of it. Without it and ' +
        'existingSecret, it is made in the cluster, once.',
      { secret: 'needed' },
    ),
    b64encoded: flag(false, 'The token is base64 already.'),
    existingSecret: text(undefined, 'Secret that holds the token already.'),
    key: text('token', 'Key in the Secret.'),
    job: keyJobValues,
  },
  { existingWins: true, doc: 'Who may ask for builds.' },
);

const egress = group(
  {
    allow: list<string>(
      [],
      'Networks, such as 10.0.0.0/8, that sources and callbacks may be in although the worker refuses them by default.',
    ),
    deny: list<string>([], 'Further networks that the worker connects to on no account.'),
  },
  { doc: 'Addresses that the worker itself checks, after DNS and at every redirect.' },
);

const networkPolicy = group(
  {
    enabled: flag(true, 'Adds the NetworkPolicy, which bounds who reaches the pod, and whom it reaches.'),
    namespaces: list<string>([], 'Namespaces whose pods may ask for builds; pods of all namespaces when empty.'),
    from: list<unknown>([], 'Further peers that may, such as the pods of an ingress controller.', { type: 'NetworkPolicyPeer[]' }),
    egress: group(
      {
        enabled: flag(true, 'Bounds whom the pod reaches: DNS, pods of the cluster, public addresses, and what is named below.'),
        allow: list<string>([], 'Private networks that it reaches, too: registries, S3, Kafka, callbacks, the external engine.'),
        apiServer: list<string>(
          [],
          'Addresses of the API server where it has public ones (kubectl get endpoints kubernetes -n default); ' +
            'private ones are out of reach in any case.',
        ),
      },
      { doc: 'Never reached: the metadata address of the node, and the API server.' },
    ),
  },
  { doc: 'The NetworkPolicy of the pod.' },
);

const engine = group(
  {
    host: text(
      undefined,
      'Host name or address of the Docker engine: in the mode externalWorker, and in the mode kubernetes where builds are to share one ' +
        'in place of an engine each.',
    ),
    port: number(undefined, 'Its port. Not given: 2376, and 2375 with engine.insecure.'),
    tls: group(
      {
        existingSecret: text(undefined, 'Secret with the certificates for mutual TLS.'),
        ca: text('ca.crt', "Key of the authority's certificate in the Secret."),
        cert: text('tls.crt', "Key of the worker's certificate."),
        key: text('tls.key', "Key of the worker's private key."),
      },
      { doc: 'With engine.host: mutual TLS.' },
    ),
    insecure: flag(false, 'With engine.host: speaks plain TCP. Whoever reaches that port is root on the machine of the engine.'),
    image: group(
      {
        repository: text('docker', 'Name of the image.'),
        tag: text(undefined, `Its tag. Not given: ${ENGINE_TAG}-rootless, and ${ENGINE_TAG} when privileged.`),
        digest: text(undefined, 'Its digest (sha256:…), in place of the tag.'),
        pullPolicy: text('IfNotPresent', 'When it is pulled.', { choices: ['Always', 'IfNotPresent', 'Never'] }),
      },
      { doc: 'Mode worker: the image of the Docker engine.' },
    ),
    privileged: flag(
      false,
      'Mode worker: runs the engine as root in a privileged container, in place of an ordinary user in a user namespace ' +
        'of its own. A build that breaks out is root on the node.',
    ),
    maxTransfers: number(20, 'Mode worker: layers that it uploads, and downloads, at once.'),
    resources: table<unknown>(
      { limits: { memory: '4Gi' }, requests: { cpu: '500m', memory: '2Gi' } },
      'Mode worker: resources of the engine, the builds in it included.',
      { type: 'ResourceRequirements' },
    ),
    storage: group(
      {
        existingClaim: text(undefined, 'Claim that exists already; none is made.'),
        size: text(undefined, 'Size of a claim for images and cache; an emptyDir, which ends with the pod, when not given.'),
        storageClass: text(undefined, "Its storage class; the cluster's default class when not given."),
      },
      { doc: 'Mode worker: where the engine keeps images and cache.' },
    ),
    insecureRegistries: list<string>([], 'Mode worker: registries spoken to in plain HTTP, as HOST:PORT or a network.'),
    registryMirrors: list<string>([], 'Mode worker: URLs of mirrors of Docker Hub.'),
    extraArgs: list<string>([], 'Mode worker: further flags of dockerd.'),
  },
  {
    doc:
      'The Docker engine: the one beside the service (mode worker), beside each build (mode kubernetes, with all that is said of ' +
      'the mode worker but a claim), or elsewhere (engine.host).',
  },
);

export const buildshuttleValues = group({
  global: globalValues,
  secrets: secretsValues,
  mode: text(
    'worker',
    "Which Docker engine builds: the node's own (host), one beside the service in its pod (worker), one elsewhere " +
      '(externalWorker), or one for each build, in a Job (kubernetes).',
    { choices: MODES },
  ),
  replicas: number(2, 'Mode kubernetes: pods of the service, of which one leads. In the other modes there is one.'),
  fullnameOverride: text(
    undefined,
    'Name of all objects; the release name, with -buildshuttle behind it unless it has that in it, when not given.',
  ),
  image,
  imagePullSecrets: list<unknown>([], 'Pull secrets of the pod, by name.', { type: 'LocalObjectReference[]' }),
  builds,
  registries,
  kafka: group({ topic: text('alamobuildlogs', 'Topic of log lines, for builds that name kafka_hosts.') }, { doc: 'Log lines on Kafka.' }),
  s3,
  storage,
  retention,
  auth,
  egress,
  networkPolicy,
  host: group(
    {
      socketPath: text('/var/run/docker.sock', "Path of the engine's socket on the node."),
      socketGroup: number(undefined, 'Group id of that socket (stat -c %g /var/run/docker.sock on the node); 999 when not given.'),
    },
    { doc: "Mode host: the node's engine." },
  ),
  engine,
  resources: table<unknown>({ limits: { memory: '1Gi' }, requests: { cpu: '100m', memory: '256Mi' } }, 'Resources of the service.', {
    type: 'ResourceRequirements',
  }),
  nodes: group(
    {
      role: text(
        'build',
        'Nodes labelled akkeris.io/node-role with this are preferred, and their taint of the same name is tolerated; empty for neither.',
      ),
      adviseTaint: flag(true, 'Mode host: stderr says how to keep other pods off those nodes.'),
    },
    { doc: 'Where the pod runs.' },
  ),
  nodeSelector: table<Scalar>({}, 'Labels that its node must have.', { type: 'NodeSelector' }),
  tolerations: list<unknown>([], 'Further taints that the pod tolerates.', { type: 'Toleration[]' }),
  affinity: table<unknown>(undefined, 'Affinity of the pod, in place of the preference for nodes.role.', { type: 'Affinity' }),
  labels: table<Scalar>({}, 'Further labels of all objects and of the pod.'),
  annotations: table<Scalar>({}, 'Further annotations of all objects.'),
  podAnnotations: table<Scalar>({}, 'Further annotations of the pod.'),
  extraEnv: list<unknown>([], 'Further environment variables of the service.', { type: 'EnvVar[]', reserved: OWN_VARIABLES }),
  service: group(
    {
      type: text('ClusterIP', 'Type of the Service.', { choices: ['ClusterIP', 'NodePort', 'LoadBalancer'] }),
      port: number(80, 'Port of the Service; the pod listens on 9000.'),
      annotations: table<Scalar>({}, 'Further annotations of the Service.'),
    },
    { doc: 'The Service that clients ask.' },
  ),
  ingress: group(
    {
      enabled: flag(false, 'Adds an Ingress.'),
      className: text(undefined, "Its class; the cluster's default class when not given."),
      host: text(undefined, 'Its host name.'),
      path: text('/', 'Path below the host.'),
      tlsSecret: text(undefined, 'Secret with the certificate of the host. Without one the token crosses the network in the clear.'),
      annotations: table<Scalar>({}, 'Further annotations of the Ingress.'),
    },
    { doc: 'Way in from outside of the cluster.' },
  ),
  serviceMonitor: group(
    {
      enabled: flag(false, 'Adds a ServiceMonitor for the Prometheus operator; its API must be there.'),
      labels: table<Scalar>({}, 'Labels by which Prometheus finds it.'),
      interval: text('30s', 'How often figures are read.'),
    },
    { doc: 'Figures for Prometheus.' },
  ),
});

export type BuildshuttleValues = ValuesInput<typeof buildshuttleValues>;
export type Settings = Values<typeof buildshuttleValues>;
