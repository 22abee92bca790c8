// Replicas that belong to an autoscaler: applying manifests must not set them back.
import { at, isLive, isPlain, maps, referenceTo, type Plain, type Thing } from '../objects';
import type { Change, Found, Upgrade } from './finding';

export function autoscaled({ before, after }: Change, { before: old, after: now }: Pick<Upgrade, 'before' | 'after'>): Found[] {
  const scaler = scalerOf(after, now);
  if (!scaler) return [];
  const [was, is] = [at(before, 'spec', 'replicas'), at(after, 'spec', 'replicas')];
  const running = typeof was === 'number' ? was : 1;
  const found = (reason: string, wayOut: string): Found[] => [
    {
      rule: 'autoscaled-replicas',
      path: 'spec.replicas',
      reason: `HorizontalPodAutoscaler ${scaler.metadata.name} chooses the replicas, and ${reason}`,
      wayOut,
      commands: [handOver(after, running)],
    },
  ];
  if (is === undefined)
    return running > 1 && isReset(before, old)
      ? found(`applying without them sets them from ${running} to 1 until it has caught up`, 'hand them over first')
      : [];
  return isLive(before) && is !== running
    ? found(
        `applying sets them from ${running} to ${String(is)}`,
        'leave replicas out of the manifest (a patch in releases.yaml) and hand them over first',
      )
    : [];
}

/** Whether the replicas of a live object are an autoscaler's alone: nobody who applies objects without them changes them. */
export const isLeftToAutoscaler = (before: Thing, after: Thing, { before: old, after: now }: Pick<Upgrade, 'before' | 'after'>): boolean =>
  isLive(before) && at(after, 'spec', 'replicas') === undefined && scalerOf(after, now) !== undefined && !isReset(before, old);

const scalerOf = (object: Thing, all: readonly Thing[]): Thing | undefined =>
  all.find((other) => other.kind === 'HorizontalPodAutoscaler' && scales(other, object));

const scales = (scaler: Thing, { kind, metadata }: Thing): boolean => {
  const target = at(scaler, 'spec', 'scaleTargetRef');
  return isPlain(target) && target['kind'] === kind && target['name'] === metadata.name && scaler.metadata.namespace === metadata.namespace;
};

/**
 * What nobody applies any more goes back to the default, unless somebody else has said it too. Who has said it stands in managedFields;
 * where these are not shown, replicas that an autoscaler had already are taken for its own.
 */
function isReset(before: Thing, old: readonly Thing[]): boolean {
  if (!isLive(before) || appliedReplicas(before)) return true;
  const owners = maps(at(before, 'metadata', 'managedFields')).filter(
    (entry) => at(entry, 'fieldsV1', 'f:spec', 'f:replicas') !== undefined,
  );
  return owners.length ? owners.every(isApplier) : scalerOf(before, old) === undefined;
}

/** The name under which `handOver` applies. */
const HANDED_OVER = 'autoscaler';
const isApplier = ({ manager, subresource }: Plain): boolean =>
  subresource !== 'scale' && manager !== 'kube-controller-manager' && manager !== HANDED_OVER;

/** `kubectl apply` without --server-side takes away what it applied the last time, whoever has written it since. */
function appliedReplicas(object: Thing): boolean {
  const applied = at(object, 'metadata', 'annotations', 'kubectl.kubernetes.io/last-applied-configuration');
  if (typeof applied !== 'string') return false;
  try {
    return at(JSON.parse(applied), 'spec', 'replicas') !== undefined;
  } catch {
    return false;
  }
}

/** With a manager of its own the number has an owner, and stays when ours no longer says it. */
function handOver(object: Thing, replicas: number): string {
  const reference = referenceTo(object);
  const own = JSON.stringify({
    apiVersion: reference.apiVersion,
    kind: reference.kind,
    metadata: { name: reference.name, namespace: reference.namespace },
    spec: { replicas },
  });
  return `echo '${own}' | kubectl apply --server-side --field-manager=${HANDED_OVER} --force-conflicts -f -`;
}
