// The Deployment: the service, and in the mode worker its engine beside it. One pod, since there is one queue, but in the mode kubernetes.
import { createHash } from 'node:crypto';
import { Duration } from 'cdk8s';
import {
  Capability,
  ConfigMap,
  Deployment,
  DeploymentStrategy,
  HostPathVolumeType,
  LabelSelector,
  PersistentVolumeClaim,
  Probe,
  Secret,
  Volume,
  type ContainerProps,
  type ImagePullPolicy,
  type VolumeMount,
} from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { isTrue, text } from '../../../helm/print';
import type { PatchOperation } from '../../common/json-patch';
import { listOf } from '../../common/lists';
import { textMap } from '../../common/metadata';
import {
  CERTIFICATE_VOLUME,
  certificateFiles,
  ENGINE_LIVENESS,
  engineClaim,
  engineContainer,
  engineSecurity,
  engineVariables,
  FOR_THE_GROUP,
  hasCertificates,
} from './engine';
import { CERTIFICATE_FOLDER, DATA_FOLDER, environmentOf, queueClaim, TEMPLATE_FOLDER, TOKEN_FOLDER } from '../environment';
import { templateText } from './cluster';
import { affinityOf, tolerationsOf } from '../nodes';
import {
  APP,
  ENGINE_SOCKET_FOLDER,
  ENGINE_USER,
  engineImage,
  isRootless,
  labelsOf,
  metadataOf,
  modeOf,
  nameOf,
  PORT,
  secretNames,
  selectorLabels,
  serviceImage,
  socketGroup,
  USER,
  type BuildshuttleContext,
} from '../names';
import { add, overlay } from './overlay';

const GRACE = Duration.seconds(60);

/** Whether a container that starts before the others and ends after them is known: Kubernetes 1.29. */
const knowsSidecars = ({ release: { kubeVersion = '1.35.0' } }: BuildshuttleContext): boolean => {
  const [major = 1, minor = 0] = kubeVersion.replace(/^v/, '').split('.').map(Number);
  return major > 1 || minor >= 29;
};

export function addDeployment(scope: Construct, context: BuildshuttleContext): Deployment {
  const { values } = context;
  const metadata = metadataOf(context);
  const cluster = modeOf(values) === 'kubernetes';
  const deployment = new Deployment(scope, 'deployment', {
    metadata,
    podMetadata: { labels: labelsOf(context), annotations: textMap(values.podAnnotations) },
    replicas: cluster ? Number(values.replicas) : 1,
    strategy: cluster ? DeploymentStrategy.rollingUpdate() : DeploymentStrategy.recreate(),
    terminationGracePeriod: GRACE,
    securityContext: { ensureNonRoot: true, user: USER, group: USER, fsGroup: USER },
    select: false,
  });
  deployment.select(LabelSelector.of({ labels: selectorLabels(context) }));
  const worker = modeOf(values) === 'worker';
  const socket = worker ? Volume.fromEmptyDir(deployment, 'engine-socket', 'engine-socket') : undefined;
  deployment.addContainer(service(deployment, context, socket));
  const sidecar = worker && knowsSidecars(context);
  if (socket) {
    const container = engineContainer(deployment, context, engineImage(values), socket, engineStorage(deployment, context));
    const props = { ...container, imagePullPolicy: values.engine.image.pullPolicy as ImagePullPolicy, resources: {} };
    if (sidecar) deployment.addInitContainer(props);
    else deployment.addContainer(props);
  }
  overlay(deployment, ...patches(context, sidecar));
  return deployment;
}

function service(scope: Construct, context: BuildshuttleContext, socket: Volume | undefined): ContainerProps {
  const { values } = context;
  return {
    name: APP,
    image: serviceImage(values),
    imagePullPolicy: values.image.pullPolicy as ImagePullPolicy,
    ports: [{ number: PORT, name: 'http' }],
    securityContext: {
      user: USER,
      group: USER,
      ensureNonRoot: true,
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL' as Capability] },
    },
    // Not whether the engine answers: builds are accepted without one, and a client that finds no pod asks no second time.
    readiness: Probe.fromHttpGet('/healthz', { port: PORT, timeoutSeconds: Duration.seconds(3) }),
    liveness: liveness(context),
    resources: {},
    volumeMounts: mounts(scope, context, socket),
  };
}

/** In the mode host, a container that is started anew finds the socket of an engine that was. */
const liveness = ({ values }: BuildshuttleContext): Probe =>
  Probe.fromHttpGet(modeOf(values) === 'host' ? '/readyz' : '/healthz', {
    port: PORT,
    periodSeconds: Duration.seconds(30),
    timeoutSeconds: Duration.seconds(10),
    failureThreshold: modeOf(values) === 'host' ? 10 : 3,
  });

function mounts(scope: Construct, context: BuildshuttleContext, socket: Volume | undefined): VolumeMount[] {
  const { values } = context;
  const cluster = modeOf(values) === 'kubernetes';
  const data = cluster
    ? Volume.fromEmptyDir(scope, 'data', 'data')
    : Volume.fromPersistentVolumeClaim(scope, 'data', PersistentVolumeClaim.fromClaimName(scope, 'queue', queueClaim(context)), {
        name: 'data',
      });
  const template = (): Volume =>
    Volume.fromConfigMap(scope, 'pod-template', ConfigMap.fromConfigMapName(scope, 'pod-template-map', `${nameOf(context)}-pod`), {
      name: 'pod-template',
    });
  const { auth } = secretNames(context);
  const secretVolume = (name: string, secret: string, items: Readonly<Record<string, string>>): Volume =>
    Volume.fromSecret(scope, name, Secret.fromSecretName(scope, `${name}-secret`, secret), {
      name,
      defaultMode: FOR_THE_GROUP,
      items: Object.fromEntries(Object.entries(items).map(([key, path]) => [key, { path }])),
    });
  return [
    { path: DATA_FOLDER, volume: data },
    ...(cluster ? [{ path: TEMPLATE_FOLDER, readOnly: true, volume: template() }] : []),
    { path: '/tmp', volume: Volume.fromEmptyDir(scope, 'tmp', 'tmp') },
    ...(auth === undefined
      ? []
      : [{ path: TOKEN_FOLDER, readOnly: true, volume: secretVolume('auth', auth, { [text(values.auth.key)]: 'token' }) }]),
    ...(socket ? [{ path: ENGINE_SOCKET_FOLDER, volume: socket }] : []),
    ...(modeOf(values) === 'host'
      ? [
          {
            path: text(values.host.socketPath),
            volume: Volume.fromHostPath(scope, 'docker-socket', 'docker-socket', {
              path: text(values.host.socketPath),
              type: HostPathVolumeType.SOCKET,
            }),
          },
        ]
      : []),
    ...(hasCertificates(values)
      ? [
          {
            path: CERTIFICATE_FOLDER,
            readOnly: true,
            volume: secretVolume(CERTIFICATE_VOLUME, text(values.engine.tls.existingSecret), certificateFiles(values)),
          },
        ]
      : []),
  ];
}

function engineStorage(scope: Construct, context: BuildshuttleContext): Volume {
  const claim = engineClaim(context);
  const name = 'engine-storage';
  return claim === undefined
    ? Volume.fromEmptyDir(scope, name, name)
    : Volume.fromPersistentVolumeClaim(scope, name, PersistentVolumeClaim.fromClaimName(scope, 'engine-claim', claim), { name });
}

/** Groups of the service's process beyond its own: that of the engine's socket. */
function groups(values: BuildshuttleContext['values']): number[] {
  if (modeOf(values) === 'host') return [socketGroup(values)];
  return isRootless(values) && modeOf(values) === 'worker' ? [ENGINE_USER] : [];
}

/** The service's account, and its pods apart from each other; they are replaced when the template of the builds' pods is another. */
function clusterPatches(context: BuildshuttleContext, pod: string): PatchOperation[] {
  const spread = {
    maxSkew: 1,
    topologyKey: 'kubernetes.io/hostname',
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: selectorLabels(context) },
  };
  const checksum = createHash('sha256').update(templateText(context)).digest('hex');
  const annotations = { ...textMap(context.values.podAnnotations), 'checksum/pod-template': checksum };
  return [
    add(`${pod}/serviceAccountName`, nameOf(context)),
    add(`${pod}/automountServiceAccountToken`, true),
    add(`${pod}/topologySpreadConstraints`, [spread]),
    add('/spec/template/metadata/annotations', annotations),
  ];
}

/** What cdk8s-plus has no props for: newer fields, and what Kubernetes defines and a user passes through, untouched. */
function patches(context: BuildshuttleContext, sidecar: boolean): PatchOperation[] {
  const { values } = context;
  const pod = '/spec/template/spec';
  const engine = sidecar ? `${pod}/initContainers/0` : `${pod}/containers/1`;
  const supplementalGroups = groups(values);
  const affinity = affinityOf(values);
  const tolerations = tolerationsOf(values);
  const pull = listOf(values.imagePullSecrets);
  const set = (path: string, value: unknown, given = true): PatchOperation[] => (given ? [add(path, value)] : []);
  return [
    { op: 'remove', path: '/spec/template/metadata/labels/cdk8s.io~1metadata.addr' },
    ...set(`${pod}/securityContext/seccompProfile`, { type: 'RuntimeDefault' }),
    ...set(`${pod}/securityContext/supplementalGroups`, supplementalGroups, supplementalGroups.length > 0),
    ...set(`${pod}/hostUsers`, false, isRootless(values) && modeOf(values) === 'worker'),
    ...(modeOf(values) === 'kubernetes' ? clusterPatches(context, pod) : []),
    ...set(`${pod}/affinity`, affinity, affinity !== undefined),
    ...set(`${pod}/tolerations`, tolerations, tolerations.length > 0),
    ...set(`${pod}/nodeSelector`, textMap(values.nodeSelector), isTrue(values.nodeSelector)),
    ...set(`${pod}/imagePullSecrets`, pull, pull.length > 0),
    ...set(`${pod}/containers/0/env`, [...environmentOf(context), ...listOf(values.extraEnv)]),
    ...set(`${pod}/containers/0/resources`, values.resources ?? {}),
    ...(modeOf(values) === 'worker'
      ? [
          ...set(`${engine}/securityContext`, engineSecurity(values)),
          ...set(`${engine}/env`, engineVariables),
          ...set(`${engine}/livenessProbe`, ENGINE_LIVENESS),
          ...set(`${engine}/resources`, values.engine.resources ?? {}),
        ]
      : []),
    // Started before the service, and stopped after it: running builds may end within the grace period.
    ...set(`${engine}/restartPolicy`, 'Always', sidecar),
  ];
}
