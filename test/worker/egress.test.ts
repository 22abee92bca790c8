// Which addresses the worker may not reach: each of them by name, since a line taken out of the list must be seen.
import { BlockList } from 'node:net';
import { EgressPolicy } from '../../worker/egress/policy';
import { sendRequest } from '../../worker/egress/request';
import { tagManifest } from '../../worker/registry/manifests';
import { checkPush } from '../../worker/registry/push-check';
import { serve, until } from './support/fakes';

const policy = new EgressPolicy();

describe('the worker', () => {
  it.each([
    ['this network', '0.0.0.0', '0.255.255.255'],
    ['this machine', '127.0.0.1', '127.255.255.255'],
    ['links, and the metadata of most clouds', '169.254.0.1', '169.254.169.254'],
    ['the metadata of Alibaba', '100.100.100.200', '100.100.100.200'],
    ["Azure's host", '168.63.129.16', '168.63.129.16'],
    ['the metadata of Oracle', '192.0.0.192', '192.0.0.192'],
    ['groups', '224.0.0.1', '239.255.255.255'],
    ['what is reserved, and broadcasts', '240.0.0.1', '255.255.255.255'],
    ['no address', '::', '::'],
    ['this machine', '::1', '0:0:0:0:0:0:0:1'],
    ['links', 'fe80::1', 'febf:ffff::1'],
    ['the metadata of AWS', 'fd00:ec2::254', 'fd00:ec2:ffff::1'],
    ['the metadata of Google', 'fd20:ce::254', 'fd20:ce:0::254'],
    ['groups', 'ff00::1', 'ff02::fb'],
    ['an IPv4 address in an IPv6 one', '::ffff:127.0.0.1', '64:ff9b::a9fe:a9fe'],
    ['the IPv4 address of a 6to4 one', '2002:7f00:1::', '2002:a9fe:a9fe::1'],
    ['the metadata of Alibaba in an IPv6 one, each byte of it', '::100.100.100.200', '64:ff9b::100.100.100.200'],
    ["Azure's host in one", '::ffff:0:168.63.129.16', '64:ff9b::168.63.129.16'],
    ['the metadata of Alibaba, translated', '::ffff:0:100.100.100.200', '64:ff9b::6464:64c8'],
    ['the same, in a 6to4 one', '2002:6464:64c8::', '2002:6464:64c8:ffff::1'],
    ["the same, in a network's own NAT64 prefix of 96 and 48 bits", '64:ff9b:1::6464:64c8', '64:ff9b:1:6464:64:c800::'],
    ['the same, in one of 56 and 64 bits', '64:ff9b:1:64:64:64c8::', '64:ff9b:1:0:64:6464:c800:0'],
    ['what is not an address', 'localhost', ''],
  ])('does not reach %s', (_, first, last) => {
    expect([first, policy.permits(first)]).toEqual([first, false]);
    expect([last, policy.permits(last)]).toEqual([last, false]);
  });

  it.each([
    '1.0.0.0',
    '126.255.255.255',
    '128.0.0.1',
    '169.253.255.255',
    '169.255.0.0',
    '100.100.100.199',
    '168.63.129.17',
    '192.0.0.193',
    '223.255.255.255',
    '10.0.0.1',
    '192.168.1.1',
    '2001:db8::1',
    'fec0::1',
    'fd00:ec3::1',
    'fd20:ce::253',
    '::ffff:8.8.8.8',
    '2002:808:808::1',
    '2002:6464:64c9::',
    '64:ff9b::100.100.100.201',
    '64:ff9b::100.101.100.200',
    '64:ff9b:1::808:808',
    '64:ff9b:1:808:8:800::',
  ])('reaches %s', (address) => expect(policy.permits(address)).toBe(true));

  it('reaches what is allowed, and of that nothing that is denied', () => {
    const allow = new BlockList();
    allow.addSubnet('127.0.0.0', 8, 'ipv4');
    const deny = new BlockList();
    deny.addAddress('127.0.0.2', 'ipv4');
    deny.addAddress('8.8.8.8', 'ipv4');
    const bent = new EgressPolicy(allow, deny);
    expect(
      ['127.0.0.1', '127.0.0.2', '8.8.8.8', '8.8.4.4', '::ffff:127.0.0.1', '::ffff:8.8.8.8'].map((each) => bent.permits(each)),
    ).toEqual([true, false, false, true, true, false]);
    expect(() => bent.checkHost('8.8.8.8')).toThrow('8.8.8.8 may not be reached; EGRESS_DENY has it');
    expect(() => bent.checkHost('[::1]')).toThrow('::1 may not be reached; EGRESS_ALLOW lets networks through');
  });
});

describe('a name', () => {
  type Answer = Error | string | { readonly address: string; readonly family: number }[] | undefined;
  /** Calls the socket's lookup of a policy for which every name has these addresses. */
  const look = (answer: Answer, all: boolean, deny = new BlockList()) => {
    const resolve = ((_host: string, options: { all: boolean }, callback: (error: Error | null, found?: unknown) => void) => {
      expect(options.all).toBe(true);
      if (answer instanceof Error) callback(answer);
      else callback(null, answer);
    }) as never;
    const told: unknown[] = [];
    new EgressPolicy(new BlockList(), deny, resolve).lookup('files.example.com', { all, hints: 0 }, (...said) => told.push(...said));
    return told;
  };
  const PUBLIC = { address: '8.8.8.8', family: 4 };
  const OTHER = { address: '2001:db8::1', family: 6 };

  it('has the first of its addresses, or all of them', () => {
    expect(look([OTHER, PUBLIC], false)).toEqual([null, '2001:db8::1', 6]);
    expect(look([OTHER, PUBLIC], true)).toEqual([null, [OTHER, PUBLIC]]);
    expect(look('8.8.8.8', false)).toEqual([null, '8.8.8.8', 4]);
  });

  it('without an address, or with an error, is not connected to', () => {
    expect(look([], false)).toEqual([new Error('files.example.com has no address'), []]);
    expect(look(undefined, true)).toEqual([null, []]);
    const failed = new Error('ENOTFOUND');
    expect(look(failed, false)).toEqual([failed, []]);
    expect(look(failed, true)).toEqual([failed, []]);
  });

  it('with one refused address among others is refused; what is denied is said first', () => {
    const deny = new BlockList();
    deny.addAddress('8.8.8.8', 'ipv4');
    const link = { address: '169.254.169.254', family: 4 };
    for (const all of [true, false]) {
      expect(String(look([OTHER, link], all)[0])).toContain(
        'files.example.com (169.254.169.254) may not be reached; EGRESS_ALLOW lets networks through',
      );
      expect(String(look([link, PUBLIC], all, deny)[0])).toContain('files.example.com (8.8.8.8) may not be reached; EGRESS_DENY has it');
    }
  });

  it('is checked for others who connect to it: refused where it is, and left to them where it is not known here', async () => {
    const known = (answer: Answer) =>
      new EgressPolicy(new BlockList(), new BlockList(), ((
        _host: string,
        _options: unknown,
        callback: (error: unknown, found?: unknown) => void,
      ) => (answer instanceof Error ? callback(answer) : callback(null, answer))) as never);
    await expect(known([{ address: '127.0.0.1', family: 4 }]).checkRemote('registry.example.com')).rejects.toThrow('may not be reached');
    await expect(known([PUBLIC]).checkRemote('registry.example.com')).resolves.toBeUndefined();
    await expect(known(new Error('ENOTFOUND')).checkRemote('registry.example.com')).resolves.toBeUndefined();
    await expect(known(new Error('not asked')).checkRemote('[::1]')).rejects.toThrow('::1 may not be reached');
  });
});

describe('a request', () => {
  const allow = new BlockList();
  allow.addAddress('127.0.0.1', 'ipv4');
  const send = (url: string) => sendRequest(new EgressPolicy(allow), { url: new URL(url), idleMs: 1000 });

  // Nothing listens on port 1.
  it.each(['http', 'https'])('by %s is made', async (scheme) => {
    await expect(send(`${scheme}://127.0.0.1:1/`)).rejects.toThrow('ECONNREFUSED');
  });

  it.each(['ftp', 'ws'])('by %s is refused', async (scheme) => {
    await expect(send(`${scheme}://127.0.0.1:1/`)).rejects.toThrow(/cannot be requested; use http or https/);
  });

  it('whose answer does not end is broken off, whatever a registry was asked', async () => {
    let open = 0;
    let asked = 0;
    const endless = await serve((_request, response) => {
      open += 1;
      asked += 1;
      response.on('close', () => (open -= 1));
      response.writeHead(401);
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(16_384)));
      };
      response.on('drain', more);
      more();
    });
    const { signal } = new AbortController();
    const registry = {
      policy: new EgressPolicy(allow),
      host: `127.0.0.1:${endless.port}`,
      repository: 'a/b',
      insecure: true,
      login: undefined,
      signal,
    };
    await checkPush(registry).catch(() => undefined);
    await tagManifest(registry, 'sha256:a', 'latest').catch(() => undefined);
    await until(() => asked >= 2 && open === 0, 3000);
    await endless.close();
  });
});
