// Which addresses the worker may not reach: each of them by name, since a line taken out of the list must be seen.
import { BlockList } from 'node:net';
import { EgressPolicy } from '../../worker/egress/policy';

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
