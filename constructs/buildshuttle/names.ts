// Names, labels and images of the release's objects.
import { isTrue, plainText, text } from '../../helm/print';
import type { Context } from '../common/context';
import { textMap } from '../common/metadata';
import { fullName } from '../common/release';
import { ENGINE_TAG, type buildshuttleValues, type Mode, type Settings } from './values';

export type BuildshuttleContext = Context<typeof buildshuttleValues>;

/** What every installation has had in the place of a chart's name, whatever the release is called. */
export const APP = 'buildshuttle';
/** The port that the service listens on. */
export const PORT = 9000;
/** User and group of the service's container, as its image has them. */
export const USER = 65_532;
/** User and group of the rootless engine, as Docker's image has them. */
export const ENGINE_USER = 1000;
/** Where the socket is that service and engine share. Not below /run or /etc, which the rootless engine has copies of. */
export const ENGINE_SOCKET_FOLDER = '/engine';

export const modeOf = ({ mode }: Settings): Mode => text(mode) as Mode;

/** The engine is elsewhere, and is spoken to over the network. */
export const isExternal = (values: Settings): boolean =>
  modeOf(values) === 'externalWorker' || (modeOf(values) === 'kubernetes' && isTrue(values.engine.host));

/** An engine of the release's own: beside the service, or beside each build. */
export const hasEngine = (values: Settings): boolean => ['worker', 'kubernetes'].includes(modeOf(values)) && !isExternal(values);

/** It is a rootless one. */
export const isRootless = (values: Settings): boolean => hasEngine(values) && values.engine.privileged !== true;

/** Name of the Deployment, the Service and the NetworkPolicy; prefix of all other names. */
export const nameOf = ({ release, values }: Pick<BuildshuttleContext, 'release' | 'values'>): string =>
  fullName(release, APP, plainText(values.fullnameOverride));

/** By which the published Deployment knows its pods. A Deployment cannot change it. */
export const selectorLabels = (context: BuildshuttleContext): Record<string, string> => ({ name: nameOf(context) });

export const labelsOf = (context: BuildshuttleContext): Record<string, string> => ({
  ...textMap(context.values.labels),
  app: APP,
  ...selectorLabels(context),
  namespace: context.release.namespace,
});

/** Mode kubernetes: the container of a build's pod, and the port on which it answers the service. Both are the worker's. */
export const BUILD_CONTAINER = 'build';
export const BUILD_PORT = 9001;

/** By which the NetworkPolicy knows builds' pods. */
export const buildLabels = (context: BuildshuttleContext): Record<string, string> => ({ name: buildAccount(context) });

/** ServiceAccount of builds' pods, which has no rights and no token. */
export const buildAccount = (context: BuildshuttleContext): string => `${nameOf(context)}-build`;

/** Name, labels and annotations of one object; `suffix` follows the common name. */
export function metadataOf(context: BuildshuttleContext, suffix = '', annotations: Settings['annotations'] = {}) {
  const own = { ...textMap(context.values.annotations), ...textMap(annotations) };
  return { name: `${nameOf(context)}${suffix}`, labels: labelsOf(context), ...(Object.keys(own).length ? { annotations: own } : {}) };
}

interface ImageValues {
  readonly repository: unknown;
  readonly tag: unknown;
  readonly digest: unknown;
}

const imageName = ({ repository, tag, digest }: ImageValues): string => {
  const pinned = plainText(digest);
  return pinned === undefined ? `${text(repository)}:${text(tag)}` : `${text(repository)}@${pinned}`;
};

export const serviceImage = ({ image }: Settings): string => imageName(image);

export function engineImage({ engine }: Settings): string {
  const { repository, tag, digest } = engine.image;
  return imageName({ repository, digest, tag: plainText(tag) ?? (engine.privileged === true ? ENGINE_TAG : `${ENGINE_TAG}-rootless`) });
}

/** Whether an image's name says where it comes from: its first part is a host. */
export const namesRegistry = (image: string): boolean => /^([^/]*[.:][^/]*|localhost)\//.test(image);

/** Group of the node's socket; 999 is the one that many distributions give. */
export const socketGroup = ({ host }: Settings): number => Number(host.socketGroup ?? 999);

/** Names of the Secrets that the pod reads; undefined for what it does without. */
export function secretNames({ release, values }: Pick<BuildshuttleContext, 'release' | 'values'>): {
  readonly auth: string | undefined;
  readonly s3: string | undefined;
} {
  const { auth, s3 } = values;
  const name = nameOf({ release, values });
  return {
    auth: auth.mode === 'none' ? undefined : (plainText(auth.existingSecret) ?? `${name}-auth`),
    s3: isTrue(s3.existingConfigMap) ? undefined : (plainText(s3.existingSecret) ?? (isTrue(s3.accessKey) ? `${name}-s3` : undefined)),
  };
}
