// The pods of Estafette's components: one main container, placed and secured as the values say.
import type {
  Container,
  EnvVar,
  LocalObjectReference,
  PodTemplateSpec,
  SecurityContext,
  Volume,
  VolumeMount,
} from 'kubernetes-types/core/v1';
import type { Issue } from '../../../helm/check';
import { isTrue, plainText, text } from '../../../helm/print';
import type { Fields, Group, Scalar, Values } from '../../../helm/schema';
import { podTemplate, pullSecrets, type PodParts } from '../../common/pod';
import { chartName } from '../../common/release';
import { textOnly } from '../../common/checks';
import { listOf } from '../../common/lists';
import { extraMounts, extraVolumes, type Extras } from './extras';
import { yamlList } from './yaml-text';
import { fullNameOf } from './identity';
import { imageOf, pullSecretName, type Imaged } from './resources';
import type { extensiblePodValues, schedulingValues } from './values';

type ValuesOf<F extends Fields> = Values<Group<F>>;
export type Scheduling = ValuesOf<typeof schedulingValues>;
export type ExtensiblePod = ValuesOf<ReturnType<typeof extensiblePodValues>>;

/** Parts of the main container that are a component's own. */
export type MainContainer = Omit<Container, 'name' | 'image' | 'imagePullPolicy' | 'resources'>;

/** A component that runs pods. */
export interface Workload extends Imaged {
  readonly values: Imaged['values'] & { readonly imagePullSecrets?: readonly LocalObjectReference[] };
}

export const mainContainer = (context: Imaged, { resources }: Scheduling, own: MainContainer): Container => ({
  name: chartName(context.chart),
  image: imageOf(context),
  imagePullPolicy: plainText(context.values.image.pullPolicy),
  resources,
  ...own,
});

/** What a pod takes over from the values: where it runs, as whom, and how its images are pulled. */
export const placement = (context: Workload, settings: Scheduling): PodParts => ({
  imagePullSecrets: pullSecrets(pullSecretName(context), context.values.imagePullSecrets),
  securityContext: settings.podSecurityContext,
  nodeSelector: settings.nodeSelector as Record<string, string> | undefined,
  affinity: settings.affinity,
  tolerations: listOf(settings.tolerations),
});

/** A pod to which values add containers, volumes and mounts. */
export interface ExtensibleWorkload extends Workload {
  readonly values: Workload['values'] & Extras;
}

export interface PodOptions {
  /** Key of the values below which the pod's settings stand. */
  readonly section: string;
  readonly settings: ExtensiblePod;
  readonly labels: object;
  readonly annotations?: object;
  readonly container: MainContainer;
  /** Volumes in front of those of the values. */
  readonly volumes?: readonly Volume[];
  readonly pod: PodParts;
}

export function extensiblePod(
  context: ExtensibleWorkload,
  { section, settings, labels, annotations, container, volumes = [], pod }: PodOptions,
): PodTemplateSpec {
  const { values } = context;
  const mounts = [
    ...(container.volumeMounts ?? []),
    ...extraMounts(values),
    ...yamlList<VolumeMount>(settings.extraVolumeMounts, section, 'extraVolumeMounts'),
  ];
  return podTemplate(
    { labels, annotations: { ...annotations, ...settings.podAnnotations } },
    {
      ...placement(context, settings),
      containers: [
        mainContainer(context, settings, { ...container, volumeMounts: mounts }),
        ...yamlList<Container>(settings.extraContainers, section, 'extraContainers'),
      ],
      volumes: [
        ...volumes,
        ...extraVolumes(fullNameOf(context), values),
        ...yamlList<Volume>(settings.extraVolumes, section, 'extraVolumes'),
      ],
      ...pod,
    },
  );
}

export const extensiblePodIssues = (settings: ExtensiblePod, section: string): Issue[] =>
  (['extraContainers', 'extraVolumes', 'extraVolumeMounts'] as const).flatMap((key) => textOnly(settings[key], section, key));

/** The first security context that says anything: the published templates look in one place, the documents name another. */
export const firstSecurityContext = (...given: readonly (SecurityContext | undefined)[]): SecurityContext | undefined =>
  given.find((context) => isTrue(context));

/** Format and level of the log, for the programs' environment. */
export const loggingEnvironment = ({
  logFormat,
  logLevel,
}: {
  readonly logFormat: Scalar | undefined;
  readonly logLevel: Scalar | undefined;
}): EnvVar[] => [
  { name: 'ESTAFETTE_LOG_FORMAT', value: text(logFormat) },
  { name: 'ESTAFETTE_LOG_LEVEL', value: text(logLevel) },
];
