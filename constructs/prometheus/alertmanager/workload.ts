// Deployment or StatefulSet of Alertmanager.
import type { Container, Volume } from 'kubernetes-types/core/v1';
import { integer, isTrue, plainText, text } from '../../../helm/print';
import { listOf } from '../../common/lists';
import { containerNameOf, fullNameOf } from '../common/identity';
import { need } from '../../common/checks';
import { flags, sortedEntries } from '../common/print';
import { claimedVolume, claimTemplate, DATA, storageClass, temporaryVolume } from '../common/storage';
import { CONFIG, CONFIG_FOLDER, deployment, imageOf, mountsOf, podOf, reloader, secretVolumes, statefulSet } from '../common/workload';
import type { PrometheusContext } from '../values';

const KEY = 'alertmanager';
const PORT = 9093;
const MESH_PORT = 6783;

/** What the two kinds of workload have different in their pods. */
interface Variant {
  readonly configFile: string;
  readonly clustering: string[];
  readonly readiness: string;
  readonly ports: readonly number[];
  readonly reloadHost: string;
}

export function workload(context: PrometheusContext) {
  const { statefulSet: inSet } = context.values.alertmanager;
  return inSet.enabled ? asStatefulSet(context) : asDeployment(context);
}

function asDeployment(context: PrometheusContext) {
  const own = context.values.alertmanager;
  const volume = volumeOf(context);
  const { enableMeshPeer } = need(own.service, KEY, 'service');
  const variant: Variant = {
    configFile: text(own.configFileName),
    clustering: enableMeshPeer ? [listen, advertise] : [alone],
    readiness: '/-/ready',
    ports: [PORT],
    reloadHost: '127.0.0.1',
  };
  const data = volume.enabled ? claimedVolume(context, KEY, volume) : temporaryVolume(KEY, own.emptyDir);
  return deployment(
    context,
    KEY,
    own,
    pod(
      context,
      own,
      variant,
      listOf(own.clusterPeers).map((peer) => `--cluster.peer=${text(peer)}`),
      [data],
    ),
  );
}

function asStatefulSet(context: PrometheusContext) {
  const own = context.values.alertmanager;
  const { enableMeshPeer } = need(own.statefulSet.headless, KEY, 'statefulSet', 'headless');
  const name = fullNameOf(context, KEY);
  const peers = Array.from(
    { length: Math.max(0, integer(own.replicaCount)) },
    (_, index) => `--cluster.peer=${name}-${index}.${name}-headless:${MESH_PORT}`,
  );
  const variant: Variant = {
    configFile: 'alertmanager.yml',
    clustering: enableMeshPeer ? [advertise, listen, ...peers] : [alone],
    readiness: '/#/status',
    ports: enableMeshPeer ? [PORT, MESH_PORT] : [PORT],
    reloadHost: 'localhost',
  };
  const volume = volumeOf(context);
  const data = volume.enabled ? [] : [temporaryVolume(KEY, own.emptyDir)];
  const template = pod(context, { ...own, extraInitContainers: undefined, dnsConfig: undefined }, variant, [], data);
  return statefulSet(
    context,
    KEY,
    own.statefulSet,
    own.replicaCount,
    template,
    volume.enabled ? [claimTemplate(volume, claimClass(context))] : undefined,
  );
}

const secretsOf = ({ values }: PrometheusContext) => listOf(values.alertmanager.extraSecretMounts);

const volumeOf = ({ values }: PrometheusContext) => need(values.alertmanager.persistentVolume, KEY, 'persistentVolume');

/** The chart asks the server's storage class whether there is one, then takes Alertmanager's. */
function claimClass(context: PrometheusContext): { storageClassName?: string } {
  const own = volumeOf(context).storageClass;
  const { storageClassName } = storageClass(
    'server',
    need(context.values.server.persistentVolume, 'server', 'persistentVolume').storageClass,
  );
  if (storageClassName !== undefined) return { storageClassName: storageClassName && text(own) };
  if (isTrue(own))
    context.warn(
      'alertmanager.persistentVolume.storageClass',
      'has no effect with a StatefulSet, unless server.persistentVolume.storageClass is set too',
    );
  return {};
}

const listen = `--cluster.listen-address=0.0.0.0:${MESH_PORT}`;
const advertise = `--cluster.advertise-address=[$(POD_IP)]:${MESH_PORT}`;
const alone = '--cluster.listen-address=';

type Own = PrometheusContext['values']['alertmanager'];

function pod(context: PrometheusContext, own: Own, variant: Variant, peers: string[], data: Volume[]) {
  return podOf(context, KEY, own, {
    containers: [alertmanager(context, variant, peers), ...reloading(context, variant)],
    volumes: [configuration(context), ...secretVolumes(secretsOf(context)), ...data],
  });
}

function alertmanager(context: PrometheusContext, variant: Variant, peers: string[]): Container {
  const own = context.values.alertmanager;
  const volume = volumeOf(context);
  return {
    name: containerNameOf(context, KEY),
    ...imageOf(need(own.image, KEY, 'image')),
    env: [
      ...sortedEntries(own.extraEnv).map(([name, value]) => ({ name, value: plainText(value) })),
      { name: 'POD_IP', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.podIP' } } },
    ],
    args: [
      `--config.file=${CONFIG_FOLDER}/${variant.configFile}`,
      `--storage.path=${text(volume.mountPath)}`,
      ...variant.clustering,
      ...flags(own.extraArgs),
      ...(isTrue(own.baseURL) ? [`--web.external-url=${text(own.baseURL)}`] : []),
      ...peers,
    ],
    ports: variant.ports.map((containerPort) => ({ containerPort })),
    readinessProbe: {
      httpGet: { path: `${text(own.prefixURL)}${variant.readiness}`, port: PORT },
      initialDelaySeconds: 30,
      timeoutSeconds: 30,
    },
    resources: own.resources,
    volumeMounts: [
      { name: CONFIG, mountPath: CONFIG_FOLDER },
      { name: DATA, mountPath: text(volume.mountPath), subPath: text(volume.subPath) },
      ...mountsOf(secretsOf(context)),
    ],
  };
}

function reloading(context: PrometheusContext, variant: Variant): Container[] {
  const own = need(need(context.values.configmapReload, 'configmapReload').alertmanager, 'configmapReload', 'alertmanager');
  if (!own.enabled) return [];
  const address = `http://${variant.reloadHost}:${PORT}${text(context.values.alertmanager.prefixURL)}`;
  return [reloader(context, KEY, { ...own, image: need(own.image, 'configmapReload', 'alertmanager', 'image') }, address)];
}

function configuration(context: PrometheusContext): Volume {
  const { configFromSecret, configMapOverrideName } = context.values.alertmanager;
  if (isTrue(configFromSecret)) return { name: CONFIG, secret: { secretName: text(configFromSecret) } };
  const name = isTrue(configMapOverrideName) ? `${context.release.name}-${text(configMapOverrideName)}` : fullNameOf(context, KEY);
  return { name: CONFIG, configMap: { name } };
}
