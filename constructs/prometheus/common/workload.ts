// The parts that the programs' workloads share: how pods are replaced, scheduled and mounted, and the reloading container.
import type { Deployment, DeploymentStrategy, StatefulSet } from 'kubernetes-types/apps/v1';
import type {
  Affinity,
  Container,
  PodDNSConfig,
  PodSecurityContext,
  PodTemplateSpec,
  Toleration,
  Volume,
  VolumeMount,
} from 'kubernetes-types/core/v1';
import { filled, isTrue, plainText, text } from '../../../helm/print';
import type { Scalar, Table } from '../../../helm/schema';
import { textMap } from '../../common/metadata';
import { podTemplate, pullSecrets, type PodParts } from '../../common/pod';
import { listOf } from '../../common/lists';
import type { PrometheusContext } from '../values';
import { containerNameOf, fullNameOf, labelsOf, metadataOf, selectorOf, serviceAccountNameOf, type ProgramKey } from './identity';
import { bare, numeric } from './print';

export interface DeploymentOptions {
  readonly deploymentAnnotations: Table | undefined;
  readonly replicaCount: number | string | undefined;
  readonly strategy: Table | undefined;
}

export const deployment = (context: PrometheusContext, key: ProgramKey, own: DeploymentOptions, template: PodTemplateSpec) =>
  ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadataOf(context, key, { annotations: own.deploymentAnnotations }),
    spec: {
      selector: { matchLabels: selectorOf(context, key) },
      replicas: numeric(own.replicaCount),
      strategy: replacement(own.strategy),
      template,
    },
  }) satisfies Deployment;

/** Recreate takes no rollingUpdate, whatever the values say. */
function replacement(strategy: Table | undefined): DeploymentStrategy | undefined {
  if (!isTrue(strategy)) return undefined;
  return strategy?.type === 'Recreate' ? { ...strategy, rollingUpdate: undefined } : strategy;
}

export interface StatefulSetOptions {
  readonly annotations: Table | undefined;
  readonly labels: Table | undefined;
  readonly podManagementPolicy: Scalar | undefined;
}

export const statefulSet = (
  context: PrometheusContext,
  key: ProgramKey,
  own: StatefulSetOptions,
  replicas: number | string | undefined,
  template: PodTemplateSpec,
  volumeClaimTemplates: NonNullable<StatefulSet['spec']>['volumeClaimTemplates'],
) =>
  ({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: metadataOf(context, key, { labels: own.labels, annotations: own.annotations }),
    spec: {
      serviceName: `${fullNameOf(context, key)}-headless`,
      selector: { matchLabels: selectorOf(context, key) },
      replicas: numeric(replicas),
      podManagementPolicy: plainText(own.podManagementPolicy),
      template,
      volumeClaimTemplates,
    },
  }) satisfies StatefulSet;

export interface PodOptions {
  readonly podAnnotations: Table | undefined;
  readonly podLabels: Table | undefined;
  readonly priorityClassName: Scalar | undefined;
  readonly nodeSelector: Table<string> | undefined;
  readonly dnsConfig: PodDNSConfig | undefined;
  readonly securityContext: PodSecurityContext | undefined;
  readonly tolerations: readonly Toleration[] | undefined;
  readonly affinity?: Affinity;
  readonly schedulerName?: Scalar;
  readonly extraInitContainers: readonly Container[] | undefined;
}

/** A program's pod: what all of them have, and the program's own parts over it. */
export const podOf = (context: PrometheusContext, key: ProgramKey, own: PodOptions, parts: PodParts): PodTemplateSpec =>
  podTemplate(
    { labels: { ...labelsOf(context, key), ...textMap(own.podLabels) }, annotations: textMap(own.podAnnotations) },
    {
      priorityClassName: plainText(filled(own.priorityClassName)),
      schedulerName: plainText(filled(own.schedulerName)),
      imagePullSecrets: pullSecrets(undefined, context.values.imagePullSecrets),
      serviceAccountName: serviceAccountNameOf(context, key),
      securityContext: filled(own.securityContext),
      initContainers: listOf(own.extraInitContainers),
      nodeSelector: filled(own.nodeSelector),
      affinity: filled(own.affinity),
      tolerations: listOf(own.tolerations),
      dnsConfig: filled(own.dnsConfig),
      ...parts,
    },
  );

export interface ImageOptions {
  readonly repository: Scalar | undefined;
  readonly tag: Scalar | undefined;
  readonly pullPolicy: Scalar | undefined;
}

export const imageOf = (own: ImageOptions): Pick<Container, 'image' | 'imagePullPolicy'> => ({
  image: `${text(own.repository)}:${text(own.tag)}`,
  imagePullPolicy: text(own.pullPolicy),
});

/** Name of the configuration's volume in every pod. */
export const CONFIG = 'config-volume';
export const CONFIG_FOLDER = '/etc/config';

export interface ReloaderOptions {
  readonly name: Scalar | undefined;
  readonly image: ImageOptions;
  readonly resources: Container['resources'] | undefined;
}

/** The container that watches the configuration and has the program read it again. */
export const reloader = (
  context: PrometheusContext,
  key: ProgramKey,
  own: ReloaderOptions,
  address: string,
  more: { readonly args?: string[]; readonly mounts?: VolumeMount[] } = {},
): Container => ({
  name: `${containerNameOf(context, key)}-${text(own.name)}`,
  ...imageOf(own.image),
  args: [`--volume-dir=${CONFIG_FOLDER}`, `--webhook-url=${address}/-/reload`, ...(more.args ?? [])],
  resources: own.resources,
  volumeMounts: [{ name: CONFIG, mountPath: CONFIG_FOLDER, readOnly: true }, ...(more.mounts ?? [])],
});

export interface MountOptions {
  readonly name?: Scalar;
  readonly mountPath?: Scalar;
  readonly subPath?: Scalar;
  readonly readOnly?: boolean;
  readonly mountPropagation?: Scalar;
}

/** Mounts of extra volumes, whose names may have something in front. */
export const mountsOf = (items: readonly MountOptions[], prefix = ''): VolumeMount[] =>
  items.map((item) => ({
    name: bare(`${prefix}${text(item.name)}`),
    mountPath: bare(item.mountPath),
    subPath: plainText(item.subPath),
    readOnly: item.readOnly,
    mountPropagation: plainText(filled(item.mountPropagation)),
  }));

type Extra = Pick<MountOptions, 'name'>;

export const hostPathVolumes = (items: readonly (Extra & { readonly hostPath?: Scalar })[]): Volume[] =>
  items.map((item) => ({ name: bare(item.name), hostPath: { path: bare(item.hostPath) } }));

export const configMapVolumes = (
  items: readonly (Extra & { readonly configMap?: Scalar; readonly optional?: boolean })[],
  prefix = '',
): Volume[] =>
  items.map((item) => ({
    name: bare(`${prefix}${text(item.name)}`),
    configMap: { name: plainText(item.configMap), optional: filled(item.optional) },
  }));

export const secretVolumes = (items: readonly (Extra & { readonly secretName?: Scalar; readonly optional?: boolean })[]): Volume[] =>
  items.map((item) => ({ name: bare(item.name), secret: { secretName: plainText(item.secretName), optional: filled(item.optional) } }));
