// The Docker engine beside the service: rootless in a user namespace of the pod, or privileged.
import { listOf } from '../../common/lists';
import { ConfigMap, Volume, type ContainerProps } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { Probe, SecurityContext } from 'kubernetes-types/core/v1';
import { plainText, text } from '../../../helm/print';
import { ENGINE_SOCKET_FOLDER, ENGINE_USER, isExternal, isRootless, metadataOf, nameOf, USER, type BuildshuttleContext } from '../names';
import { startScript } from './start-script';
import type { Settings } from '../values';

/** As the published Deployment calls the container. */
export const ENGINE_CONTAINER = 'dind';
const SOCKET = `unix://${ENGINE_SOCKET_FOLDER}/docker.sock`;
/** A claim's or an emptyDir's own folder belongs to root; the engine keeps everything in one below it. */
const ROOTLESS_STORAGE = '/var/lib/engine';
const PRIVILEGED_STORAGE = '/var/lib/docker';

/**
 * Users of the pod's namespace that the engine gives to its containers: all but its own and root, in two ranges, so that
 * users up to 65534 (nobody) exist in an image. By the name of the user: rootlesskit counts ranges by its number twice.
 */
const SUBORDINATE_IDS = `rootless:1:${ENGINE_USER - 1}\nrootless:${ENGINE_USER + 1}:${65_535 - ENGINE_USER}\n`;

/** What BuildKit clips of a step's output by default is told to the worker in full. */
const LOG_LIMITS = { BUILDKIT_STEP_LOG_MAX_SIZE: '2147483647', BUILDKIT_STEP_LOG_MAX_SPEED: '2097152' };

/** The volume of an external engine's certificates. */
export const CERTIFICATE_VOLUME = 'engine-tls';
/** Files of Secrets, for the group that the pod's volumes belong to. */
export const FOR_THE_GROUP = 0o440;

/** An external engine is spoken to over mutual TLS. */
export const hasCertificates = (values: Settings): boolean => isExternal(values) && values.engine.insecure !== true;

/** Keys of their Secret, and the names that Docker's clients know the files by. */
export const certificateFiles = ({ engine: { tls } }: Settings): Readonly<Record<string, string>> => ({
  [text(tls.ca)]: 'ca.pem',
  [text(tls.cert)]: 'cert.pem',
  [text(tls.key)]: 'key.pem',
});

/** The claim of the engine, made or given; undefined for an emptyDir. */
export function engineClaim(context: BuildshuttleContext): string | undefined {
  const { existingClaim, size } = context.values.engine.storage;
  return plainText(existingClaim) ?? (plainText(size) === undefined ? undefined : `${nameOf(context)}-engine`);
}

/** An engine that hangs is started anew; one that ends is in any case. */
export const ENGINE_LIVENESS: Probe = {
  exec: { command: ['docker', `--host=${SOCKET}`, 'version'] },
  periodSeconds: 30,
  timeoutSeconds: 10,
  failureThreshold: 6,
};

/** Flags of dockerd. */
function engineFlags({ engine, ...rest }: Settings): string[] {
  const rootless = isRootless({ engine, ...rest });
  const transfers = text(engine.maxTransfers);
  return [
    `--host=${SOCKET}`,
    // The group that the service's container is in.
    `--group=${rootless ? 0 : USER}`,
    `--data-root=${rootless ? `${ROOTLESS_STORAGE}/docker` : PRIVILEGED_STORAGE}`,
    // A user may neither make a bridge nor change the firewall in the pod's network, which RUN steps share.
    ...(rootless ? ['--bridge=none', '--iptables=false', '--ip6tables=false', '--ip-forward=false'] : []),
    `--max-concurrent-uploads=${transfers}`,
    `--max-concurrent-downloads=${transfers}`,
    ...listOf(engine.insecureRegistries).map((registry) => `--insecure-registry=${registry}`),
    ...listOf(engine.registryMirrors).map((mirror) => `--registry-mirror=${mirror}`),
    ...listOf(engine.extraArgs).map(text),
  ];
}

/**
 * What a rootless engine cannot do without: it makes user namespaces and mounts, which the usual profiles forbid; newuidmap and newgidmap,
 * set-uid
 * programs, hand on users of the pod's namespace, and their rights, which are bounded by these four, reach no further than it; and a build
 * sees a /proc of its own, which a masked one does not allow.
 */
const ROOTLESS: SecurityContext & { readonly appArmorProfile: object } = {
  runAsUser: ENGINE_USER,
  runAsGroup: ENGINE_USER,
  runAsNonRoot: true,
  privileged: false,
  readOnlyRootFilesystem: false,
  allowPrivilegeEscalation: true,
  capabilities: { drop: ['ALL'], add: ['SETUID', 'SETGID', 'DAC_OVERRIDE', 'SYS_ADMIN'] },
  procMount: 'Unmasked',
  seccompProfile: { type: 'Unconfined' },
  appArmorProfile: { type: 'Unconfined' },
};
const PRIVILEGED: SecurityContext = { runAsUser: 0, runAsGroup: 0, runAsNonRoot: false, privileged: true, readOnlyRootFilesystem: false };

export const engineSecurity = (values: Settings): SecurityContext => (isRootless(values) ? ROOTLESS : PRIVILEGED);

/** The container, without what is plain Kubernetes: environment, probe, resources, security context. */
export function engineContainer(
  scope: Construct,
  context: BuildshuttleContext,
  image: string,
  socket: Volume,
  storage: Volume,
): ContainerProps {
  const { values } = context;
  const rootless = isRootless(values);
  const flags = engineFlags(values);
  return {
    name: ENGINE_CONTAINER,
    image,
    ...(rootless
      ? { command: ['sh', '-c', startScript(`${ROOTLESS_STORAGE}/docker`), 'engine'], args: flags }
      : { command: ['dockerd-entrypoint.sh'], args: ['dockerd', ...flags] }),
    volumeMounts: [
      { path: ENGINE_SOCKET_FOLDER, volume: socket },
      { path: rootless ? ROOTLESS_STORAGE : PRIVILEGED_STORAGE, volume: storage },
      ...(rootless ? subordinateIds(scope, context) : []),
    ],
  };
}

export const engineVariables = Object.entries(LOG_LIMITS).map(([name, value]) => ({ name, value }));

/** In the release, where the engine itself is not: beside each build. */
export function addSubordinateIds(scope: Construct, context: BuildshuttleContext): void {
  if (isRootless(context.values)) subordinateIds(scope, context);
}

/** /etc/subuid and /etc/subgid of an image name users that the pod's own namespace, of 65536, has not. */
function subordinateIds(scope: Construct, context: BuildshuttleContext) {
  const map = new ConfigMap(scope, 'engine', {
    metadata: metadataOf(context, '-engine'),
    data: { subuid: SUBORDINATE_IDS, subgid: SUBORDINATE_IDS },
  });
  const volume = Volume.fromConfigMap(scope, 'subordinate-ids', map, { name: 'subordinate-ids' });
  return ['subuid', 'subgid'].map((file) => ({ path: `/etc/${file}`, subPath: file, readOnly: true, volume }));
}
