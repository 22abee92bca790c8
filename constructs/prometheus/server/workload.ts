// Deployment or StatefulSet of the Prometheus server.
import type { Container, Probe, Volume } from 'kubernetes-types/core/v1';
import { filled, isTrue, plainText, text } from '../../../helm/print';
import { meets, SemanticVersion } from '../../../helm/template/semver';
import { DEFAULT_KUBE_VERSION } from '../../common/release';
import { listOf } from '../../common/lists';
import { containerNameOf, fullNameOf } from '../common/identity';
import { need } from '../../common/checks';
import { bare, flags, numeric } from '../common/print';
import { claimedVolume, claimTemplate, DATA, storageClass, temporaryVolume } from '../common/storage';
import {
  CONFIG,
  CONFIG_FOLDER,
  configMapVolumes,
  deployment,
  hostPathVolumes,
  imageOf,
  mountsOf,
  podOf,
  reloader,
  secretVolumes,
  statefulSet,
} from '../common/workload';
import type { PrometheusContext } from '../values';
import { sidecars } from './sidecars';

const KEY = 'server';
const PORT = 9090;

export function workload(context: PrometheusContext) {
  const own = context.values.server;
  const inSet = need(own.statefulSet, KEY, 'statefulSet');
  const volume = need(own.persistentVolume, KEY, 'persistentVolume');
  if (!inSet.enabled) {
    const data = volume.enabled ? claimedVolume(context, KEY, volume) : temporaryVolume(KEY, own.emptyDir);
    return deployment(context, KEY, own, pod(context, [data]));
  }
  if (!volume.enabled)
    return statefulSet(context, KEY, inSet, own.replicaCount, pod(context, [temporaryVolume(KEY, own.emptyDir)]), undefined);
  const template = claimTemplate(volume, storageClass(KEY, volume.storageClass));
  return statefulSet(context, KEY, inSet, own.replicaCount, pod(context, []), [template]);
}

function pod(context: PrometheusContext, data: Volume[]) {
  const own = context.values.server;
  return podOf(context, KEY, own, {
    enableServiceLinks: knowsServiceLinks(context) ? own.enableServiceLinks !== false : undefined,
    containers: [...reloading(context), server(context), ...sidecars(context)],
    hostNetwork: own.hostNetwork,
    dnsPolicy: plainText(filled(own.dnsPolicy)),
    hostAliases: listOf(own.hostAliases),
    terminationGracePeriodSeconds: numeric(own.terminationGracePeriodSeconds),
    volumes: [...volumes(context), ...data],
  });
}

const knowsServiceLinks = ({ release }: PrometheusContext): boolean =>
  meets('>=1.13-0', SemanticVersion.parse(release.kubeVersion ?? DEFAULT_KUBE_VERSION));

function reloading(context: PrometheusContext): Container[] {
  const own = reloaderOf(context);
  if (!own.enabled) return [];
  return [
    reloader(
      context,
      KEY,
      { ...own, image: need(own.image, 'configmapReload', 'prometheus', 'image') },
      `http://127.0.0.1:${PORT}${text(context.values.server.prefixURL)}`,
      {
        args: [...flags(own.extraArgs), ...listOf(own.extraVolumeDirs).map((folder) => `--volume-dir=${text(folder)}`)],
        mounts: mountsOf(reloaderMounts(context), `${text(own.name)}-`),
      },
    ),
  ];
}

const reloaderMounts = (context: PrometheusContext) => listOf(reloaderOf(context).extraConfigmapMounts);

/** What values mount into the container beside its own volumes. */
const extras = ({ values: { server: own } }: PrometheusContext) => ({
  hostPaths: listOf(own.extraHostPathMounts),
  configMaps: listOf(own.extraConfigmapMounts),
  secrets: listOf(own.extraSecretMounts),
});

const reloaderOf = ({ values }: PrometheusContext) =>
  need(need(values.configmapReload, 'configmapReload').prometheus, 'configmapReload', 'prometheus');

function server(context: PrometheusContext): Container {
  const own = context.values.server;
  const volume = need(own.persistentVolume, KEY, 'persistentVolume');
  const { configMaps, hostPaths, secrets } = extras(context);
  return {
    name: containerNameOf(context, KEY),
    ...imageOf(need(own.image, KEY, 'image')),
    env: listOf(own.env),
    args: programArguments(context),
    ports: [{ containerPort: PORT }],
    readinessProbe: {
      ...get(context, 'ready'),
      initialDelaySeconds: numeric(own.readinessProbeInitialDelay),
      periodSeconds: numeric(own.readinessProbePeriodSeconds),
      timeoutSeconds: numeric(own.readinessProbeTimeout),
      failureThreshold: numeric(own.readinessProbeFailureThreshold),
      successThreshold: numeric(own.readinessProbeSuccessThreshold),
    },
    livenessProbe: {
      ...get(context, 'healthy'),
      initialDelaySeconds: numeric(own.livenessProbeInitialDelay),
      periodSeconds: numeric(own.livenessProbePeriodSeconds),
      timeoutSeconds: numeric(own.livenessProbeTimeout),
      failureThreshold: numeric(own.livenessProbeFailureThreshold),
      successThreshold: numeric(own.livenessProbeSuccessThreshold),
    },
    resources: own.resources,
    volumeMounts: [
      { name: CONFIG, mountPath: CONFIG_FOLDER },
      { name: DATA, mountPath: bare(volume.mountPath), subPath: text(volume.subPath) },
      ...mountsOf(hostPaths),
      ...mountsOf(configMaps, `${text(own.name)}-`),
      ...mountsOf(secrets),
      ...listOf(own.extraVolumeMounts),
    ],
  };
}

const get = ({ values }: PrometheusContext, page: string): Probe => ({
  httpGet: { path: `${text(values.server.prefixURL)}/-/${page}`, port: PORT },
});

function programArguments({ values }: PrometheusContext): string[] {
  const own = values.server;
  const folder = isTrue(own.storagePath) ? own.storagePath : own.persistentVolume?.mountPath;
  return [
    ...(isTrue(own.prefixURL) ? [`--web.route-prefix=${text(own.prefixURL)}`] : []),
    ...(isTrue(own.retention) ? [`--storage.tsdb.retention.time=${text(own.retention)}`] : []),
    `--config.file=${text(own.configPath)}`,
    `--storage.tsdb.path=${text(folder)}`,
    '--web.console.libraries=/etc/prometheus/console_libraries',
    '--web.console.templates=/etc/prometheus/consoles',
    ...listOf(own.extraFlags).map((flag) => `--${text(flag)}`),
    ...flags(own.extraArgs),
    ...(isTrue(own.baseURL) ? [`--web.external-url=${text(own.baseURL)}`] : []),
  ];
}

function volumes(context: PrometheusContext): Volume[] {
  const own = context.values.server;
  const { configMaps, hostPaths, secrets } = extras(context);
  const reloaded = reloaderMounts(context);
  const config = isTrue(own.configMapOverrideName)
    ? `${context.release.name}-${text(own.configMapOverrideName)}`
    : fullNameOf(context, KEY);
  return [
    { name: CONFIG, configMap: { name: config } },
    ...hostPathVolumes(hostPaths),
    ...configMapVolumes(
      reloaded.map(({ name, configMap }) => ({ name, configMap })),
      `${text(reloaderOf(context).name)}-`,
    ),
    ...configMapVolumes(configMaps, `${text(own.name)}-`),
    ...secretVolumes(secrets),
    // A second volume under the ConfigMap's own name: the chart makes it, and live pods have it.
    ...configMapVolumes(reloaded),
    ...listOf(own.extraVolumes),
  ];
}
