// What a build's pod tells of itself: where it answers, and how it ended.
import { z } from 'zod';
import type { KubeObject } from './api';

export const BUILD_CONTAINER = 'build';
/** By which the Job's controller marks the pods of a Job. */
export const JOB_LABEL = 'batch.kubernetes.io/job-name';
/** A kubelet tries again and again; by then what is wrong will not mend itself. */
const START_MS = 60_000;
/** After the end of its grace period a pod that is still there is on a node that is not. */
const LOST_MS = 15_000;

interface Terminated {
  readonly exitCode: number;
  readonly reason?: string;
  readonly message?: string;
}

interface ContainerStatus {
  readonly name: string;
  readonly state?: { readonly terminated?: Terminated; readonly waiting?: { readonly reason?: string; readonly message?: string } };
  readonly lastState?: { readonly terminated?: Terminated };
}

export interface Pod extends KubeObject {
  readonly status?: {
    readonly phase?: string;
    readonly podIP?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly message?: string;
    }[];
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}

export interface Job extends KubeObject {
  readonly spec?: { readonly suspend?: boolean };
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason?: string;
      readonly message?: string;
    }[];
  };
}

/** What the build itself says, as the pod's termination message. */
export const buildResult = z.object({
  state: z.enum(['succeeded', 'failed', 'timed out', 'lost', 'interrupted']),
  digest: z.string().optional(),
  reason: z.string().optional(),
  /** The engine speaks plain HTTP to the registry. */
  insecure: z.boolean().optional(),
  /** Length of what it has printed. */
  logBytes: z.number().optional(),
});
export type BuildResult = z.infer<typeof buildResult>;

/** Known a second or more before the kubelet tells that the build runs: it is asked until it answers. */
export const addressOf = ({ metadata, status }: Pod): string | undefined => {
  const over = status?.containerStatuses?.some(({ name, state }) => name === BUILD_CONTAINER && state?.terminated !== undefined);
  return over === true || metadata.deletionTimestamp !== undefined ? undefined : status?.podIP;
};

export function parseResult(text: string | undefined): BuildResult | undefined {
  try {
    return buildResult.parse(JSON.parse(text ?? ''));
  } catch {
    return undefined;
  }
}

/** Whether the engine beside the build was killed for its memory. */
function engineOutOfMemory({ status }: Pod): boolean {
  const statuses = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  return statuses.some(
    ({ name, state, lastState }) =>
      name !== BUILD_CONTAINER && [state?.terminated?.reason, lastState?.terminated?.reason].includes('OOMKilled'),
  );
}

const OUT_OF_MEMORY = 'out of memory (OOMKilled): the engine, and the builds in it, need a higher memory limit';

/** It was told to end long ago: its node does not answer. */
export const isLost = ({ metadata: { deletionTimestamp } }: Pod, now: number): boolean =>
  deletionTimestamp !== undefined && now >= Date.parse(deletionTimestamp) + LOST_MS;

/** How a pod ended; `undefined` while it may go on. What is no fault of the build's is lost, and what nobody can tell has failed. */
export function resultOf(
  pod: Pod,
  now: number,
  firstSeen: number,
): { readonly result: BuildResult } | { readonly lookAgainAt: number } | undefined {
  const { status = {}, metadata } = pod;
  const build = status.containerStatuses?.find(({ name }) => name === BUILD_CONTAINER);
  const terminated = build?.state?.terminated;
  const told = parseResult(terminated?.message);
  if (told?.state === 'lost' && engineOutOfMemory(pod)) return { result: { ...told, state: 'failed', reason: OUT_OF_MEMORY } };
  if (told !== undefined && told.state !== 'interrupted') return { result: told };
  const lost = (reason: string) => ({ result: { ...told, state: 'lost' as const, reason } });
  const disruption = status.conditions?.find(({ type, status: is }) => type === 'DisruptionTarget' && is === 'True');
  if (terminated !== undefined || status.phase === 'Failed' || status.phase === 'Succeeded') {
    if (terminated?.reason === 'OOMKilled')
      return { result: { state: 'failed', reason: 'out of memory (OOMKilled): the container of the build needs a higher memory limit' } };
    if (status.reason === 'DeadlineExceeded') return { result: { state: 'timed out' } };
    if (status.reason === 'Evicted' || disruption !== undefined)
      return lost(
        `the pod was ${status.reason === 'Evicted' ? 'evicted' : 'disrupted'}: ${disruption?.reason ?? 'Evicted'} ` +
          `(${disruption?.message ?? status.message ?? 'no message'})`,
      );
    if (metadata.deletionTimestamp !== undefined || told !== undefined) return lost('the pod was deleted');
    const { exitCode, reason = 'no reason' } = terminated ?? { exitCode: undefined, reason: status.reason };
    return { result: { state: 'failed', reason: `the pod ended without a result (exit code ${exitCode ?? 'unknown'}, ${reason})` } };
  }
  if (metadata.deletionTimestamp !== undefined) {
    if (!isLost(pod, now)) return { lookAgainAt: Date.parse(metadata.deletionTimestamp) + LOST_MS };
    return lost(`the node of the pod was lost (${disruption?.reason ?? 'it does not end'})`);
  }
  const stuck = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])].find(({ state }) =>
    /^(ImagePullBackOff|ErrImage|InvalidImageName|ImageInspectError|CreateContainer|RunContainerError)/.test(state?.waiting?.reason ?? ''),
  );
  if (stuck === undefined) return undefined;
  const { reason = '', message = '' } = stuck.state?.waiting ?? {};
  if (now < firstSeen + START_MS) return { lookAgainAt: firstSeen + START_MS };
  return { result: { state: 'failed', reason: `the container ${stuck.name} of the pod does not start: ${reason}: ${message}` } };
}

/** How a Job ended that has no pod; `undefined` while it may have one. */
export function resultOfJob({ status }: Job): BuildResult | undefined {
  if (status?.conditions?.some(({ type, status: is }) => type === 'Complete' && is === 'True') === true)
    return { state: 'lost', reason: 'the Job has ended, and its pod is gone' };
  const failed = status?.conditions?.find(({ type, status: is }) => type === 'Failed' && is === 'True');
  if (failed === undefined) return undefined;
  if (failed.reason === 'DeadlineExceeded') return { state: 'timed out' };
  return { state: 'lost', reason: `the Job failed (${failed.reason ?? 'no reason'}: ${failed.message ?? ''})` };
}
