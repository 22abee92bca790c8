// Which addresses the worker itself may reach: checked after DNS, at every connection.
import { lookup as systemLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** What is followed by a whole IPv4 address: compatible, mapped, translated (SIIT), NAT64. `::` and `::1` are addresses of their own. */
const WHOLE_PREFIXES = ['000000000000000000000000', '00000000000000000000ffff', '0000000000000000ffff0000', '0064ff9b0000000000000000'];
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
  ['fd00:ec2::', 32],
  ['fd20:ce::254', 128],
  ['ff00::', 8],
];

/** The IPv4 addresses that an IPv6 one may stand for where routers or the kernel translate: mapped, translated, compatible, NAT64, 6to4. */
function embedded(address: string): string[] {
  const bytes = ipv6Bytes(address);
  if (bytes === undefined) return [];
  const prefix = bytes.toString('hex', 0, 12);
  const inner = (...at: number[]) => at.map((index) => bytes[index]).join('.');
  const last = inner(12, 13, 14, 15);
  if (WHOLE_PREFIXES.includes(prefix)) return last === '0.0.0.0' || last === '0.0.0.1' ? [] : [last];
  if (prefix.startsWith('2002')) return [inner(2, 3, 4, 5)];
  // A network's own NAT64 prefix may have any length of RFC 6052: every reading counts. Zeros are padding.
  if (prefix.startsWith('0064ff9b0001'))
    return [last, inner(6, 7, 9, 10), inner(7, 9, 10, 11), inner(9, 10, 11, 12)].filter((found) => !found.startsWith('0.'));
  return [];
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
  /** @param denied by EGRESS_DENY, not by default */
  constructor(
    host: string,
    address: string,
    readonly denied: boolean,
  ) {
    super(
      `${host === address ? address : `${host} (${address})`} may not be reached; ` +
        `${denied ? 'EGRESS_DENY has it' : 'EGRESS_ALLOW lets networks through'}`,
    );
  }
}

/** Of a URL: an IPv6 address stands in brackets there. */
function bareHost(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host;
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
    return this.#verdict(address) === 'permitted';
  }

  #verdict(address: string): 'permitted' | 'refused' | 'denied' {
    const family = isIP(address);
    if (family === 0) return 'refused';
    const plain = address.split('%')[0] ?? address;
    const kind = family === 6 ? 'ipv6' : 'ipv4';
    const inner = embedded(plain).map((found) => this.#verdict(found));
    if (this.deny.check(plain, kind) || inner.includes('denied')) return 'denied';
    if (this.allow.check(plain, kind)) return 'permitted';
    if (inner.length > 0) return inner.includes('refused') ? 'refused' : 'permitted';
    return this.#refused.check(plain, kind) ? 'refused' : 'permitted';
  }

  #refusal(host: string, address: string): EgressRefused | undefined {
    const verdict = this.#verdict(address);
    return verdict === 'permitted' ? undefined : new EgressRefused(host, address, verdict === 'denied');
  }

  /** For host names that are addresses: no lookup happens for them, so this is asked before connecting. */
  checkHost(host: string): void {
    const bare = bareHost(host);
    const refusal = isIP(bare) === 0 ? undefined : this.#refusal(bare, bare);
    if (refusal !== undefined) throw refusal;
  }

  /**
   * For hosts that somebody else connects to, such as the engine to a registry. A name that is not known here may be known there.
   * @throws EgressRefused
   */
  async checkRemote(host: string): Promise<void> {
    this.checkHost(host);
    if (isIP(bareHost(host)) !== 0) return;
    const error = await new Promise<Error | null>((resolve) => this.lookup(host, { all: true }, resolve));
    if (error instanceof EgressRefused) throw error;
  }

  /** A `lookup` for sockets: a name with one refused address is refused, so that no retry slips past. */
  readonly lookup: LookupFunction = (host, options, callback) => {
    const wanted: LookupOptions = { ...options, all: true };
    this.resolve(host, wanted, (error: NodeJS.ErrnoException | null, found: string | LookupAddress[]) => {
      const addresses = typeof found === 'string' ? [{ address: found, family: isIP(found) }] : (found ?? []);
      const refusals = error === null ? addresses.flatMap(({ address }) => this.#refusal(host, address) ?? []) : [];
      const failure = error ?? refusals.find(({ denied }) => denied) ?? refusals[0] ?? null;
      if (failure !== null) return callback(failure, []);
      if (options.all === true) return callback(null, addresses);
      const [first] = addresses;
      return first === undefined ? callback(new Error(`${host} has no address`), []) : callback(null, first.address, first.family);
    });
  };
}
