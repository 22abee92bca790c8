// Every error the worker tells a caller or a build's log: what went wrong and how to mend it.
import { types } from 'node:util';

/** `instanceof Error` that also knows errors of other realms, such as test runners make. */
export function isError(value: unknown): value is Error {
  return types.isNativeError(value) || value instanceof Error;
}

/** A request that cannot be answered as asked. `status` is the HTTP status, the message is the answer's `status` field. */
export class RequestError extends Error {
  override name = 'RequestError';
  constructor(
    readonly status: 400 | 401 | 403 | 404 | 408 | 409 | 413 | 503,
    message: string,
  ) {
    super(message);
  }
}

/** Answers in buildshuttle's words where it has them. */
export const requestErrors = {
  missingFields: () => new RequestError(400, 'Bad Request - missing fields.'),
  invalidUuid: () => new RequestError(400, 'Bad Request - build uuid is invalid.'),
  invalidField: (field: string, problem: string) => new RequestError(400, `Bad Request - ${field}: ${problem}`),
  notFound: () => new RequestError(404, 'Not Found'),
  conflict: (build: string) =>
    new RequestError(409, `Conflict - build ${build} was accepted with a different payload; post it under a new build_number.`),
  deletedBuild: (build: string) => new RequestError(409, `Conflict - build ${build} was deleted; post it under a new build_number.`),
  unauthorized: () =>
    new RequestError(
      401,
      'Unauthorized - send the header "authorization: Bearer <AUTH_TOKEN>", or the token as the password of Basic authentication.',
    ),
  foreignHost: (host: string) =>
    new RequestError(403, `Forbidden - without AUTH_TOKEN only requests to a loopback name are answered, not to ${host}; set AUTH_TOKEN.`),
  tooSlow: () => new RequestError(408, 'Request Timeout - the body came too slowly; send at least 8 KiB a second.'),
  bodyTooLarge: () => new RequestError(413, 'Payload Too Large - raise MAX_BODY_BYTES, or give the sources as a URL.'),
  sourcesTooLarge: (most: number) =>
    new RequestError(413, `Payload Too Large - the sources are larger than ${most} bytes; send less or raise MAX_SOURCE_BYTES.`),
  storeBehind: (most: number) =>
    new RequestError(
      503,
      `Service Unavailable - the store does not take logs and sources, more than ${most} bytes wait in ` +
        `DATA_DIR; mend the store or raise MAX_WAITING_BYTES.`,
    ),
  storeAway: () => new RequestError(503, 'Service Unavailable - the store does not take the sources; mend it and post again.'),
  clusterAway: () => new RequestError(503, 'Service Unavailable - the API server of the cluster does not answer; post again.'),
  diskFull: () => new RequestError(503, 'Service Unavailable - DATA_DIR has too little free space, free some or lower MIN_FREE_BYTES.'),
} as const;

/** The build itself cannot succeed: the message becomes its reason, in the log, the status and the callback. */
export class BuildFailure extends Error {
  override name = 'BuildFailure';
}

/** The engine went away or never answered: the build is tried again. */
export class EngineUnavailable extends Error {
  override name = 'EngineUnavailable';
}

/** Why a running build is interrupted; the reason of its AbortSignal. */
export class Interruption extends Error {
  override name = 'Interruption';
  constructor(readonly kind: 'stop' | 'timeout' | 'shutdown') {
    super(kind);
  }
}

export function interruptionOf(signal: AbortSignal): Interruption | undefined {
  return signal.aborted && signal.reason instanceof Interruption ? signal.reason : undefined;
}

export function messageOf(error: unknown): string {
  return isError(error) ? error.message : String(error);
}

/** The `code` of a system error (`ENOSPC`, `ECONNREFUSED`), looked for in the causes as well. */
export function codeOf(error: unknown): string | undefined {
  for (let at: unknown = error, depth = 0; isError(at) && depth < 5; at = at.cause, depth += 1) {
    if ('code' in at && typeof at.code === 'string') return at.code;
  }
  return undefined;
}
