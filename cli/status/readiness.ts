// Whether an object does what it is there for, as its status tells.
import { at, maps, type Plain, type Thing } from '../diff/objects';

export interface Unready {
  /** Half a sentence. */
  readonly message: string;
  /** It will not become ready by itself. @default it may */
  readonly stuck?: boolean;
}

const number = (value: unknown, otherwise = 0): number => (typeof value === 'number' ? value : otherwise);
const status = (object: Plain, key: string): number => number(at(object, 'status', key));

export const conditionOf = (object: Plain, type: string): Plain | undefined =>
  maps(at(object, 'status', 'conditions')).find((condition) => condition['type'] === type);

/** Why a condition is as it is. */
export const reasonOf = ({ reason, message }: Plain): string => [reason, message].filter(Boolean).join(': ');

const seen = (object: Thing): Unready | undefined =>
  status(object, 'observedGeneration') < number(at(object, 'metadata', 'generation'))
    ? { message: 'its controller has not seen the last change' }
    : undefined;

const some = (count: number, wanted: number, what: string): Unready | undefined =>
  count < wanted ? { message: `${count} of ${wanted} pods ${what}` } : undefined;

function deployment(object: Thing): Unready | undefined {
  const wanted = number(at(object, 'spec', 'replicas'), 1);
  const late = conditionOf(object, 'Progressing');
  const found =
    some(status(object, 'updatedReplicas'), wanted, 'are up to date') ??
    some(status(object, 'availableReplicas'), wanted, 'are ready') ??
    (status(object, 'replicas') > wanted ? { message: 'pods of before are still there' } : undefined);
  return found && late?.['status'] === 'False' && late['reason'] === 'ProgressDeadlineExceeded'
    ? { message: `${found.message}, and its time is up`, stuck: true }
    : found;
}

function statefulSet(object: Thing): Unready | undefined {
  const wanted = number(at(object, 'spec', 'replicas'), 1);
  const rolls =
    at(object, 'spec', 'updateStrategy', 'type') !== 'OnDelete' && !at(object, 'spec', 'updateStrategy', 'rollingUpdate', 'partition');
  return (
    some(status(object, 'readyReplicas'), wanted, 'are ready') ??
    (rolls && at(object, 'status', 'currentRevision') !== at(object, 'status', 'updateRevision')
      ? some(status(object, 'updatedReplicas'), wanted, 'are up to date')
      : undefined)
  );
}

function daemonSet(object: Thing): Unready | undefined {
  const wanted = status(object, 'desiredNumberScheduled');
  return (
    some(status(object, 'numberReady'), wanted, 'are ready') ??
    (at(object, 'spec', 'updateStrategy', 'type') === 'OnDelete'
      ? undefined
      : some(status(object, 'updatedNumberScheduled'), wanted, 'are up to date'))
  );
}

/** A Job that failed is told apart. */
function job(object: Thing): Unready | undefined {
  if (at(object, 'spec', 'suspend') === true || conditionOf(object, 'Complete')?.['status'] === 'True') return undefined;
  const failed = status(object, 'failed');
  return { message: `is not complete${failed ? `, and ${failed === 1 ? 'one pod' : `${failed} pods`} failed` : ''}` };
}

function pod(object: Thing): Unready | undefined {
  const phase = at(object, 'status', 'phase');
  return phase === 'Succeeded' || conditionOf(object, 'Ready')?.['status'] === 'True'
    ? undefined
    : { message: `is ${phase ?? 'not running'}` };
}

function autoscaler(object: Thing): Unready | undefined {
  const wrong = ['AbleToScale', 'ScalingActive']
    .flatMap((type): Plain[] => maps([conditionOf(object, type)]))
    .find((condition) => condition['status'] === 'False' && condition['reason'] !== 'ScalingDisabled');
  return wrong && { message: `does not scale: ${reasonOf(wrong)}` };
}

const KINDS: Readonly<Record<string, (object: Thing) => Unready | undefined>> = {
  Deployment: (object) => seen(object) ?? deployment(object),
  StatefulSet: (object) => seen(object) ?? statefulSet(object),
  DaemonSet: (object) => seen(object) ?? daemonSet(object),
  Job: job,
  Pod: pod,
  HorizontalPodAutoscaler: autoscaler,
  PersistentVolumeClaim: (object) => {
    const phase = at(object, 'status', 'phase');
    return phase === 'Bound' ? undefined : { message: `is ${String(phase ?? 'Pending')}` };
  },
  Service: (object) =>
    at(object, 'spec', 'type') === 'LoadBalancer' && !maps(at(object, 'status', 'loadBalancer', 'ingress')).length
      ? { message: 'has no address' }
      : undefined,
  CustomResourceDefinition: (object) =>
    conditionOf(object, 'Established')?.['status'] === 'True' ? undefined : { message: 'is not established' },
};

/** Undefined where all is well, and for kinds that are never ready or not. */
export function unready(object: Thing): Unready | undefined {
  if (at(object, 'metadata', 'deletionTimestamp') !== undefined) return { message: 'is being deleted' };
  const own = KINDS[object.kind];
  if (own) return own(object);
  // Of custom resources most controllers say it in this way.
  const ready = conditionOf(object, 'Ready');
  return ready && ready['status'] !== 'True' ? { message: `is not ready: ${reasonOf(ready)}` } : undefined;
}

/** What a Job failed of. @default it did not */
export function failureOf(object: Plain): string | undefined {
  const failed = conditionOf(object, 'Failed');
  return failed?.['status'] === 'True' ? reasonOf(failed) : undefined;
}
