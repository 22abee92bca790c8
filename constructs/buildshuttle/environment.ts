// Environment of the service: the names that it has always had, and those of our worker.
import type { EnvVar } from 'kubernetes-types/core/v1';
import { isTrue, plainText, text, yamlScalar } from '../../helm/print';
import { imageFor } from './mirror';
import { quantity } from '../../kubernetes/quantity';
import { listOf } from '../common/lists';
import { textMap } from '../common/metadata';
import {
  ENGINE_SOCKET_FOLDER,
  isExternal,
  isRootless,
  modeOf,
  nameOf,
  PORT,
  secretNames,
  serviceImage,
  type BuildshuttleContext,
} from './names';
import { S3_KEYS } from './own-variables';
import type { Settings } from './values';

export const DATA_FOLDER = '/data';
export const TOKEN_FOLDER = '/etc/buildshuttle/auth';
export const TEMPLATE_FOLDER = '/etc/buildshuttle/pod';
/** The template of the builds' pods: a key of its ConfigMap. */
export const TEMPLATE_FILE = 'pod.yaml';
export const CERTIFICATE_FOLDER = '/etc/buildshuttle/engine';

/** At SIGTERM: what is left of the pod's 60 s when the worker has written everything down. */
const SHUTDOWN_GRACE_MS = 45_000;

/** Builds that run at once: 2 beside an engine of 4 GiB, as Akkeris advises, and 4 elsewhere. */
export const parallelBuilds = (values: Settings): number => Number(values.builds.parallel ?? (modeOf(values) === 'worker' ? 2 : 4));

/** The rootless engine has no network of its own to give to RUN steps. */
export const buildNetwork = (values: Settings): string | undefined =>
  plainText(values.builds.network) ?? (isRootless(values) ? 'host' : undefined);

export const enginePort = ({ engine }: Settings): number => Number(engine.port ?? (engine.insecure === true ? 2375 : 2376));

/** A quantity such as 10Gi in bytes. */
export const bytesOf = (amount: unknown): number => Number((quantity(yamlScalar(amount)) ?? 0n) / 1_000_000_000n);

const value = (name: string, given: unknown): EnvVar[] => {
  const printed = yamlScalar(given);
  return printed === '' ? [] : [{ name, value: printed }];
};
const secret = (name: string, from: string, key: string): EnvVar => ({ name, valueFrom: { secretKeyRef: { name: from, key } } });

/** Keys of the ConfigMap of an earlier installation; those that our worker can do without may be missing. */
const CONFIG_MAP_KEYS = { S3_BUCKET: false, S3_LOCATION: true, S3_REGION: true, S3_ACCESS_KEY: true, S3_SECRET_KEY: true };

/** Sources and logs go to S3. */
export const usesS3 = ({ s3 }: Settings): boolean => isTrue(s3.bucket) || isTrue(s3.existingConfigMap);

function s3Variables({ release, values }: BuildshuttleContext): EnvVar[] {
  const { s3 } = values;
  const configMap = plainText(s3.existingConfigMap);
  if (configMap !== undefined)
    return Object.entries(CONFIG_MAP_KEYS).map(([name, optional]) => ({
      name,
      valueFrom: { configMapKeyRef: { name: configMap, key: name, ...(optional ? { optional } : {}) } },
    }));
  const from = secretNames({ release, values }).s3;
  return [
    ...value('S3_BUCKET', s3.bucket),
    ...value('S3_LOCATION', s3.location),
    ...value('S3_REGION', s3.region),
    ...(from === undefined ? [] : S3_KEYS.map((key) => secret(key, from, key))),
  ];
}

const settings = (given: object): EnvVar => ({ name: 'DOCKER_BUILD_SETTINGS', value: JSON.stringify(given) });

/** Where the engine is that is elsewhere. */
export function externalVariables(values: Settings): EnvVar[] {
  const { host, insecure } = values.engine;
  const plain = insecure === true;
  return [
    settings({ protocol: plain ? 'http' : 'https', host: text(host), port: enginePort(values) }),
    ...(plain ? [] : [{ name: 'DOCKER_CERT_PATH', value: CERTIFICATE_FOLDER }]),
  ];
}

function engineVariables(context: BuildshuttleContext): EnvVar[] {
  const { values } = context;
  switch (modeOf(values)) {
    case 'host':
      return [settings({ socketPath: text(values.host.socketPath) })];
    case 'worker':
      return [settings({ socketPath: `${ENGINE_SOCKET_FOLDER}/docker.sock` })];
    case 'kubernetes':
      return [
        { name: 'USE_KUBERNETES', value: 'true' },
        { name: 'WORKER_NAME', value: nameOf(context) },
        { name: 'BUILD_POD_TEMPLATE', value: `${TEMPLATE_FOLDER}/${TEMPLATE_FILE}` },
        // For what it keeps of builds.
        ...(isExternal(values) ? externalVariables(values) : []),
      ];
    default:
      return externalVariables(values);
  }
}

/** All variables that the chart sets, in the order in which they are printed. */
export function environmentOf(context: BuildshuttleContext): EnvVar[] {
  const { values } = context;
  const { builds, registries, kafka, retention, auth, egress } = values;
  const logins = plainText(registries.existingSecret);
  const args = textMap(builds.args);
  return [
    { name: 'PORT', value: String(PORT) },
    { name: 'DATA_DIR', value: DATA_FOLDER },
    auth.mode === 'none' ? { name: 'ALLOW_ANONYMOUS', value: 'true' } : { name: 'AUTH_TOKEN_FILE', value: `${TOKEN_FOLDER}/token` },
    { name: 'DOCKER_BUILD_IMAGE', value: imageFor(values, serviceImage(values)) },
    ...engineVariables(context),
    { name: 'MAXIMUM_PARALLEL_BUILDS', value: String(parallelBuilds(values)) },
    { name: 'TIMEOUT_IN_MS', value: String(Number(builds.timeoutSeconds) * 1000) },
    { name: 'SHUTDOWN_GRACE_MS', value: String(SHUTDOWN_GRACE_MS) },
    { name: 'NO_CACHE', value: String(builds.noCache === true) },
    ...(builds.registryCache === true ? [{ name: 'REGISTRY_CACHE', value: 'true' }] : []),
    ...value('BUILDER', builds.builder),
    ...value('BUILD_NETWORK', buildNetwork(values)),
    ...(isTrue(args) ? [{ name: 'EXTRA_BUILD_ARGS', value: JSON.stringify(args) }] : []),
    ...(logins === undefined ? [] : [secret('EXTRA_DOCKER_REGISTRY_CONFIG', logins, text(registries.key))]),
    { name: 'SHOW_BUILD_LOGS', value: String(builds.printLogs === true) },
    ...value('KAFKA_TOPIC', kafka.topic),
    ...s3Variables(context),
    ...value('RETENTION_DAYS', retention.days),
    { name: 'RETENTION_BYTES', value: yamlScalar(retention.size) },
    { name: 'CACHE_MAX_BYTES', value: yamlScalar(retention.cacheSize) },
    // What waits for a bucket that takes nothing must leave room for the queue.
    ...(usesS3(values) && !isTrue(values.storage.existingClaim) && modeOf(values) !== 'kubernetes'
      ? [{ name: 'MAX_WAITING_BYTES', value: String(Math.floor(bytesOf(values.storage.size) / 2)) }]
      : []),
    ...value('EGRESS_ALLOW', listOf(egress.allow).join(',')),
    ...value('EGRESS_DENY', listOf(egress.deny).join(',')),
  ];
}

/** The claim of the queue, made or given. */
export const queueClaim = (context: BuildshuttleContext): string =>
  plainText(context.values.storage.existingClaim) ?? `${nameOf(context)}-queue`;
