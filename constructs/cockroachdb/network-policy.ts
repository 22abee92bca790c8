// NetworkPolicy of the database's pods.
import type { NetworkPolicy, NetworkPolicyPeer } from 'kubernetes-types/networking/v1';
import { integer, isTrue } from '../../helm/print';
import { textMap } from '../common/metadata';
import { listOf } from '../common/lists';
import { fullNameOf, labelsOf, podLabels, selectorLabels, serviceAccountNameOf } from './names';
import { runsInitJob } from './provisioning';
import { copyOf } from './text';
import type { CockroachDbContext } from './values';

const pods = (matchLabels: Record<string, string>): NetworkPolicyPeer => ({ podSelector: { matchLabels } });

/** The label of pods that may talk to the database, whatever the rules say. */
export const clientLabelOf = (context: CockroachDbContext): Record<string, string> => ({ [`${fullNameOf(context)}-client`]: 'true' });

/** Whom the rules let in, and whom the database cannot do without. */
function sqlPeers(context: CockroachDbContext): NetworkPolicyPeer[] {
  const {
    init,
    networkPolicy: { ingress },
    statefulset,
  } = context.values;
  const initializes = integer(statefulset.replicas) > 1 || runsInitJob(context);
  return [
    ...listOf(ingress?.grpc),
    pods(clientLabelOf(context)),
    pods(podLabels(context)),
    ...(initializes ? [pods({ ...selectorLabels(context), ...textMap(init.labels) })] : []),
  ];
}

export function networkPolicy(context: CockroachDbContext) {
  const { enabled, ingress } = context.values.networkPolicy;
  if (!enabled) return undefined;
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: serviceAccountNameOf(context), labels: labelsOf(context) },
    spec: {
      podSelector: { matchLabels: podLabels(context) },
      ingress: [
        { ports: [{ port: 'grpc' }], from: isTrue(ingress?.grpc) ? sqlPeers(context) : undefined },
        { ports: [{ port: 'http' }], from: copyOf(ingress?.http) },
      ],
    },
  } satisfies NetworkPolicy;
}
