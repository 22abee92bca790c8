// One build as the database has it, its states, and which state may follow which.

export const FINAL_STATES = ['succeeded', 'failed', 'stopped', 'timed out'] as const;
export const RUNNING_STATES = ['preparing', 'building', 'pushing'] as const;
export type FinalState = (typeof FINAL_STATES)[number];
export type RunningState = (typeof RUNNING_STATES)[number];
export type State = 'queued' | RunningState | FinalState;

export interface BuildRecord {
  /** `{app}-{app_uuid}/{build_number}` */
  readonly key: string;
  readonly appId: string;
  readonly number: string;
  /** The number it was posted under, where another build had that one. */
  readonly postedNumber?: string;
  readonly app: string;
  readonly space: string;
  readonly buildUuid: string;
  readonly branch?: string;
  readonly commit?: string;
  /** Image without a tag; empty for what cannot be built. */
  readonly repository: string;
  /** Why it cannot be built: it ends without ever running. */
  readonly unbuildable?: string;
  /** Order of acceptance. */
  readonly sequence: number;
  readonly fingerprint: string;
  /** Names the build's files in the work folder. */
  readonly work: string;
  readonly state: State;
  /** How often the build began. */
  readonly attempts: number;
  /** Milliseconds since 1970, as all times here. */
  readonly acceptedAt: number;
  readonly startedAt?: number;
  /** Milliseconds that the build has run, up to the last change of its state. */
  readonly ranMs?: number;
  readonly endedAt?: number;
  /** Not begun before this time: the pause before another attempt. */
  readonly notBefore?: number;
  /** Set when a stop was asked for, so that a restart does not begin the build again. */
  readonly stopRequested?: boolean;
  /** The app was deleted: nothing of the build is shown, the record only keeps it from running twice. */
  readonly deleted?: boolean;
  /** The registry has the image, with this digest: written at that moment, before `latest` is pushed. */
  readonly digest?: string;
  readonly reason?: string;
  /** On Kubernetes: `latest` belongs to this build, or to a higher number that claims it as well. */
  readonly claimsLatest?: boolean;
  /** On Kubernetes: the store has its sources. */
  readonly sourcesKept?: boolean;
  /** On Kubernetes: where the pod of this attempt answers. */
  readonly address?: string;
  /** On Kubernetes: the registry is spoken to in plain HTTP. */
  readonly insecure?: boolean;
  /** On Kubernetes: bytes of the log that earlier attempts left in the store. */
  readonly logBytes?: number;
  /** A receiver may still hold the notice that the build is pending: its end is told more than once. */
  readonly pendingUnanswered?: boolean;
  /** The callback was not answered for 24 hours, or refused for longer than its authorization is good. */
  readonly undelivered?: boolean;
}

/** `repository:1.{build_number}` */
export function imageOf({ repository, number }: Pick<BuildRecord, 'repository' | 'number'>): string {
  return `${repository}:1.${number}`;
}

export function isFinal(state: State): state is FinalState {
  return FINAL_STATES.some((final) => final === state);
}

/** Waits for its end, not for its turn. */
export const mustEnd = ({ stopRequested, unbuildable }: BuildRecord): boolean => stopRequested === true || unbuildable !== undefined;

export const waitsForTurn = (record: BuildRecord): boolean => record.state === 'queued' && !mustEnd(record);

export function isRunning(state: State): state is RunningState {
  return RUNNING_STATES.some((running) => running === state);
}

/**
 * A final state is never left. Running states go forward only, or back to the queue (handed back, tried again).
 * A queued build may end without ever running. Once the registry has the image (`pushed`), a build is not stopped or timed out any more,
 * and may succeed wherever it is.
 */
export function mayFollow(from: State, to: State, pushed: boolean): boolean {
  if (isFinal(from)) return false;
  if (to === 'queued') return isRunning(from);
  if (isFinal(to)) return pushed ? to === 'succeeded' || to === 'failed' : to !== 'succeeded';
  const order: readonly State[] = ['queued', ...RUNNING_STATES];
  return order.indexOf(to) === order.indexOf(from) + 1;
}

/** A build after an update; `undefined` where there is none, the state may not follow, or nothing is wanted. */
export function moved(
  current: BuildRecord | undefined,
  update: Partial<BuildRecord> | ((current: BuildRecord) => Partial<BuildRecord> | undefined),
): BuildRecord | undefined {
  const wanted = current === undefined ? undefined : typeof update === 'function' ? update(current) : update;
  if (current === undefined || wanted === undefined) return undefined;
  if (wanted.state !== undefined && !mayFollow(current.state, wanted.state, current.digest !== undefined)) return undefined;
  return { ...current, ...wanted };
}
