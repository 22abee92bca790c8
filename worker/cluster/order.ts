// What a build's pod is told: the content of its Secret.
import type { Payload } from '../state/payload';
import type { BuildRecord } from '../state/record';

/** Where the Secret is mounted, and the key in it. */
export const ORDER_FOLDER = '/etc/build-worker/build';
export const ORDER_KEY = 'build.json';
/** The port that the pod answers the worker on. */
export const POD_PORT = 9001;

export interface BuildOrder {
  readonly record: BuildRecord;
  readonly payload: Payload;
  /** Variables of the worker that say how images are built. */
  readonly environment: Readonly<Record<string, string>>;
  /** Asked of whoever talks to the pod. */
  readonly token: string;
  /** What is left of the time that the build may take. */
  readonly timeoutMs: number;
}

/** Variables of the worker that hold for what runs in the pod as well. Where its engine is, the pod's own environment says. */
export const BUILD_VARIABLES = [
  'NO_CACHE',
  'REGISTRY_CACHE',
  'DOCKERFILE',
  'BUILDER',
  'BUILD_NETWORK',
  'EXTRA_BUILD_ARGS',
  'EXTRA_DOCKER_REGISTRY_CONFIG',
  'EGRESS_ALLOW',
  'EGRESS_DENY',
  'MAX_UNPACKED_BYTES',
  'MAX_SOURCE_ENTRIES',
  'MAX_LOG_BYTES',
] as const;
