// The NetworkPolicy, asked as a cluster would: who reaches the pod, and whom it reaches.
import { BlockList, isIP } from 'node:net';
import type { BuildshuttleValues } from '../../../constructs/buildshuttle/values';
import { LEAST, render } from './synth';

interface Peer {
  readonly namespaceSelector?: { readonly matchExpressions?: readonly { readonly values: readonly string[] }[] };
  readonly podSelector?: object;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}
interface Rule {
  readonly ports?: readonly { readonly protocol: string; readonly port: number }[];
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
}
interface Policy {
  readonly podSelector: object;
  readonly policyTypes: readonly string[];
  readonly ingress: readonly Rule[];
  readonly egress?: readonly Rule[];
}

const policyOf = (values: BuildshuttleValues): Policy => render(values).find('NetworkPolicy').spec as Policy;

function within(address: string, cidr: string): boolean {
  const [network = '', bits] = cidr.split('/');
  if (isIP(network) !== isIP(address)) return false;
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  list.addSubnet(network, Number(bits), family);
  return list.check(address, family);
}

/** Whether the peer is the address; or, for `pod:NAMESPACE`, a pod there. */
function isPeer({ namespaceSelector, ipBlock }: Peer, who: string): boolean {
  if (who.startsWith('pod:')) {
    if (!namespaceSelector) return false;
    return (namespaceSelector.matchExpressions ?? []).every(({ values }) => values.includes(who.slice(4)));
  }
  return ipBlock !== undefined && within(who, ipBlock.cidr) && !(ipBlock.except ?? []).some((cidr) => within(who, cidr));
}

const passes = (rules: readonly Rule[], who: string, port: number, peersOf: (rule: Rule) => readonly Peer[] | undefined): boolean =>
  rules.some(
    (rule) =>
      (rule.ports ?? [{ port }]).some((allowed) => allowed.port === port) && (peersOf(rule)?.some((peer) => isPeer(peer, who)) ?? true),
  );
const reaches = (values: BuildshuttleValues, to: string, port: number): boolean =>
  passes(policyOf(values).egress ?? [], to, port, (rule) => rule.to);
const isReachedBy = (values: BuildshuttleValues, from: string, port = 9000): boolean =>
  passes(policyOf(values).ingress, from, port, (rule) => rule.from);

describe('whom the pod reaches', () => {
  it.each([
    ['a registry, a bucket, a callback on the internet', '93.184.216.34', 443],
    ['the same over IPv6', '2606:2800:220:1::1', 443],
    ['any port there', '93.184.216.34', 9093],
    ['a registry, a broker, a client in the cluster', 'pod:kafka', 9092],
    ['names, by pods', 'pod:kube-system', 53],
    ['names, by a private server', '10.0.0.2', 53],
    ['names, by a cache on the node', '169.254.20.10', 53],
  ])('%s', (_what, to, port) => expect(reaches(LEAST.worker, to, port)).toBe(true));

  it.each([
    ['the metadata of the node', '169.254.169.254', 80],
    ['the metadata of the node, as a name server', '169.254.169.254', 53],
    ['the metadata of the node over IPv6', 'fd00:ec2::254', 80],
    ['an API server on a private address', '10.96.0.1', 443],
    ['an API server on a node', '192.168.1.10', 6443],
    ['an API server in shared address space', '100.64.0.1', 443],
    ['an API server over IPv6', 'fd12::1', 6443],
    ['the node itself', '127.0.0.1', 10250],
  ])('never %s', (_what, to, port) => expect(reaches(LEAST.worker, to, port)).toBe(false));

  it('private networks that are named, but for the API server and the metadata in them', () => {
    const values = {
      ...LEAST.worker,
      networkPolicy: { egress: { allow: ['10.0.0.0/8', '0.0.0.0/0'], apiServer: ['10.96.0.1/32', '198.51.100.7/32'] } },
    };
    expect(reaches(values, '10.1.2.3', 5000)).toBe(true);
    for (const to of ['10.96.0.1', '198.51.100.7', '169.254.169.254']) expect([to, reaches(values, to, 443)]).toEqual([to, false]);
  });

  it('an external engine that is given by its address', () => {
    const values = { ...LEAST.externalWorker, engine: { host: '10.9.8.7', tls: { existingSecret: 'tls' } } };
    expect([reaches(values, '10.9.8.7', 2376), reaches(values, '10.9.8.7', 22), reaches(values, '10.9.8.6', 2376)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('is bounded by what a server takes: no exception outside of its block, none twice', () => {
    const values = { ...LEAST.worker, networkPolicy: { egress: { allow: ['10.20.0.0/16', '169.0.0.0/8'], apiServer: ['10.20.1.1/32'] } } };
    for (const rule of policyOf(values).egress ?? [])
      for (const { ipBlock } of rule.to ?? []) {
        const except = ipBlock?.except ?? [];
        expect(new Set(except).size).toBe(except.length);
        for (const cidr of except) expect([cidr, within(cidr.split('/')[0] ?? '', ipBlock?.cidr ?? '')]).toEqual([cidr, true]);
      }
  });

  it('anybody, when that is switched off', () => {
    expect(policyOf({ ...LEAST.worker, networkPolicy: { egress: { enabled: false } } })).toMatchObject({ policyTypes: ['Ingress'] });
    expect(policyOf({ ...LEAST.worker, networkPolicy: { egress: { enabled: false } } }).egress).toBeUndefined();
    expect(render({ ...LEAST.worker, networkPolicy: { enabled: false } }).ids).not.toContain('NetworkPolicy/buildshuttle');
  });
});

describe('who reaches the pod', () => {
  it('pods of all namespaces on one port, when a token is asked for', () => {
    expect(policyOf(LEAST.worker).podSelector).toEqual({ matchLabels: { name: 'buildshuttle' } });
    expect([
      isReachedBy(LEAST.worker, 'pod:any'),
      isReachedBy(LEAST.worker, 'pod:any', 2375),
      isReachedBy(LEAST.worker, '93.184.216.34'),
    ]).toEqual([true, false, false]);
  });

  it('pods of the named namespaces, and no others', () => {
    const values = { ...LEAST.worker, networkPolicy: { namespaces: ['akkeris-system'], from: [{ ipBlock: { cidr: '192.0.2.0/24' } }] } };
    expect([isReachedBy(values, 'pod:akkeris-system'), isReachedBy(values, 'pod:other'), isReachedBy(values, '192.0.2.1')]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('everybody who comes through a node port, with a token', () => {
    expect(isReachedBy({ ...LEAST.worker, service: { type: 'NodePort' } }, '93.184.216.34')).toBe(true);
    expect(isReachedBy({ ...LEAST.worker, service: { type: 'NodePort' }, networkPolicy: { namespaces: ['a'] } }, '93.184.216.34')).toBe(
      false,
    );
  });

  it('without a token the named namespaces alone, and stderr says what they may do', () => {
    const values = { mode: 'host', auth: { mode: 'none' }, networkPolicy: { namespaces: ['akkeris-system'] } } as const;
    const { warnings, ids, deployment } = render(values);
    expect([isReachedBy(values, 'pod:akkeris-system'), isReachedBy(values, 'pod:other')]).toEqual([true, false]);
    expect(warnings.join('\n')).toMatch(/auth\.mode: no token is asked for: every pod in akkeris-system may build/);
    expect(ids.filter((id) => id.startsWith('Secret/'))).toEqual([]);
    expect(JSON.stringify(deployment)).toContain('{"name":"ALLOW_ANONYMOUS","value":"true"}');
  });
});
