// Values that Estafette's own components share.
import type {
  Affinity,
  EnvVar,
  LocalObjectReference,
  PodSecurityContext,
  ResourceRequirements,
  SecurityContext,
  Toleration,
} from 'kubernetes-types/core/v1';
import { credentialsValues } from '../../common/registry';
import {
  any,
  flag,
  group,
  items,
  list,
  number,
  table,
  text,
  type Default,
  type Leaf,
  type LeafOptions,
  type Scalar,
  type Table,
  type Values,
} from '../../../helm/schema';

/** A map of names to text, as labels and annotations are. */
export const textTable = (doc: string, options: LeafOptions = {}): Leaf<Table> =>
  table<unknown>({}, doc, { items: text(undefined, 'Its value.'), ...options });

/** Values of an image. Without a tag it has the version of the component. */
export const imageValues = (repository: string, tag = '') =>
  group({
    repository: text(repository, 'Repository of the image.'),
    pullPolicy: text('IfNotPresent', 'When the kubelet pulls the image: Always, IfNotPresent or Never.'),
    tag: text(tag, 'Tag of the image. Empty means the version of the component.'),
    credentials: credentialsValues,
  });

export const loggingValues = {
  logFormat: text('json', 'Format of the log: plaintext, console, json, stackdriver or v3.'),
  logLevel: text('debug', 'Lowest level that is logged: trace, debug, info, warn, error, fatal, panic, or disabled.'),
};

/** Where pods may run, and with what. */
export const schedulingValues = {
  resources: any<ResourceRequirements>({}, 'Requests and limits of the container.', { type: 'ResourceRequirements' }),
  podSecurityContext: any<PodSecurityContext>({}, 'Security context of the pod.', { type: 'PodSecurityContext' }),
  nodeSelector: textTable('Labels that a node must have.'),
  tolerations: list<Toleration>([], 'Taints that the pods tolerate.', { type: 'Toleration' }),
  affinity: any<Affinity>({}, 'Affinity of the pods.', { type: 'Affinity' }),
};

export const containerSecurityContext = (doc = 'Security context of the container.'): Leaf<SecurityContext> =>
  any<SecurityContext>({}, doc, { type: 'SecurityContext' });

/** The place in which the published templates look for the container's security context, and the documents do not. */
export const publishedSecurityContext = (documented: string): Leaf<SecurityContext> =>
  containerSecurityContext(`Security context of the container; wins over ${documented}.securityContext as a whole.`);

export const environment = (doc = 'More environment variables of the container.'): Leaf<readonly EnvVar[]> =>
  list<EnvVar>([], doc, { type: 'EnvVar' });

/** YAML text that the chart evaluates as a Go template and puts into the pod. */
export const templatedYaml = (value: Default<Scalar>, doc: string): Leaf<Scalar> =>
  text(value, `${doc} YAML text; Go templates in it are evaluated.`, { templated: true });

/** Pods that take more containers and volumes from the values: api, web and db-migrator. */
export const extensiblePodValues = (volumes: Default<Scalar> = '', mounts: Default<Scalar> = '') => ({
  ...schedulingValues,
  podAnnotations: textTable('Annotations of the pods.'),
  securityContext: containerSecurityContext(),
  extraContainers: templatedYaml('', 'More containers of the pod.'),
  extraVolumes: templatedYaml(volumes, 'More volumes of the pod.'),
  extraVolumeMounts: templatedYaml(mounts, 'More volume mounts of the main container.'),
});

/** Pods behind a Deployment: api and web. */
export const deploymentValues = {
  replicaCount: number(1, 'Replicas, unless autoscaling is on.'),
  extraPodLabels: textTable('More labels of the pods.'),
};

export const imagePullSecrets = list<LocalObjectReference>([], 'Pull secrets that exist already.', { type: 'LocalObjectReference' });

export const namingValues = {
  nameOverride: text('', "Replaces the component's name in object names and labels."),
  fullnameOverride: text('', 'Replaces the whole name of the objects.'),
  extraLabels: textTable('Labels for all objects of the component.'),
};

export const extraSecretsValues = items([], 'More Secrets, each mounted into the container when it has a mountPath.', {
  key: text(undefined, 'Name of the Secret, after the name of the component and a dot.'),
  annotations: textTable('Annotations of the Secret.'),
  mountPath: text(undefined, 'Folder in the container. Without it the Secret is made and not mounted.'),
  b64encoded: flag(undefined, 'The data is base64 already and is printed as it is.'),
  data: textTable('Contents by file name.', { secret: true }),
  existingSecret: text(undefined, 'Secret that exists already and is mounted; then none is made.'),
});

export const extraConfigmapsValues = items([], 'More ConfigMaps, each mounted into the container when it has a mountPath.', {
  key: text(undefined, 'Name of the ConfigMap, after the name of the component and a dot.'),
  annotations: textTable('Annotations of the ConfigMap.'),
  mountPath: text(undefined, 'Folder in the container. Without it the ConfigMap is made and not mounted.'),
  data: text(undefined, 'Contents as YAML text, file name to text; Go templates in it are evaluated.', { templated: true }),
});

export const extrasValues = { extraSecrets: extraSecretsValues, extraConfigmaps: extraConfigmapsValues };

/** An account without annotations, as the two CronJobs have it. */
export const plainServiceAccountValues = {
  create: flag(true, 'Makes a ServiceAccount.'),
  name: text('', 'Name of the ServiceAccount. Empty means the name of the component, or `default` when none is made.'),
};

export const serviceAccountValues = { ...plainServiceAccountValues, annotations: textTable('Annotations of the ServiceAccount.') };

export const serviceValues = group({
  type: text('ClusterIP', 'Type of the Service.'),
  port: number(80, 'Port of the Service.'),
  annotations: textTable('Annotations of the Service.'),
});

export const autoscalingValues = group({
  enabled: flag(false, 'Makes a HorizontalPodAutoscaler; the number of replicas is its business then.'),
  minReplicas: number(3, 'Fewest replicas.'),
  maxReplicas: number(10, 'Most replicas.'),
  targetCPUUtilizationPercentage: number(80, 'Average CPU use to aim at, in percent of the requests.'),
  targetMemoryUtilizationPercentage: number(undefined, 'Average memory use to aim at, in percent of the requests.'),
});

export const disruptionBudgetValues = group({
  enabled: flag(true, 'Makes a PodDisruptionBudget.'),
  maxUnavailable: text(1, 'Pods that a drain may take away at a time: a number or a percentage.'),
});

/** Google Cloud's proxy in front of an ingress. */
export const proxyValues = {
  iap: group({
    enabled: flag(false, 'Puts the ingress behind Identity-Aware Proxy of Google Cloud.'),
    clientId: text(undefined, 'OAuth client id.', { secret: 'needed' }),
    clientSecret: text(undefined, 'OAuth client secret.', { secret: 'needed' }),
    existingSecret: text(undefined, 'Secret with the keys client_id and client_secret that exists already; then none is made.'),
  }),
  labels: textTable('Labels of the BackendConfig and its Secret.'),
};

/** What the two CronJobs have in common. */
export const cronJobValues = (schedule: string) => ({
  schedule: text(schedule, 'When the job runs, as a cron expression.'),
  failedJobsHistoryLimit: number(1, 'Failed runs that are kept.'),
  successfulJobsHistoryLimit: number(3, 'Successful runs that are kept.'),
  suspend: flag(false, 'No more runs are started.'),
  completions: number(1, 'Pods of a run that must succeed.'),
  parallelism: number(1, 'Pods of a run at the same time.'),
  backoffLimit: number(6, 'Retries before a run counts as failed.'),
  restartPolicy: text('OnFailure', 'Restart policy of the pods: OnFailure or Never.'),
});

export const cronJobPodValues = {
  ...schedulingValues,
  securityContext: containerSecurityContext(),
  extraArgs: list<unknown>([], 'Arguments of the container.'),
  extraEnv: environment(),
  extraPodLabels: textTable('More labels of the pods.'),
};

export type Proxy = Values<typeof proxyValues.iap>;
