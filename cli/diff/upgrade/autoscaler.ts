// Replicas that belong to an autoscaler: applying manifests must not set them back.
import { at, isLive, isPlain, referenceTo, type Thing } from '../objects';
import type { Change, Found, Upgrade } from './index';

export function autoscaled({ before, after }: Change, upgrade: Upgrade): Found[] {
  const scaler = upgrade.after.find((object) => object.kind === 'HorizontalPodAutoscaler' && scales(object, after));
  if (!scaler) return [];
  const [was, is] = [at(before, 'spec', 'replicas'), at(after, 'spec', 'replicas')];
  const running = typeof was === 'number' ? was : 1;
  const found = (reason: string, wayOut: string, commands: readonly string[]): Found[] => [{ rule: 'autoscaled-replicas', path: 'spec.replicas', reason: `HorizontalPodAutoscaler ${scaler.metadata.name} chooses the replicas, and ${reason}`, wayOut, commands }];
  // What nobody applies any more goes back to the default, unless somebody else has said it too.
  if (is === undefined) return running > 1 ? found(`applying without them sets them from ${running} to 1 until it has caught up`, 'hand them over first', [handOver(after, running)]) : [];
  return isLive(before) && is !== running ? found(`applying sets them from ${running} to ${String(is)}`, 'leave replicas out of the manifest (a patch in releases.yaml) and hand them over first', [handOver(after, running)]) : [];
}

const scales = (scaler: Thing, { kind, metadata }: Thing): boolean => {
  const target = at(scaler, 'spec', 'scaleTargetRef');
  return isPlain(target) && target['kind'] === kind && target['name'] === metadata.name && scaler.metadata.namespace === metadata.namespace;
};

/** With a manager of its own the number has an owner, and stays when ours no longer says it. */
function handOver(object: Thing, replicas: number): string {
  const reference = referenceTo(object);
  const own = JSON.stringify({ apiVersion: reference.apiVersion, kind: reference.kind, metadata: { name: reference.name, namespace: reference.namespace }, spec: { replicas } });
  return `echo '${own}' | kubectl apply --server-side --field-manager=autoscaler --force-conflicts -f -`;
}
