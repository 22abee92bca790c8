// Mode kubernetes: the pod of a build, as the service makes Jobs of it: the build beside an engine of its own, or with one elsewhere.
import { ApiObject, App, Chart } from 'cdk8s';
import { Pod, Volume, type ImagePullPolicy } from 'cdk8s-plus-27';
import type { EnvVar, PodSpec, VolumeMount } from 'kubernetes-types/core/v1';
import { isTrue, text } from '../../../helm/print';
import { textMap } from '../../common/metadata';
import { imageFor } from '../mirror';
import {
  CERTIFICATE_VOLUME,
  certificateFiles,
  engineContainer,
  engineSecurity,
  engineVariables,
  FOR_THE_GROUP,
  hasCertificates,
} from './engine';
import { CERTIFICATE_FOLDER, DATA_FOLDER, externalVariables } from '../environment';
import { affinityOf, tolerationsOf } from '../nodes';
import {
  APP,
  BUILD_CONTAINER,
  BUILD_PORT,
  buildAccount,
  buildLabels,
  ENGINE_SOCKET_FOLDER,
  ENGINE_USER,
  engineImage,
  isExternal,
  isRootless,
  serviceImage,
  USER,
  type BuildshuttleContext,
} from '../names';
import { add, overlay } from './overlay';
import type { Settings } from '../values';

/** At a stop: time to ask the registry how far the build came. */
const GRACE_SECONDS = 30;
/** A build is begun again elsewhere soon after its node was lost, and not in five minutes. */
const LOST_SECONDS = 30;
const UNPRIVILEGED = {
  runAsUser: USER,
  runAsGroup: USER,
  runAsNonRoot: true,
  privileged: false,
  readOnlyRootFilesystem: true,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
};

export interface PodTemplate {
  readonly metadata: { readonly labels: Readonly<Record<string, string>>; readonly annotations: Readonly<Record<string, string>> };
  readonly spec: PodSpec & { readonly hostUsers?: boolean };
}

export function buildPod(context: BuildshuttleContext): PodTemplate {
  const { values } = context;
  const engine = isExternal(values) ? externalEngine(values) : ownEngine(context);
  const affinity = affinityOf(values);
  const lost = ['not-ready', 'unreachable'].map((taint) => ({
    key: `node.kubernetes.io/${taint}`,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: LOST_SECONDS,
  }));
  return {
    metadata: { labels: buildLabels(context), annotations: textMap(values.podAnnotations) },
    spec: {
      serviceAccountName: buildAccount(context),
      terminationGracePeriodSeconds: GRACE_SECONDS,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: USER,
        runAsGroup: USER,
        fsGroup: USER,
        seccompProfile: { type: 'RuntimeDefault' },
        ...(isRootless(values) ? { supplementalGroups: [ENGINE_USER] } : {}),
      },
      ...(isRootless(values) ? { hostUsers: false } : {}),
      ...(affinity === undefined ? {} : { affinity }),
      tolerations: [...tolerationsOf(values), ...lost],
      ...(isTrue(values.nodeSelector) ? { nodeSelector: textMap(values.nodeSelector) } : {}),
      ...(engine.containers.length > 0 ? { initContainers: engine.containers } : {}),
      containers: [
        {
          name: BUILD_CONTAINER,
          image: imageFor(values, serviceImage(values)),
          imagePullPolicy: String(values.image.pullPolicy),
          command: ['node', 'worker/lib/build.js'],
          env: [{ name: 'DATA_DIR', value: DATA_FOLDER }, ...engine.env],
          ports: [{ name: APP, containerPort: BUILD_PORT }],
          resources: (values.builds.resources ?? {}) as object,
          securityContext: UNPRIVILEGED,
          volumeMounts: [{ name: 'data', mountPath: DATA_FOLDER }, { name: 'tmp', mountPath: '/tmp' }, ...engine.mounts],
        },
      ],
      volumes: [...engine.volumes, { name: 'data', emptyDir: {} }, { name: 'tmp', emptyDir: {} }],
    },
  };
}

interface Printed {
  readonly initContainers: (NonNullable<PodSpec['initContainers']>[number] & { volumeMounts: VolumeMount[] })[];
  readonly volumes: NonNullable<PodSpec['volumes']>;
}

/** What a build's pod has of its engine. */
interface EnginePart {
  readonly containers: NonNullable<PodSpec['initContainers']>;
  readonly volumes: NonNullable<PodSpec['volumes']>;
  /** Of the container that drives the build. */
  readonly env: readonly EnvVar[];
  readonly mounts: readonly VolumeMount[];
}

function externalEngine(values: Settings): EnginePart {
  const items = Object.entries(certificateFiles(values)).map(([key, path]) => ({ key, path }));
  const secret = { secretName: text(values.engine.tls.existingSecret), defaultMode: FOR_THE_GROUP, items };
  const secured = hasCertificates(values);
  return {
    containers: [],
    volumes: secured ? [{ name: CERTIFICATE_VOLUME, secret }] : [],
    env: externalVariables(values),
    mounts: secured ? [{ name: CERTIFICATE_VOLUME, mountPath: CERTIFICATE_FOLDER, readOnly: true }] : [],
  };
}

/** The engine's container as the mode worker has it, printed on its own. */
function ownEngine(context: BuildshuttleContext): EnginePart {
  const { values } = context;
  const chart = new Chart(new App(), 'build');
  const socket = Volume.fromEmptyDir(chart, 'engine-socket', 'engine-socket');
  const storage = Volume.fromEmptyDir(chart, 'engine-storage', 'engine-storage');
  const pod = new Pod(chart, 'pod', { containers: [{ image: serviceImage(values) }] });
  const container = engineContainer(chart, context, imageFor(values, engineImage(values)), socket, storage);
  pod.addInitContainer({ ...container, imagePullPolicy: values.engine.image.pullPolicy as ImagePullPolicy, resources: {} });
  const engine = '/spec/initContainers/0';
  overlay(
    pod,
    add(`${engine}/securityContext`, engineSecurity(values)),
    add(`${engine}/env`, engineVariables),
    add(`${engine}/resources`, values.engine.resources ?? {}),
    // Ends after the build, and the pod with the build.
    add(`${engine}/restartPolicy`, 'Always'),
  );
  const { spec } = ApiObject.of(pod).toJson() as { spec: Printed };
  return {
    containers: spec.initContainers,
    volumes: spec.volumes,
    env: [{ name: 'DOCKER_BUILD_SETTINGS', value: JSON.stringify({ socketPath: `${ENGINE_SOCKET_FOLDER}/docker.sock` }) }],
    mounts: [{ name: 'engine-socket', mountPath: ENGINE_SOCKET_FOLDER }],
  };
}
