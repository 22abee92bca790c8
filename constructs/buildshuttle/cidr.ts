// Networks as NetworkPolicies name them: whether a text is one, and whether one lies in another.
import { BlockList, isIP } from 'node:net';

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
