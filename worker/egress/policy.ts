// Which addresses the worker itself may reach: checked after DNS, at every connection.
import { lookup as systemLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Never reached unless EGRESS_ALLOW has them: this machine, its links, cloud metadata, groups. */
const REFUSED: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['100.100.100.200', 32],
  ['168.63.129.16', 32],
  ['192.0.0.192', 32],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['::', 128],
  ['::1', 128],
  ['fe80::', 10],
  ['fd00:ec2::254', 128],
  ['ff00::', 8],
];

/** The IPv4 address inside an IPv6 one that routers or the kernel translate: mapped, NAT64, 6to4. */
function embedded(address: string): string | undefined {
  const bytes = ipv6Bytes(address);
  if (bytes === undefined) return undefined;
  const prefix = Buffer.from(bytes.subarray(0, 12)).toString('hex');
  const last = () => bytes.subarray(12).join('.');
  if (prefix === '00000000000000000000ffff' || prefix === '000000000000000000000000' || prefix === '0064ff9b0000000000000000') return last();
  if (prefix.startsWith('2002')) return bytes.subarray(2, 6).join('.');
  return undefined;
}

function ipv6Bytes(address: string): Buffer | undefined {
  if (isIP(address) !== 6) return undefined;
  const [plain = ''] = address.split('%');
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(plain);
  const hex = (high?: string, low?: string) => ((Number(high) << 8) | Number(low)).toString(16);
  const text = dotted ? `${dotted[1]}${hex(dotted[2], dotted[3])}:${hex(dotted[4], dotted[5])}` : plain;
  const [head = '', tail] = text.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = tail === undefined ? left : [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
  const bytes = Buffer.alloc(16);
  groups.forEach((group, index) => bytes.writeUInt16BE(Number.parseInt(group, 16), index * 2));
  return bytes;
}

/** The address is one that the worker must not reach. */
export class EgressRefused extends Error {
  override name = 'EgressRefused';
  readonly code = 'EGRESS_REFUSED';
  constructor(host: string, address: string) {
    super(`${host === address ? address : `${host} (${address})`} may not be reached; EGRESS_ALLOW lets networks through`);
  }
}

export class EgressPolicy {
  readonly #refused = new BlockList();

  constructor(
    private readonly allow: BlockList = new BlockList(),
    private readonly deny: BlockList = new BlockList(),
    private readonly resolve: typeof systemLookup = systemLookup,
  ) {
    for (const [address, prefix] of REFUSED) this.#refused.addSubnet(address, prefix, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }

  /** EGRESS_DENY wins over EGRESS_ALLOW, which wins over what is refused by default. */
  permits(address: string): boolean {
    const family = isIP(address);
    if (family === 0) return false;
    const plain = address.split('%')[0] ?? address;
    const inner = family === 6 ? embedded(plain) : undefined;
    if (inner !== undefined && inner !== '0.0.0.0' && inner !== '0.0.0.1') return this.permits(inner);
    const kind = family === 6 ? 'ipv6' : 'ipv4';
    if (this.deny.check(plain, kind)) return false;
    return this.allow.check(plain, kind) || !this.#refused.check(plain, kind);
  }

  /** For host names that are addresses: no lookup happens for them, so this is asked before connecting. */
  checkHost(host: string): void {
    const bare = host.startsWith('[') ? host.slice(1, -1) : host;
    if (isIP(bare) !== 0 && !this.permits(bare)) throw new EgressRefused(bare, bare);
  }

  /** A `lookup` for sockets: a name with one refused address is refused, so that no retry slips past. */
  readonly lookup: LookupFunction = (host, options, callback) => {
    const wanted: LookupOptions = { ...options, all: true };
    this.resolve(host, wanted, (error: NodeJS.ErrnoException | null, found: string | LookupAddress[]) => {
      const addresses = typeof found === 'string' ? [{ address: found, family: isIP(found) }] : (found ?? []);
      const refused = error === null ? addresses.find(({ address }) => !this.permits(address)) : undefined;
      const failure = error ?? (refused === undefined ? null : new EgressRefused(host, refused.address));
      if (failure !== null) return callback(failure, []);
      if (options.all === true) return callback(null, addresses);
      const [first] = addresses;
      return first === undefined ? callback(new Error(`${host} has no address`), []) : callback(null, first.address, first.family);
    });
  };
}
