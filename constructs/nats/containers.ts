// The containers of a server's pod.
import type { Container, ContainerPort, EnvVar, ResourceRequirements, SecurityContext } from 'kubernetes-types/core/v1';
import { isTrue, plain, plainText, text } from '../../helm/print';
import type { Scalar } from '../../helm/schema';
import { clusterAdvertise } from './identity';
import type { NatsContext } from './values';
import { ADVERTISE_MOUNT, CONFIG_MOUNTS, serverMounts } from './volumes';

const CONFIG_FILE = '/etc/nats-config/nats.conf';
const PID_FILE = '/var/run/nats/nats.pid';
const METRICS_PORT: ContainerPort = { containerPort: 7777, name: 'metrics' };

interface ContainerValues {
  readonly image: Scalar | undefined;
  readonly pullPolicy: Scalar | undefined;
  readonly securityContext: SecurityContext | undefined;
  readonly resources: ResourceRequirements | undefined;
}

/** What the values of every container say alike. */
export const containerBasics = ({ image, pullPolicy, securityContext, resources }: ContainerValues): Omit<Container, 'name'> => ({
  image: plainText(image),
  imagePullPolicy: plainText(pullPolicy),
  securityContext,
  resources,
});

export function serverContainer(context: NatsContext): Container {
  const { nats } = context.values;
  const probe = { httpGet: { path: '/', port: 8222 }, initialDelaySeconds: 10, timeoutSeconds: 5 };
  return {
    name: 'nats',
    ...containerBasics(nats),
    ports: serverPorts(context),
    command: [
      'nats-server',
      '--config',
      CONFIG_FILE,
      ...(isTrue(nats.profiling.enabled) ? [`--profile=${text(nats.profiling.port)}`] : []),
    ],
    env: serverEnvironment(context),
    volumeMounts: serverMounts(context),
    livenessProbe: probe,
    readinessProbe: probe,
    // The server asks its clients to go (lame duck mode); the container must not end before they have.
    lifecycle: {
      preStop: {
        exec: { command: ['/bin/sh', '-c', `nats-server -sl=ldm=${PID_FILE} && /bin/sleep ${text(nats.terminationGracePeriodSeconds)}`] },
      },
    },
  };
}

function serverPorts({ values: { exporter, mqtt, nats, websocket } }: NatsContext): ContainerPort[] {
  const open = (containerPort: unknown, name: string): ContainerPort => {
    const number = plain(containerPort) as number;
    return { containerPort: number, name, ...(isTrue(nats.externalAccess) ? { hostPort: number } : {}) };
  };
  return [
    open(4222, 'client'),
    open(7422, 'leafnodes'),
    open(7522, 'gateways'),
    { containerPort: 6222, name: 'cluster' },
    { containerPort: 8222, name: 'monitor' },
    // The exporter has this port and name of its own; a server warns of the second one.
    ...(isTrue(exporter.enabled) ? [] : [METRICS_PORT]),
    ...(isTrue(mqtt.enabled) ? [open(1883, 'mqtt')] : []),
    ...(isTrue(websocket.enabled) ? [open(websocket.port, 'websocket')] : []),
    ...(isTrue(nats.profiling.enabled) ? [{ containerPort: plain(nats.profiling.port) as number, name: 'profiling' }] : []),
  ];
}

function serverEnvironment(context: NatsContext): EnvVar[] {
  const { jetstream } = context.values.nats;
  const fromField = (name: string, fieldPath: string): EnvVar => ({ name, valueFrom: { fieldRef: { fieldPath } } });
  const secret = isTrue(jetstream.enabled) ? jetstream.encryption?.secret : undefined;
  return [
    fromField('POD_NAME', 'metadata.name'),
    fromField('POD_NAMESPACE', 'metadata.namespace'),
    // The configuration reads this one; it is made of the two above, so it must come after them.
    { name: 'CLUSTER_ADVERTISE', value: clusterAdvertise(context) },
    ...(secret && isTrue(secret)
      ? [{ name: 'JS_KEY', valueFrom: { secretKeyRef: { name: plainText(secret.name), key: plainText(secret.key) as string } } }]
      : []),
  ];
}

/** Init container that writes the node's public address into the configuration. */
export function bootContainer(values: ContainerValues): Container {
  return {
    name: 'bootconfig',
    ...containerBasics(values),
    command: [
      'nats-pod-bootconfig',
      '-f',
      '/etc/nats-config/advertise/client_advertise.conf',
      '-gf',
      '/etc/nats-config/advertise/gateway_advertise.conf',
    ],
    env: [{ name: 'KUBERNETES_NODE_NAME', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'spec.nodeName' } } }],
    volumeMounts: [ADVERTISE_MOUNT],
  };
}

/** Sends the server a signal when the configuration changes. */
export const reloaderContainer = (values: ContainerValues): Container => ({
  name: 'reloader',
  ...containerBasics(values),
  command: ['nats-server-config-reloader', '-pid', PID_FILE, '-config', CONFIG_FILE],
  volumeMounts: [...CONFIG_MOUNTS],
});

/** Serves the server's figures to Prometheus. */
export const exporterContainer = ({ values: { exporter, nats } }: NatsContext): Container => ({
  name: 'metrics',
  ...containerBasics(exporter),
  args: [
    '-connz',
    '-routez',
    '-subz',
    '-varz',
    '-prefix=nats',
    '-use_internal_server_id',
    ...(isTrue(nats.jetstream.enabled) ? ['-jsz=all'] : []),
    'http://localhost:8222/',
  ],
  ports: [METRICS_PORT],
});
