// Networks as NetworkPolicies name them: whether a text is one, whether one lies in another, and which are never reached.
import { BlockList, isIP } from 'node:net';
import { text } from '../../helm/print';
import { listOf } from '../common/lists';
import type { Settings } from './values';

interface Network {
  readonly address: string;
  readonly family: 'ipv4' | 'ipv6';
  readonly bits: number;
}

/** `10.0.0.0/8`; undefined for what is none. */
export function parseCidr(text: string): Network | undefined {
  const [address = '', prefix, ...rest] = text.split('/');
  const family = isIP(address);
  const bits = Number(prefix);
  if (family === 0 || rest.length || prefix === undefined || !/^\d{1,3}$/.test(prefix) || bits > (family === 6 ? 128 : 32))
    return undefined;
  return { address, family: family === 6 ? 'ipv6' : 'ipv4', bits };
}

export const isIPv6 = (address: string): boolean => isIP(address) === 6;

/** Whether the second network lies in the first, or is the same. */
export function contains(outer: string, inner: string): boolean {
  const [around, within] = [parseCidr(outer), parseCidr(inner)];
  if (!around || !within || around.family !== within.family || around.bits > within.bits) return false;
  const list = new BlockList();
  list.addSubnet(around.address, around.bits, around.family);
  return list.check(within.address, within.family);
}

/** Where cloud providers answer with a node's credentials, and everything else that is of the node alone. */
export const NODE_ONLY = ['169.254.0.0/16', '127.0.0.0/8', 'fe80::/10', '::1/128', 'fd00:ec2::254/128'];

/** Networks that are out of reach in any case. */
export const neverReached = ({ networkPolicy }: Settings): readonly string[] => [
  ...NODE_ONLY,
  ...listOf(networkPolicy.egress.apiServer).map(text),
];
