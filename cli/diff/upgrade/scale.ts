// StatefulSets that get smaller: what only the pods that go hold is out of reach.
import { at } from '../objects';
import { containersOf } from '../shapes/pod';
import type { Change, Found } from './finding';

/** With none left the release stands still, and its data waits: that is not a loss. */
export function scaledDown({ before, after }: Change): Found[] {
  if (after.kind !== 'StatefulSet' || !hasClaims(before)) return [];
  const [was, is] = [replicasOf(before), replicasOf(after)];
  if (is === 0 || is >= was) return [];
  const { name, namespace = 'default' } = after.metadata;
  const gone = Array.from({ length: was - is }, (_, index) => `${name}-${was - 1 - index}`);
  const isDatabase = containersOf(after).some(({ image }) => typeof image === 'string' && /(^|\/)cockroach(db)?(-\w+)*[:@]/.test(image));
  return [
    {
      rule: 'scaled-down',
      path: 'spec.replicas',
      reason: `${was} → ${is}: what only ${gone.join(', ')} hold${gone.length > 1 ? '' : 's'} can no longer be read${
        isDatabase && is < 3
          ? ', and fewer than 3 nodes of CockroachDB cannot keep the copies of its data: the database may stop for good'
          : ''
      }`,
      wayOut: isDatabase
        ? `take the nodes out of the cluster before, one after another (cockroach node decommission), and keep at least 3; or ` +
          `back the database up, and restore it into a smaller one`
        : 'move the data away first; the claims of the pods stay, and come back with the number of replicas',
      commands: isDatabase ? [`kubectl exec ${name}-0 --namespace ${namespace} -- cockroach node status --decommission`] : [],
    },
  ];
}

function replicasOf(object: Change['before']): number {
  const given = at(object, 'spec', 'replicas');
  return given === undefined || given === null ? 1 : Number(given);
}

function hasClaims(object: Change['before']): boolean {
  const templates = at(object, 'spec', 'volumeClaimTemplates');
  return Array.isArray(templates) && templates.length > 0;
}
