// Who reaches the pod, and whom it reaches: DNS, pods of the cluster, public addresses; never the API server or the node's metadata.
import { NetworkPolicy, NetworkPolicyTrafficDefault } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { IPBlock, NetworkPolicyEgressRule, NetworkPolicyIngressRule, NetworkPolicyPeer } from 'kubernetes-types/networking/v1';
import { isIP } from 'node:net';
import { isTrue, text } from '../../../helm/print';
import { listOf } from '../../common/lists';
import { contains, isIPv6, NODE_ONLY, neverReached } from '../cidr';
import { enginePort } from '../environment';
import { isExternal, metadataOf, modeOf, PORT, selectorLabels, type BuildshuttleContext } from '../names';
import { add, overlay } from './overlay';
import type { Settings } from '../values';

/** Private networks: an API server has an address in one of them, and the cluster's pods are reached by their selector. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'];

const EVERYWHERE = ['0.0.0.0/0', '::/0'];
const ANY_POD: NetworkPolicyPeer = { namespaceSelector: {} };
const NAMESPACE_NAME = 'kubernetes.io/metadata.name';

export function addNetworkPolicy(scope: Construct, context: BuildshuttleContext): void {
  const { values } = context;
  if (!isTrue(values.networkPolicy.enabled)) return;
  const bounded = isTrue(values.networkPolicy.egress.enabled);
  const policy = new NetworkPolicy(scope, 'network-policy', {
    metadata: metadataOf(context),
    ingress: { default: NetworkPolicyTrafficDefault.DENY },
    ...(bounded ? { egress: { default: NetworkPolicyTrafficDefault.DENY } } : {}),
  });
  // cdk8s-plus selects pods by a label of its own; ours is older.
  overlay(
    policy,
    add('/spec/podSelector', { matchLabels: selectorLabels(context) }),
    add('/spec/ingress', [ingressRule(values)]),
    ...(bounded ? [add('/spec/egress', [...egressRules(values), ...apiServerRule(values)])] : []),
  );
}

function ingressRule({ networkPolicy, service, auth }: Settings): NetworkPolicyIngressRule {
  const ports = [{ protocol: 'TCP', port: PORT }];
  const named = listOf(networkPolicy.namespaces);
  const more = listOf(networkPolicy.from as readonly NetworkPolicyPeer[] | undefined);
  // Clients of a node port or a load balancer have addresses that nobody knows.
  if (!named.length && auth.mode !== 'none' && text(service.type) !== 'ClusterIP') return { ports };
  const namespaces = named.length
    ? { namespaceSelector: { matchExpressions: [{ key: NAMESPACE_NAME, operator: 'In', values: named.map(text) }] } }
    : ANY_POD;
  return { ports, from: [namespaces, ...more] };
}

/** Whom builds' pods reach: DNS, public addresses, what is named, and pods; not the service, the API server or the node's metadata. */
export function buildEgress(context: BuildshuttleContext): NetworkPolicyEgressRule[] {
  const notTheService = Object.entries(selectorLabels(context)).map(([key, value]) => ({ key, operator: 'NotIn', values: [value] }));
  return egressRules(context.values, { namespaceSelector: {}, podSelector: { matchExpressions: notTheService } });
}

/**
 * The API server of the service that leads builds in the cluster. It may have any
 * address; the node's metadata keep theirs to themselves.
 */
const apiServerRule = (values: Settings): NetworkPolicyEgressRule[] => {
  if (modeOf(values) !== 'kubernetes') return [];
  const servers = listOf(values.networkPolicy.egress.apiServer).map((cidr) => ({ ipBlock: { cidr: text(cidr) } }));
  const anywhere = EVERYWHERE.map((cidr) => ({ ipBlock: block(cidr, NODE_ONLY) }));
  return [{ ports: [443, 6443].map((port) => ({ protocol: 'TCP', port })), to: servers.length ? servers : anywhere }];
};

function egressRules(values: Settings, pods: NetworkPolicyPeer = ANY_POD): NetworkPolicyEgressRule[] {
  const never = neverReached(values);
  const publicly = EVERYWHERE.map((cidr) => block(cidr, [...never, ...PRIVATE]));
  const named = listOf(values.networkPolicy.egress.allow).map((cidr) => block(cidr, never));
  const engine = engineAddress(values);
  const dns = ['UDP', 'TCP'].map((protocol) => ({ protocol, port: 53 }));
  return [
    // A cache of names on the node has an address of the node.
    {
      ports: dns,
      to: [ANY_POD, { ipBlock: { cidr: '169.254.20.10/32' } }, ...EVERYWHERE.map((cidr) => ({ ipBlock: block(cidr, never) }))],
    },
    { to: [pods, ...[...publicly, ...named].map((ipBlock) => ({ ipBlock }))] },
    ...(engine === undefined ? [] : [{ ports: [{ protocol: 'TCP', port: enginePort(values) }], to: [{ ipBlock: { cidr: engine } }] }]),
  ];
}

/** A block without those of the networks that lie in it. */
function block(cidr: string, without: readonly string[]): IPBlock {
  const except = [...new Set(without)].filter((network) => network !== cidr && contains(cidr, network));
  return except.length ? { cidr, except } : { cidr };
}

/** The external engine, where it is given as an address. */
function engineAddress(values: Settings): string | undefined {
  if (!isExternal(values)) return undefined;
  const host = text(values.engine.host);
  return isIP(host) === 0 ? undefined : `${host}/${isIPv6(host) ? 128 : 32}`;
}
